import assert from "node:assert/strict";
import { test } from "node:test";
import { resultText } from "../../src/cli/resultText.ts";
import { parseStudy } from "../../src/protocol/studyDocument.ts";
import { resultOf } from "../../src/protocol/studyResult.ts";
import type { TrainerEvent } from "../../src/protocol/trainer.ts";

const study = parseStudy({ activations: ["relu", "tanh", "gelu"], seeds: [3, 1, 2, 0, 4] });

function done(activation: number, seed: number, accuracy: number | null, validationLoss = 0.5): TrainerEvent {
	const measure = { epoch: 1, step: 1, loss: 1, validationLoss, accuracy, layers: [] };
	return { kind: "done", run: { activation, seed }, measure, seconds: 1 };
}

/** Accuracies by seed; null diverged, undefined was cancelled. */
const events = (values: readonly (readonly (number | null | undefined)[])[]): TrainerEvent[] =>
	values.flatMap((of, activation) =>
		of.map((value, seed): TrainerEvent => {
			if (value === undefined) return { kind: "cancelled", run: { activation, seed } };
			const ending = done(activation, seed, value);
			return value === null && ending.kind === "done" ? { ...ending, kind: "diverged", step: 1 } : ending;
		}),
	);

test("a result has each activation's mean and interval, every comparison and the best, in the order of the study", () => {
	const result = resultOf(
		study,
		events([
			[0.91, 0.9, 0.92, 0.93, 0.89],
			[0.95, 0.95, 0.96, 0.96, 0.94],
			[0.952, 0.948, 0.963, 0.959, 0.942],
		]),
	);
	assert.equal(result.metric, "accuracy");
	assert.deepEqual(
		result.activations.map(({ activation, runs, diverged, failed }) => [activation, runs, diverged, failed]),
		[
			["ReLU", 5, 0, 0],
			["Tanh", 5, 0, 0],
			["GELU", 5, 0, 0],
		],
	);
	const [relu] = result.activations;
	assert.ok(Math.abs(relu!.accuracy!.mean - 0.91) < 1e-15);
	// 2.7764451… · √(0.00025/5), by SciPy.
	assert.ok(Math.abs(relu!.accuracy!.halfWidth! - 0.01963243161476982) < 1e-14);
	assert.deepEqual(
		result.comparisons.map(({ a, b, verdict }) => [a, b, verdict]),
		[
			["Tanh", "ReLU", "better"],
			["GELU", "ReLU", "better"],
			["GELU", "Tanh", "no difference"],
		],
	);
	assert.deepEqual(result.best, {
		activation: "GELU",
		notBetterThan: [{ activation: "Tanh", verdict: "no difference" }],
	});
	const text = resultText(result);
	assert.match(text, /^ReLU {8}5 {5}0 {9}0 {7}0\.5000 ± 0\.0000 {2}91\.0 ± 2\.0$/m);
	assert.match(text, /^Tanh − ReLU .* Tanh is better$/m);
	assert.match(text, /^GELU − Tanh .* no difference$/m);
	assert.match(text, /^Highest mean accuracy: GELU; no difference from Tanh is shown\.$/m);
});

test("the order in which runs end changes nothing of a result", () => {
	const all = events([
		[0.91, 0.9, 0.92, 0.93, 0.89],
		[0.95, null, 0.96, 0.96, 0.94],
		[0.952, 0.948, 0.963, undefined, 0.942],
	]);
	assert.deepEqual(resultOf(study, [...all].reverse()), resultOf(study, all));
});

test("diverged and cancelled runs are no part of a mean, and who diverged is not the best for the others' sake", () => {
	const result = resultOf(
		study,
		events([
			[0.99, null, null, null, null],
			[0.9, 0.91, 0.92, 0.93, 0.9],
			[undefined, undefined, undefined, undefined, undefined],
		]),
	);
	const [relu, tanh, gelu] = result.activations;
	assert.deepEqual([relu?.runs, relu?.diverged, relu?.accuracy], [1, 4, { mean: 0.99, halfWidth: null }]);
	assert.deepEqual([gelu?.runs, gelu?.accuracy], [0, null]);
	assert.equal(result.best?.activation, tanh?.activation);
	assert.deepEqual(
		result.comparisons.map(({ runs, test: used }) => [runs, used]),
		[
			[5, "rank sum"],
			[0, null],
			[0, null],
		],
	);
	assert.match(resultText(result), /^GELU +0 +0 +0 +– +–$/m);
});

test("a regression is compared by its validation loss, the lower the better", () => {
	const losses = [
		[0.5, 0.6, 0.55, 0.52, 0.58],
		[0.3, 0.41, 0.34, 0.3, 0.39],
	];
	const result = resultOf(
		parseStudy({ activations: ["relu", "tanh"], seeds: [0, 1, 2, 3, 4] }),
		losses.flatMap((of, activation) => of.map((loss, seed) => done(activation, seed, null, loss))),
	);
	assert.deepEqual([result.metric, result.best?.activation], ["validationLoss", "Tanh"]);
	assert.deepEqual(result.activations[0]?.accuracy, null);
	assert.match(resultText(result), /^Lowest mean validation loss: Tanh\.$/m);
});

test("a study of which nothing ended has a result that says so", () => {
	const result = resultOf(study, []);
	assert.equal(result.best, null);
	assert.deepEqual([...new Set(result.comparisons.map(({ verdict }) => verdict))], ["not enough runs"]);
	assert.match(resultText(result), /not enough runs/);
});
