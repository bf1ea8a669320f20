import { foundOnce } from "../../foundOnce.ts";
import { itemsOf } from "./collections.ts";
import { mentionOf } from "./lookups.ts";
import { attributeParts, type SyntaxNode, stringValue, textOf } from "./node.ts";
import type { Resolver } from "./resolver.ts";
import { elementsOf, type Place, type Scope } from "./scope.ts";
import { nextWord } from "./words.ts";

/** Rows that are shorter hold pairs of any kind. */
const SHORTEST_ROW = 3;

/**
 * The names that a column of a table has: in a list of names beside the table, or where its rows are taken apart by a
 * function that names the table.
 */
export function namesOfColumn(row: SyntaxNode, value: SyntaxNode, place: Place, resolver: Resolver): readonly string[] {
	const elements = elementsOf(row);
	const table = row.parent;
	if (elements.length < SHORTEST_ROW || !table || !isList(table) || !isTable(table)) return [];
	const at = elements.indexOf(value);
	const heads = namesBeside(table, elements.length, place, resolver);
	if (heads) return heads.slice(at, at + 1);
	const name = nameOf(table);
	if (name === undefined) return [];
	resolver.lookups.add(mentionOf(name));
	return resolver.scopes.functions
		.filter(({ node }) => nextWord(textOf(node), name, 0) >= 0)
		.flatMap(({ scope }) => namesTaking(at, elements.length, scope));
}

/** Whether all rows of a list are lists of one length. */
const isTable = foundOnce((list: SyntaxNode): boolean => {
	const rows = elementsOf(list);
	return rows.every((row) => isList(row) && elementsOf(row).length === elementsOf(rows[0]!).length);
});

/** As many names in a list under another key: `{"columns": ["size", "act", "stride"], "rows": [(3, "relu", 2)]}`. */
function namesBeside(
	table: SyntaxNode,
	count: number,
	place: Place,
	resolver: Resolver,
): readonly string[] | undefined {
	const { parent } = table;
	if (parent?.name !== "DictionaryExpression") return undefined;
	for (const { value } of itemsOf(parent) ?? []) {
		if (value === table || !(isList(value) || value.name === "VariableName")) continue;
		const items = resolver.certainCollection(value, place)?.items ?? [];
		const names = items.flatMap(({ value }) => stringValue(value) ?? []);
		if (items.length === count && names.length === count) return names;
	}
	return undefined;
}

/** The names that a function gives the value at this index of as many. */
function namesTaking(at: number, count: number, { names }: Scope): string[] {
	const bound = [...names].flatMap(([name, bindings]) => bindings.map(({ what }) => ({ name, what })));
	const namesOfLoop = (over: SyntaxNode) => bound.filter(({ what }) => what.kind === "element" && what.of === over);
	return bound.flatMap(({ name, what }) => {
		if ((what.kind !== "part" && what.kind !== "element") || what.at !== at) return [];
		const taken = what.kind === "part" ? what.count : namesOfLoop(what.of).length;
		return taken === count ? [name] : [];
	});
}

/** The name of the variable or attribute that a table is the value of, or a value in. */
function nameOf(table: SyntaxNode): string | undefined {
	let value = table;
	while (value.parent && /^(Tuple|Array|Dictionary)Expression$/.test(value.parent.name)) value = value.parent;
	const { parent } = value;
	const at = parent?.name === "AssignStatement" ? parent.kids.indexOf(value) : -1;
	const target = parent?.kids[at - 1]?.name === "AssignOp" ? parent.kids[at - 2] : undefined;
	if (target?.name === "VariableName") return textOf(target);
	const property = target && attributeParts(target)?.property;
	return property && textOf(property);
}

function isList({ name }: SyntaxNode): boolean {
	return name === "ArrayExpression" || name === "TupleExpression";
}
