import { canonicalName, resolveName } from "../../activations/libraries/resolve.ts";
import { biasSlot, byDefault, normalDraw, ONES, scaledDraw, uniformDraw, ZEROS } from "./draws.ts";
import { Given, productOf } from "./given.ts";
import { isMadeInPlace } from "./inPlace.ts";
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
import type { Beyond, Initialisation, Pooled, Shape, Step } from "./model.ts";
import { beyondOf } from "./rearrangements.ts";
import {
	type Arguments,
	booleanThing,
	type Layer,
	type LayerStep,
	listThing,
	numberOf,
	numberThing,
	type Site,
	type Slot,
	type Thing,
	unknown,
} from "./thing.ts";
import { torchRecurrent } from "./torchRecurrent.ts";
import { imageWindows } from "./windows.ts";

/** What makes a layer: its weights, its steps, and what code reads of it. */
interface Made {
	readonly slots?: Readonly<Record<string, Slot | null>>;
	readonly steps: (slots: ReadonlyMap<string, Slot>) => readonly LayerStep[];
	/** Attributes that code asks for. */
	readonly attributes?: Readonly<Record<string, number | null | Shape>>;
}

/** Layers whose work is not a step of a forecast, and why. */
const NOT_FOLLOWED: Readonly<Record<string, string>> = {
	Bilinear: "a product of two inputs is not followed",
	EmbeddingBag: "sums of embeddings are not followed",
	CosineSimilarity: "a similarity is not followed",
	PairwiseDistance: "a distance is not followed",
	LocalResponseNorm: "normalisation over neighbouring channels is not followed",
	LPPool1d: "a power average is not followed",
	LPPool2d: "a power average is not followed",
};

/**
 * The layer that a call of a name under `torch.nn` makes, or of one of OpenMMLab's that does the same; undefined if it makes
 * none that is known.
 */
export function torchLayer(dotted: string, given: Arguments, site: Site): Layer | undefined {
	const name = canonicalName(dotted);
	const plain = /^(?:torch\.nn|mmcv\.cnn)\.(.+)$/.exec(name)?.[1];
	if (plain === undefined) return undefined;
	const entry = resolveName(name);
	const type = `torch.nn.${plain}`;
	const recurrent = torchRecurrent(plain, given);
	if (recurrent) {
		return {
			kind: "layer",
			type,
			site,
			name: null,
			attributes: new Map(recurrent.attributes),
			slots: new Map(Object.entries(recurrent.slots)),
			steps: () => [],
			apply: recurrent.apply,
			built: null,
		};
	}
	const made =
		entry?.kind === "module" ? { steps: () => [plainStep(activationStep(entry, given))] } : madeBy(plain, given);
	if (!made) return undefined;
	const { slots = {}, steps, attributes = {} }: Made = made;
	const kept = Object.entries(slots).flatMap(([key, slot]) => (slot ? [[key, slot] as const] : []));
	const known = Object.entries(attributes).flatMap(([key, value]): [string, Thing][] => {
		if (value === null) return [];
		return [[key, typeof value === "number" ? numberThing(value) : sizesThing(value)]];
	});
	for (const key of ["weight", "bias"]) if (slots[key] === null) known.push([key, { kind: "none" }]);
	const mayBeInPlace = entry?.kind === "module" || /Dropout(\dd)?$/.test(plain);
	if (mayBeInPlace && isMadeInPlace(given)) known.push(["inplace", booleanThing(true)]);
	return {
		kind: "layer",
		type,
		site,
		name: null,
		attributes: new Map(known),
		slots: new Map(kept),
		steps,
		built: null,
	};
}

function madeBy(name: string, given: Arguments): Made | undefined {
	const sized = /^(Lazy)?(\w+?)([123]d)?$/.exec(name);
	const dimensions = sized?.[3] ? (Number(sized[3][0]) as 1 | 2 | 3) : null; // One of these digits.
	const lazy = sized?.[1] !== undefined;
	const reason = Object.hasOwn(NOT_FOLLOWED, name) ? NOT_FOLLOWED[name] : undefined;
	if (reason !== undefined) return { steps: () => [opaqueStep({ kind: "unknown", what: `nn.${name}`, reason })] };
	switch (sized?.[2]) {
		case "Linear":
		case "NonDynamicallyQuantizableLinear":
			return linear(
				new Given(given, lazy ? "out_features bias device dtype" : "in_features out_features bias device dtype"),
				lazy,
			);
		case "Conv":
		case "ConvTranspose":
			return dimensions ? convolution(given, dimensions, lazy, sized[2] === "ConvTranspose") : undefined;
		case "BatchNorm":
		case "SyncBatchNorm":
			if (!dimensions && sized[2] === "BatchNorm") return undefined;
			return normalisationByChannel("batch", given, lazy, true);
		case "InstanceNorm":
			return normalisationByChannel("instance", given, lazy, false);
		case "GroupNorm": {
			const a = new Given(given, "num_groups num_channels eps affine");
			const made = normalisation(
				"group",
				a.number("num_channels"),
				a.number("eps", 1e-5),
				a.truth("affine", true),
				true,
			);
			return {
				...made,
				steps: (slots) => [groupStep(a.number("num_channels"), a.number("num_groups"), a.number("eps", 1e-5), slots)],
			};
		}
		case "LayerNorm": {
			const a = new Given(given, "normalized_shape eps elementwise_affine bias");
			const bias = a.truth("bias", true) !== false;
			return normalisation(
				"layer",
				sizeOf(a),
				a.number("eps", 1e-5),
				a.truth("elementwise_affine", true),
				bias,
				shapeOf(a),
			);
		}
		case "RMSNorm": {
			const a = new Given(given, "normalized_shape eps elementwise_affine");
			// Without one it is the smallest step of the type, which is float32's by default.
			const epsilon = a.optional("eps", null);
			const number = epsilon === null ? 2 ** -23 : (epsilon ?? null);
			return normalisation("rms", sizeOf(a), number, a.truth("elementwise_affine", true), false, shapeOf(a));
		}
		case "Dropout":
		case "FeatureAlphaDropout":
		case "AlphaDropout": {
			const rate = new Given(given, "p inplace").number("p", 0.5);
			return {
				steps: () => [plainStep({ kind: "dropout", rate, alpha: sized[2] !== "Dropout" })],
				attributes: { p: rate },
			};
		}
		case "MaxPool":
		case "AvgPool":
		case "AdaptiveMaxPool":
		case "AdaptiveAvgPool":
		case "FractionalMaxPool":
			if (!dimensions) return undefined;
			return { steps: () => [poolStep(/Max/.test(name) ? "maximum" : "average", torchPool(name, given, dimensions))] };
		case "Flatten": {
			const a = new Given(given, "start_dim end_dim");
			const [from, until] = [sampleAxis(a.number("start_dim", 1)), sampleAxis(a.number("end_dim", -1))];
			return { steps: () => [from === null || until === null ? reshapeStep("flatten") : flattenStep(from, until)] };
		}
		case "Unflatten": {
			const a = new Given(given, "dim unflattened_size");
			const [axis, sizes] = [sampleAxis(a.number("dim")), a.shape("unflattened_size")];
			return { steps: () => [reshapeStep(name, axis === null || !sizes ? null : { to: "unflat", axis, sizes })] };
		}
		case "PixelShuffle": {
			const by = new Given(given, "upscale_factor").number("upscale_factor");
			return { steps: () => [reshapeStep(name, by === null ? null : { to: "pixels", by })] };
		}
		case "PixelUnshuffle":
		case "ChannelShuffle":
		case "Fold":
			return { steps: () => [reshapeStep(name)] };
		case "Unfold": {
			const parts = imageWindows(new Given(given, "kernel_size dilation padding stride"));
			return { steps: () => (parts ? parts.map((how) => reshapeStep("unfold", how)) : [reshapeStep(name)]) };
		}
		case "Upsample":
		case "UpsamplingNearest":
		case "UpsamplingBilinear": {
			const a = new Given(
				given,
				sized[2] === "Upsample" ? "size scale_factor mode align_corners" : "size scale_factor",
			);
			const linear = sized[2] === "UpsamplingBilinear";
			const mode = linear ? "bilinear" : a.text("mode", "nearest");
			const resized = resizeStep(
				a.thing("size"),
				a.thing("scale_factor"),
				mode,
				linear || a.truth("align_corners", false),
			);
			return { steps: () => [resized.kind === "unknown" ? opaqueStep(resized) : plainStep(resized)] };
		}
		case "ConstantPad":
			return padding(new Given(given, "padding value").number("value") === 0 ? dimensions : null, given);
		case "ZeroPad":
			return padding(dimensions, given);
		case "ReflectionPad":
			return padding(dimensions, given, "mirrored");
		case "ReplicationPad":
			return padding(dimensions, given, "last");
		case "CircularPad":
			return padding(dimensions, given, "around");
		case "Embedding": {
			const a = new Given(given, "num_embeddings embedding_dim padding_idx max_norm");
			const [count, outputs] = [a.number("num_embeddings"), a.number("embedding_dim")];
			return {
				slots: { weight: { initialisation: byDefault(normalDraw(0, 1)), axes: 2 } },
				steps: (slots) => [embeddingStep(count, outputs, slots)],
				attributes: { num_embeddings: count, embedding_dim: outputs },
			};
		}
		default:
			return undefined;
	}
}

function groupStep(
	features: number | null,
	groups: number | null,
	epsilon: number | null,
	slots: ReadonlyMap<string, Slot>,
): LayerStep {
	return normalisationStep("group", features, epsilon, slots, "first", groups);
}

/** What a pool of a name such as "AvgPool2d" takes together; null where that is not known. */
export function torchPool(name: string, given: Arguments, dimensions: 1 | 2 | 3): Pooled | null {
	if (/^Fractional/.test(name)) return null;
	if (/^Adaptive/.test(name)) {
		const size = new Given(given, "output_size").thing("output_size");
		const sizes =
			size?.kind === "list" ? (size.open ? [] : size.items) : Array.from({ length: dimensions }, () => size);
		const to = sizes.map((each) => (each?.kind === "none" ? null : (numberOf(each) ?? undefined)));
		if (to.length !== dimensions || to.includes(undefined)) return null;
		return { kind: "adaptive", to: to as (number | null)[], channels: "first" }; // Undefined is looked for.
	}
	const isMaximum = /^Max/.test(name);
	const a = new Given(
		given,
		isMaximum
			? "kernel_size stride padding dilation return_indices ceil_mode"
			: "kernel_size stride padding ceil_mode count_include_pad divisor_override",
	);
	const divisor = a.thing("divisor_override");
	if (!isMaximum && divisor && divisor.kind !== "none") return null;
	const names = { kernel: "kernel_size", stride: "stride", padding: "padding" };
	const countsPadding = !isMaximum && a.truth("count_include_pad", true) !== false;
	return poolWindows(a, dimensions, names, { channels: "first", countsPadding });
}

/** Values between those of the places, as `nn.Upsample` and `interpolate` make them. */
export function resizeStep(
	size: Thing | undefined,
	factor: Thing | undefined,
	mode: string | null,
	corners: boolean | undefined,
): Step {
	const of = mode === "nearest" ? "nearest" : /^(bi|tri)?linear$/.test(mode ?? "") ? "linear" : null;
	if (of === null) return { kind: "unknown", what: "interpolation", reason: `the mode ${mode ?? ""} is not followed` };
	const given = (thing: Thing | undefined) => (thing && thing.kind !== "none" ? thing : undefined);
	const numbers = (thing: Thing) => (thing.kind === "list" ? thing.items : [thing]).map((each) => numberOf(each));
	const [to, by] = [given(size), given(factor)];
	return {
		kind: "resize",
		of,
		by: by ? numbers(by) : null,
		to: to ? numbers(to) : null,
		alignCorners: of === "linear" && corners === true,
		channels: "first",
	};
}

/** A layer that puts places around those of an image; null dimensions where it puts something that is not followed. */
function padding(dimensions: number | null, given: Arguments, beyond?: Beyond): Made {
	const by = dimensions && new Given(given, "padding").axes("padding", 2 * dimensions, null);
	return { steps: () => [paddingStep(by || null, beyond)] };
}

/** Places more, in pairs from the last axis on; the features stay. */
function paddingStep(by: readonly (number | null)[] | null, beyond?: Beyond): LayerStep {
	const how = by && ({ to: "padded", by, ...(beyond && { beyond }) } as const);
	return { ...reshapeStep("padding", how), features: (features) => features };
}

function linear(a: Given, lazy: boolean): Made {
	const inputs = lazy ? null : a.number("in_features");
	const outputs = a.number("out_features");
	return {
		slots: {
			weight: weightSlot([outputs, inputs]),
			bias: biasSlot(a.truth("bias", true), () => biasWithin(inputs)),
		},
		steps: (slots) => [linearStep(lazy ? "fed" : inputs, outputs, slots)],
		attributes: { in_features: inputs, out_features: outputs },
	};
}

function convolution(given: Arguments, dimensions: 1 | 2 | 3, lazy: boolean, transposed: boolean): Made {
	const order = transposed
		? "in_channels out_channels kernel_size stride padding output_padding groups bias dilation padding_mode"
		: "in_channels out_channels kernel_size stride padding dilation groups bias padding_mode";
	const a = new Given(given, lazy ? order.replace("in_channels ", "") : order);
	const inputs = lazy ? null : a.number("in_channels");
	const outputs = a.number("out_channels");
	const kernel = a.axes("kernel_size", dimensions, null);
	const stride = a.axes("stride", dimensions, 1);
	const groups = a.number("groups", 1);
	// What a weight counts as its inputs are its second axis: for a transposed convolution those are the outputs.
	const second = transposed ? outputs : inputs;
	const inGroup = second === null || groups === null ? null : second / groups;
	const fan = productOf([inGroup, ...kernel]);
	const mode = a.text("padding_mode", "zeros") ?? "";
	const [beyond, padding] = [beyondOf(mode), a.padding("padding", dimensions)];
	// What is no zeros is put around the places before the windows move over them.
	const around = beyond && !transposed && padding !== "same" ? padding.toReversed().flatMap((by) => [by, by]) : null;
	const inWindows = mode === "zeros" ? padding : Array.from({ length: dimensions }, () => (around ? 0 : null));
	return {
		slots: {
			weight: weightSlot([transposed ? inputs : outputs, inGroup, ...kernel]),
			bias: biasSlot(a.truth("bias", true), () => biasWithin(fan)),
		},
		steps: (slots) => [
			...(around ? [{ ...paddingStep(around, beyond), suffix: "padding" }] : []),
			convolutionStep(
				{
					dimensions,
					transposed,
					inputs: lazy ? "fed" : inputs,
					outputs,
					kernel,
					stride,
					dilation: a.axes("dilation", dimensions, 1),
					groups,
					padding: inWindows,
					channels: "first",
					...(transposed && { outputPadding: a.axes("output_padding", dimensions, 0) }),
				},
				slots,
			),
		],
		attributes: {
			in_channels: inputs,
			out_channels: outputs,
			groups,
			kernel_size: kernel,
			stride,
			dilation: a.axes("dilation", dimensions, 1),
		},
	};
}

/** A weight of these sizes as PyTorch draws it by default. */
function weightSlot(sizes: readonly (number | null)[]): Slot {
	return { initialisation: byDefault(scaledDraw(1 / 3, "in", "uniform")), axes: sizes.length, sizes };
}

/** PyTorch draws a bias between ±1/√fan, whatever the weight is. */
function biasWithin(fan: number | null): Slot {
	const bound = fan === null ? null : 1 / Math.sqrt(fan);
	const draw = bound === null ? scaledDraw(1 / 3, "in", "uniform") : uniformDraw(-bound, bound);
	return { initialisation: byDefault(draw), axes: 1 };
}

function sizeOf(a: Given): number | null {
	return productOf(shapeOf(a));
}

function shapeOf(a: Given): Shape {
	const only = a.number("normalized_shape");
	return only === null ? a.shape("normalized_shape") : [only];
}

/** Sizes as code reads them: a tuple. */
export function sizesThing(sizes: readonly (number | null)[]): Thing {
	return listThing(
		sizes.map((each) => (each === null ? unknown("a size is not known") : numberThing(each))),
		true,
	);
}

function normalisationByChannel(of: "batch" | "instance", given: Arguments, lazy: boolean, affine: boolean): Made {
	const order = "num_features eps momentum affine track_running_stats";
	const a = new Given(given, lazy ? order.replace("num_features ", "") : order);
	const features = lazy ? null : a.number("num_features");
	return normalisation(of, features, a.number("eps", 1e-5), a.truth("affine", affine), true);
}

function normalisation(
	of: "batch" | "layer" | "group" | "instance" | "rms",
	features: number | null,
	epsilon: number | null,
	affine: boolean | undefined,
	hasBias: boolean,
	shape: Shape = null,
): Made {
	const slot = (initialisation: Initialisation): Slot | null => (affine === false ? null : { initialisation, axes: 1 });
	return {
		slots: { weight: slot(byDefault(ONES)), bias: hasBias ? slot(byDefault(ZEROS)) : null },
		steps: (slots) => [normalisationStep(of, features, epsilon, slots, "first")],
		attributes: {
			...(of === "layer" || of === "rms" ? { normalized_shape: shape } : { num_features: features }),
			eps: epsilon,
		},
	};
}
