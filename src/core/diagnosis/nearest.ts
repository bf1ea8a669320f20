import { type Activation, changedParameters, withDefaults } from "../activations/activation.ts";
import { catalog } from "../activations/catalog.ts";
import { x as input, neg } from "../expression/build.ts";
import { compile } from "../expression/evaluate.ts";
import type { Parameters } from "../expression/expression.ts";
import { substitute } from "../expression/walk.ts";
import { FEW_ROUNDINGS } from "../numerics/rounding.ts";
import { LESS_USUAL } from "../reading/identity.ts";
import { fitted } from "./fitted.ts";
import { inputsOf } from "./ladder.ts";

/** The entry of the catalog that a function is close to, or is the mirror image of. */
export interface Nearest {
	readonly activation: string;
	/** Whether it is the entry of −x. */
	readonly reflected: boolean;
	/** The parameters of the entry that are not its defaults: those that bring it nearest, in few digits. */
	readonly parameters: Parameters;
	/**
	 * The largest difference, and where it is: over the whole line, or where it is not near everywhere, within ±`within`. A
	 * function that is the entry in the middle is so up to there.
	 */
	readonly difference: number;
	readonly x: number;
	readonly within: number | null;
}

/** Where functions are compared first: pre-activations are seldom further out. */
const CENTRE = 3;
const PROBES = Float64Array.from({ length: 241 }, (_, i) => ((i - 120) / 120) * CENTRE + 1e-4);
/** A function that is further from the entry than this share of the entry's own spread is another function. */
const NEAR = 0.03;
/** Other parameters than the defaults are told where they bring the entry this many times nearer than any has been. */
const CLEARLY = 4;
/** With parameters of its choice an entry comes near many functions: it has to come nearer. */
const NEAR_FITTED = 0.01;
/** Differences as large as the largest, but for rounding. */
const SAME_SIZE = 0.999;
/** What differs by less is the same. */
export const SAME = 1e-10;

/** The nearest entry, with its defaults, of a function that is none itself; null where none is near. */
export function nearestOf(activation: Activation): Nearest | null {
	const own = withDefaults(activation);
	const values = compile([activation.definition], own)(PROBES)[0]!;
	if (spread(values) < 1e-3 || !values.every(Number.isFinite)) return null;
	let best: Candidate | undefined;
	for (const { entry, parameters, forms } of entriesAtProbes()) {
		for (const { others, reflected, spread } of forms) {
			const share = largestDifference(values, others) / spread;
			// A mirror image is told only where it is exact: else it is a coincidence.
			if (share < (reflected ? SAME : NEAR) && share < (best?.share ?? 1))
				best = { entry, reflected, share, parameters };
		}
	}
	best = bestFitted(values, best) ?? best;
	if (!best) return null;
	const { entry, reflected, parameters } = best;
	const form = reflected ? substitute(entry.stable, neg(input)) : entry.stable;
	const [code, exact] = [compile([activation.definition], own), compile([form], parameters)];
	const both = (inputs: Float64Array) => [code(inputs)[0]!, exact(inputs)[0]!] as const;
	const compare = (inputs: Float64Array) => largest(...both(inputs), inputs);
	const whole = compare(inputsOf("float64"));
	const isNear = whole.difference <= NEAR * spread(exact(PROBES)[0]!);
	const found = isNear ? whole : compare(PROBES);
	const isSame = (inputs: Float64Array) => largestDifference(...both(inputs)) <= SAME;
	const within = isNear ? null : found.difference <= SAME ? reach(isSame) : CENTRE;
	return {
		activation: entry.id,
		reflected,
		parameters: changedParameters(entry, parameters),
		// What is the same as far as numbers go differs at single points.
		...(within === Number.POSITIVE_INFINITY ? { ...whole, within: null } : { ...found, within }),
	};
}

/** How far out a function stays the same on both sides, in two digits; infinite where it does for ever. */
function reach(isSame: (inputs: Float64Array) => boolean): number {
	let [near, far] = [CENTRE, CENTRE];
	while (isSame(Float64Array.of(-far, far)) && far < 1e300) [near, far] = [far, far * 1.05];
	if (far >= 1e300) return Number.POSITIVE_INFINITY;
	for (let i = 0; i < 40; i++) {
		const middle = (near + far) / 2;
		if (isSame(Float64Array.of(-middle, middle))) near = middle;
		else far = middle;
	}
	const unit = 10 ** (Math.floor(Math.log10(near)) - 1);
	return Number((Math.floor(near / unit) * unit).toPrecision(2));
}

interface EntryAtProbes {
	readonly entry: Activation;
	readonly parameters: Parameters;
	readonly forms: readonly { readonly others: Float64Array; readonly reflected: boolean; readonly spread: number }[];
}

let atProbes: readonly EntryAtProbes[] | undefined;

/** The catalog's entries with their defaults, and their mirror images: the same for every function. */
function entriesAtProbes(): readonly EntryAtProbes[] {
	atProbes ??= usualFirst(catalog.filter(({ id }) => id !== "linear")) // Every slightly bent line is near it.
		.map((entry) => {
			const parameters = withDefaults(entry);
			const mirrored = substitute(entry.stable, neg(input));
			const [plain, reflection] = compile([entry.stable, mirrored], parameters)(PROBES);
			const form = (others: Float64Array, reflected: boolean) => ({ others, reflected, spread: spread(others) });
			return { entry, parameters, forms: [form(plain!, false), form(reflection!, true)] };
		});
	return atProbes;
}

/** Of two entries that are as near, the one with fewer parameters is what people mean. */
export function usualFirst(entries: readonly Activation[]): readonly Activation[] {
	return [...entries].sort((a, b) => a.parameters.length - b.parameters.length);
}

interface Candidate {
	readonly entry: Activation;
	readonly reflected: boolean;
	readonly parameters: Parameters;
	/** The largest difference as a share of the entry's own spread. */
	readonly share: number;
}

/** An entry with other parameters than its defaults that is clearly nearer than what is known; of those with fewer first. */
function bestFitted(values: Float64Array, known: Candidate | undefined): Candidate | undefined {
	let best: Candidate | undefined;
	for (const entry of usualFirst(catalog.filter(({ id }) => !LESS_USUAL.has(id)))) {
		const needed = Math.min((known?.share ?? 1) / CLEARLY, NEAR_FITTED, best ? best.share * handicap(best, entry) : 1);
		if (needed < SAME) break;
		const fit = fitted(entry, PROBES, values);
		if (!fit) continue;
		const share = fit.difference / spread(compile([entry.stable], fit.parameters)(PROBES)[0]!);
		if (share < needed) best = { entry, reflected: false, parameters: fit.parameters, share };
	}
	return best;
}

function handicap(best: Candidate, entry: Activation): number {
	return entry.parameters.length > best.entry.parameters.length ? 1 / CLEARLY : 1;
}

function spread(values: Float64Array): number {
	let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
	return most - least;
}

/** The difference where both are numbers, less what rounding makes of it: far out a double has no digits for what is added to x. */
function differenceAt(a: Float64Array, b: Float64Array, i: number): number {
	const here = Math.abs(a[i]! - b[i]!);
	const rounding = FEW_ROUNDINGS * Math.abs(b[i]!);
	return here > rounding ? here - rounding : 0;
}

function largestDifference(a: Float64Array, b: Float64Array): number {
	let difference = 0;
	for (let i = 0; i < a.length; i++) difference = Math.max(difference, differenceAt(a, b, i));
	return difference;
}

/** The largest difference, and the innermost of the inputs at which it is that. */
function largest(a: Float64Array, b: Float64Array, inputs: Float64Array): { difference: number; x: number } {
	const difference = largestDifference(a, b);
	const there = inputs.filter((_, i) => differenceAt(a, b, i) >= SAME_SIZE * difference);
	return { difference, x: there.reduce((inner, x) => (Math.abs(x) < Math.abs(inner) ? x : inner)) };
}
