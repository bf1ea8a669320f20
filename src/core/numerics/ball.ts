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
import {
	bitLength,
	floorOf,
	integerSqrt,
	magnitude,
	partsOf,
	roundedQuotient,
	scaledDouble,
	toFixed,
} from "./binary.ts";
import {
	addSpecial,
	type Ball,
	type Enclosure,
	exactBall,
	fromInteger,
	isBall,
	isLarge,
	isScaled,
	isZero,
	lowerTopBit,
	MAX_EXPONENT,
	mulSpecial,
	ONE,
	plain,
	type Scaled,
	signOf,
	topBit,
	vanishing,
	ZERO,
} from "./enclosure.ts";
import { ln2Fixed, piFixed } from "./fixedConstants.ts";
import { expFixed, log1pFixed } from "./fixedFunctions.ts";

/** Radii are kept below this by moving to a larger unit. */
const MAX_RADIUS_BITS = 30;

/** Ball arithmetic at a working precision: the operations, powers, exponential and logarithm. */
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
		if (power >= 0) return this.round({ mantissa: digits * 10n ** BigInt(power), radius: 0n, exponent: 0 });
		return this.div(
			{ mantissa: digits, radius: 0n, exponent: 0 },
			{ mantissa: 10n ** BigInt(-power), radius: 0n, exponent: 0 },
		);
	}

	pi(): Enclosure {
		return this.round({ mantissa: piFixed(this.bits + 8), radius: 1n, exponent: -this.bits - 8 });
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
		return this.round({ mantissa: top, radius: top, exponent: a.exponent - 1 });
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
			return this.round({
				mantissa: large.mantissa << BigInt(unit),
				radius: (large.radius << BigInt(unit)) + 1n,
				exponent: large.exponent - unit,
			});
		}
		if (shift > 4 * this.bits + 20_000) {
			// The wider one is a ball around 0 in a much larger unit: the other vanishes in its radius.
			return this.round({ mantissa: large.mantissa, radius: large.radius + 1n, exponent: large.exponent });
		}
		return this.round({
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
		return this.round({
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
		return this.round({
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
		return this.round({
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
		return this.round({ mantissa: e, radius: error + spread, exponent: Number(n) - work });
	}

	/** eᵘ − 1, relatively accurate near 0. */
	expm1(given: Enclosure): Enclosure {
		if (isScaled(given) && !isLarge(given)) return { ...given, log: this.#blurred(given.log) };
		const a = plain(given);
		if (typeof a === "string") return a === "-inf" ? { mantissa: -1n, radius: 0n, exponent: 0 } : a;
		if (a.mantissa === 0n && a.radius === 0n) return ZERO;
		const top = topBit(a);
		if (top < -16) return this.series(a, (term, k) => this.div(this.mul(term, a), fromInteger(k + 1)));
		const more = new BallArithmetic(this.bits + 20, this.atLimit);
		return this.round(more.sub(more.exp(a), ONE));
	}

	log(a: Enclosure): Enclosure {
		if (isScaled(a)) return a.sign < 0 ? "nan" : a.log;
		if (a === "+inf") return this.logOfInfinity();
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
		const first = partsOf(Math.log(nearOne));
		const y0 = toFixed(first.mantissa, first.exponent, work);
		const ratio = (toFixed(f.mantissa, f.exponent, work) * expFixed(-y0, work)) >> BigInt(work);
		const y = y0 + log1pFixed(ratio - (1n << BigInt(work)), work) + BigInt(n) * ln2Fixed(work);
		// log(m ± r) lies within r/(m − r) of log m.
		const spread = a.radius === 0n ? 0n : (a.radius << BigInt(work)) / (a.mantissa - a.radius) + 1n;
		return this.round({ mantissa: y, radius: (1n << 14n) + BigInt(Math.abs(n)) + spread, exponent: -work });
	}

	/** log(1 + u), relatively accurate near 0. */
	log1p(a: Enclosure): Enclosure {
		if (isScaled(a)) return isLarge(a) ? this.log(this.add(ONE, a)) : { ...a, log: this.#blurred(a.log) };
		if (a === "+inf") return this.logOfInfinity();
		if (typeof a === "string") return a === "-inf" ? "nan" : a;
		if (a.mantissa === 0n && a.radius === 0n) return ZERO;
		if (topBit(a) < -16) {
			let power: Enclosure = a;
			return this.series(a, (_term, k) => {
				power = this.neg(this.mul(power, a));
				return this.div(power, fromInteger(k + 1));
			});
		}
		const more = new BallArithmetic(this.bits + 20, this.atLimit);
		return this.round(more.log(more.add(ONE, a)));
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
		return low === high ? this.round({ mantissa: low, radius: 0n, exponent: 0 }) : "unknown";
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

	#wholePower(a: Enclosure, power: number): Enclosure {
		let result: Enclosure = ONE;
		let base = a;
		for (let left = power; left > 0; left = Math.floor(left / 2)) {
			if (left % 2 === 1) result = this.mul(result, base);
			if (left > 1) base = this.mul(base, base);
		}
		return result;
	}

	/** At a finite input "+inf" is a number beyond every exponent that is kept, whose logarithm may be an ordinary one. */
	protected logOfInfinity(): Enclosure {
		return this.atLimit ? "+inf" : "unknown";
	}

	/**
	 * first + next(first, 1) + next(·, 2) + … until a term is below the precision; the rest is then bounded by that term,
	 * which holds for series that fall at least by half a term or alternate.
	 */
	protected series(first: Ball, next: (term: Enclosure, k: number) => Enclosure): Enclosure {
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

	/** The ball with at most `bits` bits of midpoint and a short radius; exponents out of range vanish or are unknown. */
	protected round(a: Enclosure): Enclosure {
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
