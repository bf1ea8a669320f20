import assert from "node:assert/strict";
import { test } from "node:test";
import { withDefaults } from "../../../src/core/activations/activation.ts";
import { hazardsOf } from "../../../src/core/diagnosis/hazards.ts";
import { inspectDefinition } from "../../../src/core/diagnosis/inspectDefinition.ts";
import { type ComputedForm, formIn } from "../../../src/core/diagnosis/libraryArithmetic.ts";
import { div, exp, x as input, mul, sub } from "../../../src/core/expression/build.ts";
import { compile } from "../../../src/core/expression/evaluate.ts";
import type { Dtype } from "../../../src/core/numerics/dtype.ts";
import { readPython } from "../../../src/core/reading/python/readPython.ts";

const DTYPES = ["float64", "float32", "float16", "bfloat16"] as const;
const IMPORTS =
	"import math\nimport numpy as np\nimport torch\nimport jax.numpy as jnp\nfrom scipy.special import erf\n";

function definitionOf(body: string) {
	const text = body.includes("\n") ? body : `    return ${body}`;
	const definition = readPython(`${IMPORTS}def my_relu(x):\n${text}\n`).definitions[0];
	assert.ok(definition?.understood, body);
	return definition;
}

function formOf(body: string, dtype: Dtype): ComputedForm | null {
	const { library, understood } = definitionOf(body);
	const { activation, writing } = understood!;
	return formIn({ written: activation.definition, parameters: withDefaults(activation), library, writing }, dtype);
}

/** The type of the result for an array of float64, float32, float16 and bfloat16: NumPy 2.4.6, ml_dtypes 0.6, SciPy 1.17. */
const RESULTS: readonly (readonly [body: string, ...results: readonly Dtype[]])[] = [
	["np.exp(x) * 2", "float64", "float32", "float16", "bfloat16"],
	["np.exp(x) * 0.5", "float64", "float32", "float16", "float32"],
	["np.exp(x) * np.pi", "float64", "float32", "float16", "float32"],
	["np.exp(x) ** 2", "float64", "float32", "float16", "bfloat16"],
	["np.exp(x) ** 2.0", "float64", "float32", "float16", "float32"],
	["x * np.sqrt(2)", "float64", "float64", "float64", "float64"],
	["np.exp(x) * math.sqrt(3)", "float64", "float32", "float16", "float32"],
	["np.maximum(0, 1) * x", "float64", "float64", "float64", "float64"],
	["np.where(x > 0, x, np.exp(x) - 1)", "float64", "float32", "float16", "bfloat16"],
	["np.where(x > 0, x, 0.5)", "float64", "float32", "float16", "float64"],
	["np.where(x > 0, 1, 0.01) * x", "float64", "float64", "float64", "float64"],
	["np.where(x > 0, 1, 0) * x", "float64", "float64", "float64", "float64"],
	["np.tanh(x) * (x > 0)", "float64", "float32", "float16", "bfloat16"],
	["np.tanh(x) * ((x > 0) * 0.5)", "float64", "float64", "float64", "float64"],
	["np.clip(x, -1, 1)", "float64", "float32", "float16", "float32"],
	["np.clip(x, 0, None)", "float64", "float32", "float16", "bfloat16"],
	["np.maximum(x, 0)", "float64", "float32", "float16", "bfloat16"],
	["np.heaviside(x, 0.5) * x", "float64", "float32", "float16", "float32"],
	["np.heaviside(x, 1) * x", "float64", "float32", "float16", "bfloat16"],
	["erf(x)", "float64", "float32", "float64", "float64"],
	["np.sinc(x)", "float64", "float32", "float16", "float32"],
	["np.zeros_like(x) + np.exp(x)", "float64", "float32", "float16", "bfloat16"],
	["x.clip(-1, 1) + np.exp(x)", "float64", "float32", "float16", "float32"],
	["    y = np.zeros_like(x)\n    y[x > 0] = x[x > 0]\n    return y", "float64", "float32", "float16", "bfloat16"],
	["    y = np.exp(x)\n    y += 1\n    return 1 / y", "float64", "float32", "float16", "bfloat16"],
];

test("results have the type that NumPy 2 gives them", () => {
	for (const [body, ...results] of RESULTS) {
		assert.deepEqual(
			DTYPES.map((dtype) => formOf(body, dtype)?.result),
			results,
			body,
		);
	}
});

test("each part is rounded to its own type: x³ of a bfloat16 to bfloat16, what a float64 meets not at all", () => {
	const form = formOf("np.sqrt(2) * x ** 3", "bfloat16")!;
	// 1.1015625³ = 1.33669…, in bfloat16 1.3359375; NumPy with ml_dtypes gives 1.8893009309828068.
	assert.deepEqual(
		[...compile([form.expression], {}, form.arithmetic)(Float64Array.of(1.1015625))[0]!],
		[1.8893009309828068],
	);
});

test("where the types are not certain nothing is said", () => {
	for (const body of [
		"np.tanh(x).astype(np.float16) * 2",
		"np.tanh(x, dtype=kind)",
		"    y = x * 1\n    y *= np.sqrt(2)\n    return np.tanh(y)",
		"torch.tanh(x.float())",
		"np.sqrt(2) * jnp.tanh(x)",
	]) {
		assert.equal(formOf(body, "bfloat16"), null, body);
	}
	assert.notEqual(formOf("torch.tanh(x.float())", "float32"), null);
	assert.notEqual(formOf("np.tanh(x).astype(x.dtype) * 2", "float16"), null);
	assert.equal(formOf("(np.sqrt(2) * np.tanh(x)).astype(x.dtype)", "float16"), null);
	// np.hypot does not overflow where x² does.
	assert.equal(formOf("(np.hypot(x, 1) - 1) / 2 + x", "float64"), null);
	// Without a word of NumPy the array may be PyTorch's, which promotes otherwise.
	assert.equal(formOf("x * ((x > 0) * 0.5)", "float32"), null);
	const { notInspected } = inspectDefinition(definitionOf("np.tanh(x).astype(np.float32)"));
	assert.deepEqual(
		notInspected.map(({ dtype }) => dtype),
		["float64", "float16", "bfloat16"],
	);
});

test("an exponential of a float16 overflows in float64's range where a constant of NumPy's own makes it float64", () => {
	const start = (body: string) =>
		inspectDefinition(definitionOf(body)).hazards.find(({ dtype, kind }) => dtype === "float16" && kind === "inf")?.lo;
	// log(65504/1.5)/√2 = 7.55, and log(1.8e308/1.5)/√2 = 501.6.
	assert.equal(start("np.log(1 + np.exp(x * math.sqrt(2)) * 1.5)"), 7.55859375);
	assert.equal(start("np.log(1 + np.exp(x * np.sqrt(2)) * 1.5)"), 501.75);
});

test("a form of which nothing is written has the types that its numbers give it", () => {
	const subject = { truth: null, parameters: {}, truthParameters: {}, library: "numpy" };
	assert.notEqual(hazardsOf({ ...subject, written: div(input, exp(sub(2, 1))) }, "float32"), null);
	assert.equal(formIn({ ...subject, written: mul(input, 0.5) }, "bfloat16")?.result, "float32");
});

test("a parameter's default that names or computes a number is Python's own, unless NumPy computes it", () => {
	const resultsOf = (value: string) => {
		const { definitions } = readPython(`${IMPORTS}A = 1.5\ndef f(x, a=${value}):\n    return np.maximum(x, a * x)\n`);
		const { understood } = definitions[0]!;
		const { activation, writing } = understood!;
		const subject = { written: activation.definition, parameters: withDefaults(activation), library: "numpy" };
		return DTYPES.map((dtype) => formIn({ ...subject, writing: writing! }, dtype)?.result);
	};
	for (const value of ["0.1", "np.pi", "1 / 3", "A", "-A", "math.sqrt(2)", "float('inf')"]) {
		assert.deepEqual(resultsOf(value), ["float64", "float32", "float16", "float32"], value);
	}
	for (const value of ["np.sqrt(2)", "A * np.sqrt(2)"]) assert.deepEqual(resultsOf(value), Array(4).fill("float64"));
});
