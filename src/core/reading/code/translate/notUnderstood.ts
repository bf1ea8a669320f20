import type { SyntaxNode } from "../node.ts";

/** Thrown inside this folder where something cannot be translated; never leaves it. No Error, which would trace the stack. */
export class NotUnderstood {
	readonly message: string;
	readonly node: SyntaxNode;

	constructor(message: string, node: SyntaxNode) {
		this.message = message;
		this.node = node;
	}
}

/** What a statement that is not read is, in the reader's words. */
export function describeStatement(statement: SyntaxNode): string {
	const known: Record<string, string> = {
		ForStatement: "for loop",
		WhileStatement: "while loop",
		TryStatement: "try statement",
		RaiseStatement: "raise statement",
		YieldStatement: "yield",
		MatchStatement: "match statement",
		SwitchStatement: "switch statement",
		BreakStatement: "break",
		ContinueStatement: "continue",
		"⚠": "syntax error",
	};
	return known[statement.name] ?? `statement (${statement.name})`;
}

/** The same of an expression. */
export function describeExpression(node: SyntaxNode): string {
	const known: Record<string, string> = {
		AwaitExpression: "await",
		YieldExpression: "yield",
		DictionaryExpression: "dictionary",
		DictionaryComprehensionExpression: "comprehension",
		SetExpression: "set",
		FormatString: "formatted string",
		ContinuedString: "string",
		Ellipsis: "...",
		TooDeep: "nesting too deep",
		"⚠": "syntax error",
	};
	return known[node.name] ?? `expression (${node.name})`;
}
