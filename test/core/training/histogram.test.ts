import assert from "node:assert/strict";
import { test } from "node:test";
import { histogramOf } from "../../../src/core/training/histogram.ts";

test("bins are of equal width from the smallest to the largest value, and the largest lies in the last", () => {
	const { min, max, counts } = histogramOf([0, 0.9, 1, 20.9, 21]);
	assert.deepEqual([min, max], [0, 21]);
	assert.deepEqual([counts.length, counts[0], counts[1], counts[20]], [21, 2, 1, 2]);
});

test("values that are all the same lie in the middle, and what is not finite lies nowhere", () => {
	const same = histogramOf([3, 3, Number.NaN, Number.POSITIVE_INFINITY]);
	assert.deepEqual([same.min, same.max, same.counts[10], same.counts[20]], [2.5, 3.5, 2, 0]);
	assert.equal(histogramOf([1e300, 1e300]).counts[10], 2);
	assert.deepEqual(histogramOf([Number.NaN]).counts, Array(21).fill(0));
});

test("the range of the largest numbers does not overflow", () => {
	const { counts } = histogramOf([-1.7e308, 0, 1.7e308]);
	assert.deepEqual([counts[0], counts[10], counts[20]], [1, 1, 1]);
});
