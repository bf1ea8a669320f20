import { canonicalName, resolveString } from "../../activations/libraries/resolve.ts";
import { isAct2fn, namedActivationCall } from "../code/resolver.ts";
import { applyLayer } from "./applyLayer.ts";
import { definedActivation, forgetInitialisation } from "./calls.ts";
import { lineageOf, methodOf } from "./classes.ts";
import { unknownDraw } from "./draws.ts";
import { Given } from "./given.ts";
import { activationStep, plainStep } from "./layerSteps.ts";
import { hasBatchAt } from "./layout.ts";
import type { Library, Machine } from "./machine.ts";
import { attributeOf } from "./members.ts";
import { drawnNoise } from "./noise.ts";
import { leftOut, masking } from "./operators.ts";
import { parameterValue } from "./parameterValue.ts";
import { addPart, addParts } from "./parts.ts";
import {
	type Arguments,
	booleanThing,
	type Instance,
	keyOf,
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
	stringThing,
	type Thing,
	tensorsIn,
	unknown,
} from "./thing.ts";
import { attentionCode, MADE_OF_OTHERS } from "./torchAttention.ts";
import { spreadFunction, torchFunction, torchMethod } from "./torchFunctions.ts";
import { calculatedGain, fill, initialise, madeTensor } from "./torchInit.ts";
import { torchLayer } from "./torchModules.ts";
import { PACKED } from "./torchRecurrent.ts";

const CONTAINER = /^torch\.nn\.(Sequential|ModuleList|ModuleDict)$/;

/** What leaves a function or module what it computes. */
const TRANSPARENT =
	/^torch\.(jit\.\w+|compile|no_grad|enable_grad|inference_mode|compiler\.disable|nn\.DataParallel|nn\.parallel\.DistributedDataParallel|nn\.utils\.(parametrizations\.)?(weight_norm|spectral_norm)|fx\.wrap)$/;

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
			case "spread":
				return spreadFunction(machine, name, object, given.positional[0], site);
			case "tensor":
				return site.file.resolver.language.numbers === "javascript"
					? undefined
					: torchMethod(machine, object, name, given, site);
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
		if (object.kind === "instance" && isTorch(object) && name === "training") return booleanThing(true);
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
		if (object.kind === "slot" && (name === "shape" || name === "device" || name === "dtype")) return unknown(name);
		if (object.kind === "slot" && name === "ndim" && object.slot.axes !== null) return numberThing(object.slot.axes);
		if (object.kind === "slot" && name === "requires_grad") return booleanThing(true);
		if (object.kind === "instance" && object.base !== null && name === "__class__") {
			return { kind: "library", name: canonicalBase(object) };
		}
		return undefined;
	},
};

/** Whether a class's instances are modules, as far as its base tells. */
export function isTorch(instance: Instance): boolean {
	return instance.base !== null && !/^(keras|tensorflow|flax|tfjs)(\.|$)/.test(canonicalName(instance.base));
}

function lastName(dotted: string): string {
	return dotted.slice(dotted.lastIndexOf(".") + 1);
}

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
	if (name.startsWith("torch.nn.init.")) return initialisation(machine, lastName(name), given, site);
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
	if (/^torch\.nn\.(functional\.|Transformer\.)?\w+$/.test(name) && MADE_OF_OTHERS.has(lastName(name))) {
		return machine.call(machine.inFile(attentionCode(), lastName(name)), given, site, lastName(name));
	}
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
		if (/weight_norm$/.test(name) && first?.kind === "layer" && given.positional.length + given.named.size === 1) {
			normaliseWeight(machine, first);
		} else if (/_norm$/.test(name) && first)
			forgetInitialisation(machine, first, `the weight is normalised by ${lastName(name)}`, site);
		return first ?? { kind: "library", name: "functools.update_wrapper" };
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
		const slot = madeTensor(lastName(name), given);
		if (slot) return { kind: "slot", slot, name: "a tensor", site };
		if (/^torch\.(is_tensor|is_grad_enabled)$/.test(name)) return unknown(name);
		if (name === "torch.linspace") return linspace(given);
	}
	const layer = torchLayer(dotted, given, site) ?? rearrangement(name, given);
	if (layer) return layer;
	return torchFunction(machine, dotted, given, site);
}

/**
 * A weight by its direction and length, `nn.utils.weight_norm`, begins as it was drawn. Its own name then stands for what is
 * made of the two: what is drawn there has no effect.
 */
function normaliseWeight(machine: Machine, layer: Layer): void {
	const slot = layer.slots.get("weight");
	if (!slot) return;
	const made: Thing = { kind: "slot", slot: { ...settled(slot) }, name: "weight", site: layer.site };
	machine.journal.write(settled(slot), "isNormalised", true);
	machine.journal.write(layer.attributes, "weight", made);
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

function initialisation(machine: Machine, name: string, given: Arguments, site: Site): Thing | undefined {
	if (name !== "calculate_gain") return initialise(machine, name, given, site);
	const [what, slope] = given.positional;
	const parameter = slope ?? given.named.get("param");
	const value = parameter === undefined || parameter.kind === "none" ? null : (numberOf(parameter) ?? undefined);
	const kind = what ?? given.named.get("nonlinearity");
	const gain = calculatedGain(kind?.kind === "string" ? kind.value : null, value);
	return gain === null ? unknown("the gain is not known") : numberThing(gain);
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

function emptyInstance(base: string, site: Site): Instance {
	return { kind: "instance", class: null, base, site, attributes: new Map(), parts: [], open: null, plain: true };
}

function container(machine: Machine, name: string, given: Arguments, site: Site): Thing {
	const made = emptyInstance(name, site);
	fillContainer(machine, made, given);
	return made;
}

/** Puts what a container is made of into it, by the names that it gives. */
function fillContainer(machine: Machine, made: Instance, given: Arguments): void {
	if (given.open) machine.journal.write(made, "open", given.open);
	const [first] = given.positional;
	if (first?.kind === "dictionary") addNamed(machine, made, first);
	else if (
		first?.kind === "list" ||
		first?.kind === "unknown" ||
		(first && canonicalBase(made) === "torch.nn.ModuleList")
	) {
		addParts(machine, made, first);
	} else for (const item of given.positional) addPart(machine, made, item);
}

function addNamed(machine: Machine, made: Instance, table: Thing & { kind: "dictionary" }): void {
	for (const [key, value] of table.entries) addPart(machine, made, value, key);
	if (table.open) machine.journal.write(made, "open", table.open);
}

function canonicalBase(instance: Instance): string {
	return instance.base === null ? "" : canonicalName(instance.base);
}

/** The modules that a module holds, in the order in which they were given to it. */
export function children(instance: Instance): (readonly [string, Thing])[] {
	const { parts } = instance;
	return [...instance.attributes].filter(([key, each]) => key !== HELD && (isModule(each) || parts.includes(key)));
}

function isModule(thing: Thing): boolean {
	return thing.kind === "layer" || (thing.kind === "instance" && (thing.class === null || isTorch(thing)));
}

/** All modules in a module, itself first, each once. */
function allModules(root: Thing): (readonly [string, Thing])[] {
	const found: (readonly [string, Thing])[] = [];
	const seen = new Set<Thing>();
	const walk = (thing: Thing, path: string): void => {
		if (seen.has(thing)) return;
		seen.add(thing);
		found.push([path, thing]);
		if (thing.kind !== "instance") return;
		for (const [name, kid] of children(thing)) if (isModule(kid)) walk(kid, path === "" ? name : `${path}.${name}`);
	};
	walk(root, "");
	return found;
}

function allSlots(root: Thing): (readonly [string, Thing])[] {
	const seen = new Set<unknown>();
	return allModules(root).flatMap(([path, module]) => {
		const prefix = path === "" ? "" : `${path}.`;
		const own: (readonly [string, Thing])[] = [];
		if (module.kind === "layer") {
			for (const [name, slot] of module.slots) {
				const settledSlot = settled(slot);
				own.push([prefix + name, { kind: "slot", slot: settledSlot, name, site: module.site }]);
			}
		} else if (module.kind === "instance") {
			for (const [name, each] of module.attributes) if (each.kind === "slot") own.push([prefix + name, each]);
		}
		return own.filter(([, each]) => {
			if (each.kind !== "slot" || seen.has(each.slot)) return false;
			seen.add(each.slot);
			return true;
		});
	});
}

const pairs = (list: readonly (readonly [string, Thing])[]) =>
	listThing(list.map(([name, each]) => listThing([stringThing(name), each], true)));

function moduleMethod(
	machine: Machine,
	object: Instance,
	name: string,
	given: Arguments,
	site: Site,
): Thing | undefined {
	const [first, second] = given.positional;
	const { journal } = machine;
	const open = object.open;
	switch (name) {
		case "__call__":
			return callModule(machine, object, given, site);
		case "__iter__":
			return canonicalBase(object) === "torch.nn.ModuleDict"
				? { ...listThing([...object.attributes.keys()].map(stringThing)), open }
				: /Sequential$|List$/.test(canonicalBase(object))
					? { ...listThing(children(object).map(([, each]) => each)), open }
					: undefined;
		case "__getitem__": {
			const list = children(object);
			if (first?.kind === "number" && canonicalBase(object) !== "torch.nn.ModuleDict") {
				const at = first.value < 0 ? list.length + first.value : first.value;
				if (open) return { ...open, among: list.map(([, each]) => each) };
				return list[at]?.[1] ?? unknown("an index beyond the end");
			}
			const key = first && keyOf(first);
			const found = key === undefined ? undefined : object.attributes.get(key);
			return (
				found ?? {
					kind: "unknown",
					reason: open?.reason ?? "an index is not known",
					among: list.map(([, each]) => each),
				}
			);
		}
		case "items":
			return { ...pairs(children(object)), open };
		case "values":
			return { ...listThing(children(object).map(([, each]) => each)), open };
		case "keys":
			return { ...listThing([...object.attributes.keys()].map(stringThing)), open };
		case "add_module":
		case "register_module":
		case "register_parameter":
			if (first?.kind !== "string" || !second) {
				journal.write(object, "open", unknown("the name of a module is not known"));
			} else if (name === "register_parameter") journal.write(object.attributes, first.value, second);
			else addPart(machine, object, second, first.value);
			return NONE;
		case "register_buffer":
			if (first?.kind === "string" && second) {
				journal.write(object.attributes, first.value, second.kind === "slot" ? unknown("a buffer") : second);
			}
			return NONE;
		case "append":
			if (first) addPart(machine, object, first);
			return object;
		case "extend":
			if (first) addParts(machine, object, first);
			return object;
		case "insert": {
			const at = numberOf(first);
			const list = children(object).map(([, each]) => each);
			if (at === null || !second) journal.write(object, "open", unknown("where a module is put is not known"));
			else for (const [i, each] of list.toSpliced(at, 0, second).entries()) addPart(machine, object, each, String(i));
			return NONE;
		}
		case "update":
			if (first?.kind === "dictionary") addNamed(machine, object, first);
			else journal.write(object, "open", unknown("what a dictionary is given is not known"));
			return NONE;
		case "__len__":
			return open ? unknown(open.reason) : numberThing(children(object).length);
		case "post_init":
		case "init_weights":
			return transformersInitialisation(machine, object, site);
		case "save_hyperparameters":
			return NONE;
		default:
			return anyModuleMethod(machine, object, name, given, site);
	}
}

/** What all modules have: a library's layers, which hold no others, and those of the code. */
function anyModuleMethod(
	machine: Machine,
	object: Instance | Layer,
	name: string,
	given: Arguments,
	site: Site,
): Thing | undefined {
	const [first] = given.positional;
	const held = object.kind === "instance" ? children(object) : [];
	const open = object.kind === "instance" ? object.open : null;
	switch (name) {
		case "apply":
			for (const [, module] of allModules(object).reverse()) {
				if (first) machine.call(first, positional(module), site, "apply");
			}
			return object;
		case "modules":
			return { ...listThing(allModules(object).map(([, each]) => each)), open };
		case "named_modules":
			return { ...pairs(allModules(object)), open };
		case "children":
			return { ...listThing(held.map(([, each]) => each)), open };
		case "named_children":
			return { ...pairs(held), open };
		case "parameters":
			return { ...listThing(allSlots(object).map(([, each]) => each)), open };
		case "named_parameters":
			return { ...pairs(allSlots(object)), open };
		case "load_state_dict":
			forgetInitialisation(machine, object, "weights are loaded", site);
			return NONE;
		case "to":
		case "cuda":
		case "cpu":
		case "float":
		case "half":
		case "double":
		case "bfloat16":
		case "eval":
		case "train":
		case "requires_grad_":
		case "type":
			return object;
		case "register_forward_hook":
		case "register_forward_pre_hook":
		case "_register_load_state_dict_pre_hook":
			return NONE;
		default:
			return undefined;
	}
}

/** Transformers' models draw all weights by their class's `_init_weights`; what the base class draws is not read. */
function transformersInitialisation(machine: Machine, object: Instance, site: Site): Thing {
	const own = methodOf(object, "_init_weights");
	for (const [, module] of allModules(object)) {
		if (own) machine.call(own, positional(module), site, "_init_weights");
		else forgetInitialisation(machine, module, `it is initialised by ${object.base}`, site);
	}
	return NONE;
}

function superMethod(
	machine: Machine,
	object: Thing & { kind: "super" },
	name: string,
	given: Arguments,
	site: Site,
): Thing | undefined {
	const { self, of } = object;
	if (self.kind !== "instance" || !isTorch(self)) return undefined;
	const base = canonicalBase(self);
	if (name === "__init__") {
		if (CONTAINER.test(base)) fillContainer(machine, self, given);
		else {
			const layer = torchLayer(base, given, site);
			if (layer) machine.journal.write(self.attributes, HELD, layer);
			for (const [key, value] of layer?.attributes ?? []) machine.journal.write(self.attributes, key, value);
			for (const [key, slot] of layer?.slots ?? []) {
				machine.journal.write(self.attributes, key, { kind: "slot", slot, name: key, site });
			}
		}
		return NONE;
	}
	const held = self.attributes.get(HELD);
	if (held && (name === "forward" || name === "__call__")) return machine.call(held, given, site, name);
	if (CONTAINER.test(base) && (name === "forward" || name === "__call__"))
		return runSequential(machine, self, given, site);
	if (name === "forward" || name === "__call__") return undefined;
	if (name === "__setattr__" || name === "train") return NONE;
	return of ? moduleMethod(machine, self, name, given, site) : undefined;
}

/** The attribute that holds the library's layer that a class of the code extends. */
const HELD = "(itself)";

function callModule(machine: Machine, object: Instance, given: Arguments, site: Site): Thing | undefined {
	const activation = ownActivation(machine, object, given);
	if (activation) return activation;
	const method = methodOf(object, "forward") ?? methodOf(object, "__call__");
	if (method) return machine.call(method, given, site, "forward");
	const held = object.attributes.get(HELD);
	if (held) return machine.call(held, given, site, "forward");
	if (canonicalBase(object) === "torch.nn.Sequential") return runSequential(machine, object, given, site);
	return undefined;
}

/** A module of the code that is an activation as a whole. */
function ownActivation(machine: Machine, object: Instance, given: Arguments): Thing | undefined {
	const [only] = given.positional;
	if (
		!object.class ||
		!object.plain ||
		only?.kind !== "tensor" ||
		given.positional.length !== 1 ||
		given.named.size > 0
	)
		return undefined;
	if (children(object).length > 0) return undefined;
	const definition = machine.definitionsOf(object.class.file).ofClass(object.class.class);
	return definition ? definedActivation(machine, definition, only.node, object.site, "", object) : undefined;
}

function runSequential(machine: Machine, object: Instance, given: Arguments, site: Site): Thing {
	let [value] = given.positional;
	if (!value) return unknown("a sequence without input");
	for (const [name, module] of children(object)) value = machine.call(module, positional(value), site, name);
	if (!object.open) return value;
	return tensorsIn(value).length > 0
		? machine.unknownNode("more layers", object.open.reason, [value], object.site)
		: object.open;
}

function layerMethod(machine: Machine, layer: Layer, name: string, given: Arguments, site: Site): Thing | undefined {
	if (name === "__call__" || name === "forward") return applyLayer(machine, layer, given, site);
	return anyModuleMethod(machine, layer, name, given, site);
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
			const at = numberOf(given.positional[0]);
			const size = at === null ? undefined : settled(object.slot).sizes?.at(at);
			return size == null ? unknown("a weight's size") : numberThing(size);
		}
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
				torchMethod(machine, parameterValue(machine, object), name, given, site)
			);
	}
}

function typeOf(thing: Thing): Thing {
	if (thing.kind === "layer") return { kind: "library", name: thing.type };
	if (thing.kind === "instance") return thing.class ?? { kind: "library", name: canonicalBase(thing) };
	return unknown("a type is not known");
}

/** The classes of `torch.nn` that others descend from. */
const FAMILIES: readonly (readonly [RegExp, RegExp])[] = [
	[/^torch\.nn\.Module$/, /^torch\.nn\./],
	[/^torch\.nn\.modules\.conv\._ConvNd$|^torch\.nn\._ConvNd$/, /^torch\.nn\.(Lazy)?Conv/],
	[/(^|\.)_BatchNorm$/, /^torch\.nn\.(Lazy|Sync)?BatchNorm/],
	[/(^|\.)_NormBase$/, /^torch\.nn\.(Lazy|Sync)?(BatchNorm|InstanceNorm)/],
	[/(^|\.)_InstanceNorm$/, /^torch\.nn\.(Lazy)?InstanceNorm/],
	[/(^|\.)_DropoutNd$/, /^torch\.nn\.(\w*)Dropout/],
	[/^torch\.nn\.RNNBase$/, /^torch\.nn\.(LSTM|GRU|RNN)$/],
	[/^torch\.nn\.Linear$/, /^torch\.nn\.(LazyLinear|NonDynamicallyQuantizableLinear)$/],
];

function isInstance(given: Arguments): Thing {
	const [object, type] = given.positional;
	if (!object || !type) return unknown("a type is not known");
	const types = type.kind === "list" ? (type.open ? [unknown("a type")] : type.items) : [type];
	const results = types.map((each) => isOf(object, each));
	if (results.includes(true)) return booleanThing(true);
	return results.includes(undefined) ? unknown("whether it is of a type is not known") : booleanThing(false);
}

const PYTHON_TYPES: Readonly<Record<string, RegExp>> = {
	int: /^number$/,
	float: /^number$/,
	str: /^string$/,
	bool: /^boolean$/,
	list: /^list$/,
	tuple: /^list$/,
	dict: /^dictionary$/,
};

function isOf(object: Thing, type: Thing): boolean | undefined {
	if (object.kind === "unknown" || object.kind === "import" || object.kind === "library") {
		return object.kind === "library" && type.kind === "library" && Object.hasOwn(PYTHON_TYPES, type.name)
			? false
			: undefined;
	}
	if (type.kind === "library") {
		const name = canonicalName(type.name);
		if (Object.hasOwn(PYTHON_TYPES, name)) return isPython(object, name);
		if (/(^|\.)(Iterable|Sequence|Mapping|Callable|Number)$/.test(name)) {
			if (/Iterable$|Sequence$/.test(name))
				return object.kind === "list" || object.kind === "dictionary" || object.kind === "string";
			if (/Mapping$/.test(name)) return object.kind === "dictionary";
			return undefined;
		}
		const bases = object.kind === "layer" ? [object.type] : object.kind === "instance" ? basesOf(object) : null;
		if (!bases)
			return /^torch\.(Tensor|nn)/.test(name) && /^(number|string|boolean|none|list|dictionary)$/.test(object.kind)
				? false
				: undefined;
		if (bases.some((base) => base === name || FAMILIES.some(([of, member]) => of.test(name) && member.test(base))))
			return true;
		// Of a base that is not known it is not known what it is.
		return bases.every((base) => /^(torch\.nn|keras|flax)\./.test(base)) &&
			/^(torch\.nn|keras|flax)\.|^_\w+Norm$/.test(name)
			? false
			: bases.length === 0
				? false
				: undefined;
	}
	if (type.kind === "class") {
		if (object.kind === "instance" && object.class)
			return lineageOf(object.class).some((each) => each.kind === "class" && each.class === type.class);
		return object.kind === "tensor" ? undefined : false;
	}
	return undefined;
}

function isPython(object: Thing, name: string): boolean | undefined {
	if (object.kind === "tensor") return false;
	if (object.kind === "number")
		return name === "float"
			? Number.isInteger(object.value)
				? undefined
				: true
			: name === "int"
				? Number.isInteger(object.value)
				: false;
	if (object.kind === "list") return name === "tuple" ? object.tuple : name === "list" ? !object.tuple : false;
	return PYTHON_TYPES[name]!.test(object.kind) || (object.kind === "boolean" && name === "int");
}

function basesOf(object: Instance): string[] {
	if (!object.class) return [canonicalBase(object)];
	return lineageOf(object.class).flatMap((each) =>
		each.kind === "library"
			? [canonicalName(each.name)]
			: each.kind !== "class"
				? ["?"]
				: each.file.stands
					? [`torch.nn.${each.class.name}`]
					: [],
	);
}

function hasAttribute(machine: Machine, object: Thing, name: Thing | undefined, site: Site): Thing {
	if (name?.kind !== "string") return unknown("which attribute is looked for is not known");
	const key = name.value;
	if (object.kind === "layer") {
		if (object.attributes.has(key) || object.slots.has(key)) return booleanThing(true);
		// No attribute of PyTorch's modules has a capital letter but this one.
		const isForeign = /^(weight|bias)$/.test(key) || (/[A-Z]/.test(key) && key !== "T_destination");
		return isForeign ? booleanThing(false) : unknown(`whether there is ${key} is not known`);
	}
	if (object.kind !== "instance") return unknown(`whether there is ${key} is not known`);
	const found = attributeOf(machine, object, key, site);
	if (found.kind !== "method" && found.kind !== "unknown") return booleanThing(true);
	if (object.attributes.has(key)) return booleanThing(true);
	// A plain module has no attributes but its own.
	const isPlain =
		canonicalBase(object) === "torch.nn.Module" || CONTAINER.test(canonicalBase(object)) || object.base === null;
	return isPlain && !object.open && /^(weight|bias|\w*(init|weight|reset)\w*)$/.test(key) && found.kind === "method"
		? booleanThing(false)
		: unknown(`whether there is ${key} is not known`);
}
