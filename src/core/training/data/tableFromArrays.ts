import type { Table } from "../table.ts";
import { countOf, shapeText } from "./numberArray.ts";
import { checkTableSize, tableLimits } from "./tableLimits.ts";

/** An array by its shape alone. */
export interface ArrayShape {
	/** What messages call it: "x.npy", or `array "x" of data.npz`. */
	readonly name: string;
	readonly shape: readonly number[];
}

/** An array in C order. */
export interface NumberArray extends ArrayShape {
	readonly values: Float64Array;
}

/**
 * Throws an Error with one sentence where arrays of these shapes make no table; to be asked before their values are
 * read. Inputs are (N,), (N, F), (N, H, W) and so on, targets (N,), (N, 1), or one-hot (N, K) for classes.
 */
export function checkShapes(inputs: ArrayShape, targets: ArrayShape, task: Table["task"]): void {
	for (const { name, shape } of [inputs, targets]) {
		if (shape.length === 0) throw new Error(`${name} must have one entry a sample, got a single number`);
	}
	const [samples] = inputs.shape;
	checkTableSize(inputs.name, samples, countOf(inputs.shape.slice(1)));
	if (targets.shape[0] !== samples) {
		throw new Error(
			`${inputs.name} and ${targets.name} must have as many samples, got ${samples} and ${targets.shape[0]}`,
		);
	}
	const width = countOf(targets.shape.slice(1));
	if (targets.shape.length > 2 || width === 0 || (task === "regression" && width > 1)) {
		const wanted = task === "regression" ? "(N,) or (N, 1)" : "(N,), (N, 1) or one-hot (N, classes)";
		throw new Error(`${targets.name} must have the shape ${wanted}, got ${shapeText(targets.shape)}`);
	}
	if (width > tableLimits.mostClasses) throw tooManyClasses(targets.name, width);
	checkTableSize(targets.name, samples, width);
}

/**
 * The table of inputs and targets whose shapes were checked. A sample's values of more than one dimension lie one after
 * the other. A class is an index in the order of the labels; one-hot rows become the index of their 1. Throws an Error
 * with one sentence for labels that are no whole numbers, one class or too many, rows that are not one-hot, and a number
 * to predict that is the same everywhere.
 */
export function tableFromArrays(inputs: NumberArray, targets: NumberArray, task: Table["task"]): Table {
	checkShapes(inputs, targets, task);
	const [samples, ...sampleShape] = inputs.shape;
	const features = countOf(sampleShape);
	return {
		task,
		inputs: inputs.values,
		...(task === "regression" ? numbersOf(targets) : classesOf(targets)),
		samples,
		features,
		featureNames: featureNames(sampleShape, features),
		...(sampleShape.length > 1 ? { sampleShape } : {}),
	};
}

type Targets = Pick<Table, "targets" | "classes" | "classNames">;

function numbersOf({ name, values }: NumberArray): Targets {
	const { found } = firstDifferent(values, 1);
	if (found.length < 2) throw new Error(`${name} must hold different values, got ${values[0]} for every sample`);
	return { targets: values, classes: 0, classNames: [] };
}

function classesOf(targets: NumberArray): Targets {
	const [samples, width = 1] = targets.shape;
	return width > 1 ? fromOneHot(targets, samples, width) : fromLabels(targets);
}

function fromLabels({ name, values }: NumberArray): Targets {
	const part = values.findIndex((label) => !Number.isInteger(label));
	if (part >= 0) {
		throw new Error(
			`label ${part} of ${name} must be a whole number, got ${values[part]}; is it a number to predict (regression)?`,
		);
	}
	const { found, complete } = firstDifferent(values, tableLimits.mostClasses);
	if (!complete) throw tooManyClasses(name, `more than ${tableLimits.mostClasses}`);
	const labels = found.sort((a, b) => a - b);
	if (labels.length < 2) throw new Error(`${name} must hold at least two classes, got only ${labels[0]}`);
	const indexOf = new Map(labels.map((label, i) => [label, i]));
	return {
		targets: values.map((label) => indexOf.get(label)!),
		classes: labels.length,
		classNames: labels.map((label) => String(label + 0)), // Without the sign of −0.
	};
}

function fromOneHot({ name, values }: NumberArray, samples: number, classes: number): Targets {
	const targets = new Float64Array(samples);
	for (let i = 0; i < samples; i++) {
		const row = values.subarray(i * classes, (i + 1) * classes);
		const index = row.indexOf(1);
		if (index < 0 || row.some((value, k) => value !== 0 && k !== index)) {
			const found = `[${Array.from(row.subarray(0, 6)).join(", ")}${classes > 6 ? ", …" : ""}]`;
			throw new Error(`row ${i} of ${name} must be one-hot (one 1, and 0 elsewhere), got ${found}`);
		}
		targets[i] = index;
	}
	const { found } = firstDifferent(targets, 1);
	if (found.length < 2) throw new Error(`${name} must hold at least two classes, got only ${targets[0]}`);
	return { targets, classes, classNames: Array.from({ length: classes }, (_, k) => String(k)) };
}

/** The different values in the order in which they come; not complete where there are more than `most`. */
function firstDifferent(values: Float64Array, most: number): { found: number[]; complete: boolean } {
	const found = new Set<number>();
	for (const value of values) {
		found.add(value);
		if (found.size > most) return { found: [...found], complete: false };
	}
	return { found: [...found], complete: true };
}

function tooManyClasses(name: string, found: number | string): Error {
	return new Error(
		`${name} must hold at most ${tableLimits.mostClasses} classes, got ${found}; is it a number to predict (regression)?`,
	);
}

/** "column 3" of a row, "pixel 3,4" of a picture. */
function featureNames(sampleShape: readonly number[], features: number): string[] {
	if (sampleShape.length < 2) return Array.from({ length: features }, (_, i) => `column ${i}`);
	return Array.from({ length: features }, (_, i) => {
		const index: number[] = [];
		let rest = i;
		for (const length of sampleShape.toReversed()) {
			index.unshift(rest % length);
			rest = Math.floor(rest / length);
		}
		return `pixel ${index.join(",")}`;
	});
}
