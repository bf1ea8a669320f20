import assert from "node:assert/strict";
import { test } from "node:test";
import { add, div, eq, exp, x as input, log, max, mul, neg, sub, where } from "../../../src/core/expression/build.ts";
import { compile, evaluate } from "../../../src/core/expression/evaluate.ts";

test("blocks that hold one value, of either sign of zero or NaN, are computed as single inputs are", () => {
	const sigmoid = div(1, add(1, exp(neg(input))));
	const functions = [
		sigmoid,
		mul(input, sigmoid),
		div(1, mul(0, input)), // ±∞ by the sign of a zero that all of a block has.
		log(sub(max(input, -1), 5)),
		where(eq(exp(input), 0), neg(exp(input)), log(add(1, exp(input)))),
	];
	const inputs = [-1e9, -800, -2, -1, -0, 0, 1, 6, 900].flatMap((from, i) =>
		Array.from({ length: 300 + 57 * i }, (_, k) => (k % 97 === 96 ? -from : from + Math.sign(from) * (k % 2))),
	);
	inputs.push(...new Array(600).fill(Number.NaN), ...new Array(600).fill(-0), ...new Array(300).fill(1000));
	const x = Float64Array.from(inputs);
	const values = compile(functions)(x);
	functions.forEach((one, which) => {
		for (const [i, each] of inputs.entries()) {
			const expected = evaluate(one, each);
			assert.ok(Object.is(values[which]![i], expected), `function ${which} at ${each}: ${values[which]![i]}`);
		}
	});
	const again = compile(functions);
	again(x.subarray(2000));
	assert.deepEqual(again(x), values);
});
