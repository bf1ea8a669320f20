import { sub } from "../expression/build.ts";
import { evaluate } from "../expression/evaluate.ts";
import { evaluateExactly, isExactlyZero, isUndefined } from "../expression/exact.ts";
import type { Expression, Parameters, UnaryOperator } from "../expression/expression.ts";
import { dependsOn, nodesOf, substitute } from "../expression/walk.ts";
import { FEW_ROUNDINGS } from "../numerics/rounding.ts";
import type { Activation } from "./activation.ts";
import { type Breakpoint, breakpointsOf, rootsOf } from "./breakpoints.ts";
import { remembered } from "./remembered.ts";
import { type Survey, surveyOf } from "./survey.ts";

/** A stretch of inputs; ±Infinity where it has no end. */
export interface Interval {
	readonly from: number;
	readonly to: number;
}

/** What is true of an activation, derived from its expression. */
export interface Facts {
	/** Least and greatest value; `…Reached` says whether a finite input gives it (0 of a sigmoid is never reached). */
	readonly range: {
		readonly min: number;
		readonly max: number;
		readonly minReached: boolean;
		readonly maxReached: boolean;
	};
	/** Where the slope or the curvature jumps. */
	readonly kinks: readonly number[];
	/** Where the function itself jumps, also from or to infinity. */
	readonly jumps: readonly number[];
	/** Steepest point; `value` is the Lipschitz constant, ±Infinity where the slope is unbounded. */
	readonly peakSlope: { readonly x: number; readonly value: number };
	/** Where |f′| is below 1 % of its peak; empty where the peak is unbounded or the function oscillates. */
	readonly gradientBelow1Percent: readonly Interval[];
	/** Where f′ is exactly 0. */
	readonly zeroGradient: readonly Interval[];
	/** Finite limits at −∞ and +∞; null where there is none. */
	readonly saturates: { readonly left: number | null; readonly right: number | null };
	readonly monotonic: "increasing" | "decreasing" | "no";
	readonly symmetry: "odd" | "even" | "none";
	/** "smooth", or the last class of continuity: "C¹" (curvature jumps), "C⁰" (slope jumps), "jumps". */
	readonly smoothness: "smooth" | "C¹" | "C⁰" | "jumps";
	/** Whether a sine or cosine of the input is in it: then no list of its zeros or flat places is complete. */
	readonly oscillates: boolean;
	/** Isolated inputs in [−64, 64] at which the value is 0, at most 16 of them. */
	readonly zeros: readonly number[];
	/** Stretches of inputs where the function is undefined. */
	readonly undefinedOn: readonly Interval[];
}

const MOST_ZEROS = 16;
const OSCILLATING: ReadonlySet<UnaryOperator> = new Set(["sin", "cos", "tan", "sinc"]);
/** A point closer to 0 than this lies beside a kink at 0. */
const TINY = 1e-9;
/** Values beyond this at the outermost inputs are on their way to infinity. */
const ENDLESS = 1e100;

/** The facts of an activation with these parameters (defaults where none is given). Computed once, then remembered. */
export const activationFacts = remembered(derive);

function derive(activation: Activation, parameters: Parameters): Facts {
	const breakpoints = breakpointsOf(activation, parameters);
	const oscillates = nodesOf(activation.stable).some(
		(node) => node.kind === "unary" && OSCILLATING.has(node.operator) && dependsOn(node),
	);
	const survey = surveyOf(activation, parameters, breakpoints, oscillates);
	const jumps = [...breakpoints.filter(({ order }) => order === 0).map(({ x }) => x), ...polesOf(survey)];
	const { peak, unbounded } = peakSlopeOf(activation, parameters, survey);
	const zeroGradient = oscillates ? [] : zeroGradientOf(activation, parameters, survey);
	const orders = breakpoints.map(({ order }) => order);
	return {
		range: rangeOf(activation, parameters, survey),
		kinks: breakpoints.filter(({ order }) => order > 0).map(({ x }) => x),
		jumps: [...new Set(jumps)].sort((a, b) => a - b),
		peakSlope: peak,
		gradientBelow1Percent:
			unbounded || oscillates ? [] : smallGradientOf(activation, parameters, survey, Math.abs(peak.value) / 100),
		zeroGradient,
		saturates: { left: finite(survey.limits.left[0]), right: finite(survey.limits.right[0]) },
		monotonic: monotonicityOf(survey),
		symmetry: symmetryOf(activation, parameters),
		smoothness: jumps.length > 0 ? "jumps" : orders.includes(1) ? "C⁰" : orders.includes(2) ? "C¹" : "smooth",
		oscillates,
		zeros: zerosOf(activation, parameters, breakpoints, zeroGradient),
		undefinedOn: undefinedOf(activation, parameters, survey),
	};
}

function zerosOf(
	activation: Activation,
	parameters: Parameters,
	breakpoints: readonly Breakpoint[],
	flat: readonly Interval[],
): readonly number[] {
	const jumps = breakpoints.filter(({ order }) => order === 0);
	// A jump from one sign to the other changes sign like a zero does.
	const jumpsOver = (x: number) =>
		jumps.some((jump) => Math.abs(jump.x - x) < TINY * Math.max(1, Math.abs(x))) &&
		!isExactlyZero(activation.stable, x, parameters);
	return rootsOf(activation.stable, parameters)
		.filter((x) => Math.abs(x) <= 64 && Math.abs(evaluateExactly(activation.stable, x, parameters)) < 1e-9)
		.filter((x) => !flat.some(({ from, to }) => x >= from && x <= to) && !jumpsOver(x))
		.slice(0, MOST_ZEROS)
		.map((x) => (Math.abs(x) < TINY ? 0 : x))
		.filter((x) => x !== 0 || evaluateExactly(activation.stable, 0, parameters) === 0);
}

/** Where the function goes to infinity between values on both sides. */
function polesOf({ besides, value, singularities }: Survey): readonly number[] {
	const limits = new Map<number, number[]>(singularities.map((one) => [one.x, []]));
	for (const [i, place] of besides) limits.get(place)?.push(value[i]);
	const isPole = (sides: readonly number[]) => !sides.some(Number.isNaN) && !sides.every(Number.isFinite);
	return [...limits].filter(([, sides]) => isPole(sides)).map(([place]) => place);
}

function finite(value: number): number | null {
	return Number.isFinite(value) ? value : null;
}

function rangeOf(activation: Activation, parameters: Parameters, survey: Survey): Facts["range"] {
	const least = extremeOf(activation, parameters, survey, 1);
	const greatest = extremeOf(activation, parameters, survey, -1);
	return { min: least.value, minReached: least.reached, max: greatest.value, maxReached: greatest.reached };
}

/** The least value of side·f: at a grid point refined by the slope's zero beside it, or a limit at a jump or at ±∞. */
function extremeOf(
	activation: Activation,
	parameters: Parameters,
	survey: Survey,
	side: 1 | -1,
): { value: number; reached: boolean } {
	const { value, limits, reaches } = survey;
	const candidates = reaches.map((reach) => lowestOf(survey, side, reach));
	const lowest = candidates.at(-1)!;
	if (lowest < 0) return { value: Number.NaN, reached: false };
	if (Math.abs(value[lowest]) > ENDLESS) {
		return { value: Math.sign(value[lowest]) * Number.POSITIVE_INFINITY, reached: false };
	}
	const { extreme, onlyLimit } = candidates
		.filter((index) => index >= 0)
		.map((index) => refinedExtreme(activation, parameters, survey, side, index))
		.reduce((a, b) => (side * b.extreme < side * a.extreme ? b : a));
	const ends = [limits.left[0], limits.right[0]].filter((end) => !Number.isNaN(end));
	const end = side === 1 ? Math.min(...ends) : Math.max(...ends);
	const isLimit = ends.length > 0 && side * end <= side * extreme;
	if (!isLimit && !onlyLimit) return { value: extreme, reached: true };
	// A limit counts as reached only where some input gives exactly it, not where the function rounds to it.
	const limit = isLimit ? end : extreme;
	return { value: limit, reached: Number.isFinite(limit) && givesExactly(activation, parameters, survey, limit) };
}

/** The index of the least value of side·f within ±`reach`; −1 where no value is a number. */
function lowestOf({ x, besides, value }: Survey, side: 1 | -1, reach: number): number {
	let best = -1;
	for (let i = 0; i < x.length; i++) {
		if (Number.isNaN(value[i]) || Math.abs(x[i]) > reach) continue;
		if (best < 0 || side * value[i] < side * value[best]) best = i;
		// Of points that float64 does not tell apart, the one nearest to 0 that is not merely beside a kink.
		else if (value[i] === value[best] && !besides.has(i) && (besides.has(best) || Math.abs(x[i]) < Math.abs(x[best])))
			best = i;
	}
	return best;
}

/** The least value of side·f near a surveyed point: where the slope changes its sign between its neighbours. */
function refinedExtreme(
	activation: Activation,
	parameters: Parameters,
	{ x, besides, value, slope, singularities }: Survey,
	side: 1 | -1,
	index: number,
): { readonly extreme: number; readonly onlyLimit: boolean } {
	let at = x[index];
	let extreme = value[index];
	if (besides.has(index)) return { extreme, onlyLimit: true };
	if (singularities.some((one) => one.x === at)) return { extreme, onlyLimit: false };
	for (const [low, high] of [
		[index - 1, index],
		[index, index + 1],
	]) {
		if (low < 0 || high >= x.length || !(slope[low] * slope[high] < 0)) continue;
		const root = signChange(activation.derivative, parameters, x[low], x[high]);
		const there = evaluateExactly(activation.stable, root, parameters);
		if (side * there <= side * extreme) [at, extreme] = [root, there];
	}
	return { extreme: evaluateExactly(activation.stable, at, parameters), onlyLimit: false };
}

/** Whether one of the surveyed inputs near 0 gives exactly `wanted`. */
function givesExactly(
	activation: Activation,
	parameters: Parameters,
	{ x, besides, value, singularities }: Survey,
	wanted: number,
): boolean {
	const difference = sub(activation.stable, wanted);
	if (singularities.some(({ exact }) => isExactlyZero(substitute(difference, exact), 0, parameters))) return true;
	const equal: number[] = [];
	const rounding = FEW_ROUNDINGS * Math.abs(wanted);
	for (let i = 0; i < x.length; i++) {
		if (Math.abs(value[i] - wanted) <= rounding && !besides.has(i)) equal.push(x[i]);
	}
	equal.sort((a, b) => Math.abs(a) - Math.abs(b));
	// A flat piece may be at a decimal, which no double is.
	return equal
		.slice(0, 24)
		.some((point) => [difference, activation.derivative].some((one) => isExactlyZero(one, point, parameters)));
}

function peakSlopeOf(
	activation: Activation,
	parameters: Parameters,
	survey: Survey,
): { peak: Facts["peakSlope"]; unbounded: boolean } {
	const { x, besides, slope, limits, reaches } = survey;
	const candidates = reaches.map((reach) => steepestOf(survey, reach));
	const best = candidates.at(-1)!;
	if (best < 0) return { peak: { x: Number.NaN, value: Number.NaN }, unbounded: true };
	const ends = [
		{ x: Number.NEGATIVE_INFINITY, value: limits.left[1] },
		{ x: Number.POSITIVE_INFINITY, value: limits.right[1] },
	];
	const endless = ends.find(({ value }) => Math.abs(value) === Number.POSITIVE_INFINITY);
	// A slope that still grows at the outermost points has no bound, even where its limit does not exist (x·cos x).
	const outermost = Math.abs(x[best]) > 1e6 && Math.abs(slope[best]) > 1e6;
	if (endless || outermost || Math.abs(slope[best]) > ENDLESS) {
		const at = besides.get(best) ?? (Math.abs(x[best]) < TINY ? 0 : x[best]);
		return { peak: endless ?? { x: at, value: Math.sign(slope[best]) * Number.POSITIVE_INFINITY }, unbounded: true };
	}
	const {
		x: at,
		value,
		place,
	} = candidates
		.filter((index) => index >= 0)
		.map((index) => refinedPeak(activation, parameters, survey, index))
		.reduce((a, b) => (Math.abs(b.value) > Math.abs(a.value) ? b : a));
	const end = ends.find((one) => {
		if (Math.abs(one.value) !== Math.abs(value)) return Math.abs(one.value) > Math.abs(value);
		// A slope that only rounds to its limit comes ever closer to it.
		return (
			place === undefined &&
			one.value === value &&
			!isExactlyZero(sub(activation.derivative, one.value), at, parameters)
		);
	});
	return { peak: end ?? { x: Math.abs(at) < TINY ? 0 : at, value }, unbounded: false };
}

/** The steepest point near a surveyed one: between its neighbours the curvature's zero. A limit beside a kink is at its place. */
function refinedPeak(
	activation: Activation,
	parameters: Parameters,
	{ x, besides, slope }: Survey,
	index: number,
): { readonly x: number; readonly value: number; readonly place: number | undefined } {
	const place = besides.get(index);
	if (place !== undefined) return { x: place, value: slope[index], place };
	const slopeAt = (point: number) => evaluateExactly(activation.derivative, point, parameters);
	const curvature = (point: number) => evaluateExactly(activation.secondDerivative, point, parameters);
	const [low, high] = [x[Math.max(0, index - 1)], x[Math.min(x.length - 1, index + 1)]];
	let at = x[index];
	if (curvature(low) * curvature(high) < 0) {
		const root = signChange(activation.secondDerivative, parameters, low, high);
		if (Math.abs(slopeAt(root)) >= Math.abs(slope[index])) at = root;
	}
	return { x: at, value: slopeAt(at), place };
}

/** The index of the steepest point within ±`reach`; −1 where no slope is a number. */
function steepestOf({ x, besides, slope }: Survey, reach: number): number {
	let best = -1;
	for (let i = 0; i < x.length; i++) {
		if (Number.isNaN(slope[i]) || Math.abs(x[i]) > reach) continue;
		if (best < 0 || Math.abs(slope[i]) > Math.abs(slope[best])) best = i;
		else if (Math.abs(slope[i]) !== Math.abs(slope[best])) continue;
		// Of equally steep points the one nearest to 0 that is not merely beside a kink; an endless slope is beside one.
		else if (Number.isFinite(slope[i]) ? plainness(x[i]) < plainness(x[best]) : !besides.has(best)) best = i;
	}
	return best;
}

function plainness(x: number): number {
	return x === 0 ? 0 : Math.abs(x) < 1 / 128 ? Number.POSITIVE_INFINITY : Math.abs(x);
}

function zeroGradientOf(activation: Activation, parameters: Parameters, survey: Survey): readonly Interval[] {
	const { x, slope } = survey;
	const isZero = (point: number) => isExactlyZero(activation.derivative, point, parameters);
	// In a run of zeros the ends decide: both exact, the whole is flat; else each point is looked at.
	const flat = new Uint8Array(x.length);
	for (let i = 0; i < x.length; i++) {
		if (slope[i] !== 0) continue;
		let end = i;
		while (end + 1 < x.length && slope[end + 1] === 0) end++;
		if (isZero(x[i]) && isZero(x[end]) && isZero(x[(i + end) >> 1])) flat.fill(1, i, end + 1);
		else for (let k = i; k <= end; k++) flat[k] = isZero(x[k]) ? 1 : 0;
		i = end;
	}
	return stretches(survey, (i) => flat[i] === 1, isZero);
}

function smallGradientOf(
	activation: Activation,
	parameters: Parameters,
	survey: Survey,
	level: number,
): readonly Interval[] {
	return stretches(
		survey,
		(i) => Math.abs(survey.slope[i]) < level,
		(point) => Math.abs(quickly(activation.derivative, point, parameters)) < level,
	);
}

/** In float64 where that is a number, exactly where it overflows. */
function quickly(expression: Expression, x: number, parameters: Parameters): number {
	const value = evaluate(expression, x, parameters);
	return Number.isFinite(value) ? value : evaluateExactly(expression, x, parameters);
}

function undefinedOf(activation: Activation, parameters: Parameters, survey: Survey): readonly Interval[] {
	const found = stretches(
		survey,
		(i) => Number.isNaN(survey.value[i]) && isUndefined(activation.stable, survey.x[i], parameters),
		(point) => isUndefined(activation.stable, point, parameters),
	);
	// Halving comes to the smallest numbers there are, not to 0.
	const snapped = (end: number) => (Math.abs(end) < 2 ** -1000 ? 0 : end);
	return found.map(({ from, to }) => ({ from: snapped(from), to: snapped(to) }));
}

/**
 * Runs of at least two neighbouring points that hold, out to ±∞ at the ends of the line. An end is refined by `holds`,
 * and is a breakpoint or singularity where one lies there.
 */
function stretches(
	{ x, places }: Survey,
	holdsAt: (index: number) => boolean,
	holds: (x: number) => boolean,
): readonly Interval[] {
	const refine = (inside: number, outside: number) => boundary(inside, outside, holds, places);
	const found: Interval[] = [];
	let start = -1;
	for (let i = 0; i <= x.length; i++) {
		const inside = i < x.length && holdsAt(i);
		if (inside && start < 0) start = i;
		if (inside || start < 0) continue;
		if (i - start > 1) {
			found.push({
				from: start === 0 ? Number.NEGATIVE_INFINITY : refine(x[start], x[start - 1]),
				to: i === x.length ? Number.POSITIVE_INFINITY : refine(x[i - 1], x[i]),
			});
		}
		start = -1;
	}
	return found;
}

/** The last point between `inside` and `outside` where the property holds, to nine digits or the double of one of `places`. */
function boundary(inside: number, outside: number, holds: (x: number) => boolean, places: readonly number[]): number {
	let [yes, no] = [inside, outside];
	for (let i = 0; i < 44; i++) {
		const middle = yes + (no - yes) / 2;
		if (middle === yes || middle === no) break;
		if (holds(middle)) yes = middle;
		else no = middle;
	}
	const isNear = (x: number) => Math.abs(x - yes) < 1e-9 * Math.max(1, Math.abs(yes));
	return places.find(isNear) ?? [Number(yes.toPrecision(9))].find(isNear) ?? yes;
}

/** Where the expression changes sign between two inputs, by bisection to 2⁻⁵⁰ of the distance. */
export function signChange(expression: Expression, parameters: Parameters, from: number, to: number): number {
	let [low, high] = [from, to];
	const lowSign = Math.sign(quickly(expression, low, parameters));
	for (let i = 0; i < 50; i++) {
		const middle = low + (high - low) / 2;
		const sign = Math.sign(quickly(expression, middle, parameters));
		if (sign === 0) return middle;
		if (sign === lowSign) low = middle;
		else high = middle;
	}
	return low + (high - low) / 2;
}

function monotonicityOf({ value }: Survey): Facts["monotonic"] {
	let [rises, falls] = [false, false];
	// Differences within rounding are neither.
	let before = Number.NaN;
	for (const here of value) {
		if (Number.isNaN(here)) continue;
		const difference = here - before;
		const noise = 64 * Number.EPSILON * Math.max(Math.abs(here), Math.abs(before));
		if (difference > noise || difference === Number.POSITIVE_INFINITY) rises = true;
		if (difference < -noise || difference === Number.NEGATIVE_INFINITY) falls = true;
		before = here;
	}
	return rises && falls ? "no" : falls ? "decreasing" : "increasing";
}

/** Decided in exact arithmetic at inputs that no parameter makes special. */
function symmetryOf(activation: Activation, parameters: Parameters): Facts["symmetry"] {
	let [odd, even] = [true, true];
	for (const x of [0.3, 1.0625, 2.7, 5.3, 11.9, 77.7]) {
		const [right, left] = [x, -x].map((point) => evaluateExactly(activation.stable, point, parameters));
		odd &&= left === -right;
		even &&= left === right;
	}
	return odd && !even ? "odd" : even && !odd ? "even" : "none";
}
