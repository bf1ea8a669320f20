import assert from "node:assert/strict";
import { test } from "node:test";
import { typicalOfFew } from "../../../../src/core/diagnosis/propagation/fewOutputs.ts";

test("the typical square of one normal is 0.28 of its mean, of many numbers it is the mean", () => {
	// E[log χ²] of n degrees of freedom is ψ(n/2) + log 2.
	const euler = 0.5772156649015329;
	const exact = (units: number, digamma: number) => Math.exp(digamma + Math.log(2 / units));
	assert.ok(Math.abs(typicalOfFew(1, 1) - exact(1, -euler - 2 * Math.LN2)) < 1e-3);
	assert.ok(Math.abs(typicalOfFew(1, 2) - exact(2, -euler)) < 1e-4);
	assert.ok(Math.abs(typicalOfFew(1, 4) - exact(4, 1 - euler)) < 1e-6);
	assert.ok(Math.abs(typicalOfFew(1, 100) - Math.exp(-1 / 100)) < 1e-4);
	assert.equal(typicalOfFew(0, 1), 1);
	assert.equal(typicalOfFew(1, 1000), 1);
});
