import type { Activation } from "../activations/activation.ts";
import { activationFacts, type Facts, type Interval } from "../activations/facts.ts";
import { fixedPointsOf, gainOf, momentsOf } from "../activations/meanField.ts";
import { remembered } from "../activations/remembered.ts";
import { sampleCurve } from "../activations/sample.ts";
import type { Parameters } from "../expression/expression.ts";
import { formatNumber } from "../numerics/formatNumber.ts";
import { english, type Translate } from "../texts.ts";

/** One line about an activation. `part` is the switch that turns it off in a hover. */
export interface Fact {
	readonly part: "range" | "gradient";
	readonly name: string;
	readonly text: string;
}

/** More stretches or places than this are summed up with "…". */
const MOST_LISTED = 4;

/** What is true of an activation, a line each: range and shape, gradient, kinks. The numbers are those of its facts. */
export function describeFacts(activation: Activation, parameters: Parameters, t: Translate = english): Fact[] {
	const facts = activationFacts(activation, parameters);
	const lines: Fact[] = [];
	if (!Number.isNaN(facts.range.min)) {
		lines.push({ part: "range", name: t("Range"), text: [rangeText(facts.range), ...shapeOf(facts, t)].join(", ") });
	}
	if (facts.undefinedOn.length > 0) {
		lines.push({ part: "range", name: t("Undefined"), text: intervalsText(facts.undefinedOn, t) });
	}
	lines.push({ part: "gradient", name: t("Gradient"), text: gradientText(activation, parameters, facts, t) });
	if (facts.jumps.length > 0) lines.push({ part: "gradient", name: t("Jumps"), text: placesText(facts.jumps) });
	if (facts.kinks.length > 0) lines.push({ part: "gradient", name: t("Kinks"), text: placesText(facts.kinks) });
	return lines;
}

/** What layers of it do to a signal, for those who have the room: of infinite width, under a normal pre-activation. */
export function describeSignal(activation: Activation, parameters: Parameters, t: Translate = english): Fact[] {
	const { forward, backward } = gainOf(activation, parameters);
	const gain = (value: number) => (Number.isFinite(value) && value > 0 ? formatNumber(value, 5) : t("none"));
	const gains = t("{0} keeps the signal's size, {1} the gradient's", gain(forward), gain(backward));
	const deep = deepText(activation, parameters, t);
	return [
		{ part: "gradient", name: t("Gain"), text: gains },
		...(deep === null ? [] : [{ part: "gradient", name: t("Depth"), text: deep } as const]),
	];
}

/** σ_w² of He et al. 2015. */
const HE = 2;

/** E[f²] of a standard normal signal, and the variances that layers with He's weights leave as they are. */
const depthOf = remembered((activation, parameters) => ({
	square: momentsOf(activation, parameters).square,
	points: fixedPointsOf(activation, parameters, HE, 0),
}));

/** Where a signal of variance 1 comes to through ever more layers with He's weights. */
function deepText(activation: Activation, parameters: Parameters, t: Translate): string | null {
	const { square, points } = depthOf(activation, parameters);
	if (!Number.isFinite(square)) return null;
	const growth = HE * square;
	if (Math.abs(growth - 1) < 1e-9) return t("with He's weights the signal keeps its variance");
	const reached =
		growth > 1 ? points.find(({ variance }) => variance > 1) : points.findLast(({ variance }) => variance < 1);
	if (!reached) return growth > 1 ? t("with He's weights the signal grows") : t("with He's weights the signal fades");
	const [variance, chi] = [formatNumber(reached.variance, 4), formatNumber(reached.chi, 4)];
	return t("with He's weights the variance settles at {0}, the gradient's × {1} a layer", variance, chi);
}

/** `[−0.278465, ∞)`: a bracket where the end is reached. */
export function rangeText({ min, max, minReached, maxReached }: Facts["range"]): string {
	const from = minReached && Number.isFinite(min) ? "[" : "(";
	const to = maxReached && Number.isFinite(max) ? "]" : ")";
	return `${from}${number(min)}, ${number(max)}${to}`;
}

function shapeOf({ monotonic, symmetry, smoothness, kinks, jumps }: Facts, t: Translate): string[] {
	const words: string[] = [];
	if (monotonic === "increasing") words.push(t("increasing"));
	if (monotonic === "decreasing") words.push(t("decreasing"));
	if (symmetry === "odd") words.push(t("odd"));
	if (symmetry === "even") words.push(t("even"));
	if (smoothness === "smooth" && kinks.length === 0 && jumps.length === 0) words.push(t("smooth"));
	return words;
}

function gradientText(activation: Activation, parameters: Parameters, facts: Facts, t: Translate): string {
	const { peakSlope, gradientBelow1Percent: small, zeroGradient: zero } = facts;
	if (!Number.isFinite(peakSlope.value)) {
		const flat = zero.length > 0 ? `; ${t("0 for {0}", intervalsText(zero, t))}` : "";
		return t("unbounded") + flat;
	}
	if (peakSlope.value === 0) return t("0 everywhere");
	const parts = [peakText(activation, parameters, facts, t)];
	// Where the gradient is exactly 0 it need not be said that it is small.
	const rest = small.filter((interval) => !zero.some((other) => same(interval, other)));
	if (zero.length > 0) parts.push(t("0 for {0}", intervalsText(zero, t)));
	if (rest.length > 0) parts.push(t("below 1 % of it for {0}", intervalsText(rest, t)));
	if (small.length === 0 && staysLarge(activation, parameters, facts)) parts.push(t("never below 1 % of it"));
	return parts.join("; ");
}

/** The steepest slope, and where it is if that is one place or a pair. */
function peakText(activation: Activation, parameters: Parameters, facts: Facts, t: Translate): string {
	const { x, value } = facts.peakSlope;
	if (!Number.isFinite(x)) return t("peak {0} as x → {1}", number(value), number(x));
	const both = facts.symmetry !== "none" && x !== 0;
	const peak = number(facts.symmetry === "even" ? Math.abs(value) : value);
	const slopes = slopesAround(activation, parameters).slope;
	const steep = slopes.filter((slope, i) => {
		const [before, here, after] = [slopes[i - 1] ?? 0, slope, slopes[i + 1] ?? 0].map(Math.abs) as [
			number,
			number,
			number,
		];
		return here >= before && here >= after && here >= Math.abs(value) * 0.9999;
	});
	// A whole stretch of inputs, or one wave after another, has this slope, or a far tail rounds to it: no place is one.
	if (steep.length > 2 || Math.abs(x) > CLOSE_RANGE) return t("peak {0}", peak);
	return t("peak {0} at x = {1}", peak, both ? `±${number(Math.abs(x))}` : number(x));
}

/** Whether no input has a slope below 1 % of the steepest, as far as a close look tells. */
function staysLarge(activation: Activation, parameters: Parameters, { peakSlope, kinks, jumps }: Facts): boolean {
	const { x, slope } = slopesAround(activation, parameters);
	return slope.every((here, i) => {
		if (!(Math.abs(here) >= Math.abs(peakSlope.value) / 100)) return false;
		const from = x[i - 1];
		// Between two slopes of opposite sign lies 0, unless the slope jumps there.
		const crosses = from !== undefined && here * slope[i - 1]! < 0;
		return !crosses || [...kinks, ...jumps].some((place) => place >= from && place <= x[i]!);
	});
}

/** Half the width, and the points, of the stretch that is looked at closely. */
const CLOSE_RANGE = 15;
const CLOSE_POINTS = 1201;

interface Slopes {
	readonly x: readonly number[];
	readonly slope: readonly number[];
}

const slopesAround = remembered((activation, parameters): Slopes => {
	const { x, derivative } = sampleCurve(activation, parameters, -CLOSE_RANGE, CLOSE_RANGE, CLOSE_POINTS);
	return { x, slope: derivative };
});

function same(a: Interval, b: Interval): boolean {
	return a.from === b.from && a.to === b.to;
}

function intervalsText(intervals: readonly Interval[], t: Translate): string {
	const texts = intervals.slice(0, MOST_LISTED).map(({ from, to }) => {
		if (from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY) return t("all x");
		if (from === Number.NEGATIVE_INFINITY) return `x < ${number(to)}`;
		if (to === Number.POSITIVE_INFINITY) return `x > ${number(from)}`;
		return from === to ? `x = ${number(from)}` : `${number(from)} < x < ${number(to)}`;
	});
	if (intervals.length > MOST_LISTED) texts.push("…");
	return texts.join(t(" or "));
}

function placesText(places: readonly number[]): string {
	const more = places.length > MOST_LISTED ? ", …" : "";
	return `x = ${places.slice(0, MOST_LISTED).map(number).join(", ")}${more}`;
}

/** Facts have one zero. */
function number(value: number): string {
	return formatNumber(value === 0 ? 0 : value);
}
