/**
 * Writes hand-written functions that go wrong, after the quick fix that makes them stable, with the exact values at inputs
 * over the whole line: for the checks that run them by the real libraries.
 */
import { readFileSync } from "node:fs";
import { type CodeEdit, stableReplacement } from "../../src/core/diagnosis/codeEdits.ts";
import { hazardsOf } from "../../src/core/diagnosis/hazards.ts";
import { inspectDefinition } from "../../src/core/diagnosis/inspectDefinition.ts";
import { inputsOf } from "../../src/core/diagnosis/ladder.ts";
import { codeLibraryOf, stableFormOf } from "../../src/core/diagnosis/stableForm.ts";
import { subjectOf } from "../../src/core/diagnosis/subject.ts";
import { writable } from "../../src/core/expression/code/printCode.ts";
import { differentiate } from "../../src/core/expression/differentiate.ts";
import { evaluate } from "../../src/core/expression/evaluate.ts";
import { evaluateExactly } from "../../src/core/expression/exact.ts";
import { roundTo } from "../../src/core/numerics/dtype.ts";
import { readSource } from "../../src/core/reading/readSource.ts";

interface Snippet {
	readonly id: string;
	readonly lang: string;
	readonly source: string;
	readonly entry: string;
}

const HEADS: Readonly<Record<string, string>> = {
	numpy: "import numpy as np",
	math: "import math",
	torch: "import torch\nfrom torch import nn\nimport torch.nn.functional as F",
	jax: "import jax\nimport jax.numpy as jnp",
	keras: "import keras",
	tensorflow: "import math\nimport tensorflow as tf",
	tfjs: 'import * as tf from "@tensorflow/tfjs";',
	js: "",
};
/** Functions that are no entry of the catalog, and ways to write them that the snippets do not have. */
const OWN: readonly Snippet[] = [
	["numpy", "x * (27 + x * x) / (27 + 9 * x * x)"],
	["numpy", "(x + np.sqrt(x ** 2 + 4)) / 2 + x"],
	["numpy", "x * (np.exp(2 * x) + 2 * np.exp(x)) / (np.exp(2 * x) + 2 * np.exp(x) + 2)"],
	["torch", "x * torch.log(1 + torch.exp(x)) / (1 + torch.abs(x))"],
	["torch", "torch.where(x > 0, x, torch.exp(x) - 1)"],
	["jax", "x / jnp.sqrt(1 + x ** 2)"],
	["jax", "jnp.exp(x) / (jnp.exp(x) + jnp.exp(-x))"],
	["math", "math.log(1 + math.exp(x)) if x > -5 else math.exp(x)"],
	["numpy", "np.maximum(0.5 - x / 6, 0)"],
	["torch", "x * torch.exp(-torch.abs(x))"],
	["torch", "x * torch.sqrt(torch.abs(x))"],
	["torch", "torch.sqrt(torch.clamp(x, min=0)) + x"],
	["jax", "x * jax.nn.sigmoid(1.5 * x)"],
	["keras", "0.5 * x * (1 + keras.ops.erf(x / 1.4142135623730951))"],
	["jax", "x * 0.5 * (1 + jax.scipy.special.erf(x / jnp.sqrt(2)))"],
	["jax", "x * jnp.tanh(0.5 * x * (1 + jax.lax.erf(x / jnp.sqrt(2))))"],
	["jax", "jnp.log(jnp.cosh(x))"],
	["torch", "torch.log(torch.cosh(2 * x))"],
	["numpy", "np.log((np.exp(x) + np.exp(-x)) / 2)"],
	["keras", "keras.ops.log(keras.ops.exp(x) + keras.ops.exp(-x))"],
	["tensorflow", "x / (1 + tf.exp(-x))"],
	["tensorflow", "tf.math.log(1 + tf.exp(x))"],
	["tensorflow", "(tf.exp(x) - tf.exp(-x)) / (tf.exp(x) + tf.exp(-x))"],
	["tensorflow", "x * tf.tanh(tf.math.log(1 + tf.exp(x)))"],
	["tensorflow", "tf.where(x > 0, x, tf.exp(x) - 1)"],
	["tensorflow", "0.5 * x * (1 + tf.math.erf(x / math.sqrt(2)))"],
	["tensorflow", "-tf.math.log(1 + tf.exp(-x))"],
	["math", "1 - math.exp(-math.exp(x))"],
	["math", "x * math.tanh(math.exp(x))"],
].map(([lang, body], i) => ({
	id: `own-${i} ${body}`,
	lang: lang!,
	source: `def f(x):\n    return ${body}`,
	entry: "f",
}));
const LAMBDA: Snippet = {
	id: "own, a lambda",
	lang: "keras",
	source: "f = lambda x: 0.5 * x * (1 + keras.ops.erf(x / 1.4142135623730951))",
	entry: "f",
};

const { snippets } = JSON.parse(readFileSync("test/golden/naive-public.json", "utf8"));
const cases = [...(snippets as readonly Snippet[]), ...OWN, LAMBDA].flatMap(({ id, lang, source, entry }) => {
	const isJavaScript = lang === "tfjs" || lang === "js";
	const text = `${HEADS[lang]}\n\n${source}\n`;
	const definition = readSource(text, isJavaScript ? "javascript" : "python").definitions.find(
		({ name }) => name === entry,
	);
	const subject = definition && subjectOf(definition);
	const inspection = definition && inspectDefinition(definition);
	const edit = inspection && stableReplacement(definition, inspection, text);
	if (!subject || !edit) return [];
	const { written, truth, parameters, truthParameters } = subject;
	const isNarrow = lang === "keras" || lang === "tfjs" || lang === "tensorflow"; // Their default, and all there is.
	const x = [...inputsOf(isNarrow ? "float32" : "float64").filter((_, i) => i % 41 === 0), 0];
	const [exact, values] = truth ? [subject.exact ?? truth, truthParameters] : [written, parameters];
	const expected = x.map((one) => evaluateExactly(exact, one, values));
	const slope = differentiate(exact, "x");
	// How much the function magnifies the rounding of its input.
	const magnified = x.map((one, i) => Math.abs((one * evaluate(slope, one, values)) / expected[i]!));
	const library = codeLibraryOf(definition, text)!; // As there is an edit.
	const { form } = stableFormOf(definition, inspection, library)!;
	const after = { ...subject, written: writable(form!, library, parameters) }; // Of a function of numbers.
	// Where the code as written goes wrong, in the type in which it does, and the new code is said not to.
	const mended = inspection.hazards
		.filter(({ trueValueSubnormal }) => !trueValueSubnormal)
		.map(({ dtype, lo, hi, witness }) => {
			const left = hazardsOf(after, dtype) ?? [];
			const at = [lo, witness.x, roundTo((2 / 3) * lo + hi / 3, dtype), roundTo(lo / 3 + (2 / 3) * hi, dtype), hi];
			const x = at.filter((one) => !left.some((each) => one >= each.lo && one <= each.hi));
			return { dtype, x, expected: x.map((one) => roundTo(evaluateExactly(exact, one, values), dtype)) };
		});
	const isClass = definition.kind === "class";
	return [{ id, lang, entry, isClass, text: edited(text, edit), x, expected, magnified, mended }];
});
console.log(
	JSON.stringify(cases, (_key, value) => (Number.isFinite(value) || typeof value !== "number" ? value : String(value))),
);

function edited(text: string, { span, code, imports }: CodeEdit): string {
	return [...imports, text.slice(0, span.start) + code + text.slice(span.end)].join("\n");
}
