import type { Vector, VectorCode } from "../../expression/kernel/vectorCode.ts";

// Float32's normal numbers begin at 2⁻¹²⁶. On many processors, Intel's among them, an operation that meets or gives a
// smaller one takes a hundred times as long, and WebAssembly cannot have them flushed to 0.

/**
 * Gradients are rounded to multiples of 2⁻²³ of this, 2⁻¹¹⁰, where they are smaller: their products with all but tiny
 * weights are normal numbers yet.
 */
const COARSE_GRADIENT = 2 ** -87;

/** And what an optimizer remembers to multiples of 2⁻¹⁰⁰, where it is smaller than this. */
const COARSE_MEAN = 2 ** -77;

/** The squares of numbers from here on, and a ten-thousandth of them, are normal numbers. */
const LEAST_TO_SQUARE = 2 ** -56;

/** The gradient, or 0 where it is tiny; NaN stays. */
export function withoutTiny(v: VectorCode, gradient: Vector): Vector {
	const coarse = v.constant(COARSE_GRADIENT);
	return v.sub(v.add(gradient, coarse), coarse);
}

/** The same of a product. */
export function productWithoutTiny(v: VectorCode, a: Vector, b: Vector): Vector {
	const coarse = v.constant(COARSE_GRADIENT);
	return v.sub(v.multiplyAdd(a, b, coarse), coarse);
}

/** A mean of gradients, which must not fade for ever where there is none any more. */
export function fading(v: VectorCode, mean: Vector): Vector {
	const coarse = v.constant(COARSE_MEAN);
	return v.sub(v.add(mean, coarse), coarse);
}

/** x², or the least square, 2⁻¹¹², where x is smaller; NaN stays. Next to the ε of an optimizer it is nothing. */
export function squareOf(v: VectorCode, x: Vector): Vector {
	const size = v.greaterOf(v.abs(x), v.constant(LEAST_TO_SQUARE));
	return v.mul(size, size);
}

/** factor·sum + x², or a little more, by which it stays a normal number. */
export function fadingSquares(v: VectorCode, factor: Vector, sum: Vector, x: Vector): Vector {
	if (!v.fused) return v.add(v.mul(factor, sum), squareOf(v, x));
	// The square is not rounded, and no number of its own.
	return v.multiplyAdd(x, x, v.multiplyAdd(factor, sum, v.constant(LEAST_TO_SQUARE ** 2)));
}
