import { dependsOn } from "../../../expression/walk.ts";
import { type CallArgument, type SyntaxNode, subscriptParts } from "../node.ts";
import type { Context } from "./context.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import type { Environment, Term } from "./term.ts";

/**
 * The name that an environment has for the elements of an array in a loop over them: `x[]` for `x[i]`, `x[][]` for
 * `x[i, j]`.
 */
export const nameOfElements = (name: string): string => `${name}[]`;

/** That name, where a subscript picks the element for which the loops around it run; undefined for any other. */
export function elementName(ctx: Context, node: SyntaxNode, environment: Environment): string | undefined {
	const indices: SyntaxNode[] = [];
	let array = node;
	for (let parts = subscriptParts(array); parts; parts = subscriptParts(array)) {
		indices.unshift(...parts.indices);
		array = parts.object;
	}
	while (indices.at(-1)?.name === ":") indices.pop(); // `x[i, :]` is x[i].
	const name = array.name === "VariableName" ? ctx.text(array) : "";
	const owner = environment.ownerOf(name);
	if (!owner || indices.length === 0) return undefined;
	const isOfLoops = indices.every((index, i) => {
		const term = index.name === "VariableName" ? environment.find(ctx.text(index)) : undefined;
		return term?.kind === "index" && term.axis === owner.level + i;
	});
	return isOfLoops ? indices.reduce(nameOfElements, name) : undefined;
}

/** The axis that the next index of an array is of. */
export function depthOf(array: Term & { kind: "number" | "array" }, { level }: Environment): number {
	return array.kind === "array" ? array.depth : level;
}

/** What `len` gives: of an array, or of its first row. */
export function lengthOf(
	ctx: Context,
	[only, ...others]: readonly CallArgument[],
	node: SyntaxNode,
	environment: Environment,
): Term {
	if (!only || only.name || only.stars > 0 || others.length > 0) throw new NotUnderstood("len", node);
	const row = subscriptParts(only.value);
	const isFirst = row?.indices.length === 1 && ctx.text(row.indices[0]!) === "0";
	const array = ctx.term(isFirst ? row.object : only.value, environment);
	if ((array.kind !== "number" && array.kind !== "array") || !dependsOn(array.e)) throw new NotUnderstood("len", node);
	return { kind: "length", axis: depthOf(array, environment) + (isFirst ? 1 : 0) };
}
