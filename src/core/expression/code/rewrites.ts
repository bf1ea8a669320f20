import {
	abs,
	add,
	constant,
	cosh,
	div,
	eq,
	erf,
	erfc,
	exp,
	ge,
	gt,
	log,
	log1p,
	lt,
	max,
	min,
	mul,
	neg,
	sin,
	sqrt,
	square,
	sub,
	where,
} from "../build.ts";
import type { Expression } from "../expression.ts";
import { dependsOn } from "../walk.ts";

/** Forms over more usual operations, for libraries that lack one. None overflows; the tails keep their digits where they can. */
export const logisticByExp = (u: Expression): Expression => {
	const decay = exp(neg(abs(u)));
	return div(where(ge(u, 0), 1, decay), add(1, decay));
};
export const softplusByLog1p = (u: Expression): Expression => add(max(u, 0), log1p(exp(neg(abs(u)))));
export const normalCdfByErfc = (u: Expression): Expression => mul(0.5, erfc(neg(div(u, sqrt(constant(2))))));
/** Exact to the scale of 1 alone: what is left of 1 far out on the left is rounding. So PyTorch's ndtr is computed. */
export const normalCdfByErf = (u: Expression): Expression => mul(0.5, add(1, erf(div(u, sqrt(constant(2))))));
const erfcByErf = (u: Expression): Expression => sub(1, erf(u));
/** The libraries' own sinc is that of π·u: in 16 bits u/π loses its digits. */
export const sincBySin = (u: Expression): Expression => {
	const isZero = eq(u, 0);
	return where(isZero, 1, div(sin(u), where(isZero, 1, u)));
};
export const squareByProduct = (u: Expression): Expression => mul(u, u);
export const signByChoice = (u: Expression): Expression => where(gt(u, 0), 1, where(lt(u, 0), -1, 0));

/** σ(u)·σ(−u), the slope of σ, by one exponential. */
export const logisticSlopeByExp = (u: Expression): Expression => {
	const decay = exp(neg(abs(u)));
	return div(decay, square(add(1, decay)));
};

/** 4·σ(2u)·σ(−2u), the slope of tanh, as people know it. */
export const tanhSlopeByCosh = (u: Expression): Expression => div(1, square(cosh(u)));

/**
 * (1 + 2v)·e^(v²)·erfc(v) for v ≥ 0 as a polynomial in q = (v − 3.75)/(v + 3.75), the lowest power first: within 6e-17. In these
 * variables by Shepherd and Laframboise (1981); interpolated at 24 Chebyshev nodes in arithmetic of 60 digits.
 */
const SCALED_ERFC = [
	1.2375126308378275, -0.14024059858554702, 0.003585415485479575, 0.08227673849014977, -0.10880393014246645,
	0.09230432116025894, -0.05869339857631061, 0.028362277420377335, -0.00974657968596217, 0.001755625843431864,
	0.000293714390578856, -0.00029015404203352704, 5.164649341002877e-5, 2.2384138525656757e-5, -1.1437980374495534e-5,
	-9.733875167494142e-7, 1.7419011945194367e-6, -5.741076073013916e-8, -2.4851108650210706e-7, 2.3398534313040898e-8,
	3.195398612057818e-8, -3.798189797736207e-9, -2.618520156503145e-9, 3.2052623379289157e-10,
];

function scaledErfc(v: Expression): Expression {
	const q = sub(1, div(7.5, add(v, 3.75))); // Of an infinite v, too.
	return SCALED_ERFC.map((c) => constant(c)).reduceRight((sum, c) => add(c, mul(q, sum)));
}

/** |u|, with 1 for a slope at 0. */
export const sizeByChoice = (u: Expression): Expression => where(lt(u, 0), neg(u), u);

/** The greater, the less and the size by a choice, where the names of the functions are taken. */
export const maxByChoice = (a: Expression, b: Expression): Expression => where(lt(a, b), b, a);
export const minByChoice = (a: Expression, b: Expression): Expression => where(gt(a, b), b, a);

/** With all its digits in the tail, for a library that has no erfc; before the tail erf loses none. */
export const erfcByExp = (u: Expression): Expression => {
	const isTail = gt(u, 1);
	const v = where(isTail, u, 1); // Not by a maximum, which Keras may give in float32.
	const tail = mul(exp(neg(square(v))), div(scaledErfc(v), add(1, mul(2, v))));
	return where(isTail, tail, erfcByErf(u));
};

export const normalCdfByExp = (u: Expression): Expression => mul(0.5, erfcByExp(neg(div(u, sqrt(constant(2))))));

/**
 * log Φ(u): on the left log(½·erfc(v)) with the logarithm of e^(−v²) taken before it underflows, v = |u|/√2; on the right
 * log(1 − ½·erfc(v)).
 */
export const logNormalCdfByExp = (u: Expression): Expression => {
	const v = div(sizeByChoice(u), sqrt(constant(2)));
	const [above, below] = [scaledErfc(v), add(2, mul(4, v))];
	const half = mul(mul(0.5, u), u);
	return where(lt(u, 0), sub(sub(log(above), log(below)), half), log1p(neg(mul(exp(neg(half)), div(above, below)))));
};

/** The same by erfc, which is more than 0 down to the asymptotic series' being good to the last digit. For choices that compute one side. */
export const logNormalCdfByErfc = (u: Expression): Expression => {
	const half = mul(mul(0.5, u), u);
	const r = div(1, mul(u, u));
	// 1 − r + 3r² − 15r³ + 105r⁴ − 945r⁵, of which the 1 is the logarithm's.
	const series = [1, 3, 5, 7, 9].reduceRight<Expression>((rest, k) => mul(mul(k, r), sub(1, rest)), constant(0));
	const far = sub(sub(log1p(neg(series)), log(mul(neg(u), sqrt(mul(2, constant(Math.PI, "pi")))))), half);
	const tail = mul(0.5, erfc(div(abs(u), sqrt(constant(2)))));
	return where(lt(u, -30), far, where(lt(u, 0), log(tail), log1p(neg(tail))));
};

/** For libraries that have erf, and nothing that keeps what is left of it: their tails are computed by exponentials. */
export const BY_ERF_ALONE = {
	rewrites: { normalCdf: normalCdfByErf, logNormalCdf: logNormalCdfByExp, erfc: erfcByErf, sinc: sincBySin },
	tails: { erfc: erfcByExp, normalCdf: normalCdfByExp },
};

/** Python's math raises an exception where eᵘ overflows; what comes of it is the same from a number on that is as large. */
export const boundedExp = (u: Expression): Expression => exp(dependsOn(u) ? min(u, 709) : u);
