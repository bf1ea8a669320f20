import type { Vector, VectorCode } from "../../expression/kernel/vectorCode.ts";

// Float32's normal numbers begin at 2⁻¹²⁶. On many processors, Intel's among them, an operation that meets or gives a
// smaller one takes a hundred times as long, and WebAssembly cannot have them flushed to 0.

/** A gradient that is smaller than this counts as 0: its products with all but tiny weights are normal numbers yet. */
const TINY_GRADIENT = 2 ** -110;

/** Numbers are rounded to multiples of 2⁻²³ of this, 2⁻¹⁰⁰, where they are smaller. */
const COARSE = 2 ** -77;

/** The squares of numbers from here on, and a ten-thousandth of them, are normal numbers. */
const LEAST_TO_SQUARE = 2 ** -56;

/** The gradient, or 0 where it is tiny; NaN stays. */
export function withoutTiny(v: VectorCode, gradient: Vector): Vector {
	return v.andNot(gradient, v.lt(v.abs(gradient), v.constant(TINY_GRADIENT)));
}

/** A mean of gradients, which must not fade for ever where there is none any more. */
export function fading(v: VectorCode, mean: Vector): Vector {
	const coarse = v.constant(COARSE);
	return v.sub(v.add(mean, coarse), coarse);
}

/** x², or the least square, 2⁻¹¹², where x is smaller; NaN stays. Next to the ε of an optimizer it is nothing. */
export function squareOf(v: VectorCode, x: Vector): Vector {
	const size = v.greaterOf(v.abs(x), v.constant(LEAST_TO_SQUARE));
	return v.mul(size, size);
}
