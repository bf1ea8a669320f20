/** TensorFlow.js's `tensor.print()`, by the rules of its `tensor_format.ts`. */
import type { NumericArray } from "./numpyPrint.ts";

/** Digits behind the point. */
const DIGITS = 7;
/** A longer axis is shown by its first and last values. */
const LONGEST_AXIS = 20;
const ENDS = 3;

/** What `tensor.print()` shows: "Tensor\n    [0.7615942, 0.9640276]"; null for a tensor of more than two axes. */
export function printTfjs({ values, shape }: NumericArray): string | null {
	if (shape.length > 2) return null;
	const all = Array.from(values);
	if (shape.length === 0) return `Tensor\n    ${all[0]}`;
	const columns = shape[shape.length - 1]!;
	const texts = all.map(valueText);
	if (shape.length === 1) return `Tensor\n    ${row(texts)}`;
	const widths = Array.from({ length: columns }, (_, column) =>
		Math.max(0, ...texts.filter((_, i) => i % columns === column).map((text) => text.length)),
	);
	const rows = Array.from({ length: shape[0]! }, (_, i) =>
		row(texts.slice(i * columns, (i + 1) * columns).map((text, column) => text.padEnd(widths[column]!))),
	);
	const shown = rows.length > LONGEST_AXIS ? [...rows.slice(0, ENDS), "...", ...rows.slice(-ENDS)] : rows;
	// The only row of a matrix is its first and its last one: "[[1, 2],]".
	if (shown.length === 1) return `Tensor\n     [${shown[0]},]`;
	const lines = shown.map((line, i) => `    ${i === 0 ? "[" : " "}${line}${i === shown.length - 1 ? "]" : ","}`);
	return `Tensor\n${lines.join("\n")}`;
}

function row(texts: readonly string[]): string {
	const shown = texts.length > LONGEST_AXIS ? [...texts.slice(0, ENDS), "...", ...texts.slice(-ENDS)] : texts;
	return `[${shown.join(", ")}]`;
}

function valueText(value: number): string {
	return String(Number.parseFloat(value.toFixed(DIGITS)));
}
