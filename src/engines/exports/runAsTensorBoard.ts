import type { RunView } from "../../protocol/panel.ts";
import type { Measure } from "../../protocol/trainer.ts";
import type { ExportedFile } from "./exportedFile.ts";
import { safeName, safeNames } from "./safeName.ts";
import { eventsFile } from "./tfrecord.ts";

/**
 * A run as TensorBoard reads it, one events file for each activation and seed that reported anything:
 * `<run>/<activation>/seed-<n>/events.out.tfevents.…`. The scalars are those of each epoch, by the step that it ended
 * with; the time of all of them is the run's start, so the same run gives the same bytes.
 */
export function runAsTensorBoard({ summary, events }: RunView): readonly ExportedFile[] {
	const { study, name, startedAt } = summary;
	const seconds = startedAt / 1000;
	const file = `events.out.tfevents.${String(Math.floor(seconds)).padStart(10, "0")}.activation-lens`;
	const folders = safeNames(study.activations.map(({ label }) => label));
	return study.activations.flatMap((_, activation) =>
		study.seeds.flatMap((seed) => {
			// The measure of a run that diverged is that of its last whole epoch, which it had reported.
			const measures = events.flatMap((event) =>
				(event.kind === "progress" || event.kind === "done") &&
				event.run.activation === activation &&
				event.run.seed === seed
					? [event.measure]
					: [],
			);
			if (measures.length === 0) return [];
			const written = measures.map((measure) => ({ step: measure.step, scalars: scalarsOf(measure) }));
			return [
				{
					path: [safeName(name, "run"), folders[activation], `seed-${seed}`, file].join("/"),
					content: eventsFile([{ fileVersion: "brain.Event:2" }, ...written], seconds),
				},
			];
		}),
	);
}

function scalarsOf({ loss, validationLoss, accuracy, layers }: Measure): [tag: string, value: number][] {
	return [
		["loss/train", loss],
		["loss/validation", validationLoss],
		...(accuracy === null ? [] : [["accuracy/validation", accuracy] satisfies [string, number]]),
		...layers.flatMap(({ gradientNorm, dead, saturated }, i): [string, number][] => [
			[`gradient_norm/layer_${i + 1}`, gradientNorm],
			[`dead/layer_${i + 1}`, dead],
			[`saturated/layer_${i + 1}`, saturated],
		]),
	];
}
