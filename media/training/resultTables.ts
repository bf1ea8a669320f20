import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { ComparisonResult } from "../../src/protocol/studyResult.ts";
import type { Measure } from "../../src/protocol/trainer.ts";
import type { Translate } from "../texts.ts";
import { average, type RunModel } from "./runModel.ts";
import { percent } from "./summary.ts";

/** A table as text: its caption, its head and its rows. */
export interface TextTable {
	readonly caption: string;
	readonly head: readonly string[];
	readonly rows: readonly (readonly string[])[];
}

/** What each activation came to, of a study that has ended; undefined while it trains or where nothing was trained to the end. */
export function resultTable(model: RunModel, t: Translate): TextTable | undefined {
	if (model.state === "running" || !model.result.best) return undefined;
	const isAccuracy = model.isClassification;
	const rows = model.result.activations.map((one) => [
		one.activation,
		`${one.runs} / ${model.study.seeds.length}`,
		String(one.diverged),
		one.validationLoss ? numberText(one.validationLoss.mean, one.validationLoss.halfWidth) : "–",
		...(isAccuracy ? [one.accuracy ? percentText(one.accuracy.mean, one.accuracy.halfWidth, 1) : "–"] : []),
	]);
	const head = [t("Activation"), t("Seeds"), t("Diverged"), t("Validation loss")];
	return {
		caption: t("Results, means over seeds with 95 % intervals"),
		head: isAccuracy ? [...head, t("Validation accuracy")] : head,
		rows,
	};
}

/** Where each activation stands: means over its seeds, of what each reported last. */
export function tableSoFar(model: RunModel, t: Translate): TextTable {
	const accuracy = model.isClassification;
	const rows = model.study.activations.map(({ label }, index) => {
		const lines = model.linesOf(index);
		const lasts = lines.flatMap(({ measures }) => measures.slice(-1));
		const mean = (quantity: (measure: Measure) => number) =>
			lasts.length === 0 ? "–" : formatNumber(average(lasts.map(quantity)), 4);
		const epochs = [...new Set(lasts.map(({ epoch }) => epoch))].sort((a, b) => a - b);
		const share = lasts.length === 0 ? "–" : percent(average(lasts.map((last) => last.accuracy ?? Number.NaN)));
		return [
			label,
			`${lasts.length} / ${lines.length}`,
			epochs.length > 1 ? `${epochs[0]}–${epochs[epochs.length - 1]}` : String(epochs[0] ?? "–"),
			mean(({ loss }) => loss),
			mean(({ validationLoss }) => validationLoss),
			...(accuracy ? [share] : []),
		];
	});
	const head = [t("Activation"), t("Seeds"), t("Epoch"), t("Training loss"), t("Validation loss")];
	return {
		caption: t("Results so far, means over seeds"),
		head: accuracy ? [...head, t("Validation accuracy")] : head,
		rows,
	};
}

/** Every two activations compared; undefined where no two have enough runs for that. */
export function comparisonTable(model: RunModel, t: Translate): TextTable | undefined {
	if (model.state === "running") return undefined;
	const { comparisons, metric } = model.result;
	if (comparisons.every(({ p }) => p === null)) return undefined;
	const difference = ({ difference: mean, interval }: ComparisonResult) => {
		if (mean === null) return "–";
		const halfWidth = interval && (interval[1] - interval[0]) / 2;
		return metric === "accuracy" ? percentText(mean, halfWidth, 2) : numberText(mean, halfWidth);
	};
	const optional = (value: number | null, digits: number) => (value === null ? "–" : formatNumber(value, digits));
	return {
		caption: t("Comparisons over seeds with 95 % intervals"),
		head: [t("Comparison"), t("Difference"), t("p, corrected"), t("Effect size"), t("Verdict")],
		rows: comparisons.map((one) => [
			`${one.a} − ${one.b}`,
			difference(one),
			optional(one.pHolm, 2),
			optional(one.effect, 2),
			verdictText(one, t),
		]),
	};
}

function verdictText({ a, verdict }: ComparisonResult, t: Translate): string {
	switch (verdict) {
		case "better":
			return t("{0} is better", a);
		case "no difference":
			return t("no difference");
		case "not enough runs":
			return t("not enough runs");
	}
}

function numberText(mean: number, halfWidth: number | null): string {
	return formatNumber(mean, 4) + (halfWidth === null ? "" : ` ± ${formatNumber(halfWidth, 2)}`);
}

function percentText(mean: number, halfWidth: number | null, digits: number): string {
	return `${(100 * mean).toFixed(digits)}${halfWidth === null ? "" : ` ± ${(100 * halfWidth).toFixed(digits)}`} %`;
}
