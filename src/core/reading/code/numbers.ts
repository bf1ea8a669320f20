import { roundTo as roundToFormat } from "../../numerics/dtype.ts";
import type { ArgumentDtype, ArgumentValue } from "../use.ts";

/** Longer arrays are not read. */
export const MAX_VALUES = 1000;

export type Container = ArgumentValue["container"];

/** Numbers while they are read: as many as the product of `shape`, row by row. */
export interface Numbers {
	readonly dtype: ArgumentDtype;
	readonly shape: readonly number[];
	readonly values: readonly number[];
	readonly container: Container;
	/** A list or tuple of Python, not an array. */
	readonly isList?: boolean;
}

/** Thrown where the value is not certain; `readArgument` catches it. */
export class Uncertain {}

/** One for all: it says nothing, and is thrown for most arguments of real code. */
export const UNCERTAIN = new Uncertain();

export function scalar(value: number, dtype: ArgumentDtype, container: Container): Numbers {
	return { dtype, shape: [], values: [value], container };
}

export function fill(shape: readonly number[], value: number, dtype: ArgumentDtype, container: Container): Numbers {
	const count = shape.reduce((a, b) => a * b, 1);
	if (!(count <= MAX_VALUES) || !shape.every((size) => Number.isInteger(size) && size >= 0)) throw UNCERTAIN;
	return { dtype, shape, values: new Array<number>(count).fill(value), container };
}

/** A list of numbers or of lists of one shape. */
export function stack(items: readonly Numbers[]): Numbers {
	const [first] = items;
	if (!first) return { dtype: "float64", shape: [0], values: [], container: "python", isList: true };
	if (!items.every((item) => isPlain(item) && sameShape(item.shape, first.shape))) throw UNCERTAIN;
	const dtype = items.some((item) => item.dtype === "float64") ? "float64" : "int64";
	const values = items.flatMap((item) => item.values);
	if (values.length > MAX_VALUES) throw UNCERTAIN;
	return { dtype, shape: [items.length, ...first.shape], values, container: first.container, isList: true };
}

/** Whether the numbers are the language's own. */
export function isPlain({ container }: Numbers): boolean {
	return container === "python" || container === "javascript";
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
	return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** The numbers in another container and dtype, rounded to it. */
export function convert(numbers: Numbers, dtype: ArgumentDtype | undefined, container: Container): Numbers {
	const target = dtype ?? numbers.dtype;
	if (target === "int64" && numbers.dtype !== "int64" && !numbers.values.every(Number.isInteger)) throw UNCERTAIN;
	if (target === "int64" && !numbers.values.every(Number.isSafeInteger)) throw UNCERTAIN;
	return {
		dtype: target,
		shape: numbers.shape,
		values: numbers.values.map((value) => roundTo(value, target)),
		container,
	};
}

function roundTo(value: number, dtype: ArgumentDtype): number {
	return dtype === "int64" ? value : roundToFormat(value, dtype);
}

export function arithmetic(operator: string, a: Numbers, b: Numbers): Numbers {
	if (a.isList || b.isList) throw UNCERTAIN;
	// A tensor of TensorFlow.js has no operators.
	if (a.container === "tfjs" || b.container === "tfjs") throw UNCERTAIN;
	const [array, other] = isPlain(a) ? [b, a] : [a, b];
	if (!isPlain(other) && (other.container !== array.container || other.dtype !== array.dtype)) throw UNCERTAIN;
	if (a.shape.length > 0 && b.shape.length > 0 && !sameShape(a.shape, b.shape)) throw UNCERTAIN;
	let { dtype } = array;
	const isFloat = (numbers: Numbers) => numbers.dtype !== "int64";
	if (!isFloat(array) && (isFloat(other) || operator === "/")) {
		// PyTorch and JAX make float32 of these, NumPy and Python float64.
		if (array.container !== "numpy" && array.container !== "python") throw UNCERTAIN;
		dtype = "float64";
	}
	const count = Math.max(a.values.length, b.values.length);
	const values: number[] = [];
	for (let i = 0; i < count; i++) {
		// A Python number takes the array's precision before it meets it.
		const p = roundTo(a.values[a.shape.length === 0 ? 0 : i]!, dtype);
		const q = roundTo(b.values[b.shape.length === 0 ? 0 : i]!, dtype);
		values.push(roundTo(operate(operator, p, q, dtype), dtype));
	}
	if (dtype === "int64" && !values.every(Number.isSafeInteger)) throw UNCERTAIN;
	return { dtype, shape: a.shape.length > 0 ? a.shape : b.shape, values, container: array.container };
}

function operate(operator: string, p: number, q: number, dtype: ArgumentDtype): number {
	switch (operator) {
		case "+":
			return p + q;
		case "-":
			return p - q;
		case "*":
			return p * q;
		case "/":
			if (q === 0) throw UNCERTAIN;
			return p / q;
		case "**":
			// Only what is exact or a single product: powers are not rounded alike everywhere.
			if (q === 2) return p * p;
			if (dtype === "int64" && q >= 0) return p ** q;
			throw UNCERTAIN;
		default:
			throw UNCERTAIN;
	}
}

/** As NumPy computes it: i·step + start, and the end exactly. */
export function linspace(start: number, stop: number, count: number, closed: boolean): Numbers {
	if (!Number.isInteger(count) || count < 1 || count > MAX_VALUES) throw UNCERTAIN;
	const parts = closed ? count - 1 : count;
	const step = (stop - start) / parts;
	const values = Array.from({ length: count }, (_, i) => (parts > 0 ? i * step + start : start));
	if (closed && count > 1) values[count - 1] = stop;
	return { dtype: "float64", shape: [count], values, container: "numpy" };
}

/** As NumPy computes it: start + i·(second − start). */
export function arange(start: Numbers, stop: Numbers, step: Numbers): Numbers {
	const [a, b, s] = [start.values[0]!, stop.values[0]!, step.values[0]!];
	if (s === 0) throw UNCERTAIN;
	const count = Math.max(0, Math.ceil((b - a) / s));
	if (!(count <= MAX_VALUES)) throw UNCERTAIN;
	const dtype = [start, stop, step].some((each) => each.dtype !== "int64") ? "float64" : "int64";
	const delta = a + s - a;
	return { dtype, shape: [count], values: Array.from({ length: count }, (_, i) => a + i * delta), container: "numpy" };
}
