import assert from "node:assert/strict";
import { test } from "node:test";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { choiceFacts } from "../../../src/core/activations/choice.ts";

const of = (id: string, dtype: "float32" | "float16" = "float32", depth = 10) =>
	choiceFacts(findActivation(id)!, {}, dtype, depth);

test("ReLU keeps the gradient through any depth with its own gain, sigmoid loses it", () => {
	assert.ok(Math.abs(of("relu", "float32", 50).gradientThroughDepth - 1) < 1e-9);
	assert.ok(of("sigmoid").gradientThroughDepth < 1e-3);
	assert.ok(of("tanh").gradientThroughDepth > 0.5);
});

test("a slope is lost where the type rounds it to 0, and not where it is 0 anyway", () => {
	assert.equal(of("relu").slopeLostAt, null);
	// σ′ falls below half of float16's smallest number, 2⁻²⁵, at 17.3.
	assert.equal(of("sigmoid", "float16").slopeLostAt, 17.5);
	assert.equal(of("tanh", "float16").slopeLostAt, 9.5);
});

test("bounds and dead zones are those of the facts", () => {
	assert.deepEqual([of("relu").isBounded, of("sigmoid").isBounded], [false, true]);
	assert.deepEqual([of("relu").zeroGradient.length, of("gelu").zeroGradient.length], [1, 0]);
});
