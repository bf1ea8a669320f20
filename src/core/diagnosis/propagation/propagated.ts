import type { Activation } from "../../activations/activation.ts";
import type { Parameters } from "../../expression/expression.ts";
import type { Model, Shape } from "../../reading/model/model.ts";
import { besideOf, convolutionAlong, countOf, isWhole, partsOf } from "../../reading/model/shapes.ts";
import type { Distribution, Profile } from "./distribution.ts";
import { pairsOf } from "./patches.ts";
import type { Roles } from "./roles.ts";
import type { Signal } from "./signal.ts";
import type { WeightSize } from "./weights.ts";

/** A layer's value: a sum of sources, each times a number. */
export interface Value {
	readonly signal: Signal;
	/** Layers that make something new of what comes in, and what this value holds of them. */
	readonly terms: ReadonlyMap<number, number>;
	/** Units, or channels; null where not known. */
	readonly features: number | null;
	/** Whether single values are normal over features and samples. */
	readonly isNormal: boolean;
	/** Whether features, or places, lie beside each other whose sizes differ much. */
	readonly uneven?: "features" | "places" | undefined;
	/** Of features of several values beside each other: what each of these is. */
	readonly parts?: readonly Part[];
	/** What a maximum of normal values is taken of, and of how many; what an activation that grows makes a value of. */
	readonly greatest?: Greatest;
	/** How single values of a sum of others than normal ones are spread, and of what an activation makes of it. */
	readonly distribution?: Distribution;
	/** Relative variance of the mean square from network to network. */
	readonly scatter: number;
	/** That of a sample's mean square from sample to sample, which a network's scatter is part of. */
	readonly sampleScatter: number;
	/** Of shares of a whole along the last axis, as a softmax gives them: the sum of their squares. */
	readonly squares?: number;
	/** The same at one place, where it is another there: of a causal mask's shares. */
	readonly squaresAt?: (place: number) => number;
	/** The mean square at one place, where it is another there. */
	readonly squareAt?: (place: number) => number;
	/** Whether of each row only the numbers up to the diagonal count. */
	readonly isCausal?: boolean;
}

/** Some of the features of a value, in their order. */
export interface Part {
	/** Of all its features. */
	readonly share: number;
	readonly signal: Signal;
}

/** What a value consists of: one part, where it is no concatenation. */
export function partsOfValue({ parts, signal }: Pick<Value, "parts" | "signal">): readonly Part[] {
	return parts ?? [{ share: 1, signal }];
}

/** The greatest of `of` normal values, which an activation may have been taken of. */
export interface Greatest {
	readonly signal: Signal;
	readonly of: number;
	readonly by?: { readonly activation: Activation; readonly parameters: Parameters; readonly layer: number };
}

/** What a step leaves as its first input has it, or begins anew, unless it says otherwise. */
type Followed = "terms" | "scatter" | "sampleScatter";

/** What a step makes of its inputs: its value, and what it does to the square of the gradient's norm for each input. */
export interface Passed {
	readonly value: Omit<Value, Followed> & Partial<Pick<Value, Followed>>;
	readonly back: readonly number[];
	/** The same for what the gradients of two places have in common, where that is another. */
	readonly common?: readonly number[];
	/**
	 * The same as `back`, and the gradient's profile over each input, for one that has a profile over what the step gives;
	 * null where values are not told one by one.
	 */
	readonly profiled?: (profile: Profile | null) => readonly Profiled[] | null;
	/** Of features that are divided by sizes of their own: what the gradient's square is in each of the input's parts, next to all. */
	readonly byPart?: Profile;
	/**
	 * Of an activation: how much its slopes lie along what comes in, as a square. Of a normalisation: what it makes of the
	 * square of a gradient along its values.
	 */
	readonly along?: number;
	/** What is left of what the gradients of all samples have in common, next to all of it; all where absent. */
	readonly alike?: number;
	/** For each input, the share of pairs of places whose gradients come from one number; none where absent. */
	readonly sharing?: readonly number[];
	/** The same for a gradient that comes to one place alone. */
	readonly sharingAt?: (place: number) => readonly number[];
	/** What the gradients' common part adds to the square for an input that is spread out over places. */
	readonly gathered?: readonly number[];
	/** The same as `back` for a gradient that comes to one place alone. */
	readonly atPlace?: (place: number) => readonly number[];
	/** The square of the norm of the gradient by weights that are used at one place after the other. */
	readonly weights?: (gradient: Gradient) => number;
}

/** What a step makes of a gradient's square for an input, and how that hangs on the input's value. */
export interface Profiled {
	readonly back: number;
	readonly profile: Profile | null;
}

/**
 * Squares of the norm of a gradient: of all of it, of the part that places have in common, of what comes to one place
 * alone, as to the token that a classifier takes, and of the part that sums to 0 for each feature over samples and places,
 * as it comes from behind batch normalisation.
 */
export interface Gradient {
	readonly square: number;
	readonly common: number;
	readonly alone: number;
	readonly centered: number;
	/** The part that comes of each output in the same way for all samples, and of how many outputs that is. */
	readonly alike: number;
	readonly units: number;
	readonly place: number | null;
	/** The square at the places of the value's distribution, next to its mean; null where it is alike at all. */
	readonly profile: Profile | null;
	/** The square in each of the value's parts, next to what its size makes expect; null where it is alike. */
	readonly byPart: Profile | null;
}

/** A model's values as the way forward leaves them, by layer. */
export interface Propagated {
	readonly model: Model;
	readonly shapes: readonly Shape[];
	readonly roles: readonly Roles[];
	readonly consumers: readonly (readonly number[])[];
	/** Null where nothing is known. */
	readonly values: readonly (Value | null)[];
	readonly passed: readonly (Passed | null)[];
	/** What the square of the gradient by a layer's weights is multiplied by, where they make the keys of attention. */
	readonly turned: ReadonlyMap<number, number>;
}

/** How many products with numbers that are no padding an output sums up. */
export interface Products {
	/** In the mean over its places. */
	readonly count: number;
	/**
	 * Of what all places have in common: those of another output, with as many in the mean, that are with the same weights. At
	 * the border, where padding lies, there are fewer, so that a feature differs from place to place.
	 */
	readonly common: number;
}

export function productsOf({ layers }: Model, i: number, { fan }: WeightSize, shapes: readonly Shape[]): Products {
	const { step, inputs } = layers[i];
	const all = { count: fan, common: fan };
	if (step.kind !== "convolution") return all;
	const [from, to] = [inputs[0], i].map((at) => shapes[at]);
	const [before, after] = [from, to].map((shape: Shape) =>
		isWhole(shape) ? partsOf(shape.slice(besideOf(step)), step.channels, step.dimensions) : null,
	);
	const along = before?.places.map((size, d) => convolutionAlong(step, d, size));
	if (!after || !along || along.includes(null)) return all;
	// Null is looked for.
	const { pairs, alike } = pairsOf(along as NonNullable<(typeof along)[number]>[]);
	const [inputsOfEach, places] = [step.inputs! / step.groups!, countOf(after.places)];
	const count = (pairs / places) * inputsOfEach;
	return { count, common: step.transposed ? count : (alike / places ** 2) * inputsOfEach };
}
