import type { SyntaxNode } from "../../code/node.ts";
import { expect, parseCommas, parseList, skipNested } from "./expressions.ts";
import { parseString } from "./strings.ts";
import type { Tokens } from "./tokens.ts";

/** Adds the patterns of a `case`, between commas. */
export function parsePatterns(tokens: Tokens, kids: SyntaxNode[]): void {
	parseCommas(tokens, kids, (_, all) => all.push(parsePattern(tokens)));
}

function parsePattern(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const first = parseClosed(tokens);
	let pattern = first;
	if (tokens.is("|")) {
		const kids = [first];
		while (tokens.is("|")) kids.push(tokens.take("LogicOp"), parseClosed(tokens));
		pattern = tokens.node("OrPattern", from, kids);
	}
	if (!tokens.is("as")) return pattern;
	const kids = [pattern, tokens.take()];
	expect(tokens, "VariableName", kids);
	return tokens.node("AsPattern", from, kids);
}

function parseClosed(tokens: Tokens): SyntaxNode {
	if (tokens.isTooDeep) return skipNested(tokens);
	tokens.nesting++;
	const pattern = parseOne(tokens);
	tokens.nesting--;
	return pattern;
}

function parseOne(tokens: Tokens): SyntaxNode {
	const { from, kind } = tokens;
	switch (kind) {
		case "VariableName":
			return parseNamed(tokens);
		case "*":
			return tokens.node("StarPattern", from, [tokens.take(), parseClosed(tokens)]);
		case "(":
		case "[": {
			const kids: SyntaxNode[] = [];
			parseList(tokens, kind === "(" ? ")" : "]", kids, (_, all) => all.push(parsePattern(tokens)));
			return tokens.node("SequencePattern", from, kids);
		}
		case "{": {
			const kids: SyntaxNode[] = [];
			parseList(tokens, "}", kids, parseMapped);
			return tokens.node("MappingPattern", from, kids);
		}
		default:
			return parseLiteral(tokens);
	}
}

/** A name, a member, or a class with what its object holds. */
function parseNamed(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const name = tokens.take();
	let pattern = name;
	if (tokens.is(".")) {
		const kids = [name];
		while (tokens.is(".")) {
			kids.push(tokens.take());
			kids.push(tokens.isWord ? tokens.take("PropertyName") : tokens.missing());
		}
		pattern = tokens.node("AttributePattern", from, kids);
	} else if (!tokens.is("(")) return tokens.node("CapturePattern", from, [name]);
	if (!tokens.is("(")) return pattern;
	const kids: SyntaxNode[] = [];
	const start = tokens.from;
	parseList(tokens, ")", kids, parseHeld);
	return tokens.node("ClassPattern", from, [pattern, tokens.node("PatternArgList", start, kids)]);
}

function parseHeld(tokens: Tokens, kids: SyntaxNode[]): void {
	const { from } = tokens;
	const pattern = parsePattern(tokens);
	if (!tokens.is("=")) {
		kids.push(pattern);
		return;
	}
	tokens.next();
	kids.push(tokens.node("KeywordPattern", from, [nameOf(pattern), parsePattern(tokens)]));
}

/** The name alone of what was read as one to be bound. */
function nameOf(pattern: SyntaxNode): SyntaxNode {
	return pattern.name === "CapturePattern" ? pattern.kids[0]! : pattern;
}

function parseMapped(tokens: Tokens, kids: SyntaxNode[]): void {
	if (tokens.is("**")) {
		kids.push(tokens.take(), parseClosed(tokens));
		return;
	}
	kids.push(nameOf(parseClosed(tokens)));
	if (expect(tokens, ":", kids)) kids.push(parsePattern(tokens));
}

function parseLiteral(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const kids: SyntaxNode[] = [];
	if (tokens.is("-")) kids.push(tokens.take("ArithOp"));
	switch (tokens.kind) {
		case "Number":
			kids.push(tokens.take());
			if (tokens.is("+") || tokens.is("-")) kids.push(tokens.take("ArithOp"), tokens.take());
			break;
		case "String":
		case "FormatString":
			while (tokens.is("String") || tokens.is("FormatString")) kids.push(parseString(tokens, () => {}));
			break;
		case "None":
		case "Boolean":
			kids.push(tokens.take());
			break;
		default:
			kids.push(tokens.missing());
	}
	return tokens.node("LiteralPattern", from, kids);
}
