import { add, constant, x as input, sub } from "../expression/build.ts";
import { compile } from "../expression/evaluate.ts";
import { evaluateAllExactly, exactlyAlong } from "../expression/exact.ts";
import type { Expression, Parameters } from "../expression/expression.ts";
import { substitute } from "../expression/walk.ts";
import type { Activation } from "./activation.ts";
import type { Breakpoint } from "./breakpoints.ts";
import { wholeLine } from "./grid.ts";
import { type Singularity, singularitiesOf } from "./singularities.ts";

/**
 * Within these an oscillating function's extremes are looked for first, of short waves in the nearest, of long ones in the
 * widest: further out many waves lie between two points, and float64 has lost the phase, so that what is found there is
 * found by chance.
 */
const WAVES_SEEN = [16, 64, 1024];
/** Two values that are relatively closer are one. */
const SAME = 1e-9;

/** f and f′ over the whole line, breakpoints and singularities and the limits on their two sides included. */
export interface Survey {
	readonly x: Float64Array;
	/** By index, the breakpoint or singularity of which this point gives the limit on one side. */
	readonly besides: ReadonlyMap<number, number>;
	readonly value: Float64Array;
	readonly slope: Float64Array;
	/** Breakpoints and singularities. */
	readonly places: readonly number[];
	readonly singularities: readonly Singularity[];
	/** Within each of these distances from 0, the last of which has no end, an extreme is looked for; the best of them counts. */
	readonly reaches: readonly number[];
	/** [f, f′] at −∞ and +∞. */
	readonly limits: { readonly left: readonly number[]; readonly right: readonly number[] };
}

export function surveyOf(
	activation: Activation,
	parameters: Parameters,
	breakpoints: readonly Breakpoint[],
	oscillates: boolean,
): Survey {
	const singularities = singularitiesOf(activation, parameters);
	const exactOf = new Map(singularities.map(({ x, exact }) => [x, exact]));
	const places = new Set([...breakpoints, ...singularities].map(({ x }) => x));
	const besideOf = new Map<number, { readonly place: number; readonly side: 1 | -1 }>();
	const stepAt = (place: number) => 2 ** -40 * Math.max(1, Math.abs(place));
	for (const place of places) {
		for (const side of [-1, 1] as const) besideOf.set(place + side * stepAt(place), { place, side });
	}
	const isFree = (point: number) => [...places].every((place) => Math.abs(point - place) > stepAt(place));
	const grid = places.size > 0 ? wholeLine().filter(isFree) : wholeLine();
	const x = Float64Array.from(new Set([...grid, ...places, ...besideOf.keys()])).sort();
	const expressions = [activation.stable, activation.derivative];
	const [value, slope] = compile(expressions, parameters)(x);
	const exactlyAt = exactlyAlong(expressions, parameters);
	const besides = new Map<number, number>();
	for (let i = 0; i < x.length; i++) {
		const beside = besideOf.get(x[i]);
		const exact = exactOf.get(x[i]);
		if (exact) {
			// The double next to a singularity may lie on either side of it: what counts is the place itself, where that is known.
			const there = expressions.map((expression) => substitute(expression, exact));
			const isKnown = exact.kind === "constant";
			[value[i], slope[i]] = isKnown ? evaluateAllExactly(there, 0, parameters) : [Number.NaN, Number.NaN];
		} else if (beside) {
			besides.set(i, beside.place);
			const { place, side } = beside;
			[value[i], slope[i]] = limitsAt(expressions, place, exactOf.get(place), side, x[i], parameters);
		} else if (places.has(x[i]) || !Number.isFinite(value[i]) || !Number.isFinite(slope[i])) {
			// On a kink float64 may compute the other side of it, and far out it overflows inside (x², x³) where the function
			// does not: those points are computed exactly.
			[value[i], slope[i]] = exactlyAt(x[i]);
		}
		if (Number.isNaN(value[i])) slope[i] = Number.NaN;
	}
	const at = (end: number) => evaluateAllExactly(expressions, end, parameters);
	return {
		x,
		besides,
		value,
		slope,
		places: [...places],
		singularities,
		reaches: [...(oscillates ? WAVES_SEEN : []), Number.POSITIVE_INFINITY],
		limits: { left: at(Number.NEGATIVE_INFINITY), right: at(Number.POSITIVE_INFINITY) },
	};
}

/** Closer to a breakpoint than any double, to which rounding the value gives the limit. */
const CLOSER = ["1e-90", "1e-150"].map((text) => constant(Number(text), text));

/** A value that changes by this factor from one of these distances to the next goes on doing so, as also log(log x) does. */
const MOVES = 1.05;

/**
 * The limits at `place` from one side. Where a breakpoint is no double, and not known `exact`, the closest points may lie
 * across it; then the values at the double `beside` stand for the limits.
 */
function limitsAt(
	expressions: readonly Expression[],
	place: number,
	exact: Expression | undefined,
	side: 1 | -1,
	beside: number,
	parameters: Parameters,
): number[] {
	const nearby = evaluateAllExactly(expressions, beside, parameters);
	const [close, closest] = CLOSER.map((distance) => {
		const from = exact ?? input;
		const point = side > 0 ? add(from, distance) : sub(from, distance);
		const there = expressions.map((expression) => substitute(expression, point));
		return evaluateAllExactly(there, place, parameters);
	});
	return nearby.map((value, i) => {
		const [near, nearer, nearest] = [value, close[i], closest[i]].map(Math.abs);
		if (nearest > MOVES * nearer && nearer > MOVES * near) return Math.sign(closest[i]) * Number.POSITIVE_INFINITY;
		if (exact && MOVES * nearest < nearer && MOVES * nearer < near) return 0;
		return exact || Math.abs(close[i] - value) <= SAME * Math.max(1, near) ? closest[i] : value;
	});
}
