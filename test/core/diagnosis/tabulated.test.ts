import assert from "node:assert/strict";
import { test } from "node:test";
import { inputsOf } from "../../../src/core/diagnosis/ladder.ts";
import { arithmeticOf } from "../../../src/core/diagnosis/libraryArithmetic.ts";
import { tabulated } from "../../../src/core/diagnosis/tabulated.ts";
import { add, applyUnary, constant, exp, x as input, log, mul } from "../../../src/core/expression/build.ts";
import { type Arithmetic, compile } from "../../../src/core/expression/evaluate.ts";
import type { Expression } from "../../../src/core/expression/expression.ts";

const SPECIAL = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1, -1e-30, 1e300];

function assertSame(
	expression: Expression,
	x: Float64Array,
	looked: Arithmetic,
	plain: Arithmetic,
	what: string,
): void {
	const [found, expected] = [looked, plain].map((one) => compile([expression], {}, one)(x)[0]!) as [
		Float64Array,
		Float64Array,
	];
	for (const [i, value] of expected.entries()) {
		assert.ok(Object.is(found[i], value), `${what} at ${x[i]}: ${found[i]}, not ${value}`);
	}
}

test("an operation that is looked up gives what it gives computed, at every 16-bit number and at others", () => {
	// Of 0.1 the libraries differ: PyTorch keeps it in float32, which is no 16-bit number.
	const functions = [
		...(["exp", "log", "log1p", "tanh", "logistic", "erf", "softplus"] as const).map((name) => applyUnary(name, input)),
		log(add(1, exp(input))),
		mul(exp(constant(0.1)), input),
	];
	for (const dtype of ["float16", "bfloat16"] as const) {
		const inputs = Float64Array.from([...inputsOf(dtype), ...SPECIAL]);
		for (const library of ["torch", "jax", "numpy"]) {
			for (const one of functions) {
				assertSame(
					one,
					inputs,
					tabulated(arithmeticOf(library, dtype), dtype),
					arithmeticOf(library, dtype),
					`${library} ${dtype}`,
				);
			}
		}
		for (const one of functions) {
			assertSame(
				one,
				inputs,
				tabulated({ unary: {}, binary: {} }, dtype),
				{ unary: {}, binary: {} },
				`float64 at ${dtype}`,
			);
		}
	}
});
