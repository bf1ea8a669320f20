import assert from "node:assert/strict";
import { test } from "node:test";
import { fromExpression } from "../../../src/core/activations/activation.ts";
import { inspectDefinition } from "../../../src/core/diagnosis/inspectDefinition.ts";
import { nearestOf } from "../../../src/core/diagnosis/nearest.ts";
import { explain } from "../../../src/core/explanation/explain.ts";
import { eq, tanh, where, x } from "../../../src/core/expression/build.ts";
import { readPython } from "../../../src/core/reading/python/readPython.ts";

function of(code: string) {
	const file = readPython(`import numpy as np\n${code}\n`);
	const { nearest } = inspectDefinition(file.definitions[0]!);
	return { nearest, text: explain(file.uses.find(({ kind }) => kind === "definition")!).identity };
}

test("a sigmoid with a sign wrong is told to be the mirror image", () => {
	const { nearest, text } = of("def sigmoid(x):\n    return 1 / (1 + np.exp(x))");
	assert.equal(nearest?.activation, "sigmoid");
	assert.equal(nearest.reflected, true);
	assert.equal(text, "Sigmoid of −x: a sign may be wrong");
});

test("what differs at a single point is told with that, however far out it is the same", () => {
	const found = nearestOf(fromExpression("f", where(eq(x, 0), 5, tanh(x))));
	assert.deepEqual([found?.activation, found?.difference, found?.x, found?.within], ["tanh", 5, 0, null]);
});

test("an approximation is told with its largest difference, and where that is", () => {
	const { nearest, text } = of("def fast_tanh(x):\n    return x * (27 + x * x) / (27 + 9 * x * x)");
	assert.equal(nearest?.activation, "tanh");
	assert.equal(nearest.within, 3);
	// At x = 3 it is 1, and tanh(3) = 0.99505; the largest difference, 0.0235, is at x = ±1.8.
	assert.ok(Math.abs(nearest.difference - 0.0235) < 5e-4, String(nearest.difference));
	assert.match(text ?? "", /^Tanh up to 0\.02\d for \|x\| ≤ 3, apart beyond$/);
});

test("what differs by a constant of few digits is near over the whole line", () => {
	const { nearest, text } = of("def gelu(x):\n    return 0.5 * x * (1 + np.tanh(0.8 * (x + 0.0447 * x**3)))");
	assert.equal(nearest?.activation, "gelu");
	assert.equal(nearest.within, null);
	assert.match(text ?? "", /^GELU up to 0\.00\d+, at x = −?[\d.]+$/);
});

test("a function of its own is near nothing", () => {
	for (const code of ["def act(x):\n    return x * np.sin(3 * x)", "def act(x):\n    return 0.7 * x"]) {
		assert.equal(of(code).nearest, null, code);
	}
});

test("parameters that bring an entry clearly nearer are told, in few digits", () => {
	const cases: readonly (readonly [code: string, text: RegExp])[] = [
		["x / (1 + np.exp(-1.4 * x)) + 0.001 * np.tanh(x)", /^Swish.* with beta = 1\.4 up to 0\.001, at x = /],
		[
			"np.where(x > 0, x, 0.2 * x) + 0.002 * np.cos(x)",
			/^LeakyReLU with negative_slope = 0\.2 up to 0\.002, at x = 0$/,
		],
		["np.where(x > 0, x, 1.7 * (np.exp(x) - 1)) + 0.002 * np.sin(x)", /^ELU with alpha = 1\.7 up to 0\.002, at x = /],
	];
	for (const [code, text] of cases) assert.match(of(`def act(x):\n    return ${code}`).text ?? "", text);
});

test("a function that no entry is near stays so with parameters to choose", () => {
	for (const code of ["x * np.sin(3 * x)", "np.sin(x) + 0.3 * x", "np.where(x > 0, np.sqrt(np.abs(x)), x)", "x ** 3"]) {
		assert.equal(of(`def act(x):\n    return ${code}`).nearest, null, code);
	}
});
