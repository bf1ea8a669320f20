import { abs, add, div, exp, ge, logistic, mul, neg, square, sub, tanh, where } from "../../expression/build.ts";
import type { Expression } from "../../expression/expression.ts";
import { withSlopes } from "../../expression/slopes.ts";
import { rewrite } from "../../expression/walk.ts";

/**
 * The same function in a form that costs less in float32: slopes by the values that are computed anyway, as PyTorch's
 * backward pass has them, and tanh(softplus(u)) by one exponential. A slope may then be off by 1e-7 of the steepest, where
 * the function is nearly flat: of no weight in training, and less than float32's rounding of the products around it.
 */
export function fastForm(expression: Expression): Expression {
	const bySlopes = withSlopes(expression, {
		logisticSlope: (u) => mul(logistic(u), sub(1, logistic(u))),
		tanhSlope: (u) => sub(1, square(tanh(u))),
	});
	return rewrite(bySlopes, (node, [operand]) => {
		if (node.kind !== "unary" || node.operator !== "tanh") return undefined;
		return operand?.kind === "unary" && operand.operator === "softplus" ? tanhOfSoftplus(operand.operand) : undefined;
	});
}

/** With e = e^−|u|: (1 + 2e)/(1 + 2e + 2e²) for u ≥ 0, else (2e + e²)/(2 + 2e + e²). */
function tanhOfSoftplus(u: Expression): Expression {
	const e = exp(neg(abs(u)));
	const [double, squared] = [mul(2, e), square(e)];
	const isPositive = ge(u, 0);
	const above = where(isPositive, add(1, double), add(double, squared));
	return div(above, add(above, where(isPositive, mul(2, squared), 2)));
}
