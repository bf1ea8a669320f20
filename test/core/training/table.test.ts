import assert from "node:assert/strict";
import { test } from "node:test";
import { generate, partSizes, split, type Table } from "../../../src/core/training/table.ts";

const shares = { validation: 0.2, test: 0.2 };

/** Regression on one column, which is also the number to predict. */
function columnOf(values: readonly number[]): Table {
	const inputs = Float64Array.from(values);
	return {
		task: "regression",
		inputs,
		targets: inputs,
		samples: values.length,
		features: 1,
		classes: 0,
		featureNames: ["x"],
		classNames: [],
	};
}

/** Classes of these sizes, the input being the sample's number. */
function classesOf(...sizes: readonly number[]): Table {
	const targets = Float64Array.from(sizes.flatMap((size, k) => Array<number>(size).fill(k)));
	return {
		...columnOf(Array.from(targets, (_, i) => i)),
		task: "classification",
		targets,
		classes: sizes.length,
		classNames: sizes.map((_, k) => String(k)),
	};
}

const countsOf = (targets: Float64Array, classes: number) =>
	Array.from({ length: classes }, (_, k) => targets.filter((target) => target === k).length);

test("each part has its share of each class, and every sample is in one part", () => {
	const table = classesOf(100, 50, 10);
	const { training, validation, test: tested } = split(table, shares, 3);
	assert.deepEqual(countsOf(validation.targets, 3), [20, 10, 2]);
	assert.deepEqual(countsOf(tested.targets, 3), [20, 10, 2]);
	assert.deepEqual(countsOf(training.targets, 3), [60, 30, 6]);
	const inputs = [training, validation, tested].flatMap((part) => [...part.inputs]);
	assert.equal(new Set(inputs).size, 160);
	assert.deepEqual(partSizes(table, shares), { training: 96, validation: 32, test: 32 });
});

test("a class of one trains, one of two is validated, one of three is in every part", () => {
	const parts = split(classesOf(1, 2, 3, 20), { validation: 0.05, test: 0.05 }, 0);
	assert.deepEqual(countsOf(parts.training.targets, 4), [1, 1, 1, 18]);
	assert.deepEqual(countsOf(parts.validation.targets, 4), [0, 1, 1, 1]);
	assert.deepEqual(countsOf(parts.test.targets, 4), [0, 0, 1, 1]);
});

test("the same seed splits alike, another seed otherwise, and the test takes nothing from the validation", () => {
	const table = generate("moons", 100, 0.1, 0);
	const labelsOf = (seed: number, test: number) => {
		const { inputs, targets } = split(table, { validation: 0.2, test }, seed).validation;
		return JSON.stringify([inputs.length, ...targets, ...inputs.map((x) => Math.sign(x))]);
	};
	assert.equal(labelsOf(1, 0), labelsOf(1, 0));
	assert.equal(labelsOf(1, 0), labelsOf(1, 0.3));
	assert.notEqual(labelsOf(1, 0), labelsOf(2, 0));
});

test("without a test no sample is kept for one", () => {
	assert.equal(split(classesOf(20, 20), { validation: 0.2, test: 0 }, 0).test.samples, 0);
});

for (const [what, values] of [
	["of ordinary size", Array.from({ length: 40 }, (_, i) => 3 + 0.1 * i)],
	["up to 1.7e308", Array.from({ length: 40 }, (_, i) => 1.7e308 * Math.sin(i))],
	["down to 1e-300", Array.from({ length: 40 }, (_, i) => 1e-300 * Math.sin(i))],
	["far from 0", Array.from({ length: 40 }, (_, i) => 1e6 + i)],
] as const) {
	test(`values ${what} are standardised to mean 0 and deviation 1 over the training part`, () => {
		const { training } = split(columnOf(values), { validation: 0.2, test: 0 }, 0);
		const mean = training.inputs.reduce((sum, x) => sum + x, 0) / training.samples;
		const variance = training.inputs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / training.samples;
		assert.ok(Math.abs(mean) < 1e-9, `mean ${mean}`);
		assert.ok(Math.abs(variance - 1) < 1e-9, `variance ${variance}`);
	});
}

for (const value of [0, 0.1, 1 / 3, -1e300, 5e-324]) {
	test(`a column of ${value} everywhere becomes exactly 0, where a rounded mean would leave ±1`, () => {
		const { training, validation } = split(columnOf(Array<number>(37).fill(value)), shares, 0);
		assert.ok([...training.inputs, ...validation.inputs].every((x) => x === 0));
	});
}
