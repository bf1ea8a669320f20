import {
	abs,
	add,
	constant,
	div,
	exp,
	expm1,
	ge,
	gt,
	log,
	log1p,
	logistic,
	mul,
	neg,
	sinh,
	softplus,
	square,
	sub,
	tanh,
	where,
} from "../build.ts";
import type { Expression } from "../expression.ts";
import { simplify } from "../simplify.ts";
import { exactProduct, exactSum, isPowerOfTwo, multiple, negated, numberOf, scale, scaledPart } from "./sum.ts";

/** Σ c·e^(k·base), from the lowest k up; a constant has no base. The numbers are exact. */
export interface ExponentialSum {
	readonly base: Expression | null;
	readonly terms: readonly ExponentialTerm[];
}

interface ExponentialTerm {
	readonly k: number;
	readonly c: number;
}

const MOST_TERMS = 8;
const MOST_POWER = 4;

/** The node as a sum of exponentials; undefined where it is none. */
export function exponentialSumOf(node: Expression): ExponentialSum | undefined {
	const number = numberOf(node);
	if (number !== undefined) return { base: null, terms: number === 0 ? [] : [{ k: 0, c: number }] };
	if (node.kind === "unary") {
		const { operator, operand: u } = node;
		switch (operator) {
			case "exp":
				return exponential(u, [1, 1]);
			case "expm1":
				return exponential(u, [1, 1], [0, -1]);
			case "sinh":
				return exponential(u, [1, 0.5], [-1, -0.5]);
			case "cosh":
				return exponential(u, [1, 0.5], [-1, 0.5]);
			case "neg":
				return times(exponentialSumOf(u), { base: null, terms: [{ k: 0, c: -1 }] });
			case "square":
				return power(u, 2);
			default:
				return undefined;
		}
	}
	if (node.kind !== "binary") return undefined;
	const { operator, left, right } = node;
	switch (operator) {
		case "add":
		case "sub": {
			const [a, b] = [exponentialSumOf(left), exponentialSumOf(right)];
			return a && b && plus(a, operator === "add" ? b : times(b, { base: null, terms: [{ k: 0, c: -1 }] }));
		}
		case "mul":
			return times(exponentialSumOf(left), exponentialSumOf(right));
		case "div": {
			const [a, b] = [exponentialSumOf(left), exponentialSumOf(right)];
			const [divisor, ...others] = b?.terms ?? [];
			if (!divisor || others.length > 0 || !isPowerOfTwo(divisor.c)) return undefined;
			return times(a, { base: b!.base, terms: [{ k: -divisor.k, c: 1 / divisor.c }] });
		}
		case "pow": {
			const exponent = numberOf(right);
			return exponent !== undefined && Number.isInteger(exponent) && exponent > 0 && exponent <= MOST_POWER
				? power(left, exponent)
				: undefined;
		}
		default:
			return undefined;
	}
}

/** Whether there is an exponential in it at all. */
export function isExponential({ base }: ExponentialSum): boolean {
	return base !== null;
}

/** N/D by σ, tanh or expm1, where those are it. */
export function ratioOf(n: ExponentialSum, d: ExponentialSum): Expression | undefined {
	const common = unified(n, d);
	if (!common || !d.base) return undefined;
	const [{ terms: above }, { terms: below }] = common;
	return below.length === 2 ? overPair(above, below, d.base) : overSquare(above, below, d.base);
}

/** log of a sum of one or two exponentials with positive factors. */
export function logOf({ base, terms }: ExponentialSum): Expression | undefined {
	// The constant leads, if there is one: log(1 + e^−u) is softplus(−u), and not softplus(u) − u, which cancels.
	const [first, second, ...others] = terms.toSorted((a, b) => Number(b.k === 0) - Number(a.k === 0));
	if (!base || !first || others.length > 0 || terms.some(({ c }) => c <= 0)) return undefined;
	if (second && first.k === -second.k && first.c === second.c) return logOfCosh(base, Math.abs(first.k), 2 * first.c);
	const lead = [
		...(first.c === 1 ? [] : [log(constant(first.c))]),
		...(first.k === 0 ? [] : [scale(first.k, base)]),
		...(second ? [softplusOf(scale(second.k - first.k, base), second.c, first.c)] : []),
	];
	return lead.length === 0 ? constant(0) : lead.reduceRight((sum, part) => add(part, sum));
}

/** log(c·cosh(k·u)) for k > 0; log(cosh u) is small where u is. */
function logOfCosh(u: Expression, k: number, c: number): Expression {
	const size = abs(u);
	const double = add(scale(k, size), softplus(scale(-2 * k, size)));
	if (c === 2) return double;
	if (c !== 1) return add(log(constant(c / 2)), double);
	return where(gt(size, 1 / k), sub(double, log(constant(2))), log1p(mul(2, square(sinh(scale(k / 2, u))))));
}

/** log(1 + (c/d)·e^δ). */
function softplusOf(delta: Expression, c: number, d: number): Expression {
	if (c === d) return softplus(delta);
	const ratio = d === 1 ? constant(c) : div(c, d);
	return softplus(add(delta, log(ratio)));
}

/** Over d·(e^p + e^q), or d·(e^q − e^p). */
function overPair(
	above: readonly ExponentialTerm[],
	[low, high]: readonly ExponentialTerm[],
	base: Expression,
): Expression | undefined {
	const delta = scale(high!.k - low!.k, base);
	const at = (k: number) => above.find((term) => term.k === k)?.c ?? 0;
	const isWithin = above.every(({ k }) => k === low!.k || k === high!.k);
	const [p, q, d] = [at(low!.k), at(high!.k), high!.c];
	if (low!.c === d) {
		if (isWithin) {
			if (p === -q) return hyperbolicTangent(q, d, delta);
			if (p === 0) return quotient(q, d, logistic(delta));
			if (q === 0) return quotient(p, d, logistic(negated(delta)));
			return add(quotient(p, d, logistic(negated(delta))), quotient(q, d, logistic(delta)));
		}
		const [only, ...others] = above;
		if (!only || others.length > 0) return undefined;
		if (only.k > high!.k) return mul(quotient(only.c, d, exp(scale(only.k - high!.k, base))), logistic(delta));
		if (only.k < low!.k) return mul(quotient(only.c, d, exp(scale(only.k - low!.k, base))), logistic(negated(delta)));
		return undefined;
	}
	if (low!.c !== -d || !isWithin) return undefined;
	if (p === 0) return div(exactQuotient(-q, d), expm1(negated(delta)));
	if (q === 0) return div(exactQuotient(p, d), expm1(delta));
	return p === q ? div(exactQuotient(p, d), tanh(multiple(0.5, delta))) : undefined;
}

/** (c/d)·tanh(δ/2), which is odd: a sign in δ is taken out. */
function hyperbolicTangent(c: number, d: number, delta: Expression): Expression {
	const half = multiple(0.5, delta);
	const isNegative = scaledPart(half).factor < 0;
	return quotient(isNegative ? -c : c, d, tanh(isNegative ? negated(half) : half));
}

/** Over d·(e^p + e^q)², as σ′ is written. */
function overSquare(
	above: readonly ExponentialTerm[],
	below: readonly ExponentialTerm[],
	base: Expression,
): Expression | undefined {
	const [low, middle, high] = below;
	if (below.length !== 3 || !low || !middle || !high) return undefined;
	if (low.c !== high.c || middle.c !== 2 * low.c || middle.k - low.k !== high.k - middle.k) return undefined;
	const [only, ...others] = above;
	if (!only || others.length > 0) return undefined;
	const delta = scale(middle.k - low.k, base);
	const [left, right] = [logistic(negated(delta)), logistic(delta)];
	if (only.k === low.k) return quotient(only.c, low.c, square(left));
	if (only.k === middle.k) return quotient(only.c, low.c, mul(right, left));
	return only.k === high.k ? quotient(only.c, low.c, square(right)) : undefined;
}

/**
 * N/D without overflow, where all terms of D have one sign: with y = e^t, N(y)/D(y) for t < 0, and both divided by their
 * highest powers for t ≥ 0, in e^−|t| each time.
 */
export function ratioByChoice(n: ExponentialSum, d: ExponentialSum): Expression | undefined {
	const { base } = d;
	const common = base && unified(n, d);
	if (!common || d.terms.length < 2) return undefined;
	const [{ terms: above }, { terms: below }] = common;
	if (above.length === 0 || below.some(({ c }) => Math.sign(c) !== Math.sign(below[0]!.c))) return undefined;
	const all = [...above, ...below].map(({ k }) => k);
	const lowest = Math.min(...all);
	const step = all.map((k) => k - lowest).reduce((a, b) => commonDivisor(a, b), 0);
	if (step === 0 || all.some((k) => !Number.isInteger((k - lowest) / step))) return undefined;
	const decay = exp(neg(abs(scale(step, base))));
	const side = (highest: boolean) => {
		const of = (terms: readonly ExponentialTerm[]) => {
			const lead = terms[highest ? terms.length - 1 : 0]!;
			const powers = terms.map(({ k, c }) => ({ power: Math.abs(k - lead.k) / step, c }));
			return { k: lead.k, value: polynomial(powers, decay) };
		};
		const [upper, lower] = [of(above), of(below)];
		const ratio = div(upper.value, lower.value);
		return upper.k === lower.k ? ratio : mul(exp(scale(upper.k - lower.k, base)), ratio);
	};
	return where(ge(base, 0), side(true), side(false));
}

function polynomial(terms: readonly { readonly power: number; readonly c: number }[], y: Expression): Expression {
	return terms
		.toSorted((a, b) => a.power - b.power)
		.map(({ power, c }) => {
			if (power === 0) return constant(c);
			let product = y;
			for (let i = 1; i < power; i++) product = mul(product, y);
			return scale(c, product);
		})
		.reduce((sum, term) => add(sum, term));
}

function quotient(c: number, d: number, of: Expression): Expression {
	const factor = exactQuotient(c, d);
	return typeof factor === "number" ? scale(factor, of) : mul(factor, of);
}

function exactQuotient(c: number, d: number): number | Expression {
	if (Number.isInteger(c / d) || isPowerOfTwo(d)) return c / d;
	return div(constant(c), constant(d));
}

function commonDivisor(a: number, b: number): number {
	let [p, q] = [Math.abs(a), Math.abs(b)];
	for (let i = 0; i < 64 && q > 1e-9; i++) [p, q] = [q, p % q];
	return p;
}

function exponential(
	u: Expression,
	...terms: readonly (readonly [k: number, c: number])[]
): ExponentialSum | undefined {
	const { factor, part } = scaledPart(u);
	if (numberOf(u) !== undefined) return undefined;
	return sorted(
		part,
		terms.map(([k, c]) => ({ k: k * factor, c })),
	);
}

function power(u: Expression, exponent: number): ExponentialSum | undefined {
	const own = exponentialSumOf(u);
	let result = own;
	for (let i = 1; i < exponent; i++) result = times(result, own);
	return result;
}

function sorted(base: Expression | null, terms: readonly ExponentialTerm[]): ExponentialSum | undefined {
	const kept = terms.filter(({ c }) => c !== 0).sort((a, b) => a.k - b.k);
	if (kept.length > MOST_TERMS) return undefined;
	return { base: kept.some(({ k }) => k !== 0) ? base : null, terms: kept };
}

/** Both over one base; undefined where there is none. */
function unified(a: ExponentialSum, b: ExponentialSum): readonly [ExponentialSum, ExponentialSum] | undefined {
	if (!a.base || !b.base || a.base === b.base) return [a, b];
	if (simplify(negated(a.base)) !== b.base) return undefined;
	const turned = a.terms.map(({ k, c }) => ({ k: -k, c })).reverse();
	return [{ base: b.base, terms: turned }, b];
}

function plus(a: ExponentialSum, b: ExponentialSum | undefined): ExponentialSum | undefined {
	const common = b && unified(a, b);
	return common && collected(common[0].base ?? common[1].base, [...common[0].terms, ...common[1].terms]);
}

function times(a: ExponentialSum | undefined, b: ExponentialSum | undefined): ExponentialSum | undefined {
	const common = a && b && unified(a, b);
	if (!common) return undefined;
	const products: ExponentialTerm[] = [];
	for (const first of common[0].terms) {
		for (const second of common[1].terms) {
			const c = exactProduct(first.c, second.c);
			const k = exactSum(first.k, second.k);
			if (c === undefined || k === undefined) return undefined;
			products.push({ k, c });
		}
	}
	return collected(common[0].base ?? common[1].base, products);
}

function collected(base: Expression | null, terms: readonly ExponentialTerm[]): ExponentialSum | undefined {
	const sums = new Map<number, number>();
	for (const { k, c } of terms) {
		const sum = exactSum(sums.get(k) ?? 0, c);
		if (sum === undefined) return undefined;
		sums.set(k, sum);
	}
	return sorted(
		base,
		[...sums].map(([k, c]) => ({ k, c })),
	);
}
