import type { RunView } from "../../protocol/panel.ts";
import type { LayerMeasure, Measure, RunKey, TrainerEvent } from "../../protocol/trainer.ts";

/**
 * A table of all that a run reported, with a header: a line for each measured epoch of a training, one for where it diverged,
 * failed or was cancelled. `state` is "training", or how the training ended. What was not measured then is empty: most
 * epochs have no histogram. `histogram_counts_i` has the counts of bins of equal width from `histogram_min_i` to
 * `histogram_max_i`, between spaces.
 */
export function runAsCsv({ summary, events }: RunView): string {
	const { activations, network, test } = summary.study;
	const layers = network.hidden.map((_, i) => i);
	const header = [
		...["activation", "seed", "state", "epoch", "step", "seconds", "loss", "validation_loss", "accuracy"],
		...(test === undefined ? [] : ["test_loss", "test_accuracy"]),
		...layers.flatMap((i) => LAYER_COLUMNS.map(([name]) => `${name}_${i + 1}`)),
	];
	const lineOf = (run: RunKey, state: string, cells: readonly Cell[]) => {
		const known = [activations[run.activation]?.label ?? "", run.seed, state, ...cells];
		return header.map((_, i) => quoted(String(known[i] ?? "")));
	};
	const measured = (measure: Measure, seconds: number | undefined, tested: readonly Cell[]) => [
		...[measure.epoch, measure.step, seconds, measure.loss, measure.validationLoss, measure.accuracy],
		...(test === undefined ? [] : tested),
		...layers.flatMap((i) => LAYER_COLUMNS.map(([, value]) => measure.layers[i] && value(measure.layers[i]))),
	];
	const linesOf = (event: TrainerEvent): readonly string[][] => {
		switch (event.kind) {
			case "progress":
				return [lineOf(event.run, "training", measured(event.measure, event.seconds, [null, null]))];
			case "done": {
				const tested = [event.test?.loss, event.test?.accuracy];
				return [lineOf(event.run, event.kind, measured(event.measure, event.seconds, tested))];
			}
			case "diverged":
				return [lineOf(event.run, event.kind, [null, event.step])];
			case "failed":
			case "cancelled":
				return [lineOf(event.run, event.kind, [])];
			case "started":
			case "tried":
			case "tuned":
				return [];
		}
	};
	return [header, ...events.flatMap(linesOf)].map((line) => `${line.join(",")}\n`).join("");
}

type Cell = string | number | null | undefined;

const LAYER_COLUMNS: readonly (readonly [name: string, value: (layer: LayerMeasure) => Cell])[] = [
	["gradient_norm", ({ gradientNorm }) => gradientNorm],
	["dead", ({ dead }) => dead],
	["saturated", ({ saturated }) => saturated],
	["update_ratio", ({ updateRatio }) => updateRatio],
	["histogram_min", ({ histogram }) => histogram?.min],
	["histogram_max", ({ histogram }) => histogram?.max],
	["histogram_counts", ({ histogram }) => histogram?.counts.join(" ")],
];

function quoted(text: string): string {
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
