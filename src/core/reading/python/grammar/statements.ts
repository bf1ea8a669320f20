import type { SyntaxNode } from "../../code/node.ts";
import {
	expect,
	mayBegin,
	parseArguments,
	parseCommas,
	parseElement,
	parseList,
	parseNamed,
	parseParameter,
	parseTarget,
	parseTargets,
	parseTest,
	parseType,
	parseYield,
} from "./expressions.ts";
import { parsePatterns } from "./patterns.ts";
import type { Tokens } from "./tokens.ts";

/** What a body counts for in how deep things lie. */
const BODY_DEPTH = 4;

/** Adds the statements of a text up to its end. */
export function parseStatements(tokens: Tokens, kids: SyntaxNode[]): void {
	parseBlock(tokens, -1, kids);
}

/** Adds the statements that are indented deeper than a column. */
function parseBlock(tokens: Tokens, outer: number, kids: SyntaxNode[]): void {
	while (!tokens.is("eof") && tokens.indent > outer) {
		if (tokens.is("newline")) tokens.next();
		else parseStatement(tokens, kids);
	}
}

/** Adds the statement that begins with the token, and what else is in its line. */
function parseStatement(tokens: Tokens, kids: SyntaxNode[]): void {
	const compound = parseCompound(tokens);
	if (compound) kids.push(compound);
	else parseSimple(tokens, kids);
}

function parseCompound(tokens: Tokens): SyntaxNode | undefined {
	switch (tokens.kind) {
		case "if":
			return parseIf(tokens);
		case "while":
			return parseClauses(tokens, "WhileStatement");
		case "for":
			return parseFor(tokens, []);
		case "try":
			return parseClauses(tokens, "TryStatement");
		case "with":
			return parseWith(tokens, []);
		case "def":
			return parseFunction(tokens, []);
		case "class":
			return parseClass(tokens);
		case "@":
			return parseDecorated(tokens);
		case "async":
			return parseAsync(tokens);
		case "else":
		case "elif":
		case "except":
		case "finally":
			// Its statement is missing, or in the way of it.
			return parseClauses(tokens, "⚠");
		case "VariableName":
			return tokens.says("match") ? parseMatch(tokens) : undefined;
		default:
			return undefined;
	}
}

/** Adds the statements of a line, between semicolons. */
function parseSimple(tokens: Tokens, kids: SyntaxNode[]): void {
	const { from } = tokens;
	const group: SyntaxNode[] = [];
	while (!tokens.isAtEnd) {
		if (tokens.is(";")) {
			group.push(tokens.take());
			continue;
		}
		const start = tokens.from;
		const small = parseSmall(tokens);
		if (tokens.from > start || tokens.isAtEnd) group.push(small);
		else group.push(tokens.take("⚠"));
		if (tokens.is(";") || tokens.isAtEnd) continue;
		// The rest is read for what it may say.
		const compound = parseCompound(tokens);
		if (!compound) continue;
		for (const each of group) kids.push(each);
		kids.push(compound);
		return;
	}
	if (tokens.is("newline")) tokens.next();
	if (group.some(({ name }) => name === ";")) kids.push(tokens.node("StatementGroup", from, group));
	else for (const each of group) kids.push(each);
}

function parseSmall(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const word = (name: string) => tokens.node(name, from, [tokens.take()]);
	switch (tokens.kind) {
		case "pass":
			return word("PassStatement");
		case "break":
			return word("BreakStatement");
		case "continue":
			return word("ContinueStatement");
		case "return":
			return parseBehind(tokens, "ReturnStatement", parseElement);
		case "del":
			return parseBehind(tokens, "DeleteStatement", (_, kids) => kids.push(parseTarget(tokens)));
		case "assert":
			return parseBehind(tokens, "AssertStatement", (_, kids) => kids.push(parseTest(tokens)));
		case "raise":
			return parseRaise(tokens);
		case "import":
		case "from":
			return parseImport(tokens);
		case "global":
		case "nonlocal":
			return parseBehind(tokens, "ScopeStatement", (_, kids) => expect(tokens, "VariableName", kids));
		case "yield":
			return parseYield(tokens, "YieldStatement");
		case "VariableName":
			if (tokens.says("print") && isOldPrint(tokens)) {
				const kids = [tokens.take("print")];
				parseCommas(tokens, kids, parseElement);
				return tokens.node("PrintStatement", from, kids);
			}
			if (tokens.says("type") && /[A-Za-z_]/.test(tokens.follower)) return parseTypeDefinition(tokens);
	}
	return parseExpressions(tokens);
}

/** Python 2's statement: what is printed follows as no operator and no call can. */
function isOldPrint(tokens: Tokens): boolean {
	return /["'\w]/.test(tokens.follower) && !/^(?:in|is|if|and|or|not|else|for)$/.test(tokens.followingWord);
}

/** A keyword, and what stands behind it between commas, if anything does. */
function parseBehind(
	tokens: Tokens,
	name: string,
	parseItem: (tokens: Tokens, kids: SyntaxNode[]) => void,
): SyntaxNode {
	const { from } = tokens;
	const kids = [tokens.take()];
	if (mayBegin(tokens)) parseCommas(tokens, kids, parseItem);
	return tokens.node(name, from, kids);
}

/** An assignment of whatever kind, or an expression alone. */
function parseExpressions(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const kids: SyntaxNode[] = [];
	const values = () => {
		if (tokens.is("yield")) kids.push(parseYield(tokens, "YieldExpression"));
		else parseCommas(tokens, kids, parseElement);
	};
	values();
	if (tokens.is("UpdateOp")) {
		kids.push(tokens.take());
		values();
		return tokens.node("UpdateStatement", from, kids);
	}
	const isTyped = tokens.is(":") && kids.length === 1;
	if (isTyped) kids.push(parseType(tokens));
	if (!tokens.is("=")) return tokens.node(isTyped ? "AssignStatement" : "ExpressionStatement", from, kids);
	while (tokens.is("=")) {
		kids.push(tokens.take("AssignOp"));
		values();
	}
	return tokens.node("AssignStatement", from, kids);
}

function parseRaise(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const kids = [tokens.take()];
	if (mayBegin(tokens)) {
		// With commas in Python 2.
		parseCommas(tokens, kids, (_, all) => all.push(parseTest(tokens)));
		if (tokens.is("from")) kids.push(tokens.take(), parseTest(tokens));
	}
	return tokens.node("RaiseStatement", from, kids);
}

function parseImport(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const kids: SyntaxNode[] = [];
	if (tokens.is("from")) {
		kids.push(tokens.take());
		while (tokens.is(".") || tokens.is("Ellipsis")) kids.push(tokens.take());
		if (tokens.is("VariableName")) parseDotted(tokens, kids);
	}
	if (expect(tokens, "import", kids)) {
		if (tokens.is("*")) kids.push(tokens.take());
		else if (tokens.is("(")) parseList(tokens, ")", kids, parseImported);
		else parseCommas(tokens, kids, parseImported);
	}
	return tokens.node("ImportStatement", from, kids);
}

function parseImported(tokens: Tokens, kids: SyntaxNode[]): void {
	parseDotted(tokens, kids);
	if (!tokens.is("as")) return;
	kids.push(tokens.take());
	expect(tokens, "VariableName", kids);
}

function parseDotted(tokens: Tokens, kids: SyntaxNode[]): void {
	expect(tokens, "VariableName", kids);
	while (tokens.is(".")) {
		kids.push(tokens.take());
		expect(tokens, "VariableName", kids);
	}
}

function parseTypeDefinition(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const kids = [tokens.take("type"), tokens.take()];
	if (tokens.is("[")) kids.push(parseTypeParameters(tokens));
	if (tokens.is("=")) tokens.next();
	kids.push(parseTest(tokens));
	return tokens.node("TypeDefinition", from, kids);
}

/** Adds a body of statements: those behind the colon, or those of the lines below that are indented deeper. */
function parseBody(tokens: Tokens, outer: number, kids: SyntaxNode[]): void {
	const { from } = tokens;
	const statements: SyntaxNode[] = [];
	// What stands before the colon is read for what it may say.
	while (!tokens.is(":") && !tokens.isAtEnd) {
		const start = tokens.from;
		const value = parseNamed(tokens);
		kids.push(tokens.from > start ? value : tokens.take("⚠"));
	}
	const start = tokens.is(":") ? tokens.from : from;
	expect(tokens, ":", statements);
	tokens.nesting += BODY_DEPTH;
	if (tokens.is("newline")) tokens.next();
	else parseSimple(tokens, statements);
	// What is indented is of the body, also behind a line that is half typed.
	if (!tokens.isTooDeep) parseBlock(tokens, outer, statements);
	else while (!tokens.is("eof") && tokens.indent > outer) tokens.next();
	tokens.nesting -= BODY_DEPTH;
	kids.push(tokens.node("Body", start, statements));
}

/** Whether a clause of the statement that stands at a column follows. */
function isClause(tokens: Tokens, column: number, ...words: readonly string[]): boolean {
	return tokens.indent === column && words.includes(tokens.kind);
}

function parseIf(tokens: Tokens): SyntaxNode {
	const { from, indent } = tokens;
	const kids = [tokens.take(), parseNamed(tokens)];
	parseBody(tokens, indent, kids);
	while (isClause(tokens, indent, "elif")) {
		kids.push(tokens.take(), parseNamed(tokens));
		parseBody(tokens, indent, kids);
	}
	parseElse(tokens, indent, kids);
	return tokens.node("IfStatement", from, kids);
}

function parseElse(tokens: Tokens, indent: number, kids: SyntaxNode[]): void {
	if (!isClause(tokens, indent, "else")) return;
	kids.push(tokens.take());
	parseBody(tokens, indent, kids);
}

/** A keyword with a condition or none, a body, and the clauses that may follow. */
function parseClauses(tokens: Tokens, name: string): SyntaxNode {
	const { from, indent } = tokens;
	const kids: SyntaxNode[] = [];
	do {
		const isHandler = tokens.is("except");
		kids.push(tokens.take());
		if (isHandler) parseHandled(tokens, kids);
		else if (!tokens.is(":") && mayBegin(tokens)) kids.push(parseNamed(tokens));
		parseBody(tokens, indent, kids);
	} while (isClause(tokens, indent, "else", "except", "finally"));
	return tokens.node(name, from, kids);
}

/** Adds what an `except` catches, and the name that it gets. */
function parseHandled(tokens: Tokens, kids: SyntaxNode[]): void {
	if (tokens.is("*")) kids.push(tokens.take());
	if (!mayBegin(tokens)) return;
	parseCommas(tokens, kids, (_, all) => all.push(parseTest(tokens)));
	if (!tokens.is("as")) return;
	kids.push(tokens.take());
	expect(tokens, "VariableName", kids);
}

function parseAsync(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const kids = [tokens.take()];
	switch (tokens.kind) {
		case "def":
			return parseFunction(tokens, kids);
		case "for":
			return parseFor(tokens, kids);
		case "with":
			return parseWith(tokens, kids);
		default:
			return tokens.node("⚠", from, kids);
	}
}

function parseFor(tokens: Tokens, kids: SyntaxNode[]): SyntaxNode {
	const { indent } = tokens;
	kids.push(tokens.take());
	parseTargets(tokens, kids);
	if (expect(tokens, "in", kids)) parseCommas(tokens, kids, parseElement);
	parseBody(tokens, indent, kids);
	parseElse(tokens, indent, kids);
	return tokens.node("ForStatement", kids[0]!.from, kids);
}

function parseWith(tokens: Tokens, kids: SyntaxNode[]): SyntaxNode {
	const { indent } = tokens;
	kids.push(tokens.take());
	// Brackets are around all that it opens, or belong to the first of it.
	const mark = tokens.mark();
	const inBrackets: SyntaxNode[] = [];
	if (tokens.is("(")) parseList(tokens, ")", inBrackets, parseOpened);
	if (inBrackets.length > 0 && tokens.is(":")) kids.push(...inBrackets);
	else {
		tokens.back(mark);
		parseCommas(tokens, kids, parseOpened);
	}
	parseBody(tokens, indent, kids);
	return tokens.node("WithStatement", kids[0]!.from, kids);
}

function parseOpened(tokens: Tokens, kids: SyntaxNode[]): void {
	kids.push(parseNamed(tokens));
	if (tokens.is("as")) kids.push(tokens.take(), parseTarget(tokens));
}

function parseFunction(tokens: Tokens, kids: SyntaxNode[]): SyntaxNode {
	const { indent } = tokens;
	kids.push(tokens.take());
	expect(tokens, "VariableName", kids);
	if (tokens.is("[")) kids.push(parseTypeParameters(tokens));
	const { from } = tokens;
	const parameters: SyntaxNode[] = [];
	if (tokens.is("(")) parseList(tokens, ")", parameters, (_, all) => parseParameter(tokens, all, true));
	kids.push(tokens.node("ParamList", from, parameters));
	if (tokens.is("->")) kids.push(parseType(tokens));
	parseBody(tokens, indent, kids);
	return tokens.node("FunctionDefinition", kids[0]!.from, kids);
}

function parseClass(tokens: Tokens): SyntaxNode {
	const { from, indent } = tokens;
	const kids = [tokens.take()];
	expect(tokens, "VariableName", kids);
	if (tokens.is("[")) kids.push(parseTypeParameters(tokens));
	if (tokens.is("(")) kids.push(parseArguments(tokens));
	parseBody(tokens, indent, kids);
	return tokens.node("ClassDefinition", from, kids);
}

function parseTypeParameters(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const kids: SyntaxNode[] = [];
	parseList(tokens, "]", kids, (_, all) => {
		const start = tokens.from;
		const parameter: SyntaxNode[] = [];
		parseParameter(tokens, parameter, true);
		all.push(tokens.node("TypeParam", start, parameter));
	});
	return tokens.node("TypeParamList", from, kids);
}

function parseDecorated(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const kids: SyntaxNode[] = [];
	while (tokens.is("@")) kids.push(parseDecorator(tokens));
	if (/^(?:class|def|async)$/.test(tokens.kind)) kids.push(parseCompound(tokens)!);
	return tokens.node("DecoratedStatement", from, kids);
}

function parseDecorator(tokens: Tokens): SyntaxNode {
	const { from } = tokens;
	const kids = [tokens.take("At")];
	if (tokens.is("VariableName")) parseDotted(tokens, kids);
	if (tokens.is("(")) kids.push(parseArguments(tokens));
	// Since Python 3.9 it may be any expression.
	while (!tokens.isAtEnd) {
		const start = tokens.from;
		const value = parseNamed(tokens);
		kids.push(tokens.from > start ? value : tokens.take("⚠"));
	}
	if (tokens.is("newline")) tokens.next();
	return tokens.node("Decorator", from, kids);
}

/** A `match`; undefined where the word is a name. */
function parseMatch(tokens: Tokens): SyntaxNode | undefined {
	const { from, indent } = tokens;
	const mark = tokens.mark();
	const { nesting } = tokens;
	const kids = [tokens.take("match")];
	if (mayBegin(tokens)) {
		parseCommas(tokens, kids, parseElement);
		const body: SyntaxNode[] = [];
		const start = tokens.from;
		if (tokens.is(":")) {
			body.push(tokens.take());
			if (tokens.is("newline")) tokens.next();
			if (tokens.says("case") && tokens.indent > indent) {
				while (tokens.says("case") && tokens.indent > indent) body.push(parseClause(tokens));
				kids.push(tokens.node("MatchBody", start, body));
				return tokens.node("MatchStatement", from, kids);
			}
		}
	}
	tokens.back(mark);
	tokens.nesting = nesting;
	return undefined;
}

function parseClause(tokens: Tokens): SyntaxNode {
	const { from, indent } = tokens;
	const kids = [tokens.take("case")];
	parsePatterns(tokens, kids);
	if (tokens.is("if")) {
		const start = tokens.from;
		kids.push(tokens.node("Guard", start, [tokens.take(), parseNamed(tokens)]));
	}
	parseBody(tokens, indent, kids);
	return tokens.node("MatchClause", from, kids);
}
