import assert from "node:assert/strict";
import { test } from "node:test";
import { learningRateAt, type Schedule } from "../../../src/core/training/schedule.ts";

const rates = (schedule: Schedule, steps: number) =>
	Array.from({ length: steps }, (_, step) => Number(learningRateAt(schedule, 1, step).toPrecision(12)));

test("a cosine goes from the learning rate to its minimum in T_max steps", () => {
	assert.deepEqual(rates({ name: "cosine", T_max: 4, eta_min: 0.2 }, 5), [1, 0.882842712475, 0.6, 0.317157287525, 0.2]);
});

test("steps multiply the learning rate by gamma, a tenth unless given", () => {
	assert.deepEqual(rates({ name: "step", step_size: 2 }, 5), [1, 1, 0.1, 0.1, 0.01]);
});

test("a warm-up begins at its factor, ends before the schedule's own first step, and delays it", () => {
	const schedule: Schedule = {
		name: "step",
		step_size: 2,
		gamma: 0.5,
		warmup: { total_iters: 2, start_factor: 0.5 },
	};
	assert.deepEqual(rates(schedule, 6), [0.5, 0.75, 1, 1, 0.5, 0.5]);
});
