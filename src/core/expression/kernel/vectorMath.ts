/**
 * The operations of an expression on vectors. Without branches where all lanes are in a range that is common; lanes
 * beyond it take the longer way together, by which every lane gets the result that it would get alone.
 *
 * Errors over the whole line are at most 4 ulp in float64 and 5 in float32 (8 for the error function and the normal
 * distribution); NaN, ±0, ±∞ and subnormal numbers are those of `unaryOperations`.
 *
 * A lane is computed by JavaScript, in float64, only for the sine, cosine and tangent of an argument beyond
 * `trigLimit` (10⁶, or 8192 in float32), and for powers: in float64 unless the exponent is a constant of
 * `powerByConstant`; in float32 where the base is not a positive normal number or the exponent is not finite.
 */
import type { UnaryOperator } from "../expression.ts";
import type { Mask, Vector, VectorCode, VectorFunction } from "./vectorCode.ts";

/** The operations that are made of several: by name, so that each is one function where it is called. */
export const vectorOperations: Readonly<Record<UnaryOperator, VectorFunction>> = {
	neg: (v, u) => v.neg(u),
	abs: (v, u) => v.abs(u),
	sign,
	square: (v, u) => v.mul(u, u),
	sqrt: (v, u) => v.sqrt(u),
	exp,
	expm1,
	log,
	log1p,
	sin: (v, u) => beyondTrigLimit(v, u, "sin", sinOf(v, u)),
	cos: (v, u) => beyondTrigLimit(v, u, "cos", cosOf(v, u)),
	tan: (v, u) => beyondTrigLimit(v, u, "tan", tanOf(v, u)),
	sinh,
	cosh,
	tanh,
	atan,
	asinh,
	erf,
	erfc,
	logistic,
	softplus,
	normalCdf,
	logNormalCdf,
	sinc,
	floor: (v, u) => v.floor(u),
	not: (v, u) => v.and(v.eq(u, v.constant(0)), v.constant(1)),
};

/** Operations of one instruction or two, which are never worth a call. */
export const simpleOperations: ReadonlySet<UnaryOperator> = new Set([
	"neg",
	"abs",
	"sign",
	"square",
	"sqrt",
	"floor",
	"not",
]);

function sign(v: VectorCode, u: Vector): Vector {
	const one = v.or(v.constant(1), v.signOf(u));
	return v.select(v.gt(v.abs(u), v.constant(0)), one, u);
}

/** eᵘ = 2ᵏ·eʳ with k = round(u/log 2). */
function exp(v: VectorCode, u: Vector): Vector {
	const { lanes } = v;
	const { e, steps } = expParts(v, u);
	// 2ᵏ is put in by adding k to the exponent.
	const near = v.addBits(v.add(v.constant(1), e), v.shiftLeft(steps, lanes.fractionBits));
	const far = v.notMask(v.le(v.abs(u), v.constant(lanes.constants.expLimit)));
	return v.whenAny(far, () => v.call("scaledExp", scaledExp, v.constant(1), u, v.constant(0)), near);
}

/** factor·e^(high + low), rounded as one product, for a small `low`, high ≤ 0 and a factor between 2⁻⁸ and 2. */
function expTimes(v: VectorCode, factor: Vector, high: Vector, low: Vector): Vector {
	const { lanes } = v;
	const { e, steps } = expParts(v, high, low);
	const near = v.addBits(v.add(factor, v.mul(factor, e)), v.shiftLeft(steps, lanes.fractionBits));
	const far = v.notMask(v.ge(high, v.constant(8 - lanes.constants.expLimit)));
	return v.whenAny(far, () => v.call("scaledExp", scaledExp, factor, high, low), near);
}

/** factor·e^(high + low), also where it is subnormal, 0, infinite or NaN: 2ᵏ in two factors. Equal to the near forms where both hold. */
function scaledExp(v: VectorCode, factor: Vector, high: Vector, low: Vector): Vector {
	const { lanes } = v;
	const { expFar, rounder } = lanes.constants;
	const clamped = v.greaterOf(v.lessOf(high, v.constant(expFar)), v.constant(-expFar));
	const { e, k, steps } = expParts(v, clamped, low);
	const half = v.add(v.mul(k, v.constant(0.5)), v.constant(rounder));
	const first = v.addBits(v.shiftLeft(half, lanes.fractionBits), v.constant(1));
	const second = v.addBits(v.shiftLeft(v.subBits(steps, half), lanes.fractionBits), v.constant(1));
	return v.mul(v.mul(v.add(factor, v.mul(factor, e)), first), second);
}

/** eʳ − 1 as e, with u = k·log 2 + r; `steps` has k in its low bits. */
function expParts(v: VectorCode, u: Vector, low?: Vector): { e: Vector; k: Vector; steps: Vector } {
	const { r, k, steps } = reduced(v, u, low);
	return { e: v.multiplyAdd(v.mul(r, r), v.polynomial(v.lanes.constants.exp, r), r), k, steps };
}

function reduced(v: VectorCode, u: Vector, low?: Vector): { r: Vector; k: Vector; steps: Vector } {
	const { rounder, ln2 } = v.lanes.constants;
	const steps = v.multiplyAdd(u, v.constant(Math.LOG2E), v.constant(rounder));
	const k = v.sub(steps, v.constant(rounder));
	const high = v.multiplySub(k, v.constant(ln2[0]), u);
	const r = v.multiplySub(k, v.constant(ln2[1]), high);
	return { r: low === undefined ? r : v.add(r, low), k, steps };
}

/** eᵘ − 1 = 2ᵏ·((eʳ − 1) + (1 − 2⁻ᵏ)). */
function expm1(v: VectorCode, u: Vector): Vector {
	const near = expm1Near(v, u);
	const isNear = v.le(v.abs(u), v.constant(v.lanes.constants.expLimit));
	const far = () => v.sub(v.call("scaledExp", scaledExp, v.constant(1), u, v.constant(0)), v.constant(1));
	return v.or(
		v.whenAny(v.notMask(isNear), () => v.select(isNear, near, far()), near),
		v.signOf(u),
	);
}

/** For |u| up to `expLimit`; a zero may lose its sign. */
function expm1Near(v: VectorCode, u: Vector): Vector {
	const { e, steps } = expParts(v, u);
	const shifted = v.shiftLeft(steps, v.lanes.fractionBits);
	const power = v.addBits(v.constant(1), shifted);
	const inverse = v.subBits(v.constant(1), shifted);
	return v.mul(v.add(e, v.sub(v.constant(1), inverse)), power);
}

/** As fdlibm's e_log.c: u = 2ᵏ·(1 + f) with 1 + f in [√½, √2), and a series in f/(2 + f). */
function log(v: VectorCode, u: Vector): Vector {
	const { fractionBits, bias } = v.lanes;
	const largest = (2 - 2 ** -fractionBits) * 2 ** bias;
	const isNormal = v.and(v.ge(u, v.constant(2 ** (1 - bias))), v.le(u, v.constant(largest)));
	return v.whenAny(v.notMask(isNormal), () => v.call("logFar", logFar, u), logNear(v, u));
}

function logFar(v: VectorCode, u: Vector): Vector {
	const { fractionBits, bias } = v.lanes;
	const isSmall = v.lt(u, v.constant(2 ** (1 - bias)));
	const scaled = v.select(isSmall, v.mul(u, v.constant(2 ** (fractionBits + 1))), u);
	const exponent = v.select(isSmall, v.constant(fractionBits + 1), v.constant(0));
	return logLimits(v, u, logNear(v, scaled, exponent));
}

/** What the logarithm of 0, of ∞, and of what has none is; `otherwise` elsewhere. */
function logLimits(v: VectorCode, u: Vector, otherwise: Vector): Vector {
	const infinite = v.select(v.eq(u, v.constant(0)), v.constant(Number.NEGATIVE_INFINITY), u);
	const undefinedToo = v.select(v.lt(u, v.constant(0)), v.constant(Number.NaN), infinite);
	const inside = v.and(v.gt(u, v.constant(0)), v.lt(u, v.constant(Number.POSITIVE_INFINITY)));
	return v.select(inside, otherwise, undefinedToo);
}

/** log(u·2^−exponent) of positive normal numbers. */
function logNear(v: VectorCode, u: Vector, exponent?: Vector): Vector {
	const { k, f } = split(v, u);
	return logSeries(v, f, exponent === undefined ? k : v.sub(k, exponent));
}

/** u = 2ᵏ·(1 + f). */
function split(v: VectorCode, u: Vector): { k: Vector; f: Vector } {
	const { lanes } = v;
	const { fractionBits, bias } = lanes;
	const rootBits = lanes.bitsOf(Math.SQRT1_2);
	const offset = v.addBits(u, v.bits(lanes.bitsOf(1) - rootBits));
	// The exponent as the low bits of 2ᵐ, whose last place is 1.
	const biased = v.or(v.shiftRight(offset, fractionBits), v.constant(2 ** fractionBits));
	const k = v.sub(biased, v.constant(2 ** fractionBits + bias));
	const fraction = v.and(offset, v.bits((1n << BigInt(fractionBits)) - 1n));
	return { k, f: v.sub(v.addBits(fraction, v.bits(rootBits)), v.constant(1)) };
}

/** k·log 2 + log(1 + f) + rest. */
function logSeries(v: VectorCode, f: Vector, k: Vector, rest?: Vector): Vector {
	const { ln2, log: coefficients } = v.lanes.constants;
	const s = v.div(f, v.add(v.constant(2), f));
	const z = v.mul(s, s);
	const tail = v.mul(z, v.polynomial(coefficients, z));
	const halfSquare = v.mul(v.mul(v.constant(0.5), f), f);
	const low = v.mul(k, v.constant(ln2[1]));
	const small = v.add(v.mul(s, v.add(halfSquare, tail)), rest === undefined ? low : v.add(low, rest));
	return v.sub(v.mul(k, v.constant(ln2[0])), v.sub(v.sub(halfSquare, small), f));
}

function log1p(v: VectorCode, u: Vector): Vector {
	const inside = v.and(v.gt(u, v.constant(-1)), v.lt(u, v.constant(Number.POSITIVE_INFINITY)));
	const all = v.whenAny(v.notMask(inside), () => v.call("log1pFar", log1pFar, u), log1pNear(v, u));
	return v.or(all, v.signOf(u));
}

function log1pFar(v: VectorCode, u: Vector): Vector {
	return logLimits(v, v.add(v.constant(1), u), log1pNear(v, u));
}

/** log(1 + u) for −1 < u < ∞ and NaN, from 1 + u rounded and what the rounding took, which is exact (Knuth's sum). */
function log1pNear(v: VectorCode, u: Vector): Vector {
	const one = v.constant(1);
	const sum = v.add(one, u);
	const part = v.sub(sum, one);
	const lost = v.add(v.sub(one, v.sub(sum, part)), v.sub(u, part));
	const { k, f } = split(v, sum);
	return logSeries(v, f, k, v.div(lost, sum));
}

/** 1/(1 + e⁻ᵘ), and e^u/(1 + e^u) on the left, so that the exponent is never positive. */
function logistic(v: VectorCode, u: Vector): Vector {
	const e = v.apply("exp", exp, v.neg(v.abs(u)));
	const one = v.constant(1);
	return v.div(v.select(v.lt(u, v.constant(0)), e, one), v.add(one, e));
}

function softplus(v: VectorCode, u: Vector): Vector {
	const e = v.apply("exp", exp, v.neg(v.abs(u)));
	return v.add(v.greaterOf(u, v.constant(0)), log1pNear(v, e));
}

/**
 * With t = e^(−|2u|) − 1 it is ±t/(t + 2); its slope, made of the logistic function of ±2u, shares the exponential. In
 * float32 a ratio of polynomials is as good and takes half the time.
 */
function tanh(v: VectorCode, u: Vector): Vector {
	const { tanh: ratio } = v.lanes.constants;
	if (ratio) {
		const a = v.lessOf(v.abs(u), v.constant(ratio.far));
		const z = v.mul(a, a);
		const value = v.div(v.mul(a, v.polynomial(ratio.p, z)), v.polynomial(ratio.q, z));
		return v.or(v.lessOf(value, v.constant(1)), v.signOf(u));
	}
	const t = v.apply("expm1", expm1, v.neg(v.abs(v.mul(v.constant(2), u))));
	return v.or(v.div(v.abs(t), v.add(t, v.constant(2))), v.signOf(u));
}

/** With t = e^|u| − 1 it is ±(t + t/(t + 1))/2, and e^|u|/2 where the rest is nothing. */
function sinh(v: VectorCode, u: Vector): Vector {
	const far = v.lanes.constants.negligible;
	const a = v.abs(u);
	const isNear = v.le(a, v.constant(far));
	const t = expm1Near(v, v.lessOf(a, v.constant(far)));
	const near = v.mul(v.constant(0.5), v.add(t, v.div(t, v.add(t, v.constant(1)))));
	const value = v.whenAny(v.notMask(isNear), () => v.select(isNear, near, v.call("halfExp", halfExp, a)), near);
	return v.or(value, v.signOf(u));
}

function cosh(v: VectorCode, u: Vector): Vector {
	const half = v.call("halfExp", halfExp, v.abs(u));
	return v.add(half, v.div(v.constant(0.25), half));
}

/** eᵘ/2 without overflow before its time. */
function halfExp(v: VectorCode, u: Vector): Vector {
	return scaledExp(v, v.constant(0.5), u, v.constant(0));
}

/** Reduced by atan a = π/4 + atan((a − 1)/(a + 1)) and atan a = π/2 − atan(1/a), as in Cephes. */
function atan(v: VectorCode, u: Vector): Vector {
	const a = v.abs(u);
	const one = v.constant(1);
	const isLarge = v.gt(a, v.constant(Math.SQRT2 + 1));
	const isSmall = v.le(a, v.constant(Math.SQRT2 - 1));
	const top = v.select(isLarge, v.constant(-1), v.select(isSmall, a, v.sub(a, one)));
	const bottom = v.select(isLarge, a, v.select(isSmall, one, v.add(a, one)));
	const t = v.div(top, bottom);
	const z = v.mul(t, t);
	const series = v.mul(t, v.mul(z, v.polynomial(v.lanes.constants.atan, z)));
	const zero = v.constant(0);
	const [quarter, half] = [Math.PI / 4, Math.PI / 2].map((angle) => inTwo(v, angle));
	const high = v.select(isLarge, half.high, v.select(isSmall, zero, quarter.high));
	const low = v.select(isLarge, half.low, v.select(isSmall, zero, quarter.low));
	return v.or(v.add(high, v.add(t, v.add(series, low))), v.signOf(u));
}

/** π/2 or π/4 as a lane and what its rounding took. */
function inTwo(v: VectorCode, angle: number): { high: Vector; low: Vector } {
	const part = v.lanes.bytes === 8 ? angle : Math.fround(angle);
	// π/2 − the double nearest to it.
	const low = v.lanes.bytes === 8 ? (6.123233995736766e-17 * angle) / (Math.PI / 2) : angle - part;
	return { high: v.constant(part), low: v.constant(low) };
}

/** log(|u| + √(u² + 1)) as log1p(|u| + u²/(1 + √(1 + u²))). */
function asinh(v: VectorCode, u: Vector): Vector {
	const a = v.abs(u);
	const one = v.constant(1);
	const isFar = v.gt(a, v.constant(v.lanes.constants.asinhFar));
	const square = v.mul(a, a);
	const near = v.add(a, v.div(square, v.add(one, v.sqrt(v.add(one, square)))));
	const whole = v.apply("log1p", log1p, v.select(isFar, a, near));
	return v.or(v.add(whole, v.and(isFar, v.constant(Math.LN2))), v.signOf(u));
}

function sinc(v: VectorCode, u: Vector): Vector {
	const quotient = v.div(v.apply("sin", vectorOperations.sin, u), u);
	const atZero = v.select(v.eq(u, v.constant(0)), v.constant(1), quotient);
	return v.andNot(atZero, v.eq(v.abs(u), v.constant(Number.POSITIVE_INFINITY)));
}

interface Angle {
	/** Sine and cosine of what is left of the angle, at most π/4. */
	readonly sine: Vector;
	readonly cosine: Vector;
	/** How many quarter turns were taken: in the low bits, and whether it is odd. */
	readonly quarters: Vector;
	readonly isOdd: Mask;
}

/** The angle without its quarter turns (Cody and Waite), and fdlibm's series. */
function angleOf(v: VectorCode, u: Vector): Angle {
	const { rounder, halfPi, sin, cos } = v.lanes.constants;
	const quarters = v.add(v.mul(u, v.constant(2 / Math.PI)), v.constant(rounder));
	const k = v.sub(quarters, v.constant(rounder));
	const r = halfPi.reduce((rest, part) => v.sub(rest, v.mul(k, v.constant(part))), u);
	const z = v.mul(r, r);
	const one = v.constant(1);
	const sine = v.mul(r, v.add(one, v.mul(z, v.polynomial(sin, z))));
	// 1 − z/2 as rounded, and what the rounding took.
	const halfSquare = v.mul(v.constant(0.5), z);
	const w = v.sub(one, halfSquare);
	const lost = v.sub(v.sub(one, w), halfSquare);
	const cosine = v.add(w, v.add(lost, v.mul(v.mul(z, z), v.polynomial(cos, z))));
	const halfK = v.sub(v.add(v.mul(k, v.constant(0.5)), v.constant(rounder)), v.constant(rounder));
	return { sine, cosine, quarters, isOdd: v.ne(v.add(halfK, halfK), k) };
}

/** The sign of a number of quarter turns: −0 for two and three of four. */
function signOfTurns(v: VectorCode, quarters: Vector): Vector {
	return v.signOf(v.shiftLeft(quarters, 8 * v.lanes.bytes - 2));
}

function sinOf(v: VectorCode, u: Vector): Vector {
	const { sine, cosine, quarters, isOdd } = angleOf(v, u);
	return v.xor(v.select(isOdd, cosine, sine), signOfTurns(v, quarters));
}

function cosOf(v: VectorCode, u: Vector): Vector {
	const { sine, cosine, quarters, isOdd } = angleOf(v, u);
	return v.xor(v.select(isOdd, sine, cosine), signOfTurns(v, v.addBits(quarters, v.bits(1n))));
}

function tanOf(v: VectorCode, u: Vector): Vector {
	const { sine, cosine, isOdd } = angleOf(v, u);
	const quotient = v.div(v.select(isOdd, cosine, sine), v.select(isOdd, sine, cosine));
	return v.xor(quotient, v.and(isOdd, v.constant(-0)));
}

function beyondTrigLimit(v: VectorCode, u: Vector, operator: "sin" | "cos" | "tan", near: Vector): Vector {
	const isNear = v.le(v.abs(u), v.constant(v.lanes.constants.trigLimit));
	return v.whenAny(
		v.notMask(isNear),
		() =>
			v.select(
				isNear,
				near,
				v.call(`${operator}Far`, (w, x) => w.callEachLane(operator, x), u),
			),
		near,
	);
}

/** erf near 0, and 1 − erfc elsewhere. */
function erf(v: VectorCode, u: Vector): Vector {
	const a = v.abs(u);
	const one = v.constant(1);
	const isNear = v.lt(a, one);
	const near = erfNear(v, a);
	const all = v.whenAny(
		v.notMask(isNear),
		() => v.select(isNear, near, v.sub(one, v.apply("erfcTail", erfcTail, a))),
		near,
	);
	return v.or(all, v.signOf(u));
}

/** erf a for 0 ≤ a < 1. */
function erfNear(v: VectorCode, a: Vector): Vector {
	return v.add(a, v.mul(a, v.polynomial(v.lanes.constants.erf, v.mul(a, a))));
}

function erfc(v: VectorCode, u: Vector): Vector {
	const a = v.abs(u);
	const far = v.apply("erfcTail", erfcTail, a);
	const isNear = v.lt(a, v.constant(0.5));
	const near = () => v.select(isNear, v.sub(v.constant(1), erfNear(v, a)), far);
	const tail = v.whenAny(isNear, near, far);
	return v.select(v.lt(u, v.constant(0)), v.sub(v.constant(2), tail), tail);
}

/** erfc a for a ≥ 0. */
function erfcTail(v: VectorCode, a: Vector): Vector {
	const near = v.lessOf(a, v.constant(v.lanes.constants.erfcFar));
	return bellTimes(v, erfcx(v, near, 1), near, 1);
}

/** Φ(−a) for a ≥ 0. */
function normalTail(v: VectorCode, a: Vector): Vector {
	const near = v.lessOf(a, v.constant(v.lanes.constants.normalFar));
	return bellTimes(v, erfcx(v, v.mul(near, v.constant(Math.SQRT1_2)), 2), near, 0.5);
}

/** factor·e^(−a²·scale), the square in two parts: its rounding is a relative error of a²/2 ulp otherwise. */
function bellTimes(v: VectorCode, factor: Vector, a: Vector, scale: 1 | 0.5): Vector {
	const head = v.shiftLeft(v.shiftRight(a, v.lanes.constants.squareBits), v.lanes.constants.squareBits);
	const square = v.mul(head, head);
	const rest = v.mul(v.sub(a, head), v.add(a, head));
	const scaled = (u: Vector) => v.neg(scale === 1 ? u : v.mul(u, v.constant(scale)));
	return expTimes(v, factor, scaled(square), scaled(rest));
}

/** e^(a²)·erfc(a)/divisor for a ≥ 0: (1 + 2a)·erfcx(a) is a smooth function of (a − c)/(a + c), as Schonfelder 1978 has it. */
function erfcx(v: VectorCode, a: Vector, divisor: 1 | 2): Vector {
	const { erfcx: coefficients, erfcxCenter } = v.lanes.constants;
	// (a − c)/(a + c) as 2a/(a + c) − 1, which errs less near 0, where the polynomial is steep.
	const q = v.sub(v.div(v.add(a, a), v.add(a, v.constant(erfcxCenter))), v.constant(1));
	const below = v.add(v.constant(divisor), v.mul(v.constant(2 * divisor), a));
	return v.div(v.add(v.constant(1.25), v.polynomial(coefficients, q)), below);
}

function normalCdf(v: VectorCode, u: Vector): Vector {
	const tail = v.apply("normalTail", normalTail, v.abs(u));
	return v.select(v.lt(u, v.constant(0)), tail, v.sub(v.constant(1), tail));
}

/**
 * log1p(−Φ(−u)) on the right; on the left −u²/2 + log(erfcx(−u/√2)/2), where Φ itself underflows; in the middle, where
 * the error of erfcx would be doubled, log(½ + erf(u/√2)/2).
 */
function logNormalCdf(v: VectorCode, u: Vector): Vector {
	const a = v.abs(u);
	const half = v.constant(0.5);
	// A zero is −0, as the logarithm is never above 0.
	const right = v.or(log1pNear(v, v.neg(v.apply("normalTail", normalTail, a))), v.constant(-0));
	const root = v.mul(v.lessOf(a, v.constant(v.lanes.constants.largest)), v.constant(Math.SQRT1_2));
	const left = v.sub(logNear(v, erfcx(v, root, 2)), v.mul(v.mul(half, a), a));
	const sides = v.select(v.lt(u, v.constant(0)), left, right);
	const isMiddle = v.lt(a, v.constant(0.7));
	const middle = () => {
		const part = v.or(v.mul(half, erfNear(v, root)), v.signOf(u));
		return v.select(isMiddle, logNear(v, v.add(half, part)), sides);
	};
	return v.whenAny(isMiddle, middle, sides);
}

/** The greater, as Math.max. Where one is a constant, one instruction will do, as NaN can only be in the other. */
export function greater(v: VectorCode, a: Vector, b: Vector, constantB?: number): Vector {
	if (constantB === undefined || Number.isNaN(constantB) || Object.is(constantB, -0)) return v.max(a, b);
	const result = v.greaterOf(a, b);
	return constantB === 0 ? v.add(result, b) : result; // −0 + 0 is 0.
}

/** The lesser, as Math.min. */
export function lesser(v: VectorCode, a: Vector, b: Vector, constantB?: number): Vector {
	if (constantB === undefined || Number.isNaN(constantB) || Object.is(constantB, -0)) return v.min(a, b);
	return v.lessOf(a, b);
}

/**
 * uⁿ for a constant n that is 0, ±½, or whole from −2 to 5 (to ±64 in float32, then in doubles); undefined for others.
 * Each product may cost an ulp.
 */
export function powerByConstant(v: VectorCode, u: Vector, n: number): Vector | undefined {
	if (n === 0) return v.constant(1);
	if (Math.abs(n) === 0.5) {
		const infinity = v.constant(Number.POSITIVE_INFINITY);
		// The root of −0 is −0, where the power is 0; the power of −∞ is ∞ where the root is NaN.
		const root = v.add(v.sqrt(v.select(v.eq(u, v.neg(infinity)), infinity, u)), v.constant(0));
		return n > 0 ? root : v.div(v.constant(1), root);
	}
	if (!Number.isInteger(n)) return undefined;
	if (n >= -2 && n <= 5) return product(v, u, n);
	if (v.lanes.bytes === 8 || Math.abs(n) > 64) return undefined;
	return v.apply(`pow${n}`, (w, p) => w.inDoubles((doubles, wide) => product(doubles, wide, n), p), u);
}

/** uⁿ for a whole n other than 0, by squaring. */
function product(v: VectorCode, u: Vector, n: number): Vector {
	// Not 1/uᵐ, which is 0 before its time where uᵐ overflows.
	let factor = n > 0 ? u : v.div(v.constant(1), u);
	let result: Vector | undefined;
	for (let rest = Math.abs(n); rest > 0; rest >>= 1) {
		if (rest & 1) result = result === undefined ? factor : v.mul(result, factor);
		if (rest > 1) factor = v.mul(factor, factor);
	}
	return result!;
}

/** aᵇ. */
export function power(v: VectorCode, a: Vector, b: Vector): Vector {
	const { lanes } = v;
	const byLane: VectorFunction = (w, p, q) => w.callEachLane("pow", p, q);
	if (lanes.bytes === 8) return v.call("powFar", byLane, a, b);
	const near = v.inDoubles((w, p, q) => exp(w, w.mul(q, logNear(w, p))), a, b);
	const isNormal = v.and(v.ge(a, v.constant(2 ** (1 - lanes.bias))), v.lt(a, v.constant(Number.POSITIVE_INFINITY)));
	const isNear = v.and(isNormal, v.lt(v.abs(b), v.constant(Number.POSITIVE_INFINITY)));
	return v.whenAny(v.notMask(isNear), () => v.select(isNear, near, v.call("powFar", byLane, a, b)), near);
}
