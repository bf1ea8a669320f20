import assert from "node:assert/strict";
import { test } from "node:test";
import { explain } from "../../../src/core/explanation/explain.ts";
import { printTfjs } from "../../../src/core/explanation/tfjsPrint.ts";
import { readSource } from "../../../src/core/reading/readSource.ts";

/** What is printed for the last use in the code; null where no values are shown. */
function printed(code: string): string | null {
	const source = `import * as tf from "@tensorflow/tfjs";\n${code}\n`;
	const use = readSource(source, "typescript").uses.at(-1);
	assert.ok(use, code);
	return explain(use, { source }).values?.print ?? null;
}

const SIGMOID = "const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));\n";
const SWISH = "function swish(x: tf.Tensor) { return x.mul(tf.sigmoid(x)); }\n";

test("a tensor of written numbers is followed through TensorFlow.js, and printed as it prints", () => {
	assert.equal(printed("tf.tanh(tf.tensor1d([1, 2]));"), "Tensor\n    [0.7615942, 0.9640276]");
	assert.equal(printed("tf.relu(tf.scalar(-1));"), "Tensor\n    0");
	assert.equal(printed("const x = tf.tensor([-1, 0.5]);\nx.relu();"), "Tensor\n    [0, 0.5]");
	assert.equal(printed("tf.relu(tf.tensor2d([[1, -2], [3.25, 4]]));"), "Tensor\n    [[1   , 0],\n     [3.25, 4]]");
	assert.equal(printed("tf.sigmoid([0, 1]);"), "Tensor\n    [0.5, 0.7310586]");
	assert.equal(printed(`${SWISH}swish(tf.tensor1d([1, -2]));`), "Tensor\n    [0.7310586, -0.2384058]");
});

test("JavaScript's own numbers are float64", () => {
	// JavaScript leaves the last digit of its functions open.
	assert.ok(Math.abs(Number(printed("const y = Math.tanh(0.5);")) - Math.tanh(0.5)) < 1e-15);
	assert.equal(printed(`${SIGMOID}sigmoid(2);`), String(1 / (1 + Math.exp(-2))));
	assert.equal(printed(`${SIGMOID}const x = -1 / 4;\nsigmoid(x);`), String(1 / (1 + Math.exp(0.25))));
	assert.equal(printed("const step_relu = (x) => (x > 0 ? x : 0);\nstep_relu(-3);"), "0");
});

test("where the numbers or their type are not certain, none are shown", () => {
	for (const code of [
		"tf.relu(x);",
		"tf.relu(tf.tensor1d([1, 2], 'int32'));",
		"tf.relu(tf.tensor([1, 2, 3, 4], [2, 2]));",
		"tf.relu(tf.tensor1d([[1, 2]]));",
		"const a = [1, 2];\na.push(3);\ntf.relu(a);",
		"let x = 1;\nif (y) { x = 2; }\ntf.relu(x);",
		`${SIGMOID}sigmoid([1, 2]);`,
		`${SWISH}swish(2);`,
		"const narrow_relu = (x) => Math.fround(Math.max(0, x));\nnarrow_relu(0.1);",
		"const relu2 = (x) => Math.max(0, x) ** 2;\nrelu2(3);",
	]) {
		assert.equal(printed(code), null, code);
	}
});

test("tensors are printed as TensorFlow.js prints them: 7 digits, columns aligned, long axes by their ends", () => {
	const of = (values: number[], shape: number[]) => printTfjs({ values, shape, dtype: "float32" });
	assert.equal(of([1.5], []), "Tensor\n    1.5");
	assert.equal(of([1e-9, -0, Number.NaN], [3]), "Tensor\n    [0, 0, NaN]");
	const long = Array.from({ length: 21 }, (_, i) => i);
	assert.equal(of(long, [21]), "Tensor\n    [0, 1, 2, ..., 18, 19, 20]");
	assert.equal(of([1, 2], [1, 2]), "Tensor\n     [[1, 2],]");
	const rows = Array.from({ length: 21 }, (_, i) => i);
	const ends = "    [[0 ],\n     [1 ],\n     [2 ],\n     ...,\n     [18],\n     [19],\n     [20]]";
	assert.equal(of(rows, [21, 1]), `Tensor\n${ends}`);
	assert.equal(of([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]), null);
});
