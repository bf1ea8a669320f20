import type { ModelLayer, Step } from "../../../reading/model/model.ts";
import { isWhole } from "../../../reading/model/shapes.ts";
import { askIn, weighing } from "../bins.ts";
import { placeTaken } from "../gradients.ts";
import type { Passed, Value } from "../propagated.ts";
import { countAlong } from "../roles.ts";
import { meanSquare, type Signal } from "../signal.ts";
import type { Context } from "./context.ts";
import { binsIn, repeatPlaces } from "./throughPlaces.ts";

/** Padding adds zeros, which the mean over places counts, and whose gradient comes to nothing. */
export function reshape(ctx: Context, layer: ModelLayer, i: number, input: Value): Passed {
	const { shapes } = ctx;
	const [from] = layer.inputs;
	const { step } = layer;
	if (isWhole(shapes[from]) && !isWhole(shapes[i])) ctx.reserve("lost sizes", i);
	if (step.kind === "reshape" && (step.how?.to === "repeated" || step.how?.to === "expanded"))
		return repeatPlaces(ctx, layer, i, input);
	if (step.kind !== "reshape" || step.how?.to !== "padded") {
		const features =
			countAlong(shapes[i], ctx.roles[i], "features") ?? (shapes[i]?.length === 1 ? shapes[i][0] : input.features);
		const [before, after] = [from, i].map((at) => countAlong(shapes[at], ctx.roles[at], "places") ?? 1);
		// Of places that are left out none of the gradient comes.
		const kept = before > 1 && after <= before && after > 1 ? after / before : 0;
		// A part is a value of its own: it may be independent of another.
		const { terms, parts: _, ...whole } = input;
		const signal = after === 1 ? atPlace(ctx, layer, from, before, input) : input.signal;
		return {
			value: { ...whole, signal, features, ...(!isTaken(step) && { terms }) },
			back: [1],
			common: [kept],
		};
	}
	const bins = binsIn(ctx, layer);
	const share = bins ? weighing(bins).sum : 1;
	if (share === 1) return { value: input, back: [1] };
	const { mean, within } = input.signal;
	const square = meanSquare(input.signal) * share;
	const signal = { mean: mean * share, variance: square - (mean * share) ** 2, within: within * share };
	ctx.reserve("places", i);
	return { value: { signal, features: input.features, isNormal: false }, back: [share] };
}

/** The signal of one of several places. */
function atPlace(ctx: Context, { step }: ModelLayer, from: number, count: number, { signal }: Value): Signal {
	const { shapes } = ctx;
	const [end, place] = [ctx.ends.get(from), placeTaken(step, shapes[from], ctx.roles[from], count, askIn(shapes))];
	const { mean, variance, within } = end && end.place === place ? end.signal : signal;
	return { mean, variance, within };
}

/** Whether a step takes a part of what there is. */
export function isTaken(step: Step): boolean {
	return step.kind === "reshape" && (step.how?.to === "taken" || step.how?.to === "part");
}
