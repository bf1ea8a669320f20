import type { Machine } from "./machine.ts";
import { iterate } from "./members.ts";
import {
	type Arguments,
	booleanThing,
	keyOf,
	listThing,
	NONE,
	numberOf,
	numberThing,
	positional,
	type Site,
	stringThing,
	type Thing,
	unknown,
} from "./thing.ts";

/** The methods of Python's and JavaScript's own numbers, texts, lists and dictionaries. */
export function methodOfValue(
	machine: Machine,
	object: Thing,
	name: string,
	given: Arguments,
	site: Site,
): Thing | undefined {
	switch (object.kind) {
		case "string":
			return stringMethod(object.value, name, given);
		case "list":
			return listMethod(machine, object, name, given, site);
		case "dictionary":
			return dictionaryMethod(machine, object, name, given);
		case "number":
			return numberMethod(object.value, name);
		default:
			return undefined;
	}
}

export function dictionary(machine: Machine, given: Arguments): Thing {
	const entries = new Map<string, Thing>();
	let { open } = given;
	const [first] = given.positional;
	if (first?.kind === "dictionary") {
		for (const [key, value] of first.entries) entries.set(key, value);
		open ??= first.open;
	} else if (first) {
		const items = iterate(machine, first);
		if ("kind" in items) open ??= items;
		else {
			for (const item of items) {
				const key = item.kind === "list" && item.items.length === 2 ? keyOf(item.items[0]!) : undefined;
				if (key === undefined || item.kind !== "list") open ??= unknown("a key is not known");
				else entries.set(key, item.items[1]!);
			}
		}
	}
	for (const [key, value] of given.named) entries.set(key, value);
	return { kind: "dictionary", entries, open };
}

/** Of a number of Python's, and of one that stands for an array with a single element. */
function numberMethod(value: number, name: string): Thing | undefined {
	switch (name) {
		case "item":
			return numberThing(value);
		case "bit_length":
			return Number.isInteger(value)
				? numberThing(value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value))) + 1)
				: undefined;
		default:
			return undefined;
	}
}

function stringMethod(text: string, name: string, given: Arguments): Thing | undefined {
	const [first, second] = given.positional;
	const other = first?.kind === "string" ? first.value : null;
	switch (name) {
		case "lower":
		case "toLowerCase":
			return stringThing(text.toLowerCase());
		case "upper":
		case "toUpperCase":
			return stringThing(text.toUpperCase());
		case "strip":
			return first ? undefined : stringThing(text.trim());
		case "find":
			return other === null ? undefined : numberThing(text.indexOf(other));
		case "startswith":
		case "startsWith":
			return other === null ? undefined : booleanThing(text.startsWith(other));
		case "endswith":
		case "endsWith":
			return other === null ? undefined : booleanThing(text.endsWith(other));
		case "replace":
			return other === null || second?.kind !== "string"
				? undefined
				: stringThing(text.replaceAll(other, second.value));
		case "join": {
			const keys = first?.kind === "list" && !first.open ? first.items.map(keyOf) : [undefined];
			return keys.includes(undefined) ? unknown("a text is not known") : stringThing(keys.join(text));
		}
		case "split":
			return other === null ? undefined : listThing(text.split(other).map(stringThing));
		case "format": {
			let at = 0;
			let known = true;
			const made = text.replace(/\{(\w*)\}/g, (_, key: string) => {
				const value = /^\d*$/.test(key) ? given.positional[key === "" ? at++ : Number(key)] : given.named.get(key);
				const shown = value && keyOf(value);
				if (shown === undefined) known = false;
				return shown ?? "";
			});
			return known && !/[{}]/.test(made) ? stringThing(made) : unknown("a name is not known");
		}
		default:
			return undefined;
	}
}

function listMethod(
	machine: Machine,
	list: Thing & { kind: "list" },
	name: string,
	given: Arguments,
	site: Site,
): Thing | undefined {
	const [first, second] = given.positional;
	const { journal } = machine;
	switch (name) {
		case "append":
		case "push":
			if (given.open) journal.write(list, "open", given.open);
			else journal.write(list, "items", [...list.items, ...given.positional]);
			machine.tick(1 + list.items.length / 100);
			return NONE;
		case "extend": {
			const items = first ? iterate(machine, first) : [];
			if ("kind" in items) journal.write(list, "open", items);
			else journal.write(list, "items", [...list.items, ...items]);
			return NONE;
		}
		case "insert": {
			const at = numberOf(first);
			if (at === null || !second) journal.write(list, "open", unknown("where a list is changed is not known"));
			else journal.write(list, "items", list.items.toSpliced(at, 0, second));
			return NONE;
		}
		case "pop": {
			const at = first ? numberOf(first) : -1;
			const item = at === null || list.open ? undefined : list.items.at(at);
			if (at === null || !item) {
				journal.write(list, "open", unknown("what is taken out of a list is not known"));
				return unknown("what is taken out of a list is not known");
			}
			journal.write(list, "items", list.items.toSpliced(at < 0 ? list.items.length + at : at, 1));
			return item;
		}
		case "reverse":
			journal.write(list, "items", [...list.items].reverse());
			return NONE;
		case "index": {
			const at = first ? list.items.findIndex((item) => keyOf(item) !== undefined && keyOf(item) === keyOf(first)) : -1;
			return at < 0 ? undefined : numberThing(at);
		}
		case "copy":
			return { ...list };
		case "tolist":
			return list;
		case "split":
			return inLengths(list, first);
		case "concat":
			return first?.kind === "list"
				? { ...list, items: [...list.items, ...first.items], open: list.open ?? first.open }
				: undefined;
		case "forEach":
		case "map": {
			if (list.open || !first) return list.open ?? undefined;
			const made = list.items.map((item, i) => machine.call(first, positional(item, numberThing(i)), site, name));
			return name === "map" ? listThing(made) : NONE;
		}
		case "count":
			return undefined;
		default:
			// It may have changed the list.
			journal.write(list, "open", unknown(`what ${name} does to a list is not followed`));
			return undefined;
	}
}

/** An array of the code's numbers in parts of these lengths, as rates are shared out among stages. */
function inLengths(list: Thing & { kind: "list" }, lengths: Thing | undefined): Thing | undefined {
	if (list.open || lengths?.kind !== "list" || lengths.open) return undefined;
	const counts = lengths.items.map((each) => numberOf(each) ?? Number.NaN);
	const ends = counts.map((_, i) => counts.slice(0, i + 1).reduce((all, count) => all + count, 0));
	if ((ends.at(-1) ?? 0) !== list.items.length) return undefined;
	const parts = ends.map((end, i) => listThing(list.items.slice(end - counts[i]!, end)));
	return listThing(parts, true);
}

function dictionaryMethod(
	machine: Machine,
	object: Thing & { kind: "dictionary" },
	name: string,
	given: Arguments,
): Thing | undefined {
	const [first, second] = given.positional;
	const entries = [...object.entries];
	switch (name) {
		case "items":
			return {
				...listThing(entries.map(([key, value]) => listThing([stringThing(key), value], true))),
				open: object.open,
			};
		case "values":
			return { ...listThing(entries.map(([, value]) => value)), open: object.open };
		case "keys":
			return { ...listThing(entries.map(([key]) => stringThing(key))), open: object.open };
		case "get":
		case "pop":
		case "setdefault": {
			const key = first && keyOf(first);
			if (key === undefined) return unknown("a key is not known");
			const found = object.entries.get(key);
			if (name === "pop" && found) machine.journal.write(object.entries, key, undefined);
			if (found) return found;
			if (object.open) return object.open;
			if (name === "setdefault" && second) machine.journal.write(object.entries, key, second);
			return second ?? given.named.get("default") ?? NONE;
		}
		case "update": {
			const given1 = dictionary(machine, given);
			if (given1.kind !== "dictionary") return undefined;
			for (const [key, value] of given1.entries) machine.journal.write(object.entries, key, value);
			if (given1.open) machine.journal.write(object, "open", given1.open);
			return NONE;
		}
		case "copy":
			return { ...object, entries: new Map(object.entries) };
		default:
			machine.journal.write(object, "open", unknown(`what ${name} does to a dictionary is not followed`));
			return undefined;
	}
}
