import { Random } from "../../../numerics/random.ts";
import type { ModelLayer, Step } from "../../../reading/model/model.ts";
import { countOf, isWhole } from "../../../reading/model/shapes.ts";
import { operationOf } from "../operations.ts";
import { activationOf, softmaxAxis } from "../outputs.ts";
import type { Passed } from "../propagated.ts";
import { countAlong } from "../roles.ts";
import { isWeightStep, plainMoments } from "../weights.ts";
import type { Context } from "./context.ts";

/** Of more numbers, 32 megabytes, only moments are followed: time and memory would go to what is but a table of zeros, mostly. */
const MOST_NUMBERS = 2 ** 22;

/** The numbers of a layer that hangs on no input and no draw, such as the sines of positions; null for others. */
export function constantOf(ctx: Context, { step, inputs }: ModelLayer, i: number): Float64Array | null {
	const shape = ctx.shapes[i];
	if (
		!isWhole(shape) ||
		countOf(shape) > MOST_NUMBERS ||
		isWeightStep(step) ||
		/^(input|unknown|dropout|noise|normalisation)$/.test(step.kind)
	)
		return null;
	if (step.kind === "parameter") {
		const { draw } = step.weight;
		const value = draw.kind === "zeros" ? 0 : draw.kind === "constant" ? draw.value : null;
		return value === null ? null : new Float64Array(countOf(shape)).fill(value);
	}
	const own = inputs.map((input) => ctx.constants[input]);
	if (own.includes(null) || (step.kind !== "range" && own.length === 0)) return null;
	if (/activation$/.test(step.kind) && !activationOf(step) && softmaxAxis(step) === null) return null;
	const sizes = ctx.shapes.map((one) => (isWhole(one) ? one : null));
	const operation = operationOf({ model: ctx.model, sizes, batch: 1 }, i, null, () => new Random(0, ""));
	return operation.forward(own as Float64Array[]); // Null is looked for.
}

/** What is the same in all samples, as a value. */
export function throughConstant(ctx: Context, numbers: Float64Array, { inputs }: ModelLayer, i: number): Passed {
	const mean = numbers.reduce((all, one) => all + one, 0) / numbers.length;
	const variance = numbers.reduce((all, one) => all + (one - mean) ** 2, 0) / numbers.length;
	const [shape, roles] = [ctx.shapes[i], ctx.roles[i]];
	const differs = (countAlong(shape, roles, "places") ?? 1) > 1;
	const signal = { mean, variance, within: differs ? variance : 0 };
	const value = { signal, features: countAlong(shape, roles, "features"), isNormal: true, terms: new Map([[i, 1]]) };
	return { value, back: inputs.map(() => 0) };
}

/** A tensor of the model that is drawn once, as a value. */
export function throughParameter(
	ctx: Context,
	{ weight }: Extract<Step, { kind: "parameter" }>,
	i: number,
): Passed | null {
	const drawn = plainMoments(weight.draw, ctx.model.framework);
	if (!drawn) return ctx.unknown(i, "an initialisation");
	const [shape, roles] = [ctx.shapes[i], ctx.roles[i]];
	// What is at one place is at all places and in all samples.
	const differs = (countAlong(shape, roles, "places") ?? 1) > 1;
	const signal = { ...drawn, within: differs ? drawn.variance : 0 };
	return { value: { signal, features: countAlong(shape, roles, "features"), isNormal: true }, back: [] };
}
