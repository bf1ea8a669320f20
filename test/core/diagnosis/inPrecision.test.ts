import assert from "node:assert/strict";
import { test } from "node:test";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { curveOf } from "../../../src/core/diagnosis/inPrecision.ts";
import { bestForm } from "../../../src/core/diagnosis/stableForm.ts";
import { readPython } from "../../../src/core/reading/python/readPython.ts";

function handWritten(code: string) {
	const [definition] = readPython(`import numpy as np\n${code}\n`).definitions;
	return { activation: definition!.understood!.activation, library: "numpy", truth: bestForm(definition!) };
}

const catalogEntry = (id: string) => {
	const activation = findActivation(id)!;
	return { activation, library: "numpy", truth: activation.stable };
};

test("a softplus as the textbook has it overflows in float16 where its exponential does", () => {
	const softplus = handWritten("def softplus(x):\n    return np.log(1 + np.exp(x))");
	const { bands, value, x } = curveOf(softplus, {}, [-20, 20], 4001, "float16");
	const overflow = bands.filter(({ kind }) => kind === "overflow");
	assert.equal(overflow.length, 1);
	// ln 65520 = 11.0901: the first float16 whose exponential is rounded to infinity.
	assert.ok(Math.abs(overflow[0]!.from - 11.09) < 0.02, String(overflow[0]!.from));
	assert.equal(overflow[0]!.to, 20);
	assert.equal(value[x.indexOf(20)], Number.POSITIVE_INFINITY);
	const underflow = bands.filter(({ kind }) => kind === "underflow");
	assert.ok(underflow.length > 0 && underflow.every(({ to }) => to < -7), "1 + e^x is 1 there");
});

test("in float64 nothing is marked, and a stable form loses nothing in float32", () => {
	assert.deepEqual(curveOf(catalogEntry("softplus"), {}, [-6, 6], 101, "float64").bands, []);
	assert.deepEqual(curveOf(catalogEntry("softplus"), {}, [-60, 60], 1001, "float32").bands, []);
});

test("values are those of the type: bfloat16 has eight bits", () => {
	const { value } = curveOf(catalogEntry("silu"), {}, [-6, 6], 241, "bfloat16");
	const cell = new DataView(new ArrayBuffer(4));
	for (const one of value) {
		cell.setFloat32(0, one);
		assert.equal(cell.getUint32(0) & 0xffff, 0, String(one));
	}
	assert.ok(new Set(value).size < 241);
});

test("where the function itself has no value, nothing is lost", () => {
	const root = handWritten("def act(x):\n    return np.sqrt(x) * np.tanh(x)");
	assert.ok(curveOf(root, {}, [-5, 5], 101, "float16").bands.every(({ from }) => from > -0.1));
});
