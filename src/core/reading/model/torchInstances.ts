import { canonicalName } from "../../activations/libraries/resolve.ts";
import { applyLayer } from "./applyLayer.ts";
import { definedActivation, forgetInitialisation } from "./calls.ts";
import { methodOf } from "./classes.ts";
import { putInPlace } from "./inPlace.ts";
import type { Machine } from "./machine.ts";
import { truthOf } from "./operators.ts";
import { addPart, addParts } from "./parts.ts";
import {
	type Arguments,
	constantOf,
	type Instance,
	keyOf,
	type Layer,
	listThing,
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
import { torchLayer } from "./torchModules.ts";

export const CONTAINER = /^torch\.nn\.(Sequential|(Module|Parameter)(List|Dict))$/;

/** The attribute that holds the library's layer that a class of the code extends. */
const HELD = "(itself)";

/** Whether a class's instances are modules, as far as its base tells. */
export function isTorch(instance: Instance): boolean {
	return instance.base !== null && !/^(keras|tensorflow|flax|tfjs)(\.|$)/.test(canonicalName(instance.base));
}

/** What a module's class extends, by the library's name for it. */
export function canonicalBase(instance: Instance): string {
	return instance.base === null ? "" : canonicalName(instance.base);
}

/** A module of a class of the library that holds nothing; of no class it is a record. */
export function emptyInstance(base: string | null, site: Site): Instance {
	return { kind: "instance", class: null, base, site, attributes: new Map(), parts: [], open: null, plain: true };
}

/** A `Sequential`, or a list or table of modules. */
export function container(machine: Machine, name: string, given: Arguments, site: Site): Thing {
	const made = emptyInstance(name, site);
	fillContainer(machine, made, given);
	return made;
}

/** Puts what a container is made of into it, by the names that it gives. */
function fillContainer(machine: Machine, made: Instance, given: Arguments): void {
	if (given.open) machine.journal.write(made, "open", given.open);
	const [first] = given.positional;
	if (first?.kind === "dictionary") addNamed(machine, made, first);
	else if (first?.kind === "list" || first?.kind === "unknown" || (first && canonicalBase(made).endsWith("List"))) {
		addParts(machine, made, first);
	} else for (const item of given.positional) addPart(machine, made, item);
}

function addNamed(machine: Machine, made: Instance, table: Thing & { kind: "dictionary" }): void {
	for (const [key, value] of table.entries) addPart(machine, made, value, key);
	if (table.open) machine.journal.write(made, "open", table.open);
}

/** A method of a module of the code, or of a container. */
export function moduleMethod(
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
		case "forward":
			return callModule(machine, object, given, site);
		case "__iter__":
			return canonicalBase(object).endsWith("Dict")
				? { ...listThing([...object.attributes.keys()].map(stringThing)), open }
				: /Sequential$|List$/.test(canonicalBase(object))
					? { ...listThing(children(object).map(([, each]) => each)), open }
					: undefined;
		case "__getitem__": {
			const list = children(object);
			if (first?.kind === "number" && !canonicalBase(object).endsWith("Dict")) {
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
				// A buffer of random numbers may be loaded with others.
				const isKnown = second.kind !== "slot" || constantOf(second) !== null;
				journal.write(object.attributes, first.value, isKnown ? second : unknown("a buffer"));
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
			journal.write(object.attributes, "hparams", hyperparameters(machine, object, given, site));
			return NONE;
		default:
			return anyModuleMethod(machine, object, name, given, site);
	}
}

/** Lightning's record of what a module is made with: the parameters of its `__init__`, as they are when it is asked for. */
function hyperparameters(machine: Machine, object: Instance, given: Arguments, site: Site): Thing {
	const { running, self } = machine.frame;
	const isOwn = running?.function.name === "__init__" && self === object && !object.attributes.has("hparams");
	const chosen = textsOf(listThing(given.positional));
	const left = textsOf(given.named.get("ignore") ?? listThing([]));
	if (!running || !isOwn || given.open || !chosen || !left)
		return unknown("what hyperparameters are saved is not known");
	const made = emptyInstance(null, site);
	for (const { name, stars } of running.function.parameters.slice(1)) {
		const value = running.names.own.get(name);
		if (!value || left.includes(name) || (chosen.length > 0 && !chosen.includes(name))) continue;
		const table = stars === 2 && value.kind === "dictionary" ? value.entries : [];
		for (const [key, each] of stars === 0 ? [[name, value] as const] : table) made.attributes.set(key, each);
	}
	return made;
}

/** The strings of a list, or a single one; null for other things. */
function textsOf(thing: Thing): readonly string[] | null {
	if (thing.kind === "string") return [thing.value];
	if (thing.kind !== "list" || thing.open) return null;
	const texts = thing.items.flatMap((each) => (each.kind === "string" ? [each.value] : []));
	return texts.length === thing.items.length ? texts : null;
}

/** A method of what a module of the code extends. */
export function superMethod(
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

/** A method of a library's layer. */
export function layerMethod(
	machine: Machine,
	layer: Layer,
	name: string,
	given: Arguments,
	site: Site,
): Thing | undefined {
	if (name === "__call__" || name === "forward") {
		const made = applyLayer(machine, layer, given, site);
		const inPlace = layer.attributes.get("inplace");
		return inPlace && truthOf(inPlace) ? putInPlace(machine, given.positional[0], made) : made;
	}
	return anyModuleMethod(machine, layer, name, given, site);
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

/** The modules that a module holds, in the order in which they were given to it. */
function children(instance: Instance): (readonly [string, Thing])[] {
	const { parts } = instance;
	return [...instance.attributes].filter(([key, each]) => key !== HELD && (isModule(each) || parts.includes(key)));
}

/** The table in which a module keeps those that it holds. */
export function modulesOf(instance: Instance): Thing {
	return { kind: "dictionary", entries: new Map(children(instance)), open: instance.open };
}

function isModule(thing: Thing): boolean {
	if (thing.kind !== "instance") return thing.kind === "layer";
	return thing.base !== null && (thing.class === null || isTorch(thing));
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
				const key = settledSlot.normed?.name ?? name;
				own.push([prefix + key, { kind: "slot", slot: settledSlot, name, site: module.site }]);
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
