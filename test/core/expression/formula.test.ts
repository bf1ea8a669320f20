import assert from "node:assert/strict";
import { test } from "node:test";
import {
	abs,
	add,
	and,
	applyUnary,
	constant,
	div,
	erf,
	exp,
	floor,
	ge,
	gt,
	x as input,
	log,
	logistic,
	max,
	mul,
	ne,
	neg,
	not,
	or,
	parameter,
	pow,
	sqrt,
	square,
	sub,
	where,
} from "../../../src/core/expression/build.ts";
import type { Expression } from "../../../src/core/expression/expression.ts";
import { printFormula, printLatex } from "../../../src/core/expression/formula.ts";

const printed: readonly (readonly [expression: Expression, formula: string, latex: string])[] = [
	[div(1, add(1, exp(neg(input)))), "1 / (1 + exp(−x))", "\\frac{1}{1 + e^{-x}}"],
	[
		mul(mul(0.5, input), add(1, erf(div(input, sqrt(constant(2)))))),
		"0.5 · x · (1 + erf(x / √2))",
		"0.5 \\cdot x \\cdot \\left(1 + \\operatorname{erf}\\left(\\frac{x}{\\sqrt{2}}\\right)\\right)",
	],
	[mul(input, logistic(input)), "x · σ(x)", "x \\cdot \\sigma\\left(x\\right)"],
	[applyUnary("normalCdf", input), "Φ(x)", "\\Phi\\left(x\\right)"],
	[log(abs(input)), "log(|x|)", "\\log\\left(\\left|x\\right|\\right)"],
	[square(sub(input, 1)), "(x − 1)²", "\\left(x - 1\\right)^2"],
	[sub(input, sub(input, 1)), "x − (x − 1)", "x - \\left(x - 1\\right)"],
	[pow(input, 3), "x³", "x^{3}"],
	[pow(input, 0.5), "x^0.5", "x^{0.5}"],
	[floor(add(input, 0.5)), "⌊x + 0.5⌋", "\\lfloor x + 0.5 \\rfloor"],
	[max(input, parameter("alpha")), "max(x, α)", "\\max\\left(x, \\alpha\\right)"],
	[mul(parameter("lambd"), parameter("my_slope")), "λ · my_slope", "\\lambda \\cdot \\mathit{my\\_slope}"],
	[mul(constant(Math.PI, "pi"), constant(Math.E, "e")), "π · e", "\\pi \\cdot e"],
	[constant(-1e-30), "−1e−30", "-1 \\cdot 10^{-30}"],
	[constant(Number.NEGATIVE_INFINITY), "−∞", "-\\infty"],
	[
		where(gt(input, 0), input, mul(parameter("negative_slope"), input)),
		"x if x > 0, else slope · x",
		"\\begin{cases} x & \\text{if } x > 0 \\\\ \\mathit{negative\\_slope} \\cdot x & \\text{otherwise} \\end{cases}",
	],
	[and(ge(input, 0), ne(input, 1)), "x ≥ 0 and x ≠ 1", "x \\ge 0 \\land x \\ne 1"],
	[or(not(input), gt(input, 2)), "not x or x > 2", "\\neg x \\lor x > 2"],
];

for (const [expression, formula, latex] of printed) {
	test(`${formula} is ${latex} in LaTeX`, () => {
		assert.equal(printFormula(expression), formula);
		assert.equal(printLatex(expression), latex);
	});
}

test("a formula of more than 400 characters is cut, and LaTeX is not", () => {
	let long: Expression = input;
	for (let i = 0; i < 200; i++) long = add(long, 1);
	assert.equal(printFormula(long).length, 400);
	assert.ok(printFormula(long).endsWith("…"));
	assert.ok(printLatex(long).length > 400);
});
