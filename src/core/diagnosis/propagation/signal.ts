import type { Activation } from "../../activations/activation.ts";
import { activationFacts } from "../../activations/facts.ts";
import { COARSE, momentsOf } from "../../activations/meanField.ts";
import { remembered } from "../../activations/remembered.ts";
import { compile } from "../../expression/evaluate.ts";
import type { Parameters } from "../../expression/expression.ts";
import { normalCdf } from "../../numerics/special.ts";

/** A layer's values over features, samples and places, as wide layers with random weights have them. */
export interface Signal {
	readonly mean: number;
	/** Over everything. */
	readonly variance: number;
	/**
	 * The part of it that one feature shows over samples and places; the rest is between features, the same for all
	 * samples. All of it at the input; a deep network that makes all samples alike leaves little.
	 */
	readonly within: number;
	/** The part of that which the places of a sample have in common, as far as attention makes it; none where absent. */
	readonly shared?: number;
	/** What of `within` a recurrent layer makes neighbouring places have in common; part of what all share, in the mean. */
	readonly memory?: Memory;
}

/** The covariance of a place with the next is `near`, and with each further one `keeps` times that. */
export interface Memory {
	readonly near: number;
	readonly keeps: number;
}

/** The covariance of two of `count` places, in the mean over all pairs. */
export function meanOfPairs({ near, keeps }: Memory, count: number): number {
	let sum = 0;
	for (let lag = 1, by = near; lag < count; lag++, by *= keeps) sum += 2 * (count - lag) * by;
	return count > 1 ? sum / (count * (count - 1)) : 0;
}

/** The memory of a sum of signals, each taken `weights` times. */
export function memoryOf(signals: readonly Signal[], weights: readonly number[]): { readonly memory?: Memory } {
	let [near, next] = [0, 0];
	signals.forEach(({ memory }, k) => {
		if (!memory) return;
		near += weights[k] * memory.near;
		next += weights[k] * memory.near * memory.keeps;
	});
	return near > 0 ? { memory: { near, keeps: next / near } } : {};
}

/** What an activation makes of a normal signal. */
export interface Passage {
	readonly signal: Signal;
	/** E[f′²]: what the gradient's square is multiplied by on its way back. */
	readonly slopeSquare: number;
	/** E[f′f′] of two samples or places of a feature: the same for what the gradients of two places have in common. */
	readonly slopeProduct: number;
	/**
	 * E[f′e]² with e what differs between samples or places, in deviations: how much the slopes lie along what comes in, so
	 * that over many places of one gradient they add up along it.
	 */
	readonly slopeAlong: number;
	/** The mean square's relative change for one of the variance: d log E[f²] / d log variance. */
	readonly sensitivity: number;
	/**
	 * How the mean square, and the mean squared slope, of a layer of n units scatter from network to network: their
	 * relative variance times n.
	 */
	readonly scatter: { readonly forward: number; readonly backward: number };
	/** The relative variance of f²: times 1/n that of the mean square of one sample from sample to sample. */
	readonly sampleScatter: number;
}

/** SELU's limit on the left, −λα. */
export const SELU_FLOOR = -1.7580993408473766;

/** The mean of the squares. */
export function meanSquare({ mean, variance }: Signal): number {
	return variance + mean * mean;
}

/** The signal times a number. */
export function scaled(signal: Signal, by: number): Signal {
	const { mean, variance, within, shared } = signal;
	const square = by * by;
	return {
		mean: mean * by,
		variance: variance * square,
		within: within * square,
		...(shared && { shared: shared * square }),
		...memoryOf([signal], [square]),
	};
}

/** The product of independent signals. */
export function productOf(a: Signal, b: Signal): Signal {
	const [common, otherCommon] = [meanSquare(a) - a.within, meanSquare(b) - b.within];
	const square = meanSquare(a) * meanSquare(b);
	const mean = a.mean * b.mean;
	return { mean, variance: square - mean * mean, within: square - common * otherCommon };
}

/** The signal behind a step that takes of what the places of a sample share as much as of what they do not. */
export function sharing(before: Signal, after: Signal): Signal {
	if (!before.shared) return after;
	const by = after.within / before.within;
	return { ...after, shared: before.shared * by, ...memoryOf([before], [by]) };
}

/**
 * Beyond these many deviations the normal weighs less than 1e-8. Steps of t and e are not multiples of each other, so that
 * bends of the function do not fall on the same place of the grid again and again: it is right to about 5e-3 there, and
 * much more for smooth functions.
 */
const REACH = 6;
const OUTER_STEP = 0.25;
const STEP = 0.3;
const INNER = Math.round((2 * REACH) / STEP) + 1;

/**
 * A normal signal through an activation: two samples' values are u·t + w·e₁ and u·t + w·e₂ around the mean, with t common
 * to both, so that E[f²] − E[f₁f₂] is the mean over t of the variance over e, without cancellation (the correlation map
 * of Poole et al. 2016). NaN where the function is undefined for some inputs. With `greatest` above 1 it is what comes of
 * the greatest of so many values of a feature, which differ in e alone.
 */
export function throughActivation(
	activation: Activation,
	parameters: Parameters,
	input: Signal,
	greatest = 1,
): Passage {
	const { mean, variance, within } = input;
	if (!(variance > 0)) return constantPassage(activation, parameters, input);
	const moments = greatest === 1 ? momentsOf(activation, parameters, variance, mean, COARSE) : null;
	const along = greatest === 1 ? NORMAL : greatestOf(greatest);
	const between = Math.sqrt(Math.max(0, variance - within));
	const own = Math.sqrt(within);
	const places = outerPlaces(activation, parameters, mean, between);
	const x = new Float64Array(places.length * INNER);
	places.forEach((t, i) => {
		for (let k = 0; k < INNER; k++) x[i * INNER + k] = mean + between * t + own * (k * STEP - REACH);
	});
	const [values, slopes] = valueAndSlope(activation, parameters)(x);
	let [spread, total, squares, slopeSquares, pull, fourths] = [0, 0, 0, 0, 0, 0];
	let [first, second, slope, product, turned] = [0, 0, 0, 0, 0];
	places.forEach((t, i) => {
		const at = i * INNER;
		const [center, square, slopeSquare, deviation, lever, meanSlope, tilt, fourth] = innerMoments(
			values,
			slopes,
			x,
			mean,
			at,
			along,
		);
		const weight = Math.exp(-0.5 * t * t);
		total += weight;
		first += weight * center;
		second += weight * square;
		slope += weight * slopeSquare;
		product += weight * meanSlope * meanSlope;
		turned += weight * tilt * tilt;
		spread += weight * deviation;
		squares += weight * square * square;
		fourths += weight * fourth;
		slopeSquares += weight * slopeSquare * slopeSquare;
		pull += weight * lever;
		if (Number.isNaN(center)) spread = Number.NaN;
	});
	const [average, mixed] = [first / total, second / total];
	const found = moments ?? {
		mean: average,
		square: mixed,
		variance: mixed - average * average,
		slopeSquare: slope / total,
	};
	const scatter = (fourth: number, second: number) => (second > 0 ? Math.max(0, fourth / second ** 2 - 1) : 0);
	return {
		signal: {
			mean: found.mean,
			variance: found.variance,
			within: Math.min(spread / total, found.variance),
		},
		slopeSquare: found.slopeSquare,
		slopeProduct: product / total,
		slopeAlong: turned / total,
		// By Stein's lemma, E[f²] grows with the variance by E[f f′ (x − mean)] over it.
		sensitivity: found.square > 0 ? pull / total / found.square : 0,
		scatter: {
			forward: scatter(squares / total, found.square),
			backward: scatter(slopeSquares / total, found.slopeSquare),
		},
		sampleScatter: scatter(fourths / total, found.square),
	};
}

/** All values are alike: one point of the function. */
function constantPassage(activation: Activation, parameters: Parameters, { mean }: Signal): Passage {
	const [value, slope] = valueAndSlope(activation, parameters)(Float64Array.of(mean));
	return {
		signal: { mean: value[0], variance: 0, within: 0 },
		slopeSquare: slope[0] ** 2,
		slopeProduct: slope[0] ** 2,
		slopeAlong: 0,
		sensitivity: 0,
		scatter: { forward: 0, backward: 0 },
		sampleScatter: 0,
	};
}

/** Whether an activation is a line on each side of 0, up to two deviations of a usual signal. */
export function isStraight(activation: Activation, parameters: Parameters): boolean {
	const [, [farLeft, left, right, farRight]] = valueAndSlope(activation, parameters)(Float64Array.of(-2, -0.5, 0.5, 2));
	return farLeft === left && right === farRight;
}

const valueAndSlope = remembered(({ stable, derivative }, parameters) => compile([stable, derivative], parameters));

/** Values of t; one of them at a kink or jump, where a grid across it would err by half a step. */
function outerPlaces(activation: Activation, parameters: Parameters, mean: number, between: number): number[] {
	if (between === 0) return [0];
	const { kinks, jumps } = activationFacts(activation, parameters);
	const breaks = [...jumps, ...kinks].map((x) => (x - mean) / between);
	const start = breaks.find((t) => Math.abs(t) < REACH) ?? 0;
	const first = start - OUTER_STEP * Math.floor((start + REACH) / OUTER_STEP);
	const places: number[] = [];
	for (let t = first; t <= REACH; t += OUTER_STEP) places.push(t);
	return places;
}

/** Weights of the places of e, with their sum. */
interface Weights {
	readonly each: Float64Array;
	readonly total: number;
}

const NORMAL = weightsOf((e) => Math.exp(-0.5 * e * e));

/** The density of the greatest of n normals: n·φ(e)·Φ(e)ⁿ⁻¹. */
function greatestOf(n: number): Weights {
	return weightsOf((e) => Math.exp(-0.5 * e * e) * normalCdf(e) ** (n - 1));
}

function weightsOf(density: (e: number) => number): Weights {
	const each = Float64Array.from({ length: INNER }, (_, k) => density(k * STEP - REACH));
	return { each, total: each.reduce((a, b) => a + b) };
}

/** E[f], E[f²], E[f′²], Var f, E[f f′ (x − center)], E[f′], E[f′e] and E[f⁴] over e. */
function innerMoments(
	values: Float64Array,
	slopes: Float64Array,
	x: Float64Array,
	center: number,
	at: number,
	{ each, total }: Weights,
): readonly number[] {
	let [mean, square, slopeSquare, variance, lever, slope, tilt, fourth] = [0, 0, 0, 0, 0, 0, 0, 0];
	for (let k = 0; k < INNER; k++) {
		mean += each[k] * values[at + k];
		square += each[k] * values[at + k] ** 2;
		fourth += each[k] * values[at + k] ** 4;
		slopeSquare += each[k] * slopes[at + k] ** 2;
		slope += each[k] * slopes[at + k];
		tilt += each[k] * slopes[at + k] * (k * STEP - REACH);
		lever += each[k] * values[at + k] * slopes[at + k] * (x[at + k] - center);
	}
	mean /= total;
	for (let k = 0; k < INNER; k++) variance += each[k] * (values[at + k] - mean) ** 2;
	const others = [square, slopeSquare, variance, lever, slope, tilt, fourth];
	return [mean, ...others.map((sum) => sum / total)];
}
