import type { Histogram } from "../../core/training/histogram.ts";
import type { TestMeasure } from "../../core/training/session.ts";
import type { RunView } from "../../protocol/panel.ts";
import type { Measure } from "../../protocol/trainer.ts";
import type { ExportedFile } from "./exportedFile.ts";
import { safeName, safeNames } from "./safeName.ts";
import { eventsFile } from "./tfrecord.ts";

/**
 * A run as TensorBoard reads it, one events file for each activation and seed that reported anything:
 * `<run>/<activation>/seed-<n>/events.out.tfevents.…`. Scalars and histograms are those of each measured epoch, by the step
 * that it ended with, and of the test with the last; the time of all of them is the run's start, so the same run gives the
 * same bytes.
 */
export function runAsTensorBoard({ summary, events }: RunView): readonly ExportedFile[] {
	const { study, name, startedAt } = summary;
	const seconds = startedAt / 1000;
	const file = `events.out.tfevents.${String(Math.floor(seconds)).padStart(10, "0")}.activation-lens`;
	const folders = safeNames(study.activations.map(({ label }) => label));
	return study.activations.flatMap((_, activation) =>
		study.seeds.flatMap((seed) => {
			// The measure of a run that diverged is that of its last measured epoch, which it had reported.
			const measures = events.flatMap((event) =>
				(event.kind === "progress" || event.kind === "done") &&
				event.run.activation === activation &&
				event.run.seed === seed
					? [{ measure: event.measure, test: event.kind === "done" ? event.test : undefined }]
					: [],
			);
			if (measures.length === 0) return [];
			const written = measures.map(({ measure, test }) => ({
				step: measure.step,
				scalars: scalarsOf(measure, test),
				histograms: histogramsOf(measure),
			}));
			return [
				{
					path: [safeName(name, "run"), folders[activation], `seed-${seed}`, file].join("/"),
					content: eventsFile([{ fileVersion: "brain.Event:2" }, ...written], seconds),
				},
			];
		}),
	);
}

type Scalar = readonly [tag: string, value: number];

function scalarsOf(
	{ loss, validationLoss, accuracy, layers }: Measure,
	test: TestMeasure | undefined,
): readonly Scalar[] {
	const tagged = (tag: string, value: number | null | undefined): readonly Scalar[] =>
		value === null || value === undefined ? [] : [[tag, value]];
	return [
		...tagged("loss/train", loss),
		...tagged("loss/validation", validationLoss),
		...tagged("accuracy/validation", accuracy),
		...tagged("loss/test", test?.loss),
		...tagged("accuracy/test", test?.accuracy),
		...layers.flatMap(({ gradientNorm, dead, saturated, updateRatio }, i) => [
			...tagged(`gradient_norm/layer_${i + 1}`, gradientNorm),
			...tagged(`dead/layer_${i + 1}`, dead),
			...tagged(`saturated/layer_${i + 1}`, saturated),
			...tagged(`update_ratio/layer_${i + 1}`, updateRatio),
		]),
	];
}

/** Of the activations' outputs, at the epochs that have them. */
function histogramsOf({ layers }: Measure): readonly (readonly [tag: string, histogram: Histogram])[] {
	return layers.flatMap(({ histogram }, i) => (histogram ? [[`activation/layer_${i + 1}`, histogram] as const] : []));
}
