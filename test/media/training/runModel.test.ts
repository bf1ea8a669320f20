import assert from "node:assert/strict";
import { test } from "node:test";
import { translator } from "../../../media/texts.ts";
import { comparisonTable, resultTable } from "../../../media/training/resultTables.ts";
import { RunModel } from "../../../media/training/runModel.ts";
import { summarise } from "../../../media/training/summary.ts";
import type { RunState } from "../../../src/protocol/panel.ts";
import { parseStudy } from "../../../src/protocol/studyDocument.ts";
import type { Measure, TrainerEvent } from "../../../src/protocol/trainer.ts";

const t = translator({});

function modelOf(seeds: readonly number[], state: RunState, events: readonly TrainerEvent[], epochs = 2): RunModel {
	const study = parseStudy({
		name: "test",
		activations: [
			{ id: "relu", parameters: {}, label: "ReLU" },
			{ id: "gelu", parameters: {}, label: "GELU" },
		],
		data: { kind: "moons", samples: 100, noise: 0.1 },
		network: { hidden: [4, 4] },
		epochs,
		seeds,
		tuning: false,
	});
	return new RunModel({ summary: { id: "1", name: "test", state, startedAt: 0, study, progress: 0 }, events });
}

function measure(epoch: number, accuracy: number | null, validationLoss = 1, dead = 0, samples?: number): Measure {
	const layer = { gradientNorm: 0.5, dead, saturated: 0 };
	return {
		...(samples === undefined ? {} : { samples }),
		epoch,
		step: epoch,
		loss: 1,
		validationLoss,
		accuracy,
		layers: [layer, layer],
	};
}

/** The events of one training whose accuracies are these, from epoch 0. */
function training(activation: number, seed: number, accuracies: readonly number[], ends = true): TrainerEvent[] {
	const run = { activation, seed };
	return [
		{ kind: "started", run, parameters: 1, steps: 2 },
		...accuracies.map((accuracy, epoch): TrainerEvent => {
			const isLast = ends && epoch === accuracies.length - 1;
			const fields = { run, measure: measure(epoch, accuracy) };
			return isLast ? { kind: "done", ...fields, seconds: 1 } : { kind: "progress", ...fields };
		}),
	];
}

test("progress counts epochs of what runs, and in full what has ended", () => {
	const model = modelOf([0], "running", [...training(0, 0, [0.5, 0.6, 0.7]), ...training(1, 0, [0.5, 0.6], false)]);
	assert.equal(model.progress.share, 0.75);
	model.add([{ kind: "failed", run: { activation: 1, seed: 0 }, message: "no" }], "done");
	assert.equal(model.progress.share, 1);
});

test("a mean over seeds ends where the first of them diverged", () => {
	const run = { activation: 0, seed: 1 };
	const model = modelOf([0, 1], "done", [
		...training(0, 0, [0.2, 0.4, 0.6]),
		...training(0, 1, [0.4, 0.8], false),
		{ kind: "diverged", run, step: 7, measure: measure(1, 0.8) },
	]);
	const { x, mean, runs } = model.meanOf(0, ({ accuracy }) => accuracy);
	assert.deepEqual([x, runs.length], [[0, 1], 2]);
	assert.ok(Math.abs(mean[0]! - 0.3) < 1e-15 && Math.abs(mean[1]! - 0.6) < 1e-15);
});

test("a mean over three seeds has its interval, over two it has none", () => {
	const events = [0, 1, 2].flatMap((seed) => training(0, seed, [0.1, 0.2 + 0.1 * seed, 0.5]));
	const { halfWidth } = modelOf([0, 1, 2], "done", events).meanOf(0, ({ accuracy }) => accuracy);
	// Student's t for 2 degrees of freedom is 4.3027; the standard error of 0.2, 0.3, 0.4 is 0.1 / √3.
	assert.ok(Math.abs(halfWidth[1]! - (4.302652729696 * 0.1) / Math.sqrt(3)) < 1e-9);
	assert.equal(halfWidth[2], 0);
	const two = modelOf(
		[0, 1],
		"done",
		events.filter(({ run }) => run.seed < 2),
	).meanOf(0, ({ accuracy }) => accuracy);
	assert.ok(two.halfWidth.every(Number.isNaN));
});

test("a seed that is still training does not pull the mean of those that have ended", () => {
	const model = modelOf([0, 1], "running", [...training(0, 0, [0.2, 0.4, 0.6]), ...training(0, 1, [0], false)]);
	assert.deepEqual(model.meanOf(0, ({ accuracy }) => accuracy).mean, [0.2, 0.4, 0.6]);
});

test("events of a run that the study does not have are ignored", () => {
	assert.equal(modelOf([0], "running", training(7, 3, [1, 1, 1])).progress.share, 0);
});

test("the summary names the best with mean and range, and says where the seeds are too few", () => {
	const sentences = summarise(
		modelOf([0, 1], "done", [
			...training(0, 0, [0.1, 0.5, 0.9]),
			...training(0, 1, [0.1, 0.5, 0.8]),
			...training(1, 0, [0.1, 0.5, 0.95]),
			...training(1, 1, [0.1, 0.5, 0.85]),
		]),
		t,
	);
	assert.deepEqual(sentences.slice(0, 3), [
		"Highest validation accuracy after 2 epochs: GELU with 90.0 % (85.0 % to 95.0 %).",
		"Then ReLU 85.0 % (80.0 % to 90.0 %).",
		"Means over 2 seeds, with the range; these are too few to tell GELU and ReLU apart.",
	]);
});

test("trainings that fail while learning rates are looked for are told in one sentence", () => {
	const tried = (activation: number, rate: number, message?: string): TrainerEvent => {
		const ending = message === undefined ? { value: 0.5 } : { value: null, message };
		return { kind: "tried", run: { activation, seed: 0, rate }, together: 1, ...ending };
	};
	const events = [tried(0, 0, "no memory"), tried(1, 0), tried(0, 1), tried(0, 2, "no memory at all")];
	const sentences = summarise(modelOf([0], "running", events), t);
	assert.deepEqual(
		sentences.filter((sentence) => sentence.includes("looked for")),
		["ReLU: 2 of 3 trainings that looked for a learning rate failed: no memory"],
	);
});

test("of five seeds the summary and the tables tell the verdict, once the run has ended", () => {
	const accuracies = [
		[0.8, 0.81, 0.82, 0.83, 0.84],
		[0.9, 0.92, 0.91, 0.95, 0.93],
	];
	const events = accuracies.flatMap((of, activation) =>
		of.flatMap((value, seed) => training(activation, seed, [0.1, 0.5, value])),
	);
	const model = modelOf([0, 1, 2, 3, 4], "done", events);
	assert.equal(
		summarise(model, t)[2],
		"Means over 5 seeds, with the range; GELU is better than ReLU (corrected p 6.3e−5).",
	);
	assert.deepEqual(resultTable(model, t)?.rows, [
		["ReLU", "5 / 5", "0", "1 ± 0", "82.0 ± 2.0 %"],
		["GELU", "5 / 5", "0", "1 ± 0", "92.2 ± 2.4 %"],
	]);
	assert.deepEqual(comparisonTable(model, t)?.rows, [
		["GELU − ReLU", "10.20 ± 1.62 %", "6.3e−5", "1", "GELU is better"],
	]);
	const same = modelOf([0, 1, 2, 3, 4], "done", [
		...events.filter(({ run }) => run.activation === 0),
		...accuracies[0]!.flatMap((value, seed) => training(1, seed, [0.1, 0.5, value])),
	]);
	assert.equal(
		summarise(same, t)[2],
		"Means over 5 seeds, with the range; between ReLU and GELU no difference is shown (corrected p 1).",
	);
	assert.deepEqual(comparisonTable(same, t)?.rows[0]?.at(-1), "no difference");
	const running = modelOf([0, 1, 2, 3, 4], "running", events);
	assert.deepEqual([resultTable(running, t), comparisonTable(running, t)], [undefined, undefined]);
});

test("the summary compares only over seeds that every activation finished", () => {
	const sentences = summarise(
		modelOf([0, 1], "cancelled", [
			...training(0, 0, [0.1, 0.5, 0.6]),
			...training(1, 0, [0.1, 0.5, 0.7]),
			...training(0, 1, [0.1, 0.5, 1]),
			...training(1, 1, [0.1], false),
			{ kind: "cancelled", run: { activation: 1, seed: 1 } },
		]),
		t,
	);
	assert.deepEqual(sentences.slice(0, 3), [
		"Highest validation accuracy after 2 epochs: GELU with 70.0 %.",
		"Then ReLU 60.0 %.",
		"This is one seed: another may change the order.",
	]);
	assert.equal(sentences[sentences.length - 1], "1 of 4 trainings were cancelled.");
});

test("without a seed that all finished, the summary compares nothing", () => {
	const sentences = summarise(modelOf([0], "cancelled", training(0, 0, [0.1, 0.2, 0.3])), t);
	assert.equal(sentences[0], "No seed was trained to the end with every activation, so none is compared.");
});

test("an activation that diverged is out of the ranking and named with its step", () => {
	const run = { activation: 0, seed: 0 };
	const sentences = summarise(
		modelOf([0], "done", [
			...training(0, 0, [0.99], false),
			{ kind: "diverged", run, step: 12, measure: measure(0, 0.99) },
			...training(1, 0, [0.1, 0.5, 0.7]),
		]),
		t,
	);
	assert.equal(sentences[0], "Highest validation accuracy after 2 epochs: GELU with 70.0 %.");
	assert.ok(sentences.includes("ReLU, seed 0, diverged at step 12."));
});

/** The events of a training of the first activation with these shares of dead units, from epoch 0. */
function dying(dead: readonly number[], samples?: number): TrainerEvent[] {
	const run = { activation: 0, seed: 0 };
	return dead.map((share, epoch): TrainerEvent => {
		const fields = { run, measure: measure(epoch, 0.6, 1, share, samples) };
		return epoch === dead.length - 1 ? { kind: "done", ...fields, seconds: 1 } : { kind: "progress", ...fields };
	});
}

test("units are dead that were so after three epochs in a row, and are said with the samples seen and what those bound", () => {
	const ofDead = (events: readonly TrainerEvent[]) =>
		summarise(modelOf([0], "done", [...training(1, 0, [0.1, 0.5, 0.7]), ...events], 3), t).filter((one) =>
			/no slope|dead/.test(one),
		);
	assert.deepEqual(ofDead(dying([0, 0.5, 0.25, 0.75], 600)), [
		"ReLU: 25.0 % of the units in layer 1 are dead: no slope at any of 600 validation samples after each of the last 3 measured epochs, so with 95 % confidence each is active for fewer than 0.5 % of inputs.",
	]);
	assert.deepEqual(ofDead(dying([0.5, 0.5, 0, 0.5], 600)), [], "they came back");
	assert.deepEqual(ofDead(dying([0.5, 0.5], 600)), [], "it was looked at twice");
	assert.deepEqual(ofDead(dying([0, 0.5, 0.5, 0.5], 20)), [
		"ReLU: 50.0 % of the units in layer 1 have no slope at any validation sample after each of the last 3 measured epochs; these are too few samples to call them dead.",
	]);
});

test("a regression is ranked by the least validation loss", () => {
	const done = (activation: number, validationLoss: number): TrainerEvent => ({
		kind: "done",
		run: { activation, seed: 0 },
		measure: measure(2, null, validationLoss),
		seconds: 1,
	});
	const sentences = summarise(modelOf([0], "done", [done(0, 0.25), done(1, 0.5)]), t);
	assert.equal(sentences[0], "Lowest validation loss after 2 epochs: ReLU with 0.25.");
});

test("the learning rates that were found are those shown, and none is shown before", () => {
	const study = parseStudy({ activations: ["relu", "tanh"], data: "moons", seeds: [0] });
	const summary = { id: "1", name: "", state: "running", startedAt: 0, study, progress: 0 } as const;
	const model = new RunModel({ summary, events: [] });
	assert.equal(model.rates.size, 0);
	const tuned = { kind: "tuned", run: { activation: 1, seed: 0 }, learningRate: 0.03, tried: [] } as const;
	model.add([tuned], "running");
	assert.deepEqual([...model.rates], [[1, 0.03]]);
});
