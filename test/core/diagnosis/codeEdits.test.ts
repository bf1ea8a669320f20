import assert from "node:assert/strict";
import { test } from "node:test";
import {
	type CodeEdit,
	derivativeInsertion,
	libraryReplacement,
	stableReplacement,
} from "../../../src/core/diagnosis/codeEdits.ts";
import { inspectDefinition } from "../../../src/core/diagnosis/inspectDefinition.ts";
import { readSource } from "../../../src/core/reading/readSource.ts";

/** The text after the edit, with what it imports in front; null where there is no edit. */
function after(text: string, edit: CodeEdit | null): string | null {
	if (!edit) return null;
	const imports = edit.imports.map((line) => `${line}\n`).join("");
	return imports + text.slice(0, edit.span.start) + edit.code + text.slice(edit.span.end);
}

function first(text: string, language: string) {
	const [definition] = readSource(text, language).definitions;
	assert.ok(definition, text);
	return definition;
}

function stable(text: string, language = "python"): string | null {
	const definition = first(text, language);
	return after(text, stableReplacement(definition, inspectDefinition(definition), text));
}

const library = (text: string, language = "python") => after(text, libraryReplacement(first(text, language), text));
const derivative = (text: string, language = "python") => after(text, derivativeInsertion(first(text, language), text));

const NUMPY = "import numpy as np\n";
const TORCH = "import torch\nfrom torch import nn\n";
const TFJS = 'import * as tf from "@tensorflow/tfjs";\n';

const stableForms: readonly (readonly [what: string, before: string, after: string | null, language?: string])[] = [
	[
		"a function that only returns, under the name of its own input",
		`${NUMPY}def softplus(value):\n    return np.log(1 + np.exp(value))\n`,
		`${NUMPY}def softplus(value):\n    return np.logaddexp(value, 0)\n`,
	],
	[
		"a function of several steps, whose docstring stays",
		`${NUMPY}def softplus(x):\n    """log(1 + e^x)."""\n    e = np.exp(x)\n    return np.log(1 + e)\n`,
		`${NUMPY}def softplus(x):\n    """log(1 + e^x)."""\n    return np.logaddexp(x, 0)\n`,
	],
	[
		"a function whose comments would be lost",
		`${NUMPY}def softplus(x):\n    # naive\n    return np.log(1 + np.exp(x))\n`,
		null,
	],
	[
		"a function with a parameter of its own",
		`${TORCH}def my_swish(x, beta=1.5):\n    return x / (1 + torch.exp(-beta * x))\n`,
		`${TORCH}def my_swish(x, beta=1.5):\n    u = beta * x\n    v = torch.exp(-0.5 * torch.abs(u))\n    return torch.where(u < -64, x * v * v, x * torch.sigmoid(u))\n`,
	],
	[
		"a function on one line",
		`${TORCH}def sp(x): return torch.log(1 + torch.exp(x))\n`,
		`${TORCH}def sp(x): return torch.logaddexp(x, torch.zeros_like(x))\n`,
	],
	[
		"a lambda",
		`${NUMPY}sigmoid = lambda t: np.exp(t) / (1 + np.exp(t))\n`,
		`${NUMPY}sigmoid = lambda t: np.where(t >= 0, 1, np.exp(-np.abs(t))) / (1 + np.exp(-np.abs(t)))\n`,
	],
	[
		"what is used twice, under a name of its own",
		`${NUMPY}def sigmoid(x):\n    return np.exp(x) / (1 + np.exp(x))\n`,
		`${NUMPY}def sigmoid(x):\n    u = np.exp(-np.abs(x))\n    return np.where(x >= 0, 1, u) / (1 + u)\n`,
	],
	[
		"the forward of a module, with what it learns",
		`${TORCH}class Swish(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.beta = nn.Parameter(torch.tensor(1.5))\n\n    def forward(self, x):\n        return x / (1 + torch.exp(-self.beta * x))\n\ny = 1\n`,
		`${TORCH}class Swish(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.beta = nn.Parameter(torch.tensor(1.5))\n\n    def forward(self, x):\n        u = self.beta * x\n        v = torch.exp(-0.5 * torch.abs(u))\n        return torch.where(u < -64, x * v * v, x * torch.sigmoid(u))\n\ny = 1\n`,
	],
	[
		"a softmax of a whole vector",
		`${NUMPY}def softmax(z):\n    return np.exp(z) / np.sum(np.exp(z))\n`,
		`${NUMPY}def softmax(z):\n    u = np.exp(z - np.max(z))\n    return u / np.sum(u)\n`,
	],
	["a softmax along an axis", `${NUMPY}def softmax(x):\n    return np.exp(x) / np.sum(np.exp(x), axis=0)\n`, null],
	[
		"a log-sum-exp as a lambda",
		`${NUMPY}logsumexp = lambda x: np.log(np.sum(np.exp(x)))\n`,
		`${NUMPY}logsumexp = lambda x: np.max(x) + np.log(np.sum(np.exp(x - np.max(x))))\n`,
	],
	[
		"a function of Python's own numbers",
		"import math\ndef softplus(x):\n    return math.log(1 + math.exp(x))\n",
		"import math\ndef softplus(x):\n    return max(x, 0) + math.log1p(math.exp(-abs(x)))\n",
	],
	[
		"an arrow function",
		"const softplus = (x: number) => Math.log(1 + Math.exp(x));\n",
		"const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));\n",
		"typescript",
	],
	[
		"a function with a body in braces",
		"function sigmoid(v) {\n\tconst e = Math.exp(v);\n\treturn e / (1 + e);\n}\n",
		"function sigmoid(v) {\n\tconst u = Math.exp(-Math.abs(v));\n\treturn (v >= 0 ? 1 : u) / (1 + u);\n}\n",
		"javascript",
	],
	[
		"a function of TensorFlow.js",
		`${TFJS}const softplus = (x) => tf.log(tf.add(1, tf.exp(x)));\n`,
		`${TFJS}const softplus = (x) => tf.softplus(x);\n`,
		"javascript",
	],
];

for (const [what, before, expected, language] of stableForms) {
	test(`the stable form: ${what}`, () => assert.equal(stable(before, language), expected));
}

const libraryForms: readonly (readonly [before: string, after: string | null, language?: string])[] = [
	[
		`${TORCH}def leaky(x):\n    return torch.where(x > 0, x, 0.2 * x)\n`,
		`import torch.nn.functional as F\n${TORCH}def leaky(x):\n    return F.leaky_relu(x, negative_slope=0.2)\n`,
	],
	[
		`${TORCH}def leaky(x, slope=0.1):\n    return torch.where(x > 0, x, slope * x)\n`,
		`import torch.nn.functional as F\n${TORCH}def leaky(x, slope=0.1):\n    return F.leaky_relu(x, negative_slope=slope)\n`,
	],
	[
		"import jax.numpy as jnp\nsilu = lambda z: z / (1 + jnp.exp(-z))\n",
		"import jax\nimport jax.numpy as jnp\nsilu = lambda z: jax.nn.silu(z)\n",
	],
	[
		"import tensorflow as tf\ndef swish(x):\n    return x / (1 + tf.exp(-x))\n",
		"import tensorflow as tf\ndef swish(x):\n    return tf.nn.silu(x)\n",
	],
	[`${TORCH}def sigmoid(x):\n    return torch.sigmoid(x)\n`, null],
	[
		`${TFJS}const act = (x) => tf.div(1, tf.add(1, tf.exp(tf.neg(x))));\n`,
		`${TFJS}const act = (x) => tf.sigmoid(x);\n`,
		"javascript",
	],
	["const sigmoid = (x) => 1 / (1 + Math.exp(-x));\n", null, "javascript"],
];

for (const [before, expected, language] of libraryForms) {
	test(`the library's own function in place of ${before.split("\n").at(-2)}`, () => {
		assert.equal(library(before, language), expected);
	});
}

test("the derivative is a function of the same library behind the function", () => {
	assert.equal(
		derivative(`${NUMPY}def tanh(x):\n    return np.tanh(x)\n\ny = tanh(1)\n`),
		`${NUMPY}def tanh(x):\n    return np.tanh(x)\n\n\ndef tanh_derivative(x):\n    """The derivative of tanh."""\n    return 1 / np.square(np.cosh(x))\n\ny = tanh(1)\n`,
	);
	assert.equal(
		derivative("import tensorflow as tf\ndef tanh(x):\n    return tf.tanh(x)\n"),
		`import tensorflow as tf\ndef tanh(x):\n    return tf.tanh(x)\n\n\ndef tanh_derivative(x):\n    """The derivative of tanh."""\n    return 1 / tf.math.square(tf.math.cosh(x))\n`,
	);
	assert.equal(
		derivative("export const square = (x) => x * x;\n", "javascript"),
		"export const square = (x) => x * x;\n\n/** The derivative of square. */\nexport function squareDerivative(x: number): number {\n\treturn x + x;\n}\n",
	);
});

test("a derivative that is there already is not inserted again", () => {
	assert.equal(
		derivative(`${NUMPY}def tanh(x):\n    return np.tanh(x)\ndef tanh_derivative(x):\n    return 1\n`),
		null,
	);
});

test("code that takes an array's elements one by one is not replaced by code of one number, or of an array", () => {
	const bodies = [
		"return [np.log(1 + np.exp(v)) for v in x]",
		"out = []\n    for v in x:\n        out.append(np.log(1 + np.exp(v)))\n    return out",
		"return list(map(lambda v: np.log(1 + np.exp(v)), x))",
		"return np.vectorize(lambda v: np.log(1 + np.exp(v)))(x)",
	];
	for (const body of bodies) {
		const text = `${NUMPY}def softplus(x):\n    ${body}\n`;
		assert.equal(first(text, "python").identity?.activation, "softplus", body);
		assert.deepEqual([stable(text), library(text), derivative(text)], [null, null, null], body);
	}
	assert.equal(stable("const f = (xs) => xs.map((v) => Math.log(1 + Math.exp(v)));\n", "javascript"), null);
	// What a comment says in words is no code.
	const said = `import torch\ndef softplus(x):\n    """If x is large, for each x."""\n    return 2.718281828459045 ** x / (1 + 2.718281828459045 ** x)\n`;
	assert.match(stable(said)!, /torch\.sigmoid\(x\)/);
});
