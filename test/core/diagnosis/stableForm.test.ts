import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { stableReplacement } from "../../../src/core/diagnosis/codeEdits.ts";
import { inspectDefinition } from "../../../src/core/diagnosis/inspectDefinition.ts";
import { inputsOf } from "../../../src/core/diagnosis/ladder.ts";
import { codeLibraryOf, stableFormOf } from "../../../src/core/diagnosis/stableForm.ts";
import { subjectOf } from "../../../src/core/diagnosis/subject.ts";
import { evaluate } from "../../../src/core/expression/evaluate.ts";
import { evaluateExactly } from "../../../src/core/expression/exact.ts";
import { readSource } from "../../../src/core/reading/readSource.ts";

/** What code in each library begins with. */
const HEADS: Readonly<Record<string, string>> = {
	numpy: "import numpy as np\n",
	math: "import math\n",
	torch: "import math\nimport torch\nfrom torch import nn\nimport torch.nn.functional as F\n",
	jax: "import jax\nimport jax.numpy as jnp\n",
	keras: "import keras\n",
	js: "",
	tfjs: 'import * as tf from "@tensorflow/tfjs";\n',
};

function stable(text: string, name: string, language = "python") {
	const definition = readSource(text, language).definitions.find((one) => one.name === name);
	assert.ok(definition, name);
	const inspection = inspectDefinition(definition);
	return { definition, inspection, found: stableFormOf(definition, inspection, codeLibraryOf(definition, text)) };
}

const codeOf = (body: string, head = "import numpy as np\ndef f(x, a=1.5):") =>
	stable(`${head}\n    return ${body}\n`, "f").found?.code ?? null;

test("each snippet of the golden data that goes wrong gets a form that does less often", () => {
	const { snippets } = JSON.parse(readFileSync("test/golden/naive-public.json", "utf8"));
	let offered = 0;
	for (const { id, lang, source, entry } of snippets) {
		const language = /^(js|tfjs)$/.test(lang) ? "javascript" : "python";
		const { inspection, found } = stable(`${HEADS[lang]}${source}`, entry, language);
		const severe = inspection.gradientHazards.filter(({ kind }) => kind === "nan" || kind === "inf");
		const matter = [...inspection.hazards, ...severe].filter(({ trueValueSubnormal }) => !trueValueSubnormal);
		if (matter.length === 0) continue;
		assert.ok(found, `${id} has ${matter.length} hazards and no stable form`);
		offered++;
	}
	assert.ok(offered >= 30, `only ${offered} offered`);
});

test("what is subnormal or 0 by itself is multiplied in halves", () => {
	const halves = (of: string) => `x * ${of}.exp(-0.5 * ${of}.abs(x)) * ${of}.exp(-0.5 * ${of}.abs(x))`;
	const silu = codeOf("x / (1 + torch.exp(-x))", "import torch\ndef f(x):");
	assert.equal(silu, `torch.where(x < -64, ${halves("torch")}, x * torch.sigmoid(x))`);
	// XLA's float16 is infinite at e^11.1.
	assert.equal(
		codeOf("x * jax.nn.sigmoid(x)", "import jax\nimport jax.numpy as jnp\ndef f(x):"),
		`jnp.where(x < -8, ${halves("jnp")} / (1 + jnp.exp(-jnp.abs(x))), x * jax.nn.sigmoid(x))`,
	);
	// Of σ alone nothing is lost that is not below the smallest normal number itself.
	assert.equal(codeOf("torch.sigmoid(x)", "import torch\ndef f(x):"), null);
});

test("a line is written by its zero, where float16 rounds its slope", () => {
	assert.equal(codeOf("np.clip(0.2 * x + 0.5, 0, 1)"), "np.minimum(np.maximum((x + 2.5) / 5, 0), 1)");
	assert.equal(codeOf("np.clip(0.25 * x + 0.5, 0, 1)"), null);
});

test("a root of 0 passes on no gradient instead of NaN, and stays what it is", () => {
	const code = codeOf("torch.sign(x) * torch.sqrt(torch.abs(x))", "import torch\ndef f(x):");
	assert.equal(code, "torch.sign(x) * torch.where(x == 0, 0, torch.sqrt(torch.abs(torch.where(x == 0, 1, x))))");
});

test("where a library has no erfc its tail is written out, with locals in place of the arrow's expression", () => {
	const text =
		'import * as tf from "@tensorflow/tfjs";\nconst gelu = (x) => tf.mul(tf.mul(0.5, x), tf.add(1, tf.erf(tf.div(x, Math.SQRT2))));\n';
	const { definition, inspection, found } = stable(text, "gelu", "javascript");
	assert.match(found!.code, /^\(\(\) => \{ const u = .*\}\)\(\)$/);
	const edit = stableReplacement(definition, inspection, text)!;
	assert.match(edit.code, /^\{ const u = .* return tf\.mul\(tf\.mul\(0\.5, x\), .*; \}$/);
	for (const input of [-13, -5, -1, -0, 0, 1e-20, 3]) {
		const exact = evaluateExactly(subjectOf(definition)!.truth!, input);
		const error = Math.abs(evaluate(found!.form!, input) - exact);
		assert.ok(
			error <= 2e-15 * Math.max(1, input * input) * Math.abs(exact),
			`at ${input}: off by ${error} of ${exact}`,
		);
	}
});

test("of a long line in Python what is used more than once is an argument", () => {
	const text = "import keras\ngelu = lambda x: 0.5 * x * (1 + keras.ops.erf(x / 1.4142135623730951))\n";
	const { definition, inspection, found } = stable(text, "gelu");
	assert.match(found!.code, /^\(lambda u: \(lambda v: .*\)\(u > 1\)\)\(-\(x \/ 1\.4142135623730951\)\)$/);
	assert.equal(stableReplacement(definition, inspection, text)!.code, found!.code);
});

test("the user's own expression is rewritten, parameters and all, also where it is no entry of the catalog", () => {
	assert.equal(codeOf("np.log(1 + np.exp(x))"), "np.logaddexp(x, 0)");
	assert.equal(codeOf("2 / (1 + np.exp(-2 * x)) - 1"), "np.tanh(x)");
	assert.equal(codeOf("a * np.log(1 + np.exp(x)) + x"), "a * np.logaddexp(x, 0) + x");
	assert.equal(codeOf("x * (27 + x * x) / (27 + 9 * x * x)")?.includes("np.where(np.abs(x) > 1, "), true);
});

test("nothing is offered where nothing is gained", () => {
	assert.equal(codeOf("np.maximum(0, x)"), null);
	assert.equal(codeOf("x / (1 + np.abs(x))"), null);
	assert.equal(codeOf("np.tanh(x)"), null);
});

test("a gradient of NaN in the branch that is not taken is reason enough", () => {
	const head = "import torch\ndef f(x):";
	const code = codeOf("torch.where(x > 0, x, torch.expm1(x))", head);
	assert.equal(code, "torch.where(x > 0, x, torch.expm1(torch.where(x > 0, 0, x)))");
});

test("a form is as close as rounding allows wherever the code as written is", () => {
	for (const body of [
		"x * (27 + x * x) / (27 + 9 * x * x)",
		"np.log(1 + np.exp(x))",
		"(x + np.sqrt(x ** 2 + 4)) / 2",
	]) {
		const { definition, found } = stable(`import numpy as np\ndef f(x):\n    return ${body}\n`, "f");
		const { written } = subjectOf(definition)!;
		assert.ok(found?.form, body);
		for (const input of inputsOf("float64").filter((_, i) => i % 97 === 0)) {
			const exact = evaluateExactly(written, input);
			if (!Number.isFinite(exact) || Math.abs(exact) < 1e-300) continue;
			const error = Math.abs(evaluate(found.form, input) - exact);
			assert.ok(error <= 1e-14 * Math.abs(exact), `${body} at ${input}: off by ${error} of ${exact}`);
		}
	}
});

test("a function that calls no library is written for the one that is imported", () => {
	const body = "def f(x):\n    return (x + abs(x)) / 2\n";
	assert.equal(stable(`import torch\n${body}`, "f").found?.code, "torch.relu(x)");
	assert.equal(stable(body, "f").found?.code, "np.maximum(x, 0)");
});

test("a function of TensorFlow's gets code of TensorFlow's, in which a number that is chosen first has a type", () => {
	const head = "import tensorflow as tf\ndef f(x, a=1.5):";
	assert.equal(codeOf("tf.math.log(1 + tf.exp(x))", head), "tf.math.softplus(x)");
	assert.equal(
		codeOf("tf.where(x > 0, x, tf.exp(x) - 1)", head),
		"tf.where(x > 0, x, tf.math.expm1(tf.where(x > 0, tf.constant(0.0, x.dtype), x)))",
	);
});

test("a function that calls no library is written in the one whose arrays it may be of, if that is one", () => {
	const bodies = {
		any: "x / (1 + 2.718281828459045 ** (-x))",
		tensors: "x.clone() / (1 + 2.718281828459045 ** (-x))",
		numbers: "2.718281828459045 ** x - 1 if x < 0 else x",
	};
	const libraryIn = (imports: string, body: string) => {
		const text = `${imports}\ndef f(x):\n    return ${body}\n`;
		return codeLibraryOf(readSource(text, "python").definitions[0]!, text);
	};
	const [numpy, torch] = ["import numpy as np", "import torch"];
	assert.equal(libraryIn("", bodies.any), "numpy");
	assert.equal(libraryIn(torch, bodies.any), "pytorch");
	assert.equal(libraryIn(`${numpy}\n${torch}`, bodies.any), null);
	assert.equal(libraryIn(`${numpy}\n${torch}`, bodies.tensors), "pytorch");
	assert.equal(libraryIn(torch, bodies.numbers), "python");
	assert.equal(libraryIn(`${numpy}\n${torch}`, bodies.numbers), "numpy");
	const text = `${numpy}\n${torch}\nclass Gate(torch.nn.Module):\n    def forward(self, x):\n        return ${bodies.any}\n`;
	assert.equal(codeLibraryOf(readSource(text, "python").definitions[0]!, text), "pytorch");
});
