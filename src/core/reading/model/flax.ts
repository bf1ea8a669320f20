import { canonicalName, resolveName } from "../../activations/libraries/resolve.ts";
import { applyLayer } from "./applyLayer.ts";
import { methodOf } from "./classes.ts";
import {
	biasSlot,
	byDefault,
	constantDraw,
	normalDraw,
	ONES,
	scaledDraw,
	uniformDraw,
	unknownDraw,
	ZEROS,
} from "./draws.ts";
import { flaxAttention, flaxMask } from "./flaxAttention.ts";
import { flaxNorm } from "./flaxNorms.ts";
import { flaxRecurrent } from "./flaxRecurrent.ts";
import { Given, shapeOf } from "./given.ts";
import { varianceScaling } from "./kerasInitialisers.ts";
import {
	activationStep,
	convolutionStep,
	embeddingStep,
	linearStep,
	normalisationStep,
	opaqueStep,
	plainStep,
	poolWindows,
} from "./layerSteps.ts";
import type { Library, Machine } from "./machine.ts";
import { iterate } from "./members.ts";
import type { Draw } from "./model.ts";
import {
	type Arguments,
	type GraphNode,
	type Initialiser,
	type Instance,
	type Layer,
	type LayerStep,
	listThing,
	NONE,
	positional,
	type Site,
	type Slot,
	type Thing,
	unknown,
} from "./thing.ts";

/** Flax, linen and nnx: modules with `setup` or `__init__`, layers, and JAX' initialisers. */
export const flax: Library = {
	call: (machine, dotted, given, site) => {
		const name = canonicalName(dotted);
		const initialiser = jaxInitialiser(name, given);
		if (initialiser) return { kind: "initialiser", draw: initialiser };
		if (!name.startsWith("flax.")) return undefined;
		return callFlax(machine, name, given, site);
	},
	method: (machine, object, name, given, site) => {
		if (object.kind === "layer" && object.type.startsWith("flax.")) {
			return name === "__call__" ? applied(machine, object, given, site) : undefined;
		}
		if (object.kind === "super") {
			return object.self.kind === "instance" && isFlax(object.self) && name === "__init__" ? NONE : undefined;
		}
		if (object.kind !== "instance" || !isFlax(object)) return undefined;
		if (name === "param") return parameter(given, site);
		if (name !== "__call__") return undefined;
		return callModule(machine, object, given, site);
	},
};

/** A parameter of a module's own, `self.param(name, initialiser, shape)`; undefined where its draw counts fans. */
function parameter({ positional: [label, initialiser, shape], named, open }: Arguments, site: Site): Thing | undefined {
	if (!initialiser || !shape || open || named.size > 0) return undefined;
	const { draw } = slotOf(initialiser, () => ZEROS, 0).initialisation;
	const sizes = shapeOf(shape);
	if (!sizes || !/^(zeros|constant|normal|uniform)$/.test(draw.kind)) return undefined;
	const slot: Slot = { initialisation: { explicit: true, span: site.span, draw }, axes: sizes.length, sizes };
	return { kind: "slot", slot, name: label?.kind === "string" ? label.value : "", site };
}

function isFlax(instance: Instance): boolean {
	return instance.base !== null && canonicalName(instance.base).startsWith("flax.");
}

function callModule(machine: Machine, object: Instance, given: Arguments, site: Site): Thing | undefined {
	const list = object.attributes.get("layers");
	if (!object.class && list) return runLayers(machine, list, given, site);
	const setup = methodOf(object, "setup");
	if (setup && !object.attributes.has(SET_UP)) {
		machine.journal.write(object.attributes, SET_UP, NONE);
		machine.call(setup, positional(), site, "setup");
	}
	const method = methodOf(object, "__call__");
	return method && machine.call(method, given, site, "__call__");
}

/** Says that an object's `setup` has run. */
const SET_UP = "(set up)";

function runLayers(machine: Machine, list: Thing, given: Arguments, site: Site): Thing {
	const items = iterate(machine, list);
	let [value] = given.positional;
	if (!value) return unknown("a sequence without input");
	if ("kind" in items) return machine.unknownNode("layers", items.reason, [value], site);
	for (const [i, item] of items.entries()) value = machine.call(item, positional(value), site, `layers.${i}`);
	return value;
}

/** A dropout that is told to be deterministic does nothing. */
function applied(machine: Machine, layer: Layer, given: Arguments, site: Site): Thing {
	const deterministic = given.named.get("deterministic");
	const [first] = given.positional;
	if (deterministic?.kind === "boolean" && deterministic.value && /Dropout$/.test(layer.type) && first) return first;
	if (layer.apply) return applyLayer(machine, layer, given, site);
	return applyLayer(machine, layer, { ...given, positional: given.positional.slice(0, 1), named: new Map() }, site);
}

function callFlax(machine: Machine, name: string, given: Arguments, site: Site): Thing | undefined {
	const last = name.slice(name.lastIndexOf(".") + 1);
	const isNnx = name.startsWith("flax.nnx.");
	const [first] = given.positional;
	switch (last) {
		case "compact":
		case "nowrap":
		case "remat":
		case "jit":
			return first;
		case "Rngs":
			return unknown("random numbers");
		case "List":
			return first;
		case "Sequential": {
			const layers = isNnx ? listThing(given.positional) : (first ?? given.named.get("layers"));
			const attributes = new Map<string, Thing>(
				layers ? [["layers", given.open && isNnx ? { ...listThing(given.positional), open: given.open } : layers]] : [],
			);
			return {
				kind: "instance",
				class: null,
				base: "flax.linen.Module",
				site,
				attributes,
				parts: [],
				open: null,
				plain: true,
			};
		}
		case "max_pool":
		case "avg_pool":
			if (first?.kind !== "tensor") return undefined;
			return pooled(machine, first.node, last, { ...given, positional: given.positional.slice(1) }, site);
		default:
	}
	const mask = flaxMask(last, given);
	if (mask) return mask;
	const made: Made | undefined = severalSteps(last, given, isNnx) ?? madeBy(last, given, isNnx);
	if (!made) return undefined;
	const label = given.named.get("name");
	return {
		kind: "layer",
		type: name,
		site,
		name: label?.kind === "string" ? label.value : null,
		attributes: new Map(),
		slots: made.slots ?? new Map(),
		steps: made.steps,
		...(made.apply && { apply: made.apply }),
		...(made.recurrent && { recurrent: made.recurrent }),
		built: null,
	};
}

/** Layers that are more than steps behind each other. */
function severalSteps(name: string, given: Arguments, isNnx: boolean): Made | undefined {
	const made =
		flaxRecurrent(name, given, isNnx, slotOf) ??
		flaxAttention(name, given, isNnx, slotOf) ??
		(isNnx ? undefined : flaxNorm(name, given));
	return made && { ...made, steps: () => [] };
}

function pooled(machine: Machine, node: GraphNode, name: string, given: Arguments, site: Site): Thing {
	const a = new Given(given, "window_shape strides padding count_include_pad");
	const size = a.thing("window_shape");
	const count = size?.kind === "list" && !size.open ? size.items.length : null;
	const countsPadding = a.truth("count_include_pad", true) !== false;
	const names = { kernel: "window_shape", stride: "strides", padding: "padding" };
	const over = count === null ? null : poolWindows(a, count, names, { channels: "last", countsPadding, stride: 1 });
	return machine.node(() => ({ kind: "pool", of: name === "max_pool" ? "maximum" : "average", over }), [node], site, {
		suffix: name,
		features: node.features,
	});
}

interface Made {
	readonly slots?: ReadonlyMap<string, Slot>;
	readonly steps: (slots: ReadonlyMap<string, Slot>) => readonly LayerStep[];
	readonly apply?: Layer["apply"];
	readonly recurrent?: Layer["recurrent"];
}

const DENSE = "features use_bias dtype param_dtype precision kernel_init bias_init";
const CONVOLUTION =
	"features kernel_size strides padding input_dilation kernel_dilation feature_group_count use_bias mask dtype param_dtype precision kernel_init bias_init";

function madeBy(name: string, given: Arguments, isNnx: boolean): Made | undefined {
	switch (name) {
		case "Dense":
		case "Linear": {
			if (isNnx !== (name === "Linear")) return undefined;
			const a = new Given(given, isNnx ? "in_features out_features" : DENSE);
			const outputs = a.number(isNnx ? "out_features" : "features");
			const inputs = isNnx ? a.number("in_features") : "fed";
			return { slots: weights(a, 2), steps: (slots) => [linearStep(inputs, outputs, slots)] };
		}
		case "Conv":
			return convolution(given, isNnx);
		case "BatchNorm": {
			const a = new Given(given, isNnx ? "num_features" : "use_running_average axis momentum epsilon");
			return normalisation("batch", isNnx ? a.number("num_features") : "fed", a, 1e-5);
		}
		case "LayerNorm":
		case "RMSNorm": {
			const a = new Given(given, isNnx ? "num_features" : "epsilon");
			return normalisation(name === "RMSNorm" ? "rms" : "layer", isNnx ? a.number("num_features") : "fed", a, 1e-6);
		}
		case "GroupNorm": {
			const a = new Given(given, isNnx ? "num_features num_groups" : "num_groups group_size epsilon");
			// A size of the groups stands in the place of their number.
			const groups = a.has("group_size") ? null : a.number("num_groups", 32);
			return normalisation("group", isNnx ? a.number("num_features") : "fed", a, 1e-6, groups);
		}
		case "Dropout": {
			const rate = new Given(given, "rate").number("rate");
			return { steps: () => [plainStep({ kind: "dropout", rate, alpha: false })] };
		}
		case "Embed": {
			const a = new Given(given, "num_embeddings features");
			const [count, outputs] = [a.number("num_embeddings"), a.number("features")];
			// Variance scaling over what it counts as inputs, which are the features.
			const draw =
				outputs === null ? unknownDraw("the number of features is not known") : normalDraw(0, 1 / Math.sqrt(outputs));
			const slot = slotOf(a.thing("embedding_init"), () => draw, 2);
			return { slots: new Map([["weight", slot]]), steps: (slots) => [embeddingStep(count, outputs, slots)] };
		}
		case "DenseGeneral":
		case "LinearGeneral":
		case "Einsum":
		case "ConvTranspose":
		case "ConvLocal":
			return { steps: () => [opaqueStep({ kind: "unknown", what: `nn.${name}`, reason: "it is not followed" })] };
		case "PReLU": {
			const entry = resolveName("flax.linen.PReLU");
			return entry && { steps: () => [plainStep(activationStep(entry, positional()))] };
		}
		default:
			return undefined;
	}
}

function convolution(given: Arguments, isNnx: boolean): Made {
	const a = new Given(given, isNnx ? "in_features out_features kernel_size strides" : CONVOLUTION);
	const size = a.thing("kernel_size");
	const count = size?.kind === "list" && !size.open ? size.items.length : size?.kind === "number" ? 1 : 0;
	if (count < 1 || count > 3) {
		const reason = "its kernel's size is not known";
		return { steps: () => [opaqueStep({ kind: "unknown", what: "nn.Conv", reason })] };
	}
	const dimensions = count as 1 | 2 | 3; // Looked at above.
	const padding = a.has("padding") ? a.padding("padding", dimensions) : "same";
	return {
		slots: weights(a, dimensions + 2),
		steps: (slots) => [
			convolutionStep(
				{
					dimensions,
					transposed: false,
					inputs: isNnx ? a.number("in_features") : "fed",
					outputs: a.number(isNnx ? "out_features" : "features"),
					kernel: a.axes("kernel_size", dimensions, null),
					stride: a.axes("strides", dimensions, 1),
					dilation: a.axes("kernel_dilation", dimensions, 1),
					groups: a.number("feature_group_count", 1),
					padding,
					channels: "last",
				},
				slots,
			),
		],
	};
}

function weights(a: Given, axes: number): ReadonlyMap<string, Slot> {
	const slots = new Map<string, Slot>([
		["weight", slotOf(a.thing("kernel_init"), () => scaledDraw(1, "in", "truncated-normal"), axes)],
	]);
	const bias = biasSlot(a.truth("use_bias", true), () => slotOf(a.thing("bias_init"), () => ZEROS, 1));
	if (bias) slots.set("bias", bias);
	return slots;
}

function slotOf(thing: Thing | undefined, otherwise: () => Draw, axes: number): Slot {
	if (thing === undefined) return { initialisation: byDefault(otherwise()), axes };
	return { initialisation: { explicit: true, span: null, draw: drawOf(thing) }, axes };
}

function drawOf(thing: Thing): Draw {
	if (thing.kind === "initialiser") return thing.draw("plain");
	// `nn.initializers.zeros` is itself an initialiser; most others make one.
	if (thing.kind === "library") {
		const name = thing.name.slice(thing.name.lastIndexOf(".") + 1);
		if (/^zeros(_init)?$/.test(name)) return ZEROS;
		if (/^ones(_init)?$/.test(name)) return ONES;
	}
	return unknownDraw(thing.kind === "unknown" ? thing.reason : "the initialiser is not known");
}

function normalisation(
	of: "batch" | "layer" | "rms" | "group",
	features: number | null | "fed",
	a: Given,
	epsilon: number,
	groups?: number | null,
): Made {
	const slots = new Map<string, Slot>();
	if (a.truth("use_scale", true) !== false)
		slots.set(
			"weight",
			slotOf(a.thing("scale_init"), () => ONES, 1),
		);
	if (of !== "rms" && a.truth("use_bias", true) !== false)
		slots.set(
			"bias",
			slotOf(a.thing("bias_init"), () => ZEROS, 1),
		);
	return {
		slots,
		steps: (own) => [normalisationStep(of, features, a.number("epsilon", epsilon), own, "last", groups)],
	};
}

/** An initialiser that `jax.nn.initializers` makes. */
function jaxInitialiser(name: string, given: Arguments): Initialiser | undefined {
	const match = /^(?:jax\.nn|flax\.linen|flax\.nnx|jax\._src\.nn)\.initializers\.(\w+)$/.exec(name);
	switch (match?.[1]) {
		case "zeros_init":
			return () => ZEROS;
		case "ones_init":
			return () => ONES;
		case "constant": {
			const draw = constantDraw(new Given(given, "value").number("value"));
			return () => draw;
		}
		case "normal": {
			const draw = normalDraw(0, new Given(given, "stddev").number("stddev", 1e-2));
			return () => draw;
		}
		case "truncated_normal": {
			const a = new Given(given, "stddev dtype lower upper");
			const [low, high] = [a.number("lower", -2), a.number("upper", 2)];
			const draw =
				low === null || high === null
					? unknownDraw("where a normal is cut is not known")
					: normalDraw(0, a.number("stddev", 1e-2), [low, high]);
			return () => draw;
		}
		case "uniform": {
			const scale = new Given(given, "scale").number("scale", 1e-2);
			const draw = uniformDraw(scale === null ? null : 0, scale);
			return () => draw;
		}
		case "lecun_normal":
			return varianceScaling(1, "fan_in", "truncated_normal");
		case "lecun_uniform":
			return varianceScaling(1, "fan_in", "uniform");
		case "he_normal":
		case "kaiming_normal":
			return varianceScaling(2, "fan_in", "truncated_normal");
		case "he_uniform":
		case "kaiming_uniform":
			return varianceScaling(2, "fan_in", "uniform");
		case "glorot_normal":
		case "xavier_normal":
			return varianceScaling(1, "fan_avg", "truncated_normal");
		case "glorot_uniform":
		case "xavier_uniform":
			return varianceScaling(1, "fan_avg", "uniform");
		case "variance_scaling": {
			const a = new Given(given, "scale mode distribution");
			const distribution = a.text("distribution");
			// What JAX calls "normal" is not cut.
			return varianceScaling(
				a.number("scale"),
				a.text("mode"),
				distribution === "normal" ? "untruncated_normal" : distribution,
			);
		}
		case "orthogonal": {
			const gain = new Given(given, "scale").number("scale", 1);
			return () => (gain === null ? unknownDraw("the gain is not known") : { kind: "orthogonal", gain });
		}
		default:
			return undefined;
	}
}
