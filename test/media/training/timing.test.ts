import assert from "node:assert/strict";
import { test } from "node:test";
import { translator } from "../../../media/texts.ts";
import { RunModel } from "../../../media/training/runModel.ts";
import { durationText, secondsLeft, timeToTarget, usualTarget } from "../../../media/training/timing.ts";
import { parseStudy } from "../../../src/protocol/studyDocument.ts";
import type { TrainerEvent } from "../../../src/protocol/trainer.ts";

const t = translator({});

function modelOf(seeds: readonly number[], events: readonly TrainerEvent[], epochs = 4): RunModel {
	const study = parseStudy({
		activations: ["relu", "gelu"],
		data: { kind: "moons", samples: 100, noise: 0.1 },
		network: { hidden: [4] },
		epochs,
		seeds,
		tuning: false,
	});
	return new RunModel({ summary: { id: "1", name: "", state: "running", startedAt: 0, study, progress: 0 }, events });
}

/** Training of 4 epochs at `pace` seconds each, as far as its accuracies go; with null, a regression of these losses. */
function training(activation: number, seed: number, pace: number, values: readonly number[], isLoss = false) {
	const run = { activation, seed };
	const events: TrainerEvent[] = [{ kind: "started", run, parameters: 1, steps: 4 }];
	values.forEach((value, epoch) => {
		const measure = {
			epoch,
			step: epoch,
			loss: 1,
			validationLoss: isLoss ? value : 1,
			accuracy: isLoss ? null : value,
			layers: [],
		};
		const kind = epoch === 4 ? "done" : "progress";
		events.push({ kind, run, measure, seconds: epoch * pace });
	});
	return events;
}

test("before an epoch has ended nothing is known of the time left", () => {
	assert.equal(secondsLeft(modelOf([0], training(0, 0, 2, [0.1]))), undefined);
});

test("the time left is what each activation takes for its epochs, shared by the trainings that run at once", () => {
	// ReLU: 2 of 4 epochs of 2 s; GELU: 1 of 4 epochs of 6 s; the second seeds wait.
	const events = [...training(0, 0, 2, [0.1, 0.2, 0.3]), ...training(1, 0, 6, [0.1, 0.2])];
	assert.equal(secondsLeft(modelOf([0, 1], events)), (4 + 18 + 8 + 24) / 2);
	assert.equal(secondsLeft(modelOf([0], events)), 18, "the last training is not shared");
});

test("an activation of which nothing is known takes what the others take", () => {
	assert.equal(secondsLeft(modelOf([0], training(0, 0, 2, [0.1, 0.2]))), 6 + 8);
});

test("while learning rates are looked for, the time left is that of the trainings which have looked", () => {
	const study = parseStudy({
		activations: ["relu", "gelu"],
		epochs: 4,
		seeds: [0],
		tuning: { learningRates: [0.1, 0.2, 0.3], epochs: 2, seeds: 1 },
	});
	const tried = (activation: number, rate: number, seconds: number): TrainerEvent => {
		return { kind: "tried", run: { activation, seed: 0, rate }, value: 0.5, seconds, together: 2 };
	};
	const model = new RunModel({
		summary: { id: "1", name: "", state: "running", startedAt: 0, study, progress: 0 },
		events: [tried(0, 0, 6), tried(0, 1, 10)],
	});
	// 4 s an epoch: one look of 2 epochs is left for ReLU, three for GELU, and 4 epochs of each.
	assert.equal(secondsLeft(model), (4 * (2 + 3 * 2) + 4 * 8) / 2);
	assert.equal(model.progress.share, (2 * 2) / (6 * 2 + 2 * 4));
	assert.ok(model.lines.every(({ state }) => state === "waiting"));
	model.add([{ kind: "tuned", run: { activation: 0, seed: 0 }, learningRate: 0.1, tried: [] }], "running");
	assert.equal(model.progress.share, (3 * 2) / (6 * 2 + 2 * 4));
});

test("the time to a target is that of the first epoch that reaches it, over the seeds that do", () => {
	const model = modelOf(
		[0, 1, 2],
		[
			...training(0, 0, 1, [0.1, 0.8, 0.7, 0.9, 0.9]),
			...training(0, 1, 2, [0.1, 0.5, 0.8, 0.8, 0.8]),
			...training(0, 2, 1, [0.1, 0.2, 0.3, 0.3, 0.3]),
		],
	);
	const found = timeToTarget(model, 0, { quantity: "accuracy", value: 0.8 });
	assert.deepEqual(found, { epochs: 1.5, seconds: { mean: 2.5, halfWidth: null }, reached: 2, seeds: 3 });
	const never = timeToTarget(model, 1, { quantity: "accuracy", value: 0.8 });
	assert.deepEqual(never, { epochs: null, seconds: null, reached: 0, seeds: 3 });
});

test("the usual target is one that every training has reached", () => {
	const accuracies = [...training(0, 0, 1, [0.1, 0.957, 0.9]), ...training(1, 0, 1, [0.1, 0.29, 0.2])];
	assert.deepEqual(usualTarget(modelOf([0], accuracies)), { quantity: "accuracy", value: 0.29 });
	const losses = [...training(0, 0, 1, [3, 0.0123, 0.02], true), ...training(1, 0, 1, [3, 0.01], true)];
	assert.deepEqual(usualTarget(modelOf([0], losses)), { quantity: "validationLoss", value: 0.013 });
	assert.equal(usualTarget(modelOf([0], [])), undefined);
});

test("a duration has the unit that a person would use", () => {
	const texts = [0.0032, 0.9999, 12.4, 99.6, 3600, 6060, Number.NaN].map((seconds) => durationText(seconds, t));
	assert.deepEqual(texts, ["3.2 ms", "1 s", "12 s", "2 min", "60 min", "1 h 41 min", "–"]);
});
