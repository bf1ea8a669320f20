import assert from "node:assert/strict";
import { test } from "node:test";
import { transformSync } from "esbuild";
import { withDefaults } from "../../../../src/core/activations/activation.ts";
import { catalog, findActivation } from "../../../../src/core/activations/catalog.ts";
import { type CodeTarget, codeTargets, functionCode } from "../../../../src/core/activations/libraries/functionCode.ts";
import { activationValues } from "../../../../src/core/activations/values.ts";
import { inputsOf } from "../../../../src/core/diagnosis/ladder.ts";
import { div, exp, lt, mul, parameter, where, x } from "../../../../src/core/expression/build.ts";
import { differentiate } from "../../../../src/core/expression/differentiate.ts";
import { evaluateExactly } from "../../../../src/core/expression/exact.ts";
import { unitInLastPlace } from "../../../../src/core/numerics/dtype.ts";

function written(id: string, target: CodeTarget): string | undefined {
	const { name, stable, parameters, source, definition } = findActivation(id)!;
	return functionCode({ name: id, expression: stable, parameters, title: name, formula: definition, source }, target)
		?.code;
}

test("every activation is written for every library", () => {
	for (const target of codeTargets) {
		const missing = catalog.filter(({ id }) => written(id, target) === undefined).map(({ id }) => id);
		assert.deepEqual(missing, [], target);
	}
});

test("code for TypeScript and TensorFlow.js declares each function once, and error functions only where they are called", () => {
	for (const target of ["typescript", "tfjs"] as const) {
		for (const { id } of catalog) {
			const code = written(id, target)!;
			const declared = [...code.matchAll(/function (\w+)/g)].map(([, name]) => name!);
			assert.equal(new Set(declared).size, declared.length, `${target} ${id}: ${declared}`);
			const isCalled = /\n\t.*(?<![\w.])erfc?\(/.test(code.split("\n}\n")[0]!);
			assert.equal(declared.length > 1, isCalled, `${target} ${id}`);
		}
	}
});

test("a PyTorch module learns its trainable parameters", () => {
	assert.equal(
		written("swish_beta", "pytorch-module"),
		`class SwishBeta(nn.Module):
    """Swish-β: x · σ(β · x). Ramachandran et al. 2017."""

    def __init__(self, beta=1.0):
        super().__init__()
        self.beta = nn.Parameter(torch.tensor(float(beta)))

    def forward(self, x):
        return x * torch.sigmoid(self.beta * x)
`,
	);
});

test("code that calls tf imports TensorFlow in Python and TensorFlow.js in JavaScript", () => {
	const { stable, parameters } = findActivation("elu")!;
	const what = { name: "elu", expression: stable, parameters, title: "", formula: null, source: "" };
	assert.deepEqual(functionCode(what, "tensorflow")?.imports, ["import tensorflow as tf"]);
	assert.deepEqual(functionCode(what, "tfjs")?.imports, ['import * as tf from "@tensorflow/tfjs";']);
});

test("a side that is not taken has no infinite slope", () => {
	assert.match(written("elu", "pytorch")!, /torch\.expm1\(torch\.where\(u, 0, x\)\)/);
});

test("a choice by a weight that is a tensor computes both sides, with values where their slopes are finite", () => {
	const layer = written("soft_exponential", "keras-layer")!;
	assert.match(layer, /u = self\.alpha < 0\n {8}v = keras\.ops\.where\(u, self\.alpha, 1\)\n/);
	assert.doesNotMatch(layer.split("def call")[1]!, / if /);
	assert.match(written("soft_exponential", "keras")!, / if alpha < 0 else /);
	// A choice by two weights is none that is understood.
	const [alpha, beta] = [parameter("alpha"), parameter("beta")];
	const parameters = ["alpha", "beta"].map((name) => ({ name, default: 1, trainable: true, constraint: "" }));
	const expression = where(lt(alpha, beta), div(x, alpha), exp(mul(beta, x)));
	const what = { name: "own", expression, parameters, title: "", formula: null, source: "" };
	assert.equal(functionCode(what, "keras-layer"), undefined);
	assert.ok(functionCode(what, "pytorch-module"));
});

test("a parameter that has the name of a function is not called: the function is written as a choice", () => {
	assert.match(written("gelu_clipped", "python")!, /v = min if u < min else u\n {4}return max if v > max else v\n/);
	assert.match(written("gelu_clipped", "typescript")!, /Math\.min\(Math\.max\(/);
});

/** The function that a piece of TypeScript exports. */
function run(code: string): (x: number) => number {
	const { code: script } = transformSync(code, { loader: "ts", format: "cjs" });
	const module: { exports: Record<string, (x: number) => number> } = { exports: {} };
	// The generated code itself is what is tested here.
	new Function("module", "exports", script)(module, module.exports);
	return Object.values(module.exports)[0]!;
}

test("log Φ in TypeScript is log Φ over the whole line", () => {
	const own = run(written("log_ndtr", "typescript")!);
	const { stable } = findActivation("log_ndtr")!;
	for (const x of [
		...inputsOf("float64").filter((_, i) => i % 23 === 0),
		0,
		-0,
		-30,
		-29.999,
		-37.7,
		-1e154,
		-1.8e154,
	]) {
		const wanted = evaluateExactly(stable, x);
		const magnified = Math.abs((x * evaluateExactly(differentiate(stable, "x"), x)) / wanted);
		const allowed = 8 * Math.max(1, Number.isFinite(magnified) ? magnified : 1) * unitInLastPlace(wanted, "float64");
		assert.ok(Object.is(own(x), wanted) || Math.abs(own(x) - wanted) <= allowed, `at ${x}: ${own(x)}, not ${wanted}`);
	}
	assert.equal(own(Number.NEGATIVE_INFINITY), Number.NEGATIVE_INFINITY);
	assert.ok(Math.abs(own(Number.POSITIVE_INFINITY)) === 0);
	assert.ok(Number.isNaN(own(Number.NaN)));
});

test("the TypeScript code gives the core's values", () => {
	const inputs = [-690.1, -36.9, -9.1, -3.19, -1.17, -0.37, -1e-8, 0, 1e-8, 0.37, 1.17, 3.19, 9.1, 36.9, 690.1];
	for (const activation of catalog) {
		const own = run(written(activation.id, "typescript")!);
		const parameters = withDefaults(activation);
		const { value, derivative } = activationValues(activation, parameters, inputs);
		inputs.forEach((x, i) => {
			const wanted = value[i]!;
			const got = own(x);
			// Rounding of a few operations, of the input, and what sums near a zero of the function lose.
			const allowed = 2 ** -52 * (16 * Math.abs(wanted) + 16 * Math.abs(x * derivative[i]!) + Math.min(1, Math.abs(x)));
			const what = `${activation.id}(${x}) is ${got}, expected ${wanted}`;
			if (Number.isFinite(wanted)) assert.ok(Math.abs(got - wanted) <= allowed, what);
			else assert.ok(Object.is(got, wanted), what);
		});
	}
});
