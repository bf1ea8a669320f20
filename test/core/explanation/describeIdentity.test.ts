import assert from "node:assert/strict";
import { test } from "node:test";
import { describeIdentity } from "../../../src/core/explanation/describeIdentity.ts";
import { readSource } from "../../../src/core/reading/readSource.ts";

function identityOf(returned: string): string {
	const { definitions } = readSource(`import numpy as np\ndef f(x, slope=0.2):\n    return ${returned}\n`, "python");
	return describeIdentity(definitions[0]!);
}

test("what a function is identical to is told with how close its code comes to it in float64", () => {
	assert.equal(identityOf("x / (1 + np.exp(-x))"), "identical to SiLU (in float64 within 1e−14)");
	// Also where nothing says that the formula is meant as an activation.
	assert.equal(identityOf("np.maximum(x, -x)"), "identical to Absolute value (in float64 within 1e−14)");
	assert.equal(
		identityOf("np.where(x > 0, x, slope * x)"),
		"identical to LeakyReLU with negative_slope = 0.2 (in float64 within 1e−14)",
	);
	assert.equal(
		identityOf("x / (1 + np.exp(-x)) + 1e-12 * np.tanh(x)"),
		"identical to SiLU (in float64 up to 1e−12 apart, at x = −8.3)",
	);
});

test("where the code gives no number is not told as close", () => {
	assert.equal(
		identityOf("np.log(1 + np.exp(x))"),
		"identical to Softplus (in float64 within 1e−14 where it is finite)",
	);
	assert.equal(
		identityOf("np.log(1 + np.exp(x)) + 1e-12"),
		"identical to Softplus (in float64 up to 1e−12 apart where it is finite, at x = 2.1e−8)",
	);
});

test("what a function is near to is told with its largest difference, and other functions by saying so", () => {
	assert.equal(identityOf("x * (27 + x**2) / (27 + 9 * x**2)"), "Tanh up to 0.024 for |x| ≤ 3, apart beyond");
	// Of SiLU and the many that are it with some parameters, it is SiLU; the bound lies at 20.
	assert.equal(identityOf("x / (1 + np.exp(-np.clip(x, -20, 20)))"), "identical to SiLU for |x| ≤ 20, apart beyond");
	assert.equal(identityOf("np.sin(x) * np.tanh(x) + 0.3"), "written by hand, not in the catalog");
});
