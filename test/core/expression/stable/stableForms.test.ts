import assert from "node:assert/strict";
import { test } from "node:test";
import { inputsOf } from "../../../../src/core/diagnosis/ladder.ts";
import * as build from "../../../../src/core/expression/build.ts";
import { evaluate } from "../../../../src/core/expression/evaluate.ts";
import { evaluateExactly } from "../../../../src/core/expression/exact.ts";
import type { Expression } from "../../../../src/core/expression/expression.ts";
import { printFormula } from "../../../../src/core/expression/formula.ts";
import { refined } from "../../../../src/core/expression/stable/refined.ts";
import { stableForms } from "../../../../src/core/expression/stable/stableForms.ts";
import { Random } from "../../../../src/core/numerics/random.ts";
import { readSource } from "../../../../src/core/reading/readSource.ts";

const { add, constant, div, exp, log, mul, neg, sqrt, square, sub, tanh, x } = build;
const PARAMETERS = { a: 1.3, b: 2 };
const SEED = Number(process.env.SEED ?? 20_261_125);

function expressionOf(formula: string): Expression {
	const text = `import numpy as np\nfrom scipy import special\ndef f(x, a=1.3, b=2.0):\n    return ${formula}\n`;
	return readSource(text, "python").definitions[0]!.understood!.activation.definition;
}

/** Formulas as people write them, and the operations that they spell out. */
const RECOGNISED: readonly (readonly [formula: string, form: string])[] = [
	["1 / (1 + np.exp(-x))", "σ(x)"],
	["np.exp(x) / (1 + np.exp(x))", "σ(x)"],
	["(1 + np.exp(-x)) ** -1", "σ(x)"],
	["1 / (1 + np.power(np.e, -x))", "σ(x)"],
	["np.exp(x) / (np.exp(x) + np.exp(-x))", "σ(2 · x)"],
	["np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x)))", "σ(x)"],
	["(np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))", "tanh(x)"],
	["(np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)", "tanh(x)"],
	["(1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x))", "tanh(x)"],
	["2 / (1 + np.exp(-2 * x)) - 1", "tanh(x)"],
	["1 - 2 / (np.exp(2 * x) + 1)", "tanh(x)"],
	["np.sinh(x) / np.cosh(x)", "tanh(x)"],
	["(np.exp(x) - 1) / (np.exp(x) + 1)", "tanh(0.5 · x)"],
	["np.log(1 + np.exp(x))", "softplus(x)"],
	["np.log1p(np.exp(x))", "softplus(x)"],
	["np.log(1 + 2 * np.exp(3 * x)) / 3", "softplus(3 · x + log(2)) / 3"],
	["-np.log(1 + np.exp(-x))", "−softplus(−x)"],
	["np.log(1 / (1 + np.exp(-x)))", "−softplus(−x)"],
	["x - np.log(1 + np.exp(x))", "−softplus(−x)"],
	["np.exp(-np.log(1 + np.exp(-x)))", "σ(x)"],
	["np.log(np.cosh(x))", "|x| + softplus(−2 · |x|) − log(2) if |x| > 1, else log1p(2 · sinh(0.5 · x)²)"],
	["np.log(np.exp(3 * x) + np.exp(-3 * x))", "3 · |x| + softplus(−6 · |x|)"],
	["x * np.tanh(np.log(1 + np.exp(x)))", "x · tanh(softplus(x))"],
	["x / (1 + np.exp(-b * x))", "x · σ(b · x)"],
	["x * np.exp(x) / (1 + np.exp(x))", "x · σ(x)"],
	["0.5 * x * (1 + np.tanh(b * x))", "x · σ(2 · b · x)"],
	["0.5 * x * (1 + special.erf(x))", "0.5 · x · erfc(−x)"],
	["x * 0.5 * (1 - special.erf(-x))", "x · 0.5 · erfc(−x)"],
	["np.where(x > 0, x, 1.5 * (np.exp(x) - 1))", "x if x > 0, else 1.5 · expm1(x)"],
	["np.where(x > 0, x, a * np.exp(x) - a)", "x if x > 0, else a · expm1(x)"],
	["np.exp(-x) / (1 + np.exp(-x)) ** 2", "σ(x) · σ(−x)"],
	["(1 / (1 + np.exp(-x))) * (1 - 1 / (1 + np.exp(-x)))", "σ(x) · σ(−x)"],
	["1 - np.tanh(x) ** 2", "4 · σ(2 · x) · σ(−2 · x)"],
	["1 / np.cosh(x) ** 2", "4 · σ(2 · x) · σ(−2 · x)"],
	["(x + np.abs(x)) / 2", "max(x, 0)"],
	["np.sin(x) / x", "sinc(x)"],
	["np.log(x + np.sqrt(x ** 2 + 1))", "asinh(x)"],
	["x * np.log(1 + 1 / (1 + np.exp(-x)))", "x · log1p(σ(x))"],
	["x / (np.exp(x) - 1)", "x / expm1(x)"],
	["np.exp(x) / (np.exp(x) - 1)", "−1 / expm1(−x)"],
	["1 / (1 + np.exp(-np.clip(x, -500, 500)))", "σ(min(max(x, −500), 500))"],
];

test("what a formula spells out is recognised", () => {
	for (const [formula, form] of RECOGNISED) {
		assert.equal(stableForms(expressionOf(formula)).map(printFormula)[0], form, formula);
	}
});

/** Formulas whose value stays in range, and whose steps do not. */
const SCALED: readonly string[] = [
	"x * (27 + x ** 2) / (27 + 9 * x ** 2)",
	"x ** 2 / (1 + x ** 2)",
	"x ** 2 / (abs(x) + x ** 2 + 1)",
	"x / np.sqrt(1 + x ** 2)",
	"(np.sqrt(x ** 2 + 1) - 1) / 2 + x",
	"(x + np.sqrt(x ** 2 + 4)) / 2",
	"x * (np.exp(2 * x) + 2 * np.exp(x)) / (np.exp(2 * x) + 2 * np.exp(x) + 2)",
	"1 / (1 + 2 * np.exp(-x))",
	"(x - x) / (1 + x ** 2)",
];

/** Formulas that are right in float64, and the forms that are so in narrow types and far out, too. */
const REFINED: readonly (readonly [formula: string, form: string])[] = [
	["x * special.expit(x)", "x · exp(−0.5 · |x|) · exp(−0.5 · |x|) / (1 + exp(−|x|)) if x < −8, else x · σ(x)"],
	["x * np.exp(-x ** 2)", "x · exp(0.5 · −x²) · exp(0.5 · −x²)"],
	["np.clip(0.2 * x + 0.5, 0, 1)", "min(max((x + 2.5) / 5, 0), 1)"],
	["np.maximum(0.5 - x / 6, 0)", "max((3 − x) / 6, 0)"],
	["np.sqrt(np.abs(x))", "0 if x = 0, else √(|1 if x = 0, else x|)"],
	["np.sqrt(np.maximum(x, 0))", "0 if x ≤ 0, else √(1 if x ≤ 0, else x)"],
	["np.abs(x) ** 0.25", "0 if x = 0, else |1 if x = 0, else x|^0.25"],
];

test("what narrow types lose is kept by more steps", () => {
	const silu = expressionOf("x * special.expit(x)");
	assert.equal(printFormula(refined(silu, -64)), "x · exp(−0.5 · |x|) · exp(−0.5 · |x|) if x < −64, else x · σ(x)");
	for (const [formula, form] of REFINED) assert.equal(printFormula(refined(expressionOf(formula), -8)), form, formula);
	for (const formula of [
		"np.tanh(0.25 * x + 0.5)",
		"np.tanh(0.3 * x + 0.5)",
		"2 * special.expit(x)",
		"np.sqrt(1 + x)",
		"np.exp(-x)",
	]) {
		assert.equal(refined(expressionOf(formula), -8), expressionOf(formula), formula);
	}
});

test("every form agrees with its formula over the whole line, also where the formula's own steps do not", () => {
	let failsAsWritten = 0;
	const random = new Random(SEED, "far out");
	for (const formula of [
		...RECOGNISED.map(([formula]) => formula),
		...SCALED,
		...REFINED.map(([formula]) => formula),
	]) {
		const written = expressionOf(formula);
		const form = refined(stableForms(written).at(-1) ?? written, random.uniform() < 0.5 ? -8 : -64);
		for (const [i, input] of inputsOf("float64").entries()) {
			if (i % 61 !== 0) continue;
			const exact = evaluateExactly(written, input, PARAMETERS);
			if (!Number.isFinite(exact) || Math.abs(exact) < 1e-300) continue;
			// The rounding of a product inside an exponential counts as often as the exponent is large.
			const tolerance = 1e-14 * Math.max(1, Math.abs(Math.log(Math.abs(exact))));
			const error = Math.abs(evaluate(form, input, PARAMETERS) - exact) / Math.abs(exact);
			assert.ok(error < tolerance, `${formula} as ${printFormula(form)} at ${input}: ${error}`);
			if (!(Math.abs(evaluate(written, input, PARAMETERS) - exact) < 0.01 * Math.abs(exact))) failsAsWritten++;
		}
	}
	assert.ok(failsAsWritten > 1000, `the formulas fail at ${failsAsWritten} inputs`);
});

test("what is stable already stays as it is", () => {
	for (const formula of ["np.maximum(x, 0)", "x / (1 + np.abs(x))", "np.tanh(x)", "np.where(x > 0, x, 0.1 * x)"]) {
		assert.deepEqual(stableForms(expressionOf(formula)), [], formula);
	}
});

/** Sums, products and ratios of what the rules are about, so that they meet each other. */
function randomFormula(random: Random, size: number): Expression {
	const pick = <T>(from: readonly T[]): T => from[Math.floor(random.uniform() * from.length)]!;
	if (size <= 1) {
		return pick([x, x, neg(x), exp(x), exp(neg(x)), exp(mul(2, x)), tanh(x), constant(1), constant(1), constant(2)]);
	}
	const part = () => randomFormula(random, Math.floor((size - 1) / 2));
	const whole = () => randomFormula(random, size - 1);
	return pick([
		() => add(part(), part()),
		() => add(1, whole()),
		() => sub(part(), part()),
		() => sub(whole(), 1),
		() => mul(part(), part()),
		() => mul(0.5, whole()),
		() => div(part(), part()),
		() => div(part(), part()),
		() => div(1, whole()),
		() => exp(whole()),
		() => log(whole()),
		() => square(whole()),
		() => sqrt(add(square(whole()), 1)),
		() => build.abs(whole()),
		() => sqrt(build.abs(whole())),
		() => sqrt(build.max(whole(), 0)),
		() => add(mul(constant(0.2, "0.2"), x), part()),
		() => build.erf(whole()),
		() => build.logistic(whole()),
		() => build.log1p(whole()),
	])();
}

test("no rule changes what a random expression is", () => {
	const random = new Random(SEED, "stable forms");
	let compared = 0;
	for (let i = 0; i < 4000; i++) {
		const written = randomFormula(random, 2 + Math.floor(14 * random.uniform()));
		const forms = stableForms(written);
		for (const form of new Set([...forms, refined(forms.at(-1) ?? written, -8)])) {
			for (let k = 0; k < 3; k++) {
				const at = (6 * random.uniform() - 3) * (k === 0 ? 6 : 1);
				const [before, after] = [written, form].map((each) => evaluateExactly(each, at)) as [number, number];
				// Where the formula has no value (1/0 on the way), a form may have one: sin(x)/x at 0.
				if (!Number.isFinite(before)) continue;
				const what = `seed ${SEED}, case ${i}: ${printFormula(written)} as ${printFormula(form)} at ${at}`;
				// Whether a number next to 0 is 0 no precision can tell; float64 then says it.
				const told = Number.isNaN(after) ? evaluate(form, at) : after;
				const allowed = Number.isNaN(after) ? 1e-6 : 1e-14;
				assert.ok(Math.abs(before - told) <= allowed * Math.abs(before), `${what}: ${before}, ${told}`);
				compared++;
			}
		}
	}
	assert.ok(compared > 3000, `only ${compared} compared`);
});
