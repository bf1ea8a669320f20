import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { activationValues } from "../../../../src/core/activations/values.ts";
import { readPython } from "../../../../src/core/reading/python/readPython.ts";
import type { ArgumentValue } from "../../../../src/core/reading/use.ts";

/** The argument of the last use in the code. */
function argument(code: string): ArgumentValue | null | undefined {
	return readPython(`import numpy as np\nimport torch\nimport jax.numpy as jnp\n${code}`).uses.at(-1)?.argument;
}

/** "dtype shape: values" of the last use's argument. */
function shown(code: string): string | null {
	const found = argument(code);
	return found ? `${found.container} ${found.dtype} [${found.shape.join()}]: ${found.values.join()}` : null;
}

test("numbers in the call and in the variable before it are read with dtype and shape", () => {
	const cases: [string, string][] = [
		["np.tanh(2.5)", "python float64 []: 2.5"],
		["np.tanh(-3)", "python int64 []: -3"],
		["x = np.array([1, 2, 3, 4, 5])\nnp.tanh(x)", "numpy int64 [5]: 1,2,3,4,5"],
		["x = np.array([[1, -2.5], [3, 4]])\nnp.tanh(x)", "numpy float64 [2,2]: 1,-2.5,3,4"],
		["np.tanh(np.array([0.1], dtype=np.float32))", `numpy float32 [1]: ${Math.fround(0.1)}`],
		["x = np.array([1, 2]).astype('float32')\nnp.tanh(x)", "numpy float32 [2]: 1,2"],
		["np.tanh(np.linspace(-1, 1, 5))", "numpy float64 [5]: -1,-0.5,0,0.5,1"],
		["np.tanh(np.arange(3))", "numpy int64 [3]: 0,1,2"],
		["np.tanh(np.arange(0, 1, 0.25))", "numpy float64 [4]: 0,0.25,0.5,0.75"],
		["x = np.array([1, 2])\nnp.tanh(2 * x - 1)", "numpy int64 [2]: 1,3"],
		["x = np.array([1, 2])\nnp.tanh(x / 2)", "numpy float64 [2]: 0.5,1"],
		["torch.tanh(torch.tensor([1., 2.]))", "torch float32 [2]: 1,2"],
		["torch.tanh(torch.tensor([1, 2]))", "torch int64 [2]: 1,2"],
		["torch.tanh(torch.tensor([1., 2.], dtype=torch.float64))", "torch float64 [2]: 1,2"],
		["torch.tanh(torch.tensor([1., 2.]).bfloat16())", ""],
		["x = torch.tensor([1., 2.], dtype=torch.bfloat16)\nx.tanh()", "torch bfloat16 [2]: 1,2"],
		["jnp.tanh(jnp.array([0.5, 1.0]))", "jax float32 [2]: 0.5,1"],
		["np.tanh([1, 2.5])", "python float64 [2]: 1,2.5"],
	];
	for (const [code, expected] of cases) assert.equal(shown(code), expected || null, code);
});

test("an argument that is not certain is not said", () => {
	const cases = [
		"np.tanh(x)",
		"x = load()\nnp.tanh(x)",
		"x = np.array([1])\nx[0] = 2\nnp.tanh(x)",
		"x = np.array([1])\nx += 1\nnp.tanh(x)",
		"x = np.array([2, 1])\nx.sort()\nnp.tanh(x)",
		"x = np.array([2, 1])\nnp.random.shuffle(x)\nnp.tanh(x)",
		"x = np.array([[1, 2]])\nx[0][1] = 5\nnp.tanh(x)",
		"x = torch.tensor([-1.0])\nx.view(-1)[0] = 2\ntorch.tanh(x)",
		"x = torch.tensor([-1.0])\ntorch.relu_(x)\ntorch.tanh(x)",
		"x = torch.tensor([-1.0])\nF.relu(x, inplace=True)\ntorch.tanh(x)",
		"x = np.array([1])\nif a:\n    x = np.array([2])\nnp.tanh(x)",
		"x = np.array([1])\nfor i in range(3):\n    np.tanh(x)\n    x = x + 1",
		"x = np.array([1])\ndef f():\n    return np.tanh(x)",
		"x = np.array([1.5])\ndef halve(y):\n    y *= 0.5\nhalve(x)\nnp.tanh(x)",
		"x = np.array([1])\ny = x\ny[0] = 5\nnp.tanh(x)",
		"def f(x=np.array([1])):\n    return np.tanh(x)",
		"np.tanh(np.array([1, 'a']))",
		"np.tanh(np.array([[1], [2, 3]]))",
		"np.tanh(np.arange(10 ** 9))",
		"np.tanh(jnp.array([1, 2]))",
		"x, y = np.array([1]), np.array([2])\nx, y = f()\nnp.tanh(x)",
	];
	for (const code of cases) assert.equal(shown(code), null, code);
});

test("more than a thousand numbers are not read", () => {
	assert.equal(argument("np.tanh(np.arange(1000))")?.values.length, 1000);
	assert.equal(argument("np.tanh(np.arange(1001))"), null);
});

interface SeedExample {
	readonly source: string;
	readonly floatInput: { readonly values: readonly number[] };
	readonly exact: readonly number[];
}

test("the three functions by hand of the seed example are read with their argument and their values", () => {
	const seed = JSON.parse(readFileSync("test/golden/seed-check.json", "utf8")) as {
		x: number[];
		examples: Record<string, SeedExample>;
	};
	assert.equal(Object.keys(seed.examples).length, 3);
	for (const [name, { source, exact }] of Object.entries(seed.examples)) {
		const { uses } = readPython(`import numpy as np\n\n${source}\n\nx = np.array([1, 2, 3, 4, 5])\ny = ${name}(x)\n`);
		const use = uses.at(-1);
		assert.equal(use?.text, name);
		assert.equal(use?.activation, name);
		assert.deepEqual(use?.argument?.values, seed.x);
		assert.equal(use?.argument?.dtype, "int64");
		const activation = use?.definition?.understood?.activation;
		assert.ok(activation, name);
		const { value } = activationValues(activation, {}, Float64Array.from(use?.argument?.values ?? []), "float64");
		assert.deepEqual([...value], exact ?? seed.x, name);
	}
});
