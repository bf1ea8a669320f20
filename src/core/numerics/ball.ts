/**
 * Ball arithmetic: a number is known to lie within a radius of a midpoint, and every operation keeps that promise, so
 * a result that rounds to one double whatever the number in the ball is correctly rounded.
 *
 * The midpoint is `mantissa · 2^exponent` with a big-integer mantissa of at most `bits` bits, the radius
 * `radius · 2^exponent`. Exponents go to ±2⁵², far beyond float64, and an exponential beyond these is kept by its
 * logarithm: nothing overflows on the way to a result that does not. Operations on exact balls (radius 0) are exact as
 * long as they fit, so comparisons at kinks are decided exactly.
 * The method is that of Arb (Johansson 2017, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic").
 */
import { ln2Fixed, piFixed } from "./fixedConstants.ts";

export interface Ball {
	readonly mantissa: bigint;
	readonly radius: bigint;
	readonly exponent: number;
}

/** ±e^log with |log| ≥ 2⁵¹: a number beyond every exponent that is kept, on the large or on the small side. */
export interface Scaled {
	readonly sign: 1 | -1;
	readonly log: Ball;
}

/**
 * What an operation gives: a ball; a number beyond its exponents by its logarithm; "nan" where the function is undefined; an infinity (a limit that grows beyond all
 * bounds); or "unknown" where this precision cannot tell (also ∞ − ∞ and 0·∞).
 */
export type Enclosure = Plain | Scaled;

type Plain = Ball | "nan" | "unknown" | "+inf" | "-inf";

const MAX_EXPONENT = 2 ** 52;
/** Some number from 0 to 2^(1 − 2⁵¹): all of e^(−2⁵¹) and less. */
const SMALL: Ball = { mantissa: 1n, radius: 1n, exponent: -(2 ** 51) };
/** Radii are kept below this by moving to a larger unit. */
const MAX_RADIUS_BITS = 30;

const ZERO: Ball = { mantissa: 0n, radius: 0n, exponent: 0 };
const ONE: Ball = { mantissa: 1n, radius: 0n, exponent: 0 };
/** Some number in [−1, 1]. */
const WITHIN_ONE: Ball = { mantissa: 0n, radius: 1n, exponent: 0 };

/** Ball arithmetic at a working precision. */
export class BallArithmetic {
	/** Bits kept of a midpoint. */
	readonly bits: number;
	/** Whether the input stands for a number beyond all bounds: then a sine can be anything in [−1, 1]. */
	readonly atLimit: boolean;

	constructor(bits: number, atLimit = false) {
		this.bits = bits;
		this.atLimit = atLimit;
	}

	/** The ball of an exact double. */
	fromNumber(value: number): Enclosure {
		if (Number.isNaN(value)) return "nan";
		if (value === Number.POSITIVE_INFINITY) return "+inf";
		if (value === Number.NEGATIVE_INFINITY) return "-inf";
		return exactBall(value);
	}

	/** The ball of a decimal such as "0.044715" or "1.67e-3"; exact to the working precision. */
	fromDecimal(text: string): Enclosure {
		const match = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text);
		if (!match) throw new RangeError(`expected a decimal number, got "${text}"`);
		const fraction = match[3] ?? "";
		const digits = BigInt(match[2] + fraction) * (match[1] === "-" ? -1n : 1n);
		const power = Number(match[4] ?? 0) - fraction.length;
		if (power >= 0) return this.#round({ mantissa: digits * 10n ** BigInt(power), radius: 0n, exponent: 0 });
		return this.div(
			{ mantissa: digits, radius: 0n, exponent: 0 },
			{ mantissa: 10n ** BigInt(-power), radius: 0n, exponent: 0 },
		);
	}

	pi(): Enclosure {
		return this.#round({ mantissa: piFixed(this.bits + 8), radius: 1n, exponent: -this.bits - 8 });
	}

	neg(a: Enclosure): Enclosure {
		if (isScaled(a)) return { ...a, sign: a.sign === 1 ? -1 : 1 };
		if (typeof a === "string") return a === "+inf" ? "-inf" : a === "-inf" ? "+inf" : a;
		return { ...a, mantissa: -a.mantissa };
	}

	abs(a: Enclosure): Enclosure {
		if (isScaled(a)) return { ...a, sign: 1 };
		if (typeof a === "string") return a === "-inf" ? "+inf" : a;
		if (signOf(a) !== undefined) return a.mantissa < 0n ? this.neg(a) : a;
		const top = magnitude(a.mantissa) + a.radius;
		return this.#round({ mantissa: top, radius: top, exponent: a.exponent - 1 });
	}

	add(a: Enclosure, b: Enclosure): Enclosure {
		if (isScaled(a)) return this.#addScaled(a, b);
		if (isScaled(b)) return this.#addScaled(b, a);
		if (typeof a === "string" || typeof b === "string") return addSpecial(a, b);
		if (a.mantissa === 0n && a.radius === 0n) return b;
		if (b.mantissa === 0n && b.radius === 0n) return a;
		const [large, small] = a.exponent >= b.exponent ? [a, b] : [b, a];
		const shift = large.exponent - small.exponent;
		// A summand far below the other's last kept bit only widens the radius.
		const reach = topBit(small);
		const floor = topBit(large) - this.bits - 4;
		if (reach < floor && large.mantissa !== 0n) {
			const unit = floor < large.exponent ? large.exponent - floor : 0;
			return this.#round({
				mantissa: large.mantissa << BigInt(unit),
				radius: (large.radius << BigInt(unit)) + 1n,
				exponent: large.exponent - unit,
			});
		}
		if (shift > 4 * this.bits + 20_000) {
			// The wider one is a ball around 0 in a much larger unit: the other vanishes in its radius.
			return this.#round({ mantissa: large.mantissa, radius: large.radius + 1n, exponent: large.exponent });
		}
		return this.#round({
			mantissa: (large.mantissa << BigInt(shift)) + small.mantissa,
			radius: (large.radius << BigInt(shift)) + small.radius,
			exponent: small.exponent,
		});
	}

	sub(a: Enclosure, b: Enclosure): Enclosure {
		return this.add(a, this.neg(b));
	}

	mul(a: Enclosure, b: Enclosure): Enclosure {
		if (isScaled(a) || isScaled(b)) {
			const [p, q] = [this.#logOf(a), this.#logOf(b)];
			return p && q ? this.#scaled(p.sign === q.sign ? 1 : -1, this.add(p.log, q.log)) : this.mul(plain(a), plain(b));
		}
		if (typeof a === "string" || typeof b === "string") return mulSpecial(a, b);
		return this.#round({
			mantissa: a.mantissa * b.mantissa,
			radius: magnitude(a.mantissa) * b.radius + magnitude(b.mantissa) * a.radius + a.radius * b.radius,
			exponent: a.exponent + b.exponent,
		});
	}

	/** a/b; ±∞ for a nonzero number over exactly 0, undefined for 0/0. */
	div(a: Enclosure, b: Enclosure): Enclosure {
		if (a === "nan" || b === "nan") return "nan";
		if (a === "unknown" || b === "unknown") return "unknown";
		if (isScaled(a) || isScaled(b)) {
			const [p, q] = [this.#logOf(a), this.#logOf(b)];
			if (p && q) return this.#scaled(p.sign === q.sign ? 1 : -1, this.sub(p.log, q.log));
			return this.div(plain(a), plain(b));
		}
		if (b === "+inf" || b === "-inf") {
			if (a === "+inf" || a === "-inf") return "unknown";
			const sign = signOf(a);
			return sign === 0 ? ZERO : vanishing(sign === undefined ? undefined : b === "+inf" ? sign : -sign);
		}
		const divisorSign = signOf(b);
		if (divisorSign === undefined) return "unknown";
		if (divisorSign === 0) {
			const sign = typeof a === "string" ? (a === "+inf" ? 1 : -1) : signOf(a);
			return sign === undefined ? "unknown" : sign === 0 ? "nan" : sign > 0 ? "+inf" : "-inf";
		}
		if (typeof a === "string") return divisorSign > 0 ? a : this.neg(a);
		// |a/b − m/n| ≤ (r·|n| + |m|·s) / (|n|·(|n| − s)) for a = m ± r, b = n ± s.
		const n = magnitude(b.mantissa);
		const shift = Math.max(0, this.bits + 4 + bitLength(n) - bitLength(a.mantissa));
		const scaled = a.mantissa << BigInt(shift);
		const quotient = scaled / b.mantissa;
		const exact = quotient * b.mantissa === scaled;
		const spread = a.radius * n + magnitude(a.mantissa) * b.radius;
		const radius = spread === 0n ? 0n : (spread << BigInt(shift)) / (n * (n - b.radius)) + 1n;
		return this.#round({
			mantissa: quotient,
			radius: radius + (exact ? 0n : 1n),
			exponent: a.exponent - b.exponent - shift,
		});
	}

	sqrt(a: Enclosure): Enclosure {
		if (isScaled(a)) return a.sign < 0 ? "nan" : this.#scaled(1, this.half(a.log));
		if (typeof a === "string") return a === "-inf" ? "nan" : a;
		const sign = signOf(a);
		if (sign === undefined) {
			const top = magnitude(a.mantissa) + a.radius;
			const root = this.sqrt({ mantissa: top, radius: 0n, exponent: a.exponent }) as Ball; // Of an exact positive number.
			return a.mantissa - a.radius < 0n && a.mantissa < 0n
				? "unknown"
				: this.abs({ ...root, radius: root.mantissa + root.radius, mantissa: 0n });
		}
		if (sign < 0) return "nan";
		if (sign === 0) return ZERO;
		let shift = Math.max(0, 2 * this.bits + 8 - bitLength(a.mantissa));
		if ((a.exponent - shift) % 2 !== 0) shift++;
		const scaled = a.mantissa << BigInt(shift);
		const root = integerSqrt(scaled);
		// |√(m ± r) − √m| ≤ r/√(m − r) ≤ r·√m/(m − r).
		const radius =
			a.radius === 0n
				? 0n
				: ((a.radius << BigInt(shift)) * (root + 1n)) / ((a.mantissa - a.radius) << BigInt(shift)) + 1n;
		return this.#round({
			mantissa: root,
			radius: radius + (root * root === scaled ? 0n : 1n),
			exponent: (a.exponent - shift) / 2,
		});
	}

	exp(given: Enclosure): Enclosure {
		const a = plain(given);
		if (typeof a === "string") return a === "-inf" ? vanishing(1) : a;
		if (a.mantissa === 0n && a.radius === 0n) return ONE;
		const top = topBit(a);
		const sign = signOf(a);
		if (top > 51) {
			if (sign === undefined || lowerTopBit(a) < 51) return "unknown";
			return { sign: 1, log: a };
		}
		if (a.radius !== 0n && bitLength(a.radius) + a.exponent > -2) {
			// e^(m ± r) for a wide ball: all that is known is the upper end.
			const upper = this.exp({ mantissa: a.mantissa + a.radius, radius: 0n, exponent: a.exponent });
			return typeof upper === "string" || isScaled(upper)
				? "unknown"
				: this.abs({ ...upper, mantissa: 0n, radius: upper.mantissa + upper.radius });
		}
		const work = this.bits + 24 + Math.max(0, top);
		const u = toFixed(a.mantissa, a.exponent, work);
		const ln2 = ln2Fixed(work);
		const n = roundedQuotient(u, ln2);
		const e = expFixed(u - n * ln2, work);
		// expFixed is good to 2^−(work−20) here, |n|·1 unit of ln2 included; the ball's own radius enters as e^r − 1 ≤ 2r.
		const error = 1n << BigInt(18 + Math.max(0, top));
		const spread = a.radius === 0n ? 0n : ((e * a.radius * 2n) >> BigInt(Math.max(0, -a.exponent))) + 1n;
		return this.#round({ mantissa: e, radius: error + spread, exponent: Number(n) - work });
	}

	/** eᵘ − 1, relatively accurate near 0. */
	expm1(given: Enclosure): Enclosure {
		if (isScaled(given) && !isLarge(given)) return { ...given, log: this.#blurred(given.log) };
		const a = plain(given);
		if (typeof a === "string") return a === "-inf" ? { mantissa: -1n, radius: 0n, exponent: 0 } : a;
		if (a.mantissa === 0n && a.radius === 0n) return ZERO;
		const top = topBit(a);
		if (top < -16) return this.#series(a, (term, k) => this.div(this.mul(term, a), fromInteger(k + 1)));
		const more = new BallArithmetic(this.bits + 20, this.atLimit);
		return this.#round(more.sub(more.exp(a), ONE));
	}

	log(a: Enclosure): Enclosure {
		if (isScaled(a)) return a.sign < 0 ? "nan" : a.log;
		if (a === "+inf") return this.#logOfInfinity();
		if (typeof a === "string") return a === "-inf" ? "nan" : a;
		const sign = signOf(a);
		if (sign === undefined) return a.mantissa + a.radius > 0n ? "unknown" : "nan";
		if (sign < 0) return "nan";
		if (sign === 0) return "-inf";
		// a = f·2ⁿ with f in [0.7, 1.42): then n is 0 near 1 and n·ln 2 never cancels log f.
		let n = topBit({ ...a, radius: 0n });
		const seed = scaledDouble(a.mantissa, a.exponent - n);
		if (seed < Math.SQRT1_2) n--;
		const f = { mantissa: a.mantissa, exponent: a.exponent - n };
		const nearOne = seed < Math.SQRT1_2 ? seed * 2 : seed;
		// Extra bits where f is near 1 and the logarithm small.
		const distance = this.sub({ ...f, radius: 0n }, ONE);
		if (n === 0 && a.radius === 0n && isZero(distance)) return ZERO;
		const lost = n !== 0 || !isBall(distance) ? 0 : distance.mantissa === 0n ? 0 : Math.max(0, -topBit(distance));
		const work = this.bits + 24 + lost;
		const y0 = toFixedNumber(Math.log(nearOne), work);
		const ratio = (toFixed(f.mantissa, f.exponent, work) * expFixed(-y0, work)) >> BigInt(work);
		const y = y0 + log1pFixed(ratio - (1n << BigInt(work)), work) + BigInt(n) * ln2Fixed(work);
		// log(m ± r) lies within r/(m − r) of log m.
		const spread = a.radius === 0n ? 0n : (a.radius << BigInt(work)) / (a.mantissa - a.radius) + 1n;
		return this.#round({ mantissa: y, radius: (1n << 14n) + BigInt(Math.abs(n)) + spread, exponent: -work });
	}

	/** log(1 + u), relatively accurate near 0. */
	log1p(a: Enclosure): Enclosure {
		if (isScaled(a)) return isLarge(a) ? this.log(this.add(ONE, a)) : { ...a, log: this.#blurred(a.log) };
		if (a === "+inf") return this.#logOfInfinity();
		if (typeof a === "string") return a === "-inf" ? "nan" : a;
		if (a.mantissa === 0n && a.radius === 0n) return ZERO;
		if (topBit(a) < -16) {
			let power: Enclosure = a;
			return this.#series(a, (_term, k) => {
				power = this.neg(this.mul(power, a));
				return this.div(power, fromInteger(k + 1));
			});
		}
		const more = new BallArithmetic(this.bits + 20, this.atLimit);
		return this.#round(more.log(more.add(ONE, a)));
	}

	sin(a: Enclosure): Enclosure {
		return this.#sinCos(plain(a), 0);
	}

	cos(a: Enclosure): Enclosure {
		return this.#sinCos(plain(a), 1);
	}

	tan(a: Enclosure): Enclosure {
		return this.div(this.sin(a), this.cos(a));
	}

	sinh(given: Enclosure): Enclosure {
		const a = plain(given);
		if (typeof a !== "string" && signOf(a) === undefined)
			return this.half(this.sub(this.exp(a), this.exp(this.neg(a))));
		const e = this.expm1(this.abs(a));
		const value = this.half(this.add(e, this.div(e, this.add(e, ONE))));
		if (value === "unknown") return typeof a === "string" ? a : "unknown";
		return isNegative(a) ? this.neg(value) : value;
	}

	cosh(a: Enclosure): Enclosure {
		if (a === "+inf" || a === "-inf") return "+inf";
		return this.half(this.add(this.exp(a), this.exp(this.neg(a))));
	}

	/** tanh|u| = −expm1(−2|u|)/(2 + expm1(−2|u|)). */
	tanh(given: Enclosure): Enclosure {
		const a = plain(given);
		if (typeof a !== "string" && signOf(a) === undefined) return this.#clampSpread(a, ONE);
		const e = this.expm1(this.mul(fromInteger(-2), this.abs(a)));
		const value = this.neg(this.div(e, this.add(fromInteger(2), e)));
		return isNegative(a) ? this.neg(value) : value;
	}

	atan(given: Enclosure): Enclosure {
		const a = plain(given);
		if (a === "+inf") return this.half(this.pi());
		if (a === "-inf") return this.neg(this.half(this.pi()));
		if (typeof a === "string") return a;
		if (signOf(a) === 0) return ZERO;
		if (signOf(a) === undefined) return this.#clampSpread(a, fromInteger(2));
		if (topBit(a) >= 1)
			return (isNegative(a) ? this.neg : (b: Enclosure) => b).call(
				this,
				this.sub(this.half(this.pi()), this.atan(this.div(ONE, this.abs(a)))),
			);
		// Half the angle until the series is short: atan u = 2 atan(u/(1 + √(1 + u²))).
		let u: Enclosure = a;
		let halvings = 0;
		while (isBall(u) && topBit(u) > -12) {
			u = this.div(u, this.add(ONE, this.sqrt(this.add(ONE, this.mul(u, u)))));
			halvings++;
		}
		if (!isBall(u)) return u;
		const reduced = u;
		const minusSquare = this.neg(this.mul(reduced, reduced));
		let power: Enclosure = reduced;
		const value = this.#series(reduced, (_term, k) => {
			power = this.mul(power, minusSquare);
			return this.div(power, fromInteger(2 * k + 1));
		});
		return this.scale(value, halvings);
	}

	/** asinh u = sign(u)·log1p(|u| + u²/(1 + √(1 + u²))). */
	asinh(given: Enclosure): Enclosure {
		// Of a number that large it is log 2u.
		if (isScaled(given) && isLarge(given)) {
			const value = this.add(given.log, this.log(fromInteger(2)));
			return given.sign < 0 ? this.neg(value) : value;
		}
		const a = plain(given);
		if (a === "+inf") return this.#logOfInfinity();
		if (a === "-inf") return this.neg(this.#logOfInfinity());
		if (typeof a === "string") return a;
		if (signOf(a) === undefined) return this.#clampSpread(a, undefined);
		const u = this.abs(a);
		const square = this.mul(u, u);
		const value = this.log1p(this.add(u, this.div(square, this.add(ONE, this.sqrt(this.add(ONE, square))))));
		return isNegative(a) ? this.neg(value) : value;
	}

	erf(given: Enclosure): Enclosure {
		const a = plain(given);
		if (typeof a === "string") return a === "+inf" ? ONE : a === "-inf" ? this.neg(ONE) : a;
		if (a.mantissa === 0n && a.radius === 0n) return ZERO;
		if (signOf(a) === undefined) return this.#clampSpread(a, ONE);
		if (isNegative(a)) return this.neg(this.erf(this.neg(a)));
		if (squareExceeds(a, this.bits)) return this.sub(ONE, this.erfc(a));
		return this.#erfSeries(a);
	}

	/** 1 − erf u, relatively accurate in the right tail. */
	erfc(given: Enclosure): Enclosure {
		const a = plain(given);
		if (typeof a === "string") return a === "+inf" ? vanishing(1) : a === "-inf" ? fromInteger(2) : a;
		if (signOf(a) === undefined || isNegative(a) || topBit(a) < -2) return this.sub(ONE, this.erf(a));
		if (squareExceeds(a, this.bits)) return this.#erfcAsymptotic(a);
		// 1 − erf loses u²/ln 2 bits.
		const u = scaledDouble(a.mantissa, a.exponent);
		const more = new BallArithmetic(this.bits + Math.ceil(u * u * Math.LOG2E) + 16, this.atLimit);
		return this.#round(more.sub(ONE, more.#erfSeries(a)));
	}

	/** Φ(u) = erfc(−u/√2)/2. */
	normalCdf(a: Enclosure): Enclosure {
		const more = new BallArithmetic(this.bits + 8, this.atLimit);
		return this.half(this.#round(more.erfc(more.div(more.neg(a), more.sqrt(fromInteger(2))))));
	}

	/** log Φ(u), also where Φ is far below every double. */
	logNormalCdf(given: Enclosure): Enclosure {
		const a = plain(given);
		if (a === "+inf") return vanishing(-1);
		if (a === "-inf" || a === "nan" || a === "unknown") return a;
		const sign = signOf(a);
		if (sign === undefined || sign >= 0) return this.log1p(this.neg(this.normalCdf(this.neg(a))));
		const t = this.div(this.neg(a), this.sqrt(fromInteger(2)));
		if (!isBall(t) || !squareExceeds(t, this.bits)) return this.log(this.normalCdf(a));
		// log(erfc(t)/2) = −t² + log(series) − log(2t√π).
		const series = this.#asymptoticSeries(t);
		const scale = this.mul(this.mul(fromInteger(2), t), this.sqrt(this.pi()));
		return this.add(this.neg(this.half(this.mul(a, a))), this.sub(this.log(series), this.log(scale)));
	}

	logistic(given: Enclosure): Enclosure {
		const a = plain(given);
		const e = this.exp(this.neg(this.abs(a)));
		const small = isNegative(a);
		if (typeof a !== "string" && signOf(a) === undefined) {
			return this.div(ONE, this.add(ONE, this.exp(this.neg(a))));
		}
		return this.div(small ? e : ONE, this.add(ONE, e));
	}

	softplus(given: Enclosure): Enclosure {
		if (isScaled(given) && isLarge(given) && given.sign > 0) return given;
		const a = plain(given);
		if (typeof a !== "string" && signOf(a) === undefined) return this.log1p(this.exp(a));
		const tail = this.log1p(this.exp(this.neg(this.abs(a))));
		return isNegative(a) ? tail : this.add(a, tail);
	}

	sinc(given: Enclosure): Enclosure {
		const a = plain(given);
		if (typeof a !== "string" && a.mantissa === 0n && a.radius === 0n) return ONE;
		if (typeof a !== "string" && topBit(a) < -20) {
			// 1 − u²/6 + u⁴/120 − …
			const minusSquare = this.neg(this.mul(a, a));
			return this.#series(ONE, (term, k) => this.div(this.mul(term, minusSquare), fromInteger(2 * k * (2 * k + 1))));
		}
		return this.div(this.sin(a), a);
	}

	/** aᵇ: by multiplication for a whole exponent, else e^(b·log a), undefined for a < 0. */
	pow(a: Enclosure, b: Enclosure): Enclosure {
		if (a === "nan" || b === "nan") return "nan";
		if (typeof b !== "string" && !isScaled(b) && b.radius === 0n) {
			const power = scaledDouble(b.mantissa, b.exponent);
			if (Number.isInteger(power) && Math.abs(power) <= 1024) {
				const value = this.#wholePower(a, Math.abs(power));
				return power < 0 ? this.div(ONE, value) : value;
			}
			if (power === 0.5) return this.sqrt(a);
		}
		if (typeof a !== "string" && !isScaled(a) && signOf(a) === 0) {
			const sign = typeof b === "string" ? undefined : isScaled(b) ? b.sign : signOf(b);
			return sign === undefined ? "unknown" : sign > 0 ? ZERO : sign === 0 ? ONE : "+inf";
		}
		return this.exp(this.mul(b, this.log(a)));
	}

	floor(given: Enclosure): Enclosure {
		const a = plain(given);
		if (typeof a === "string") return a;
		// Both ends are whole numbers, however large.
		if (a.exponent >= 0) return a;
		const low = floorOf(a.mantissa - a.radius, a.exponent);
		const high = floorOf(a.mantissa + a.radius, a.exponent);
		return low === high ? this.#round({ mantissa: low, radius: 0n, exponent: 0 }) : "unknown";
	}

	half(a: Enclosure): Enclosure {
		return this.scale(a, -1);
	}

	/** a·2ᵏ. */
	scale(a: Enclosure, k: number): Enclosure {
		if (isScaled(a)) return this.mul(a, { mantissa: 1n, radius: 0n, exponent: k });
		return typeof a === "string" ? a : { ...a, exponent: a.exponent + k };
	}

	/** −1, 0 or 1 where the order of a and b is certain, undefined where the balls overlap. */
	compare(a: Enclosure, b: Enclosure): -1 | 0 | 1 | undefined {
		if (a === "+inf" && b === "-inf") return 1;
		if (a === "-inf" && b === "+inf") return -1;
		const difference = this.sub(a, b);
		if (difference === "+inf") return 1;
		if (difference === "-inf") return -1;
		if (isScaled(difference)) return difference.sign;
		return typeof difference === "string" ? undefined : signOf(difference);
	}

	/** ±e^log as a ball where it has one; log is known well enough only if its radius is small. */
	#scaled(sign: 1 | -1, log: Enclosure): Enclosure {
		if (typeof log === "string" || isScaled(log)) return "unknown";
		if (topBit(log) > 51) return signOf(log) === undefined || lowerTopBit(log) < 51 ? "unknown" : { sign, log };
		const size = this.exp(log);
		return sign < 0 ? this.neg(size) : size;
	}

	/** Sign and logarithm of a number that is certainly not 0; undefined for others. */
	#logOf(a: Enclosure): { readonly sign: 1 | -1; readonly log: Enclosure } | undefined {
		if (isScaled(a)) return a;
		const sign = typeof a === "string" ? undefined : signOf(a);
		return sign ? { sign, log: this.log(this.abs(a)) } : undefined;
	}

	#addScaled(a: Scaled, b: Enclosure): Enclosure {
		if (!isScaled(b)) {
			if (typeof b === "string") return addSpecial(plain(a), b);
			if (b.mantissa === 0n && b.radius === 0n) return a;
			if (!isLarge(a)) return this.add(plain(a), b);
			// A ball that is e^(2⁵⁰) times smaller moves the logarithm by far less than its last bit.
			return topBit(b) > 2 ** 50 ? "unknown" : { ...a, log: this.#blurred(a.log) };
		}
		const apart = this.compare(a.log, b.log);
		if (apart === undefined) return this.add(plain(a), plain(b)); // Two that are next to 0 have a sum that is.
		if (apart === 0) return a.sign === b.sign ? this.mul(fromInteger(2), a) : ZERO;
		const [large, small] = apart > 0 ? [a, b] : [b, a];
		// log(eᵖ ± e^q) = p + log(1 ± e^(q−p)).
		const ratio = plain(this.exp(this.sub(small.log, large.log)));
		const rest = this.log1p(large.sign === small.sign ? ratio : this.neg(ratio));
		return this.#scaled(large.sign, this.add(large.log, rest));
	}

	/** A ball wider by the last bit that is kept. */
	#blurred(a: Ball): Ball {
		const shift = Math.max(0, this.bits - bitLength(a.mantissa));
		return {
			mantissa: a.mantissa << BigInt(shift),
			radius: (a.radius << BigInt(shift)) + 1n,
			exponent: a.exponent - shift,
		};
	}

	/** At a finite input "+inf" is a number beyond every exponent that is kept, whose logarithm may be an ordinary one. */
	#logOfInfinity(): Enclosure {
		return this.atLimit ? "+inf" : "unknown";
	}

	#wholePower(a: Enclosure, power: number): Enclosure {
		let result: Enclosure = ONE;
		let base = a;
		for (let left = power; left > 0; left = Math.floor(left / 2)) {
			if (left % 2 === 1) result = this.mul(result, base);
			if (left > 1) base = this.mul(base, base);
		}
		return result;
	}

	#sinCos(a: Plain, quarter: 0 | 1): Enclosure {
		if (a === "nan" || a === "unknown") return a;
		if (typeof a === "string" || this.atLimit || topBit(a) > 40_000) return WITHIN_ONE;
		if (signOf(a) === 0) return quarter === 0 ? ZERO : ONE;
		if (a.radius !== 0n && bitLength(a.radius) + a.exponent > 0) return WITHIN_ONE;
		if (quarter === 0 && topBit(a) < -16) {
			const minusSquare = this.neg(this.mul(a, a));
			return this.#series(a, (term, k) => this.div(this.mul(term, minusSquare), fromInteger(2 * k * (2 * k + 1))));
		}
		const work = this.bits + 24 + Math.max(0, topBit(a));
		const u = toFixed(a.mantissa, a.exponent, work);
		const halfPi = piFixed(work) >> 1n;
		const n = roundedQuotient(u, halfPi);
		const t = u - n * halfPi;
		const quadrant = Number(((n % 4n) + 4n) % 4n) + quarter;
		const value = quadrant % 2 === 0 ? sinFixed(t, work) : cosFixed(t, work);
		const spread = a.radius === 0n ? 0n : toFixed(a.radius, a.exponent, work) + 1n;
		const error = 256n + magnitude(n) * 2n;
		return this.#round({ mantissa: quadrant % 4 >= 2 ? -value : value, radius: error + spread, exponent: -work });
	}

	/** erf u = 2/√π·e^(−u²)·Σ 2ⁿu^(2n+1)/(1·3·5…(2n+1)): every term positive. For 0 < u² ≤ bits. */
	#erfSeries(a: Ball): Enclosure {
		const work = this.bits + 32;
		const point = { ...a, radius: 0n };
		const u = scaledDouble(a.mantissa, a.exponent);
		const twoSquare = this.scale(this.mul(point, point), 1);
		if (!isBall(twoSquare)) return twoSquare;
		const factor = toFixed(twoSquare.mantissa, twoSquare.exponent, work);
		const one = 1n << BigInt(work);
		let term = one;
		let sum = one;
		let terms = 1n;
		for (let n = 1n; term > 0n; n++) {
			term = ((term * factor) >> BigInt(work)) / (2n * n + 1n);
			sum += term;
			terms++;
		}
		const series: Ball = {
			mantissa: sum,
			radius: terms * 4n + BigInt(Math.ceil(u * u)) * (sum >> BigInt(work - 8)),
			exponent: -work,
		};
		const front = this.mul(point, this.div(fromInteger(2), this.sqrt(this.pi())));
		const value = this.mul(front, this.mul(this.exp(this.neg(this.mul(point, point))), series));
		return this.#widen(value, a, 1); // |erf′| ≤ 2/√π < 2.
	}

	/** erfc u = e^(−u²)/(u√π)·(1 − 1/(2u²) + 3/(2u²)² − …), where the terms fall below the precision before they grow. */
	#erfcAsymptotic(a: Ball): Enclosure {
		const point = { ...a, radius: 0n };
		const front = this.div(this.exp(this.neg(this.mul(point, point))), this.mul(point, this.sqrt(this.pi())));
		const value = this.mul(front, this.#asymptoticSeries(point));
		if (!isBall(value) || a.radius === 0n) return value;
		// |erfc′/erfc| ≤ 2u + 1.5: the relative error is at most r·(2u + 2).
		const relative = this.mul(
			{ mantissa: a.radius, radius: 0n, exponent: a.exponent },
			this.add(this.scale(point, 1), fromInteger(2)),
		);
		if (!isBall(relative)) return "unknown";
		if (topBit(relative) > -2) {
			// Too wide for that: erfc lies between 0 and its value, at most e^(−u²), at the ball's lower end.
			const low = { mantissa: a.mantissa - a.radius, radius: 0n, exponent: a.exponent };
			const top = this.exp(this.neg(this.mul(low, low)));
			return !isBall(top)
				? plain(top)
				: this.abs({ ...top, mantissa: 0n, radius: magnitude(top.mantissa) + top.radius });
		}
		return this.mul(
			value,
			this.add(ONE, { mantissa: 0n, radius: magnitude(relative.mantissa) * 2n + 1n, exponent: relative.exponent }),
		);
	}

	#asymptoticSeries(t: Enclosure): Enclosure {
		const step = this.div(fromInteger(-1), this.scale(this.mul(t, t), 1));
		return this.#series(ONE, (term, k) => this.mul(this.mul(term, step), fromInteger(2 * k - 1)));
	}

	/**
	 * first + next(first, 1) + next(·, 2) + … until a term is below the precision; the rest is then bounded by that term,
	 * which holds for series that fall at least by half a term or alternate.
	 */
	#series(first: Ball, next: (term: Enclosure, k: number) => Enclosure): Enclosure {
		let sum: Enclosure = first;
		let term: Enclosure = first;
		const floor = topBit(first) - this.bits - 4;
		if (floor < -MAX_EXPONENT) return { ...first, radius: first.radius + magnitude(first.mantissa) };
		for (let k = 1; ; k++) {
			term = next(term, k);
			if (!isBall(term)) return term;
			// A term at the smallest exponent that is kept gets no smaller; what is left is less than twice as much all the same.
			if (topBit(term) < floor || (term.mantissa === 0n && term.radius === 0n) || k > this.bits) {
				const unit: Ball = {
					mantissa: 0n,
					radius: (magnitude(term.mantissa) + term.radius) * 2n + 1n,
					exponent: term.exponent,
				};
				return this.add(sum, unit);
			}
			sum = this.add(sum, term);
		}
	}

	/** Adds to the radius what the ball of the argument allows, for a function of slope at most 2^slopeBits. */
	#widen(value: Enclosure, argument: Ball, slopeBits: number): Enclosure {
		if (!isBall(value) || argument.radius === 0n) return value;
		return this.add(value, { mantissa: 0n, radius: argument.radius, exponent: argument.exponent + slopeBits });
	}

	/** A function with f(0) = 0, |f(u)| ≤ |u| and |f| ≤ bound, of a ball around 0. */
	#clampSpread(a: Ball, bound: Ball | undefined): Enclosure {
		const spread: Ball = { mantissa: 0n, radius: magnitude(a.mantissa) + a.radius, exponent: a.exponent };
		if (bound && topBit(spread) > topBit(bound) + 1)
			return { mantissa: 0n, radius: bound.mantissa, exponent: bound.exponent };
		return this.#round(spread);
	}

	/** The ball with at most `bits` bits of midpoint and a short radius; exponents out of range vanish or are unknown. */
	#round(a: Enclosure): Enclosure {
		if (typeof a === "string" || isScaled(a)) return a;
		let { mantissa, radius, exponent } = a;
		const excess = Math.max(bitLength(mantissa) - this.bits, bitLength(radius) - MAX_RADIUS_BITS);
		if (excess > 0) {
			const shift = BigInt(excess);
			const rounded = mantissa >> shift;
			const exact = rounded << shift === mantissa;
			radius = radius === 0n ? 0n : (radius >> shift) + 1n;
			mantissa = rounded;
			if (!exact) radius += 1n;
			exponent += excess;
		}
		if (exponent > MAX_EXPONENT) return "unknown";
		if (exponent < -MAX_EXPONENT && (mantissa !== 0n || radius !== 0n)) {
			const sign = signOf({ mantissa, radius, exponent });
			return vanishing(sign === undefined || sign === 0 ? undefined : sign);
		}
		return { mantissa, radius, exponent };
	}
}

/** The doubles nearest to the ends of the ball; equal when the ball rounds to one double. */
export function roundEnds(a: Ball): readonly [low: number, high: number] {
	return [toDouble(a.mantissa - a.radius, a.exponent), toDouble(a.mantissa + a.radius, a.exponent)];
}

/** The double nearest to the midpoint. */
export function midpoint(a: Ball): number {
	return toDouble(a.mantissa, a.exponent);
}

/** The double nearest to mantissa·2^exponent, ties to even; overflows to ±∞, and 0 is +0. */
export function toDouble(mantissa: bigint, exponent: number): number {
	if (mantissa === 0n) return 0;
	const m = magnitude(mantissa);
	const top = bitLength(m) - 1 + exponent;
	const sign = mantissa < 0n ? -1 : 1;
	if (top > 1024) return sign * Number.POSITIVE_INFINITY;
	if (top < -1076) return 0;
	// The unit in the last place of the result, as a power of two.
	const unit = Math.max(top - 52, -1074);
	const shift = unit - exponent;
	let units: bigint;
	if (shift <= 0) units = m << BigInt(-shift);
	else {
		units = m >> BigInt(shift);
		const rest = m - (units << BigInt(shift));
		const half = 1n << BigInt(shift - 1);
		if (rest > half || (rest === half && (units & 1n) === 1n)) units += 1n;
	}
	// `units` has at most 54 bits and is exact; two steps keep the power of two in range.
	const first = Math.max(unit, -1000);
	return sign * Number(units) * 2 ** first * 2 ** (unit - first);
}

function exactBall(value: number): Ball {
	if (value === 0) return ZERO;
	VIEW.setFloat64(0, value);
	const high = VIEW.getUint32(0);
	const biased = (high >>> 20) & 0x7ff;
	const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(VIEW.getUint32(4));
	const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
	return { mantissa: value < 0 ? -mantissa : mantissa, radius: 0n, exponent: (biased === 0 ? 1 : biased) - 1075 };
}

const VIEW = new DataView(new ArrayBuffer(8));

function fromInteger(n: number): Ball {
	return { mantissa: BigInt(n), radius: 0n, exponent: 0 };
}

/** A number closer to 0 than any power of two that is kept, on the side of `sign`. */
function vanishing(sign: number | undefined): Ball {
	if (sign === undefined) return { mantissa: 0n, radius: 1n, exponent: -MAX_EXPONENT };
	return { mantissa: sign > 0 ? 1n : -1n, radius: 1n, exponent: -MAX_EXPONENT };
}

/** The sign where it is certain; 0 for exactly 0. A vanishing number counts as around 0. */
function signOf(a: Ball): -1 | 0 | 1 | undefined {
	if (a.mantissa > a.radius) return 1;
	if (-a.mantissa > a.radius) return -1;
	return a.mantissa === 0n && a.radius === 0n ? 0 : undefined;
}

/** Whether it is a ball, no word and nothing beyond the exponents that are kept. */
export function isBall(a: Enclosure): a is Ball {
	return typeof a !== "string" && "mantissa" in a;
}

export function isScaled(a: Enclosure): a is Scaled {
	return typeof a !== "string" && "log" in a;
}

/** Whether it is above every number that is kept, not next to 0. */
export function isLarge(a: Scaled): boolean {
	return a.log.mantissa > 0n;
}

/** The same where only the order of magnitude matters: an infinity, or a number next to 0. */
function plain(a: Enclosure): Plain {
	if (!isScaled(a)) return a;
	return isLarge(a) ? (a.sign > 0 ? "+inf" : "-inf") : { ...SMALL, mantissa: BigInt(a.sign) };
}

function isZero(a: Enclosure): boolean {
	return isBall(a) && signOf(a) === 0;
}

function isNegative(a: Plain): boolean {
	return typeof a === "string" ? a === "-inf" : a.mantissa < 0n;
}

function addSpecial(a: Plain, b: Plain): Plain {
	if (a === "nan" || b === "nan") return "nan";
	if (a === "unknown" || b === "unknown") return "unknown";
	if (typeof a === "string" && typeof b === "string") return a === b ? a : "unknown";
	return typeof a === "string" ? a : b;
}

function mulSpecial(a: Plain, b: Plain): Enclosure {
	if (a === "nan" || b === "nan") return "nan";
	const isZero = (c: Plain) => typeof c !== "string" && c.mantissa === 0n && c.radius === 0n;
	if (isZero(a) || isZero(b)) return ZERO; // 0 times anything finite, however large it grows, is 0.
	if (a === "unknown" || b === "unknown") return "unknown";
	const sign = (c: Plain) => (typeof c === "string" ? (c === "+inf" ? 1 : -1) : signOf(c));
	const [p, q] = [sign(a), sign(b)];
	if (p === undefined || q === undefined) return "unknown";
	return p * q > 0 ? "+inf" : "-inf";
}

function magnitude(n: bigint): bigint {
	return n < 0n ? -n : n;
}

/** Bits of |n|; 0 for 0. */
function bitLength(n: bigint): number {
	const m = magnitude(n);
	if (m < 0x20000000000000n) {
		// Exact in a double.
		const value = Number(m);
		return value === 0 ? 0 : value < 4294967296 ? 32 - Math.clz32(value) : 64 - Math.clz32(value / 4294967296);
	}
	const value = Number(m);
	if (value === Number.POSITIVE_INFINITY) {
		const hex = m.toString(16);
		return hex.length * 4 - Math.clz32(Number.parseInt(hex[0], 16)) + 28;
	}
	VIEW.setFloat64(0, value);
	const length = (VIEW.getUint32(0) >>> 20) - 1022;
	// A number just below a power of two rounds up to it.
	return (VIEW.getUint32(0) & 0xfffff) === 0 && VIEW.getUint32(4) === 0 && m >> BigInt(length - 1) === 0n
		? length - 1
		: length;
}

/** Exponent of the leading bit of the largest magnitude in the ball. */
function topBit(a: Ball): number {
	return Math.max(bitLength(a.mantissa), bitLength(a.radius) + (a.radius > 0n ? 1 : 0)) - 1 + a.exponent;
}

function lowerTopBit(a: Ball): number {
	return bitLength(magnitude(a.mantissa) - a.radius) - 1 + a.exponent;
}

/** Whether u² is surely above what makes e^(−u²) fall below 2^(−bits−8). */
function squareExceeds(a: Ball, bits: number): boolean {
	const u = Math.abs(scaledDouble(a.mantissa, a.exponent));
	return u * u * Math.LOG2E > bits + 16;
}

/** The double near mantissa·2^exponent, without its last bit guaranteed. */
function scaledDouble(mantissa: bigint, exponent: number): number {
	return toDouble(mantissa, Math.max(-1e6, Math.min(1e6, exponent)));
}

/** mantissa·2^exponent in units of 2^−work, rounded down. */
function toFixed(mantissa: bigint, exponent: number, work: number): bigint {
	const shift = exponent + work;
	return shift >= 0 ? mantissa << BigInt(shift) : mantissa >> BigInt(-shift);
}

function toFixedNumber(value: number, work: number): bigint {
	const { mantissa, exponent } = exactBall(value);
	return toFixed(mantissa, exponent, work);
}

function floorOf(mantissa: bigint, exponent: number): bigint {
	return exponent >= 0 ? mantissa << BigInt(exponent) : mantissa >> BigInt(-exponent);
}

function roundedQuotient(a: bigint, b: bigint): bigint {
	const doubled = 2n * a + b;
	const quotient = doubled / (2n * b);
	return doubled < 0n && quotient * 2n * b !== doubled ? quotient - 1n : quotient;
}

/** ⌊√n⌋ by Newton's method from a double. */
function integerSqrt(n: bigint): bigint {
	if (n < 2n) return n;
	const shift = Math.max(0, bitLength(n) - 100);
	const even = BigInt(shift + (shift % 2));
	let root = BigInt(Math.ceil(Math.sqrt(Number(n >> even)))) << (even / 2n);
	root += 1n << (even / 2n);
	for (;;) {
		const next = (root + n / root) >> 1n;
		if (next >= root) return root;
		root = next;
	}
}

/** e^t in units of 2^−work for |t| ≤ 1, within 2¹⁰ units: the argument is halved, the series summed, the result squared. */
function expFixed(t: bigint, work: number): bigint {
	const halvings = Math.ceil(Math.sqrt(work) / 1.5);
	const guard = BigInt(halvings + 6);
	const w = BigInt(work) + guard;
	const one = 1n << w;
	const u = (t << guard) >> BigInt(halvings);
	let term = one;
	let sum = one;
	for (let k = 1n; term !== 0n; k++) {
		term = ((term * u) >> w) / k;
		if (term === -1n) term = 0n; // An arithmetic shift of a negative number never reaches 0.
		sum += term;
	}
	for (let i = 0; i < halvings; i++) sum = (sum * sum) >> w;
	return sum >> guard;
}

/** log(1 + t) in units of 2^−work for |t| ≤ 2^−40. */
function log1pFixed(t: bigint, work: number): bigint {
	const w = BigInt(work);
	let power = t;
	let sum = t;
	for (let k = 2n; power !== 0n && power !== -1n; k++) {
		power = -((power * t) >> w);
		sum += power / k;
	}
	return sum;
}

function sinFixed(t: bigint, work: number): bigint {
	const w = BigInt(work);
	const square = (t * t) >> w;
	let term = t;
	let sum = t;
	for (let k = 2n; term !== 0n && term !== -1n; k += 2n) {
		term = -((term * square) >> w) / (k * (k + 1n));
		sum += term;
	}
	return sum;
}

function cosFixed(t: bigint, work: number): bigint {
	const w = BigInt(work);
	const square = (t * t) >> w;
	let term = 1n << w;
	let sum = term;
	for (let k = 1n; term !== 0n && term !== -1n; k += 2n) {
		term = -((term * square) >> w) / (k * (k + 1n));
		sum += term;
	}
	return sum;
}
