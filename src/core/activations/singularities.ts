import { add } from "../expression/build.ts";
import { compile } from "../expression/evaluate.ts";
import type { Expression, Parameters } from "../expression/expression.ts";
import { dependsOn, nodesOf } from "../expression/walk.ts";
import type { Activation } from "./activation.ts";
import { rootsOf } from "./breakpoints.ts";
import { exactRoot } from "./exactRoot.ts";
import { wholeLine } from "./grid.ts";

/** Where an operation of the function has no value or no slope; the function may have both. */
export interface Singularity {
	/** The double nearest to it. */
	readonly x: number;
	readonly exact: Expression;
}

/** More are not looked for: a sine in a denominator has infinitely many. */
const MOST = 64;

/**
 * Where the expression divides by 0, or reaches the end of what a logarithm, a root or a power is defined for. Left to
 * right; as complete as `breakpointsOf`.
 */
export function singularitiesOf(activation: Activation, parameters: Parameters): readonly Singularity[] {
	const expressions = [...new Set(nodesOf(activation.stable).flatMap(vanishing))];
	const found = new Map<number, Expression>();
	const columns = expressions.length > 0 ? compile(expressions, parameters)(wholeLine()) : [];
	for (const [i, expression] of expressions.entries()) {
		if (!mayVanish(columns[i])) continue;
		for (const x of rootsOf(expression, parameters)) {
			const exact = found.size < MOST && !found.has(x) ? exactRoot(expression, x, parameters) : undefined;
			if (exact) found.set(x, exact);
		}
	}
	return [...found].map(([x, exact]) => ({ x, exact })).sort((a, b) => a.x - b.x);
}

/** What is 0 where this node's operation is singular. */
function vanishing(node: Expression): readonly Expression[] {
	if (!dependsOn(node)) return [];
	if (node.kind === "unary") {
		if (node.operator === "log" || node.operator === "sqrt") return factors(node.operand);
		return node.operator === "log1p" ? factors(add(1, node.operand)) : [];
	}
	if (node.kind !== "binary") return [];
	if (node.operator === "div") return factors(node.right);
	return node.operator === "pow" && !isWhole(node.right) ? factors(node.left) : [];
}

/** Expressions one of which changes its sign where a product, or a power, does or touches 0. */
function factors(expression: Expression): readonly Expression[] {
	if (!dependsOn(expression)) return [];
	if (expression.kind === "unary" && ["neg", "abs", "square", "sqrt"].includes(expression.operator)) {
		return factors(expression.operand);
	}
	if (expression.kind === "binary") {
		const { operator, left, right } = expression;
		if (operator === "mul") return [...factors(left), ...factors(right)];
		if (operator === "div" || operator === "pow") return factors(left);
	}
	return [expression];
}

function isWhole(exponent: Expression): boolean {
	return exponent.kind === "constant" && Number.isInteger(exponent.value) && exponent.value >= 0;
}

/** Whether some values of the whole line are 0, or differ in sign. */
function mayVanish(values: Float64Array): boolean {
	let [isPositive, isNegative] = [false, false];
	for (const value of values) {
		if (value === 0) return true;
		if (value > 0) isPositive = true;
		if (value < 0) isNegative = true;
	}
	return isPositive && isNegative;
}
