import { type Dtype, roundTo } from "../numerics/dtype.ts";
import { binaryOperations, compareOperations, unaryOperations } from "./evaluate.ts";
import type { Expression, Parameters } from "./expression.ts";
import { nodesOf } from "./walk.ts";

/**
 * The value at `x` as a framework computes the expression in `dtype`: each constant, parameter and result rounded to it.
 *
 * An elementary function is taken as correctly rounded (float64's is good to an ulp), which is what libraries aim at;
 * float16 and bfloat16 libraries compute one operation in float32 and round, which gives the same but for double
 * rounding. NaN and ±∞ arise exactly as they do there: `1/(1 + exp(-x))` at −100 in float32 is 0, through 1/∞.
 */
export function evaluateAsWritten(
	expression: Expression,
	x: number,
	parameters: Parameters = {},
	dtype: Dtype = "float64",
): number {
	return allAsWritten(expression, x, parameters, dtype).get(expression)!;
}

/** The value of every sub-expression along the way, for finding the first that goes wrong. */
export function allAsWritten(
	expression: Expression,
	x: number,
	parameters: Parameters,
	dtype: Dtype,
): ReadonlyMap<Expression, number> {
	const values = new Map<Expression, number>();
	const at = (node: Expression) => values.get(node)!;
	for (const node of nodesOf(expression)) {
		switch (node.kind) {
			case "input":
				values.set(node, roundTo(x, dtype));
				break;
			case "constant":
				values.set(node, roundTo(node.value, dtype));
				break;
			case "parameter":
				values.set(node, roundTo(parameters[node.name] ?? Number.NaN, dtype));
				break;
			case "unary":
				values.set(node, roundTo(unaryOperations[node.operator](at(node.operand)), dtype));
				break;
			case "binary":
				values.set(node, roundTo(binaryOperations[node.operator](at(node.left), at(node.right)), dtype));
				break;
			case "compare":
				values.set(node, compareOperations[node.operator](at(node.left), at(node.right)) ? 1 : 0);
				break;
			case "where":
				values.set(node, at(at(node.condition) !== 0 ? node.then : node.otherwise));
		}
	}
	return values;
}
