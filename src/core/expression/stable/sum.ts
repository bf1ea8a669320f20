import { add, constant, div, mul, neg, sub } from "../build.ts";
import type { Expression } from "../expression.ts";

/** A sum of numbers times parts: `constant` + Σ factor·part. All numbers are exact: nothing was rounded to get them. */
export interface Sum {
	readonly constant: number;
	readonly terms: readonly Term[];
}

export interface Term {
	readonly factor: number;
	readonly part: Expression;
}

/** The node as a sum, its parts in the order in which they stand; a node that is none is a sum of itself. */
export function sumOf(node: Expression): Sum {
	const own: Sum = { constant: 0, terms: [{ factor: 1, part: node }] };
	switch (node.kind) {
		case "constant":
			return node.exact === undefined && Number.isFinite(node.value) ? { constant: node.value, terms: [] } : own;
		case "unary":
			return node.operator === "neg" ? (scaled(sumOf(node.operand), -1) ?? own) : own;
		case "binary": {
			const { left, right } = node;
			if (node.operator === "add") return joined(sumOf(left), sumOf(right)) ?? own;
			if (node.operator === "sub") {
				const subtracted = scaled(sumOf(right), -1);
				return (subtracted && joined(sumOf(left), subtracted)) ?? own;
			}
			const factor = numberOf(left) ?? numberOf(right);
			if (node.operator === "mul" && factor !== undefined) {
				const other = numberOf(left) === undefined ? left : right;
				return scaled(sumOf(other), factor) ?? own;
			}
			const divisor = numberOf(right);
			if (node.operator === "div" && divisor !== undefined && isPowerOfTwo(divisor)) {
				return scaled(sumOf(left), 1 / divisor) ?? own;
			}
			return own;
		}
		default:
			return own;
	}
}

/** The sum as an expression, its terms first. */
export function fromSum({ constant: rest, terms }: Sum): Expression {
	let result: Expression | undefined;
	for (const { factor, part } of terms) {
		if (result === undefined) result = scale(factor, part);
		else result = factor < 0 ? sub(result, scale(-factor, part)) : add(result, scale(factor, part));
	}
	if (result === undefined) return constant(rest);
	if (rest === 0) return result;
	return rest < 0 ? sub(result, -rest) : add(result, rest);
}

/** factor·part, without a factor of 1. */
export function scale(factor: number, part: Expression): Expression {
	if (factor === 1) return part;
	if (factor === -1) return neg(part);
	return mul(factor, part);
}

/** The node as a number times a part that is none. */
export function scaledPart(node: Expression): Term {
	const { constant: rest, terms } = sumOf(node);
	return rest === 0 && terms.length === 1 ? terms[0]! : { factor: 1, part: node };
}

/** factor·node with the number folded into the node's own factor. */
export function multiple(factor: number, node: Expression): Expression {
	const own = scaledPart(node);
	const product = exactProduct(factor, own.factor);
	return product === undefined ? scale(factor, node) : scale(product, own.part);
}

/** −node, with the sign taken into a factor that has one already. */
export function negated(node: Expression): Expression {
	const { factor, part } = scaledPart(node);
	if (factor !== 1) return scale(-factor, part);
	if (part.kind === "binary" && (part.operator === "mul" || part.operator === "div")) {
		const { left, right } = part;
		if (left.kind === "unary" && left.operator === "neg") {
			return part.operator === "mul" ? mul(left.operand, right) : div(left.operand, right);
		}
	}
	return part.kind === "binary" && part.operator === "sub" ? sub(part.right, part.left) : neg(part);
}

/** The value of a constant that is its double exactly. */
export function numberOf(node: Expression): number | undefined {
	return node.kind === "constant" && node.exact === undefined && Number.isFinite(node.value) ? node.value : undefined;
}

export function isPowerOfTwo(value: number): boolean {
	return value !== 0 && Number.isInteger(Math.log2(Math.abs(value)));
}

/** a·b where no rounding takes place; undefined where one may. */
export function exactProduct(a: number, b: number): number | undefined {
	const isExact = isPowerOfTwo(a) || isPowerOfTwo(b) || (isSmall(a) && isSmall(b));
	return isExact ? a * b : undefined;
}

/** a + b where no rounding takes place. */
export function exactSum(a: number, b: number): number | undefined {
	const sum = a + b;
	return sum - a === b && sum - b === a ? sum : undefined;
}

/** Whether the square of such numbers is exact. */
function isSmall(value: number): boolean {
	return Number.isInteger(value) && Math.abs(value) < 2 ** 26;
}

function scaled({ constant: rest, terms }: Sum, by: number): Sum | undefined {
	const constantPart = exactProduct(rest, by);
	const scaledTerms = terms.map(({ factor, part }) => ({ factor: exactProduct(factor, by), part }));
	if (constantPart === undefined || scaledTerms.some(({ factor }) => factor === undefined)) return undefined;
	return { constant: constantPart, terms: scaledTerms as Term[] };
}

function joined(a: Sum, b: Sum): Sum | undefined {
	const rest = exactSum(a.constant, b.constant);
	if (rest === undefined) return undefined;
	const terms = [...a.terms];
	for (const term of b.terms) {
		const at = terms.findIndex(({ part }) => part === term.part);
		if (at < 0) terms.push(term);
		else {
			const factor = exactSum(terms[at]!.factor, term.factor);
			if (factor === undefined) return undefined;
			terms[at] = { factor, part: term.part };
		}
	}
	return { constant: rest, terms: terms.filter(({ factor }) => factor !== 0) };
}
