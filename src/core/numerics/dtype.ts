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
	const units = 1.5 * powerOfTwo(52 + Math.max(exponentOf(size) - format.precision + 1, format.minExponent));
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

const blockRoundings: Readonly<Record<Exclude<Dtype, "float64">, BlockRounding>> = {
	float32: (values, count) => {
		for (let i = 0; i < count; i++) values[i] = Math.fround(values[i]);
	},
	float16: (values, count) => throughSingle(values, count, 65520, 2 ** -14, 2 ** 42, 1.5 * 2 ** (52 - 24)),
	bfloat16: (values, count) =>
		throughSingle(values, count, 2 ** 128 - 2 ** 119, 2 ** -126, 2 ** 45, 1.5 * 2 ** (52 - 133)),
	float8_e4m3: (values, count) => {
		for (let i = 0; i < count; i++) values[i] = roundTo(values[i], "float8_e4m3");
	},
	float8_e5m2: (values, count) => {
		for (let i = 0; i < count; i++) values[i] = roundTo(values[i], "float8_e5m2");
	},
};

/**
 * Rounds through float32. A double that holds 2⁴²·v has no place for the last 13 of v's 24 digits: adding v to it rounds
 * v to 11, ties to even as always, and taking it away again is exact. Likewise 2⁴⁵ leaves 8. Subnormal numbers, whose
 * unit does not depend on their size, are rounded by adding 1.5·2⁵² units. From `overflow` up the result is ±∞.
 */
function throughSingle(
	values: Float64Array,
	count: number,
	overflow: number,
	normal: number,
	factor: number,
	units: number,
): void {
	for (let i = 0; i < count; i++) {
		const value = Math.fround(values[i]);
		const size = Math.abs(value);
		if (size >= overflow) values[i] = value * Number.POSITIVE_INFINITY;
		else if (size >= normal) {
			const digits = value * factor;
			values[i] = value + digits - digits;
		} else {
			const rounded = value + units - units;
			values[i] = rounded === 0 ? value * 0 : rounded; // A zero keeps its sign; NaN comes here, too.
		}
	}
}

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
	if (size === 0 || !Number.isFinite(size)) return powerOfTwo(minExponent);
	return powerOfTwo(Math.max(exponentOf(size) - precision + 1, minExponent));
}

/** The largest finite number of the format. */
export function largest(dtype: Dtype): number {
	return dtype === "float64" ? Number.MAX_VALUE : dtype === "float32" ? 3.4028234663852886e38 : formats[dtype].max;
}

/** The double up to which numbers round to a finite one of the format: half a step above its largest they go to ±∞. */
export function largestBeforeRounding(dtype: Dtype): number {
	const top = largest(dtype);
	return dtype === "float64" ? top : -nextUp(-(top + unitInLastPlace(top, dtype) / 2), "float64");
}

function smallest(dtype: Dtype): number {
	return unitInLastPlace(0, dtype);
}

function isPowerOfTwo(value: number): boolean {
	return powerOfTwo(exponentOf(value)) === value;
}

const LOWEST_POWER = -1074;
const HIGHEST_POWER = 1024;
/** Looked up, since `2 ** n` takes as long as a dozen of other operations. */
const powersOfTwo = Float64Array.from({ length: HIGHEST_POWER + 1 - LOWEST_POWER }, (_, i) => 2 ** (i + LOWEST_POWER));

/** 2ⁿ for a whole n from −1074 to 1024, where it is ∞. */
export function powerOfTwo(n: number): number {
	return powersOfTwo[n - LOWEST_POWER];
}

const view = new DataView(new ArrayBuffer(8));

/** ⌊log2 value⌋ of a positive double, subnormals included. */
export function exponentOf(value: number): number {
	view.setFloat64(0, value);
	const biased = view.getUint32(0) >>> 20;
	if (biased !== 0) return biased - 1023;
	return exponentOf(value * 2 ** 64) - 64;
}
