import { withDefaults } from "../activations/activation.ts";
import { findActivation } from "../activations/catalog.ts";
import { constant, parameter, x } from "../expression/build.ts";
import { type CodeLibrary, printCode, withTails, writable } from "../expression/code/printCode.ts";
import { differentiate } from "../expression/differentiate.ts";
import { compile } from "../expression/evaluate.ts";
import { evaluateExactly } from "../expression/exact.ts";
import type { Expression, Parameters } from "../expression/expression.ts";
import { simplify } from "../expression/simplify.ts";
import { refined } from "../expression/stable/refined.ts";
import { stableForms } from "../expression/stable/stableForms.ts";
import { nodesOf, substitute } from "../expression/walk.ts";
import { type Dtype, nextUp, smallestNormal, unitInLastPlace } from "../numerics/dtype.ts";
import { withoutTexts } from "../reading/code/withoutTexts.ts";
import type { Definition } from "../reading/use.ts";
import type { Flaw, Subject } from "./hazard.ts";
import { flawsOf } from "./hazards.ts";
import type { Inspection } from "./inspectDefinition.ts";
import { inputsOf } from "./ladder.ts";
import { inlined, stableVectorCode } from "./stableVector.ts";
import { subjectOf } from "./subject.ts";
import { hazardsOfStablePair } from "./vectorPair.ts";

/** A hand-written function in a form that goes wrong for fewer inputs. */
export interface StableForm {
	/** As code of x in the same library. */
	readonly code: string;
	/** What the code is of, over x and the function's own parameters; null for a function of the whole vector. */
	readonly form: Expression | null;
}

/** The library in whose code a function is written, by the library whose functions its body calls. */
const codeLibraries: Readonly<Record<string, CodeLibrary>> = {
	torch: "pytorch",
	keras: "keras",
	tensorflow: "tensorflow",
	jax: "jax",
	numpy: "numpy",
	tfjs: "tfjs",
	math: "python",
	javascript: "typescript",
};

/** A function of one number that the body makes one of arrays. */
const VECTORIZED = /\bvectorize\s*\(/;
/** The libraries whose arrays a text may be of, by what it imports. */
const IMPORTED: readonly (readonly [module: string, library: CodeLibrary])[] = [
	["torch", "pytorch"],
	["jax", "jax"],
	["keras", "keras"],
	["tensorflow", "tensorflow"],
	["numpy", "numpy"],
];
/** What takes one number and no array: the language's own choices. */
export const ONE_NUMBER = /\b(?:if|match)\b|(?<![\w.])(?:max|min)\s*\(/;

/**
 * The library in whose code forms of the function are written. A function that calls none is one of numbers where it decides
 * by its input, and else of the arrays that the text around imports a library for; null where that could be several, and
 * where the code takes the elements one by one, of a list or an array.
 */
export function codeLibraryOf({ library, span, understood }: Definition, text: string): CodeLibrary | null {
	const code = withoutTexts(text.slice(span.start, span.end), /^(javascript|tfjs)$/.test(library));
	if (understood && (understood.writing.isByElement || VECTORIZED.test(code))) return null;
	const own = codeLibraries[library];
	if (own) return own;
	const imported = IMPORTED.filter(([module]) => new RegExp(`^\\s*(?:import|from)\\s+${module}\\b`, "m").test(text));
	const libraries = imported.map(([, each]) => each);
	if (ONE_NUMBER.test(code)) return libraries.includes("numpy") ? "numpy" : "python";
	return libraries.length > 1 ? null : (libraries[0] ?? "numpy");
}

const known = new WeakMap<Inspection, Map<CodeLibrary, StableForm | null>>();

/**
 * The function in a form with fewer hazards; null where there is none, or no need. The user's own expression rewritten goes
 * before the catalog's form of the same function, and both before longer code; the code is of `library`, none where that is not known. A form is only given after two measurements: in the library's
 * arithmetic it has more hazards in no type; and in float64 it is, over the whole line, nowhere further from the function,
 * evaluated to the last digit, than rounding or the code as written is.
 */
export function stableFormOf(
	definition: Definition,
	inspection: Inspection,
	library: CodeLibrary | null,
): StableForm | null {
	if (!library) return null;
	const forms = known.get(inspection) ?? new Map<CodeLibrary, StableForm | null>();
	known.set(inspection, forms);
	let found = forms.get(library);
	if (found === undefined) {
		const isVector = inspection.vector !== null;
		found = isVector ? vectorForm(definition, inspection) : elementwiseForm(definition, inspection, library);
		forms.set(library, found);
	}
	return found;
}

/**
 * Where to the left exponentials are multiplied in halves: float32 and bfloat16 lose them from −87 on, XLA's float16 from −11; and
 * in bfloat16 each of the halves' roundings counts.
 */
const FROM = [-64, -8];

function elementwiseForm(
	definition: Definition,
	{ hazards, losses, gradientHazards, dtypes }: Inspection,
	library: CodeLibrary,
): StableForm | null {
	const whole = subjectOf(definition);
	const wrong = [...hazards, ...gradientHazards.filter(isSevere)];
	// A form that still gives NaN or ±∞ is not offered for its digits.
	const before = wrong.length > 0 ? wrong : losses;
	if (!whole || before.length === 0) return null;
	const { supposed, ...measured } = whole;
	const subject: Subject = wrong.length > 0 ? measured : whole;
	const own = catalogForm(definition);
	const plain = [...stableForms(subject.written), subject.written, ...(own ? [own] : [])];
	const longer = () => [
		...FROM.flatMap((from) => plain.map((form) => refined(form, from))),
		...plain.map((form) => withTails(form, library)),
	];
	const enough = weightOf(before.filter((flaw) => !matters(flaw)));
	let best: (StableForm & { readonly weight: number }) | null = null;
	const tried = new Set<Expression>();
	for (const forms of [() => plain, longer]) {
		for (const form of forms()) {
			const written = writable(form, library, subject.parameters);
			if (tried.has(form) || written === subject.written) continue; // Its hazards are those that there are.
			tried.add(form);
			const after = flawsIfBetter({ ...subject, written }, before, dtypes, best?.weight ?? Number.POSITIVE_INFINITY);
			if (!after || !isNowhereWorse(written, subject)) continue;
			const code = printCode(form, library, { parameters: subject.parameters });
			if (code !== undefined) best = { code, form, weight: weightOf(after) };
			if (best && best.weight <= enough) return { code: best.code, form: best.form };
		}
	}
	return best && { code: best.code, form: best.form };
}

/**
 * What speaks against a form; null, as soon as that is seen, where they are not better than those before, or do not weigh less than
 * `most`.
 */
function flawsIfBetter(
	subject: Subject,
	before: readonly Flaw[],
	dtypes: readonly Dtype[],
	most: number,
): Flaw[] | null {
	const after: Flaw[] = [];
	for (const dtype of dtypes) {
		after.push(...flawsOf(subject, dtype));
		if (countIn(after, dtype) > countIn(before, dtype) || weightOf(after) >= most) return null;
	}
	return isBetter(after, before, dtypes) ? after : null;
}

function vectorForm({ identity, reducesAll, library }: Definition, { hazards, dtypes }: Inspection): StableForm | null {
	const body = identity && reducesAll ? stableVectorCode(identity.activation, library, "x") : undefined;
	if (!body || hazards.length === 0) return null;
	const after = dtypes.flatMap((dtype) => hazardsOfStablePair(identity!.activation, library, dtype));
	return isBetter(after, hazards, dtypes) ? { code: inlined(body), form: null } : null;
}

/**
 * The entry of the catalog that a function is, in the form that is best computed, with the function's own parameters; null
 * where it is none, or that form would lose a parameter.
 */
export function catalogForm({ identity, understood }: Definition): Expression | null {
	const entry = identity ? findActivation(identity.activation) : undefined;
	if (!entry || !identity || !understood) return null;
	const named = Object.values(identity.names);
	if (!understood.activation.parameters.every(({ name }) => named.includes(name))) return null;
	const values = Object.entries(withDefaults(entry, identity.parameters)).map(([name, value]) => {
		const own = identity.names[name];
		return [name, own === undefined ? constant(value) : parameter(own)];
	});
	return simplify(substitute(entry.stable, x, Object.fromEntries(values)));
}

/** The function in the form that is best computed: the catalog's, if it is an entry of it. */
export function bestForm(definition: Definition): Expression {
	return catalogForm(definition) ?? definition.understood!.activation.stable;
}

/** Of gradients only NaN and ±∞ are held against a form. */
const isSevere = ({ kind }: Flaw) => kind === "nan" || kind === "inf";
/** Numbers of 16 bits are so coarse that any form is 1 % off here and there. */
const matters = ({ kind, dtype, trueValueSubnormal }: Flaw) =>
	!trueValueSubnormal && (kind !== "relerr" || dtype === "float64" || dtype === "float32");

/** One that matters weighs more than all that 16 bits lose besides. */
function weightOf(flaws: readonly Flaw[]): number {
	return flaws.reduce((sum, flaw) => sum + (matters(flaw) ? 1e6 : flaw.trueValueSubnormal ? 0 : 1), 0);
}

function countIn(hazards: readonly Flaw[], dtype: Dtype): number {
	return hazards.filter((one) => one.dtype === dtype && matters(one)).length;
}

/** Fewer hazards that matter, in no type more; where as many, others decide, and none is traded for one among subnormal numbers. */
function isBetter(after: readonly Flaw[], before: readonly Flaw[], dtypes: readonly Dtype[]): boolean {
	if (dtypes.some((dtype) => countIn(after, dtype) > countIn(before, dtype))) return false;
	const gained = before.filter(matters).length - after.filter(matters).length;
	return gained > 0 || (gained === 0 && weightOf(after) <= weightOf(before) && after.length < before.length);
}

/** One in so many of the ladder's inputs is looked at, and both neighbours of each of the code's own numbers. */
const EVERY = 17;
/** Steps of float64 that a form of some operations may be off, times how much the function magnifies its input's rounding. */
const ROUNDING = 16;

/** Whether the form is as close to the function as rounding allows wherever the code as written is, over the whole line. */
function isNowhereWorse(form: Expression, subject: Subject): boolean {
	const { written, truth, parameters, truthParameters } = subject;
	const [exact, exactParameters] = truth ? [subject.exact ?? truth, truthParameters] : [written, parameters];
	const own = nodesOf(written).flatMap((node) => (node.kind === "constant" ? [node.value, -node.value] : []));
	const edges = own
		.filter(Number.isFinite)
		.flatMap((value) => [value, nextUp(value, "float64"), -nextUp(-value, "float64")]);
	const inputs = Float64Array.from([...inputsOf("float64").filter((_, i) => i % EVERY === 0), ...edges]);
	const [after, before] = compile([form, written], parameters)(inputs) as [Float64Array, Float64Array];
	const [value, slope] = compile([exact, differentiate(exact, "x")], exactParameters)(inputs) as [
		Float64Array,
		Float64Array,
	];
	const least = smallestNormal("float64");
	const exactAt = exactValuesOf(exact, exactParameters);
	return inputs.every((input, i) => {
		if (after[i] === before[i]) return true;
		const expected = exactAt(input);
		if (!Number.isFinite(expected) || Math.abs(expected) < least) return true;
		const magnified = Math.abs((input * slope[i]!) / value[i]!);
		const steps = ROUNDING * Math.max(1, Number.isFinite(magnified) ? magnified : 1);
		const error = Math.abs(after[i]! - expected);
		return error <= steps * unitInLastPlace(expected, "float64") || error <= Math.abs(before[i]! - expected);
	});
}

const exactValues = new WeakMap<Expression, { readonly key: string; readonly values: Map<number, number> }>();

/** `evaluateExactly`, which remembers: the inputs looked at are the same for all functions that are the same entry. */
function exactValuesOf(form: Expression, parameters: Parameters): (input: number) => number {
	const key = Object.entries(parameters).join();
	let known = exactValues.get(form);
	if (known?.key !== key) {
		known = { key, values: new Map() };
		exactValues.set(form, known);
	}
	const { values } = known;
	return (input) => {
		const value = values.get(input) ?? evaluateExactly(form, input, parameters);
		values.set(input, value);
		return value;
	};
}
