import { parser } from "@lezer/python";
import { parseTree, type SourceText, type SyntaxNode } from "../code/node.ts";

/**
 * The syntax tree of any text; what is not Python is in nodes named "⚠". Takes time in proportion to the text.
 *
 * The text lies at offset `base` of the source.
 */
export function parsePython(text: string, base = 0, source: SourceText = { text }): SyntaxNode {
	return parseTree(parser, parseable(text), base, source);
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
