import { Random } from "../../../numerics/random.ts";
import type { ModelLayer } from "../../../reading/model/model.ts";
import { axisAt } from "../../../reading/model/shapes.ts";
import { softmaxAxis } from "../outputs.ts";
import type { Passed, Value } from "../propagated.ts";
import { countAlong } from "../roles.ts";
import { meanSquare, type Signal } from "../signal.ts";
import { signalOver } from "./axes.ts";
import type { Context } from "./context.ts";
import { MOST_COMMON } from "./throughJoin.ts";
import { doPlacesHangTogether } from "./throughPlaces.ts";
import { isTaken } from "./throughReshape.ts";

/** Variance of scores along an axis from which on the few greatest take most of a softmax. */
const FAR_APART = 1;
/**
 * Share of keys that differs among places from which on means over the places before each, which differ the less the later
 * they are, are taken as alike.
 */
const MOST_ALIKE = 0.5;
/** Of so few shares the moments are drawn, in 2 % of what they are. */
const FEW_SHARES = 32;
const DRAWS = 2000;
/** Share of their number that features must span to be taken as independent. */
const FEW_DIMENSIONS = 0.5;

/**
 * Shares by scores that are normal along the axis, of deviation σ: e^σ²/n is the sum of their squares for many of them
 * and a small σ.
 */
export function throughSoftmax(ctx: Context, i: number, axis: number, input: Value): Passed | null {
	const shape = ctx.shapes[i];
	const size = shape?.[axisAt(axis, shape.length) ?? 0] ?? null;
	if (size === null) return ctx.unknown(i, "the size of a softmax");
	const { within } = signalOver(ctx, ctx.model.layers[i].inputs[0], input, axis);
	const isMixing =
		axis === -1 && ctx.consumers[i].every((next) => /^(product|dropout)$/.test(ctx.model.layers[next].step.kind));
	if (within > FAR_APART || !isMixing) ctx.reserve("softmax", i);
	const of = (count: number) => Math.min(1, (1 + Math.expm1(within) * (1 - 1 / count)) / count);
	const counts = input.isCausal ? Array.from({ length: size }, (_, k) => k + 1) : [size];
	const mean = (each: (count: number) => number) => counts.reduce((all, count) => all + each(count), 0) / counts.length;
	const few = !isMixing && !input.isCausal && size <= FEW_SHARES ? sharesOf(size, within) : null;
	const squares = few?.squares ?? mean(of);
	const variance = squares / size - 1 / size ** 2;
	return {
		value: {
			signal: { mean: 1 / size, variance, within: variance },
			features: input.features,
			isNormal: false,
			squares,
			...(input.isCausal && { isCausal: true, squaresAt: (place: number) => of(place + 1) }),
		},
		// What is added to all scores of a row is nothing to its shares.
		back: [few?.slope ?? mean((count) => of(count) * (1 - of(count))) / size],
	};
}

/** The sum of squares of `count` shares by normal scores, and what their slopes do to a gradient's square, of draws. */
function sharesOf(count: number, variance: number): { readonly squares: number; readonly slope: number } {
	const random = new Random(0, "shares");
	let [squares, slope] = [0, 0];
	for (let draw = 0; draw < DRAWS; draw++) {
		const powers = Array.from({ length: count }, () => Math.exp(Math.sqrt(variance) * random.normal()));
		const total = powers.reduce((a, b) => a + b);
		const square = powers.reduce((all, one) => all + (one / total) ** 2, 0);
		squares += square / DRAWS;
		for (const one of powers) slope += ((one / total) ** 2 * (1 - (2 * one) / total + square)) / (count * DRAWS);
	}
	return { squares, slope };
}

/** The product of two values: scores of queries and keys, or values mixed by shares. */
export function throughProduct(
	ctx: Context,
	{ inputs: indices }: ModelLayer,
	i: number,
	[a, b]: readonly Value[],
): Passed | null {
	const size = ctx.shapes[indices[0]]?.at(-1) ?? null;
	if (size === null) return ctx.unknown(i, "the size of a product");
	if (!ctx.areIndependent(a, b)) return ctx.unknown(i, "a product of values that hang together");
	const features = countAlong(ctx.shapes[i], ctx.roles[i], "features") ?? b.features;
	if (a.squares !== undefined) {
		// Values mixed by shares that are alike but for their noise: what all have in common stays.
		const { mean, variance, within, shared = 0 } = signalOver(ctx, indices[1], b, -2);
		const own = within - shared;
		if (own > MOST_COMMON * meanSquare(b.signal) && doPlacesHangTogether(ctx, i)) ctx.reserve("mean over places", i);
		const mixed = own * a.squares + shared;
		const signal = { mean, variance: variance - within + mixed, within: mixed, shared: own / size + shared };
		const columns = a.isCausal ? causalColumns(size).squares : 1;
		const { squaresAt } = a;
		const common = meanSquare(signal) - mixed + shared;
		return {
			value: {
				signal,
				features,
				isNormal: true,
				...(squaresAt && { squareAt: (place: number) => common + own * squaresAt(place) }),
			},
			back: [size * own, a.squares],
			...(squaresAt && {
				atPlace: (place: number) => [size * own, squaresAt(place)],
				sharingAt: (place: number) => [0, 1 / (size * squaresAt(place))],
			}),
			// Two rows of shares are of the same values.
			common: [size * own, size > 1 ? (size - columns) / (size - 1) : 1],
			gathered: [0, columns - a.squares],
			sharing: [0, 1 / (size * a.squares)],
		};
	}
	const [p, q] = [meanSquare(a.signal), meanSquare(b.signal)];
	const along = signalOver(ctx, indices[1], b, -1);
	const differing = along.within - (along.shared ?? 0);
	const mean = size * a.signal.mean * b.signal.mean;
	const signal = {
		mean,
		variance: size * p * q + mean ** 2 * (1 - 1 / size) - mean ** 2,
		within: size * p * differing,
	};
	const areScores = comesToSoftmax(ctx, i);
	const back = [size * (areScores ? differing * turning(ctx, i, indices[1]) : q), size * p];
	const value = {
		signal: { ...signal, variance: Math.max(signal.variance, signal.within) },
		features,
		isNormal: true,
	};
	if (!areScores) {
		// What all numbers of a row have in common adds up with what those of a column have.
		const inRow = commonOf(signalOver(ctx, indices[0], a, -1));
		const inColumn = commonOf(signalOver(ctx, indices[1], b, -2));
		if ((size - 1) * inRow * inColumn > MOST_COMMON * p * q) ctx.reserve("means add up", i);
		return { value, back };
	}
	// A key meets all queries: what these have in common adds up where their scores' gradients do.
	const count = ctx.shapes[i]?.at(-2) ?? 1;
	const { squares, harmonic } = causalColumns(count);
	const isMasked = count > 1 && isMaskedFrom(ctx, i);
	// Of a causal mask's shares, 1/k in row k, a key's column has its square next to the sum of its squares.
	const rows = isMasked ? (count * squares) / harmonic : count;
	// Two rows of these meet the keys of the shorter: of what their gradients have in common as much is left.
	const met = isMasked ? (2 * (count - harmonic)) / (harmonic * (count - 1)) : 1;
	const alike = commonOf(a.signal);
	return { value, back, common: [back[0] * met, 0], gathered: [0, (rows - 1) * size * alike] };
}

function commonOf(signal: Signal): number {
	return meanSquare(signal) - signal.within + (signal.shared ?? 0);
}

/** Whether scores come to a softmax, which their mean along the last axis is nothing to. */
function comesToSoftmax(ctx: Context, i: number): boolean {
	for (let at = i; ; ) {
		const [next, ...others] = ctx.consumers[at];
		if (next === undefined || others.length > 0) return false;
		const { step } = ctx.model.layers[next];
		if (softmaxAxis(step) === -1) return true;
		if (step.kind !== "scale" && step.kind !== "causal" && step.kind !== "masked" && step.kind !== "identity")
			return false;
		at = next;
	}
}

/**
 * A query's gradient is a sum over places of keys times how their values lie to the gradient behind. Both are made of the
 * same numbers, so that the sum grows along the covariance of these, the more the fewer dimensions they have.
 */
function turning(ctx: Context, scores: number, key: number): number {
	const size = ctx.shapes[scores]?.at(-1) ?? null;
	const { layers } = ctx.model;
	let [at, isAll] = [key, true];
	while (layers[at].step.kind === "reshape") {
		if (isTaken(layers[at].step)) isAll = false;
		[at] = layers[at].inputs;
	}
	const rank = layers[at].step.kind === "linear" ? rankOf(ctx, layers[at].inputs[0]) : null;
	if (size === null || rank === null) return 1;
	const isMasked = isMaskedFrom(ctx, scores);
	const rows = isMasked ? size / causalColumns(size).harmonic : size;
	const times = 1 + (rows - 1) / rank;
	// So does the gradient by the weights that make keys alone.
	if (isAll) {
		const [from] = layers[at].inputs;
		// What all keys have in common is nothing to the shares of a row.
		const { signal } = ctx.values[from]!;
		const differing = (signal.within - (signal.shared ?? 0)) / meanSquare(signal);
		ctx.turned.set(at, times * differing);
		if (isMasked && differing < MOST_ALIKE) ctx.reserve("mean over places", at);
		const features = countAlong(ctx.shapes[from], ctx.roles[from], "features") ?? 0;
		if (rank < FEW_DIMENSIONS * features) ctx.reserve("few dimensions", at);
	}
	return times;
}

/** Whether scores come to a causal mask. */
function isMaskedFrom(ctx: Context, scores: number): boolean {
	return ctx.consumers[scores].some((next) => isCausalFrom(ctx, next));
}

function isCausalFrom(ctx: Context, layer: number): boolean {
	const { step } = ctx.model.layers[layer];
	if (step.kind === "causal") return true;
	return /^(scale|masked|identity)$/.test(step.kind) && ctx.consumers[layer].some((next) => isCausalFrom(ctx, next));
}

/** How many dimensions a value's features at a place span at most, by the products that they have gone through. */
function rankOf(ctx: Context, layer: number): number | null {
	const { step, inputs } = ctx.model.layers[layer];
	const features = countAlong(ctx.shapes[layer], ctx.roles[layer], "features");
	if (step.kind === "linear") {
		const before = rankOf(ctx, inputs[0]);
		return before === null || features === null ? features : Math.min(before, features);
	}
	return /^(normalisation|scale|dropout|identity|masked)$/.test(step.kind) ? rankOf(ctx, inputs[0]) : features;
}

/** Of `size` rows of equal shares up to the diagonal: the mean square of what a column sums up to, and the first's sum. */
function causalColumns(size: number): { readonly squares: number; readonly harmonic: number } {
	let [column, squares] = [0, 0];
	for (let i = size; i > 0; i--) {
		column += 1 / i;
		squares += column * column;
	}
	return { squares: squares / size, harmonic: column };
}
