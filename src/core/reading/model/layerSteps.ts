import type { LibraryEntry } from "../../activations/libraries/entry.ts";
import { defaultParameters } from "../code/callParameters.ts";
import type { Given } from "./given.ts";
import type { Channels, Initialisation, Padding, Pooled, Rearrangement, Shape, Step } from "./model.ts";
import { type Arguments, constantOf, type LayerStep, type Slot, type Thing } from "./thing.ts";

type Slots = ReadonlyMap<string, Slot>;

/** A step that leaves the shape as it is. */
export function plainStep(step: Step, suffix = ""): LayerStep {
	return { suffix, step: () => step, features: (features) => features };
}

/** A step behind which nothing is known of the shape. */
export function opaqueStep(step: Step, suffix = ""): LayerStep {
	return { suffix, step: () => step, features: () => null };
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
	readonly padding: Padding;
	readonly channels: Channels;
	readonly outputPadding?: readonly (number | null)[];
	/** Where the draw depends on the inputs' number. */
	readonly weight?: (inputs: number | null) => Initialisation;
}

export function convolutionStep(what: Convolution, slots: Slots, suffix = ""): LayerStep {
	const inputsOf = (features: number | null) => (what.inputs === "fed" ? features : what.inputs);
	const outputsOf = (features: number | null) => {
		const inputs = inputsOf(features);
		return typeof what.outputs === "function" ? what.outputs(inputs) : what.outputs;
	};
	const { dimensions, transposed, kernel, stride, dilation, padding, channels, groups } = what;
	const outputPadding = what.outputPadding ?? kernel.map(() => 0);
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
				dilation,
				padding,
				channels,
				groups: groups === "fed" ? inputs : groups,
				outputPadding,
				weight: what.weight?.(inputs) ?? slots.get("weight")!.initialisation,
				bias: slots.get("bias")?.initialisation ?? null,
			};
		},
		features: outputsOf,
	};
}

/** A maximum or average; `over` is null where it is not known what is taken together. */
export function poolStep(of: "maximum" | "average", over: Pooled | null): LayerStep {
	return { suffix: "", step: () => ({ kind: "pool", of, over }), features: (features) => features };
}

/** Windows of a pool. `kernel` and `stride` are the defaults: without one for the stride, windows lie side by side. */
export function poolWindows(
	a: Given,
	dimensions: number,
	names: { readonly kernel: string; readonly stride: string; readonly padding: string },
	more: {
		readonly channels: Channels;
		readonly countsPadding: boolean;
		readonly kernel?: number;
		readonly stride?: number;
	},
): Pooled {
	const kernel = a.axes(names.kernel, dimensions, more.kernel ?? null);
	const given = a.thing(names.stride);
	const isGiven = given !== undefined && given.kind !== "none";
	const stride = more.stride;
	return {
		kind: "windows",
		kernel,
		stride: isGiven || stride !== undefined ? a.axes(names.stride, dimensions, stride ?? null) : kernel,
		dilation: a.axes("dilation", dimensions, 1),
		padding: a.padding(names.padding, dimensions),
		ceil: a.truth("ceil_mode", false) === true,
		countsPadding: more.countsPadding,
		channels: more.channels,
	};
}

/** An axis of a sample by one that counts the batch as the first; null for that and for what is not known. */
export function sampleAxis(axis: number | null): number | null {
	return axis === null || axis === 0 ? null : axis > 0 ? axis - 1 : axis;
}

export function flattenStep(from = 0, until = -1): LayerStep {
	return {
		suffix: "",
		step: () => ({ kind: "reshape", what: "flatten", how: { to: "flat", from, until } }),
		// Without the whole shape the flat size is not known, even if the features are.
		features: () => null,
	};
}

export function reshapeStep(what: string, how: Rearrangement | null = null, shape: Shape = null): LayerStep {
	return { suffix: "", step: () => ({ kind: "reshape", what, how }), features: () => shape?.at(-1) ?? null };
}

export function embeddingStep(count: number | null, outputs: number | null, slots: Slots): LayerStep {
	return {
		suffix: "",
		step: () => ({ kind: "embedding", count, outputs, weight: slots.get("weight")!.initialisation }),
		features: () => outputs,
	};
}

/** A normalisation; its factors are told where they do not begin at 1. */
export function normalisationStep(
	of: (Step & { kind: "normalisation" })["of"],
	features: number | null | "fed",
	epsilon: number | null,
	slots: Slots,
	channels: Channels,
	groups?: number | null,
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
				...(groups !== undefined && { groups }),
				channels,
				epsilon,
				...(changed && { factors }),
			};
		},
		features: (fed) => (features === "fed" ? fed : (fed ?? null)),
	};
}

/**
 * The activation of a library's, with the arguments that follow the input; unknown where one is not read. `axisOf` tells
 * the axis of a sample by one that counts the batch's, too.
 */
export function activationStep(entry: LibraryEntry, given: Arguments, axisOf = sampleAxis): Step {
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
		if (parameter.isFixed && constantOf(thing) !== parameter.default) {
			return unread(entry, `${parameter.name} is another one`);
		}
		const { canonical } = parameter;
		if (canonical === null || thing.kind === "none") continue;
		const value = startOf(thing);
		if (value === null) return unread(entry, `${parameter.name} is not known`);
		parameters[canonical] = value;
	}
	if (activation === "linear") return { kind: "identity" };
	if (activation === "relu_general") return plainRelu(parameters);
	if (/^((log_)?softmax|glu)$/.test(activation))
		return { kind: "activation", activation, parameters, axis: axisOf(axisIn(entry, given)) };
	return { kind: "activation", activation, parameters };
}

/** The axis that a softmax or gated unit is told to work along; the last where its library knows no other. */
function axisIn(entry: LibraryEntry, given: Arguments): number | null {
	const position = entry.parameters.findIndex(({ name }) => name === "dim" || name === "axis");
	if (position < 0) return -1;
	const { name, default: otherwise } = entry.parameters[position]!;
	const thing = given.named.get(name) ?? given.positional[position] ?? given.open ?? undefined;
	if (thing !== undefined) return constantOf(thing);
	return typeof otherwise === "number" ? otherwise : null;
}

/** The number that a parameter begins with, told as such or by what draws it; null where it is not one. */
function startOf(thing: Thing): number | null {
	if (thing.kind !== "initialiser") return constantOf(thing);
	const draw = thing.draw("plain");
	return draw.kind === "zeros" ? 0 : draw.kind === "constant" ? draw.value : null;
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
