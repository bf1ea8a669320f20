import { abs, add, div, eq, exp, x as INPUT, le, lt, mul, neg, pow, sqrt, sub, where } from "../build.ts";
import type { Binary, Expression } from "../expression.ts";
import { simplify } from "../simplify.ts";
import { dependsOn, nodesOf, rewrite, withOperands } from "../walk.ts";
import { factorsOf, isBinary, isUnary } from "./parts.ts";
import { exactProduct, isPowerOfTwo, numberOf, scale, sumOf } from "./sum.ts";

/**
 * The same function with steps that keep what a type of few digits or a narrow range loses, at the cost of longer code: what
 * decays like eᵘ multiplied in halves from u = `from` on to the left, a line by its zero, a root of 0 apart.
 */
export function refined(expression: Expression, from: number): Expression {
	return simplify(
		rewrite(expression, (node, operands) => {
			const own = withOperands(node, operands);
			if (isBinary(own, "mul")) return inHalves(own, from) ?? own;
			return lineByZero(own) ?? rootApart(own) ?? own;
		}),
	);
}

/** Further out than this eᵘ is below the last digit of 1 + eᵘ in every type. */
const NEGLIGIBLE = -40;

/**
 * A product with a factor that decays like eᵘ, which is subnormal or 0 where the product is not: as e^(u/2)·e^(u/2), with the
 * other factors before the second half.
 */
function inHalves(node: Binary, from: number): Expression | undefined {
	const factors = factorsOf(node);
	for (const [at, factor] of factors.entries()) {
		const rest = factors.filter((_, i) => i !== at);
		if (!rest.some((each) => dependsOn(each) && !isUnary(each, "exp"))) continue;
		const other = rest.reduce((product, each) => mul(product, each));
		if (isUnary(factor, "exp") && dependsOn(factor)) {
			const half = exp(scale(0.5, factor.operand));
			return mul(mul(other, half), half);
		}
		const decay = decayOf(factor);
		if (!decay) continue;
		const half = exp(mul(-0.5, abs(decay.of)));
		const product = mul(mul(other, half), half);
		const far = from <= NEGLIGIBLE ? product : decay.times(product, exp(neg(abs(decay.of))));
		return where(lt(decay.of, from), far, node);
	}
	return undefined;
}

interface Decay {
	readonly of: Expression;
	times(product: Expression, y: Expression): Expression;
}

/** The u of a function that is y = eᵘ times another for u < 0, and that other one times a product. */
function decayOf(factor: Expression): Decay | undefined {
	if (!dependsOn(factor)) return undefined;
	if (isUnary(factor, "logistic")) return { of: factor.operand, times: (product, y) => div(product, add(1, y)) };
	if (!isUnary(factor, "tanh") || !isUnary(factor.operand, "softplus")) return undefined;
	// tanh(log(1 + y)) = y·(2 + y)/(2 + 2y + y²).
	const times = (product: Expression, y: Expression) => mul(product, div(add(2, y), add(2, mul(y, add(2, y)))));
	return { of: factor.operand.operand, times };
}

/** x/n + d, also with 1/n as a decimal, as (x + n·d)/n: exact about its zero. */
function lineByZero(node: Expression): Expression | undefined {
	const { constant: rest, terms } = sumOf(node);
	const [line, ...others] = terms;
	if (!line || others.length > 0 || rest === 0 || Math.abs(line.factor) !== 1) return undefined;
	const n = divisorOf(line.part);
	const zero = n === undefined ? undefined : exactProduct(rest, n);
	if (n === undefined || zero === undefined || isPowerOfTwo(n)) return undefined;
	return div(line.factor < 0 ? sub(zero, INPUT) : add(INPUT, zero), n);
}

/** The n of x/n. */
function divisorOf(part: Expression): number | undefined {
	if (isBinary(part, "div") && part.left === INPUT) return numberOf(part.right);
	if (!isBinary(part, "mul")) return undefined;
	const share = part.left === INPUT ? part.right : part.right === INPUT ? part.left : undefined;
	const fraction = share?.kind === "constant" ? /^0?\.(\d{1,15})$/.exec(share.exact ?? "")?.[1] : undefined;
	if (fraction === undefined) return undefined;
	const n = 10 ** fraction.length / Number(fraction);
	return Number.isInteger(n) ? n : undefined;
}

/**
 * A root of |u| or max(u, 0), whose slope at 0 is infinite, and by 0, which is what else it is multiplied by there, NaN:
 * with 0 for a value apart, by which no slope is passed on.
 */
function rootApart(node: Expression): Expression | undefined {
	if (isUnary(node, "sqrt")) return apart(node.operand, sqrt);
	if (!isBinary(node, "pow")) return undefined;
	const exponent = numberOf(node.right);
	const isRoot = exponent !== undefined && exponent > 0 && exponent < 1;
	return isRoot ? apart(node.left, (u) => pow(u, exponent)) : undefined;
}

function apart(v: Expression, root: (u: Expression) => Expression): Expression | undefined {
	// A choice inside would be written again and again.
	if (!dependsOn(v) || nodesOf(v).some(({ kind }) => kind === "where")) return undefined;
	if (isUnary(v, "abs")) {
		const isZero = eq(v.operand, 0);
		return where(isZero, 0, root(abs(where(isZero, 1, v.operand))));
	}
	if (!isBinary(v, "max")) return undefined;
	const [u, bound] = numberOf(v.left) === 0 ? [v.right, v.left] : [v.left, v.right];
	if (numberOf(bound) !== 0) return undefined;
	const isZero = le(u, 0);
	return where(isZero, 0, root(where(isZero, 1, u)));
}
