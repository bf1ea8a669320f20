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
	log1p,
	lt,
	max,
	mul,
	neg,
	sin,
	sqrt,
	square,
	sub,
	where,
} from "../build.ts";
import type { Expression } from "../expression.ts";

/** Forms over more usual operations, for libraries that lack one. None overflows; the tails keep their digits where they can. */
export const logisticByExp = (u: Expression): Expression => {
	const decay = exp(neg(abs(u)));
	return div(where(ge(u, 0), 1, decay), add(1, decay));
};
export const softplusByLog1p = (u: Expression): Expression => add(max(u, 0), log1p(exp(neg(abs(u)))));
export const normalCdfByErfc = (u: Expression): Expression => mul(0.5, erfc(neg(div(u, sqrt(constant(2))))));
/** Exact to the scale of 1 alone: what is left of 1 far out on the left is rounding. */
export const normalCdfByErf = (u: Expression): Expression => mul(0.5, add(1, erf(div(u, sqrt(constant(2))))));
export const erfcByErf = (u: Expression): Expression => sub(1, erf(u));
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
