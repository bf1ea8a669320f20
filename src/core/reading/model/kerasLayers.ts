import { biasSlot, byDefault, ONES, ZEROS } from "./draws.ts";
import { Given, shapeOf } from "./given.ts";
import { activationOf, type Dialect, layerEntry } from "./kerasActivation.ts";
import { kerasAttention } from "./kerasAttention.ts";
import { initialiserOf } from "./kerasInitialisers.ts";
import { kerasRecurrent } from "./kerasRecurrent.ts";
import {
	activationStep,
	convolutionStep,
	embeddingStep,
	flattenStep,
	linearStep,
	normalisationStep,
	opaqueStep,
	plainStep,
	poolStep,
	poolWindows,
	reshapeStep,
	sampleAxis,
} from "./layerSteps.ts";
import type { Machine } from "./machine.ts";
import type { Channels, Initialisation, Shape, Step } from "./model.ts";
import {
	type Arguments,
	type Initialiser,
	type Layer,
	type LayerStep,
	numberOf,
	numberThing,
	type Site,
	type Slot,
	type Thing,
} from "./thing.ts";

interface Made {
	readonly slots?: ReadonlyMap<string, Slot>;
	readonly steps: (slots: ReadonlyMap<string, Slot>) => readonly LayerStep[];
	readonly merges?: Step;
	readonly attributes?: readonly (readonly [string, Thing])[];
	readonly apply?: Layer["apply"];
	readonly recurrent?: Layer["recurrent"];
}

const NOT_FOLLOWED: readonly (readonly [RegExp, string])[] = [
	[/ConvLSTM|StackedRNNCells/, "recurrence is not followed"],
	[/(?<!^MultiHead)Attention/, "attention of this kind is not followed"],
	[
		/^Random|^Resizing|^CenterCrop|^Normalization|^TextVectorization|Encoding$|Lookup$/,
		"preprocessing is not followed",
	],
	[/^LocallyConnected|^GaussianNoise|^GaussianDropout|^ActivityRegularization$|^Masking$/, "it is not followed"],
	[/^(Maximum|Minimum|Dot|Subtract|Average)$/, "this operation of several values is not followed"],
];

/** The layer that a call of `keras.layers.<name>` makes; undefined if it makes none that is known. */
export function kerasLayer(
	machine: Machine,
	name: string,
	given: Arguments,
	dialect: Dialect,
	site: Site,
): Layer | undefined {
	const attributes = new Map<string, Thing>();
	const made: Made | undefined =
		kerasRecurrent(machine, name, given, dialect, site) ?? madeBy(machine, name, given, attributes, dialect, site);
	if (!made) return undefined;
	for (const [key, thing] of made.attributes ?? []) attributes.set(key, thing);
	const label = given.named.get("name");
	return {
		kind: "layer",
		type: `${dialect === "tfjs" ? "tfjs" : "keras"}.layers.${name}`,
		site,
		name: label?.kind === "string" ? label.value : null,
		attributes,
		slots: made.slots ?? new Map(),
		steps: made.steps,
		...(made.merges && { merges: made.merges }),
		...(made.apply && { apply: made.apply }),
		...(made.recurrent && { recurrent: made.recurrent }),
		input: inputOf(given),
		built: null,
	};
}

/** The shape of one sample that a first layer says it has. */
function inputOf(given: Arguments): Shape {
	const shape = given.named.get("input_shape") ?? given.named.get("shape");
	if (shape) return shapeOf(shape);
	const whole = given.named.get("batch_input_shape");
	if (whole) return shapeOf(whole)?.slice(1) ?? null;
	const size = given.named.get("input_dim");
	return size?.kind === "number" ? [size.value] : null;
}

function slot(thing: Thing | undefined, otherwise: string, axes: number, dialect: Dialect): Slot {
	const { draw, explicit } = initialiserOf(thing, otherwise, dialect === "tfjs");
	return { initialisation: { explicit, span: null, draw: draw("plain") }, axes };
}

function weights(a: Given, axes: number, dialect: Dialect, kernel = "kernel_initializer"): ReadonlyMap<string, Slot> {
	const slots = new Map<string, Slot>();
	slots.set("weight", slot(a.thing(kernel), dialect === "tfjs" ? "glorot_normal" : "glorot_uniform", axes, dialect));
	const bias = biasOf(a, dialect);
	if (bias) slots.set("bias", bias);
	return slots;
}

function biasOf(a: Given, dialect: Dialect): Slot | null {
	return biasSlot(a.truth("use_bias", true), () => slot(a.thing("bias_initializer"), "zeros", 1, dialect));
}

/** What a layer of this name does; the code may give it another activation later, as one of its `attributes`. */
function madeBy(
	machine: Machine,
	name: string,
	given: Arguments,
	attributes: ReadonlyMap<string, Thing>,
	dialect: Dialect,
	site: Site,
): Made | undefined {
	const activation = (a: Given) =>
		activationOf(machine, attributes.get("activation") ?? a.thing("activation"), dialect, site);
	const followed = (first: LayerStep | readonly LayerStep[], a: Given): readonly LayerStep[] => {
		const step = activation(a);
		const steps = "step" in first ? [first] : first;
		return step ? [...steps, plainStep(step, "activation")] : steps;
	};
	const reason = NOT_FOLLOWED.find(([pattern]) => pattern.test(name))?.[1];
	if (reason !== undefined) return { steps: () => [opaqueStep({ kind: "unknown", what: name, reason })] };
	const sized = /^(\w+?)([123])D$/.exec(name);
	const dimensions = sized ? (Number(sized[2]) as 1 | 2 | 3) : null; // One of these digits.
	switch (sized?.[1] ?? name) {
		case "Dense": {
			const a = new Given(given, "units activation use_bias kernel_initializer bias_initializer");
			const units = a.number("units");
			return {
				slots: weights(a, 2, dialect),
				steps: (slots) => followed(linearStep("fed", units, slots), a),
			};
		}
		case "Conv":
		case "Convolution":
		case "Conv2DTranspose":
		case "Conv1DTranspose":
		case "Conv3DTranspose":
			return convolution(name, given, dialect, followed);
		case "DepthwiseConv":
			return dimensions ? depthwise(dimensions, given, dialect, followed) : undefined;
		case "SeparableConv":
			return dimensions ? separable(dimensions, given, dialect, followed) : undefined;
		case "Activation": {
			const a = new Given(given, "activation");
			return { steps: () => [plainStep(activation(a) ?? { kind: "identity" })] };
		}
		case "BatchNormalization":
		case "LayerNormalization":
		case "GroupNormalization":
		case "RMSNormalization":
			return normalisation(name, given, dialect);
		case "Dropout":
		case "SpatialDropout":
		case "AlphaDropout": {
			const rate = new Given(given, "rate").number("rate");
			return { steps: () => [plainStep({ kind: "dropout", rate, alpha: name === "AlphaDropout" })] };
		}
		case "MaxPooling":
		case "MaxPool":
		case "AveragePooling":
		case "AvgPool": {
			if (!dimensions) return undefined;
			const a = new Given(given, "pool_size strides padding data_format");
			const names = { kernel: "pool_size", stride: "strides", padding: "padding" };
			const over = poolWindows(a, dimensions, names, { kernel: 2, channels: channelsOf(a), countsPadding: false });
			return { steps: () => [poolStep(/^Max/.test(name) ? "maximum" : "average", over)] };
		}
		case "GlobalMaxPooling":
		case "GlobalMaxPool":
		case "GlobalAveragePooling":
		case "GlobalAvgPool": {
			const a = new Given(given, "data_format keepdims");
			const keeps = a.truth("keepdims", false);
			const isKnown = keeps !== undefined && channelsOf(a) === "last";
			const over = isKnown ? ({ kind: "axes", axes: "places", keeps } as const) : null;
			return { steps: () => [poolStep(/Max/.test(name) ? "maximum" : "average", over)] };
		}
		case "Flatten":
			return { steps: () => [flattenStep()] };
		case "Reshape": {
			const shape = new Given(given, "target_shape").shape("target_shape");
			const isWhole = shape !== null && !shape.includes(-1) && !shape.includes(null);
			return { steps: () => [reshapeStep("reshape", shape && { to: "sizes", sizes: shape }, isWhole ? shape : null)] };
		}
		case "Permute": {
			const order = new Given(given, "dims").shape("dims")?.map(sampleAxis) ?? [null];
			const how = order.includes(null) ? null : ({ to: "order", order: order as number[] } as const); // Null is looked for.
			return { steps: () => [reshapeStep(name, how)] };
		}
		case "RepeatVector": {
			// The same at so many places.
			const to = [new Given(given, "n").number("n")];
			const place = reshapeStep(name, { to: "unsqueezed", axis: 0 });
			const places: Step = { kind: "resize", of: "nearest", by: null, to, alignCorners: false, channels: "last" };
			return { steps: () => [{ ...place, features: (features) => features }, plainStep(places)] };
		}
		case "UpSampling": {
			if (!dimensions) return undefined;
			const a = new Given(given, dimensions === 2 ? "size data_format interpolation" : "size data_format");
			const step = upsampling(a, dimensions);
			return { steps: () => [step.kind === "unknown" ? opaqueStep(step) : plainStep(step)] };
		}
		case "Cropping":
		case "ZeroPadding": {
			if (!dimensions) return undefined;
			const isCut = name.startsWith("Cropping");
			const a = new Given(given, isCut ? "cropping data_format" : "padding data_format");
			const around = zerosAround(a.thing(isCut ? "cropping" : "padding") ?? numberThing(1), dimensions, isCut ? -1 : 1);
			const how = around && channelsOf(a) === "last" ? ({ to: "padded", by: [0, 0, ...around] } as const) : null;
			return { steps: () => [{ ...reshapeStep("padding", how), features: (features) => features }] };
		}
		case "Embedding": {
			const a = new Given(given, "input_dim output_dim embeddings_initializer");
			const initial = slot(a.thing("embeddings_initializer"), "uniform", 2, dialect);
			const [count, outputs] = [a.number("input_dim"), a.number("output_dim")];
			return { slots: new Map([["weight", initial]]), steps: (slots) => [embeddingStep(count, outputs, slots)] };
		}
		case "Rescaling": {
			const a = new Given(given, "scale offset");
			const [by, offset] = [a.number("scale"), a.number("offset", 0)];
			if (by === null || offset !== 0)
				return { steps: () => [opaqueStep({ kind: "unknown", what: name, reason: "it moves its input" })] };
			return { steps: () => [plainStep({ kind: "scale", by })] };
		}
		case "MultiHeadAttention":
			return { ...kerasAttention(given), steps: () => [] };
		case "Identity":
			return { steps: () => [plainStep({ kind: "identity" })] };
		case "Add":
			return { steps: () => [], merges: { kind: "add" } };
		case "Multiply":
			return { steps: () => [], merges: { kind: "multiply" } };
		case "Concatenate": {
			const axis = new Given(given, "axis").number("axis", -1);
			return { steps: () => [], merges: { kind: "concatenate", axis: sampleAxis(axis) } };
		}
		default: {
			const entry = layerEntry(name, dialect);
			return entry && { steps: () => [plainStep(activationStep(entry, given))] };
		}
	}
}

type Followed = (first: LayerStep | readonly LayerStep[], a: Given) => readonly LayerStep[];

function channelsOf(a: Given): Channels {
	return /first$/i.test(a.text("data_format") ?? "") ? "first" : "last";
}

function upsampling(a: Given, dimensions: number): Step {
	const interpolation = a.text("interpolation", "nearest");
	const of = interpolation === "nearest" ? "nearest" : interpolation === "bilinear" ? "linear" : null;
	if (of === null) return { kind: "unknown", what: "UpSampling", reason: "this interpolation is not followed" };
	const by = a.axes("size", dimensions, 2);
	return { kind: "resize", of, by, to: null, alignCorners: false, channels: channelsOf(a) };
}

/**
 * Places before and behind in pairs from the last axis on, by a number for all axes, one for each, or a pair for each;
 * null where one is not known.
 */
function zerosAround(thing: Thing, dimensions: number, sign: 1 | -1): number[] | null {
	const items = thing.kind === "list" && (dimensions > 1 || thing.items[0]?.kind === "list") ? thing.items : null;
	const each = items ?? Array.from({ length: dimensions }, () => thing);
	const pairs = each.map((one) => (one.kind === "list" ? one.items.map(numberOf) : [numberOf(one), numberOf(one)]));
	const isKnown = pairs.length === dimensions && pairs.every((pair) => pair.length === 2 && !pair.includes(null));
	return isKnown ? pairs.reverse().flatMap((pair) => pair.map((size) => sign * size!)) : null;
}

function convolution(name: string, given: Arguments, dialect: Dialect, followed: Followed): Made | undefined {
	const match = /^(?:Conv|Convolution)([123])D(Transpose)?$/.exec(name);
	if (!match) return undefined;
	const dimensions = Number(match[1]) as 1 | 2 | 3; // The pattern says so.
	const transposed = match[2] !== undefined;
	const a = new Given(
		given,
		transposed
			? "filters kernel_size strides padding output_padding data_format dilation_rate activation use_bias kernel_initializer bias_initializer"
			: "filters kernel_size strides padding data_format dilation_rate groups activation use_bias kernel_initializer bias_initializer",
	);
	const kernel = a.axes("kernel_size", dimensions, null);
	const stride = a.axes("strides", dimensions, 1);
	const dilation = a.axes("dilation_rate", dimensions, 1);
	const before = transposed ? null : placesBefore(a, kernel, dilation);
	return {
		slots: weights(a, dimensions + 2, dialect),
		steps: (slots) => [
			...(before ? [before] : []),
			...followed(
				convolutionStep(
					{
						dimensions,
						transposed,
						inputs: "fed",
						outputs: a.number("filters"),
						kernel,
						stride,
						dilation,
						groups: transposed ? 1 : a.number("groups", 1),
						padding: before ? [0] : a.padding("padding", dimensions),
						channels: channelsOf(a),
						...(transposed && { outputPadding: behindTransposed(a, kernel, stride) }),
					},
					slots,
				),
				a,
			),
		],
	};
}

/** What puts as many zeros before a sequence as leave a causal convolution no later places; null for another padding. */
function placesBefore(
	a: Given,
	[kernel]: readonly (number | null)[],
	[dilation]: readonly (number | null)[],
): LayerStep | null {
	if (a.text("padding") !== "causal" || channelsOf(a) !== "last" || kernel == null || dilation == null) return null;
	const how = { to: "padded", by: [0, 0, dilation * (kernel - 1), 0] } as const;
	return { ...reshapeStep("padding", how), suffix: "padding", features: (features) => features };
}

/** Keras leaves no place of a stride out, where the kernel is smaller than it. */
function behindTransposed(
	a: Given,
	kernel: readonly (number | null)[],
	stride: readonly (number | null)[],
): (number | null)[] {
	const isAsked = a.has("output_padding") && a.thing("output_padding")!.kind !== "none";
	return kernel.map((size, d) => {
		const step = stride[d] ?? null;
		return isAsked || size === null || step === null ? null : Math.max(step - size, 0);
	});
}

/** A kernel for each channel: what Keras counts as its outputs is how many each channel gets. */
function depthwise(dimensions: 1 | 2 | 3, given: Arguments, dialect: Dialect, followed: Followed): Made {
	const a = new Given(
		given,
		"kernel_size strides padding depth_multiplier data_format dilation_rate activation use_bias depthwise_initializer bias_initializer",
	);
	const slots = new Map<string, Slot>();
	const bias = biasOf(a, dialect);
	if (bias) slots.set("bias", bias);
	return { slots, steps: (own) => followed(depthwiseStep(dimensions, a, dialect, own), a) };
}

function depthwiseStep(dimensions: 1 | 2 | 3, a: Given, dialect: Dialect, slots: ReadonlyMap<string, Slot>): LayerStep {
	const kernel = a.axes("kernel_size", dimensions, null);
	const times = a.number("depth_multiplier", 1);
	const { draw, explicit } = initialiserOf(
		a.thing("depthwise_initializer"),
		dialect === "tfjs" ? "glorot_normal" : "glorot_uniform",
		dialect === "tfjs",
	);
	return convolutionStep(
		{
			dimensions,
			transposed: false,
			inputs: "fed",
			outputs: (inputs) => (inputs === null || times === null ? null : inputs * times),
			kernel,
			stride: a.axes("strides", dimensions, 1),
			dilation: a.axes("dilation_rate", dimensions, 1),
			groups: "fed",
			padding: a.padding("padding", dimensions),
			channels: channelsOf(a),
			weight: (inputs) => ({ explicit, span: null, draw: depthwiseDraw(draw, kernel, inputs, times) }),
		},
		slots,
	);
}

function depthwiseDraw(
	draw: Initialiser,
	kernel: readonly (number | null)[],
	inputs: number | null,
	times: number | null,
): Initialisation["draw"] {
	const area = kernel.reduce((p, q) => (p === null || q === null ? null : p * q), 1 as number | null);
	const fan = (count: number | null) => (area === null || count === null ? null : area * count);
	return draw({ in: fan(inputs), out: fan(times) });
}

/** A kernel for each channel, then a product over the channels; the bias and the activation come behind both. */
function separable(dimensions: 1 | 2 | 3, given: Arguments, dialect: Dialect, followed: Followed): Made {
	const order =
		"filters kernel_size strides padding data_format dilation_rate depth_multiplier activation use_bias depthwise_initializer pointwise_initializer bias_initializer";
	const a = new Given(given, order);
	const ones = Array.from({ length: dimensions }, () => 1);
	return {
		slots: weights(a, dimensions + 2, dialect, "pointwise_initializer"),
		steps: (slots) =>
			followed(
				[
					{ ...depthwiseStep(dimensions, a, dialect, new Map()), suffix: "depthwise" },
					convolutionStep(
						{
							dimensions,
							transposed: false,
							inputs: "fed",
							outputs: a.number("filters"),
							kernel: ones,
							stride: ones,
							dilation: ones,
							groups: 1,
							padding: "same",
							channels: channelsOf(a),
						},
						slots,
						"pointwise",
					),
				],
				a,
			),
	};
}

function normalisation(name: string, given: Arguments, dialect: Dialect): Made {
	const order =
		name === "BatchNormalization"
			? "axis momentum epsilon center scale"
			: name === "GroupNormalization"
				? "groups axis epsilon center scale"
				: "axis epsilon center scale";
	const a = new Given(given, order);
	const of = {
		BatchNormalization: "batch",
		LayerNormalization: "layer",
		GroupNormalization: "group",
		RMSNormalization: "rms",
	} as const;
	const epsilon = a.number("epsilon", name === "RMSNormalization" ? 1e-6 : 1e-3);
	const slots = new Map<string, Slot>();
	const factors = a.thing("gamma_initializer");
	if (name === "RMSNormalization" || a.truth("scale", true) !== false) {
		slots.set("weight", factors ? slot(factors, "ones", 1, dialect) : { initialisation: byDefault(ONES), axes: 1 });
	}
	if (a.truth("center", true) !== false) slots.set("bias", { initialisation: byDefault(ZEROS), axes: 1 });
	const groups = name === "GroupNormalization" ? a.number("groups", 32) : undefined;
	const kind = of[name as keyof typeof of]; // One of these four.
	return { slots, steps: (own) => [normalisationStep(kind, "fed", epsilon, own, "last", groups)] };
}
