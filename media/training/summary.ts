import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { Translate } from "../texts.ts";
import { average, type RunLine, type RunModel } from "./runModel.ts";

/** What a run shows, in sentences. Every number is one of the run's; nothing is claimed that the seeds do not show. */
export function summarise(model: RunModel, t: Translate): readonly string[] {
	return model.state === "running"
		? [...progressSentences(model, t), ...troubleSentences(model, t)]
		: [
				...rankingSentences(model, t),
				...gradientSentences(model, t),
				...deadSentences(model, t),
				...troubleSentences(model, t),
			];
}

/** How far each activation is. */
function progressSentences(model: RunModel, t: Translate): string[] {
	return model.study.activations.flatMap(({ label }, index) => {
		const lines = model.linesOf(index);
		const begun = lines.filter(({ measures }) => measures.length > 0);
		const current = begun.find(({ state }) => state === "running") ?? begun[begun.length - 1];
		const last = current?.measures[current.measures.length - 1];
		if (!current || !last) return [];
		const quality =
			last.accuracy === null
				? t("validation loss {0}", formatNumber(last.validationLoss, 4))
				: t("validation accuracy {0}", percent(last.accuracy));
		return [
			t("{0}, seed {1}: epoch {2} of {3}, {4}.", label, current.run.seed, last.epoch, model.study.epochs, quality),
		];
	});
}

/** Compares activations over the seeds that all of them finished, so that no one has the luck of an easier split. */
function rankingSentences(model: RunModel, t: Translate): string[] {
	const finished = model.study.seeds.filter((seed) =>
		model.lines.every(({ run, state }) => run.seed !== seed || state === "done" || state === "diverged"),
	);
	if (finished.length === 0) return [t("No seed was trained to the end with every activation, so none is compared.")];
	const byAccuracy = model.isClassification;
	const results = model.study.activations.flatMap(({ label }, index) => {
		const lines = model.linesOf(index).filter(({ run }) => finished.includes(run.seed));
		if (lines.some(({ state }) => state !== "done")) return [];
		const values = lines.map((line) => {
			const last = line.measures[line.measures.length - 1]!;
			return byAccuracy ? (last.accuracy ?? Number.NaN) : last.validationLoss;
		});
		return [{ label, values, mean: average(values) }];
	});
	results.sort((a, b) => (byAccuracy ? b.mean - a.mean : a.mean - b.mean));
	const [best, second] = results;
	if (!best) return [t("No activation was trained to the end.")];
	const text = (value: number) => (byAccuracy ? percent(value) : formatNumber(value, 4));
	const shown = ({ values, mean }: typeof best) =>
		values.length > 1
			? t("{0} ({1} to {2})", text(mean), text(Math.min(...values)), text(Math.max(...values)))
			: text(mean);
	const { epochs } = model.study;
	const sentences = [
		byAccuracy
			? t("Highest validation accuracy after {0} epochs: {1} with {2}.", epochs, best.label, shown(best))
			: t("Lowest validation loss after {0} epochs: {1} with {2}.", epochs, best.label, shown(best)),
	];
	if (second) {
		const others = results.slice(1).map((result) => `${result.label} ${shown(result)}`);
		sentences.push(t("Then {0}.", others.join(", ")));
		sentences.push(certainty(model, best.label, second.label, t));
	} else if (finished.length > 1) sentences.push(t("Means over {0} seeds, with the range.", finished.length));
	return sentences;
}

/** Whether the first two are known to differ: the verdict of the study's result. */
function certainty(model: RunModel, best: string, second: string, t: Translate): string {
	const pair = model.result.comparisons.find(
		({ a, b }) => (a === best && b === second) || (a === second && b === best),
	);
	const runs = pair?.runs ?? 0;
	if (!pair || runs < 2) return t("This is one seed: another may change the order.");
	const { a, b, verdict } = pair;
	const p = formatNumber(pair.pHolm ?? Number.NaN, 2);
	switch (verdict) {
		case "better":
			return t("Means over {0} seeds, with the range; {1} is better than {2} (corrected p {3}).", runs, a, b, p);
		case "no difference":
			return t(
				"Means over {0} seeds, with the range; between {1} and {2} no difference is shown (corrected p {3}).",
				runs,
				a,
				b,
				p,
			);
		case "not enough runs":
			return t(
				"Means over {0} seeds, with the range; these are too few to tell {1} and {2} apart.",
				runs,
				best,
				second,
			);
	}
}

/** What is left of the gradient at the first layer. */
function gradientSentences(model: RunModel, t: Translate): string[] {
	if (model.layers < 2) return [];
	const parts = model.study.activations.flatMap(({ label }, index) => {
		const norms = lastMeasures(model.linesOf(index)).map(({ layers }) =>
			layers.map(({ gradientNorm }) => gradientNorm),
		);
		if (norms.length === 0) return [];
		const first = average(norms.map((layers) => layers[0]!));
		const last = average(norms.map((layers) => layers[layers.length - 1]!));
		return [`${label} ${formatNumber(first, 3)} / ${formatNumber(last, 3)}`];
	});
	return parts.length === 0 ? [] : [t("Gradient norm at the first / last hidden layer: {0}.", parts.join(", "))];
}

/** Of fewer samples the rule of three says hardly anything. */
const LEAST_SAMPLES = 30;
/** A unit without slope after this many epochs in a row has not only been moved for a moment. */
const CHECKPOINTS = 3;

/** Layers in which units have no slope for any sample, epoch after epoch. */
function deadSentences(model: RunModel, t: Translate): string[] {
	return model.study.activations.flatMap(({ label }, index) => {
		const checkpoints = model
			.linesOf(index)
			.map(({ measures }) => measures.slice(-CHECKPOINTS))
			.filter(({ length }) => length === CHECKPOINTS);
		if (checkpoints.length === 0) return [];
		const shares = Array.from({ length: model.layers }, (_, layer) =>
			average(checkpoints.map((last) => Math.min(...last.map(({ layers }) => layers[layer]?.dead ?? 0)))),
		);
		const worst = Math.max(...shares);
		if (!(worst > 0)) return [];
		const samples = Math.min(...checkpoints.flat().map((measure) => measure.samples ?? 0));
		const [share, layer] = [percent(worst), shares.indexOf(worst) + 1];
		if (samples < LEAST_SAMPLES) {
			return [
				t(
					"{0}: {1} of the units in layer {2} have no slope at any validation sample after each of the last {3} measured epochs; these are too few samples to call them dead.",
					label,
					share,
					layer,
					CHECKPOINTS,
				),
			];
		}
		// The rule of three: what was not seen in n samples happens in fewer than 3 / n, with 95 % confidence.
		const most = `${formatNumber((100 * 3) / samples, 2)} %`;
		return [
			t(
				"{0}: {1} of the units in layer {2} are dead: no slope at any of {3} validation samples after each of the last {5} measured epochs, so with 95 % confidence each is active for fewer than {4} of inputs.",
				label,
				share,
				layer,
				samples,
				most,
				CHECKPOINTS,
			),
		];
	});
}

function troubleSentences(model: RunModel, t: Translate): string[] {
	const sentences = model.lines.flatMap(({ run, state, divergedAt, message }) => {
		const label = model.study.activations[run.activation]?.label ?? "";
		if (state === "diverged") return [t("{0}, seed {1}, diverged at step {2}.", label, run.seed, divergedAt ?? 0)];
		if (state === "failed") return [t("{0}, seed {1}, failed: {2}", label, run.seed, message ?? "")];
		return [];
	});
	for (const [activation, { label }] of model.study.activations.entries()) {
		const tries = model.tries.filter(({ run }) => run.activation === activation);
		const failures = tries.flatMap(({ message }) => message ?? []);
		if (failures.length === 0) continue;
		const [failed, tried] = [failures.length, tries.length];
		sentences.push(
			t("{0}: {1} of {2} trainings that looked for a learning rate failed: {3}", label, failed, tried, failures[0]!),
		);
	}
	const cancelled = model.lines.filter(({ state }) => state === "cancelled").length;
	if (cancelled > 0) sentences.push(t("{0} of {1} trainings were cancelled.", cancelled, model.lines.length));
	return sentences;
}

function lastMeasures(lines: readonly RunLine[]) {
	return lines.flatMap(({ measures }) => measures.slice(-1));
}

export function percent(share: number): string {
	return `${(share * 100).toFixed(1)} %`;
}
