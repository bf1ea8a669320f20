import { argumentsOf, type CallArgument, callParts, type SyntaxNode, unwrap } from "../../reading/code/node.ts";
import type { Place } from "../../reading/code/scope.ts";

/** A call in the code: what is called, where, and with what. */
export interface Call {
	readonly node: SyntaxNode;
	readonly callee: SyntaxNode;
	readonly place: Place;
	readonly list: readonly CallArgument[];
}

/** A call's parts; undefined for what is no call. */
export function callOf(expression: SyntaxNode, place: Place): Call | undefined {
	const node = unwrap(expression);
	const parts = node.name === "CallExpression" ? callParts(node) : undefined;
	return parts && { node, callee: parts.callee, place, list: argumentsOf(parts.list) };
}

/** The argument with one of the names, else the one at `position` (from 0); undefined where it may hide behind a star. */
export function argumentOf(
	list: readonly CallArgument[],
	position: number | null,
	names: readonly string[],
	textOf: (node: SyntaxNode) => string,
): SyntaxNode | undefined {
	const named = list.find(({ name }) => name && names.includes(textOf(name)));
	if (named) return named.value;
	if (position === null) return undefined;
	const positional = list.filter(({ name, stars }) => name === null && stars < 2);
	if (positional.slice(0, position + 1).some(({ stars }) => stars > 0)) return undefined;
	return positional[position]?.value;
}

/** Whether arguments may hide behind `*list` or `**table`. */
export function mayHoldMore(list: readonly CallArgument[]): boolean {
	return list.some(({ stars }) => stars > 0);
}
