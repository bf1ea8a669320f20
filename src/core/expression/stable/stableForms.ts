import {
	abs,
	asinh,
	constant,
	div,
	erfc,
	exp,
	expm1,
	log,
	log1p,
	logistic,
	logNormalCdf,
	max,
	min,
	mul,
	neg,
	sinc,
	softplus,
	tanh,
} from "../build.ts";
import type { Binary, Expression } from "../expression.ts";
import { simplify } from "../simplify.ts";
import { nodesOf, rewrite, withOperands } from "../walk.ts";
import { exponentialSumOf, isExponential, logOf, ratioOf } from "./exponentials.ts";
import { exponentialFactor, factorsOf, isBinary, isSquareOf, isUnary } from "./parts.ts";
import { scaled } from "./scaling.ts";
import {
	exactProduct,
	fromSum,
	isPowerOfTwo,
	multiple,
	negated,
	numberOf,
	scale,
	scaledPart,
	sumOf,
	type Term,
} from "./sum.ts";

/** A longer expression is left as it is. */
const MOST_NODES = 300;
const MOST_ROUNDS = 6;

/**
 * The same function, as mathematics, in forms that overflow and cancel less: over σ, softplus, tanh, expm1, log1p, erfc and
 * their kin where the expression spells these out; then also with powers scaled where they leave the range. Which of them
 * is better is for a measurement to say; none where nothing can be rewritten.
 */
export function stableForms(expression: Expression): Expression[] {
	if (nodesOf(expression).length > MOST_NODES) return [];
	const recognised = untilSettled(expression, recognisedNode);
	return [...new Set([recognised, scaled(recognised)])].filter((form) => form !== expression);
}

function untilSettled(expression: Expression, rule: (node: Expression) => Expression | undefined): Expression {
	let form = expression;
	for (let round = 0; round < MOST_ROUNDS; round++) {
		const next = simplify(
			rewrite(form, (node, operands) => {
				const own = withOperands(node, operands);
				return rule(own) ?? own;
			}),
		);
		if (next === form) break;
		form = next;
	}
	return form;
}

/** What the node spells out, as one operation, or with fewer steps that can go wrong; undefined where it is nothing known. */
function recognisedNode(node: Expression): Expression | undefined {
	if (node.kind === "unary") {
		switch (node.operator) {
			case "exp":
				return exponentialNode(node.operand);
			case "log":
				return logarithmNode(node.operand);
			case "log1p":
				return logOfOnePlus(node.operand);
			case "sqrt":
				return rootOfSquare(node.operand);
			default:
				return undefined;
		}
	}
	if (node.kind !== "binary") return undefined;
	switch (node.operator) {
		case "add":
		case "sub":
			return sumNode(node);
		case "mul":
			return productNode(node);
		case "div":
			return quotientNode(node);
		case "pow":
			return powerNode(node);
		default:
			return undefined;
	}
}

function rootOfSquare(v: Expression): Expression | undefined {
	if (isUnary(v, "square")) return abs(v.operand);
	if (isBinary(v, "mul") && v.left === v.right) return abs(v.left);
	return isBinary(v, "pow") && numberOf(v.right) === 2 ? abs(v.left) : undefined;
}

function exponentialNode(u: Expression): Expression | undefined {
	const { factor, part } = unaryPart(u);
	if (factor === 1 && isUnary(part, "log")) return part.operand;
	// e^±log(1 + e^v) is 1 + e^v, or σ(−v).
	return factor === -1 && isUnary(part, "softplus") ? logistic(negated(part.operand)) : undefined;
}

function logarithmNode(v: Expression): Expression | undefined {
	const exponentials = exponentialSumOf(v);
	if (exponentials && isExponential(exponentials)) return logOf(exponentials);
	if (isUnary(v, "logistic")) return neg(softplus(negated(v.operand)));
	if (isUnary(v, "normalCdf")) return logNormalCdf(v.operand);
	if (isBinary(v, "div") && numberOf(v.left) === 1) return neg(log(v.right));
	const sum = sumOf(v);
	if (sum.constant === 1 && sum.terms.length > 0) return log1p(fromSum({ constant: 0, terms: sum.terms }));
	return inverseSinhOf(sum);
}

/** log(u + √(u² + 1)). */
function inverseSinhOf({ constant: rest, terms }: ReturnType<typeof sumOf>): Expression | undefined {
	if (rest !== 0 || terms.length !== 2 || terms.some(({ factor }) => factor !== 1)) return undefined;
	const root = terms.find(({ part }) => isUnary(part, "sqrt"))?.part;
	const other = terms.find(({ part }) => part !== root)?.part;
	if (!other || !root || !isUnary(root, "sqrt")) return undefined;
	const inside = sumOf(root.operand);
	const [square] = inside.terms;
	return inside.constant === 1 && inside.terms.length === 1 && square!.factor === 1 && isSquareOf(square!.part, other)
		? asinh(other)
		: undefined;
}

function logOfOnePlus(v: Expression): Expression | undefined {
	if (isUnary(v, "exp")) return softplus(v.operand);
	if (isUnary(v, "expm1")) return v.operand;
	const { factor, part } = unaryPart(v);
	return factor === -1 && isUnary(part, "logistic") ? neg(softplus(part.operand)) : undefined;
}

/** A number and one function whose limit it is; |u| + u; what else adds up to an exponential less 1. */
function sumNode(node: Binary): Expression | undefined {
	const { constant: rest, terms } = sumOf(node);
	const [first, second, ...others] = terms;
	if (!first || others.length > 0) return undefined;
	if (second) return rest === 0 ? twoTerms(node, first, second) : undefined;
	const { factor, part } = first;
	const tangent = rest === -factor ? squaredTanh(part) : undefined;
	if (tangent) return scale(rest, tanhSlope(tangent));
	if (rest === 0 || part.kind !== "unary") return undefined;
	const u = part.operand;
	const share = factor / rest;
	switch (part.operator) {
		case "exp":
			return share === -1 ? scale(factor, expm1(u)) : undefined;
		case "expm1":
			return share === 1 ? scale(factor, exp(u)) : undefined;
		case "erf":
			if (share === 1) return scale(rest, erfc(negated(u)));
			return share === -1 ? scale(rest, erfc(u)) : undefined;
		case "tanh": {
			const both = exactProduct(2, rest)!;
			if (share === 1) return scale(both, logistic(multiple(2, u)));
			return share === -1 ? scale(both, logistic(multiple(-2, u))) : undefined;
		}
		case "logistic":
			if (share === -1) return scale(rest, logistic(negated(u)));
			if (share === -2) return oddTanh(-rest, multiple(0.5, u));
			return undefined;
		default:
			return undefined;
	}
}

/** factor·tanh(u), with a sign in u taken out. */
function oddTanh(factor: number, u: Expression): Expression {
	return scaledPart(u).factor < 0 ? scale(-factor, tanh(negated(u))) : scale(factor, tanh(u));
}

/** The u of tanh²(u), however the square is written. */
function squaredTanh(node: Expression): Expression | undefined {
	const tangent = nodesOf(node).find((one) => isUnary(one, "tanh") && isSquareOf(node, one));
	return tangent && isUnary(tangent, "tanh") ? tangent.operand : undefined;
}

/** 1 − tanh²(u). */
function tanhSlope(u: Expression): Expression {
	return mul(4, mul(logistic(multiple(2, u)), logistic(multiple(-2, u))));
}

function twoTerms(node: Binary, first: Term, second: Term): Expression | undefined {
	const size = [first, second].find(({ part }) => isUnary(part, "abs"));
	const line = size === first ? second : first;
	if (size && isUnary(size.part, "abs") && Math.abs(size.factor) === Math.abs(line.factor)) {
		if (size.part.operand !== line.part) return undefined;
		const bound = size.factor === line.factor ? max : min;
		return scale(2 * line.factor, bound(line.part, 0));
	}
	const smooth = [first, second].find(({ part }) => isUnary(part, "softplus"));
	const other = smooth === first ? second : first;
	if (smooth && isUnary(smooth.part, "softplus")) {
		// softplus(u) − u = softplus(−u).
		const inner = scaledPart(smooth.part.operand);
		const isArgument = inner.part === other.part && other.factor === -smooth.factor * inner.factor;
		return isArgument ? scale(smooth.factor, softplus(negated(smooth.part.operand))) : undefined;
	}
	// a·e^u − a, where a is no number.
	if (node.operator !== "sub") return undefined;
	const { left, right } = node;
	if (!isBinary(left, "mul")) return undefined;
	const [a, b] = [left.left, left.right];
	if (right === a && isUnary(b, "exp")) return mul(a, expm1(b.operand));
	return right === b && isUnary(a, "exp") ? mul(b, expm1(a.operand)) : undefined;
}

/** Powers of two put together, and e^u·σ(−u) as σ(u). */
function productNode(node: Binary): Expression | undefined {
	const factors = factorsOf(node);
	const numbers = factors.map(numberOf).filter((value) => value !== undefined);
	const rest = factors.filter((factor) => numberOf(factor) === undefined);
	const merged = mergedExponential(rest);
	const isFolded = numbers.length > 1 && numbers.every(isPowerOfTwo);
	if (!merged && !isFolded && !(numbers.length === 1 && numbers[0] === 1)) return undefined;
	const number = isFolded ? numbers.reduce((a, b) => a * b, 1) : undefined;
	const parts = merged ?? rest;
	const own = number === undefined ? numbers.map((value) => constant(value)) : number === 1 ? [] : [constant(number)];
	const all = [...own, ...parts];
	return all.length === 0 ? constant(number ?? 1) : all.reduce((product, part) => mul(product, part));
}

function mergedExponential(factors: readonly Expression[]): Expression[] | undefined {
	for (const [i, first] of factors.entries()) {
		if (!isUnary(first, "exp")) continue;
		const opposite = negated(first.operand);
		const at = factors.findIndex((other) => isUnary(other, "logistic") && other.operand === opposite);
		if (at < 0) continue;
		return factors.flatMap((factor, j) => (j === at ? [logistic(first.operand)] : j === i ? [] : [factor]));
	}
	return undefined;
}

function quotientNode(node: Binary): Expression | undefined {
	const { left, right } = node;
	if (isUnary(left, "sin") && left.operand === right) return sinc(right);
	const divisor = numberOf(right);
	if (divisor !== undefined) {
		const { factor, part } = scaledPart(left);
		return factor !== 1 && isPowerOfTwo(factor) && isPowerOfTwo(divisor) ? scale(factor / divisor, part) : undefined;
	}
	const below = factorsOf(right);
	const sums = below.map(exponentialSumOf);
	const at = sums.findIndex((sum) => sum && isExponential(sum));
	if (at < 0) return undefined;
	const denominator = sums[at]!;
	const others = below.filter((_, i) => i !== at);
	const over = (value: Expression) =>
		others.length === 0
			? value
			: div(
					value,
					others.reduce((a, b) => mul(a, b)),
				);
	const [only, ...more] = denominator.terms;
	if (only && more.length === 0) {
		if (!isPowerOfTwo(only.c)) return undefined;
		const rise = scale(1 / only.c, exp(scale(-only.k, denominator.base!)));
		return over(simplify(mul(left, rise)));
	}
	const { exponential, rest } = exponentialFactor(left);
	const ratio = ratioOf(exponential, denominator);
	if (!ratio) return undefined;
	if (rest.length === 0) return over(ratio);
	const factor = rest.reduce((a, b) => mul(a, b));
	// 1/expm1(u) is infinite where u/expm1(u) is 1.
	return over(isBinary(ratio, "div") ? div(mul(factor, ratio.left), ratio.right) : mul(factor, ratio));
}

function powerNode({ left, right }: Binary): Expression | undefined {
	if (left.kind === "constant" && left.exact === "e") return exp(right);
	return numberOf(right) === -1 ? div(1, left) : undefined;
}

function unaryPart(node: Expression): { factor: number; part: Expression } {
	return isUnary(node, "neg") ? { factor: -1, part: node.operand } : { factor: 1, part: node };
}
