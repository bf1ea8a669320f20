import { add, x as INPUT, parameter, sub, where } from "../build.ts";
import { differentiate } from "../differentiate.ts";
import { compareOperations, compile, evaluate } from "../evaluate.ts";
import type { Compare, Expression, Parameters } from "../expression.ts";
import { simplify } from "../simplify.ts";
import { dependsOn, nodesOf, operandsOf, rewrite, substitute, withOperands } from "../walk.ts";

/** What is larger is out of range for float32, or nearly so. */
const LARGE = 1e35;
const INPUTS = Float64Array.from([
	0,
	...Array.from({ length: 121 }, (_, i) => 10 ** ((i - 60) / 2)).flatMap((size) => [-size, size]),
]);
/** How far parameters are looked at beyond the edge of a choice by them. */
const BEYOND = [-10, -1, -1e-3, 0, 1e-3, 1, 10];

/**
 * The same function, for libraries that compute both sides of a choice and multiply the gradient of the one that is not
 * taken by 0: a side that would be infinite there gets an input at which it is not, as 0·∞ is NaN.
 *
 * `parameters` are values at which to find out which sides are; a choice by anything but x or |x| is left alone.
 */
export function guarded(expression: Expression, parameters: Parameters): Expression {
	return rewrite(expression, (node, [condition, then, otherwise]) => {
		if (node.kind !== "where" || condition?.kind !== "compare" || !then || !otherwise) return undefined;
		const side = (branch: Expression, taken: boolean) => {
			if (!isChoiceByInput(condition) || isTame(branch, condition, taken, parameters)) return branch;
			const safe = safeInput(branch, condition.right, parameters);
			return substitute(branch, taken ? where(condition, INPUT, safe) : where(condition, safe, INPUT));
		};
		return where(condition, side(then, true), side(otherwise, false));
	});
}

/**
 * The same for choices by a parameter that is a tensor, where both sides are computed for all of the input: the side that is not
 * taken gets a value of the parameter, and where that is not enough an input, at which its gradient is finite. Null where a
 * choice by tensors is not one against a number, or no such value is found.
 */
export function guardedByTensors(
	expression: Expression,
	parameters: Parameters,
	tensors: ReadonlySet<string>,
): Expression | null {
	const isByTensor = (node: Expression) =>
		!dependsOn(node) && nodesOf(node).some((one) => one.kind === "parameter" && tensors.has(one.name));
	let isGuarded = true;
	const form = rewrite(expression, (node, [condition, then, otherwise]) => {
		if (node.kind !== "where" || !condition || !then || !otherwise || !isByTensor(node.condition)) return undefined;
		const sides = [then, otherwise].map((side, i) => tamed(side, condition, i === 0, parameters));
		if (!sides[0] || !sides[1]) isGuarded = false;
		return sides[0] && sides[1] && where(condition, sides[0], sides[1]);
	});
	return isGuarded ? form : null;
}

/** A side of a choice by a parameter, tame where it is not taken; undefined where that is not to be had. */
function tamed(
	branch: Expression,
	condition: Expression,
	taken: boolean,
	parameters: Parameters,
): Expression | undefined {
	if (condition.kind !== "compare" || condition.left.kind !== "parameter" || condition.right.kind !== "constant")
		return undefined;
	const { left: own, right: edge, operator } = condition;
	const factors = gradientFactors(branch);
	const isTameAt = (value: number, inputs: Float64Array) =>
		compile(factors, { ...parameters, [own.name]: value })(inputs).every((list) =>
			list.every((one) => Math.abs(one) < LARGE),
		);
	const elsewhere = BEYOND.map((by) => edge.value + by).filter(
		(value) => compareOperations[operator](value, edge.value) !== taken,
	);
	if (elsewhere.every((value) => isTameAt(value, INPUTS))) return branch;
	const choose = (variable: Expression, safe: number) =>
		taken ? where(condition, variable, safe) : where(condition, safe, variable);
	for (const value of [edge.value, edge.value + 1, edge.value - 1]) {
		const given = { [own.name]: choose(own, value) };
		if (isTameAt(value, INPUTS)) return substitute(branch, INPUT, given);
		const input = [0, 1, -1].find((each) => isTameAt(value, Float64Array.of(each)));
		if (input !== undefined) return substitute(branch, choose(INPUT, input), given);
	}
	return undefined;
}

/** x, or |x|, against what does not depend on it. */
function isChoiceByInput({ left, right }: Compare): boolean {
	const inner = left.kind === "unary" && left.operator === "abs" ? left.operand : left;
	return inner.kind === "input" && !dependsOn(right);
}

/** Whether every factor of the branch's gradient is of moderate size wherever the branch is not taken. */
function isTame(branch: Expression, condition: Compare, taken: boolean, parameters: Parameters): boolean {
	const factors = gradientFactors(branch);
	if (factors.length === 0) return true;
	const [left, right] = compile([condition.left, condition.right], parameters)(INPUTS) as [Float64Array, Float64Array];
	const values = compile(factors, parameters)(INPUTS);
	return INPUTS.every((_, i) => {
		if (compareOperations[condition.operator](left[i]!, right[i]!) === taken) return true;
		return values.every((list) => Math.abs(list[i]!) < LARGE);
	});
}

/** An input at which every factor of the branch's gradient is finite: the edge of the choice, or next to it. */
function safeInput(branch: Expression, edge: Expression, parameters: Parameters): Expression {
	const factors = compile(gradientFactors(branch), parameters);
	const candidates = [edge, simplify(add(edge, 1)), simplify(sub(edge, 1))];
	return (
		candidates.find((candidate) => {
			const input = evaluate(candidate, 0, parameters);
			return factors(Float64Array.of(input)).every(([value]) => Number.isFinite(value));
		}) ?? edge
	);
}

/** The slope of each operation by each of its operands: what reverse mode multiplies a gradient by. */
function gradientFactors(branch: Expression): Expression[] {
	const factors: Expression[] = [];
	for (const node of nodesOf(branch)) {
		if (!dependsOn(node) || (node.kind !== "unary" && node.kind !== "binary")) continue;
		const operands = operandsOf(node);
		const places = operands.map((_, i) => `operand ${i}`);
		const alone = withOperands(
			node,
			places.map((name) => parameter(name)),
		);
		const values = Object.fromEntries(places.map((name, i) => [name, operands[i]!]));
		for (const name of places) factors.push(substitute(differentiate(alone, name), INPUT, values));
	}
	return factors;
}
