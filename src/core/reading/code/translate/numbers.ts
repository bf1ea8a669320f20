import { constant } from "../../../expression/build.ts";
import type { Expression } from "../../../expression/expression.ts";
import { literalNumber } from "../constants.ts";
import { type SyntaxNode, stringValue } from "../node.ts";
import type { Context } from "./context.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { exactForm } from "./operations.ts";
import { type Environment, NONE, number, type Term } from "./term.ts";
import { numberSpelling } from "./writing.ts";

/** The number that an expression stands for. */
export function numberOf(ctx: Context, node: SyntaxNode, environment: Environment): Expression {
	return asNumber(ctx, ctx.term(node, environment), node);
}

/** What a term is as a number, as Python takes truth values for 0 and 1; `node` is where it stands. */
export function asNumber(ctx: Context, term: Term, node: SyntaxNode): Expression {
	switch (term.kind) {
		case "number":
			return term.e;
		case "literal":
			if (typeof term.value === "boolean") return constant(term.value ? 1 : 0);
			throw new NotUnderstood(term.value === null ? `${nothing(ctx)} as a number` : "string as a number", node);
		case "tuple":
			if (term.items.length === 1) return asNumber(ctx, term.items[0]!, node);
			throw new NotUnderstood("tuple as a number", node);
		case "value":
			throw new NotUnderstood(
				term.value.kind === "name" ? `${term.value.name} as a number` : "a function as a number",
				node,
			);
		case "array":
			throw new NotUnderstood("an array among its elements", node);
		case "index":
		case "length":
		case "shape":
			throw new NotUnderstood(`${term.kind} of an array as a number`, node);
		case "picked":
			throw new NotUnderstood("picked elements among all", node);
		case "missing":
			throw new NotUnderstood("a way that adds no element", node);
		case "unread":
			throw term.reason;
		default:
			throw new NotUnderstood("a function as a number", node);
	}
}

/** What the language calls a value that there is not. */
function nothing({ resolver }: Context): string {
	return resolver.language.tensor === "tfjs" ? "undefined" : "None";
}

/** A number as it is written. */
export function readNumber(ctx: Context, node: SyntaxNode): Term {
	const text = ctx.text(node);
	const value = literalNumber(text);
	if (value === undefined) throw new NotUnderstood("number", node);
	const e = constant(value, exactForm(text.replaceAll("_", ""), value));
	return number(ctx.writing.note(e, numberSpelling(text)));
}

/** A truth value, a string, or nothing. */
export function readLiteral(ctx: Context, node: SyntaxNode): Term {
	if (node.name === "None") return NONE;
	const text = ctx.text(node);
	if (node.name === "Boolean") return { kind: "literal", value: text === "True" };
	return { kind: "literal", value: stringValue(node) ?? text };
}
