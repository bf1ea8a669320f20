import type { Parser, Tree } from "@lezer/common";
import { foundOnce } from "../../foundOnce.ts";

/** The text that nodes are of. Nodes of many files may meet where imports are followed, so each knows its own. */
export interface SourceText {
	readonly text: string;
}

/** What lies in a source from an offset on, and was parsed at once: where it moves, its nodes do. */
export interface Piece {
	readonly source: SourceText;
	start: number;
}

/**
 * A node of a file's syntax tree, in the terms of Python's grammar whatever the language. Comments are left out;
 * punctuation is kept, as unparenthesised lists need it.
 */
export interface SyntaxNode {
	/** The grammar's name of the node: "CallExpression", "VariableName", or the text of a keyword or sign. */
	readonly name: string;
	/** What it says, where that is not what is written: `&&` says "and". */
	readonly text: string | undefined;
	/** What `from` and `to` are offsets in. */
	readonly source: SourceText;
	/** What of it was parsed with the node. */
	readonly piece: Piece;
	readonly from: number;
	readonly to: number;
	readonly parent: SyntaxNode | null;
	readonly kids: SyntaxNode[];
}

/** A node while its tree is being built. */
export type OpenNode = Omit<SyntaxNode, Open> & { -readonly [K in Open]: SyntaxNode[K] };
type Open = "to" | "parent" | "kids";

/** The kids of a leaf. */
export const NO_KIDS: SyntaxNode[] = [];
Object.freeze(NO_KIDS);

/** Its place is counted from where the piece begins: an edit before it moves all nodes of the piece by one number. */
class PlacedNode implements OpenNode {
	readonly name: string;
	readonly text: string | undefined;
	readonly piece: Piece;
	parent: SyntaxNode | null = null;
	kids: SyntaxNode[];
	/** Behind the piece's start. */
	readonly #begin: number;
	#end: number;

	constructor(piece: Piece, name: string, from: number, to: number, kids: SyntaxNode[], text: string | undefined) {
		this.name = name;
		this.text = text;
		this.piece = piece;
		this.kids = kids;
		this.#begin = from - piece.start;
		this.#end = to - piece.start;
	}

	get source(): SourceText {
		return this.piece.source;
	}

	get from(): number {
		return this.piece.start + this.#begin;
	}

	get to(): number {
		return this.piece.start + this.#end;
	}

	set to(offset: number) {
		this.#end = offset - this.piece.start;
	}
}

/** A node that lies between two offsets of the source; its parent is set when there is one. */
export function nodeAt(
	piece: Piece,
	name: string,
	from: number,
	to: number,
	kids: SyntaxNode[] = NO_KIDS,
	text?: string,
): OpenNode {
	return new PlacedNode(piece, name, from, to, kids, text);
}

/** Brackets inside more than this many others are left out of a text whose tree is too deep for the stack. */
const DEEPEST = 1000;

/** The empty tree of a text, which is a piece of the source. */
export function emptyTree(source: SourceText, from = 0, to = source.text.length): OpenNode {
	return nodeAt({ source, start: from }, "Script", from, to, []);
}

/**
 * The tree that a parser of Lezer's makes of what lies between two offsets of a source, without comments. Of a text that is nested deeper, by some ten thousand levels, than the stack lets a tree be built, what lies that deep is left out.
 * `around` is what the parser sees before and behind it; the nodes end with the text.
 */
export function parseTree(
	parser: Parser,
	source: SourceText,
	from: number,
	to: number,
	around: readonly [before: string, behind: string] = ["", ""],
): SyntaxNode {
	const text = around[0] + source.text.slice(from, to) + around[1];
	const start = from - around[0].length;
	const root = emptyTree(source, from, to);
	const tree = parsed(parser, text) ?? parsed(parser, withoutDepths(text));
	if (!tree) return root;
	const cursor = tree.cursor();
	let parent: SyntaxNode = root;
	if (!cursor.firstChild()) return root;
	for (;;) {
		const isBehind = start + cursor.from >= to && start + cursor.to > to;
		if (!cursor.name.endsWith("Comment") && !isBehind) {
			const { name } = cursor;
			const end = Math.max(Math.min(start + cursor.to, to), from);
			const node = nodeAt(root.piece, name, Math.max(start + cursor.from, from), end);
			node.parent = parent;
			parent.kids.push(node);
			if (cursor.firstChild()) {
				node.kids = [];
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

function parsed(parser: Parser, text: string): Tree | undefined {
	try {
		return parser.parse(text);
	} catch (error) {
		if (error instanceof RangeError) return undefined;
		throw error;
	}
}

/** A text with the same offsets and lines, blank inside the innermost brackets. */
function withoutDepths(text: string): string {
	let depth = 0;
	return text.replace(/[^\n]/g, (character) => {
		if (/[([{]/.test(character)) depth++;
		const shown = depth > DEEPEST ? " " : character;
		if (/[)\]}]/.test(character)) depth = Math.max(depth - 1, 0);
		return shown;
	});
}

/** What a node says. */
export function textOf(node: SyntaxNode): string {
	return node.text ?? node.source.text.slice(node.from, node.to);
}

/** The first child of one of these names. */
export function childNamed(node: SyntaxNode, name: string): SyntaxNode | undefined {
	return node.kids.find((kid) => kid.name === name);
}

/** An argument of a call, or an element of a subscript. */
export interface CallArgument {
	readonly name: SyntaxNode | null;
	readonly value: SyntaxNode;
	/** 1 for `*value`, 2 for `**value`, else 0. */
	readonly stars: 0 | 1 | 2;
}

/** The arguments in an ArgList, in order. Half-typed ones without a value are left out. */
export const argumentsOf = foundOnce((list: SyntaxNode): readonly CallArgument[] => {
	const found: CallArgument[] = [];
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
});

/** The children between commas, without the commas; an empty group where nothing stands. */
export function splitByCommas(kids: readonly SyntaxNode[]): SyntaxNode[][] {
	const groups: SyntaxNode[][] = [[]];
	for (const kid of kids) {
		if (kid.name === ",") groups.push([]);
		else groups[groups.length - 1]!.push(kid);
	}
	return groups;
}

/** The callee and the argument list of a call. */
export function callParts(call: SyntaxNode): { callee: SyntaxNode; list: SyntaxNode } | undefined {
	const [callee, list] = call.kids;
	return callee && list?.name === "ArgList" ? { callee, list } : undefined;
}

/** The call that a node is an argument of. */
export function callAround({ parent: list }: SyntaxNode): SyntaxNode | undefined {
	const call = list?.name === "ArgList" ? list.parent : undefined;
	return call?.name === "CallExpression" ? call : undefined;
}

/** The object and the attribute's name node of `object.attribute`; undefined for a subscript. */
export function attributeParts(member: SyntaxNode): { object: SyntaxNode; property: SyntaxNode } | undefined {
	const { kids } = member;
	const property = kids[kids.length - 1];
	if (member.name !== "MemberExpression" || property?.name !== "PropertyName" || !kids[0]) return undefined;
	return { object: kids[0], property };
}

/** The object and the index nodes (between commas) of `object[index]`; undefined for an attribute or a slice. */
export function subscriptParts(member: SyntaxNode): { object: SyntaxNode; indices: SyntaxNode[] } | undefined {
	const { kids } = member;
	if (member.name !== "MemberExpression" || kids[1]?.name !== "[" || !kids[0]) return undefined;
	const indices: SyntaxNode[] = [];
	for (const group of splitByCommas(kids.slice(2))) {
		const items = group.filter((kid) => kid.name !== "]");
		if (items.length !== 1) return undefined;
		indices.push(items[0]!);
	}
	return { object: kids[0], indices };
}

/** The node inside any number of parentheses. */
export function unwrap(node: SyntaxNode): SyntaxNode {
	let inner = node;
	while (inner.name === "ParenthesizedExpression") {
		const content = inner.kids.find((kid) => kid.name !== "(" && kid.name !== ")");
		if (!content) return inner;
		inner = content;
	}
	return inner;
}

/** The targets (a list of lists for `a, b = …`) and the values of an assignment; `values` is empty for a bare annotation. */
export function assignmentParts(statement: SyntaxNode): { targets: SyntaxNode[][]; values: SyntaxNode[] } {
	const sides: SyntaxNode[][] = [[]];
	for (const kid of statement.kids) {
		if (kid.name === "AssignOp") sides.push([]);
		else if (kid.name !== "TypeDef" && kid.name !== "," && kid.name !== "*") sides[sides.length - 1]!.push(kid);
	}
	const values = sides.length > 1 ? sides.pop()! : [];
	return { targets: sides, values };
}

/** Whether the node stands in a list without parentheses, as in `return a, b`. */
export function hasComma(node: SyntaxNode): boolean {
	return node.kids.some((kid) => kid.name === ",");
}

/** The content of a plain string literal; undefined for bytes, f-strings, and strings with escapes that matter. */
export function stringValue(node: SyntaxNode): string | undefined {
	if (node.name !== "String") return undefined;
	const match = /^[uUrR]?("""|'''|"|')([\s\S]*)\1$/.exec(textOf(node));
	return match?.[2]?.includes("\\") ? undefined : match?.[2];
}
