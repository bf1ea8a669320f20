import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isWeightStep } from "../../../../src/core/diagnosis/propagation/weights.ts";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
import { codeOf } from "../../../../src/core/reading/readSource.ts";
import { unknownsOf, weightsOf } from "./told.ts";

describe("TensorFlow.js", () => {
	const HEAD = 'import * as tf from "@tensorflow/tfjs";\n';
	const script = (text: string) => readModels(codeOf(HEAD + text, "typescript")!);

	test("a sequential model as a list and by add", () => {
		const listed =
			"const a = tf.sequential({layers: [tf.layers.dense({units: 16, inputShape: [8], activation: 'relu'}), tf.layers.dense({units: 2})]});";
		const added =
			"const a = tf.sequential();\na.add(tf.layers.dense({units: 16, inputShape: [8], activation: 'relu'}));\na.add(tf.layers.dense({units: 2}));";
		for (const text of [listed, added]) {
			const [model] = script(text);
			assert.equal(model!.framework, "tfjs");
			assert.deepEqual(weightsOf(model!), [
				[8, 16],
				[16, 2],
			]);
		}
	});

	test("layers that a loop adds, by each value, by a count and by a method; parts of objects by name are not followed", () => {
		const made = (loop: string) =>
			script(`const m = tf.sequential();\n${loop}\nm.add(tf.layers.dense({units: 2}));`)[0]!;
		const add = (units: string) => `m.add(tf.layers.dense({units: ${units}, inputShape: [8]}));`;
		const sizes = [
			[8, 16],
			[16, 4],
			[4, 2],
		];
		assert.deepEqual(weightsOf(made(`for (const units of [16, 4]) ${add("units")}`)), sizes);
		assert.deepEqual(weightsOf(made(`for (const units of [16, 4]) { ${add("units")} }`)), sizes);
		assert.deepEqual(weightsOf(made(`for (let i = 0; i < 2; i++) { ${add("i === 0 ? 16 : 4")} }`)), sizes);
		assert.deepEqual(weightsOf(made(`for (let i = 4; i > 0; i -= 2) { ${add("i === 4 ? 16 : 4")} }`)), sizes);
		assert.deepEqual(weightsOf(made(`let i = 0;\nwhile (i < 2) { ${add("i === 0 ? 16 : 4")} i++; }`)), sizes);
		assert.deepEqual(weightsOf(made(`[16, 4].forEach((units) => { ${add("units")} });`)), sizes);
		for (const loop of [
			`for (const {units} of [{units: 16}]) ${add("units")}`,
			`for (let i = 0; i < options.depth; i++) ${add("16")}`,
			`for (;;) ${add("16")}`,
		]) {
			assert.ok(unknownsOf(made(loop)).length > 0, loop);
		}
	});

	test("a functional model; a size that is not known is none", () => {
		const text = (units: string) =>
			`const x = tf.input({shape: [8]});\nconst h = tf.layers.dense({units: ${units}, kernelInitializer: 'heNormal'}).apply(x);\nconst y = tf.layers.add().apply([h, tf.layers.dense({units: 4}).apply(x)]);\nconst model = tf.model({inputs: x, outputs: y});`;
		const [model] = script(text("4"));
		assert.deepEqual(
			model!.layers.map(({ step }) => step.kind),
			["input", "linear", "linear", "add"],
		);
		const { step } = model!.layers[1]!;
		assert.deepEqual(isWeightStep(step) && step.weight.draw, {
			kind: "variance-scaling",
			scale: 2,
			fan: "in",
			distribution: "truncated-normal",
		});
		assert.deepEqual(weightsOf(script(text("options.units"))[0]!)[0], [8, null]);
	});
});
