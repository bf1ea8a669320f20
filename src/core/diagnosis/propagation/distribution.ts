import type { Activation } from "../../activations/activation.ts";
import { compile } from "../../expression/evaluate.ts";
import type { Parameters } from "../../expression/expression.ts";
import { normalCdf } from "../../numerics/special.ts";
import type { Value } from "./propagated.ts";
import { meanSquare, type Signal } from "./signal.ts";

/** How single values are spread: a share for each of the places x = (first + k)·step. */
export interface Distribution {
	readonly step: number;
	readonly first: number;
	readonly shares: Float64Array;
}

/** What something is in the mean where a value is at each of the places of its distribution, next to what it is over all. */
export type Profile = Float64Array;

/** Steps in a deviation, and how many deviations are told on either side. */
const FINENESS = 12;
const REACH = 6;
/** Deviations between the places at which a function of normal values is taken. */
const NORMAL_STEP = 0.04;
/** Share of a signal that features, places or samples may have in common where values are taken as drawn one by one. */
const MOST_COMMON = 0.01;
/** Relative difference in the mean square from which on a distribution is not that of a signal. */
const OTHER = 0.03;

/**
 * How the values of a signal are spread, where each is drawn for itself: normal values, what an activation makes of the
 * greatest of some, and sums of such. Null where that is not known.
 */
export function distributionOf({
	signal,
	isNormal,
	greatest,
	distribution,
}: Pick<Value, "signal" | "isNormal" | "greatest" | "distribution">): Distribution | null {
	if (!(signal.within > (1 - MOST_COMMON) * signal.variance) || (signal.shared ?? 0) > MOST_COMMON * signal.variance)
		return null;
	const found = distribution ?? ofNormal(signal, isNormal, greatest);
	if (!found) return null;
	// A step between may have made another value of it.
	const square = meanOf(placesOf(found), found.shares, (one) => one * one);
	return Math.abs(square / meanSquare(signal) - 1) < OTHER ? found : null;
}

/** That of normal values, or of what an activation makes of the greatest of some. */
function ofNormal(signal: Signal, isNormal: boolean, greatest: Value["greatest"]): Distribution | null {
	const { signal: normal, of = 1, by } = isNormal ? { signal } : (greatest ?? {});
	if (!normal || !(normal.variance > 0)) return null;
	const count = Math.round((2 * REACH) / NORMAL_STEP);
	const deviation = Math.sqrt(normal.variance);
	const x = Float64Array.from({ length: count }, (_, k) => (k + 0.5) * NORMAL_STEP - REACH);
	const shares = x.map((e) => normalCdf(e + NORMAL_STEP / 2) ** of - normalCdf(e - NORMAL_STEP / 2) ** of);
	const values = x.map((e) => normal.mean + deviation * e);
	return gathered(isNormal || !by ? values : compile([by.activation.stable], by.parameters)(values)[0], shares);
}

/** The distribution of the sum of independent values. */
export function sumOf(a: Distribution, b: Distribution): Distribution {
	const [x, y] = [placesOf(a), placesOf(b)];
	const values = new Float64Array(x.length * y.length);
	const shares = new Float64Array(values.length);
	for (let j = 0, at = 0; j < x.length; j++)
		for (let k = 0; k < y.length; k++, at++) {
			values[at] = x[j] + y[k];
			shares[at] = a.shares[j] * b.shares[k];
		}
	return gathered(values, shares);
}

/** Values, as how they are spread and, for a gradient, its profile over them. */
export interface Profiling {
	readonly distribution: Distribution;
	readonly profile: Profile;
}

/** What an activation makes of values, and of a gradient that has a profile over what it gives. */
export function throughDistribution(
	{ activation: { stable, derivative }, parameters }: { activation: Activation; parameters: Parameters },
	input: Distribution,
	output: Profiling | null = null,
) {
	const x = placesOf(input);
	const { shares } = input;
	const [values, slopes] = compile([stable, derivative], parameters)(x);
	const variance = (of: Float64Array) => meanOf(of, shares, (one) => one * one) - meanOf(of, shares) ** 2;
	const signal = { mean: meanOf(values, shares), variance: variance(values), within: variance(values) };
	const squares = slopes.map((slope, k) => slope * slope * (output ? profileAt(output, values[k]) : 1));
	const slopeSquare = meanOf(squares, shares);
	const center = meanOf(x, shares);
	const tilted = slopes.map((slope, k) => slope * (x[k] - center));
	return {
		signal,
		distribution: gathered(values, shares),
		slopeSquare,
		slopeProduct: meanOf(slopes, shares) ** 2,
		slopeAlong: meanOf(tilted, shares) ** 2 / variance(x),
		profile: squares.map((one) => one / slopeSquare),
	};
}

/** The profile over a term of a sum, next to the sum's own. */
export function profileOfTerm(sum: Profiling, term: Distribution, others: Distribution): Profile {
	const rest = placesOf(others);
	return placesOf(term).map((x) => rest.reduce((all, y, k) => all + others.shares[k] * profileAt(sum, x + y), 0));
}

function profileAt({ distribution: { step, first }, profile }: Profiling, x: number): number {
	const at = Math.max(0, Math.min(profile.length - 1, x / step - first));
	const [left, right] = [Math.floor(at), Math.ceil(at)];
	return profile[left] + (at - left) * (profile[right] - profile[left]);
}

function placesOf({ step, first, shares }: Distribution): Float64Array {
	return shares.map((_, k) => (first + k) * step);
}

function meanOf(values: Float64Array, shares: Float64Array, of = (one: number) => one): number {
	return values.reduce((all, one, k) => all + of(one) * shares[k], 0);
}

/** Values with their shares on a grid: each is shared by the two places beside it. 0, where most kinks are, lies between two places. */
function gathered(values: Float64Array, shares: Float64Array): Distribution {
	const total = shares.reduce((a, b) => a + b);
	const mean = meanOf(values, shares) / total;
	const deviation = Math.sqrt(meanOf(values, shares, (one) => (one - mean) ** 2) / total);
	const step = deviation / FINENESS;
	const first = Math.floor(mean / step - REACH * FINENESS) + 0.5;
	const length = 2 * REACH * FINENESS + 2;
	const found = new Float64Array(length);
	values.forEach((value, k) => {
		const at = Math.max(0, Math.min(length - 1, value / step - first));
		const left = Math.floor(at);
		found[left] += ((1 - (at - left)) * shares[k]) / total;
		if (at > left) found[left + 1] += ((at - left) * shares[k]) / total;
	});
	return { step, first, shares: found };
}
