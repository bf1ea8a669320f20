import assert from "node:assert/strict";
import { test } from "node:test";
import { inputsOf } from "../../../../src/core/diagnosis/ladder.ts";
import { erfc, logNormalCdf, normalCdf, x } from "../../../../src/core/expression/build.ts";
import {
	erfcByExp,
	logNormalCdfByErfc,
	logNormalCdfByExp,
	normalCdfByExp,
} from "../../../../src/core/expression/code/rewrites.ts";
import { differentiate } from "../../../../src/core/expression/differentiate.ts";
import { compile, evaluate } from "../../../../src/core/expression/evaluate.ts";
import { evaluateExactly } from "../../../../src/core/expression/exact.ts";
import type { Expression } from "../../../../src/core/expression/expression.ts";
import { smallestNormal, unitInLastPlace } from "../../../../src/core/numerics/dtype.ts";

const FORMS: readonly (readonly [name: string, what: Expression, form: Expression])[] = [
	["erfc", erfc(x), erfcByExp(x)],
	["Φ", normalCdf(x), normalCdfByExp(x)],
	["log Φ", logNormalCdf(x), logNormalCdfByExp(x)],
	["log Φ by erfc", logNormalCdf(x), logNormalCdfByErfc(x)],
];
const EXTRA = [0, -0, 3.75, -3.75, -30, 5e-324, -1e154, -1.8e154, 1.8e154, -1.7e308];

test("erfc, Φ and log Φ of exponentials are these to a few roundings over the whole line", () => {
	for (const [name, what, form] of FORMS) {
		const inputs = Float64Array.from([...inputsOf("float64").filter((_, i) => i % 7 === 0), ...EXTRA]);
		const slope = differentiate(what, "x");
		const got = compile([form])(inputs)[0]!;
		for (const [i, input] of inputs.entries()) {
			const wanted = evaluateExactly(what, input);
			if (Math.abs(wanted) < smallestNormal("float64")) {
				assert.ok(Math.abs(got[i]! - wanted) <= 2e-3 * smallestNormal("float64"), `${name} at ${input}: ${got[i]}`);
				continue;
			}
			// What the rounding of the exponent's square does.
			const magnified = Math.abs((input * evaluate(slope, input)) / wanted);
			const steps = 6 * Math.max(1, Number.isFinite(magnified) ? magnified : 1);
			const isNear = Math.abs(got[i]! - wanted) <= steps * unitInLastPlace(wanted, "float64");
			assert.ok(isNear || got[i] === wanted, `${name} at ${input}: ${got[i]}, not ${wanted}`);
		}
	}
});

test("their limits are right, and NaN passes", () => {
	const limits: readonly (readonly [Expression, left: number, right: number])[] = [
		[erfcByExp(x), 2, 0],
		[normalCdfByExp(x), 0, 1],
		[logNormalCdfByExp(x), Number.NEGATIVE_INFINITY, 0],
		[logNormalCdfByErfc(x), Number.NEGATIVE_INFINITY, 0],
	];
	for (const [form, left, right] of limits) {
		assert.equal(evaluate(form, Number.NEGATIVE_INFINITY), left);
		assert.ok(Math.abs(evaluate(form, Number.POSITIVE_INFINITY) - right) === 0);
		assert.ok(Number.isNaN(evaluate(form, Number.NaN)));
	}
});

test("their slopes are right at the edge of the choice, too", () => {
	for (const [name, what, form] of FORMS.slice(0, 3)) {
		for (const input of [-1e-9, 0, 1e-9]) {
			const [wanted, got] = [differentiate(what, "x"), differentiate(form, "x")].map((one) => evaluate(one, input));
			// The slope of a polynomial is less near than its value.
			assert.ok(Math.abs(got! - wanted!) <= 5e-14, `${name} at ${input}: ${got}, not ${wanted}`);
		}
	}
});
