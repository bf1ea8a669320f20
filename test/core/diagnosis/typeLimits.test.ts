import assert from "node:assert/strict";
import { test } from "node:test";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { typeLimitsOf } from "../../../src/core/diagnosis/typeLimits.ts";

const of = (id: string, dtype: "float64" | "float32" | "float16" | "bfloat16") =>
	typeLimitsOf(findActivation(id)!, {}, dtype);

test("squared ReLU overflows in float16 from 256, as 256² is above 65504, and not in bfloat16's ordinary range", () => {
	assert.deepEqual(of("squared_relu", "float16").overflow, { below: null, above: 256 });
	assert.ok(of("squared_relu", "bfloat16").overflow.above! > 1e19);
});

test("the exponential overflows from 11.09 in float16, 88.73 in float32 and 709.79 in float64, though its float64 values do, too", () => {
	assert.equal(of("exponential", "float16").overflow.above, 11.09375);
	assert.ok(Math.abs(of("exponential", "float32").overflow.above! - 88.7228) < 1e-3);
	assert.ok(Math.abs(of("exponential", "float64").overflow.above! - 709.7827) < 1e-3);
	assert.equal(of("exponential", "float16").overflow.below, null);
	assert.deepEqual(
		of("squareplus", "float64").overflow,
		{ below: null, above: null },
		"x² overflows, its root does not",
	);
});

test("softplus as in the textbook overflows where eˣ does: 11.09 in float16, 88.73 in float32; ReLU has no such form", () => {
	assert.equal(of("softplus", "float16").textbookOverflow.above, 11.09375);
	assert.ok(Math.abs(of("softplus", "float32").textbookOverflow.above! - 88.7228) < 1e-3);
	assert.deepEqual(of("relu", "float16").textbookOverflow, { below: null, above: null });
});

test("the sigmoid's slope is lost in float16 beyond ±17.34; that of ReLU, 0 by definition, is not lost", () => {
	assert.deepEqual(of("sigmoid", "float16").lostSlope, { below: -17.34375, above: 17.34375 });
	assert.deepEqual(of("relu", "float16").lostSlope, { below: null, above: null });
});

test("the sigmoid rounds to 1 from 8.32 in float16 and 25·ln 2 in float32, and to 0 far later; a clipped ReLU is its limit", () => {
	const { below, above } = of("sigmoid", "float16").saturated;
	assert.ok(Math.abs(above! - 8.32) < 0.01 && Math.abs(below! + 17.34) < 0.01, `${below}, ${above}`);
	assert.ok(Math.abs(of("sigmoid", "float32").saturated.above! - 25 * Math.LN2) < 1e-5);
	assert.deepEqual(of("relu6", "float16").saturated, { below: null, above: null });
});
