/** PyTorch's `print(tensor)`, with its default print options. */
import { fixed, significantDigits } from "../numerics/decimal.ts";
import { type ElementType, edgeIndices, type NumericArray } from "./numpyPrint.ts";

const PRECISION = 4;
const LINE_WIDTH = 80;
const THRESHOLD = 1000;
const EDGE = 3;
const PREFIX = "tensor(";

/** What `print(tensor)` shows, `tensor([0.7311, 0.8808])`; the dtype is named where it is not a default one. */
export function printTorch(array: NumericArray): string {
	const { values, shape, dtype } = array;
	const summarised = values.length > THRESHOLD;
	const sample = summarised ? edgeIndices(shape).map((index) => values[index]!) : Array.from(values);
	const body = values.length === 0 ? "[]" : layOut(array, elementFormat(sample, dtype), summarised);
	const text = PREFIX + body;
	const suffixes: string[] = [];
	if (values.length === 0 && shape.length !== 1) suffixes.push(`size=(${shape.join(", ")})`);
	const ordinary = dtype === "float32" || (values.length > 0 && (dtype === "int64" || dtype === "bool"));
	if (!ordinary) suffixes.push(`dtype=torch.${dtype}`);
	let result = text;
	let lineLength = text.length - text.lastIndexOf("\n") + 1;
	for (const suffix of suffixes) {
		const wraps = lineLength + suffix.length + 2 > LINE_WIDTH;
		result += wraps ? `,\n${" ".repeat(PREFIX.length)}${suffix}` : `, ${suffix}`;
		lineLength = wraps ? PREFIX.length + suffix.length : lineLength + suffix.length + 2;
	}
	return `${result})`;
}

interface ElementFormat {
	readonly width: number;
	text(value: number): string;
}

function elementFormat(sample: readonly number[], dtype: ElementType): ElementFormat {
	if (dtype === "bool" || dtype === "int64" || dtype === "int32") {
		const plain = (value: number) =>
			dtype === "bool" ? (value === 0 ? "False" : "True") : Object.is(value, -0) ? "0" : BigInt(value).toString();
		const width = Math.max(1, ...sample.map((value) => plain(value).length));
		return { width, text: (value) => plain(value).padStart(width) };
	}
	const nonZero = sample.filter((value) => Number.isFinite(value) && value !== 0);
	const magnitudes = nonZero.map(Math.abs);
	const largest = Math.max(...magnitudes);
	const smallest = Math.min(...magnitudes);
	const whole = nonZero.every(Number.isInteger);
	const scientific = nonZero.length > 0 && (largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4);
	const plain = (value: number): string => {
		if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
		if (scientific) return exponential(value);
		return whole ? `${fixed(value, 0)}.` : fixed(value, PRECISION);
	};
	// Zeros and non-finite numbers do not count towards the width.
	const width = Math.max(1, ...nonZero.map((value) => plain(value).length));
	return { width, text: (value) => plain(value).padStart(width) };
}

function exponential(value: number): string {
	const sign = value < 0 || Object.is(value, -0) ? "-" : "";
	const { digits, exponent } =
		value === 0
			? { digits: "0".repeat(PRECISION + 1), exponent: 0 }
			: significantDigits(Math.abs(value), PRECISION + 1);
	const power = String(Math.abs(exponent)).padStart(2, "0");
	return `${sign}${digits[0]}.${digits.slice(1)}e${exponent < 0 ? "-" : "+"}${power}`;
}

function layOut({ values, shape }: NumericArray, format: ElementFormat, summarised: boolean): string {
	return recurse(0, 0, PREFIX.length);

	function recurse(axis: number, offset: number, indent: number): string {
		if (axis === shape.length) return format.text(values[offset]!);
		const length = shape[axis]!;
		const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
		const summary = summarised && length > 2 * EDGE;
		const last = axis === shape.length - 1;
		const parts: string[] = [];
		for (let i = 0; i < length; i++) {
			if (summary && i === EDGE) {
				parts.push(last ? " ..." : "...");
				i = length - EDGE - 1;
			} else parts.push(recurse(axis + 1, offset + i * stride, indent + 1));
		}
		const nextLine = `,${"\n".repeat(Math.max(1, shape.length - axis - 1))}${" ".repeat(indent + 1)}`;
		if (!last) return `[${parts.join(nextLine)}]`;
		const inLine = Math.max(1, Math.floor((LINE_WIDTH - indent) / (format.width + 2)));
		const lines: string[] = [];
		for (let i = 0; i < parts.length; i += inLine) lines.push(parts.slice(i, i + inLine).join(", "));
		return `[${lines.join(nextLine)}]`;
	}
}
