import { Random } from "../numerics/random.ts";
import { rows } from "./rows.ts";

/** A data set in memory. */
export interface Table {
	readonly task: "classification" | "regression";
	/** Row-major [samples][features], as they are: the trainer standardises. */
	readonly inputs: Float64Array;
	/** Class indices 0…classes−1, or target values; one a sample. */
	readonly targets: Float64Array;
	readonly samples: number;
	readonly features: number;
	/** 0 for regression. */
	readonly classes: number;
	readonly featureNames: readonly string[];
	readonly classNames: readonly string[];
	/** Of samples that have more than one dimension, such as [28, 28] for pictures: the lengths of each. */
	readonly sampleShape?: readonly number[];
	/** The columns of text that were one-hot encoded, where there are any. */
	readonly encoded?: readonly EncodedColumn[];
}

/** A column of text as features: one for each text, 1 where the sample has it and 0 elsewhere. */
export interface EncodedColumn {
	readonly name: string;
	/** In the order of the features; "" is a missing value. */
	readonly categories: readonly string[];
	/** Index of its first feature. */
	readonly first: number;
	/** How many samples have no value. */
	readonly missing: number;
}

/** A table without its inputs: what a study's plan depends on. */
export type TableShape = Pick<Table, "task" | "targets" | "samples" | "features" | "classes">;

export type GeneratedName = "xor" | "moons" | "circles" | "spirals" | "curve";

/**
 * A two-dimensional classification problem, or a one-dimensional regression curve ("curve"), with Gaussian noise of that
 * standard deviation. The same seed gives the same samples. Classes alternate, so they are balanced to one sample.
 */
export function generate(name: GeneratedName, samples: number, noise: number, seed: number): Table {
	const random = new Random(seed, `data ${name}`);
	if (name === "curve") return curve(samples, noise, random);
	const inputs = new Float64Array(2 * samples);
	const targets = new Float64Array(samples);
	for (let i = 0; i < samples; i++) {
		const label = i % 2;
		const [x, y] = points[name](label, random);
		inputs[2 * i] = x + noise * random.normal();
		inputs[2 * i + 1] = y + noise * random.normal();
		targets[i] = label;
	}
	return {
		task: "classification",
		inputs,
		targets,
		samples,
		features: 2,
		classes: 2,
		featureNames: ["x", "y"],
		classNames: ["0", "1"],
	};
}

const points: Readonly<Record<Exclude<GeneratedName, "curve">, (label: number, random: Random) => [number, number]>> = {
	/** Class 1 where the signs of x and y differ. */
	xor(label, random) {
		const x = 2 * random.uniform() - 1;
		const y = Math.abs(2 * random.uniform() - 1) * Math.sign(x) * (label === 1 ? -1 : 1);
		return [x, y];
	},
	moons(label, random) {
		const angle = Math.PI * random.uniform();
		return label === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
	},
	circles(label, random) {
		const angle = 2 * Math.PI * random.uniform();
		const radius = label === 0 ? 1 : 0.5;
		return [radius * Math.cos(angle), radius * Math.sin(angle)];
	},
	/** Two arms of one and a half turns. */
	spirals(label, random) {
		const t = Math.sqrt(random.uniform());
		const angle = 3 * Math.PI * t + Math.PI * label;
		return [t * Math.cos(angle), t * Math.sin(angle)];
	},
};

/** y = sin(3x) + x/2 on [−2, 2]. */
function curve(samples: number, noise: number, random: Random): Table {
	const inputs = new Float64Array(samples);
	const targets = new Float64Array(samples);
	for (let i = 0; i < samples; i++) {
		inputs[i] = 4 * random.uniform() - 2;
		targets[i] = Math.sin(3 * inputs[i]) + inputs[i] / 2 + noise * random.normal();
	}
	return { task: "regression", inputs, targets, samples, features: 1, classes: 0, featureNames: ["x"], classNames: [] };
}

/** The shares of the samples that are held out. */
export interface Shares {
	readonly validation: number;
	/** 0 for none. */
	readonly test: number;
}

export type Part = "training" | "validation" | "test";

/** A table split for training: inputs standardised by the training part's mean and deviation, and so a regression's targets. */
export interface Split extends Readonly<Record<Part, PartOfTable>> {
	/** Other rows of raw inputs, standardised as those of the parts are. */
	readonly standardise: (inputs: Float64Array) => Float64Array;
}

export interface PartOfTable {
	readonly inputs: Float64Array;
	readonly targets: Float64Array;
	readonly samples: number;
}

/**
 * Holds out shares of the samples, drawn by seed; for classification the same share of each class (rounded). Of a class
 * with two samples or more one is for training and one for validation; with three, and where there is a test, one for
 * that. A constant column becomes 0. The validation part does not depend on whether there is a test.
 */
export function split(table: Table, shares: Shares, seed: number): Split {
	const parts: Record<Part, number[]> = { training: [], validation: [], test: [] };
	const random = new Random(seed, "split");
	for (const members of groupsOf(table)) {
		random.shuffle(members);
		const { validation, test } = partsOf(members.length, shares);
		members.forEach((i, k) => {
			parts[k < validation ? "validation" : k < validation + test ? "test" : "training"].push(i);
		});
	}
	for (const indices of Object.values(parts)) indices.sort((a, b) => a - b);
	const inputs = standardiser(table.inputs, table.features, parts.training);
	const targets = table.task === "regression" ? standardiser(table.targets, 1, parts.training) : null;
	const part = (chosen: readonly number[]) => ({
		inputs: inputs(chosen),
		targets: targets ? targets(chosen) : rows(table.targets, 1, chosen),
		samples: chosen.length,
	});
	return {
		training: part(parts.training),
		validation: part(parts.validation),
		test: part(parts.test),
		standardise: (raw) =>
			inputs(
				Array.from({ length: raw.length / table.features }, (_, i) => i),
				raw,
			),
	};
}

/** How many samples each part of a split has; they do not depend on the seed. */
export function partSizes(table: TableShape, shares: Shares): Readonly<Record<Part, number>> {
	const sizes = { training: 0, validation: 0, test: 0 };
	for (const { length } of groupsOf(table)) {
		const { validation, test } = partsOf(length, shares);
		sizes.validation += validation;
		sizes.test += test;
		sizes.training += length - validation - test;
	}
	return sizes;
}

/** How many of a class's samples are held out; at least one is left. */
function partsOf(members: number, shares: Shares): Readonly<Record<"validation" | "test", number>> {
	const count = (share: number, least: number, most: number) =>
		Math.min(most, Math.max(least, Math.round(members * share)));
	const validation = count(shares.validation, members > 1 ? 1 : 0, members - 1);
	const test = shares.test > 0 ? count(shares.test, members > 2 ? 1 : 0, members - 1 - validation) : 0;
	return { validation, test };
}

function groupsOf({ task, classes, targets, samples }: TableShape): number[][] {
	const groups: number[][] = Array.from({ length: task === "classification" ? classes : 1 }, () => []);
	for (let i = 0; i < samples; i++) groups[task === "classification" ? targets[i] : 0].push(i);
	return groups.filter((group) => group.length > 0);
}

/**
 * What picks rows, of `values` or of other ones as wide, with every column shifted and scaled so that `training` has mean 0 and deviation 1; a column that is
 * constant there becomes 0. Columns are first divided by a power of two near their largest value and shifted by their
 * first: so neither huge nor tiny values overflow when squared, and a constant's deviation is 0, not a rounding error.
 */
function standardiser(
	values: Float64Array,
	width: number,
	training: readonly number[],
): (chosen: readonly number[], from?: Float64Array) => Float64Array {
	const unit = new Float64Array(width);
	for (const i of training) {
		for (let j = 0; j < width; j++) unit[j] = Math.max(unit[j], Math.abs(values[i * width + j]));
	}
	for (let j = 0; j < width; j++) unit[j] = unit[j] > 0 ? 2 ** Math.min(1023, Math.floor(Math.log2(unit[j]))) : 1;
	const origin = Float64Array.from(unit, (size, j) => values[training[0] * width + j] / size);
	const mean = new Float64Array(width);
	for (const i of training) {
		for (let j = 0; j < width; j++) mean[j] += values[i * width + j] / unit[j] - origin[j];
	}
	for (let j = 0; j < width; j++) mean[j] /= training.length;
	const scale = new Float64Array(width);
	for (const i of training) {
		for (let j = 0; j < width; j++) scale[j] += (values[i * width + j] / unit[j] - origin[j] - mean[j]) ** 2;
	}
	for (let j = 0; j < width; j++) scale[j] = scale[j] > 0 ? Math.sqrt(training.length / scale[j]) : 0;
	return (chosen, from = values) => {
		const picked = new Float64Array(chosen.length * width);
		chosen.forEach((i, n) => {
			for (let j = 0; j < width; j++) {
				picked[n * width + j] = (from[i * width + j] / unit[j] - origin[j] - mean[j]) * scale[j];
			}
		});
		return picked;
	};
}
