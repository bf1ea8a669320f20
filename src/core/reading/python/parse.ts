import type { MemberTree } from "../code/language.ts";
import { emptyTree, type OpenNode, type SourceText, type SyntaxNode } from "../code/node.ts";
import { lineEnd } from "../code/statementScan.ts";
import { parseStatements } from "./grammar/statements.ts";
import { Tokens } from "./grammar/tokens.ts";

/**
 * The syntax tree of any text of Python 3, and of most of Python 2; what is not Python is in nodes named "⚠", and what
 * lies deeper than Python reads in "TooDeep". The text is what lies between two offsets of the source, and begins a line.
 * Takes time in proportion to it.
 *
 * The nodes are those of Lezer's grammar for Python, but for the escapes in strings and the like, which are left out.
 */
export function parsePython(source: SourceText, from = 0, to = source.text.length): SyntaxNode {
	const root = emptyTree(source, from, to);
	parseStatements(new Tokens(root.piece, to), root.kids);
	for (const kid of root.kids as OpenNode[]) kid.parent = root;
	return root;
}

/** The same of a text that begins with members of a class: statements up to one without indent. */
export function parseMembers(source: SourceText, from: number, to: number): MemberTree {
	const { text } = source;
	const tree = parsePython(source, from, to);
	const outside = tree.kids.findIndex((kid) => /[\r\n\f]/.test(text.charAt(kid.from - 1)));
	const members = outside < 0 ? tree.kids.length : outside;
	return Object.assign(tree, { members, classEnd: members > 0 ? endOf(tree.kids[members - 1]!) : undefined });
}

/** Where a body ends whose last statement this is: with its line. */
function endOf({ source: { text }, to }: SyntaxNode): number {
	if (/[\r\n]/.test(text.charAt(to - 1))) return to;
	const end = lineEnd(text, to);
	if (end === text.length) return to;
	return text.startsWith("\r\n", end) ? end + 2 : end + 1;
}
