import { argumentsOf, callParts, type SyntaxNode } from "../node.ts";
import type { Context } from "./context.ts";
import type { Environment } from "./term.ts";

/** Functions that tell the places where a truth value holds, as an index. */
const PLACES = /^((jax\.)?numpy\.(where|nonzero)|torch\.where)$/;

/** What says by its truth which elements an index picks: of `np.where(x < 0)` the condition, else the index itself. */
export function pickedBy(ctx: Context, index: SyntaxNode, { place }: Environment): SyntaxNode {
	const parts = index.name === "CallExpression" ? callParts(index) : undefined;
	const callee = parts && ctx.resolver.resolveValue(parts.callee, place);
	if (!parts || callee?.kind !== "name" || !PLACES.test(callee.name)) return index;
	const [only, ...others] = argumentsOf(parts.list);
	return only && others.length === 0 && !only.name && only.stars === 0 ? only.value : index;
}
