import { findActivation } from "../activations/catalog.ts";
import type { Parameters } from "../expression/expression.ts";
import { printFormula } from "../expression/formula.ts";
import { nodesOf } from "../expression/walk.ts";
import type { Dtype } from "../numerics/dtype.ts";
import type { Definition } from "../reading/use.ts";
import { type Difference, largestDifference } from "./difference.ts";
import type { Hazard } from "./hazard.ts";
import { hazardsWithGradientOf } from "./hazards.ts";
import { dtypesOf } from "./libraryArithmetic.ts";
import { type Nearest, nearestOf } from "./nearest.ts";
import { subjectOf } from "./subject.ts";
import { hazardsOfPair, vectorTruths } from "./vectorPair.ts";

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
	/** Zeros and lost digits of a function that is no entry of the catalog, of which NaN and ±∞ alone are hazards. */
	readonly losses: readonly Hazard[];
	readonly dtypes: readonly Dtype[];
	/** The vector that hazards of a function of the whole input are of: "[x, 0]"; null for an elementwise function. */
	readonly vector: string | null;
	readonly notInspected: readonly { readonly dtype: Dtype; readonly reason: string }[];
	/** Why the function is not understood. */
	readonly reason: string | null;
}

export interface Identified {
	readonly activation: string;
	readonly parameters: Parameters;
	/** From the entry in float64; null for a vector's function. */
	readonly largestDifference: Difference | null;
}

/** A longer function is not inspected: its hazards would take too long to find. */
const MOST_NODES = 300;

/** Whether a definition is understood, and short enough to be inspected while somebody waits. */
export function isInspected({ understood, outputs }: Definition): boolean {
	const form = understood?.activation.definition ?? outputs?.[0];
	return form !== undefined && nodesOf(form).length <= MOST_NODES;
}

/** Inspects a definition. Hazards are looked for in every type of its library, in its parameters' defaults. */
export function inspectDefinition(definition: Definition): Inspection {
	const { name, library, equals, understood, reason } = definition;
	const base = {
		name,
		library,
		reason,
		dtypes: [],
		notInspected: [],
		hazards: [],
		gradientHazards: [],
		losses: [],
		nearest: null,
		vector: null,
		parameters: {},
	};
	if (!understood) {
		const known = equals && { ...equals, largestDifference: null };
		return { ...base, expression: null, identity: known, ...vectorHazards(definition) };
	}
	const subject = subjectOf(definition)!;
	const { activation } = understood;
	const { parameters, truthParameters } = subject;
	const entry = equals ? findActivation(equals.activation) : undefined;
	const hazards: Hazard[] = [];
	const gradientHazards: Hazard[] = [];
	const losses: Hazard[] = [];
	const dtypes: Dtype[] = [];
	const notInspected: { dtype: Dtype; reason: string }[] = [];
	for (const dtype of dtypesOf(library)) {
		const found = hazardsWithGradientOf(subject, dtype);
		if (found) {
			hazards.push(...found.values);
			dtypes.push(dtype);
			gradientHazards.push(...found.gradients);
			losses.push(...found.losses);
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
					largestDifference: largestDifference(definition),
				}
			: null,
		nearest: entry ? null : nearestOf(activation),
		hazards,
		gradientHazards,
		losses,
		dtypes,
		notInspected,
	};
}

/** Why a type is not looked at. */
const NOT_CERTAIN = "in which types the library computes it, or how, is not certain";

function vectorHazards({ identity, outputs, library, writing }: Definition): Partial<Inspection> {
	const truths = identity ? vectorTruths[identity.activation] : undefined;
	if (!truths || !outputs || !identity) return {};
	const looked = dtypesOf(library).map((dtype) => {
		return { dtype, found: hazardsOfPair(outputs, truths, { library, ...(writing && { writing }) }, dtype) };
	});
	const isCertain = looked.filter(({ found }) => found !== null);
	return {
		hazards: isCertain.flatMap(({ found }) => found ?? []),
		dtypes: isCertain.map(({ dtype }) => dtype),
		notInspected: looked.filter(({ found }) => found === null).map(({ dtype }) => ({ dtype, reason: NOT_CERTAIN })),
		vector: identity.activation === "logsumexp" ? "[x, x]" : "[x, 0]",
	};
}
