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
}

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

/** A table split for training: inputs standardised by the training part's mean and deviation, and so a regression's targets. */
export interface Split {
	readonly training: { readonly inputs: Float64Array; readonly targets: Float64Array; readonly samples: number };
	readonly validation: { readonly inputs: Float64Array; readonly targets: Float64Array; readonly samples: number };
}

/**
 * Holds out `share` of the samples, drawn by seed; for classification the same share of each class (rounded, at least
 * one of a class that has two). A constant column becomes 0.
 */
export function split(table: Table, share: number, seed: number): Split {
	const held = new Uint8Array(table.samples);
	const random = new Random(seed, "split");
	for (const members of groupsOf(table)) {
		random.shuffle(members);
		const count = Math.min(
			members.length - 1,
			Math.max(members.length > 1 ? 1 : 0, Math.round(members.length * share)),
		);
		for (let i = 0; i < count; i++) held[members[i]] = 1;
	}
	const indices = (value: number) => Array.from(held.keys()).filter((i) => held[i] === value);
	const [training, validation] = [indices(0), indices(1)];
	const inputs = standardise(table.inputs, table.features, training);
	const targets = table.task === "regression" ? standardise(table.targets, 1, training) : table.targets;
	const part = (chosen: readonly number[]) => ({
		inputs: rows(inputs, table.features, chosen),
		targets: rows(targets, 1, chosen),
		samples: chosen.length,
	});
	return { training: part(training), validation: part(validation) };
}

function groupsOf({ task, classes, targets, samples }: Table): number[][] {
	const groups: number[][] = Array.from({ length: task === "classification" ? classes : 1 }, () => []);
	for (let i = 0; i < samples; i++) groups[task === "classification" ? targets[i] : 0].push(i);
	return groups.filter((group) => group.length > 0);
}

function standardise(values: Float64Array, width: number, rows: readonly number[]): Float64Array {
	const result = Float64Array.from(values);
	for (let j = 0; j < width; j++) {
		let mean = 0;
		for (const i of rows) mean += values[i * width + j] / rows.length;
		let variance = 0;
		for (const i of rows) variance += (values[i * width + j] - mean) ** 2 / rows.length;
		const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0;
		for (let k = j; k < values.length; k += width) result[k] = (values[k] - mean) * scale;
	}
	return result;
}
