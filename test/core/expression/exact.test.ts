import assert from "node:assert/strict";
import { test } from "node:test";
import { add, constant, div, exp, log, sub, x } from "../../../src/core/expression/build.ts";
import { evaluateAllExactly, exactlyAlong } from "../../../src/core/expression/exact.ts";

/** (x + d) − x, which takes as many bits as d is small. */
const difference = (d: string) => sub(add(x, constant(Number(d), d)), x);
/** 1 / (log(exp(x)) − x) has no value, which no number of bits shows. */
const neverSettled = div(1, sub(log(exp(x)), x));

test("along many inputs values are those at each, also where some take many bits", () => {
	const expressions = [difference("1e-300"), div(1, x)];
	const at = exactlyAlong(expressions);
	for (const input of [1, 0.1, -3, 1e30, 0]) assert.deepEqual(at(input), evaluateAllExactly(expressions, input));
	assert.deepEqual(at(1), [1e-300, 1]);
});

test("where many do not settle, the others are tried to fewer bits: NaN for what takes more", () => {
	const expressions = [neverSettled, difference("1e-300"), difference("1e-100")];
	const at = exactlyAlong(expressions);
	const found = Array.from({ length: 30 }, (_, i) => at(1 + i / 32));
	assert.deepEqual(found[0], [Number.NaN, 1e-300, 1e-100]);
	assert.deepEqual(found.at(-1), [Number.NaN, Number.NaN, 1e-100]);
});
