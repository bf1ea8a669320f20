import { parameter } from "../../../expression/build.ts";
import { constantNumber, isNumpyNumber, literalNumber } from "../constants.ts";
import { type CallArgument, type SyntaxNode, unwrap } from "../node.ts";
import type { DeclaredParameter, Place } from "../scope.ts";
import type { Context } from "./context.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { readLiteral } from "./numbers.ts";
import { number, type Term } from "./term.ts";
import { numberSpelling } from "./writing.ts";

/** What a parameter stands for that nothing is given for: one of the activation, where its default is a number. */
export function parameterTerm(ctx: Context, name: string, value: SyntaxNode, place: Place, trainable: boolean): Term {
	const node = unwrap(value);
	if (node.name === "Boolean" || node.name === "None" || node.name === "String") return readLiteral(ctx, node);
	const known = constantNumber(node, place, ctx.resolver);
	if (known === undefined) {
		const found = ctx.resolver.resolveValue(node, place);
		if (found) return { kind: "value", value: found };
		throw new NotUnderstood(`default of ${name}`, node);
	}
	ctx.declare({ name, default: known, trainable }, node);
	const written = ctx.text(node).replace(/^[-+]/, "");
	if (literalNumber(written) !== undefined) ctx.writing.note(parameter(name), numberSpelling(written));
	else if (isNumpyNumber(node, place, ctx.resolver)) ctx.writing.note(parameter(name), "numpy");
	else ctx.writing.note(parameter(name), "fraction", ...(Number.isInteger(known) ? (["whole"] as const) : []));
	return number(ctx.at(parameter(name), node));
}

/** The argument that a call gives for a parameter, which stands at `position`; undefined if it gives none. */
export function argumentFor(
	ctx: Context,
	list: readonly CallArgument[],
	{ name, keywordOnly }: DeclaredParameter,
	position: number,
): SyntaxNode | undefined {
	const named = list.find((argument) => argument.name && ctx.text(argument.name) === name);
	if (named || keywordOnly) return named?.value;
	return list.filter((argument) => !argument.name && argument.stars === 0)[position]?.value;
}
