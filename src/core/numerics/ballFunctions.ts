import { BallArithmetic } from "./ball.ts";
import { bitLength, magnitude, roundedQuotient, scaledDouble, toFixed } from "./binary.ts";
import {
	type Ball,
	type Enclosure,
	fromInteger,
	isBall,
	isLarge,
	isNegative,
	isScaled,
	ONE,
	type Plain,
	plain,
	signOf,
	topBit,
	vanishing,
	WITHIN_ONE,
	ZERO,
} from "./enclosure.ts";
import { piFixed } from "./fixedConstants.ts";
import { cosFixed, sinFixed } from "./fixedFunctions.ts";

/** Ball arithmetic with the functions made of it. */
export class BallFunctions extends BallArithmetic {
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
		const value = this.series(reduced, (_term, k) => {
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
		if (a === "+inf") return this.logOfInfinity();
		if (a === "-inf") return this.neg(this.logOfInfinity());
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
		const more = new BallFunctions(this.bits + Math.ceil(u * u * Math.LOG2E) + 16, this.atLimit);
		return this.round(more.sub(ONE, more.#erfSeries(a)));
	}

	/** Φ(u) = erfc(−u/√2)/2. */
	normalCdf(a: Enclosure): Enclosure {
		const more = new BallFunctions(this.bits + 8, this.atLimit);
		return this.half(this.round(more.erfc(more.div(more.neg(a), more.sqrt(fromInteger(2))))));
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
			return this.series(ONE, (term, k) => this.div(this.mul(term, minusSquare), fromInteger(2 * k * (2 * k + 1))));
		}
		return this.div(this.sin(a), a);
	}

	#sinCos(a: Plain, quarter: 0 | 1): Enclosure {
		if (a === "nan" || a === "unknown") return a;
		if (typeof a === "string" || this.atLimit || topBit(a) > 40_000) return WITHIN_ONE;
		if (signOf(a) === 0) return quarter === 0 ? ZERO : ONE;
		if (a.radius !== 0n && bitLength(a.radius) + a.exponent > 0) return WITHIN_ONE;
		if (quarter === 0 && topBit(a) < -16) {
			const minusSquare = this.neg(this.mul(a, a));
			return this.series(a, (term, k) => this.div(this.mul(term, minusSquare), fromInteger(2 * k * (2 * k + 1))));
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
		return this.round({ mantissa: quadrant % 4 >= 2 ? -value : value, radius: error + spread, exponent: -work });
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
		return this.series(ONE, (term, k) => this.mul(this.mul(term, step), fromInteger(2 * k - 1)));
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
		return this.round(spread);
	}
}

/** Whether u² is surely above what makes e^(−u²) fall below 2^(−bits−8). */
function squareExceeds(a: Ball, bits: number): boolean {
	const u = Math.abs(scaledDouble(a.mantissa, a.exponent));
	return u * u * Math.LOG2E > bits + 16;
}
