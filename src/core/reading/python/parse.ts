import { emptyTree, type OpenNode, type SourceText, type SyntaxNode } from "../code/node.ts";
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
	parseStatements(new Tokens(source, from, to), root.kids);
	for (const kid of root.kids as OpenNode[]) kid.parent = root;
	return root;
}
