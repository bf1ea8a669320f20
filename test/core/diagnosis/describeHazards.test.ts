import assert from "node:assert/strict";
import { test } from "node:test";
import { describeHazards } from "../../../src/core/diagnosis/describeHazards.ts";
import { inspectDefinition } from "../../../src/core/diagnosis/inspectDefinition.ts";
import { readPython } from "../../../src/core/reading/python/readPython.ts";

function of(text: string) {
	const definition = readPython(text).definitions[0]!;
	const inspection = inspectDefinition(definition);
	return { texts: describeHazards(inspection) };
}

test("a hazard is one sentence with the threshold of each type and a witness", () => {
	const { texts } = of(
		"import numpy as np\ndef tanh(x):\n    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))",
	);
	const nan = texts.filter(({ kind }) => kind === "nan").map(({ message }) => message);
	assert.ok(
		nan.some((text) =>
			/^NaN: float64 x ≥ 709\.8, float32 x ≥ 88\.72, float16 x ≥ 11\.09, bfloat16 x ≥ 89; at x = 100 /.test(text),
		),
		nan.join("\n"),
	);
});

test("losses among subnormal numbers are not spoken of", () => {
	const torch = of("import torch\ndef sigmoid(x):\n    return 1 / (1 + torch.exp(-x))").texts;
	assert.deepEqual(
		torch.map(({ message }) => message.split(":")[0]),
		["NaN gradient"],
	);
	assert.deepEqual(of("import numpy as np\ndef gauss(x):\n    return np.exp(-(x * x))").texts, []);
});

test("but an overflow on the way to one is, of which NumPy warns, wherever it is", () => {
	const { texts } = of("import numpy as np\ndef sigmoid(x):\n    return 1 / (1 + np.exp(-x))");
	assert.deepEqual(
		texts.map(({ kind, message }) => [kind, message]),
		[
			[
				"inf",
				"Overflow: float64 x ≤ −709.8, float32 x ≤ −88.72, float16 x ≤ −11.09, bfloat16 x ≤ −89; at x = −100 NumPy warns of ∞ on the way in float32, the code gives 0, the function is 3.78351e−44.",
			],
		],
	);
});

test("one that only 16-bit numbers meet is not", () => {
	const { texts } = of("import numpy as np\ndef sigmoid(x):\n    return 1 / (1 + np.exp(-np.clip(x, -20, 20)))");
	assert.deepEqual(texts, []);
});

test("an exception is spoken of, however small the value is there", () => {
	const { texts } = of("import math\ndef sigmoid(x):\n    return 1 / (1 + math.exp(-x))");
	assert.deepEqual(
		texts.map(({ kind, message }) => [kind, message.split(";")[0]]),
		[["exception", "Exception: float64 x ≤ −709.8"]],
	);
});

test("of a softmax it is said for which vector it fails", () => {
	const { texts } = of("import numpy as np\ndef softmax(x):\n    return np.exp(x) / np.sum(np.exp(x))");
	assert.deepEqual(
		texts.map(({ message }) => message),
		[
			"NaN for [x, 0]: float64 x ≥ 709.8, float32 x ≥ 88.72, float16 x ≥ 11.09, bfloat16 x ≥ 89; at x = 100 the code gives NaN in float32, the function is 1.",
		],
	);
});

test("of a function that is no activation of the catalog only what pre-activations meet is told", () => {
	const of16 = of("import numpy as np\ndef fast_tanh(x):\n    return x * (27 + x * x) / (27 + 9 * x * x)");
	assert.deepEqual(of16.texts, []);
	const near = of("import numpy as np\ndef f(x):\n    return x + 0.1 * np.log(1 + np.exp(x))").texts;
	assert.deepEqual(
		near.map(({ kind, isFar }) => [kind, isFar]),
		[["inf", false]],
	);
	assert.match(near[0]!.message, /^Overflow: float64 x ≥ 709\.8, float32 x ≥ 88\.72/);
});

test("what takes inputs that no healthy network has is told as far", () => {
	const { texts } = of("import numpy as np\ndef relu(x):\n    return (x + np.abs(x)) / 2");
	assert.deepEqual(
		texts.map(({ kind, isFar }) => [kind, isFar]),
		[["inf", true]],
	);
});
