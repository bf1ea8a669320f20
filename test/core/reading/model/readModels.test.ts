/**
 * Models read from source, held against the same models run by PyTorch, Keras and Flax (`test/python/models.py` writes
 * test/fixtures/models/expected.json): the calls of layers with weights in their order, sizes, and the weights' deviation.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { drawnMoments, isWeightStep, weightSize } from "../../../../src/core/diagnosis/propagation/weights.ts";
import type { Model } from "../../../../src/core/reading/model/model.ts";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
import { codeOf } from "../../../../src/core/reading/readSource.ts";

type Call = readonly [inputs: number, outputs: number, std: number];

const FOLDER = "test/fixtures/models";
const expected: Record<string, Record<string, readonly Call[]>> = JSON.parse(
	readFileSync(`${FOLDER}/expected.json`, "utf8"),
);

/** Features of the samples that test/python/models.py runs models with. */
const RUN_WITH = 64;

/** Standard errors within which a deviation drawn once lies; the weights of an orthogonal matrix scatter less. */
const SURELY = 5;

for (const [file, models] of Object.entries(expected)) {
	const read = modelsOf(readFileSync(`${FOLDER}/${file}.py`, "utf8"));
	describe(`${file} is read as it runs`, () => {
		for (const [name, calls] of Object.entries(models)) {
			test(name, () => {
				const model = read.find((one) => one.name === name);
				assert.ok(model, `no model ${name}`);
				assert.deepEqual(unknownsOf(model), []);
				const made = weightsOf(model);
				assert.deepEqual(
					made.map(([inputs, outputs]) => [inputs, outputs]),
					calls.map(([inputs, outputs]) => [inputs, outputs]),
				);
				made.forEach(([inputs, outputs, std], i) => {
					const tolerance = (SURELY * std) / Math.sqrt(2 * inputs * outputs);
					assert.ok(Math.abs(std - calls[i]![2]) <= tolerance, `layer ${i}: ${std} read, ${calls[i]![2]} drawn`);
				});
			});
		}
	});
}

describe("what is not understood is an unknown", () => {
	const torch = (init: string, forward: string) =>
		modelsOf(
			[
				"import torch\nimport torch.nn as nn\nfrom elsewhere import Block, init_weights, WIDTH, helper\n",
				"class Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n",
				...init.split("\n").map((line) => `\t\t${line}\n`),
				"\tdef forward(self, x):\n",
				...forward.split("\n").map((line) => `\t\t${line}\n`),
			].join(""),
		)[0]!;

	test("a size from elsewhere, and the same with a number", () => {
		const sizes = (width: string) =>
			weightsOf(torch(`self.a = nn.Linear(64, ${width})`, "return torch.relu(self.a(x))")).map(
				([, outputs]) => outputs,
			);
		assert.deepEqual(sizes("96"), [96]);
		assert.deepEqual(sizes("WIDTH"), [null]);
	});

	test("a block of another module, and the same as a layer", () => {
		const of = (block: string) =>
			unknownsOf(torch(`self.a = nn.Linear(64, 64)\nself.b = ${block}`, "return self.b(self.a(x))"));
		assert.deepEqual(of("nn.Linear(64, 64)"), []);
		assert.equal(of("Block(64)").length, 1);
	});

	test("weights that an unknown function was given, and weights left as they are", () => {
		const draw = (after: string) => {
			const { step } = torch(`self.a = nn.Linear(64, 64)\n${after}`, "return self.a(x)").layers.find((one) =>
				isWeightStep(one.step),
			)!;
			return isWeightStep(step) && step.weight.draw.kind;
		};
		assert.equal(draw("pass"), "variance-scaling");
		assert.equal(draw("self.apply(init_weights)"), "unknown");
		assert.equal(draw("init_weights(self.a)"), "unknown");
		assert.equal(draw("helper(self.a.weight)"), "unknown");
		assert.equal(draw("print(self.a.weight)"), "variance-scaling");
	});

	test("a value that passes through an unknown function", () => {
		const of = (value: string) => unknownsOf(torch("self.a = nn.Linear(64, 64)", `return self.a(${value})`));
		assert.deepEqual(of("torch.tanh(x)"), []);
		assert.equal(of("helper(x)").length, 1);
	});
});

describe("broken and endless code gives fewer models, never an exception", () => {
	const whole = readFileSync(`${FOLDER}/torch_models.py`, "utf8");

	test("a file cut anywhere", () => {
		for (let end = 0; end < whole.length; end += 101) modelsOf(whole.slice(0, end));
	});

	test("a class that makes itself, and loops without end", () => {
		const head = "import torch.nn as nn\nclass Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n";
		modelsOf(`${head}\t\tself.inner = Net()\n\tdef forward(self, x):\n\t\treturn self.inner(x)\n`);
		modelsOf(`${head}\t\tself.a = nn.Linear(4, 4)\n\tdef forward(self, x):\n\t\treturn self.forward(self.a(x))\n`);
		modelsOf(
			`${head}\t\tself.a = nn.Linear(4, 4)\n\tdef forward(self, x):\n\t\tfor i in range(10**12):\n\t\t\tx = self.a(x)\n\t\treturn x\n`,
		);
	});
});

function modelsOf(text: string): readonly Model[] {
	return readModels(codeOf(text, "python")!);
}

function unknownsOf({ layers }: Model): string[] {
	return layers.flatMap(({ step }) => (step.kind === "unknown" ? [`${step.what}: ${step.reason}`] : []));
}

/**
 * Inputs, outputs and deviation of each layer with a weight; NaN for a deviation that is not known. A layer that is fed
 * by the model's input, whose size Flax leaves to the first call, has the size that the models are run with.
 */
function weightsOf({ layers, framework }: Model): [inputs: number, outputs: number, std: number][] {
	return layers.flatMap(({ step, inputs: fed }): [number, number, number][] => {
		if (step.kind !== "linear") return [];
		const isFirst = fed.every((one) => layers[one]!.step.kind === "input");
		const inputs = framework === "flax" && isFirst ? (step.inputs ?? RUN_WITH) : step.inputs;
		const size = weightSize({ ...step, inputs }, framework);
		const moments = size && drawnMoments(step.weight.draw, size, framework);
		return [[inputs!, step.outputs!, moments ? Math.sqrt(moments.variance) : Number.NaN]];
	});
}
