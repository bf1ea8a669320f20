import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isWeightStep } from "../../../../src/core/diagnosis/propagation/weights.ts";
import { modelsOf, unknownsOf, weightsOf } from "./told.ts";

describe("what is not understood is an unknown", () => {
	const torch = (init: string, forward: string, before = "") =>
		modelsOf(
			[
				"import functools\nimport torch\nimport torch.nn as nn\nfrom elsewhere import Block, init_weights, WIDTH, helper\n",
				before,
				"class Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n",
				...init.split("\n").map((line) => `\t\t${line}\n`),
				"\tdef forward(self, x):\n",
				...forward.split("\n").map((line) => `\t\t${line}\n`),
			].join(""),
		)[0]!;

	/** How the weights of a linear layer are drawn behind some code of the constructor. */
	const drawnBehind = (after: string, before?: string) => {
		const { layers } = torch(`self.a = nn.Linear(64, 64)\n${after}`, "return self.a(x)", before);
		const { step } = layers.find((one) => isWeightStep(one.step))!;
		return isWeightStep(step) && step.weight.draw.kind;
	};

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
		assert.equal(drawnBehind("pass"), "variance-scaling");
		assert.equal(drawnBehind("self.apply(init_weights)"), "unknown");
		assert.equal(drawnBehind("init_weights(self.a)"), "unknown");
		assert.equal(drawnBehind("helper(self.a.weight)"), "unknown");
		assert.equal(drawnBehind("print(self.a.weight)"), "variance-scaling");
	});

	test("weights that a function was given which was handed on under another name", () => {
		const each = "def each(fn, module):\n\tfor child in module.children():\n\t\teach(fn, child)\n\tfn(module)\n";
		const draw = (fn: string) => drawnBehind(`each(${fn}, self)`, each);
		assert.equal(draw("lambda module: None"), "variance-scaling");
		assert.equal(draw("print"), "variance-scaling");
		assert.equal(draw("init_weights"), "unknown");
		assert.equal(draw("functools.partial(init_weights, std=1)"), "unknown");
		assert.equal(draw("helper(1)"), "unknown");
		// What is given values of the model computes something.
		const { layers } = torch("self.a = nn.Linear(64, 64)", "attend = helper(1)\nreturn attend(self, self.a(x))");
		const { step } = layers.find((one) => isWeightStep(one.step))!;
		assert.equal(isWeightStep(step) && step.weight.draw.kind, "variance-scaling");
	});

	test("a value that passes through an unknown function", () => {
		const of = (value: string) => unknownsOf(torch("self.a = nn.Linear(64, 64)", `return self.a(${value})`));
		assert.deepEqual(of("torch.tanh(x)"), []);
		assert.equal(of("helper(x)").length, 1);
	});
});
