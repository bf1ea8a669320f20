import { compile, evaluate } from "../expression/evaluate.ts";
import { exactlyAlong } from "../expression/exact.ts";
import type { Expression, Parameters } from "../expression/expression.ts";
import { type Activation, withDefaults } from "./activation.ts";
import { activationFacts, signChange } from "./facts.ts";

/** f, f′ and f″ at rising inputs, equally long; NaN where the function is undefined. A jump shows as two points with one x. */
export interface Curve {
	readonly x: readonly number[];
	readonly value: readonly number[];
	readonly derivative: readonly number[];
	readonly secondDerivative: readonly number[];
}

/** The usual window; wider where something happens outside it. */
const USUAL = 6;
const WIDEST = 30;

/** The share of a slope's size that rounding may make. */
const NOISE = 1e-9;

/**
 * Samples `points` evenly spaced inputs of [min, max], each kink and jump in it from both sides, and where f and f′ are
 * largest or smallest, so that the range of what is drawn is the curve's. `points` is at least 2; throws a RangeError
 * otherwise, or where min is not below max.
 */
export function sampleCurve(
	activation: Activation,
	parameters: Parameters,
	min: number,
	max: number,
	points: number,
): Curve {
	if (!(points >= 2)) throw new RangeError(`points must be at least 2, got ${points}`);
	if (!(min < max)) throw new RangeError(`min must be below max, got ${min} and ${max}`);
	const all = withDefaults(activation, parameters);
	const { kinks, jumps } = activationFacts(activation, parameters);
	const step = (max - min) / (points - 1);
	// What should be 0 and is a rounding error off it would be drawn as a spike where a formula divides by x.
	const snapped = (x: number) => (Math.abs(x) < step * 1e-9 ? 0 : x);
	const even = Array.from({ length: points }, (_, i) => snapped(i === points - 1 ? max : min + i * step));
	const shown = new Map(even.map((x) => [x, x]));
	for (const x of [...kinks, ...jumps]) {
		if (x <= min || x >= max) continue;
		shown.delete(x);
		// Computed beside the kink, drawn at it.
		const side = 2 ** -40 * Math.max(1, Math.abs(x));
		shown.set(x - side, x).set(x + side, x);
	}
	const slopes = [activation.derivative, activation.secondDerivative];
	const expressions = [activation.stable, ...slopes];
	const evaluated = compile(expressions, all);
	const before = Float64Array.from(shown.keys()).sort();
	for (const [i, values] of evaluated(before).slice(1).entries()) {
		for (const x of turnsOf(slopes[i], all, before, values).map(snapped)) shown.set(x, x);
	}
	const inputs = Float64Array.from(shown.keys()).sort();
	const results = evaluated(inputs);
	const exactlyAt = exactlyAlong(expressions, all);
	for (let i = 0; i < inputs.length; i++) {
		if (results.every((result) => Number.isFinite(result[i]))) continue;
		const exact = exactlyAt(inputs[i]);
		for (let k = 0; k < results.length; k++) results[k][i] = exact[k];
	}
	const [value, derivative, secondDerivative] = results.map((result) => Array.from(result));
	return { x: Array.from(inputs, (x) => shown.get(x)!), value, derivative, secondDerivative };
}

/** Where a slope, of which the values at rising inputs are known, goes through 0 between two of them; no jumps through it. */
function turnsOf(slope: Expression, parameters: Parameters, x: Float64Array, values: Float64Array): number[] {
	const least = NOISE * values.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0);
	const turns: number[] = [];
	for (let i = 1; i < x.length; i++) {
		const [from, to] = [values[i - 1], values[i]];
		const isTurn = Math.sign(from) * Math.sign(to) < 0 && Math.abs(from) > least && Math.abs(to) > least;
		if (!isTurn) continue;
		const turn = signChange(slope, parameters, x[i - 1], x[i]);
		const close = Math.max((x[i] - x[i - 1]) * 2 ** -40, Math.abs(turn) * 2 ** -50);
		const isThrough = [turn - close, turn + close].every((side) => {
			return Math.abs(evaluate(slope, side, parameters)) <= NOISE * Math.max(Math.abs(from), Math.abs(to));
		});
		if (isThrough) turns.push(turn);
	}
	return turns;
}

/** A window around 0 in which everything of interest happens: kinks, jumps, and where the gradient fades. */
export function interestingDomain(activation: Activation, parameters: Parameters): readonly [min: number, max: number] {
	const { kinks, jumps, gradientBelow1Percent } = activationFacts(activation, parameters);
	const edges = gradientBelow1Percent.flatMap(({ from, to }) => [from, to]);
	const events = [...kinks, ...jumps, ...edges].filter((x) => Math.abs(x) <= WIDEST / 1.25);
	const reach = Math.ceil(Math.max(USUAL, ...events.map((x) => Math.abs(x) * 1.25)));
	return [-reach, reach];
}
