import { textOf } from "../code/node.ts";
import { inClass, inherited } from "./classes.ts";
import { libraryThing } from "./libraryNames.ts";
import type { Machine } from "./machine.ts";
import {
	type GraphNode,
	keyOf,
	numberOf,
	numberThing,
	oneAmong,
	positional,
	type Site,
	stringThing,
	type Thing,
	type Unknown,
	unknown,
} from "./thing.ts";

/** What a thing's attribute is. */
export function attributeOf(machine: Machine, object: Thing, name: string, site: Site): Thing {
	switch (object.kind) {
		case "library": {
			if (name === "__name__") return stringThing(object.name.slice(object.name.lastIndexOf(".") + 1));
			return libraryThing(`${object.name}.${name}`);
		}
		case "file":
			return machine.inFile(object.file, name);
		case "class": {
			if (name === "__name__") return stringThing(object.class.name);
			return inClass(object, name, null) ?? unknown(`${object.class.name} has no ${name}`);
		}
		case "super": {
			const found = inherited(object.self, object.of, name);
			return found ?? { kind: "method", object, name };
		}
		case "unknown":
			return object.among
				? oneAmong(
						object.among.map((each) => attributeOf(machine, each, name, site)),
						object.reason,
					)
				: object;
		case "instance": {
			const own = object.attributes.get(name);
			if (own) return own;
			if (name === "__class__" && object.class) return object.class;
			const found = object.class && inClass(object.class, name, object);
			if (found) return propertyOf(machine, found, site);
			break;
		}
		case "dictionary": {
			// JavaScript's objects are read so, too.
			const found = object.entries.get(name);
			if (found && site.file.resolver.language.numbers === "javascript") return found;
			break;
		}
		default:
	}
	for (const library of machine.libraries) {
		const found = library.attribute?.(machine, object, name);
		if (found) return found;
	}
	return { kind: "method", object, name };
}

/** A property's value is what its function returns. */
function propertyOf(machine: Machine, found: Thing, site: Site): Thing {
	if (found.kind !== "function" || !found.self) return found;
	const isProperty = found.function.decorators.some((decorator) =>
		/^@\s*(\w+\.)*(cached_)?property$/.test(textOf(decorator).trim()),
	);
	return isProperty ? machine.call(found, positional(), site, found.function.name) : found;
}

/** `object[key]`. */
export function elementOf(machine: Machine, object: Thing, key: Thing, site: Site): Thing {
	const items = object.kind === "list" ? object.items : null;
	if (object.kind === "list" && items && key.kind === "number") {
		const at = key.value < 0 ? items.length + key.value : key.value;
		if (object.open && (key.value < 0 || at >= items.length)) return { ...object.open, among: items };
		return items[at] ?? unknown("an index beyond the end");
	}
	if (object.kind === "dictionary") {
		const name = keyOf(key);
		const found = name === undefined ? undefined : object.entries.get(name);
		if (found) return found;
		return name === undefined
			? oneOf([...object.entries.values()], key)
			: (object.open ?? unknown(`there is no key "${name}"`));
	}
	if (object.kind === "sizes" && key.kind === "number") return sizeOf(object, key.value);
	if (object.kind === "string" && key.kind === "number") {
		const letter = object.value.at(key.value);
		return letter === undefined ? unknown("an index beyond the end") : stringThing(letter);
	}
	for (const library of machine.libraries) {
		const found = library.method?.(machine, object, "__getitem__", positional(key), site);
		if (found) return found;
	}
	if (object.kind === "list") return oneOf([...object.items], key);
	return unknown("an element that is not followed");
}

/** All sizes of a value; null where it is not known how many they are. */
export function sizesIn(sizes: Thing & { kind: "sizes" }): readonly Thing[] | null {
	const { node, from } = sizes;
	if (!node.shape || node.batch !== 0) return null;
	return Array.from({ length: Math.max(node.shape.length - node.folded + 1 - from, 0) }, (_, i) => sizeOf(sizes, i));
}

/** One of the sizes of a value, counted from the end where negative: a number where it is known. */
export function sizeOf({ node, from }: Thing & { kind: "sizes" }, index: number): Thing {
	const axis = axisBehindBatch(node, index < 0 ? index : from + index);
	if (axis === null) return unknown("which axis is the batch's is not known");
	const size: Thing = { kind: "size", node, axis };
	const known = numberOf(size);
	return known === null ? size : numberThing(known);
}

/** An axis as if the batch were the first; null where that cannot be told. */
function axisBehindBatch({ batch, folded, shape }: GraphNode, axis: number): number | null {
	if (batch === 0 && (axis <= 0 || folded === 0)) return axis;
	if (batch === null) return axis < 0 ? axis : axis + 1;
	const at = axis >= 0 ? axis : shape ? shape.length - folded + 1 + axis : null;
	return at === null ? null : at === batch ? 0 : at < batch ? at + 1 : at + folded;
}

function oneOf(things: readonly Thing[], key: Thing): Unknown {
	return oneAmong(things, key.kind === "unknown" ? key.reason : "an index is not known");
}

/** What may be iterated over: its elements, or why they are not known. */
export function iterate(machine: Machine, thing: Thing): readonly Thing[] | Unknown {
	switch (thing.kind) {
		case "list":
			return thing.open ? { ...thing.open, among: thing.items } : thing.items;
		case "dictionary":
			return thing.open ?? [...thing.entries.keys()].map(stringThing);
		case "string":
			return [...thing.value].map(stringThing);
		case "unknown":
			return thing;
		case "sizes":
			return sizesIn(thing) ?? unknown("how many sizes there are is not known");
		case "tensor":
			return unknown("the parts of a value");
		default:
			for (const library of machine.libraries) {
				const found = library.method?.(machine, thing, "__iter__", positional(), NO_SITE);
				if (found?.kind === "list") return found.open ?? found.items;
			}
			return unknown("what a loop runs over is not known");
	}
}

const NO_SITE = { span: { start: 0, end: 0 } } as unknown as Site; // Nothing that is only looked through is placed.
