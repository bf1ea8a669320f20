import assert from "node:assert/strict";
import { test } from "node:test";
import { fromExpression } from "../../../src/core/activations/activation.ts";
import { catalog } from "../../../src/core/activations/catalog.ts";
import { derivativeOf } from "../../../src/core/diagnosis/derivativeOf.ts";
import { describeIdentity } from "../../../src/core/explanation/describeIdentity.ts";
import { readPython } from "../../../src/core/reading/python/readPython.ts";

function told(code: string): string {
	const { definitions } = readPython(`import numpy as np\n\n${code}\n`);
	return describeIdentity(definitions.at(-1)!);
}

test("the derivative of each entry is told as that of an entry with the same slope", () => {
	for (const { id, derivative, parameters } of catalog) {
		const slope = derivativeOf(fromExpression("f", derivative, parameters));
		if (slope === null) continue;
		assert.equal(slope.byValue, false, id);
		const same = catalog.find((one) => one.id === slope.activation)!;
		const again = derivativeOf(fromExpression("f", same.derivative, same.parameters));
		assert.equal(again?.activation, slope.activation, id);
	}
	for (const id of ["relu", "sigmoid", "tanh", "gelu", "silu", "mish", "softplus", "elu", "leaky_relu"]) {
		const { derivative, parameters } = catalog.find((one) => one.id === id)!;
		assert.equal(derivativeOf(fromExpression("f", derivative, parameters))?.activation, id);
	}
	// A step has no slope, and a line no derivative worth a word.
	for (const id of ["heaviside", "sign", "linear"]) {
		const { derivative } = catalog.find((one) => one.id === id)!;
		assert.equal(derivativeOf(fromExpression("f", derivative)), null, id);
	}
});

test("a derivative by hand is told with what it is the derivative of", () => {
	const sigmoid = "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n";
	assert.equal(
		told(`${sigmoid}\ndef sigmoid_prime(x):\n    s = sigmoid(x)\n    return s * (1 - s)`),
		"the derivative of Sigmoid",
	);
	assert.equal(told("def relu_derivative(z):\n    return (z > 0).astype(float)"), "the derivative of ReLU");
	assert.equal(told("def drelu(x):\n    return np.where(x > 0, 1, 0)"), "the derivative of ReLU");
	assert.equal(
		told("def leaky_relu_grad(x, alpha=0.2):\n    return np.where(x > 0, 1, alpha)"),
		"the derivative of LeakyReLU with negative_slope = 0.2",
	);
	assert.equal(
		told("def d_LeakyReLU(x, alpha=0.1):\n    return alpha if x < 0 else 1"),
		"the derivative of LeakyReLU with negative_slope = 0.1",
	);
	assert.equal(
		told(`${sigmoid}\ndef sigmoid_deri(z):\n    return sigmoid(z) * (1 - sigmoid(z))`),
		"the derivative of Sigmoid",
	);
	// By the value: what students feed with the input instead.
	const byValue = "the derivative of Sigmoid by its value: x is what Sigmoid gives, not what it is given";
	assert.equal(told("def sigmoid_derivative(x):\n    return x * (1 - x)"), byValue);
	assert.equal(
		told("def tanh_deriv(y):\n    return 1 - y ** 2"),
		"the derivative of Tanh by its value: x is what Tanh gives, not what it is given",
	);
	// A formula that nothing calls a derivative is not told as one of a value.
	assert.equal(told("def act(x):\n    return x * (1 - x)"), "written by hand, not in the catalog");
	assert.equal(told("def heaviside(x):\n    return np.where(x > 0, 1, 0)").startsWith("identical to Heaviside"), true);
});

test("a comparison is a function to be told of where its name says that it is a slope", () => {
	const { definitions } = readPython("def is_positive(x):\n    return x > 0\n\ndef relu_prime(x):\n    return x > 0\n");
	assert.deepEqual(
		definitions.map(({ name }) => name),
		["relu_prime"],
	);
});
