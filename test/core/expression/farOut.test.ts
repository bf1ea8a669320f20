import assert from "node:assert/strict";
import { test } from "node:test";
import { withDefaults } from "../../../src/core/activations/activation.ts";
import { catalog } from "../../../src/core/activations/catalog.ts";
import {
	add,
	atan,
	div,
	exp,
	expm1,
	x as input,
	log,
	log1p,
	mul,
	neg,
	sin,
	sinh,
	sqrt,
	sub,
	tanh,
} from "../../../src/core/expression/build.ts";
import { evaluateExactly } from "../../../src/core/expression/exact.ts";
import type { Expression } from "../../../src/core/expression/expression.ts";

/** From where e^x lies beyond every exponent of ball arithmetic to the largest double. */
const FAR = [1e15, 5e15, 1e16, 1e17, 1.2345e25, 1e100, 1.3e154, 1e300, Number.MAX_VALUE].flatMap((size) => [
	-size,
	size,
]);

test("far out, where exponentials have no exponent that is kept, a textbook form has the value of the stable one", () => {
	const different: string[] = [];
	for (const activation of catalog) {
		const parameters = withDefaults(activation);
		for (const x of FAR) {
			const [written, stable] = [activation.definition, activation.stable].map((form) =>
				evaluateExactly(form, x, parameters),
			);
			if (!Object.is(written, stable)) different.push(`${activation.id} at ${x}: ${written}, stable ${stable}`);
		}
	}
	assert.deepEqual(different, []);
});

test("logarithms, quotients and roots of exponentials are exact at any input", () => {
	const e = exp(input);
	const minus = exp(neg(input));
	const cases: readonly (readonly [string, Expression, (x: number) => number])[] = [
		["log(1 + eˣ)", log(add(1, e)), (x) => Math.max(x, 0)],
		["log1p(eˣ)", log1p(e), (x) => Math.max(x, 0)],
		["eˣ/(1 + eˣ)", div(e, add(1, e)), (x) => (x > 0 ? 1 : 0)],
		["x/(1 + e⁻ˣ)", div(input, add(1, minus)), (x) => Math.max(x, 0)],
		["(eˣ − e⁻ˣ)/(eˣ + e⁻ˣ)", div(sub(e, minus), add(e, minus)), Math.sign],
		["log(eˣ/(1 + eˣ))", log(div(e, add(1, e))), (x) => Math.min(x, 0)],
		["log √(eˣ·eˣ)", log(sqrt(mul(e, e))), (x) => x],
		["3eˣ/(eˣ + eˣ)", div(mul(3, e), add(e, e)), () => 1.5],
		["(3eˣ − eˣ)/eˣ", div(sub(mul(3, e), e), e), () => 2],
		["log(1 + e^(x + x))/2", div(log(add(1, exp(add(input, input)))), 2), (x) => Math.max(x, 0)],
		["sinh x/eˣ", div(sinh(input), e), (x) => (x > 0 ? 0.5 : Number.NEGATIVE_INFINITY)],
	];
	for (const [name, form, value] of cases) {
		for (const x of FAR) assert.equal(evaluateExactly(form, x), value(x) + 0, `${name} at ${x}`);
	}
});

test("a series whose terms reach the smallest exponent that is kept ends, with the value or none", () => {
	const tiny = div(add(mul(input, input), 0.1), add(1, exp(input)));
	// What is subtracted does not settle there, so that the series is summed at every precision.
	const twice = log(add(add(1, exp(input)), mul(exp(mul(2, input)), exp(neg(input)))));
	for (const form of [tanh(tiny), expm1(tiny), sin(tiny), atan(tiny)]) {
		for (const x of [3_121_657_384_082_613, 3_121_657_384_082_615]) {
			const value = evaluateExactly(sub(form, twice), x);
			assert.ok(Number.isNaN(value) || value === -(x + Math.LN2), `${value}`);
		}
	}
});
