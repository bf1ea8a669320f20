import assert from "node:assert/strict";
import { test } from "node:test";
import { findActivation } from "../../../../src/core/activations/catalog.ts";
import { functionCode } from "../../../../src/core/activations/libraries/functionCode.ts";
import { printFormula } from "../../../../src/core/expression/formula.ts";
import { Random } from "../../../../src/core/numerics/random.ts";
import { languageIds, readSource } from "../../../../src/core/reading/readSource.ts";

const IMPORT = 'import * as tf from "@tensorflow/tfjs";\n';

/** What is found, as "kind text → activation". */
function uses(code: string, languageId = "typescript"): string[] {
	return readSource(code, languageId).uses.map(({ kind, text, activation }) => `${kind} ${text} → ${activation}`);
}

const references: readonly (readonly [code: string, ...found: string[]])[] = [
	["const y = tf.relu(x);", "call tf.relu → relu"],
	["const act = tf.relu6; act(x);", "call tf.relu6 → relu6", "instance act → relu6"],
	["x.relu().sigmoid();", "method relu → relu", "method sigmoid → sigmoid"],
	["tf.layers.dense({units: 64, activation: 'selu'});", "string 'selu' → selu"],
	["tf.layers.activation({activation: `relu`});"],
	["m.add(tf.layers.leakyReLU({alpha: 0.1}));", "module tf.layers.leakyReLU → leaky_relu"],
	["const config = { activation: 'tanh', type: 'relu' };", "string 'tanh' → tanh"],
	["const y = (x as tf.Tensor).tanh();", "method tanh → tanh"],
	["export const out = [1, 2].map((v) => Math.tanh(v));", "call Math.tanh → tanh"],
	["if (name === 'relu') { run(); }"],
	[
		"tf.layers.lstm({units: 8, recurrentActivation: 'hardSigmoid', name: 'relu'});",
		"string 'hardSigmoid' → hard_sigmoid_keras2",
	],
	[
		"const acts = { relu: (x: number) => Math.max(0, x), tanh: Math.tanh, output: (x: number) => Math.max(0, x) };\nacts.relu(3);",
		"definition relu → relu",
		"call Math.tanh → tanh",
		"instance acts.relu → relu",
	],
	[
		"class A { static sigmoid(x: number) { return 1 / (1 + Math.exp(-x)); } static swish = (x: number) => x * A.sigmoid(x); }",
		"definition sigmoid → sigmoid",
		"definition swish → silu",
		"call A.sigmoid → sigmoid",
	],
	[
		"function softmax(z: number[]) { const top = Math.max(...z); const e = z.map((v) => Math.exp(v - top)); const s = e.reduce((a, b) => a + b, 0); return e.map((v) => v / s); }\nsoftmax(y);",
		"definition softmax → softmax",
		"call softmax → softmax",
	],
	["const relu = (z: number[]) => z.map((v) => Math.max(v, 0));", "definition relu → relu"],
	["const softmax = (z: number[]) => z.map((v) => v / z.reduce((a, b) => a * b));", "definition softmax → null"],
	["type Activation = 'relu' | 'tanh'; interface A { activation: 'relu' }"],
	["// tf.relu(x)\n/* tf.elu(x) */"],
];

for (const [code, ...found] of references) {
	test(`in ${code}: ${found.join(", ") || "nothing"}`, () => {
		assert.deepEqual(uses(IMPORT + code), found);
	});
}

test("a function that calls itself for its slope is listed there", () => {
	const table =
		"const A = { TANH(x: number, slope?: boolean) { if (slope) return 1 - A.TANH(x) ** 2; return Math.tanh(x); } };";
	assert.deepEqual(uses(table), ["definition TANH → tanh", "instance A.TANH → tanh", "call Math.tanh → tanh"]);
});

test("constants of synaptic and neataptic are what they name where these are imported", () => {
	const use = "const node = { squash: Neuron.squash.TANH, other: Neuron.squash.HLIM };";
	const found = ["call Neuron.squash.TANH → tanh", "call Neuron.squash.HLIM → heaviside"];
	assert.deepEqual(uses(`import { Neuron } from "synaptic";\n${use}`), found);
	assert.deepEqual(uses(`const { Neuron } = require("synaptic");\n${use}`, "javascript"), found);
	assert.deepEqual(uses(`import { Neuron } from "neurons";\n${use}`), []);
	const activations = "node.squash = neataptic.methods.activation.GAUSSIAN;\nmethods.activation.BIPOLAR";
	const gaussian = ["call neataptic.methods.activation.GAUSSIAN → gaussian"];
	assert.deepEqual(uses(`import neataptic from "neataptic";\n${activations}`), gaussian);
	assert.deepEqual(uses(activations), gaussian);
});

test("brain.js' leaky ReLU is listed by its key", () => {
	const code = "new brain.NeuralNetwork({ activation: 'leaky-relu', hiddenLayers: [3] });";
	assert.deepEqual(uses(code, "javascript"), ["string 'leaky-relu' → leaky_relu"]);
});

test("functions under keys of a table are what the table's key says, and their derivatives are no activations", () => {
	const table =
		"const table = { relu: { fn: (x) => Math.max(0, x), df: (y) => (y > 0 ? 1 : 0), other: (x) => x * x } };";
	assert.deepEqual(
		readSource(table, "javascript").definitions.map(({ name, identity }) => [name, identity?.activation]),
		[
			["relu", "relu"],
			["reluDerivative", undefined],
		],
	);
	const other = "const table = { image: { fn: (x) => Math.max(0, x) } };";
	assert.deepEqual(readSource(other, "javascript").definitions, []);
});

test("a string under a name for an activation is one in JavaScript of any library", () => {
	const network = "new brain.NeuralNetwork({ hiddenLayers: [3], activation: 'sigmoid', name: 'tanh' });";
	assert.deepEqual(uses(network, "javascript"), ["string 'sigmoid' → sigmoid"]);
	assert.deepEqual(uses("start({ activation: 'click', mode: 'relu' });", "javascript"), []);
	assert.deepEqual(uses("layer['activation'] = 'relu';", "javascript"), ["string 'relu' → relu"]);
});

test("names that are imported, destructured or required lead to TensorFlow.js", () => {
	const found = ["call r → relu"];
	assert.deepEqual(uses('import { relu as r } from "@tensorflow/tfjs-core";\nr(x);'), found);
	assert.deepEqual(uses('const { relu: r } = require("@tensorflow/tfjs-node");\nr(x);', "javascript"), found);
	assert.deepEqual(uses(`${IMPORT}const { relu: r } = tf;\nr(x);`), ["call relu → relu", "instance r → relu"]);
	assert.deepEqual(uses('import { relu } from "./other";\nrelu(x);'), []);
	for (const module of [
		"https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0/+esm",
		"npm:@tensorflow/tfjs",
		"@tensorflow/tfjs-core/dist/index",
		"../dist/tfjs.esm",
	]) {
		assert.deepEqual(uses(`import * as t from "${module}";\nt.relu(x);`), ["call t.relu → relu"], module);
	}
	assert.deepEqual(uses('import * as t from "./tfjs-helpers";\nt.relu(x);'), []);
	assert.deepEqual(uses("tf.relu(x);", "javascript"), ["call tf.relu → relu"], "a page's script tag binds tf");
});

test("what a call may leave out is undefined in the function, which is then what it is without", () => {
	const of = (code: string) => {
		const found = readSource(code, "typescript");
		const [definition] = found.definitions;
		return {
			activation: definition?.identity?.activation,
			reason: definition?.reason,
			uses: found.uses.map(({ activation }) => activation),
		};
	};
	const slope = "{ if (slope) return x * (1 - x); return 1 / (1 + Math.exp(-x)); }";
	// As a call with true is not.
	const calls = "sigmoid(1); sigmoid(1, false); sigmoid(1, true);";
	assert.deepEqual(of(`function sigmoid(x, slope) ${slope}\n${calls}`), {
		activation: "sigmoid",
		reason: null,
		uses: ["sigmoid", "sigmoid", "sigmoid", null],
	});
	assert.equal(of(`function sigmoid(x: number, slope?: boolean) ${slope}`).activation, "sigmoid");
	assert.match(
		of(`function sigmoid(x: number, slope: boolean) ${slope}`).reason ?? "",
		/parameter slope without a default/,
	);
	const leaky = "function relu(x, a) { if (a === undefined) a = 0.2; return x > 0 ? x : a * x; }";
	assert.equal(of(leaky).activation, "leaky_relu");
	const steep = of("function sigmoid(x, k) { return 1 / (1 + Math.exp(-k * x)); }");
	assert.equal(steep.reason, "not understood: undefined as a number");
});

test("long files that have nothing to do with activations, and bundles, are not read", () => {
	const plain = Array.from({ length: 20_000 }, (_, i) => `export const value${i} = compute(${i}, [a, b]);`).join("\n");
	const bundle = `${plain}\ntf.relu(x);`;
	assert.ok(bundle.length > 500_000);
	assert.deepEqual(uses(plain), []);
	assert.deepEqual(uses(bundle, "javascript"), []);
});

test("parameters of TensorFlow.js are read from arguments and from the fields of an object", () => {
	const { uses: found } = readSource(
		`${IMPORT}tf.leakyRelu(x, 0.3); tf.layers.leakyReLU({ alpha: 0.1 }); x.leakyRelu();`,
		"typescript",
	);
	assert.deepEqual(
		found.map(({ parameters }) => parameters.negative_slope),
		[0.3, 0.1, 0.2],
	);
});

/** A function and what it is understood as ("" for a formula that does not matter), or why it is not. */
const definitions: readonly (readonly [
	code: string,
	...([identity: string | null, formula: string] | [reason: RegExp]),
])[] = [
	["const sigmoid = x => 1 / (1 + Math.exp(-x));", "sigmoid", "1 / (1 + exp(−x))"],
	["function relu(x) { return x > 0 ? x : 0; }", "relu", "x if x > 0, else 0"],
	["export default function relu(x: number): number { if (x > 0) return x; return 0; }", "relu", "x if x > 0, else 0"],
	["const relu = function (x) { return Math.max(0, x); };", "relu", "max(0, x)"],
	[
		"const f = (x: number, slope = 0.2) => { let y; if (x > 0) { y = x } else { y = slope * x } return y; };",
		"leaky_relu",
		"x if x > 0, else slope · x",
	],
	["const { exp, log: ln } = Math;\nconst softplus = (x) => ln(1 + exp(x));", "softplus", "log(1 + exp(x))"],
	["const clipped = (x) => Math.min(Math.max(x, -1, -2), 1);", "hardtanh", "min(max(max(x, −1), −2), 1)"],
	["const k = 2;\nconst f = (x) => x * (x > 0) * (k as number) / k!;", "relu", "x · (x > 0) · 2 / 2"],
	["const swish = (x: tf.Tensor) => tf.tidy(() => x.mul(tf.sigmoid(x)));", "silu", "x · σ(x)"],
	["const hard = (x) => x.clipByValue(-1, 1);", "hardtanh", "min(max(x, −1), 1)"],
	["const g = (x) => tf.where(tf.greater(x, 0), x, tf.mul(0.1, x));", "leaky_relu", "x if x > 0, else 0.1 · x"],
	[
		"const half = (x) => { const s = tf.scalar(0.5); return tf.mul(s, tf.add(x, tf.abs(x))); };",
		"relu",
		"0.5 · (x + |x|)",
	],
	[
		"class Snake extends tf.layers.Layer { private a = 0.5; constructor(c) { super(c); this.b = 2; } call(x) { return x.add(x.mul(this.a).sin().square().div(this.b)); } }",
		null,
		"x + sin(x · 0.5)² / 2",
	],
	["const step_relu = (x) => 0 < x < 1 ? 1 : 0;", null, "1 if (0 < x) < 1, else 0"],
	["const gate_relu = (x) => (x > 0 && x) || 0;", "relu", ""],
	["const neg_relu = (x) => !(x <= 0) ? x : 0;", "relu", ""],
	["const relu = (x) => x % 2;", /operator remainder/],
	[
		"const f = (xs) => { const out = []; for (const x of xs) out.push(Math.max(0, x)); return out; };",
		"relu",
		"max(0, x)",
	],
	[
		"const f = (x) => { const y = new Array(x.length).fill(0); for (let i = 0; i < x.length; i++) { if (x[i] > 0) y[i] = x[i]; } return y; };",
		"relu",
		"x if x > 0, else 0",
	],
	[
		"const f = (x) => { const y = []; const n = x.length; for (let i = 0; i < n; ++i) { y[i] = x[i] / (1 + Math.exp(-x[i])); } return y; };",
		"silu",
		"x / (1 + exp(−x))",
	],
	[
		"const f = (x) => { for (let i = 0; i < x.length; i += 1) x[i] = Math.max(x[i], 0); return x; };",
		"relu",
		"max(x, 0)",
	],
	["const f = (xs) => [...xs].map((x) => Math.max(0, x));", "relu", "max(0, x)"],
	["const f = (xs) => Array.from(xs, (x) => Math.max(0, x));", "relu", "max(0, x)"],
	["const f = (x) => Number(x > 0) * x;", "relu", "(x > 0) · x"],
	[
		"const f = (x) => { switch (true) { case x > 0: return x; default: return 0.1 * x; } };",
		"leaky_relu",
		"x if x > 0, else 0.1 · x",
	],
	[
		"const f = (x) => { let y; switch (true) { case x < -1: case x === -5: y = -1; break; case x > 1: { y = 1; break; } default: y = x; } return y; };",
		"hardtanh",
		"−1 if x < −1 or x = −5, else (1 if x > 1, else x)",
	],
	["const f = (x) => { switch (x > 0) { case true: return x; case false: return 0; } };", "relu", "x if x > 0, else 0"],
	["const relu = (x) => { for (const i in x) { } return x; };", /for loop/],
	["const relu = (x) => { for (let i = 1; i < x.length; i++) { x[i] = 0; } return x; };", /for loop/],
	[
		"const relu = (x) => { const y = x; for (let i = 0; i < x.length; i++) y[i] = Math.max(0, x[i]); return x; };",
		/in place under another/,
	],
	["const relu = (xs) => xs.map((x) => x * xs);", /an array among its elements/],
	[
		"const relu = (xs) => { const y = new Array(xs.length); for (let i = 0; i < xs.length; i++) if (xs[i] > 0) y[i] = xs[i]; return y; };",
		/nothing is assigned to/,
	],
	[
		"const relu = (x) => { let y; switch (true) { case x < 0: y = 0; default: y = x; } return y; };",
		/goes on with the next/,
	],
	["const relu = (x) => { switch (x) { case 0: return 1; } return x; };", /case/],
	["const relu = (x) => { switch (true) { case x: return 1; default: return x; } };", /case/],
	["const relu = (x) => { while (x > 0) x--; return x; };", /while loop/],
	["let a = 1; a++;\nconst relu = (x) => a * x;", /the name a/],
	["const alpha = 3;\nconst relu = (x, { alpha }) => alpha * x;", /the name alpha/],
	["function relu({ x }) { return x; }", /no input parameter/],
	["const relu = (x) => x ?? 0;", /operator \?\?/],
	["const relu = (x) => ~x;", /operator bitwise ~/],
	["const relu = (x) => x | 0;", /operator \|/],
	["const relu = (x) => window.f(x);", /the name window/],
	["const relu = (x) => relu(x - 1);", /recursive function/],
	["const relu = (x) => x > 0 ? x : ;", /syntax error|half-typed/],
	[`const relu = (x) => ${"-(".repeat(10_000)}x${")".repeat(10_000)};`, /too deep|syntax error/],
];

for (const [code, ...expected] of definitions) {
	const isUnderstood = expected.length === 2;
	const last = code.slice(-80).split("\n").at(-1);
	test(`${last} is ${isUnderstood ? "understood" : "not understood, and the reason is named"}`, () => {
		const definition = readSource(IMPORT + code, "typescript").definitions.at(-1);
		if (isUnderstood) {
			const [identity, formula] = expected;
			assert.equal(definition?.reason, null);
			if (formula !== "") assert.equal(printFormula(definition.understood!.activation.definition), formula);
			if (identity !== null) assert.equal(definition.identity?.activation, identity);
			return;
		}
		assert.match(definition?.reason ?? "none", expected[0]);
		assert.equal(definition?.understood, null);
		assert.equal(definition?.identity, null);
	});
}

test("the error functions that come with printed code are known, however they are laid out, but no others", () => {
	const { stable: expression } = findActivation("gelu")!;
	const { code } = functionCode(
		{ name: "act", expression, parameters: [], title: "", formula: null, source: "" },
		"typescript",
	)!;
	const read = (text: string) => readSource(text, "typescript").definitions.find(({ name }) => name === "act");
	assert.match(code, /function erfc/);
	assert.equal(read(code)?.identity?.activation, "gelu");
	assert.equal(read(code.replaceAll("\t", "    "))?.identity?.activation, "gelu");
	assert.equal(read(code.replace("n = 200", "n = 2"))?.understood, null);
	assert.equal(read(`${code}\nerf = (x) => x;`)?.understood, null);
});

test("cut, doubled and shuffled code never throws, and no range lies outside the text", () => {
	const codes = [...references, ...definitions].map(([code]) => code).filter(({ length }) => length < 1000);
	const whole = `${IMPORT}${codes.join("\n")}\n`;
	const seed = 20261124;
	const random = new Random(seed);
	for (let i = 0; i < 400; i++) {
		const [a, b] = [random.uniform(), random.uniform()]
			.map((share) => Math.floor(share * whole.length))
			.sort((p, q) => p - q) as [number, number];
		const text = [
			whole.slice(0, a) + whole.slice(b),
			whole.slice(0, b) + whole.slice(a),
			whole.slice(a, b) + whole.slice(0, a),
		][i % 3]!;
		const languageId = languageIds[1 + (i % 4)]!;
		const { uses: found, definitions: made } = readSource(text, languageId);
		for (const { span } of [...found, ...made]) {
			assert.ok(span.start >= 0 && span.end <= text.length && span.start < span.end, `seed ${seed}, case ${i}`);
		}
	}
});
