import assert from "node:assert/strict";
import { test } from "node:test";
import { lossOf } from "../../../src/core/training/loss.ts";

const crossEntropy = (logits: readonly number[]) =>
	lossOf("cross_entropy", Float64Array.from(logits), Float64Array.of(0), 1).value;

test("a cross entropy of 1e-13 is PyTorch's, however large the logits are", () => {
	// torch.nn.functional.cross_entropy in float64.
	for (const shift of [0, 30, 1000, -1000]) assert.equal(crossEntropy([shift, shift - 30]), 9.348077867343381e-14);
});

test("a cross entropy of logits of ±1e308 is their difference, and of an impossible class infinite", () => {
	assert.equal(crossEntropy([0, 1e308]), 1e308);
	assert.equal(crossEntropy([0, Number.NEGATIVE_INFINITY]), 0);
	assert.equal(crossEntropy([Number.NEGATIVE_INFINITY, 0]), Number.POSITIVE_INFINITY);
});
