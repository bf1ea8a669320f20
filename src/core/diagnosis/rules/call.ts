import { argumentsOf, type CallArgument, callParts, type SyntaxNode, unwrap } from "../../reading/code/node.ts";
import type { Place } from "../../reading/code/scope.ts";
import type { Edit } from "../edit.ts";

/** A call in the code: what is called, where, and with what. */
export class Call {
	readonly node: SyntaxNode;
	readonly callee: SyntaxNode;
	readonly place: Place;
	readonly #arguments: SyntaxNode;
	#list: readonly CallArgument[] | undefined;

	constructor(node: SyntaxNode, callee: SyntaxNode, list: SyntaxNode, place: Place) {
		this.node = node;
		this.callee = callee;
		this.place = place;
		this.#arguments = list;
	}

	/** The arguments; of most calls nobody asks. */
	get list(): readonly CallArgument[] {
		this.#list ??= argumentsOf(this.#arguments);
		return this.#list;
	}
}

/** The call that an expression is; undefined for what is none. */
export function callOf(expression: SyntaxNode, place: Place): Call | undefined {
	const node = unwrap(expression);
	const parts = node.name === "CallExpression" ? callParts(node) : undefined;
	return parts && new Call(node, parts.callee, parts.list, place);
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

/** The edit that gives a call one more argument, behind the others; undefined for a call whose end is not written yet. */
export function appended(call: Call, argument: string): Edit | undefined {
	const { text } = call.node.source;
	const end = call.node.to - 1;
	if (text[end] !== ")") return undefined;
	const isFirst = call.list.length === 0 || /,\s*$/.test(text.slice(call.callee.to, end));
	return { span: { start: end, end }, text: isFirst ? argument : `, ${argument}` };
}
