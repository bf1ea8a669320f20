import type { EncodedColumn, Table } from "../table.ts";

/** What a person wants to know of a table before training on it. */
export interface TableSummary {
	readonly task: Table["task"];
	readonly samples: number;
	readonly features: number;
	/** How many samples each class has, in the order of the classes; empty for regression. */
	readonly classes: readonly { readonly name: string; readonly count: number }[];
	/** Names of the features that have one value everywhere: they tell nothing, and are standardised to 0. */
	readonly constant: readonly string[];
	/** Columns of text, each of them one-hot encoded. */
	readonly encoded: readonly EncodedColumn[];
	/** Smallest and largest value of each feature. */
	readonly ranges: readonly Range[];
	/** Smallest and largest number to predict; null for classes. */
	readonly target: Omit<Range, "name"> | null;
	/** Missing values in the encoded columns; elsewhere a missing value is refused. */
	readonly missing: number;
}

export interface Range {
	readonly name: string;
	readonly min: number;
	readonly max: number;
}

/** Counts classes and finds ranges, constant and encoded columns, in one pass over the values. */
export function summaryOf(table: Table): TableSummary {
	const { task, samples, features, inputs, targets, featureNames, classNames, encoded = [] } = table;
	const ranges = rangesOf(inputs, features).map((range, j) => ({ name: featureNames[j], ...range }));
	const counts = new Uint32Array(table.classes);
	if (task === "classification") for (const target of targets) counts[target]++;
	return {
		task,
		samples,
		features,
		classes: classNames.map((name, k) => ({ name, count: counts[k] })),
		constant: ranges.filter(({ min, max }) => min === max).map(({ name }) => name),
		encoded,
		ranges,
		target: task === "regression" ? rangesOf(targets, 1)[0] : null,
		missing: encoded.reduce((sum, { missing }) => sum + missing, 0),
	};
}

/** Smallest and largest value of each column of rows so wide. */
export function rangesOf(values: Float64Array, width: number): { min: number; max: number }[] {
	const min = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
	const max = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
	for (let row = 0; row < values.length; row += width) {
		for (let j = 0; j < width; j++) {
			const value = values[row + j];
			if (value < min[j]) min[j] = value;
			if (value > max[j]) max[j] = value;
		}
	}
	return Array.from(min, (least, j) => ({ min: least, max: max[j] }));
}
