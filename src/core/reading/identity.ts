import type { Activation } from "../activations/activation.ts";
import { catalog } from "../activations/catalog.ts";
import { compile, evaluate } from "../expression/evaluate.ts";
import { evaluateExactly } from "../expression/exact.ts";
import type { Expression, Parameters } from "../expression/expression.ts";
import { nodesOf } from "../expression/walk.ts";

/** What a hand-written function is: an entry of the catalog with these parameters. */
export interface Identity {
	readonly activation: string;
	readonly parameters: Readonly<Record<string, number>>;
	/** The function's own parameters by the canonical name of what they set; not those that set none, or more than one. */
	readonly names: Readonly<Record<string, string>>;
}

/** Two functions differ if they do so by more than this at any probe: forms as written lose some digits, not as many. */
const TOLERANCE = 1e-10;
/** More combinations of parameter values than this are not tried for one entry. */
const MAX_COMBINATIONS = 400;

/** Of two entries that fit, these give way: the other is what people mean by the formula. */
export const LESS_USUAL: ReadonlySet<string> = new Set([
	"celu",
	"pelu",
	"relu_general",
	"threshold",
	"thresholded_relu",
	"rrelu",
	"srelu",
]);

/** Few probes at which nearly every wrong candidate fails. */
const FIRST_PROBES = [-1.3, 0.61, 2.9, -3.7, 7.1];
/** Both sides of zero densely, both tails out to where forms as written may overflow, and the usual kinks from both sides. */
const PROBES = Float64Array.from([
	...Array.from({ length: 401 }, (_, i) => (i - 200) * 0.0617 + 0.0003),
	...[-1, 1, -2, 2, -3, 3, -6, 6, 0.5, -0.5, 0, 4, -4].flatMap((kink) => [kink - 1e-3, kink + 1e-3]),
	...[14.9, 17.7, 25.3, 60.1, 300.7, 650.3].flatMap((tail) => [-tail, tail]),
]);

/**
 * The entry of the catalog that the function equals at every probe where it is finite, with its own parameters at their
 * defaults and at other values; undefined if there is none. Entries without parameters come first.
 */
export function identityOf(activation: Activation): Identity | undefined {
	const { definition, parameters } = activation;
	const known = identities.get(definition) ?? new Map<string, Identity | undefined>();
	identities.set(definition, known);
	const key = parameters.map(({ name, default: value, trainable }) => `${name} ${value} ${trainable}`).join();
	if (!known.has(key)) known.set(key, findIdentity(activation));
	return known.get(key);
}

/** By expression, and what its parameters are: equal expressions are one object, and code that is edited stays equal mostly. */
const identities = new WeakMap<Expression, Map<string, Identity | undefined>>();

function findIdentity(activation: Activation): Identity | undefined {
	const own = Object.fromEntries(activation.parameters.map(({ name, default: value }) => [name, value]));
	const constants = constantsIn(activation, own);
	let found: Identity | undefined;
	let best = Number.POSITIVE_INFINITY;
	const first = FIRST_PROBES.map((x) => evaluate(activation.definition, x, own));
	// A kink may be at any of the code's own numbers, so both sides of each are looked at too, and what lies before it from 0;
	// not 0 itself, where steps that people call the same have other values.
	const probes = Float64Array.from([
		...PROBES,
		...constants.flatMap((c) => [c - 0.37, c + 0.29, c + Math.abs(c) + 1.1]),
		// A jump that is as small as softplus' at its threshold shows right beside it.
		...constants.filter((c) => c !== 0).flatMap((c) => [c / 2, c + 1e-6 * Math.abs(c)]),
	]);
	const values = compile([activation.definition], own)(probes)[0]!;
	// Entries with kinks become a straight line too, for some values of their parameters: by accident.
	if (values.every((value, i) => value === probes[i])) return { activation: "linear", parameters: {}, names: {} };
	if (isLine(probes, values)) return undefined;
	for (const entry of catalog) {
		// A function with parameters is rather an entry that has as many.
		const learns = (each: Activation) => each.parameters.some(({ trainable }) => trainable);
		const usual = (learns(entry) === learns(activation) ? 0 : 0.5) + (LESS_USUAL.has(entry.id) ? 0.25 : 0);
		const rankOf = (matched: number) =>
			(activation.parameters.length + entry.parameters.length - 2 * matched) * 10 + entry.parameters.length + usual;
		if (rankOf(Math.min(activation.parameters.length, entry.parameters.length)) >= best) continue;
		for (const parameters of matchingParameters(entry, constants, first, { activation, own, probes, values })) {
			const names = namesOf(activation, own, entry, parameters);
			if (!names || hasIdleParameter(entry, parameters, probes)) continue;
			const rank = rankOf(Object.keys(names).length);
			if (rank < best) {
				found = { activation: entry.id, parameters, names };
				best = rank;
			}
			break;
		}
	}
	return found;
}

function isLine(x: Float64Array, y: Float64Array): boolean {
	const slope = (y[1]! - y[0]!) / (x[1]! - x[0]!);
	return y.every((value, i) => agree(value, y[0]! + slope * (x[i]! - x[0]!)));
}

/** Values that a parameter of the catalog's entry may have in this code: the numbers that the code holds. */
function constantsIn(activation: Activation, own: Parameters): number[] {
	const found = new Set(Object.values(own));
	for (const node of nodesOf(activation.definition)) {
		if (node.kind === "constant" && found.size < 12) found.add(node.value).add(-node.value);
	}
	return [...found].filter(Number.isFinite);
}

/** Each choice of these values for the entry's parameters with which it is the code's function. */
function* matchingParameters(
	entry: Activation,
	constants: readonly number[],
	first: readonly number[],
	subject: Probed,
): Generator<Record<string, number>> {
	const choices = entry.parameters.map(({ default: value }) => [value, ...constants.filter((each) => each !== value)]);
	let total = 1;
	for (const list of choices) total *= list.length;
	for (let n = 0; n < Math.min(total, MAX_COMBINATIONS); n++) {
		let rest = n;
		const parameters: Record<string, number> = {};
		entry.parameters.forEach(({ name }, i) => {
			const list = choices[i]!;
			parameters[name] = list[rest % list.length]!;
			rest = Math.floor(rest / list.length);
		});
		if (!FIRST_PROBES.every((x, i) => agree(first[i]!, evaluate(entry.stable, x, parameters)))) continue;
		if (agreeAtAll(subject, entry, parameters)) yield parameters;
	}
}

function agree(a: number, b: number): boolean {
	if (!Number.isFinite(a) || !Number.isFinite(b)) return Object.is(a, b);
	return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b));
}

/** Probes at which code that is the entry may have lost more digits than the tolerance allows; more are not computed exactly. */
const MOST_DOUBTFUL = 40;

/**
 * Whether the code agrees with an entry at every probe. Most must have a number. Where the code overflows, what its
 * formula means there is computed exactly, as a bound may lie beyond; so it is where the code may have lost its digits.
 */
function agreeAtAll(subject: Probed, entry: Activation, parameters: Parameters): boolean {
	const { activation, own, probes, values } = subject;
	const others = compile([entry.stable], parameters)(probes)[0]!;
	const doubtful: number[] = [];
	let compared = 0;
	for (let i = 0; i < values.length; i++) {
		const [a, b] = [values[i]!, others[i]!];
		if (!Number.isFinite(a) && Number.isFinite(b) && Math.abs(probes[i]!) > 12) {
			doubtful.push(probes[i]!);
			continue;
		}
		if (!Number.isFinite(a) && Math.abs(probes[i]!) < 1e-2) continue;
		if (agree(a, b)) {
			if (Number.isFinite(a)) compared++;
		} else if (doubtful.push(probes[i]!) > MOST_DOUBTFUL) return false;
	}
	if (compared <= values.length * 0.8) return false;
	return doubtful.every((x) => {
		const exact = evaluateExactly(activation.definition, x, own);
		return Number.isNaN(exact) || agree(exact, evaluateExactly(entry.stable, x, parameters));
	});
}

/** A function of the code and its values at the probes. */
interface Probed {
	readonly activation: Activation;
	readonly own: Parameters;
	readonly probes: Float64Array;
	readonly values: Float64Array;
}

/** Whether a parameter does nothing beside these values of the others: then the entry fits by accident (ACON with p1 = p2). */
function hasIdleParameter(entry: Activation, parameters: Parameters, probes: Float64Array): boolean {
	return Object.entries(parameters).some(([name, value]) => {
		if (!Number.isFinite(value)) return false;
		const moved = { ...parameters, [name]: value * 1.25 + 0.0625 };
		const [before, after] = [parameters, moved].map((each) => compile([entry.stable], each)(probes)[0]!);
		return before!.every((y, i) => agree(y, after![i]!));
	});
}

/**
 * Which of the code's parameters sets which of the entry's: each must move the function as that does. Undefined if the
 * code has as many as the entry and they do not; empty where they cannot be matched.
 */
function namesOf(
	activation: Activation,
	own: Parameters,
	entry: Activation,
	parameters: Parameters,
): Readonly<Record<string, string>> | undefined {
	const names = Object.keys(own);
	if (names.length === 0) return {};
	const moved = Object.fromEntries(names.map((name, i) => [name, own[name]! * 1.25 + 0.0625 * (i + 1)]));
	const targets = entry.parameters.map(({ name }) => name);
	const order = selections(targets, names.length).find((selection) => {
		if (!selection.every((target, i) => parameters[target] === own[names[i]!])) return false;
		const other = { ...parameters, ...Object.fromEntries(selection.map((target, i) => [target, moved[names[i]!]!])) };
		return FIRST_PROBES.every((x) =>
			agree(evaluate(activation.definition, x, moved), evaluate(entry.stable, x, other)),
		);
	});
	if (order) return Object.fromEntries(order.map((target, i) => [target, names[i]!]));
	return names.length === targets.length ? undefined : {};
}

/** Every ordered choice of `count` of at most four items. */
function selections<T>(items: readonly T[], count: number): T[][] {
	if (count === 0) return [[]];
	if (items.length > 4) return [items.slice(0, count)];
	return items.flatMap((item, i) =>
		selections(
			items.filter((_, j) => j !== i),
			count - 1,
		).map((rest) => [item, ...rest]),
	);
}
