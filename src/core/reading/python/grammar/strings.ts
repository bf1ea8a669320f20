import type { SyntaxNode } from "../../code/node.ts";
import type { Quotes, Tokens } from "./tokens.ts";

const [LINE_FEED, RETURN, BACKSLASH, OPEN, CLOSE] = [10, 13, 92, 123, 125];

/** Adds what is between the brackets of a replacement, up to its format or its end. */
export type ParseReplaced = (tokens: Tokens, kids: SyntaxNode[]) => void;

/** A text. Of a format string, the kids are what it replaces. */
export function parseString(tokens: Tokens, parseReplaced: ParseReplaced): SyntaxNode {
	const { kind, from } = tokens;
	if (kind === "String") {
		const to = tokens.stringEnd();
		tokens.goOn(to);
		return tokens.leaf(kind, from, to);
	}
	const kids: SyntaxNode[] = [];
	const quotes = tokens.quotes();
	const { closers } = tokens;
	const to = parseContent(tokens, quotes, quotes.content, false, kids, parseReplaced);
	tokens.closers = closers;
	tokens.goOn(to);
	return tokens.nodeTo(kind, from, to, kids);
}

/**
 * Adds the replacements of a format string from `at` on, and gives where it ends. What is inside the format of a
 * replacement ends at that one's bracket, which is left alone, or where the string ends.
 */
function parseContent(
	tokens: Tokens,
	quotes: Quotes,
	start: number,
	isFormat: boolean,
	kids: SyntaxNode[],
	parseReplaced: ParseReplaced,
): number {
	const { text } = tokens.source;
	const { quote, isLong, isRaw } = quotes;
	let at = start;
	while (at < tokens.end) {
		const code = text.charCodeAt(at);
		if (code === quote && (!isLong || (text.charCodeAt(at + 1) === quote && text.charCodeAt(at + 2) === quote))) {
			return isFormat ? at : at + (isLong ? 3 : 1);
		}
		if ((code === LINE_FEED || code === RETURN) && !isLong) return at;
		if (code === CLOSE && isFormat) return at;
		if (code === BACKSLASH) {
			const name = isRaw ? null : /^\\N\{[^}'"\n]*\}/.exec(text.slice(at, at + 100));
			if (name) at += name[0].length;
			else if (text.charCodeAt(at + 1) === OPEN) at++;
			else at += text.charCodeAt(at + 1) === RETURN && text.charCodeAt(at + 2) === LINE_FEED ? 3 : 2;
		} else if (code !== OPEN) at++;
		else if (tokens.isTooDeep || (text.charCodeAt(at + 1) === OPEN && !isFormat)) at += 2;
		else at = parseReplacement(tokens, quotes, at, kids, parseReplaced);
	}
	return tokens.end;
}

/** Adds the replacement that opens at `from`, and gives where it ends. */
function parseReplacement(
	tokens: Tokens,
	quotes: Quotes,
	from: number,
	outer: SyntaxNode[],
	parseReplaced: ParseReplaced,
): number {
	const { text } = tokens.source;
	const kids = [tokens.leaf("{", from, from + 1)];
	// The end of its line ends a short string, whatever is open.
	tokens.closers = quotes.isLong ? ["}"] : [];
	tokens.goOn(from + 1);
	tokens.nesting++;
	parseReplaced(tokens, kids);
	if (tokens.is("=")) tokens.next();
	if (tokens.is("!")) {
		tokens.next();
		if (tokens.is("VariableName")) tokens.next();
	}
	let at = tokens.is("newline") ? tokens.last : tokens.from;
	if (tokens.is(":") || tokens.is(":=")) {
		const spec: SyntaxNode[] = [];
		const end = parseContent(tokens, quotes, at + 1, true, spec, parseReplaced);
		kids.push(tokens.nodeTo("FormatSpec", at, end, spec));
		at = end;
	} else if (!tokens.is("}")) {
		// What is not understood ends as a format would.
		kids.push(tokens.missing());
		at = parseContent(tokens, quotes, at, true, kids, parseReplaced);
	}
	if (text.charCodeAt(at) === CLOSE && at < tokens.end) kids.push(tokens.leaf("}", at, ++at));
	tokens.nesting--;
	outer.push(tokens.nodeTo("FormatReplacement", from, at, kids));
	return at;
}
