import { type Activation, withDefaults } from "../activations/activation.ts";
import { compile } from "../expression/evaluate.ts";
import type { Parameters } from "../expression/expression.ts";

/** Every so many-th input is enough to find the way to the best values. */
const STRIDE = 6;
/** Values from which the search starts, beside the default: what people set such parameters to. */
const STARTS = [-1, -0.5, -0.1, 0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10];
/** Entries with more parameters come near too many functions. */
const MOST_PARAMETERS = 2;
/** An entry that is further off from every start, by this share of the values' spread, is not followed. */
const HOPELESS = 0.1;
const MOST_STEPS = 200;
/** Rounded parameters may be this much further from the function than the best ones are. */
const ROUNDED = 1.25;
const MOST_DIGITS = 3;
/** A parameter that does nothing when it is moved by this share of its value is not one that was found. */
const MOVED = 0.25;

export interface Fit {
	/** Rounded to as few digits as leave the entry as near. */
	readonly parameters: Parameters;
	/** The largest difference at the inputs. */
	readonly difference: number;
}

/** The entry's parameters that bring it nearest to `values` at `inputs`; null where it has none, or they do nothing. */
export function fitted(entry: Activation, inputs: Float64Array, values: Float64Array): Fit | null {
	const { parameters: declared } = entry;
	if (declared.length === 0 || declared.length > MOST_PARAMETERS) return null;
	const names = declared.map(({ name }) => name);
	const own = { ...withDefaults(entry) };
	const run = compile([entry.stable], own);
	const at = (point: readonly number[], where: Float64Array) => {
		names.forEach((name, i) => {
			own[name] = point[i]!;
		});
		return run(where)[0]!;
	};
	const { few, starts } = startsFor(entry, inputs);
	const wanted = values.filter((_, i) => i % STRIDE === 0);
	const squares = (point: readonly number[]): number => {
		if (!isAllowed(entry, names, point)) return Number.POSITIVE_INFINITY;
		return squaresBetween(at(point, few), wanted);
	};
	const largest = (point: readonly number[]): number =>
		isAllowed(entry, names, point) ? apart(at(point, inputs), values) : Number.POSITIVE_INFINITY;

	const from = nearest(starts, wanted);
	const spread = Math.max(...wanted) - Math.min(...wanted);
	if (!(Math.sqrt(squares(from) / wanted.length) < HOPELESS * spread)) return null;
	const exact = descend(squares, from);
	const best = largest(exact);
	if (!Number.isFinite(best)) return null;
	const point = rounded(exact, (each) => largest(each) <= ROUNDED * best + 1e-12);
	const difference = largest(point);
	const isIdle = point.some((value, i) => {
		const moved = point.with(i, value === 0 ? MOVED : value * (1 + MOVED));
		return apart(at(moved, inputs), at(point, inputs)) <= 2 * difference;
	});
	if (isIdle) return null;
	return { parameters: Object.fromEntries(names.map((name, i) => [name, point[i]!])), difference };
}

/** The largest difference, NaN where one is no number. */
function apart(a: Float64Array, b: Float64Array): number {
	return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

interface Start {
	readonly point: readonly number[];
	readonly values: Float64Array;
}

interface Starts {
	readonly few: Float64Array;
	readonly starts: readonly Start[];
}

/** The same for every function that is compared at these inputs. */
const known = new WeakMap<Float64Array, Map<Activation, Starts>>();

/** The defaults and the usual values, in each parameter and together, with what the entry is there at a few of the inputs. */
function startsFor(entry: Activation, inputs: Float64Array): Starts {
	const ofInputs = known.get(inputs) ?? new Map<Activation, Starts>();
	known.set(inputs, ofInputs);
	const found = ofInputs.get(entry) ?? madeStarts(entry, inputs);
	ofInputs.set(entry, found);
	return found;
}

function madeStarts(entry: Activation, inputs: Float64Array): Starts {
	const few = inputs.filter((_, i) => i % STRIDE === 0);
	const names = entry.parameters.map(({ name }) => name);
	let points: number[][] = [[]];
	for (const { default: value } of entry.parameters) {
		points = points.flatMap((point) => [value, ...STARTS].map((each) => [...point, each]));
	}
	const own = { ...withDefaults(entry) };
	const run = compile([entry.stable], own);
	const starts = points
		.filter((point) => isAllowed(entry, names, point))
		.map((point) => {
			for (const [i, name] of names.entries()) own[name] = point[i]!;
			return { point, values: run(few)[0]! };
		});
	return { few, starts };
}

function nearest(starts: readonly Start[], wanted: Float64Array): readonly number[] {
	let best = starts[0]!.point;
	let least = Number.POSITIVE_INFINITY;
	for (const { point, values } of starts) {
		const here = squaresBetween(values, wanted, least);
		if (here < least) [best, least] = [point, here];
	}
	return best;
}

/** The sum of the differences' squares, infinite where one is no number; perhaps not all of it from `enough` on. */
function squaresBetween(a: Float64Array, b: Float64Array, enough = Number.POSITIVE_INFINITY): number {
	let sum = 0;
	for (let i = 0; i < a.length && !(sum >= enough); i++) sum += (a[i]! - b[i]!) ** 2;
	return Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum;
}

/** Steps along each parameter, shorter ones where none leads down. */
function descend(error: (point: readonly number[]) => number, from: readonly number[]): readonly number[] {
	let point = from;
	let least = error(point);
	let step = 0.25;
	for (let count = 0; step > 1e-6 && count < MOST_STEPS; count++) {
		let isLower = false;
		for (let i = 0; i < point.length; i++) {
			for (const way of [step, -step]) {
				const next = point.with(i, point[i]! + way * Math.max(Math.abs(point[i]!), 0.1));
				const here = error(next);
				if (here < least) [point, least, isLower] = [next, here, true];
			}
		}
		if (!isLower) step /= 2;
	}
	return point;
}

/** With as few digits as will do. */
function rounded(point: readonly number[], isNearEnough: (point: readonly number[]) => boolean): readonly number[] {
	for (let digits = 1; digits < MOST_DIGITS; digits++) {
		const short = point.map((value) => Number(value.toPrecision(digits)));
		if (isNearEnough(short)) return short;
	}
	return point.map((value) => Number(value.toPrecision(MOST_DIGITS)));
}

/** Whether the values are within the entry's constraints: ">0", "in (0,1)", "<max_val". */
function isAllowed({ parameters }: Activation, names: readonly string[], point: readonly number[]): boolean {
	return parameters.every(({ constraint }, i) => {
		const value = point[i]!;
		if (constraint === "in (0,1)") return value > 0 && value < 1;
		const match = /^(<=|>=|<|>|!=)(\w+)$/.exec(constraint);
		if (!match) return true;
		const named = names.indexOf(match[2]!);
		const bound = named < 0 ? Number(match[2]) : point[named]!;
		switch (match[1]) {
			case "<":
				return value < bound;
			case "<=":
				return value <= bound;
			case ">":
				return value > bound;
			case ">=":
				return value >= bound;
			default:
				return value !== bound;
		}
	});
}
