import type { Binary, BinaryOperator, Expression, Unary, UnaryOperator } from "../expression.ts";
import { type ExponentialSum, exponentialSumOf, isExponential } from "./exponentials.ts";
import { numberOf } from "./sum.ts";

export function isUnary<O extends UnaryOperator>(
	node: Expression,
	operator: O,
): node is Unary & { readonly operator: O } {
	return node.kind === "unary" && node.operator === operator;
}

export function isBinary<O extends BinaryOperator>(
	node: Expression,
	operator: O,
): node is Binary & { readonly operator: O } {
	return node.kind === "binary" && node.operator === operator;
}

/** Whether the node is u², however it is written. */
export function isSquareOf(node: Expression, u: Expression): boolean {
	if (isUnary(node, "square")) return node.operand === u;
	if (isBinary(node, "mul")) return node.left === u && node.right === u;
	return isBinary(node, "pow") && node.left === u && numberOf(node.right) === 2;
}

/** The factors of a product, left to right. */
export function factorsOf(node: Expression): Expression[] {
	if (isBinary(node, "mul")) return [...factorsOf(node.left), ...factorsOf(node.right)];
	return [node];
}

/** The sum of exponentials in a product, 1 if there is none, and its other factors. */
export function exponentialFactor(node: Expression): { exponential: ExponentialSum; rest: Expression[] } {
	const whole = exponentialSumOf(node);
	if (whole) return { exponential: whole, rest: [] };
	const factors = factorsOf(node);
	const at = factors.findIndex((factor) => {
		const own = exponentialSumOf(factor);
		return own && isExponential(own);
	});
	return {
		exponential: at < 0 ? { base: null, terms: [{ k: 0, c: 1 }] } : exponentialSumOf(factors[at]!)!,
		rest: factors.filter((_, i) => i !== at),
	};
}
