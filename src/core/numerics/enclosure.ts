/** What is known of a number: that it lies in a ball, beyond every exponent, at an infinity, or less. */
import { bitLength, magnitude, partsOf, toDouble } from "./binary.ts";

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
 * What an operation gives: a ball; a number beyond its exponents by its logarithm; "nan" where the function is undefined;
 * an infinity (a limit that grows beyond all bounds); or "unknown" where this precision cannot tell (also ∞ − ∞ and 0·∞).
 */
export type Enclosure = Plain | Scaled;

/** The same without a number beyond the exponents. */
export type Plain = Ball | "nan" | "unknown" | "+inf" | "-inf";

export const MAX_EXPONENT = 2 ** 52;
/** Some number from 0 to 2^(1 − 2⁵¹): all of e^(−2⁵¹) and less. */
const SMALL: Ball = { mantissa: 1n, radius: 1n, exponent: -(2 ** 51) };
export const ZERO: Ball = { mantissa: 0n, radius: 0n, exponent: 0 };
export const ONE: Ball = { mantissa: 1n, radius: 0n, exponent: 0 };
/** Some number in [−1, 1]. */
export const WITHIN_ONE: Ball = { mantissa: 0n, radius: 1n, exponent: 0 };

/** The ball of a finite double. */
export function exactBall(value: number): Ball {
	return value === 0 ? ZERO : { ...partsOf(value), radius: 0n };
}

export function fromInteger(n: number): Ball {
	return { mantissa: BigInt(n), radius: 0n, exponent: 0 };
}

/** A number closer to 0 than any power of two that is kept, on the side of `sign`. */
export function vanishing(sign: number | undefined): Ball {
	if (sign === undefined) return { mantissa: 0n, radius: 1n, exponent: -MAX_EXPONENT };
	return { mantissa: sign > 0 ? 1n : -1n, radius: 1n, exponent: -MAX_EXPONENT };
}

/** The sign where it is certain; 0 for exactly 0. A vanishing number counts as around 0. */
export function signOf(a: Ball): -1 | 0 | 1 | undefined {
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
export function plain(a: Enclosure): Plain {
	if (!isScaled(a)) return a;
	return isLarge(a) ? (a.sign > 0 ? "+inf" : "-inf") : { ...SMALL, mantissa: BigInt(a.sign) };
}

export function isZero(a: Enclosure): boolean {
	return isBall(a) && signOf(a) === 0;
}

export function isNegative(a: Plain): boolean {
	return typeof a === "string" ? a === "-inf" : a.mantissa < 0n;
}

/** Exponent of the leading bit of the largest magnitude in the ball. */
export function topBit(a: Ball): number {
	return Math.max(bitLength(a.mantissa), bitLength(a.radius) + (a.radius > 0n ? 1 : 0)) - 1 + a.exponent;
}

export function lowerTopBit(a: Ball): number {
	return bitLength(magnitude(a.mantissa) - a.radius) - 1 + a.exponent;
}

/** The doubles nearest to the ends of the ball; equal when the ball rounds to one double. */
export function roundEnds(a: Ball): readonly [low: number, high: number] {
	return [toDouble(a.mantissa - a.radius, a.exponent), toDouble(a.mantissa + a.radius, a.exponent)];
}

/** The double nearest to the midpoint. */
export function midpoint(a: Ball): number {
	return toDouble(a.mantissa, a.exponent);
}

export function addSpecial(a: Plain, b: Plain): Plain {
	if (a === "nan" || b === "nan") return "nan";
	if (a === "unknown" || b === "unknown") return "unknown";
	if (typeof a === "string" && typeof b === "string") return a === b ? a : "unknown";
	return typeof a === "string" ? a : b;
}

export function mulSpecial(a: Plain, b: Plain): Enclosure {
	if (a === "nan" || b === "nan") return "nan";
	if (isZero(a) || isZero(b)) return ZERO; // 0 times anything finite, however large it grows, is 0.
	if (a === "unknown" || b === "unknown") return "unknown";
	const sign = (c: Plain) => (typeof c === "string" ? (c === "+inf" ? 1 : -1) : signOf(c));
	const [p, q] = [sign(a), sign(b)];
	if (p === undefined || q === undefined) return "unknown";
	return p * q > 0 ? "+inf" : "-inf";
}
