/** Floating-point formats narrower than float64, by rounding a double to their grid. */

export type Dtype = "float64" | "float32" | "float16" | "bfloat16" | "float8_e4m3" | "float8_e5m2";

interface Format {
	/** Bits of the significand, the hidden one included. */
	readonly precision: number;
	/** Exponent of the smallest subnormal. */
	readonly minExponent: number;
	/** Largest finite number. */
	readonly max: number;
	/** Whether numbers beyond the largest become ±∞ (else NaN: e4m3 has no infinity). */
	readonly infinity: boolean;
}

/** float8 as in Micikevicius et al. 2022, "FP8 Formats for Deep Learning": e4m3 has no infinity, e5m2 has. */
const formats: Readonly<Record<Exclude<Dtype, "float64" | "float32">, Format>> = {
	float16: { precision: 11, minExponent: -24, max: 65504, infinity: true },
	bfloat16: { precision: 8, minExponent: -133, max: 3.3895313892515355e38, infinity: true },
	float8_e4m3: { precision: 4, minExponent: -9, max: 448, infinity: false },
	float8_e5m2: { precision: 3, minExponent: -16, max: 57344, infinity: true },
};

export const dtypes: readonly Dtype[] = ["float64", "float32", "float16", "bfloat16", "float8_e4m3", "float8_e5m2"];

/** The number of `dtype` nearest to `value`, ties to even; overflow as the format has it. NaN, ±0 and ±∞ stay. */
export function roundTo(value: number, dtype: Dtype): number {
	if (dtype === "float64") return value;
	if (dtype === "float32") return Math.fround(value);
	const format = formats[dtype];
	const size = Math.abs(value);
	if (size === 0 || Number.isNaN(value)) return value;
	const beyond = format.infinity ? Math.sign(value) * Number.POSITIVE_INFINITY : Number.NaN;
	if (size === Number.POSITIVE_INFINITY) return beyond;
	if (size >= 2 * format.max) return beyond;
	// Added and taken away again, 1.5·2⁵² units leave a multiple of the unit, ties to even.
	const unit = Math.max(exponentOf(size) - format.precision + 1, format.minExponent);
	view.setUint32(0, ((1023 + 52 + unit) << 20) | (1 << 19));
	view.setUint32(4, 0);
	const units = view.getFloat64(0);
	const rounded = size + units - units;
	return rounded > format.max ? beyond : Math.sign(value) * rounded;
}

/**
 * Rounds the first `count` numbers in place as libraries round the results of their operations in `dtype`: float16 and
 * bfloat16 through float32, in which they compute. Undefined for float64, where there is nothing to round.
 */
export function blockRounding(dtype: Dtype): BlockRounding | undefined {
	return dtype === "float64" ? undefined : blockRoundings[dtype];
}

type BlockRounding = (values: Float64Array, count: number) => void;

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);
/** Added and taken away again, it leaves a small double rounded to a multiple of 2⁻²⁴, float16's smallest step. */
const TO_HALF_STEPS = 1.5 * 2 ** 28;

const blockRoundings: Readonly<Record<Exclude<Dtype, "float64">, BlockRounding>> = {
	float32: (values, count) => {
		for (let i = 0; i < count; i++) values[i] = Math.fround(values[i]);
	},
	bfloat16: (values, count) => {
		for (let i = 0; i < count; i++) {
			single[0] = values[i];
			const rest = bits[0];
			// Adding the half carries into the part that is kept; NaN and ±∞ have nothing behind it to round.
			if ((rest & 0x7f800000) !== 0x7f800000) bits[0] = (rest + 0x7fff + ((rest >>> 16) & 1)) & 0xffff0000;
			values[i] = single[0];
		}
	},
	float16: (values, count) => {
		for (let i = 0; i < count; i++) {
			single[0] = values[i];
			const value = single[0];
			const size = Math.abs(value);
			if (size >= 65520) values[i] = value * Number.POSITIVE_INFINITY;
			else if (size >= 2 ** -14) {
				const rest = bits[0];
				bits[0] = (rest + 0xfff + ((rest >>> 13) & 1)) & 0xffffe000;
				values[i] = single[0];
			} else {
				const rounded = value + TO_HALF_STEPS - TO_HALF_STEPS;
				// A zero keeps its value's sign; so does NaN its being one.
				values[i] = rounded === 0 ? value * 0 : rounded;
			}
		}
	},
	float8_e4m3: (values, count) => {
		for (let i = 0; i < count; i++) values[i] = roundTo(values[i], "float8_e4m3");
	},
	float8_e5m2: (values, count) => {
		for (let i = 0; i < count; i++) values[i] = roundTo(values[i], "float8_e5m2");
	},
};

/** The smallest normal number of the format. */
export function smallestNormal(dtype: Dtype): number {
	if (dtype === "float64") return 2 ** -1022;
	if (dtype === "float32") return 2 ** -126;
	const { precision, minExponent } = formats[dtype];
	return 2 ** (minExponent + precision - 1);
}

/** The next number of the format above `value`. */
export function nextUp(value: number, dtype: Dtype): number {
	if (Number.isNaN(value) || value === Number.POSITIVE_INFINITY) return value;
	const unit = unitInLastPlace(value, dtype);
	if (value === Number.NEGATIVE_INFINITY) return -largest(dtype);
	// Just above a negative power of two the spacing is half of what it is at it.
	const fine = value < 0 && isPowerOfTwo(-value) && unit > smallest(dtype) ? unit / 2 : unit;
	return roundTo(value + fine, dtype);
}

/** The spacing of the format's numbers at `value`. */
export function unitInLastPlace(value: number, dtype: Dtype): number {
	const size = Math.abs(value);
	const { precision, minExponent } =
		dtype === "float64"
			? { precision: 53, minExponent: -1074 }
			: dtype === "float32"
				? { precision: 24, minExponent: -149 }
				: formats[dtype];
	if (size === 0 || !Number.isFinite(size)) return 2 ** minExponent;
	return 2 ** Math.max(exponentOf(size) - precision + 1, minExponent);
}

/** The largest finite number of the format. */
export function largest(dtype: Dtype): number {
	return dtype === "float64" ? Number.MAX_VALUE : dtype === "float32" ? 3.4028234663852886e38 : formats[dtype].max;
}

function smallest(dtype: Dtype): number {
	return unitInLastPlace(0, dtype);
}

function isPowerOfTwo(value: number): boolean {
	return 2 ** exponentOf(value) === value;
}

const view = new DataView(new ArrayBuffer(8));

/** ⌊log2 value⌋ of a positive double, subnormals included. */
function exponentOf(value: number): number {
	view.setFloat64(0, value);
	const biased = view.getUint32(0) >>> 20;
	if (biased !== 0) return biased - 1023;
	return exponentOf(value * 2 ** 64) - 64;
}
