import assert from "node:assert/strict";
import { test } from "node:test";
import { findActivation } from "../../src/core/activations/catalog.ts";
import { costOf } from "../../src/engines/cost.ts";

test("a cost is a multiple of ReLU's, measured once", () => {
	const gelu = findActivation("gelu")!;
	const cost = costOf(gelu, {});
	assert.ok(cost > 0 && Number.isFinite(cost), String(cost));
	assert.equal(costOf(gelu, {}), cost);
});

test("ReLU costs once what ReLU costs", () => {
	assert.equal(costOf(findActivation("relu")!, {}), 1);
});
