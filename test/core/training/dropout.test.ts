import assert from "node:assert/strict";
import { test } from "node:test";
import { keepFactors } from "../../../src/core/training/dropout.ts";

test("dropout's factors are 0 or 1/(1 − p), and 0 as often as p says", () => {
	const [factors] = keepFactors({ p: 0.2, seed: 7 }, 0, [1000], 100);
	assert.deepEqual([...new Set(factors)].sort(), [0, 1.25]);
	const zeros = factors!.filter((one) => one === 0).length;
	// Five standard deviations of a binomial.
	assert.ok(Math.abs(zeros / 1e5 - 0.2) < 5 * Math.sqrt(0.16 / 1e5), `${zeros}`);
});

test("the same seed, step and layer drop the same units, whatever was drawn before", () => {
	const unbroken = [0, 1, 2].map((step) => keepFactors({ p: 0.5, seed: 3 }, step, [8, 8], 4));
	assert.deepEqual(keepFactors({ p: 0.5, seed: 3 }, 2, [8, 8], 4), unbroken[2]);
	assert.notDeepEqual(unbroken[0], unbroken[1]);
	assert.notDeepEqual(unbroken[0]![0], unbroken[0]![1]);
	assert.notDeepEqual(keepFactors({ p: 0.5, seed: 4 }, 2, [8, 8], 4), unbroken[2]);
});

test("what is dropped of neighbours in a sample, in a batch, in steps and in layers is independent", () => {
	const p = 0.3;
	const [width, batch] = [64, 64];
	const steps = Array.from({ length: 25 }, (_, step) => keepFactors({ p, seed: 11 }, step, [width, width], batch));
	const one = { unit: 0, sample: 0, step: 0, layer: 0 };
	for (const [name, by] of Object.entries({
		unit: { ...one, unit: 1 },
		"eight units": { ...one, unit: 8 },
		sample: { ...one, sample: 1 },
		"four samples": { ...one, sample: 4 },
		step: { ...one, step: 1 },
		layer: { ...one, layer: 1 },
	})) {
		let [both, count] = [0, 0];
		for (let s = 0; s + by.step < steps.length; s++) {
			const [a, b] = [steps[s]![0]!, steps[s + by.step]![by.layer]!];
			for (let n = 0; n + by.sample < batch; n++) {
				for (let j = 0; j + by.unit < width; j++, count++) {
					if (a[n * width + j] === 0 && b[(n + by.sample) * width + j + by.unit] === 0) both++;
				}
			}
		}
		const wanted = p * p;
		// Five standard deviations, as if the pairs were independent of each other, too.
		const bound = 5 * Math.sqrt((wanted * (1 - wanted)) / count);
		assert.ok(Math.abs(both / count - wanted) < bound, `the next ${name}: both dropped ${both} times in ${count}`);
	}
});

test("masks that are given say what stays", () => {
	const masks = [[[[1, 0, 1]]]];
	assert.deepEqual(keepFactors({ p: 0.5, masks }, 0, [3], 1), [Float64Array.of(2, 0, 2)]);
});
