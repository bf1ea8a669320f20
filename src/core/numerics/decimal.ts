/**
 * Decimal digits of binary floating-point numbers, exactly: the fewest digits that single a number out among the
 * numbers of its format, and correct rounding to a given number of digits (ties to even, as C, Python and NumPy do;
 * `Number.prototype.toFixed` rounds ties up).
 */

export type FloatFormat = "float64" | "float32" | "float16" | "bfloat16";

/** Bits of the significand, the hidden one included, and the exponent of the smallest subnormal, 2^exponent. */
const FORMATS: Readonly<Record<FloatFormat, { readonly bits: number; readonly leastExponent: number }>> = {
	float64: { bits: 53, leastExponent: -1074 },
	float32: { bits: 24, leastExponent: -149 },
	float16: { bits: 11, leastExponent: -24 },
	bfloat16: { bits: 8, leastExponent: -133 },
};

/** The number d.ddd… × 10^exponent; `digits` has no decimal point and, but for zero, no leading zero. */
export interface Digits {
	readonly digits: string;
	readonly exponent: number;
}

/** How many digits to give: counted after the decimal point ("fraction") or in total. */
export interface Cut {
	readonly count: "fraction" | "total";
	/** Stop here even if the digits do not single the number out. */
	readonly most?: number;
	/** Go on until here even if fewer digits single the number out; what follows are the number's true digits. */
	readonly least?: number;
}

/**
 * The fewest digits that tell `value` from its neighbours in `format`, the nearest such to `value`, within `cut`.
 * `value` is finite, positive, and a number of the format. Steele & White 1990, How to Print Floating-Point Numbers
 * Accurately, with the cut-offs that NumPy gives it.
 */
export function uniqueDigits(value: number, format: FloatFormat, cut: Cut = { count: "total" }): Digits {
	if (format === "float64") {
		const quick = quickDigits(value, cut);
		if (quick) return quick;
	}
	const { bits, leastExponent } = FORMATS[format];
	const { mantissa, exponent } = binaryParts(value, bits, leastExponent);
	// At a power of two the neighbour below is half as far away as the one above.
	const uneven = mantissa === 1n << BigInt(bits - 1) && exponent > leastExponent;
	// value = numerator / scale, in units in which half the gap to a neighbour is a whole number.
	const factor = uneven ? 4n : 2n;
	let numerator = mantissa * factor;
	let scale = factor;
	let marginLow = 1n;
	let marginHigh = uneven ? 2n : 1n;
	if (exponent > 0) {
		numerator <<= BigInt(exponent);
		marginLow <<= BigInt(exponent);
		marginHigh <<= BigInt(exponent);
	} else scale <<= BigInt(-exponent);

	let first = decimalExponent(value);
	// Where every digit asked for lies behind the point and the number is smaller than the last of them, start there.
	if (cut.count === "fraction" && cut.most !== undefined && first < -cut.most) first = -cut.most;
	if (first >= 0) scale *= 10n ** BigInt(first);
	else {
		const power = 10n ** BigInt(-first);
		numerator *= power;
		marginLow *= power;
		marginHigh *= power;
	}

	const lastAt = (count: number) => (cut.count === "total" ? first - count + 1 : -count);
	const mostAt = cut.most === undefined ? Number.NEGATIVE_INFINITY : lastAt(cut.most);
	const leastAt = cut.least === undefined ? first : Math.min(first, lastAt(cut.least));
	const even = (mantissa & 1n) === 0n;
	let digits = "";
	for (let place = first; ; place--) {
		const digit = numerator / scale;
		numerator -= digit * scale;
		const low = even ? numerator <= marginLow : numerator < marginLow;
		const high = even ? numerator + marginHigh >= scale : numerator + marginHigh > scale;
		if (!((low || high) && place <= leastAt) && place > mostAt) {
			digits += digit;
			numerator *= 10n;
			marginLow *= 10n;
			marginHigh *= 10n;
			continue;
		}
		let up = high;
		if (low === high) {
			const twice = 2n * numerator;
			up = twice > scale || (twice === scale && (digit & 1n) === 1n);
		}
		return up ? roundedUp(digits + digit, first) : { digits: digits + digit, exponent: first };
	}
}

/**
 * `value` rounded to `fraction` digits after the point, ties to even, as Python's `"%.{fraction}f"` prints it.
 * Finite values only; −0 and what rounds to it keep their sign.
 */
export function fixed(value: number, fraction: number): string {
	const magnitude = Math.abs(value);
	const sign = value < 0 || Object.is(value, -0) ? "-" : "";
	const { mantissa, exponent } = binaryParts(magnitude, 53, -1074);
	const scaled = roundedQuotient(mantissa * 10n ** BigInt(fraction), exponent);
	const text = scaled.toString().padStart(fraction + 1, "0");
	const point = text.length - fraction;
	return sign + text.slice(0, point) + (fraction > 0 ? `.${text.slice(point)}` : "");
}

/** `value` (finite, positive) rounded to `count` digits in total, ties to even. */
export function significantDigits(value: number, count: number): Digits {
	const { mantissa, exponent } = binaryParts(value, 53, -1074);
	let first = decimalExponent(value);
	for (;;) {
		const shift = count - 1 - first;
		const power = 10n ** BigInt(Math.abs(shift));
		const quotient =
			shift >= 0 ? roundedQuotient(mantissa * power, exponent) : roundedQuotient(mantissa, exponent, power);
		const digits = quotient.toString();
		if (digits.length === count) return { digits, exponent: first };
		first++; // 9.99… has become 10.0
	}
}

/** floor(log10(value)) of a finite positive number, exactly. */
export function decimalExponent(value: number): number {
	// ECMAScript's shortest form lies in the same decade but where it rounds up to a power of ten.
	const text = value.toExponential();
	const exponent = Number(text.slice(text.indexOf("e") + 1));
	if (!text.startsWith("1e")) return exponent;
	const { mantissa, exponent: binary } = binaryParts(value, 53, -1074);
	const left = mantissa * (binary > 0 ? 1n << BigInt(binary) : 1n) * (exponent < 0 ? 10n ** BigInt(-exponent) : 1n);
	const right = (binary < 0 ? 1n << BigInt(-binary) : 1n) * (exponent > 0 ? 10n ** BigInt(exponent) : 1n);
	return left < right ? exponent - 1 : exponent;
}

/** Engines print the shortest digits of a double at once; undefined where a cut-off may need the exact ones. */
function quickDigits(value: number, cut: Cut): Digits | undefined {
	const text = value.toExponential();
	const e = text.indexOf("e");
	const digits = text[0]! + text.slice(2, e);
	const exponent = Number(text.slice(e + 1));
	const count = cut.count === "total" ? digits.length : digits.length - 1 - exponent;
	if ((cut.most === undefined || count <= cut.most) && (cut.least === undefined || count >= cut.least)) {
		return { digits, exponent };
	}
	return undefined;
}

function roundedUp(digits: string, first: number): Digits {
	const nines = /9*$/.exec(digits)![0].length;
	if (nines === digits.length) return { digits: "1", exponent: first + 1 };
	const kept = digits.slice(0, digits.length - nines);
	return { digits: kept.slice(0, -1) + (Number(kept[kept.length - 1]) + 1), exponent: first };
}

/** mantissa · 2^exponent / divisor to the nearest whole number, ties to even. */
function roundedQuotient(mantissa: bigint, exponent: number, divisor = 1n): bigint {
	const numerator = exponent > 0 ? mantissa << BigInt(exponent) : mantissa;
	const denominator = exponent < 0 ? divisor << BigInt(-exponent) : divisor;
	const quotient = numerator / denominator;
	const twice = 2n * (numerator - quotient * denominator);
	const up = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
	return up ? quotient + 1n : quotient;
}

const cell = new DataView(new ArrayBuffer(8));

/** value = mantissa · 2^exponent, with the mantissa a whole number of at most `bits` bits. */
function binaryParts(value: number, bits: number, leastExponent: number): { mantissa: bigint; exponent: number } {
	cell.setFloat64(0, value);
	const high = cell.getUint32(0);
	const biased = (high >>> 20) & 0x7ff;
	let mantissa = (BigInt(high & 0xfffff) << 32n) | BigInt(cell.getUint32(4));
	let exponent = -1074;
	if (biased > 0) {
		mantissa |= 1n << 52n;
		exponent = biased - 1075;
	}
	const target = Math.max(exponent + 53 - bits, leastExponent);
	const shift = target - exponent;
	return { mantissa: shift >= 0 ? mantissa >> BigInt(shift) : mantissa << BigInt(-shift), exponent: target };
}
