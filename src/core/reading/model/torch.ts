import { canonicalName, resolveString } from "../../activations/libraries/resolve.ts";
import { isAct2fn, namedActivationCall } from "../code/namedActivation.ts";
import { forgetInitialisation } from "./calls.ts";
import { unknownDraw } from "./draws.ts";
import { Given } from "./given.ts";
import { isInPlace, putInPlace, spoilt, worksInPlace } from "./inPlace.ts";
import { keptBySlot, keptMethod } from "./kept.ts";
import { activationStep, plainStep } from "./layerSteps.ts";
import { hasBatchAt } from "./layout.ts";
import type { Library, Machine } from "./machine.ts";
import { elementOf } from "./members.ts";
import { mmcv } from "./mmcv.ts";
import { drawnNoise } from "./noise.ts";
import { ofConstant } from "./ofWeights.ts";
import { leftOut, masking } from "./operators.ts";
import { parameterValue } from "./parameterValue.ts";
import {
	type Arguments,
	booleanThing,
	type Layer,
	type LayerStep,
	listThing,
	MASK,
	NONE,
	numberOf,
	numberThing,
	positional,
	type Site,
	settled,
	type Thing,
	unknown,
} from "./thing.ts";
import { attention } from "./torchAttention.ts";
import { spreadFunction, torchFunction, torchMethod } from "./torchFunctions.ts";
import { calculated } from "./torchGains.ts";
import { fill, initialise, madeLike, madeTensor } from "./torchInit.ts";
import {
	CONTAINER,
	canonicalBase,
	container,
	emptyInstance,
	isTorch,
	layerMethod,
	moduleMethod,
	modulesOf,
	superMethod,
} from "./torchInstances.ts";
import { sizesThing, torchLayer } from "./torchModules.ts";
import { reparametrise } from "./torchNorms.ts";
import { PACKED } from "./torchRecurrent.ts";
import { hasAttribute, isInstance, typeOf } from "./torchTypes.ts";

/** What leaves a function or module what it computes. */
const TRANSPARENT =
	/^torch\.(jit\.\w+|compile|no_grad|enable_grad|inference_mode|compiler\.disable|nn\.DataParallel|nn\.parallel\.DistributedDataParallel|nn\.utils\.(parametrizations\.)?(weight_norm|spectral_norm|orthogonal)|fx\.wrap)$/;

/** What is made of others, by the names that libraries have for it. */
const MADE_OF_OTHERS = [
	[/^torch\.nn\.(functional\.|Transformer\.)?\w+$/, attention],
	[/^mmcv\.cnn\.\w+$/, mmcv],
] as const;

/** PyTorch: modules, containers, functions, methods of tensors, and initialisation. */
export const torch: Library = {
	call: callTorch,
	method: (machine, object, name, given, site) => {
		switch (object.kind) {
			case "instance":
				return isTorch(object) ? moduleMethod(machine, object, name, given, site) : undefined;
			case "super":
				return superMethod(machine, object, name, given, site);
			case "layer":
				return object.type.startsWith("torch.") ? layerMethod(machine, object, name, given, site) : undefined;
			case "library":
				// Transformers' table of activations.
				return name === "__getitem__" && isAct2fn(object.name) ? namedActivation(given.positional[0], site) : undefined;
			case "slot":
				return slotMethod(machine, object, name, given, site);
			case "triangle":
				return object;
			case "mask":
				return maskMethod(object, name);
			case "kept":
				return keptMethod(machine, object, name, given);
			case "spread":
				return spreadFunction(machine, name, object, given.positional[0], site);
			case "tensor": {
				if (site.file.resolver.language.numbers === "javascript") return undefined;
				const made = torchMethod(machine, object, name, given, site);
				if (!isInPlace(name)) return made;
				return made ? putInPlace(machine, object, made) : spoilt(machine, object, name, given, site);
			}
			default:
				return undefined;
		}
	},
	attribute: (machine, object, name) => {
		if (object.kind === "tensor" && /^(T|mT|H|mH)$/.test(name)) {
			return machine.node(() => ({ kind: "reshape", what: name, how: null }), [object.node], object.node.site, {
				suffix: name,
			});
		}
		if (object.kind === "tensor" && name === "data") return object;
		// What runs on another device computes the same.
		if (name === "is_cuda" && /^(tensor|slot)$/.test(object.kind)) return booleanThing(false);
		if (object.kind === "instance" && isTorch(object)) {
			if (name === "training") return booleanThing(true);
			if (name === "_modules") return modulesOf(object);
		}
		if (object.kind === "layer") {
			const slot = object.slots.get(name);
			const held = object.attributes.get(name);
			if (held) return held;
			if (slot) return { kind: "slot", slot: settled(slot), name, site: object.site };
			if (name === "training") return booleanThing(true);
			if (name === "__class__") return { kind: "library", name: object.type };
			return undefined;
		}
		if (object.kind === "triangle" && name === "dtype") {
			return { kind: "library", name: object.by === "ones" ? "torch.bool" : "torch.float32" };
		}
		if (object.kind === "slot" && name === "data") return object;
		if (object.kind === "slot" && name === "shape") return sizesOfWeight(object);
		if (object.kind === "slot" && (name === "device" || name === "dtype")) return unknown(name);
		if (object.kind === "slot" && name === "ndim" && object.slot.axes !== null) return numberThing(object.slot.axes);
		if (object.kind === "slot" && name === "requires_grad") return booleanThing(true);
		if (object.kind === "instance" && object.base !== null && name === "__class__") {
			return { kind: "library", name: canonicalBase(object) };
		}
		return undefined;
	},
};

function callTorch(machine: Machine, dotted: string, given: Arguments, site: Site): Thing | undefined {
	const name = canonicalName(dotted);
	const [first] = given.positional;
	if (name === "isinstance" || name === "issubclass") return isInstance(given);
	if (name === "type" && first) return typeOf(first);
	if (name === "hasattr" && first) return hasAttribute(machine, first, given.positional[1], site);
	if (CONTAINER.test(name)) return container(machine, name, given, site);
	if (/(^|\.)(trunc_normal_|lecun_normal_|trunc_normal_tf_)$/.test(name)) {
		const known = name.endsWith("trunc_normal_tf_") ? undefined : initialise(machine, lastName(name), given, site);
		if (known) return known;
		if (first) forgetInitialisation(machine, first, `${lastName(name)} is not followed`, site);
		return first;
	}
	if (name.startsWith("torch.nn.init."))
		return calculated(lastName(name), given) ?? initialise(machine, lastName(name), given, site);
	if (name === "torch.nn.Parameter" || name === "torch.nn.parameter.Parameter") return parameter(given, site);
	if (name === "torch.nn.Module") return emptyInstance(name, site);
	if (name === "activation_lens.hidden") return hidden(machine, given, site);
	const packed = sequences(machine, name, given, site);
	if (packed) return packed;
	if (name === "activation_lens.along_the_batch") {
		return machine.unknownNode("attention", "it goes along the batch, as batch_first says", given.positional, site);
	}
	if (name === "activation_lens.has_batch_at") {
		const at = numberOf(given.positional[1]);
		return booleanThing(first?.kind !== "tensor" || at === null || hasBatchAt(machine, first.node, at));
	}
	if (name === "activation_lens.batch_of") return first?.kind === "tensor" ? numberThing(first.node.batch ?? 0) : NONE;
	if (name === "activation_lens.with_batch") return withBatch(machine, first, numberOf(given.positional[1]), site);
	const code = MADE_OF_OTHERS.find(
		([names, { names: defined }]) => names.test(name) && defined.has(lastName(name)),
	)?.[1];
	if (code) return machine.call(machine.inFile(code.file(), lastName(name)), given, site, lastName(name));
	if (namedActivationCall(name)?.library === "transformers") return namedActivation(first, site);
	// What is read is what runs, not what a compiler or tracer is given.
	if (
		/^torch\.(jit\.is_(scripting|tracing)|compiler\.is_\w+|onnx\.is_in_onnx_export|_dynamo\.is_compiling)$/.test(name)
	) {
		return booleanThing(false);
	}
	// By its default it is; what it says is only which code computes the same.
	if (name === "timm.layers.use_fused_attn") return booleanThing(given.positional.length + given.named.size === 0);
	if (TRANSPARENT.test(name)) {
		if (name.startsWith("torch.nn.utils.") && first && !reparametrise(machine, name, given, site))
			forgetInitialisation(machine, first, `the weight is made of others by ${lastName(name)}`, site);
		return first ?? { kind: "library", name: "functools.update_wrapper" };
	}
	if (/^torch\.nn\.utils\.(parametrize\.register_parametrization|prune\.\w+)$/.test(name) && first) {
		forgetInitialisation(machine, first, `the weight is made of others by ${lastName(name)}`, site);
		return first;
	}
	if (name === "torch.autograd.Variable" && first) return first;
	if (name === "torch.nn.parallel.data_parallel" && first && given.positional[1]) {
		return machine.call(first, positional(given.positional[1]), site, "data_parallel");
	}
	if (name === "torch.utils.checkpoint.checkpoint" && first) {
		return machine.call(
			first,
			{ ...given, positional: given.positional.slice(1), named: new Map() },
			site,
			"checkpoint",
		);
	}
	if (name === "numpy.linspace") return linspace(given);
	const noise = drawnNoise(machine, name, given, site);
	if (noise) return noise;
	if (/^torch\.\w+$/.test(name)) {
		const like = first?.kind === "tensor" ? madeLike(lastName(name), first.node, given) : undefined;
		const slot = like ?? madeTensor(lastName(name), given);
		if (slot) return { kind: "slot", slot, name: "a tensor", site };
		if (name === "torch.is_tensor" && first)
			return isInstance(positional(first, { kind: "library", name: "torch.Tensor" }));
		if (name === "torch.is_grad_enabled") return unknown(name);
		if (name === "torch.linspace") return linspace(given);
	}
	const layer = torchLayer(dotted, given, site) ?? rearrangement(name, given);
	if (layer) return layer;
	const made = torchFunction(machine, dotted, given, site);
	const isChanged = made && /^torch\./.test(name) && worksInPlace(name, given);
	return isChanged ? putInPlace(machine, first ?? given.named.get("input"), made) : made;
}

/** What of scores a mask leaves: not what it marks, or adds −∞ to; of one of data all are taken to count. */
function hidden(machine: Machine, { positional: [scores, mask] }: Arguments, site: Site): Thing | undefined {
	if (scores?.kind !== "tensor" || !mask) return undefined;
	if (mask.kind !== "triangle") return leftOut(machine, scores, site);
	return masking(machine, scores, mask, mask.by === "ones" ? "filled" : "added", site);
}

/** What is read of a mask tells nothing; all else is a mask again. */
function maskMethod(mask: Thing, name: string): Thing {
	if (/^(size|dim|sum|any|all|item|nonzero|numel|mean)$/.test(name)) return unknown(`${name} of a mask`);
	return /^(to|float|double|half|cuda|cpu|detach|clone|contiguous)$/.test(name) ? mask : MASK;
}

/** Sequences of different lengths in one value: as if all were as long as the longest. */
function sequences(machine: Machine, name: string, given: Arguments, site: Site): Thing | undefined {
	const last = /^torch\.nn\.utils\.rnn\.(\w+)$/.exec(name)?.[1];
	const [input] = given.positional;
	if (!last || input?.kind !== "tensor") return undefined;
	if (last === "pack_padded_sequence") {
		const isFirst = new Given(given, "input lengths batch_first").truth("batch_first", false);
		if (isFirst !== undefined && !hasBatchAt(machine, input.node, isFirst ? 0 : 1)) return undefined;
		return machine.node(() => ({ kind: "masked" }), [input.node], site, {
			suffix: PACKED,
			features: input.node.features,
		});
	}
	if (last !== "pad_packed_sequence") return undefined;
	const isFirst = new Given(given, "sequence batch_first").truth("batch_first", false);
	const value = isFirst === undefined ? undefined : withBatch(machine, input, isFirst ? 0 : 1, site);
	return value && listThing([value, unknown("how long each sequence is")], true);
}

/** A value with the batch at another place among the axes. */
function withBatch(machine: Machine, value: Thing | undefined, at: number | null, site: Site): Thing | undefined {
	if (value?.kind !== "tensor" || at === null || value.node.batch === null || value.node.batch === at) return value;
	if (value.node.folded > 0) return undefined;
	const step = { kind: "reshape", what: "transpose", how: { to: "same" } } as const;
	return machine.node(() => step, [value.node], site, { suffix: "transpose", batch: at });
}

/** The module that Transformers has under a key. */
function namedActivation(key: Thing | undefined, site: Site): Layer | undefined {
	const entry = key?.kind === "string" ? resolveString("transformers", key.value) : undefined;
	return entry && plainLayer("torch.nn.Module", plainStep(activationStep(entry, positional())), site);
}

/** The modules of einops that move values to other places, or take places together. */
function rearrangement(name: string, given: Arguments): Thing | undefined {
	const made = /^einops\.layers\.torch\.(Rearrange|Reduce)$/.exec(name)?.[1];
	if (!made) return undefined;
	// Called with a value, it is the function of the same name.
	const named = new Map(given.named);
	for (const [i, key] of ["pattern", "reduction"].entries()) {
		const thing = given.positional[i];
		if (thing) named.set(key, thing);
	}
	return {
		kind: "partial",
		callee: { kind: "library", name: `einops.${made.toLowerCase()}` },
		given: { ...given, positional: [], named },
	};
}

function plainLayer(type: string, step: LayerStep, site: Site): Layer {
	return {
		kind: "layer",
		type: type.startsWith("torch.") ? type : `torch.nn.${lastName(type)}`,
		site,
		name: null,
		attributes: new Map(),
		slots: new Map(),
		steps: () => [step],
		built: null,
	};
}

/** `torch.linspace(a, b, n)`: timm's rates of stochastic depth. */
function linspace(given: Arguments): Thing | undefined {
	const [a, b, n] = given.positional.map((each) => numberOf(each));
	if (a == null || b == null || n == null || n > 10_000) return undefined;
	return listThing(Array.from({ length: n }, (_, i) => numberThing(n === 1 ? a : a + ((b - a) * i) / (n - 1))));
}

function parameter(given: Arguments, site: Site): Thing {
	const [data] = given.positional;
	if (data?.kind === "slot") return { ...data, name: "", site };
	if (data?.kind === "tensor") return data;
	const draw = unknownDraw("how a parameter begins is not known");
	return {
		kind: "slot",
		slot: { initialisation: { explicit: true, span: site.span, draw }, axes: null },
		name: "",
		site,
	};
}

function sizesOfWeight({ slot }: Thing & { kind: "slot" }): Thing {
	const { sizes = null } = settled(slot);
	return sizes ? sizesThing(sizes) : unknown("a weight's sizes");
}

function slotMethod(
	machine: Machine,
	object: Thing & { kind: "slot" },
	name: string,
	given: Arguments,
	site: Site,
): Thing | undefined {
	const { axes } = object.slot;
	switch (name) {
		case "dim":
		case "ndimension":
			return axes === null ? unknown("the number of axes is not known") : numberThing(axes);
		case "size": {
			const sizes = sizesOfWeight(object);
			return given.positional[0] ? elementOf(machine, sizes, given.positional[0], site) : sizes;
		}
		case "bernoulli_":
			return keptBySlot(object.slot, given.positional[0] ?? given.named.get("p"));
		case "to":
		case "float":
		case "detach":
		case "clone":
		case "cuda":
		case "requires_grad_":
		case "expand":
		case "expand_as":
			return object;
		case "repeat":
			// Only for more samples: of the other axes each is taken once.
			return given.positional.slice(1).every((each) => numberOf(each) === 1)
				? object
				: unknown("a parameter that is repeated");
		default:
			return (
				fill(machine, object, name, given, site) ??
				ofConstant(object, `torch.${name}`, given) ??
				torchMethod(machine, parameterValue(machine, object), name, given, site)
			);
	}
}

function lastName(dotted: string): string {
	return dotted.slice(dotted.lastIndexOf(".") + 1);
}
