import { english, type Translate } from "../core/texts.ts";
import { dataTitle } from "./dataTitle.ts";
import type { RunView } from "./panel.ts";
import type { Study } from "./study.ts";

/** Stands between the ids of several runs that are one view; in no id. */
const SEPARATOR = "+";

/** The runs of which a view is, by its id. */
export function runsOf(id: string): readonly string[] {
	return id.split(SEPARATOR);
}

/**
 * Several runs as one view: every activation of each, told apart by the run's name where labels meet. Throws an Error with
 * one sentence where they were not trained on the same samples: their numbers would say something of the data.
 */
export function mergedRuns(views: readonly [RunView, ...RunView[]], t: Translate = english): RunView {
	const [first] = views;
	if (views.length === 1) return first;
	const other = views.find(({ summary }) => samplesText(summary.study) !== samplesText(first.summary.study));
	if (other) {
		throw new Error(
			t(
				"Runs on different data cannot be compared: “{0}” was trained on {1}, “{2}” on {3}.",
				first.summary.name,
				samplesText(first.summary.study),
				other.summary.name,
				samplesText(other.summary.study),
			),
		);
	}
	const activations = views.flatMap(({ summary }) => summary.study.activations);
	const twice = new Set(activations.map(({ label }) => label).filter((label, i, all) => all.indexOf(label) !== i));
	let offset = 0;
	const parts = views.map(({ summary, events }, i) => {
		const start = offset;
		offset += summary.study.activations.length;
		return {
			activations: summary.study.activations.map((one) =>
				twice.has(one.label) ? { ...one, label: `${one.label} (${i + 1}: ${summary.name})` } : one,
			),
			events: events.map((event) => ({ ...event, run: { ...event.run, activation: event.run.activation + start } })),
		};
	});
	const study = {
		...first.summary.study,
		activations: parts.flatMap((part) => part.activations),
		seeds: [...new Set(views.flatMap(({ summary }) => summary.study.seeds))],
		epochs: Math.max(...views.map(({ summary }) => summary.study.epochs)),
	};
	const id = views.map(({ summary }) => summary.id).join(SEPARATOR);
	return {
		summary: { ...first.summary, id, name: views.map(({ summary }) => summary.name).join(" / "), study, progress: 1 },
		events: parts.flatMap((part) => part.events),
	};
}

/** The samples of a study and the shares held out, as in its document: "moons (samples 500, noise 0.1, seed 0; validation 0.2)". */
function samplesText({ data, seeds, validation, test }: Study): string {
	const { kind: _, ...fields } = data;
	// Generated samples come from the first seed.
	const given = "noise" in data ? { ...fields, seed: seeds[0] } : fields;
	const details = Object.entries(given).map(([name, value]) => `${name} ${value}`);
	const shares = [`validation ${validation}`, ...(test === undefined ? [] : [`test ${test}`])];
	return `${dataTitle(data)} (${[details.join(", "), shares.join(", ")].filter((part) => part !== "").join("; ")})`;
}
