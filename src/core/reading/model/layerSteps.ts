import type { LibraryEntry } from "../../activations/libraries/entry.ts";
import { defaultParameters } from "../code/callParameters.ts";
import { productOf } from "./given.ts";
import type { Initialisation, Step } from "./model.ts";
import { type Arguments, type LayerStep, numberOf, type Shape, type Slot, type Thing } from "./thing.ts";

type Slots = ReadonlyMap<string, Slot>;

/** A step that leaves the shape as it is. */
export function plainStep(step: Step, suffix = ""): LayerStep {
	return { suffix, step: () => step, shape: (shape) => shape, features: (features) => features };
}

/** A step behind which nothing is known of the shape. */
export function opaqueStep(step: Step, suffix = ""): LayerStep {
	return { suffix, step: () => step, shape: () => null, features: () => null };
}

/** `inputs` null stands for the features of what it is fed. */
export function linearStep(
	inputs: number | null | "fed",
	outputs: number | null,
	slots: Slots,
	suffix = "",
): LayerStep {
	return {
		suffix,
		step: (features) => ({
			kind: "linear",
			inputs: inputs === "fed" ? features : inputs,
			outputs,
			weight: slots.get("weight")!.initialisation,
			bias: slots.get("bias")?.initialisation ?? null,
		}),
		shape: (shape) => shape && [...shape.slice(0, -1), outputs],
		features: () => outputs,
	};
}

export interface Convolution {
	readonly dimensions: 1 | 2 | 3;
	readonly transposed: boolean;
	/** "fed" stands for the features of what it is fed. */
	readonly inputs: number | null | "fed";
	readonly outputs: number | null | ((inputs: number | null) => number | null);
	readonly kernel: readonly (number | null)[];
	readonly stride: readonly (number | null)[];
	readonly dilation: readonly (number | null)[];
	/** "fed": one for each input. */
	readonly groups: number | null | "fed";
	/** Keras' words; null for what does not tell sizes. */
	readonly padding: "same" | "valid" | null;
	/** Where the draw depends on the inputs' number. */
	readonly weight?: (inputs: number | null) => Initialisation;
}

export function convolutionStep(what: Convolution, slots: Slots, suffix = ""): LayerStep {
	const inputsOf = (features: number | null) => (what.inputs === "fed" ? features : what.inputs);
	const outputsOf = (features: number | null) => {
		const inputs = inputsOf(features);
		return typeof what.outputs === "function" ? what.outputs(inputs) : what.outputs;
	};
	const { dimensions, transposed, kernel, stride, dilation, padding, groups } = what;
	return {
		suffix,
		step: (features) => {
			const inputs = inputsOf(features);
			return {
				kind: "convolution",
				dimensions,
				transposed,
				inputs,
				outputs: outputsOf(features),
				kernel,
				stride,
				groups: groups === "fed" ? inputs : groups,
				weight: what.weight?.(inputs) ?? slots.get("weight")!.initialisation,
				bias: slots.get("bias")?.initialisation ?? null,
			};
		},
		shape: (shape) => {
			if (shape?.length !== dimensions + 1) return null;
			const size = (each: number | null, i: number) =>
				sizeBehind(each, kernel[i] ?? null, stride[i] ?? null, dilation[i] ?? null, padding, transposed);
			return [...shape.slice(0, -1).map(size), outputsOf(shape.at(-1) ?? null)];
		},
		features: outputsOf,
	};
}

/** The size of an axis behind a window that moves along it. */
function sizeBehind(
	size: number | null,
	kernel: number | null,
	stride: number | null,
	dilation: number | null,
	padding: "same" | "valid" | null,
	transposed = false,
): number | null {
	if (size === null || kernel === null || stride === null || dilation === null || padding === null) return null;
	if (transposed) return padding === "same" ? size * stride : size * stride + Math.max(kernel - stride, 0);
	return Math.ceil(padding === "same" ? size / stride : (size - dilation * (kernel - 1)) / stride);
}

/** A maximum or average in windows. */
export function poolStep(
	of: "maximum" | "average",
	dimensions: number,
	kernel: readonly (number | null)[],
	stride: readonly (number | null)[],
	padding: "same" | "valid" | null,
): LayerStep {
	return {
		suffix: "",
		step: () => ({ kind: "pool", of }),
		shape: (shape) => {
			if (shape?.length !== dimensions + 1) return null;
			const size = (each: number | null, i: number) =>
				sizeBehind(each, kernel[i] ?? null, stride[i] ?? null, 1, padding);
			return [...shape.slice(0, -1).map(size), shape.at(-1) ?? null];
		},
		features: (features) => features,
	};
}

/** A maximum or average over all but the features. */
export function globalPoolStep(of: "maximum" | "average"): LayerStep {
	return {
		suffix: "",
		step: () => ({ kind: "pool", of }),
		shape: (shape) => shape?.slice(-1) ?? null,
		features: (features) => features,
	};
}

export function flattenStep(): LayerStep {
	return {
		suffix: "",
		step: () => ({ kind: "reshape", what: "flatten" }),
		shape: (shape) => shape && [productOf(shape)],
		// Without the whole shape the flat size is not known, even if the features are.
		features: () => null,
	};
}

export function reshapeStep(what: string, shape: Shape = null): LayerStep {
	return {
		suffix: "",
		step: () => ({ kind: "reshape", what }),
		shape: () => shape,
		features: () => shape?.at(-1) ?? null,
	};
}

export function embeddingStep(count: number | null, outputs: number | null, slots: Slots): LayerStep {
	return {
		suffix: "",
		step: () => ({ kind: "embedding", count, outputs, weight: slots.get("weight")!.initialisation }),
		shape: (shape) => shape && [...shape, outputs],
		features: () => outputs,
	};
}

/** A normalisation; its factors are told where they do not begin at 1. */
export function normalisationStep(
	of: (Step & { kind: "normalisation" })["of"],
	features: number | null | "fed",
	epsilon: number | null,
	slots: Slots,
): LayerStep {
	return {
		suffix: "",
		step: (fed) => {
			const factors = slots.get("weight")?.initialisation;
			const changed = factors && !(factors.draw.kind === "constant" && factors.draw.value === 1);
			return {
				kind: "normalisation",
				of,
				features: features === "fed" ? fed : features,
				epsilon,
				...(changed && { factors }),
			};
		},
		shape: (shape) => shape,
		features: (fed) => (features === "fed" ? fed : (fed ?? null)),
	};
}

/** The activation of a library's, with the arguments that follow the input; unknown where one is not read. */
export function activationStep(entry: LibraryEntry, given: Arguments): Step {
	const parameters = defaultParameters(entry);
	let { activation } = entry;
	for (const [position, parameter] of entry.parameters.entries()) {
		const thing = given.named.get(parameter.name) ?? given.positional[position] ?? given.open ?? undefined;
		if (thing === undefined) continue;
		if (parameter.name === "approximate") {
			const form = approximation(thing);
			if (form === null) return unread(entry, "which approximation is taken is not known");
			activation = form;
			continue;
		}
		const { canonical } = parameter;
		if (canonical === null || thing.kind === "none") continue;
		const value = numberOf(thing);
		if (value === null) return unread(entry, `${parameter.name} is not known`);
		parameters[canonical] = value;
	}
	if (activation === "linear") return { kind: "identity" };
	if (activation === "relu_general") return plainRelu(parameters);
	return { kind: "activation", activation, parameters };
}

function unread(entry: LibraryEntry, reason: string): Step {
	return { kind: "unknown", what: entry.name, reason };
}

/** Keras' ReLU by the name that the catalog has for what it is. */
function plainRelu(parameters: Readonly<Record<string, number>>): Step {
	const { negative_slope: slope, max_value: most, threshold } = parameters;
	const isPlain = slope === 0 && threshold === 0 && (most === undefined || most === Number.POSITIVE_INFINITY);
	if (isPlain) return { kind: "activation", activation: "relu", parameters: {} };
	return { kind: "activation", activation: "relu_general", parameters };
}

function approximation(thing: Thing): "gelu" | "gelu_tanh" | null {
	if (thing.kind === "boolean") return thing.value ? "gelu_tanh" : "gelu";
	if (thing.kind !== "string") return null;
	return thing.value === "tanh" ? "gelu_tanh" : thing.value === "none" ? "gelu" : null;
}
