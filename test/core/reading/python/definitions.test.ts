import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { evaluate } from "../../../../src/core/expression/evaluate.ts";
import { printFormula } from "../../../../src/core/expression/formula.ts";
import { readPython } from "../../../../src/core/reading/python/readPython.ts";

interface Snippet {
	readonly id: string;
	readonly lang: string;
	readonly source: string;
	readonly entry: string;
	readonly canonical: string | null;
	readonly params: Readonly<Record<string, number>>;
}

const { snippets } = JSON.parse(readFileSync("test/golden/naive-public.json", "utf8")) as { snippets: Snippet[] };
const python = snippets.filter(({ lang }) => lang !== "js" && lang !== "tfjs");

test("every hand-written Python function of the golden data is read as what it is", () => {
	assert.ok(python.length > 40);
	for (const { id, source, entry, canonical, params } of python) {
		const { definitions } = readPython(source);
		const definition = definitions.find(({ name }) => name === entry);
		assert.ok(definition, `${id}: not found`);
		assert.equal(definition.reason, null, `${id}: ${definition.reason}`);
		assert.equal(definition.identity?.activation ?? null, canonical, id);
		for (const [name, value] of Object.entries(params)) {
			assert.equal(definition.identity?.parameters[name], value, `${id}: ${name}`);
		}
	}
});

test("the golden data's functions are found also behind the imports that they need", () => {
	const imports =
		"import math\nimport numpy as np\nimport torch\nfrom torch import nn\nimport torch.nn.functional as F\n";
	for (const { id, source, entry, canonical } of python) {
		const { uses } = readPython(`${imports}import jax.numpy as jnp\nimport keras\n\n${source}\n`);
		const use = uses.find(({ kind, text }) => kind === "definition" && text === entry);
		assert.equal(use?.activation ?? null, canonical, id);
	}
});

test("a formula is not taken for a catalog entry by accident", () => {
	const cases = [
		"def is_chinese(cp):\n    return cp >= 0x4E00 and cp <= 0x9FFF",
		"def decay(step):\n    return min(0.9999, max(step, 0.9999))",
		"def relu(x):\n    return 2 * x",
		"def act(x):\n    return max(x, 0) + 1e-3",
		"def wave(x):\n    return abs(x)",
		"def f(x):\n    return x",
		"def entropy(logu, flag=False):\n    if flag:\n        return logu - 1\n    return -1.0 * logu + 0.0 * max(logu, 0.0)",
		"class GaussianNoise:\n    def forward(self, x, training=False):\n        return x",
	];
	for (const code of cases) {
		for (const { name, identity } of readPython(code).definitions) assert.equal(identity, null, name);
	}
});

test("what is changed in place under one name is not what another name of it says", () => {
	const read = (body: string) => {
		const code = `import math\nimport numpy as np\nimport torch\nimport jax.numpy as jnp\ndef act(x):\n    ${body.replaceAll("; ", "\n    ")}\n`;
		return readPython(code).definitions[0]!;
	};
	for (const body of [
		"y = x; y *= np.tanh(y); return x + y",
		"y = x; y[y < 0] = 0; return x + np.exp(y)",
		"y = torch.exp(x); z = y; z.mul_(2); return y + z",
		"y = +x; y += torch.exp(x); return x * y",
		"def twice(t):\n        t *= 2\n        return t; y = np.exp(x); z = twice(y); return y * z",
	]) {
		assert.match(read(body).reason ?? "", /a name of what was changed in place under another/, body);
	}
	const at = (body: string, x: number) => evaluate(read(body).understood!.activation.definition, x);
	// Numbers of Python and arrays of JAX are bound anew.
	assert.equal(at("y = x; y += math.exp(0 * x); return x * y", 3), 12);
	assert.equal(at("y = x; y += jnp.exp(0 * x); return x * y", 3), 12);
	// A copy is another array, and nothing is lost where the old name is not used again.
	assert.equal(at("y = x.clone(); y += torch.exp(0 * x); return x * y", 3), 12);
	assert.equal(at("y = x; y += np.exp(0 * y); return y * y", 3), 16);
	assert.equal(at("x += np.exp(0 * x); return x * x", 3), 16);
});

test("a class whose forward is static is the function of its one parameter", () => {
	const text =
		"import numpy as np\nclass Sigmoid:\n    @staticmethod\n    def forward(X):\n        return 1 / (1 + np.exp(-X))\n";
	const [definition] = readPython(text).definitions;
	assert.deepEqual([definition?.kind, definition?.identity?.activation], ["class", "sigmoid"]);
	assert.deepEqual(readPython(text.replace("@staticmethod", "@property")).definitions, []);
});

test("Keras's relu without its parameters is the plain one in a formula", () => {
	const text = "import keras.backend as K\ndef exp_relu(x):\n    return K.exp(-K.relu(x))\n";
	const [definition] = readPython(text).definitions;
	assert.equal(printFormula(definition!.understood!.activation.definition), "exp(−max(x, 0))");
});

test("TensorFlow's tensors are not computed with truth values", () => {
	const reasonOf = (factor: string) => {
		const text = `import tensorflow as tf\ndef relu(x):\n    return tf.abs(x) * ${factor}\n`;
		return readPython(text).definitions[0]?.reason;
	};
	assert.match(reasonOf("(x > 0)")!, /arithmetic with a truth value/);
	assert.equal(reasonOf("tf.cast(x > 0, x.dtype)"), null);
	const layer = (imports: string) =>
		readPython(`${imports}\nclass Relu(Layer):\n    def call(self, x):\n        return x * (x > 0)\n`).definitions[0]
			?.reason;
	assert.match(layer("from tensorflow.keras.layers import Layer")!, /arithmetic with a truth value/);
	assert.equal(layer("from keras.layers import Layer"), null);
});
