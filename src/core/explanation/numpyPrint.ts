/** NumPy's `print(array)`, with NumPy's default print options, and the rules of NumPy 2.4. */
import { type FloatFormat, uniqueDigits } from "../numerics/decimal.ts";

export type ElementType = "bool" | "int64" | "int32" | FloatFormat;

/** Numbers in row-major order; `shape` is empty for a single one. Truth values are 1 and 0. */
export interface NumericArray {
	readonly values: ArrayLike<number>;
	readonly shape: readonly number[];
	readonly dtype: ElementType;
}

const PRECISION = 8;
const LINE_WIDTH = 75;
/** More elements than this are summarised: the first and last `EDGE` of each axis are shown. */
const THRESHOLD = 1000;
const EDGE = 3;
/** Decimal digits a format always keeps (`numpy.finfo(dtype).precision`). */
const KEPT_DIGITS: Readonly<Record<FloatFormat, number>> = { float64: 15, float32: 6, float16: 3, bfloat16: 2 };

/** What `print(array)` shows; a single number is shown as NumPy shows a scalar of its type. */
export function printNumpy(array: NumericArray): string {
	const { values, shape, dtype } = array;
	if (shape.length === 0) return scalarText(values[0]!, dtype);
	if (values.length === 0) return "[]";
	const summarised = values.length > THRESHOLD;
	const shown = summarised ? edgeIndices(shape) : undefined;
	const sample = shown ? shown.map((index) => values[index]!) : Array.from(values);
	const format = elementFormat(sample, dtype);
	return layOut(shape, (index) => format(values[index]!), summarised);
}

/** From here on NumPy writes a scalar with an exponent. */
const SCALAR_LIMIT = { float64: 1e16, float32: 1e6, float16: 1e3 };

/** `str` of a NumPy scalar: the fewest digits that single it out. */
export function scalarText(value: number, dtype: ElementType): string {
	if (dtype === "bool") return value === 0 ? "False" : "True";
	if (dtype === "int64" || dtype === "int32") return wholeText(value);
	if (!Number.isFinite(value)) return nonFiniteText(value);
	if (dtype === "bfloat16") return generalText(value);
	const sign = isNegative(value) ? "-" : "";
	const magnitude = Math.abs(value);
	if (magnitude === 0) return `${sign}0.0`;
	const { digits, exponent } = uniqueDigits(magnitude, dtype);
	if (magnitude >= 1e-4 && magnitude < SCALAR_LIMIT[dtype]) {
		const { whole, fraction } = positional(digits, exponent);
		return `${sign}${whole}.${fraction || "0"}`;
	}
	const rest = digits.slice(1).replace(/0+$/, "");
	return `${sign}${digits[0]}${rest ? `.${rest}` : ""}e${exponentText(exponent, 2)}`;
}

/** The function that turns each element into text, chosen by all the elements that are shown. */
function elementFormat(sample: readonly number[], dtype: ElementType): (value: number) => string {
	if (dtype === "bool") return (value) => (value === 0 ? "False" : " True");
	if (dtype === "int64" || dtype === "int32") {
		const width = Math.max(...sample.map((value) => wholeText(value).length));
		return (value) => wholeText(value).padStart(width);
	}
	// NumPy knows bfloat16 only as an element that prints itself, so nothing is aligned.
	if (dtype === "bfloat16") return (value) => (Number.isFinite(value) ? generalText(value) : nonFiniteText(value));
	return floatFormat(sample, dtype);
}

function floatFormat(sample: readonly number[], dtype: Exclude<FloatFormat, "bfloat16">): (value: number) => string {
	const finite = sample.filter(Number.isFinite);
	const scientific = needsExponent(finite, dtype);
	const cut = { count: scientific ? "total" : "fraction", most: scientific ? PRECISION + 1 : PRECISION } as const;
	const parts = finite.map((value) => ({ sign: isNegative(value) ? "-" : "", ...decimals(Math.abs(value)) }));

	let left = finite.length === 0 ? 0 : Math.max(...parts.map(({ sign, whole }) => sign.length + whole.length));
	const fractionWidth = finite.length === 0 ? 0 : Math.max(...parts.map(({ fraction }) => fraction.length));
	const exponentWidth = Math.max(2, ...parts.map(({ exponent }) => String(Math.abs(exponent)).length));
	const right = scientific ? exponentWidth + 2 + fractionWidth : fractionWidth;
	if (finite.length < sample.length) {
		const negativeInfinity = sample.includes(Number.NEGATIVE_INFINITY) ? 1 : 0;
		left = Math.max(left, 3 - (right + 1), 3 + negativeInfinity - (right + 1));
	}

	return (value) => {
		if (!Number.isFinite(value)) return nonFiniteText(value).padStart(left + right + 1);
		const sign = isNegative(value) ? "-" : "";
		const magnitude = Math.abs(value);
		if (!scientific) {
			const { whole, fraction } = decimals(magnitude);
			return `${(sign + whole).padStart(left)}.${fraction.padEnd(right)}`;
		}
		// All elements get as many digits as the one that needs most; they are then true digits, not padding.
		const all = fractionWidth + 1;
		const { digits, exponent } =
			magnitude === 0
				? { digits: "0", exponent: 0 }
				: uniqueDigits(magnitude, dtype, { count: "total", least: all, most: all });
		const fraction = digits.slice(1).padEnd(fractionWidth, "0");
		return `${(sign + digits[0]).padStart(left)}.${fraction}e${exponentText(exponent, exponentWidth)}`;
	};

	function decimals(magnitude: number): { whole: string; fraction: string; exponent: number } {
		if (magnitude === 0) return { whole: "0", fraction: "", exponent: 0 };
		const { digits, exponent } = uniqueDigits(magnitude, dtype, cut);
		if (!scientific) return { ...positional(digits, exponent), exponent };
		return { whole: digits[0]!, fraction: digits.slice(1).replace(/0+$/, ""), exponent };
	}
}

/** Whether NumPy would write the elements with exponents; it divides in the array's own format. */
function needsExponent(finite: readonly number[], dtype: FloatFormat): boolean {
	const magnitudes = finite.filter((value) => value !== 0).map(Math.abs);
	if (magnitudes.length === 0) return false;
	const largest = Math.max(...magnitudes);
	const smallest = Math.min(...magnitudes);
	const limit = 10 ** Math.min(8, KEPT_DIGITS[dtype]);
	// 0.0001 and 1000 take the array's format; 1000 is exact in all of them.
	const least = { float64: 0.0001, float32: 9.999999747378752e-5, float16: 1.0001659393310547e-4, bfloat16: 1e-4 }[
		dtype
	];
	return largest >= limit || smallest < least || quotientIn(dtype, largest, smallest) > 1000;
}

function quotientIn(dtype: FloatFormat, a: number, b: number): number {
	const quotient = a / b;
	if (dtype === "float32") return Math.fround(quotient);
	if (dtype !== "float16") return quotient;
	// Above 512 the numbers of float16 are 0.5 apart; only the comparison with 1000 matters here.
	if (quotient < 512 || quotient >= 1024) return quotient;
	const halves = Math.floor(quotient * 2);
	const rest = quotient * 2 - halves;
	return (rest > 0.5 || (rest === 0.5 && halves % 2 === 1) ? halves + 1 : halves) / 2;
}

/** Rows, brackets and line breaks as NumPy sets them. */
function layOut(shape: readonly number[], text: (index: number) => string, summarised: boolean): string {
	const strides = stridesOf(shape);
	return recurse(0, 0, " ", LINE_WIDTH);

	function recurse(axis: number, offset: number, indent: string, width: number): string {
		if (axis === shape.length) return text(offset);
		const length = shape[axis]!;
		const stride = strides[axis]!;
		const summary = summarised && length > 2 * EDGE;
		const last = axis === shape.length - 1;
		const separator = last ? " " : "\n".repeat(shape.length - axis - 1);
		let done = "";
		let line = indent;
		const words: string[] = [];
		for (let i = 0; i < length; i++) {
			if (summary && i === EDGE) {
				words.push("...");
				i = length - EDGE - 1;
			} else words.push(recurse(axis + 1, offset + i * stride, `${indent} `, width - 1));
		}
		if (!last)
			return `[${words
				.map((word) => indent + word)
				.join(separator)
				.slice(indent.length)}]`;
		words.forEach((word, i) => {
			// The closing bracket needs its place too.
			if (line.length + word.length > width - 1 && line.length > indent.length) {
				done += `${line.trimEnd()}\n`;
				line = indent;
			}
			line += word;
			if (i < words.length - 1) line += separator;
		});
		return `[${(done + line).slice(indent.length)}]`;
	}
}

/** Indices of the elements that a summary shows. */
export function edgeIndices(shape: readonly number[]): number[] {
	const strides = stridesOf(shape);
	let indices = [0];
	shape.forEach((length, axis) => {
		const positions = Array.from({ length }, (_, i) => i).filter(
			(i) => length <= 2 * EDGE || i < EDGE || i >= length - EDGE,
		);
		indices = indices.flatMap((index) => positions.map((i) => index + i * strides[axis]!));
	});
	return indices;
}

function stridesOf(shape: readonly number[]): number[] {
	const strides = new Array<number>(shape.length).fill(1);
	for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
	return strides;
}

function positional(digits: string, exponent: number): { whole: string; fraction: string } {
	const whole = exponent < 0 ? "0" : digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
	const fraction = exponent < 0 ? "0".repeat(-exponent - 1) + digits : digits.slice(exponent + 1);
	return { whole, fraction: fraction.replace(/0+$/, "") };
}

function exponentText(exponent: number, width: number): string {
	return (exponent < 0 ? "-" : "+") + String(Math.abs(exponent)).padStart(width, "0");
}

/** C's `%g`: six significant digits, trailing zeros dropped. */
function generalText(value: number): string {
	if (value === 0) return isNegative(value) ? "-0" : "0";
	const sign = value < 0 ? "-" : "";
	const { digits, exponent } = uniqueDigits(Math.abs(value), "float64", { count: "total", least: 6, most: 6 });
	const kept = digits.replace(/0+$/, "");
	if (exponent < -4 || exponent >= 6) {
		return `${sign}${kept[0]}${kept.length > 1 ? `.${kept.slice(1)}` : ""}e${exponentText(exponent, 2)}`;
	}
	const { whole, fraction } = positional(kept, exponent);
	return `${sign}${whole}${fraction ? `.${fraction}` : ""}`;
}

function nonFiniteText(value: number): string {
	return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

function wholeText(value: number): string {
	return BigInt(value).toString();
}

function isNegative(value: number): boolean {
	return value < 0 || Object.is(value, -0);
}
