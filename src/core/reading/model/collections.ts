import { type SyntaxNode, splitByCommas, textOf } from "../code/node.ts";
import { assign, unpack } from "./assign.ts";
import type { Machine } from "./machine.ts";
import { iterate } from "./members.ts";
import { truthOf } from "./operators.ts";
import { keyOf, type List, type Names, shortened, siteOf, type Thing, type Unknown, unknown } from "./thing.ts";

/** Turns of a loop that are followed. */
export const MOST_TURNS = 2_000;

/** `[a, *b]`, from what stands between the commas; a comprehension, if that is one. */
export function listOf(
	machine: Machine,
	groups: readonly (readonly SyntaxNode[])[],
	names: Names,
	tuple: boolean,
): Thing {
	const items: Thing[] = [];
	let open: Unknown | null = null;
	let sizes: List["sizes"];
	for (const group of groups) {
		const [first] = group;
		if (!first) continue;
		const value = group[group.length - 1]!;
		if (first.name === "*" || first.name === "Spread" || first.name === "...") {
			const spread = machine.evaluate(value, names);
			const inner = iterate(machine, spread);
			if ("kind" in inner && spread.kind === "sizes" && !open) sizes = { at: items.length, of: spread };
			if ("kind" in inner) open ??= inner;
			else items.push(...inner);
		} else if (group.some(({ name }) => name === "for")) return comprehensionOf(machine, group, names);
		else items.push(machine.evaluate(value, names));
	}
	return { kind: "list", items, open, tuple, ...(sizes && { sizes }) };
}

/** `{key: value, **others}`. */
export function dictionaryOf(machine: Machine, node: SyntaxNode, names: Names): Thing {
	const entries = new Map<string, Thing>();
	let open: Unknown | null = null;
	for (const group of splitByCommas(node.kids.slice(1, -1))) {
		const [first, second, third] = group;
		if (!first || !second) continue;
		if (first.name === "**" || first.name === "Spread") {
			const inner = machine.evaluate(second, names);
			if (inner.kind === "dictionary") {
				for (const [key, value] of inner.entries) entries.set(key, value);
				open ??= inner.open;
			} else open ??= unknown(`${shortened(textOf(second))} is not known`);
		} else if (second.name === ":" && third) {
			const key = keyOf(machine.evaluate(first, names));
			const value = machine.evaluate(third, names);
			if (key === undefined) open ??= unknown(`the key ${shortened(textOf(first))} is not known`);
			else entries.set(key, value);
		}
	}
	return { kind: "dictionary", entries, open };
}

/** `value for target in list if condition`, with any number of `for` and `if`. */
export function comprehensionOf(machine: Machine, kids: readonly SyntaxNode[], names: Names): Thing {
	const items: Thing[] = [];
	const open = eachOf(machine, kids, names, (inner) => items.push(machine.evaluate(kids[0]!, inner)));
	return { kind: "list", items, open, tuple: false };
}

/** `key: value for target in list if condition`. */
export function dictionaryComprehensionOf(machine: Machine, kids: readonly SyntaxNode[], names: Names): Thing {
	const entries = new Map<string, Thing>();
	let open: Unknown | null = null;
	const [key, , value] = kids;
	const stopped = eachOf(machine, kids, names, (inner) => {
		const name = keyOf(machine.evaluate(key!, inner));
		if (name === undefined || !value) open ??= unknown("a key is not known");
		else entries.set(name, machine.evaluate(value, inner));
	});
	return { kind: "dictionary", entries, open: stopped ?? open };
}

/** Runs `visit` for each turn of a comprehension's loops; gives why not all of them are known. */
function eachOf(
	machine: Machine,
	kids: readonly SyntaxNode[],
	names: Names,
	visit: (names: Names) => void,
): Unknown | null {
	let at = kids.findIndex(({ name }) => name === "for");
	if (at > 0 && kids[at - 1]?.name === "async") at--;
	const walk = (from: number, inner: Names): Unknown | null => {
		machine.tick();
		let start = from;
		if (kids[start]?.name === "async") start++;
		const keyword = kids[start]?.name;
		if (keyword === undefined) {
			visit(inner);
			return null;
		}
		let end = start + 1;
		while (end < kids.length && !/^(for|if|async)$/.test(kids[end]!.name)) end++;
		const part = kids.slice(start + 1, end);
		if (keyword === "if") {
			const truth = part[0] ? truthOf(machine.evaluate(part[0], inner)) : undefined;
			if (truth === undefined) return unknown(`a condition is not known: ${part[0] ? shortened(textOf(part[0])) : ""}`);
			return truth ? walk(end, inner) : null;
		}
		const middle = part.findIndex(({ name }) => name === "in");
		const source = part[middle + 1];
		if (keyword !== "for" || middle < 0 || !source) return unknown("a loop that is not read");
		const targets = part.slice(0, middle).filter(({ name }) => !/^(,|\(|\))$/.test(name));
		const list = iterate(machine, machine.evaluate(source, inner));
		if ("kind" in list) return list;
		if (list.length > MOST_TURNS) return unknown(`more than ${MOST_TURNS} turns`);
		let stopped: Unknown | null = null;
		for (const item of list) {
			const own: Names = { own: new Map(), outer: inner, file: names.file };
			if (targets.length === 1) assign(machine, targets[0]!, item, own);
			else unpack(machine, targets, item, own, siteOf(source, names.file));
			stopped = walk(end, own) ?? stopped;
		}
		return stopped;
	};
	return at < 0 ? unknown("a loop that is not read") : walk(at, names);
}
