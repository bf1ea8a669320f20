import assert from "node:assert/strict";
import { test } from "node:test";
import type { Activation } from "../../../../src/core/activations/activation.ts";
import { catalog } from "../../../../src/core/activations/catalog.ts";
import { readSource } from "../../../../src/core/reading/readSource.ts";
import { slowdown } from "../../../../src/core/training/kernels/slowdown.ts";
import { Network } from "../../../../src/core/training/network.ts";
import { describeEngine } from "../../../../src/core/training/session.ts";

function slowdownOf(activation: Activation): number {
	return slowdown(new Network({ widths: [64, 64, 64, 64, 10], activation, parameters: {}, norm: "none" }));
}

function written(expression: string): Activation {
	const text = `import numpy as np\ndef f(x, p=1.5):\n    return ${expression}\n`;
	return readSource(text, "python").definitions[0]!.understood!.activation;
}

test("no activation of the catalog makes a step three times as long as tanh does", () => {
	for (const activation of catalog) {
		const times = slowdownOf(activation);
		assert.ok(times > 0.5 && times < 3, `${activation.id}: ${times}`);
	}
});

test("a power that JavaScript is asked for is slow, one with a constant exponent is not", () => {
	assert.ok(slowdownOf(written("np.where(x > 0, x ** p, x)")) > 3);
	assert.ok(slowdownOf(written("np.where(x > 0, x ** 1.5, x)")) < 3);
});

test("an engine says what it is, and when it is slow", () => {
	const engine = { precision: "float32", relaxed: false, reason: null, slowdown: 1.2 } as const;
	assert.equal(describeEngine(engine), "float32, SIMD");
	assert.equal(
		describeEngine({ ...engine, relaxed: true, slowdown: 8.9 }),
		"float32, relaxed SIMD, with this activation up to about 9 times slower than with tanh",
	);
	const reason = "the data and weights are too large for the float32 kernels";
	assert.equal(
		describeEngine({ ...engine, precision: "float64", reason }),
		"float64, which is much slower: the data and weights are too large for the float32 kernels",
	);
});
