import { erf } from "../../numerics/special.ts";
import { setAttribute } from "./assign.ts";
import { dictionary, methodOfValue } from "./builtinMethods.ts";
import type { Library, Machine } from "./machine.ts";
import { attributeOf, iterate } from "./members.ts";
import { binaryOperation, truthOf } from "./operators.ts";
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
	type Slot,
	settled,
	stringThing,
	type Thing,
	unknown,
} from "./thing.ts";
import { emptyInstance } from "./torchInstances.ts";
import { turnsOf } from "./turns.ts";

/** What makes a named tuple, of which only the order is kept. */
const TUPLE = "collections.namedtuple()";
/** More elements than this are not made of a range. */
const LONGEST_RANGE = 10_000;

/** Python's own functions, `functools`, `itertools`, `math` and the methods of its values. */
export const builtins: Library = {
	call: callBuiltin,
	method: methodOfValue,
	attribute: (_, object, name) => {
		if (object.kind === "list" && name === "length" && !object.open) return numberThing(object.items.length);
		return object.kind === "partial" ? partOfPartial(object, name) : undefined;
	},
};

/** What `functools.partial` tells of what it was made of. */
function partOfPartial({ callee, given }: Thing & { kind: "partial" }, name: string): Thing | undefined {
	switch (name) {
		case "func":
			return callee;
		case "args":
			return listThing(given.positional, true);
		case "keywords":
			return { kind: "dictionary", entries: new Map(given.named), open: given.open };
		default:
			return undefined;
	}
}

function callBuiltin(machine: Machine, name: string, given: Arguments, site: Site): Thing | undefined {
	const [first, second, third] = given.positional;
	if (given.open && !/^(functools\.partial|collections\.OrderedDict|dict)$/.test(name)) return undefined;
	switch (name) {
		case "range":
			return range(machine, given);
		case "len": {
			const items = first ? iterate(machine, first) : unknown("nothing");
			return "kind" in items ? unknown(items.reason) : numberThing(items.length);
		}
		case "int":
		case "float":
		case "round": {
			if (first?.kind === "string" && name === "float" && /^[+-]?inf(inity)?$/i.test(first.value)) {
				return numberThing(first.value.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
			}
			const value = first?.kind === "string" ? writtenNumber(name, first.value) : numberOf(first);
			if (name === "int" && first && (first.kind === "size" || first.kind === "size arithmetic")) return first;
			if (value === null) return first?.kind === "unknown" ? first : undefined;
			if (name === "float") return numberThing(value);
			if (name === "int") return numberThing(Math.trunc(value));
			const digits = numberOf(second);
			return second && digits !== 0 ? undefined : numberThing(roundHalfEven(value));
		}
		case "str": {
			const key = first && keyOf(first);
			return key === undefined ? unknown("a text is not known") : stringThing(key);
		}
		case "bool": {
			const truth = first ? truthOf(first) : false;
			return truth === undefined ? unknown("a truth is not known") : booleanThing(truth);
		}
		case "abs": {
			const value = numberOf(first);
			return value === null ? undefined : numberThing(Math.abs(value));
		}
		case "min":
		case "max": {
			const items = given.positional.length === 1 && first ? iterate(machine, first) : given.positional;
			if ("kind" in items || items.length === 0 || given.named.size > 0) return undefined;
			const values = items.map((item) => numberOf(item));
			if (values.some((value) => value === null)) return undefined;
			return numberThing((name === "min" ? Math.min : Math.max)(...(values as number[]))); // None is null.
		}
		case "sum":
		case "math.prod":
		case "numpy.prod": {
			const items = first ? iterate(machine, first) : unknown("nothing");
			if ("kind" in items || second) return undefined;
			if (name === "sum" && items.length > 0 && items.every(({ kind }) => kind === "tensor")) {
				return items.reduce((all, item) => binaryOperation(machine, "+", all, item, site));
			}
			const values = items.map((item) => numberOf(item));
			if (values.some((value) => value === null)) return undefined;
			return numberThing(
				(values as number[]).reduce((a, b) => (name === "sum" ? a + b : a * b), name === "sum" ? 0 : 1),
			);
		}
		case "math.erf": {
			const value = numberOf(first);
			return value === null ? undefined : numberThing(erf(value));
		}
		case "pow":
		case "math.pow": {
			const [a, b] = [numberOf(first), numberOf(second)];
			return a === null || b === null ? undefined : numberThing(a ** b);
		}
		case "tuple":
		case "list":
		case "iter":
		case "set": {
			if (!first) return listThing([], name === "tuple");
			const items = iterate(machine, first);
			if (!("kind" in items)) return listThing(items, name === "tuple");
			return { kind: "list", items: first.kind === "list" ? first.items : [], open: items, tuple: name === "tuple" };
		}
		case "reversed":
		case "sorted": {
			const items = first ? iterate(machine, first) : unknown("nothing");
			if ("kind" in items) return items;
			if (name === "reversed") return listThing([...items].reverse());
			if (given.named.size > 0 || items.some(({ kind }) => kind !== "number")) return undefined;
			return listThing([...items].sort((a, b) => numberOf(a)! - numberOf(b)!));
		}
		case "enumerate": {
			const items = first ? iterate(machine, first) : unknown("nothing");
			const start = numberOf(second ?? given.named.get("start") ?? numberThing(0));
			if ("kind" in items) return items;
			if (start === null) return undefined;
			return listThing(items.map((item, i) => listThing([numberThing(start + i), item], true)));
		}
		case "zip": {
			const lists = given.positional.map((each) => iterate(machine, each));
			const open = lists.find((list) => "kind" in list);
			if (open && "kind" in open) return open;
			const columns = lists as (readonly Thing[])[]; // None is unknown.
			const length = columns.length === 0 ? 0 : Math.min(...columns.map((column) => column.length));
			return listThing(
				Array.from({ length }, (_, i) =>
					listThing(
						columns.map((column) => column[i]!),
						true,
					),
				),
			);
		}
		case "map": {
			const items = second ? iterate(machine, second) : unknown("nothing");
			if ("kind" in items) return items;
			return first && !third
				? listThing(items.map((item) => machine.call(first, positional(item), site, "map")))
				: undefined;
		}
		case "any":
		case "all": {
			const items = first ? iterate(machine, first) : unknown("nothing");
			if ("kind" in items) return items;
			const truths = items.map(truthOf);
			if (truths.includes(name === "any")) return booleanThing(name === "any");
			return truths.includes(undefined) ? unknown("a truth is not known") : booleanThing(name === "all");
		}
		case "dict":
		case "collections.OrderedDict":
			return dictionary(machine, given);
		case "print":
			return NONE;
		case "callable": {
			if (!first || /^(unknown|import|library)$/.test(first.kind)) return undefined;
			return booleanThing(/^(function|class|partial|method|instance|layer|initialiser)$/.test(first.kind));
		}
		case "getattr": {
			if (!first || second?.kind !== "string") return unknown("which attribute is taken is not known");
			const found = attributeOf(machine, first, second.value, site);
			if (found.kind !== "unknown" && !(found.kind === "method" && third)) return found;
			if (third && isMissing(first, second.value)) return third;
			return found.kind === "method" && third ? unknown(`whether there is ${second.value} is not known`) : found;
		}
		case "setattr":
			if (first && third) {
				if (second?.kind === "string") setAttribute(machine, first, second.value, third);
				else if (first.kind === "instance") {
					machine.journal.write(first, "open", unknown("the name of an attribute is not known"));
				}
			}
			return NONE;
		case "inspect.isfunction":
		case "inspect.isclass": {
			if (!first || /^(unknown|import|library)$/.test(first.kind)) return undefined;
			return booleanThing(first.kind === (name === "inspect.isclass" ? "class" : "function"));
		}
		case "functools.reduce": {
			const items = second ? iterate(machine, second) : unknown("nothing");
			if ("kind" in items || !first) return undefined;
			const [start, ...rest] = third ? [third, ...items] : items;
			return rest.reduce<Thing | undefined>(
				(all, item) => all && machine.call(first, positional(all, item), site, "reduce"),
				start,
			);
		}
		case "functools.partial":
			return first && { kind: "partial", callee: first, given: { ...given, positional: given.positional.slice(1) } };
		case "typing.cast":
			return second;
		case "collections.namedtuple":
			return { kind: "library", name: TUPLE };
		case TUPLE:
			return listThing([...given.positional, ...given.named.values()], true);
		case "types.SimpleNamespace":
		case "argparse.Namespace": {
			const record = emptyInstance(null, site);
			for (const [key, value] of given.named) record.attributes.set(key, value);
			return given.positional.length === 0 ? record : undefined;
		}
		case "vars":
			return first?.kind === "instance" && first.base === null
				? { kind: "dictionary", entries: new Map(first.attributes), open: first.open }
				: undefined;
		case "dataclasses.replace": {
			if (first?.kind !== "instance" || first.base !== null) return undefined;
			return { ...first, attributes: new Map([...first.attributes, ...given.named]) };
		}
		case "functools.wraps":
			return { kind: "library", name: "functools.update_wrapper" };
		case "functools.update_wrapper":
			return first;
		case "copy.copy":
		case "copy.deepcopy":
			return first && copied(first, new Map());
		case "math.sqrt":
		case "numpy.sqrt":
		case "math.log":
		case "numpy.log":
		case "math.log2":
		case "numpy.log2":
		case "math.exp":
		case "math.floor":
		case "math.ceil":
		case "Math.sqrt":
		case "Math.floor":
		case "Math.ceil":
		case "Math.round":
		case "Math.log2": {
			const value = numberOf(first);
			const f = Math[name.slice(name.indexOf(".") + 1) as "sqrt"]; // Each of these is one of Math's.
			const base = name === "math.log" && second ? numberOf(second) : null;
			if (value !== null && base !== null) return numberThing(Math.log(value) / Math.log(base));
			if (value !== null && !second) return numberThing(f(value));
			if (first?.kind === "size" || first?.kind === "size arithmetic") return unknown("a size is not known");
			return first?.kind === "unknown" ? first : undefined;
		}
		case "Math.max":
		case "Math.min":
			return callBuiltin(machine, name.slice(5), given, site);
		case "itertools.repeat": {
			const times = numberOf(second);
			return first && times !== null && times <= LONGEST_RANGE
				? listThing(Array.from({ length: Math.max(times, 0) }, () => first))
				: undefined;
		}
		case "itertools.chain": {
			const lists = given.positional.map((each) => iterate(machine, each));
			const open = lists.find((list) => "kind" in list);
			return open && "kind" in open ? open : listThing((lists as (readonly Thing[])[]).flat()); // None is unknown.
		}
		default:
			return undefined;
	}
}

/** Whether an object certainly lacks an attribute: it is a record of the code's, and nothing else is said of it. */
function isMissing(object: Thing, name: string): boolean {
	return object.kind === "instance" && object.base === null && !object.open && !object.attributes.has(name);
}

/** A copy of layers and modules with weights of its own. */
function copied(thing: Thing, known: Map<unknown, Thing>): Thing {
	const before = known.get(thing);
	if (before) return before;
	if (thing.kind === "layer") {
		const slots = new Map([...thing.slots].map(([name, slot]) => [name, copyOf(slot)]));
		const made: Thing = { ...thing, attributes: new Map(thing.attributes), slots, built: null };
		known.set(thing, made);
		return made;
	}
	if (thing.kind === "instance") {
		const attributes = new Map<string, Thing>();
		const made: Thing = { ...thing, attributes };
		known.set(thing, made);
		for (const [name, value] of thing.attributes) attributes.set(name, copied(value, known));
		return made;
	}
	if (thing.kind === "list") return { ...thing, items: thing.items.map((item) => copied(item, known)) };
	if (thing.kind === "slot") {
		const made: Thing = { ...thing, slot: copyOf(settled(thing.slot)) };
		known.set(thing, made);
		return made;
	}
	return thing;
}

function copyOf(slot: Slot): Slot {
	return { ...slot, copied: { from: slot, initialisation: slot.initialisation } };
}

function range(machine: Machine, { positional: given, named }: Arguments): Thing {
	if (named.size > 0 || given.length === 0 || given.length > 3) return unknown("a range that is not read");
	const numbers = given.map((each) => turnsOf(machine, each));
	const missing = given.find((_, i) => numbers[i] === null);
	if (missing?.kind === "library") return unknown(`${missing.name} is not known`);
	if (missing) return unknown(missing.kind === "unknown" ? missing.reason : "the length of a range is not known");
	const [a, b, by = 1] = numbers as number[]; // None is null.
	const [start, end] = b === undefined ? [0, a!] : [a!, b];
	if (by === 0 || (end - start) / by > LONGEST_RANGE) return unknown(`a range longer than ${LONGEST_RANGE}`);
	const items: Thing[] = [];
	for (let i = start; by > 0 ? i < end : i > end; i += by) items.push(numberThing(i));
	return listThing(items);
}

/** The number that `int` or `float` reads in a text; null where it reads none. */
function writtenNumber(name: string, text: string): number | null {
	const written = name === "int" ? /^\s*[+-]?\d+\s*$/ : /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
	return written.test(text) ? Number(text) : null;
}

function roundHalfEven(value: number): number {
	const floor = Math.floor(value);
	const rest = value - floor;
	if (rest !== 0.5) return Math.round(value);
	return floor % 2 === 0 ? floor : floor + 1;
}
