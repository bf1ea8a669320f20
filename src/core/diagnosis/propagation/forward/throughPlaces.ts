import { findActivation } from "../../../activations/catalog.ts";
import type { ModelLayer } from "../../../reading/model/model.ts";
import { countOf, isWhole } from "../../../reading/model/shapes.ts";
import { askIn, type Bin, binsOf, weighing } from "../bins.ts";
import type { Passed, Value } from "../propagated.ts";
import { countAlong } from "../roles.ts";
import { meanSquare } from "../signal.ts";
import { signalOver } from "./axes.ts";
import type { Context } from "./context.ts";
import { isGrowing } from "./throughFunction.ts";

/** Share of a mean over places in the signal from which on it matters how the places hang together. */
const MOST_OF_PLACES = 0.1;

/** The greatest, or the mean, of the places of a window. */
export function pool(ctx: Context, layer: ModelLayer, i: number, input: Value): Passed | null {
	const bins = binsIn(ctx, layer);
	if (!bins) return ctx.unknown(i, "the size of a pool");
	ctx.reserve("places", i);
	if (layer.step.kind === "pool" && layer.step.of === "maximum") {
		const taken = countOf(bins.map(meanLength));
		if (squareOfGreatest(taken) > (numbersAtPlace(ctx, layer.inputs[0]) ?? Number.POSITIVE_INFINITY))
			ctx.reserve("few dimensions", i);
		const passed = greatest(ctx, i, input, taken);
		return { ...passed, common: passed.back.map((by) => by / taken) };
	}
	return meanOver(ctx, i, input, bins);
}

/** Places repeated, or means of those beside them. */
export function resize(ctx: Context, layer: ModelLayer, i: number, input: Value): Passed | null {
	if (layer.step.kind === "resize" && layer.step.of === "nearest") return repeatPlaces(ctx, layer, i, input);
	const bins = binsIn(ctx, layer);
	if (!bins) return ctx.unknown(i, "the size of a value");
	ctx.reserve("places", i);
	return meanOver(ctx, i, input, bins);
}

/** What lies at one place at many: it is the same at all, as the gradients' common part is for it. */
export function repeatPlaces(ctx: Context, { inputs: [from] }: ModelLayer, i: number, input: Value): Passed {
	const [before, after] = [from, i].map((at) => countAlong(ctx.shapes[at], ctx.roles[at], "places"));
	if (before !== 1 || after === null) return { value: input, back: [1] };
	const signal = { ...input.signal, shared: input.signal.within };
	return { value: { ...input, signal }, back: [1], gathered: [after - 1] };
}

/** What each place behind a step takes together; null where the sizes are not known. */
export function binsIn(ctx: Context, { inputs, step }: ModelLayer): readonly (readonly Bin[])[] | null {
	const { shapes } = ctx;
	const from = shapes[inputs[0]];
	if (isWhole(from)) return binsOf(step, from, askIn(shapes));
	// Of windows that lie side by side in any number of places one is as all.
	const windows = step.kind === "pool" && step.over?.kind === "windows" ? step.over : null;
	if (!windows || windows.kernel.includes(null)) return null;
	const weight = (size: number) => (step.kind === "pool" && step.of === "average" ? 1 / size : 1);
	return (windows.kernel as readonly number[]).map((size) => {
		const at = Array.from({ length: size }, (_, i) => i);
		return [{ at, weights: at.map(() => weight(size)) }];
	});
}

/** Sums of places, each times a weight: of what all places share the mean is left, the rest goes down with the squares. */
function meanOver(ctx: Context, i: number, input: Value, bins: readonly (readonly Bin[])[]): Passed {
	const { sum, squares } = weighing(bins);
	/** What is left of places that differ, next to what they have in common. */
	const differing = squares / sum ** 2;
	const [from] = ctx.model.layers[i].inputs;
	const over = bins.findIndex((bin) => placesIn(bin) > 1);
	const { mean, variance, within, shared = 0 } = over < 0 ? input.signal : signalOver(ctx, from, input, over);
	const common = (variance - within) * sum * sum;
	const left = shared * sum * sum + (within - shared) * squares;
	const roles = ctx.roles[from];
	const count = (bin: readonly Bin[], axis: number) => (roles?.[axis] === "places" ? bin.length : 1);
	const [taken, all] = [
		countOf(bins.map(meanLength)),
		countOf(bins.map((bin, axis) => (meanLength(bin) > 1 ? placesIn(bin) : count(bin, axis)))),
	];
	const sharing = all > 1 ? (taken - 1) / (all - 1) : 0;
	const signal = { mean: mean * sum, variance: common + left, within: left };
	const matters = differing < 1 / 4 && signal.within > MOST_OF_PLACES * meanSquare(signal);
	if (matters && doPlacesHangTogether(ctx, i)) ctx.reserve("mean over places", i);
	return {
		value: { signal, features: input.features, isNormal: input.isNormal || differing < 1 / 4 },
		back: [squares],
		sharing: [sharing],
	};
}

/**
 * The greatest of places beside each other, independent of each other but for what all share. An activation that grows
 * may come before or behind it: f(max x) = max f(x). The gradient goes to the greatest alone.
 */
function greatest(ctx: Context, i: number, input: Value, taken: number): Passed {
	const before = input.greatest ?? (input.isNormal ? { signal: input.signal, of: 1 } : null);
	if (!before) {
		ctx.reserve("not normal", i);
		return { value: { ...input, isNormal: false }, back: [1] };
	}
	const { signal, by } = before;
	const of = before.of * taken;
	const { features } = input;
	if (!by) {
		const passage = ctx.passage(findActivation("linear")!, {}, signal, of);
		return { value: { signal: passage.signal, features, isNormal: false, greatest: { signal, of } }, back: [1] };
	}
	if (!isGrowing(by)) ctx.reserve("not normal", i);
	const passage = ctx.passage(by.activation, by.parameters, signal, of);
	// The activation's slope is another where the value is the greatest.
	const { slopeSquare } = ctx.passage(by.activation, by.parameters, signal);
	const back = [slopeSquare > 0 ? passage.slopeSquare / slopeSquare : 1];
	return { value: { signal: passage.signal, features, isNormal: false, greatest: { ...before, of } }, back };
}

/** About the square of the greatest of many normal values. */
function squareOfGreatest(of: number): number {
	return 2 * Math.log(of);
}

/**
 * Of how few numbers the features of a place are made: where these are larger all features are, and it is these places
 * that a maximum takes. Null where a place is not made of one alone.
 */
function numbersAtPlace(ctx: Context, layer: number): number | null {
	const { step, inputs } = ctx.model.layers[layer];
	switch (step.kind) {
		case "linear":
		case "convolution": {
			const isAlone = step.kind === "linear" || step.kernel.every((size) => size === 1);
			const before = isAlone ? (numbersAtPlace(ctx, inputs[0]) ?? step.inputs) : null;
			return before === null || step.inputs === null ? before : Math.min(before, step.inputs);
		}
		case "normalisation":
			return step.of === "batch" ? numbersAtPlace(ctx, inputs[0]) : null;
		case "activation":
		case "own-activation":
		case "dropout":
		case "scale":
		case "identity":
		case "reshape":
			return numbersAtPlace(ctx, inputs[0]);
		default:
			return null;
	}
}

/** Whether windows that overlap, or weights for each place, have made places alike before a layer. */
export function doPlacesHangTogether(ctx: Context, layer: number): boolean {
	return ctx.model.layers.slice(0, layer).some(({ step, inputs }) => {
		if (step.kind === "linear") return ctx.roles[inputs[0]]?.at(-1) === "places";
		return step.kind === "convolution" && step.kernel.some((size, d) => (size ?? 0) > (step.stride[d] ?? 0));
	});
}

/** How many places are taken together along an axis, in the mean. */
function meanLength(bins: readonly Bin[]): number {
	return bins.reduce((sum, { at }) => sum + at.length, 0) / bins.length;
}

/** How many places there are along an axis of which several are taken together; 1 along the others. */
function placesIn(bins: readonly Bin[]): number {
	if (meanLength(bins) <= 1) return 1;
	// Spread as arguments, the places of a long recording would be more than the stack takes.
	return 1 + bins.reduce((most, { at }) => at.reduce((a, b) => Math.max(a, b), most), 0);
}
