import { parser } from "@lezer/python";

/** A node of a Python file's syntax tree. Comments are left out; punctuation is kept, as unparenthesised lists need it. */
export interface PyNode {
	/** The grammar's name of the node: "CallExpression", "VariableName", or the text of a keyword or sign. */
	readonly name: string;
	readonly from: number;
	readonly to: number;
	readonly parent: PyNode | null;
	readonly kids: PyNode[];
}

const NO_KIDS: PyNode[] = [];
Object.freeze(NO_KIDS);

/**
 * The syntax tree of any text; what is not Python is in nodes named "⚠". Takes time in proportion to the text.
 *
 * `base` is added to every offset, for a text that is a part of a longer one.
 */
export function parsePython(text: string, base = 0): PyNode {
	const cursor = parser.parse(parseable(text)).cursor();
	const root: PyNode = { name: cursor.name, from: base, to: base + text.length, parent: null, kids: [] };
	let parent = root;
	if (!cursor.firstChild()) return root;
	for (;;) {
		if (cursor.name !== "Comment") {
			const { name } = cursor;
			const node: PyNode = { name, from: base + cursor.from, to: base + cursor.to, parent, kids: NO_KIDS };
			parent.kids.push(node);
			if (cursor.firstChild()) {
				(node as { kids: PyNode[] }).kids = [];
				parent = node;
				continue;
			}
		}
		while (!cursor.nextSibling()) {
			if (!cursor.parent() || parent.parent === null) return root;
			parent = parent.parent;
		}
	}
}

/** Numbers that end in their point, as `1.` and `1.e5`. */
const OPEN_NUMBER = /(?<![\w.])(\d[\d_]*)\.(?=[eE][+-]?\d|[jJ]\b|[^\w.]|$)/g;
/** `yield` as a whole statement. */
const BARE_YIELD = /^([ \t]*)yield(?=[ \t]*(?:#.*)?\r?$)/gm;
/** A pattern without arguments, as in `case Point():`. */
const EMPTY_PATTERN = /^[ \t]*case [^\n]*\(\)/gm;

/** A text with the same offsets, in which what the grammar does not know stands in a way that it does. Only the parser sees it. */
function parseable(text: string): string {
	return text
		.replace(OPEN_NUMBER, "$10")
		.replace(BARE_YIELD, "$1pass ")
		.replace(EMPTY_PATTERN, (line) => line.replaceAll("()", "  "));
}

/** The first child of one of these names. */
export function childNamed(node: PyNode, name: string): PyNode | undefined {
	return node.kids.find((kid) => kid.name === name);
}

/** An argument of a call, or an element of a subscript. */
export interface PyArgument {
	readonly name: PyNode | null;
	readonly value: PyNode;
	/** 1 for `*value`, 2 for `**value`, else 0. */
	readonly stars: 0 | 1 | 2;
}

/** The arguments in an ArgList, in order. Half-typed ones without a value are left out. */
export function argumentsOf(list: PyNode): PyArgument[] {
	const found: PyArgument[] = [];
	for (const group of splitByCommas(list.kids)) {
		let items = group.filter((kid) => kid.name !== "(" && kid.name !== ")" && kid.name !== "⚠");
		let stars: 0 | 1 | 2 = 0;
		if (items[0]?.name === "*" || items[0]?.name === "**") {
			stars = items[0].name === "*" ? 1 : 2;
			items = items.slice(1);
		}
		const [first, second, third] = items;
		if (!first) continue;
		if (second?.name === "AssignOp") {
			if (third) found.push({ name: first, value: third, stars });
		} else found.push({ name: null, value: first, stars });
	}
	return found;
}

/** The children between commas, without the commas; an empty group where nothing stands. */
export function splitByCommas(kids: readonly PyNode[]): PyNode[][] {
	const groups: PyNode[][] = [[]];
	for (const kid of kids) {
		if (kid.name === ",") groups.push([]);
		else groups[groups.length - 1]!.push(kid);
	}
	return groups;
}

/** The callee and the argument list of a call. */
export function callParts(call: PyNode): { callee: PyNode; list: PyNode } | undefined {
	const [callee, list] = call.kids;
	return callee && list?.name === "ArgList" ? { callee, list } : undefined;
}

/** The object and the attribute's name node of `object.attribute`; undefined for a subscript. */
export function attributeParts(member: PyNode): { object: PyNode; property: PyNode } | undefined {
	const { kids } = member;
	const property = kids[kids.length - 1];
	if (member.name !== "MemberExpression" || property?.name !== "PropertyName" || !kids[0]) return undefined;
	return { object: kids[0], property };
}

/** The object and the index nodes (between commas) of `object[index]`; undefined for an attribute or a slice. */
export function subscriptParts(member: PyNode): { object: PyNode; indices: PyNode[] } | undefined {
	const { kids } = member;
	if (member.name !== "MemberExpression" || kids[1]?.name !== "[" || !kids[0]) return undefined;
	const indices: PyNode[] = [];
	for (const group of splitByCommas(kids.slice(2))) {
		const items = group.filter((kid) => kid.name !== "]");
		if (items.length !== 1) return undefined;
		indices.push(items[0]!);
	}
	return { object: kids[0], indices };
}

/** The node inside any number of parentheses. */
export function unwrap(node: PyNode): PyNode {
	let inner = node;
	while (inner.name === "ParenthesizedExpression") {
		const content = inner.kids.find((kid) => kid.name !== "(" && kid.name !== ")");
		if (!content) return inner;
		inner = content;
	}
	return inner;
}

/** The targets (a list of lists for `a, b = …`) and the values of an assignment; `values` is empty for a bare annotation. */
export function assignmentParts(statement: PyNode): { targets: PyNode[][]; values: PyNode[] } {
	const sides: PyNode[][] = [[]];
	for (const kid of statement.kids) {
		if (kid.name === "AssignOp") sides.push([]);
		else if (kid.name !== "TypeDef" && kid.name !== "," && kid.name !== "*") sides[sides.length - 1]!.push(kid);
	}
	const values = sides.length > 1 ? sides.pop()! : [];
	return { targets: sides, values };
}

/** Whether the node stands in a list without parentheses, as in `return a, b`. */
export function hasComma(node: PyNode): boolean {
	return node.kids.some((kid) => kid.name === ",");
}

/** The content of a plain string literal; undefined for bytes, f-strings, and strings with escapes that matter. */
export function stringValue(node: PyNode, text: string): string | undefined {
	if (node.name !== "String") return undefined;
	const match = /^[uUrR]?("""|'''|"|')([\s\S]*)\1$/.exec(text.slice(node.from, node.to));
	return match?.[2]?.includes("\\") ? undefined : match?.[2];
}
