import type { Activation } from "../activations/activation.ts";
import { activationFacts, type Facts, type Interval } from "../activations/facts.ts";
import { activationValues } from "../activations/values.ts";
import type { Parameters } from "../expression/expression.ts";
import { formatNumber } from "./number.ts";
import { english, type Translate } from "./texts.ts";

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
	const peak = number(peakSlope.value);
	const parts = [
		!Number.isFinite(peakSlope.x)
			? t("peak {0} as x → {1}", peak, number(peakSlope.x))
			: isPlateau(activation, parameters, peakSlope)
				? t("peak {0}", peak)
				: t("peak {0} at x = {1}", peak, number(peakSlope.x)),
	];
	if (small.length === 0) parts.push(t("never below 1 % of it"));
	else if (same(small, zero)) parts.push(t("0 for {0}", intervalsText(zero, t)));
	else {
		parts.push(t("below 1 % of it for {0}", intervalsText(small, t)));
		if (zero.length > 0) parts.push(t("0 for {0}", intervalsText(zero, t)));
	}
	return parts.join("; ");
}

/** Whether a whole stretch of inputs has the peak's slope, so that no one place is worth naming. */
function isPlateau(activation: Activation, parameters: Parameters, { x, value }: Facts["peakSlope"]): boolean {
	const beside = [x - 1 / 64, x + 1 / 64];
	const { derivative } = activationValues(activation, parameters, beside);
	return derivative.some((slope) => Math.abs(slope) === Math.abs(value));
}

function same(a: readonly Interval[], b: readonly Interval[]): boolean {
	return a.length === b.length && a.every(({ from, to }, i) => from === b[i]!.from && to === b[i]!.to);
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
