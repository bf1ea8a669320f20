import { constant, neg } from "./build.ts";
import type { Expression } from "./expression.ts";
import { simplify } from "./simplify.ts";
import { rewrite } from "./walk.ts";

/** Other forms of the slopes of σ and tanh, of their argument. */
export interface SlopeForms {
	readonly logisticSlope?: ((u: Expression) => Expression) | undefined;
	readonly tanhSlope?: ((u: Expression) => Expression) | undefined;
}

/** The expression with those forms in place of σ(u)·σ(−u) and 4·σ(2u)·σ(−2u), as which `differentiate` writes them. */
export function withSlopes(expression: Expression, forms: SlopeForms): Expression {
	return rewrite(expression, (node) => slopeOf(node, forms));
}

function slopeOf(node: Expression, { logisticSlope, tanhSlope }: SlopeForms): Expression | undefined {
	if (node.kind !== "binary" || node.operator !== "mul") return undefined;
	const { left, right } = node;
	if (tanhSlope && left === constant(4)) {
		const double = slopeArgument(right);
		const isDouble = double?.kind === "binary" && double.operator === "mul" && double.left === constant(2);
		return isDouble ? tanhSlope(double.right) : undefined;
	}
	const argument = logisticSlope && slopeArgument(node);
	return argument && logisticSlope(argument);
}

/** The u of σ(u)·σ(−u). */
function slopeArgument(node: Expression): Expression | undefined {
	if (node.kind !== "binary" || node.operator !== "mul") return undefined;
	const { left, right } = node;
	if (left.kind !== "unary" || left.operator !== "logistic") return undefined;
	if (right.kind !== "unary" || right.operator !== "logistic") return undefined;
	return isOpposite(left.operand, right.operand) ? left.operand : undefined;
}

function isOpposite(a: Expression, b: Expression): boolean {
	if (simplify(neg(a)) === b) return true;
	if (a.kind !== "binary" || b.kind !== "binary" || a.operator !== "mul" || b.operator !== "mul") return false;
	return a.right === b.right && a.left.kind === "constant" && simplify(neg(a.left)) === b.left;
}
