import assert from "node:assert/strict";
import { test } from "node:test";
import { numpyExpInDouble, numpyExpInSingle } from "../../../src/core/diagnosis/numpyExp.ts";
import { nextUp, unitInLastPlace } from "../../../src/core/numerics/dtype.ts";
import { Random } from "../../../src/core/numerics/random.ts";

test("NumPy's float32 exp is 1 from −4.106e-8 to 8.213e-8, where the nearest number is 1 in a smaller range", () => {
	// Found by bisection with NumPy 2.4.6.
	assert.equal(numpyExpInSingle(Math.fround(-4.1063e-8)), 1);
	assert.notEqual(numpyExpInSingle(Math.fround(-4.1064e-8)), 1);
	assert.equal(numpyExpInSingle(Math.fround(8.2126e-8)), 1);
	assert.notEqual(numpyExpInSingle(Math.fround(8.2128e-8)), 1);
});

test("NumPy's float32 exp is within 4 units in the last place, and leaves the range where exp does", () => {
	const random = new Random(20261126, "numpy exp");
	for (let i = 0; i < 20_000; i++) {
		const u = Math.fround((random.uniform() * 2 - 1) * 10 ** (random.uniform() * 10 - 8));
		if (Math.abs(u) > 87) continue;
		const error = Math.abs(numpyExpInSingle(u) - Math.exp(u));
		assert.ok(error <= 4 * unitInLastPlace(Math.exp(u), "float32"), `at ${u}: ${numpyExpInSingle(u)}`);
	}
	const highest = 88.72283172607422; // e^x is the last below 2¹²⁸.
	assert.ok(Number.isFinite(numpyExpInSingle(highest)));
	assert.equal(numpyExpInSingle(nextUp(highest, "float32")), Number.POSITIVE_INFINITY);
	assert.equal(numpyExpInSingle(1e30), Number.POSITIVE_INFINITY);
	assert.equal(numpyExpInSingle(-104), 0);
	assert.ok(numpyExpInSingle(-103.9) > 0);
	assert.equal(numpyExpInSingle(Number.NEGATIVE_INFINITY), 0);
	assert.ok(Number.isNaN(numpyExpInSingle(Number.NaN)));
});

test("NumPy's float64 exp with AVX-512 is 1 from −4.51e-17 to 1.11e-16, where the nearest number is 1 from −5.55e-17 on", () => {
	// Found by bisection with NumPy 2.4.6.
	for (const [edge, above, below] of [
		[-4.51028104e-17, 1, 1 - 2 ** -53],
		[-1.56125113e-16, 1 - 2 ** -53, 1 - 2 ** -52],
		[1.11022303e-16, 1 + 2 ** -52, 1],
	] as const) {
		assert.equal(numpyExpInDouble(edge + 1e-24), above);
		assert.equal(numpyExpInDouble(edge - 1e-24), below);
	}
});

test("NumPy's float64 exp is next to exp, or the same", () => {
	const random = new Random(20261126, "numpy exp in double");
	for (let i = 0; i < 20_000; i++) {
		const u = (random.uniform() * 2 - 1) * 10 ** (random.uniform() * 20 - 18);
		const error = Math.abs(numpyExpInDouble(u) - Math.exp(u));
		assert.ok(error <= unitInLastPlace(Math.exp(u), "float64"), `at ${u}: ${numpyExpInDouble(u)}`);
	}
	for (const [u, value] of [
		[0, 1],
		[-0, 1],
		[Number.NEGATIVE_INFINITY, 0],
		[Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
	] as const) {
		assert.equal(numpyExpInDouble(u), value);
	}
	assert.ok(Number.isNaN(numpyExpInDouble(Number.NaN)));
});
