import type { SyntaxNode } from "../../code/node.ts";
import { parseString } from "./strings.ts";
import type { Tokens } from "./tokens.ts";

/** How strongly operators bind. */
const [OR, NOT, COMPARE, BIT_OR, PREFIX, POWER] = [1, 3, 4, 5, 11, 12];
const LEVELS: ReadonlyMap<string, number> = new Map([
	["or", OR],
	["and", 2],
	["CompareOp", COMPARE],
	["in", COMPARE],
	["not", COMPARE],
	["is", COMPARE],
	["|", BIT_OR],
	["^", 6],
	["&", 7],
	["<<", 8],
	[">>", 8],
	["+", 9],
	["-", 9],
	["*", 10],
	["@", 10],
	["/", 10],
	["//", 10],
	["%", 10],
	["**", POWER],
]);
const NAMES: ReadonlyMap<string, string> = new Map([
	...["|", "^", "&", "<<", ">>", "~"].map((sign) => [sign, "BitOp"] as const),
	...["+", "-", "*", "@", "/", "//", "%", "**"].map((sign) => [sign, "ArithOp"] as const),
]);

/** `a`, `a if b else c`, or a lambda. */
export function parseTest(tokens: Tokens): SyntaxNode {
	if (tokens.isTooDeep) return skipNested(tokens);
	tokens.nesting++;
	const parsed = tokens.is("lambda") ? parseLambda(tokens) : parseConditional(tokens);
	tokens.nesting--;
	return parsed;
}

function parseConditional(tokens: Tokens): SyntaxNode {
	const value = parseBinary(tokens, OR);
	if (!tokens.is("if")) return value;
	const kids = [value, tokens.take(), parseBinary(tokens, OR)];
	if (tokens.is("else")) kids.push(tokens.take(), parseTest(tokens));
	else kids.push(tokens.missing());
	return tokens.node("ConditionalExpression", value.from, kids);
}

/** A test, or `name := test`. */
export function parseNamed(tokens: Tokens): SyntaxNode {
	const target = parseTest(tokens);
	if (!tokens.is(":=")) return target;
	return tokens.node("NamedExpression", target.from, [target, tokens.take("AssignOp"), parseTest(tokens)]);
}

/** Adds a test, or one that is spread: `*test`. */
export function parseElement(tokens: Tokens, kids: SyntaxNode[]): void {
	if (tokens.is("*")) kids.push(tokens.take(), parseBinary(tokens, BIT_OR));
	else kids.push(parseNamed(tokens));
}

/** Adds what stands between commas, and the commas, up to what cannot belong to it. */
export function parseCommas(
	tokens: Tokens,
	kids: SyntaxNode[],
	parseItem: (tokens: Tokens, kids: SyntaxNode[]) => void,
): void {
	for (;;) {
		parseItem(tokens, kids);
		if (!tokens.is(",")) return;
		kids.push(tokens.take());
		if (!mayBegin(tokens)) return;
	}
}

/** Adds the targets of a loop, up to `in`. */
export function parseTargets(tokens: Tokens, kids: SyntaxNode[]): void {
	parseCommas(tokens, kids, (_, all) => {
		if (tokens.is("*")) all.push(tokens.take());
		all.push(parseBinary(tokens, BIT_OR));
	});
}

/** What can be bound: what stands behind `as`. */
export function parseTarget(tokens: Tokens): SyntaxNode {
	return parseBinary(tokens, BIT_OR);
}

/** `yield`, alone or with what it yields. */
export function parseYield(tokens: Tokens, name: string): SyntaxNode {
	const { from } = tokens;
	const kids = [tokens.take()];
	if (tokens.is("from")) kids.push(tokens.take(), parseTest(tokens));
	else if (mayBegin(tokens)) parseCommas(tokens, kids, parseElement);
	return tokens.node(name, from, kids);
}

/** Adds a token of this kind, or what stands for it where it is missing. */
export function expect(tokens: Tokens, kind: string, kids: SyntaxNode[], name = kind): boolean {
	const isThere = tokens.kind === kind;
	kids.push(isThere ? tokens.take(name) : tokens.missing());
	return isThere;
}

/** Whether an expression may begin with the token. */
export function mayBegin({ kind }: Tokens): boolean {
	switch (kind) {
		case "VariableName":
		case "Number":
		case "String":
		case "FormatString":
		case "Boolean":
		case "None":
		case "Ellipsis":
		case "(":
		case "[":
		case "{":
		case "+":
		case "-":
		case "~":
		case "*":
		case "**":
		case "not":
		case "await":
		case "lambda":
			return true;
		default:
			return false;
	}
}

/** Operators of a level or above it with their operands. */
function parseBinary(tokens: Tokens, lowest: number): SyntaxNode {
	let left = parseUnary(tokens);
	for (;;) {
		const level = LEVELS.get(tokens.kind);
		if (level === undefined || level < lowest) return left;
		const kids = [left];
		if (tokens.is("not")) {
			if (tokens.followingWord !== "in") return left;
			kids.push(tokens.take(), tokens.take());
		} else {
			const isIs = tokens.is("is");
			kids.push(tokens.take(NAMES.get(tokens.kind)));
			if (isIs && tokens.is("not")) kids.push(tokens.take());
		}
		kids.push(level === POWER ? parseExponent(tokens) : parseBinary(tokens, level + 1));
		left = tokens.node("BinaryExpression", left.from, kids);
	}
}

function parseExponent(tokens: Tokens): SyntaxNode {
	if (tokens.isTooDeep) return skipNested(tokens);
	tokens.nesting++;
	const exponent = parseBinary(tokens, POWER);
	tokens.nesting--;
	return exponent;
}

function parseUnary(tokens: Tokens): SyntaxNode {
	const { kind, from } = tokens;
	switch (kind) {
		case "not":
		case "+":
		case "-":
		case "~": {
			if (tokens.isTooDeep) return skipNested(tokens);
			tokens.nesting++;
			const kids = [tokens.take(NAMES.get(kind)), parseBinary(tokens, kind === "not" ? NOT : PREFIX)];
			tokens.nesting--;
			return tokens.node("UnaryExpression", from, kids);
		}
		case "await":
			return tokens.node("AwaitExpression", from, [tokens.take(), parsePrimary(tokens)]);
		default:
			return parsePrimary(tokens);
	}
}

/** A value with its calls, subscripts and members. */
function parsePrimary(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	let node = parseAtom(tokens);
	for (;;) {
		switch (tokens.kind) {
			case "(":
				node = tokens.node("CallExpression", from, [node, parseArguments(tokens)]);
				break;
			case "[": {
				const kids = [node];
				parseList(tokens, "]", kids, parseSlice);
				node = tokens.node("MemberExpression", from, kids);
				break;
			}
			case ".": {
				const kids = [node, tokens.take()];
				kids.push(tokens.isWord ? tokens.take("PropertyName") : tokens.missing());
				node = tokens.node("MemberExpression", from, kids);
				break;
			}
			default:
				return node;
		}
	}
}

function parseAtom(tokens: Tokens): SyntaxNode {
	switch (tokens.kind) {
		case "VariableName":
		case "Number":
		case "Boolean":
		case "None":
		case "Ellipsis":
			return tokens.take();
		case "String":
		case "FormatString":
			return parseStrings(tokens);
		case "(":
			return parseParentheses(tokens);
		case "[": {
			const { from } = tokens;
			const kids: SyntaxNode[] = [];
			parseList(tokens, "]", kids, parseComprehended);
			return tokens.node(holds(kids, "for") ? "ArrayComprehensionExpression" : "ArrayExpression", from, kids);
		}
		case "{":
			return parseBraces(tokens);
		case "lambda":
			return parseTest(tokens);
		default:
			return tokens.missing();
	}
}

function parseStrings(tokens: Tokens): SyntaxNode {
	const first = parseString(tokens, parseReplaced);
	if (!tokens.is("String") && !tokens.is("FormatString")) return first;
	const kids = [first];
	while (tokens.is("String") || tokens.is("FormatString")) kids.push(parseString(tokens, parseReplaced));
	return tokens.node("ContinuedString", first.from, kids);
}

function parseReplaced(tokens: Tokens, kids: SyntaxNode[]): void {
	if (tokens.is("yield")) kids.push(parseYield(tokens, "YieldExpression"));
	else {
		parseCommas(tokens, kids, (_, all) => {
			if (tokens.is("*")) all.push(tokens.take());
			all.push(parseTest(tokens));
		});
	}
}

function parseParentheses(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const kids: SyntaxNode[] = [];
	parseList(tokens, ")", kids, parseComprehended);
	const isTuple = kids.length === 2 || holds(kids, ",");
	const plain = isTuple ? "TupleExpression" : "ParenthesizedExpression";
	return tokens.node(holds(kids, "for") ? "ComprehensionExpression" : plain, from, kids);
}

function parseBraces(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const kids: SyntaxNode[] = [];
	parseList(tokens, "}", kids, parsePair);
	const isDictionary = kids.length === 2 || holds(kids, ":") || holds(kids, "**");
	const kind = isDictionary ? "Dictionary" : "Set";
	return tokens.node(`${kind}${holds(kids, "for") ? "Comprehension" : ""}Expression`, from, kids);
}

/** An element, or what a comprehension makes of one. */
function parseComprehended(tokens: Tokens, kids: SyntaxNode[]): void {
	if (tokens.is("yield")) kids.push(parseYield(tokens, "YieldExpression"));
	else parseElement(tokens, kids);
	parseComprehension(tokens, kids);
}

function parsePair(tokens: Tokens, kids: SyntaxNode[]): void {
	if (tokens.is("**")) kids.push(tokens.take(), parseBinary(tokens, BIT_OR));
	else parseElement(tokens, kids);
	if (tokens.is(":")) kids.push(tokens.take(), parseTest(tokens));
	parseComprehension(tokens, kids);
}

function parseSlice(tokens: Tokens, kids: SyntaxNode[]): void {
	if (!tokens.is(":")) parseElement(tokens, kids);
	while (tokens.is(":")) {
		kids.push(tokens.take());
		if (mayBegin(tokens)) kids.push(parseNamed(tokens));
	}
}

/** The arguments of a call, or the bases of a class. */
export function parseArguments(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const kids: SyntaxNode[] = [];
	parseList(tokens, ")", kids, parseArgument);
	return tokens.node("ArgList", from, kids);
}

function parseArgument(tokens: Tokens, kids: SyntaxNode[]): void {
	if (tokens.is("*") || tokens.is("**")) kids.push(tokens.take());
	const value = parseTest(tokens);
	kids.push(value);
	if (tokens.is("=") || tokens.is(":=")) {
		kids.push(tokens.take(value.name === "VariableName" ? "AssignOp" : "⚠"), parseTest(tokens));
	}
	parseComprehension(tokens, kids);
}

/** Adds the loops and conditions of a comprehension, if there are any. */
function parseComprehension(tokens: Tokens, kids: SyntaxNode[]): void {
	while (tokens.is("for") || tokens.is("async")) {
		if (tokens.is("async")) kids.push(tokens.take());
		expect(tokens, "for", kids);
		parseTargets(tokens, kids);
		expect(tokens, "in", kids);
		kids.push(parseBinary(tokens, OR));
		while (tokens.is("if")) kids.push(tokens.take(), parseCondition(tokens));
	}
}

/** A condition of a comprehension, behind which another may follow. */
function parseCondition(tokens: Tokens): SyntaxNode {
	const value = tokens.is("lambda") ? parseTest(tokens) : parseBinary(tokens, OR);
	if (!tokens.is(":=")) return value;
	return tokens.node("NamedExpression", value.from, [value, tokens.take("AssignOp"), parseBinary(tokens, OR)]);
}

function parseLambda(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const kids = [tokens.take()];
	const start = tokens.is(":") ? tokens.last : tokens.from;
	const parameters: SyntaxNode[] = [];
	while (!tokens.is(":") && (tokens.is(",") || tokens.is("/") || mayBegin(tokens))) {
		if (tokens.is(",")) parameters.push(tokens.take());
		else parseParameter(tokens, parameters, false);
	}
	kids.push(tokens.node("ParamList", start, parameters));
	if (expect(tokens, ":", kids)) kids.push(parseTest(tokens));
	return tokens.node("LambdaExpression", from, kids);
}

/** Adds one of a function's parameters, with its type where types are allowed. */
export function parseParameter(tokens: Tokens, kids: SyntaxNode[], mayBeTyped: boolean): void {
	if (tokens.is("/")) {
		tokens.next();
		return;
	}
	if (tokens.is("*") || tokens.is("**")) kids.push(tokens.take());
	// Python 2 takes tuples apart here.
	if (tokens.is("VariableName") || tokens.is("(")) kids.push(parseAtom(tokens));
	else if (!tokens.is(",") && !tokens.is(")") && !tokens.is(":")) kids.push(tokens.take("⚠"));
	if (mayBeTyped && tokens.is(":")) kids.push(parseType(tokens));
	if (tokens.is("=")) kids.push(tokens.take("AssignOp"), parseTest(tokens));
}

/** `: type`, or `-> type`. */
export function parseType(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const kids: SyntaxNode[] = [];
	if (tokens.is(":")) kids.push(tokens.take());
	else tokens.next();
	if (tokens.is("*")) kids.push(tokens.take());
	kids.push(parseTest(tokens));
	return tokens.node("TypeDef", from, kids);
}

/**
 * Adds a list in brackets. One that is left open ends where its statement does: at a keyword that begins one, where a line
 * that is not indented follows on no comma, or at the sign that closes a bracket around it.
 */
export function parseList(
	tokens: Tokens,
	closer: string,
	kids: SyntaxNode[],
	parseItem: (tokens: Tokens, kids: SyntaxNode[]) => void,
): void {
	if (tokens.isTooDeep) {
		kids.push(skipNested(tokens));
		return;
	}
	tokens.nesting++;
	parseListed(tokens, closer, kids, parseItem);
	tokens.nesting--;
}

function parseListed(
	tokens: Tokens,
	closer: string,
	kids: SyntaxNode[],
	parseItem: (tokens: Tokens, kids: SyntaxNode[]) => void,
): void {
	const { length } = tokens.closers;
	kids.push(tokens.open(closer));
	for (let isSeparated = true; !tokens.is(closer); ) {
		if (tokens.is(",")) {
			kids.push(tokens.take());
			isSeparated = true;
			continue;
		}
		if (!isSeparated && !tokens.isAtEnd && tokens.isUnindented) tokens.breakOff();
		if (tokens.isAtEnd || tokens.closers.includes(tokens.kind)) {
			kids.push(tokens.missing());
			tokens.closers.length = Math.min(tokens.closers.length, length);
			return;
		}
		if (!isSeparated) kids.push(tokens.missing());
		const { from } = tokens;
		parseItem(tokens, kids);
		isSeparated = false;
		if (tokens.from > from || tokens.is(",") || tokens.is(closer)) continue;
		if (tokens.isFirst && tokens.isWord) tokens.breakOff();
		else if (!tokens.isAtEnd) kids.push(tokens.take("⚠"));
	}
	kids.push(tokens.close());
}

function holds(kids: readonly SyntaxNode[], name: string): boolean {
	return kids.some((kid) => kid.name === name);
}

/** Passes over what lies too deep, to the comma or bracket behind it. */
export function skipNested(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	let open = 0;
	while (!tokens.isAtEnd) {
		if (/^[([{]$/.test(tokens.kind)) open++;
		else if (/^[)\]}]$/.test(tokens.kind) && --open < 0) break;
		else if (open === 0 && tokens.is(",")) break;
		if (tokens.is("String") || tokens.is("FormatString")) tokens.goOn(tokens.stringEnd());
		else tokens.next();
	}
	return tokens.node("TooDeep", from, []);
}
