import { type Activation, withDefaults } from "../activations/activation.ts";
import { findActivation } from "../activations/catalog.ts";
import { add, constant, log, logistic, neg, parameter, softplus, x } from "../expression/build.ts";
import { type CodeLibrary, printCode, writable } from "../expression/code/printCode.ts";
import { compile } from "../expression/evaluate.ts";
import type { Expression, Parameters } from "../expression/expression.ts";
import { printFormula } from "../expression/formula.ts";
import { simplify } from "../expression/simplify.ts";
import { substitute } from "../expression/walk.ts";
import type { Dtype } from "../numerics/dtype.ts";
import type { Definition } from "../reading/use.ts";
import { gradientHazardsOf, type Hazard, hazardsOf, type Subject } from "./hazards.ts";
import { inputsOf } from "./ladder.ts";
import { dtypesOf } from "./libraryArithmetic.ts";
import { type Nearest, nearestOf } from "./nearest.ts";
import { inlined, stableVectorCode } from "./stableVector.ts";

/** What is known of a hand-written function. */
export interface Inspection {
	readonly name: string;
	readonly library: string;
	/** The function as a formula; null where it is not understood, or takes a whole vector. */
	readonly expression: string | null;
	readonly parameters: Parameters;
	readonly identity: Identified | null;
	/** What it is close to, where it is no entry of the catalog. */
	readonly nearest: Nearest | null;
	/** By type, from the lowest input up; a type that is absent was not looked at, and `notInspected` says why. */
	readonly hazards: readonly Hazard[];
	/** The same for the gradient, where the library's backward pass is known (PyTorch, JAX). */
	readonly gradientHazards: readonly Hazard[];
	readonly dtypes: readonly Dtype[];
	/** The vector that hazards of a function of the whole input are of: "[x, 0]"; null for an elementwise function. */
	readonly vector: string | null;
	readonly notInspected: readonly { readonly dtype: Dtype; readonly reason: string }[];
	/** The same function as code of x in the same library, with fewer hazards; null where there is none, or no need. */
	readonly stable: string | null;
	/** What that code is of: x and the function's own parameters. */
	readonly stableForm: Expression | null;
	/** Why the function is not understood. */
	readonly reason: string | null;
}

export interface Identified {
	readonly activation: string;
	readonly parameters: Parameters;
	/** Where the code as written is furthest from the entry in float64, relatively above 1; null for a vector's function. */
	readonly largestDifference: { readonly difference: number; readonly x: number } | null;
}

/** The library in whose code a function is written, by the library whose functions its body calls. */
export const codeLibraries: Readonly<Record<string, CodeLibrary>> = {
	torch: "pytorch",
	keras: "keras",
	jax: "jax",
	numpy: "numpy",
	tfjs: "tfjs",
	math: "python",
	javascript: "typescript",
};

/** Inspects a definition. Hazards are looked for in every type of its library, in its parameters' defaults. */
export function inspectDefinition(definition: Definition): Inspection {
	const { name, library, identity, understood, reason } = definition;
	const base = {
		name,
		library,
		reason,
		dtypes: [],
		notInspected: [],
		hazards: [],
		gradientHazards: [],
		stable: null,
		stableForm: null,
		nearest: null,
		vector: null,
		parameters: {},
	};
	if (!understood) {
		const known = identity && { ...identity, largestDifference: null };
		return { ...base, expression: null, identity: known, ...vectorHazards(definition) };
	}
	const { activation } = understood;
	const parameters = withDefaults(activation);
	const entry = identity ? findActivation(identity.activation) : undefined;
	const truthParameters = entry && identity ? withDefaults(entry, identity.parameters) : {};
	const subject: Subject = {
		written: activation.definition,
		truth: entry?.stable ?? null,
		parameters,
		truthParameters,
		library,
		writing: understood.writing,
	};
	const hazards: Hazard[] = [];
	const gradientHazards: Hazard[] = [];
	const dtypes: Dtype[] = [];
	const notInspected: { dtype: Dtype; reason: string }[] = [];
	for (const dtype of dtypesOf(library)) {
		const found = hazardsOf(subject, dtype);
		if (found) {
			hazards.push(...found);
			dtypes.push(dtype);
			gradientHazards.push(...(gradientHazardsOf(subject, dtype) ?? []));
		} else notInspected.push({ dtype, reason: NOT_CERTAIN });
	}
	return {
		...base,
		expression: printFormula(activation.definition),
		parameters,
		identity: entry
			? {
					activation: entry.id,
					parameters: truthParameters,
					largestDifference: largestDifference(activation, parameters, entry, truthParameters),
				}
			: null,
		nearest: entry ? null : nearestOf(activation),
		hazards,
		gradientHazards,
		dtypes,
		notInspected,
		...(entry && identity && stableCode(subject, identity.names, dtypes, hazards)),
	};
}

/** Why a type is not looked at. */
const NOT_CERTAIN = "in which types the library computes it, or how, is not certain";

/** What the functions of a whole vector are for [x, 0], for logsumexp [x, x]: an expression for each output. */
const VECTOR_TRUTHS: Readonly<Record<string, readonly Expression[]>> = {
	softmax: [logistic(x), logistic(neg(x))],
	softmin: [logistic(neg(x)), logistic(x)],
	log_softmax: [neg(softplus(neg(x))), neg(softplus(x))],
	logsumexp: [add(x, log(constant(2)))],
};

function vectorHazards({ identity, outputs, reducesAll, library, writing }: Definition): Partial<Inspection> {
	const truths = identity ? VECTOR_TRUTHS[identity.activation] : undefined;
	if (!truths || !outputs || !identity) return {};
	const subjects = truths.map((truth, i) => {
		const written = outputs[i]!;
		const subject = { written, truth, parameters: {}, truthParameters: {}, library };
		return writing ? { ...subject, writing: { ...writing, expression: written } } : subject;
	});
	const looked = dtypesOf(library).map((dtype) => ({ dtype, ofEach: subjects.map((one) => hazardsOf(one, dtype)) }));
	const found = looked.flatMap(({ dtype, ofEach }) =>
		ofEach.includes(null) ? [] : [{ dtype, hazards: ofEach.flatMap((list) => list ?? []) }],
	);
	const uncertain = looked.filter(({ ofEach }) => ofEach.includes(null));
	// Of one input only the worst is told.
	const worst: readonly Hazard["kind"][] = ["exception", "nan", "inf", "zero", "relerr"];
	const isWorse = (a: Hazard, b: Hazard) => worst.indexOf(a.kind) < worst.indexOf(b.kind);
	const isWithin = (a: Hazard, b: Hazard) => a.lo >= b.lo && a.hi <= b.hi;
	const hazards = found.flatMap(({ hazards: all }) =>
		all.filter((one) => !all.some((other) => isWorse(other, one) && isWithin(one, other))).sort((a, b) => a.lo - b.lo),
	);
	const better = hazards.length > 0 && reducesAll ? stableVectorCode(identity.activation, library, "x") : undefined;
	return {
		hazards,
		dtypes: found.map(({ dtype }) => dtype),
		notInspected: uncertain.map(({ dtype }) => ({ dtype, reason: NOT_CERTAIN })),
		stable: better ? inlined(better) : null,
		vector: identity.activation === "logsumexp" ? "[x, x]" : "[x, 0]",
	};
}

/** Over the whole line, where the code as written gives a number at all. */
function largestDifference(
	activation: Activation,
	parameters: Parameters,
	entry: Activation,
	entryParameters: Parameters,
): Identified["largestDifference"] {
	const inputs = inputsOf("float64");
	const [written, exact] = [compile([activation.definition], parameters), compile([entry.stable], entryParameters)].map(
		(values) => values(inputs)[0]!,
	) as [Float64Array, Float64Array];
	let difference = 0;
	let at = 0;
	for (let i = 0; i < inputs.length; i++) {
		const here = Math.abs(written[i]! - exact[i]!) / Math.max(1, Math.abs(exact[i]!));
		if (here > difference && Number.isFinite(here)) {
			difference = here;
			at = inputs[i]!;
		}
	}
	return { difference, x: at };
}

/** The catalog's stable form in the code's own library, if the library's arithmetic does go wrong less often with it. */
function stableCode(
	subject: Subject,
	names: Readonly<Record<string, string>>,
	dtypes: readonly Dtype[],
	hazards: readonly Hazard[],
): Pick<Inspection, "stable" | "stableForm"> | null {
	const { truth, truthParameters, library } = subject;
	const target = codeLibraries[library];
	if (!truth || !target || hazards.length === 0) return null;
	const form = simplify(substitute(truth, x, ownParameters(truthParameters, names)));
	const written = writable(form, target, subject.parameters);
	const after = dtypes.flatMap((dtype) => hazardsOf({ ...subject, written }, dtype) ?? []);
	if (!isBetter(after, hazards, dtypes)) return null;
	const code = printCode(form, target, { parameters: subject.parameters });
	return code === undefined ? null : { stable: code, stableForm: form };
}

/** The entry's parameters as the function has them: by the name of its own, or the number that it holds. */
export function ownParameters(values: Parameters, names: Readonly<Record<string, string>>): Record<string, Expression> {
	return Object.fromEntries(
		Object.entries(values).map(([name, value]) => {
			const own = names[name];
			return [name, own === undefined ? constant(value) : parameter(own)];
		}),
	);
}

/** Fewer hazards in no type more; those among subnormal numbers only decide where the others do not. */
function isBetter(after: readonly Hazard[], before: readonly Hazard[], dtypes: readonly Dtype[]): boolean {
	const matters = (one: Hazard) => !one.trueValueSubnormal;
	const count = (list: readonly Hazard[], dtype: Dtype) =>
		list.filter((one) => one.dtype === dtype && matters(one)).length;
	if (dtypes.some((dtype) => count(after, dtype) > count(before, dtype))) return false;
	const gained = before.filter(matters).length - after.filter(matters).length;
	return gained > 0 || (gained === 0 && after.length < before.length);
}
