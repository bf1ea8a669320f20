import assert from "node:assert/strict";
import { test } from "node:test";
import { numpyExp } from "../../../src/core/diagnosis/numpyExp.ts";
import { nextUp, unitInLastPlace } from "../../../src/core/numerics/dtype.ts";
import { Random } from "../../../src/core/numerics/random.ts";

test("NumPy's float32 exp is 1 from −4.106e-8 to 8.213e-8, where the nearest number is 1 in a smaller range", () => {
	// Found by bisection with NumPy 2.4.6.
	assert.equal(numpyExp(Math.fround(-4.1063e-8)), 1);
	assert.notEqual(numpyExp(Math.fround(-4.1064e-8)), 1);
	assert.equal(numpyExp(Math.fround(8.2126e-8)), 1);
	assert.notEqual(numpyExp(Math.fround(8.2128e-8)), 1);
});

test("NumPy's float32 exp is within 4 units in the last place, and leaves the range where exp does", () => {
	const random = new Random(20261126, "numpy exp");
	for (let i = 0; i < 20_000; i++) {
		const u = Math.fround((random.uniform() * 2 - 1) * 10 ** (random.uniform() * 10 - 8));
		if (Math.abs(u) > 87) continue;
		const error = Math.abs(numpyExp(u) - Math.exp(u));
		assert.ok(error <= 4 * unitInLastPlace(Math.exp(u), "float32"), `at ${u}: ${numpyExp(u)}`);
	}
	const highest = 88.72283172607422; // e^x is the last below 2¹²⁸.
	assert.ok(Number.isFinite(numpyExp(highest)));
	assert.equal(numpyExp(nextUp(highest, "float32")), Number.POSITIVE_INFINITY);
	assert.equal(numpyExp(1e30), Number.POSITIVE_INFINITY);
	assert.equal(numpyExp(-104), 0);
	assert.ok(numpyExp(-103.9) > 0);
	assert.equal(numpyExp(Number.NEGATIVE_INFINITY), 0);
	assert.ok(Number.isNaN(numpyExp(Number.NaN)));
});
