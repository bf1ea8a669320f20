import assert from "node:assert/strict";
import { test } from "node:test";
import { bestRate } from "../../src/engines/tuning.ts";

const tried = (rate: number, values: readonly number[]) =>
	values.map((value, seed) => ({ run: { activation: 0, seed, rate }, value }));

test("a learning rate's mean does not depend on which of its trainings ended first", () => {
	const all = [...tried(0, [0.1, 0.2, 0.3]), ...tried(1, [0.3, 0.2, 0.1])];
	assert.notEqual(0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1);
	assert.deepEqual(bestRate([0.01, 0.1], 3, all.toReversed(), true), bestRate([0.01, 0.1], 3, all, true));
});
