import { gt, or } from "../../../expression/build.ts";
import type { Expression } from "../../../expression/expression.ts";
import { dependsOn, nodesOf } from "../../../expression/walk.ts";
import { statementsOf } from "../bodies.ts";
import type { SyntaxNode } from "../node.ts";
import type { Context } from "./context.ts";
import { describeStatement, NotUnderstood } from "./notUnderstood.ts";

/** The largest double whose exponential is one: `math.exp` of a larger one is an `OverflowError`. */
const LARGEST_EXPONENT = 709.782712893384;

/** The statements of a `try` that catches overflow alone, and of what it does then. */
export function overflowHandler(ctx: Context, statement: SyntaxNode) {
	const [, body, word, error, handler, ...others] = statement.kids;
	const isOverflow = word && error && ctx.text(word) === "except" && ctx.text(error) === "OverflowError";
	if (body?.name !== "Body" || !isOverflow || handler?.name !== "Body" || others.length > 0)
		throw new NotUnderstood(describeStatement(statement), statement);
	return { body: statementsOf(body), handler: statementsOf(handler) };
}

/** Where code that computes these overflows in Python; null where it cannot. Arrays never do. */
export function overflowOf(ctx: Context, computed: readonly Expression[], statement: SyntaxNode): Expression | null {
	const nodes = new Set(computed.flatMap((one) => nodesOf(one)));
	const mayOverflow = [...nodes].filter(
		(node) =>
			dependsOn(node) &&
			((node.kind === "unary" && /^(exp|expm1|sinh|cosh)$/.test(node.operator)) ||
				(node.kind === "binary" && node.operator === "pow")),
	);
	const libraries = ctx.libraries.all;
	if (mayOverflow.length === 0 || (libraries.size > 0 && !libraries.has("math"))) return null;
	const exponents = mayOverflow.flatMap((node) =>
		node.kind === "unary" && node.operator === "exp" ? [node.operand] : [],
	);
	// Only of the exponentials of math it is known where.
	if (exponents.length < mayOverflow.length || libraries.size !== 1)
		throw new NotUnderstood(describeStatement(statement), statement);
	return exponents.map((u): Expression => gt(u, LARGEST_EXPONENT)).reduce((a, b) => or(a, b));
}
