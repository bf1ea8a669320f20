/** Numbers mantissa·2^exponent with a big-integer mantissa. */

const VIEW = new DataView(new ArrayBuffer(8));

export function magnitude(n: bigint): bigint {
	return n < 0n ? -n : n;
}

/** Bits of |n|; 0 for 0. */
export function bitLength(n: bigint): number {
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

export function roundedQuotient(a: bigint, b: bigint): bigint {
	const doubled = 2n * a + b;
	const quotient = doubled / (2n * b);
	return doubled < 0n && quotient * 2n * b !== doubled ? quotient - 1n : quotient;
}

/** ⌊√n⌋ by Newton's method from a double. */
export function integerSqrt(n: bigint): bigint {
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

export function floorOf(mantissa: bigint, exponent: number): bigint {
	return exponent >= 0 ? mantissa << BigInt(exponent) : mantissa >> BigInt(-exponent);
}

/** mantissa·2^exponent in units of 2^−work, rounded down. */
export function toFixed(mantissa: bigint, exponent: number, work: number): bigint {
	const shift = exponent + work;
	return shift >= 0 ? mantissa << BigInt(shift) : mantissa >> BigInt(-shift);
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

/** The double near mantissa·2^exponent, without its last bit guaranteed. */
export function scaledDouble(mantissa: bigint, exponent: number): number {
	return toDouble(mantissa, Math.max(-1e6, Math.min(1e6, exponent)));
}

/** A finite double as one of them. */
export function partsOf(value: number): { readonly mantissa: bigint; readonly exponent: number } {
	VIEW.setFloat64(0, value);
	const high = VIEW.getUint32(0);
	const biased = (high >>> 20) & 0x7ff;
	const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(VIEW.getUint32(4));
	const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
	return { mantissa: value < 0 ? -mantissa : mantissa, exponent: (biased === 0 ? 1 : biased) - 1075 };
}
