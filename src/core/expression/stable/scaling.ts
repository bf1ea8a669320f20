import { abs, add, constant, div, gt, x as INPUT, le, mul, pow, sqrt, square, sub, where } from "../build.ts";
import type { Binary, Expression, Unary } from "../expression.ts";
import { simplify } from "../simplify.ts";
import { dependsOn, rewrite, withOperands } from "../walk.ts";
import { exponentialSumOf, ratioByChoice } from "./exponentials.ts";
import { exponentialFactor, isSquareOf } from "./parts.ts";
import { numberOf, scale, sumOf } from "./sum.ts";

const MOST_DEGREE = 8;
const ZERO = constant(0);
const ONE = constant(1);
/** What polynomials may be of. */
const VARIABLES: readonly Expression[] = [INPUT, abs(INPUT)];

/**
 * The same function with steps that do not leave the range where its value does not: powers divided by the highest one
 * where |x| > 1 or e^t > 1, differences of a root and its own limit multiplied out, halves taken before the sum.
 */
export function scaled(expression: Expression): Expression {
	return simplify(
		rewrite(expression, (node, operands) => {
			if (node.kind === "unary" && node.operator === "sqrt") return scaledRoot(node);
			if (node.kind !== "binary") return undefined;
			const whole = wholeNode(node); // Of what the node was: its parts are not scaled on their own then.
			const own = withOperands(node, operands);
			return whole ?? (own.kind === "binary" ? scaledMean(own) : undefined);
		}),
	);
}

function wholeNode(node: Binary): Expression | undefined {
	switch (node.operator) {
		case "div":
			return scaledRatio(node) ?? exponentialRatio(node);
		case "add":
		case "sub":
			return rootLessLimit(node) ?? inputAndRoot(node);
		default:
			return undefined;
	}
}

function exponentialRatio({ left, right }: Binary): Expression | undefined {
	const below = exponentialSumOf(right);
	if (!below?.base) return undefined;
	const { exponential, rest } = exponentialFactor(left);
	const ratio = ratioByChoice(exponential, below);
	return ratio && rest.reduceRight((product, factor) => mul(factor, product), ratio);
}

/** N(x)/D(x) = xⁿ⁻ᵈ·Ñ(1/x)/D̃(1/x). */
function scaledRatio(node: Binary): Expression | undefined {
	for (const u of VARIABLES) {
		const [n, d] = [polynomialOf(node.left, u), polynomialOf(node.right, u)];
		if (!n || !d || d.length < 2 || Math.max(n.length, d.length) < 3 || n.every((c) => c === ZERO)) continue;
		const inverse = div(1, u);
		const ratio = div(reversed(n, inverse), reversed(d, inverse));
		const more = n.length - d.length;
		const far = more > 0 ? mul(powerOf(u, more), ratio) : more < 0 ? mul(powerOf(inverse, -more), ratio) : ratio;
		return where(gt(abs(INPUT), 1), simplify(far), node);
	}
	return undefined;
}

/** √(a·x² + b·x + c) = |x|·√(a + b/x + c/x²). */
function scaledRoot(node: Unary): Expression | undefined {
	for (const u of VARIABLES) {
		const p = polynomialOf(node.operand, u);
		if (p?.length !== 3) continue;
		return where(gt(abs(INPUT), 1), simplify(mul(abs(INPUT), sqrt(reversed(p, div(1, u))))), node);
	}
	return undefined;
}

/** (a + b)/c as a/c + b/c where c > 1, and likewise for a factor below 1. */
function scaledMean({ operator, left, right }: Binary): Expression | undefined {
	if (operator !== "mul" && operator !== "div") return undefined;
	const factor = operator === "mul" ? (numberOf(left) ?? numberOf(right)) : numberOf(right);
	if (factor === undefined || (operator === "mul" ? Math.abs(factor) >= 1 : Math.abs(factor) <= 1)) return undefined;
	const total = operator === "mul" && numberOf(left) !== undefined ? right : left;
	if (total.kind !== "binary" || (total.operator !== "add" && total.operator !== "sub")) return undefined;
	if (!dependsOn(total.left) || !dependsOn(total.right)) return undefined;
	const share = (part: Expression) => (operator === "mul" ? mul(factor, part) : div(part, factor));
	return (total.operator === "add" ? add : sub)(share(total.left), share(total.right));
}

/** s·√(1 + v) − s = s·v/(√(1 + v) + 1), by which nothing cancels where v is small. */
function rootLessLimit(node: Expression): Expression | undefined {
	const { constant: rest, terms } = sumOf(node);
	const [only, ...others] = terms;
	if (!only || others.length > 0 || rest === 0 || only.factor !== -rest) return undefined;
	if (only.part.kind !== "unary" || only.part.operator !== "sqrt") return undefined;
	const inside = sumOf(only.part.operand);
	if (inside.constant !== 1 || inside.terms.length !== 1) return undefined;
	const [{ factor, part }] = inside.terms as [{ factor: number; part: Expression }];
	const rise = scale(factor, part);
	const near = scale(only.factor, div(rise, add(only.part, 1)));
	const root = scaledRoot(only.part);
	const far = root?.kind === "where" ? scale(only.factor, sub(root.then, 1)) : node;
	return where(gt(abs(INPUT), 1), far, near);
}

/** x + √(x² + b) = b/(√(x² + b) − x), by which nothing cancels where x is negative. */
function inputAndRoot(node: Expression): Expression | undefined {
	const { constant: rest, terms } = sumOf(node);
	if (rest !== 0 || terms.length !== 2) return undefined;
	const line = terms.find(({ part }) => part === INPUT);
	const root = terms.find(({ part }) => part.kind === "unary" && part.operator === "sqrt");
	if (!line || root?.part.kind !== "unary" || root.factor !== 1 || Math.abs(line.factor) !== 1) return undefined;
	const p = polynomialOf(root.part.operand, INPUT);
	if (p?.length !== 3 || p[1] !== ZERO || p[2] !== ONE) return undefined;
	const size = scaledRoot(root.part)!;
	const [sum, difference] = [add(size, INPUT), sub(size, INPUT)];
	return line.factor > 0
		? where(le(INPUT, 0), div(p[0]!, difference), sum)
		: where(le(INPUT, 0), difference, div(p[0]!, sum));
}

/** Coefficients by rising power of u, the last of them not 0; undefined where the node is no polynomial in u. */
function polynomialOf(node: Expression, u: Expression): Expression[] | undefined {
	if (node === u) return [ZERO, ONE];
	if (u !== INPUT && isSquareOf(node, INPUT)) return [ZERO, ZERO, ONE];
	if (!dependsOn(node)) return [node];
	if (node.kind === "unary") {
		const own = polynomialOf(node.operand, u);
		if (node.operator === "neg") return own?.map((c) => simplify(sub(0, c)));
		return node.operator === "square" && own ? productOf(own, own) : undefined;
	}
	if (node.kind !== "binary") return undefined;
	const { operator, left, right } = node;
	if (operator === "pow") {
		const exponent = numberOf(right);
		const own = exponent === undefined ? undefined : polynomialOf(left, u);
		if (!own || !Number.isInteger(exponent) || exponent! < 1 || exponent! > MOST_DEGREE) return undefined;
		let result: Expression[] | undefined = own;
		for (let i = 1; i < exponent!; i++) result = result && productOf(result, own);
		return result;
	}
	const [a, b] = [polynomialOf(left, u), polynomialOf(right, u)];
	if (!a || !b) return undefined;
	switch (operator) {
		case "add":
		case "sub": {
			const sums = Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
				simplify((operator === "add" ? add : sub)(a[i] ?? ZERO, b[i] ?? ZERO)),
			);
			while (sums.length > 1 && sums[sums.length - 1] === ZERO) sums.pop();
			return sums;
		}
		case "mul":
			return productOf(a, b);
		case "div":
			return b.length === 1 ? a.map((c) => (c === ZERO ? c : simplify(div(c, b[0]!)))) : undefined;
		default:
			return undefined;
	}
}

function productOf(a: readonly Expression[], b: readonly Expression[]): Expression[] | undefined {
	if (a.length + b.length - 2 > MOST_DEGREE) return undefined;
	const result = Array.from({ length: a.length + b.length - 1 }, (): Expression => ZERO);
	for (const [i, p] of a.entries()) {
		for (const [j, q] of b.entries()) {
			if (p === ZERO || q === ZERO) continue;
			result[i + j] = simplify(add(result[i + j]!, mul(p, q)));
		}
	}
	return result;
}

/** The polynomial over its highest power, of the inverse. */
function reversed(coefficients: readonly Expression[], inverse: Expression): Expression {
	return coefficients
		.toReversed()
		.map((c, power) => (c === ZERO ? undefined : simplify(power === 0 ? c : mul(c, powerOf(inverse, power)))))
		.filter((term) => term !== undefined)
		.reduce((sum, term) => add(sum, term));
}

function powerOf(u: Expression, exponent: number): Expression {
	if (exponent === 1) return u;
	return exponent === 2 ? square(u) : pow(u, exponent);
}
