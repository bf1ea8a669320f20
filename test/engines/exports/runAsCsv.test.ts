import assert from "node:assert/strict";
import { test } from "node:test";
import { runAsCsv } from "../../../src/engines/exports/runAsCsv.ts";
import { parseStudy } from "../../../src/protocol/studyDocument.ts";
import type { LayerMeasure, TrainerEvent } from "../../../src/protocol/trainer.ts";

const run = { activation: 0, seed: 3 };
const layer: LayerMeasure = { gradientNorm: 1.5, dead: 0, saturated: 0.1 };
const full: LayerMeasure = { ...layer, updateRatio: 0.001, histogram: { min: -1, max: 2, counts: [4, 0, 6] } };
const measure = (epoch: number, layers: readonly LayerMeasure[]) => ({
	epoch,
	step: 10 * epoch,
	loss: 0.25,
	validationLoss: Number.NaN,
	accuracy: 0.9,
	layers,
});
const csvOf = (events: readonly TrainerEvent[], more: object = {}, label = "mine") => {
	const activations = [{ id: "elu", label }];
	const study = parseStudy({ activations, seeds: [3], network: { hidden: [8, 8] }, tuning: false, ...more });
	return runAsCsv({ summary: { id: "1", name: "csv", state: "done", startedAt: 0, study, progress: 1 }, events });
};
/** Each line as a record by the names of the header; no cell here holds a comma. */
const recordsOf = (csv: string) => {
	const [header, ...lines] = csv.trimEnd().split("\n");
	const names = header!.split(",");
	return lines.map((line) => {
		const cells = line.split(",");
		assert.equal(cells.length, names.length, "every line has every column");
		return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
	});
};

test("a run as CSV has all that was measured of each layer, and empty cells where nothing was", () => {
	const [before, after] = recordsOf(
		csvOf([
			{ kind: "started", run, parameters: 1, steps: 20 },
			{ kind: "progress", run, measure: measure(0, [layer, layer]), seconds: 0 },
			{ kind: "done", run, measure: measure(1, [layer, full]), seconds: 2.5 },
		]),
	);
	const own = { activation: "mine", seed: "3", loss: "0.25", validation_loss: "NaN", accuracy: "0.9" };
	const first = { gradient_norm_1: "1.5", dead_1: "0", saturated_1: "0.1" };
	const nothing = { update_ratio_1: "", histogram_min_1: "", histogram_max_1: "", histogram_counts_1: "" };
	const second = { gradient_norm_2: "1.5", dead_2: "0", saturated_2: "0.1" };
	const without = { update_ratio_2: "", histogram_min_2: "", histogram_max_2: "", histogram_counts_2: "" };
	const state = { state: "training", epoch: "0", step: "0", seconds: "0" };
	assert.deepEqual(before, { ...own, ...state, ...first, ...nothing, ...second, ...without });
	const ratio = { update_ratio_2: "0.001" };
	const histogram = { histogram_min_2: "-1", histogram_max_2: "2", histogram_counts_2: "4 0 6" };
	const ended = { state: "done", epoch: "1", step: "10", seconds: "2.5" };
	assert.deepEqual(after, { ...own, ...ended, ...first, ...nothing, ...second, ...ratio, ...histogram });
});

test("a run as CSV tells how every training ended, and what the test came to where there is one", () => {
	const test = { samples: 5, loss: 0.5, accuracy: 0.8 };
	const records = recordsOf(
		csvOf(
			[
				{ kind: "progress", run, measure: measure(1, [layer, layer]) },
				{ kind: "done", run, measure: measure(2, [layer, layer]), seconds: 1, test },
				{ kind: "diverged", run, step: 7, measure: measure(0, [layer, layer]) },
				{ kind: "failed", run, message: "no memory" },
				{ kind: "cancelled", run },
			],
			{ test: 0.2 },
		),
	);
	assert.deepEqual(
		records.map(({ state, step, test_loss, test_accuracy }) => [state, step, test_loss, test_accuracy]),
		[
			["training", "10", "", ""],
			["done", "20", "0.5", "0.8"],
			["diverged", "7", "", ""],
			["failed", "", "", ""],
			["cancelled", "", "", ""],
		],
	);
});

test("a label in a CSV is quoted where it must be", () => {
	const csv = csvOf([{ kind: "cancelled", run }], {}, 'my "elu", mine');
	assert.match(csv, /\n"my ""elu"", mine",3,cancelled,,/);
});
