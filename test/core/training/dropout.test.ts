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

test("masks that are given say what stays", () => {
	const masks = [[[[1, 0, 1]]]];
	assert.deepEqual(keepFactors({ p: 0.5, masks }, 0, [3], 1), [Float64Array.of(2, 0, 2)]);
});
