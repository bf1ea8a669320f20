import { escapeMarkdown } from "../core/explanation/markdown.ts";
import { formatNumber } from "../core/explanation/number.ts";
import { english, type Translate } from "../core/explanation/texts.ts";
import type { Advice, Candidate, Doubt } from "./advice.ts";
import type { StudyResult } from "./studyResult.ts";

/** Under which conditions the answer was asked for. */
export interface Conditions {
	readonly dtype: string;
	readonly depth: number;
	/** What it was trained on; null for facts alone. */
	readonly data: string | null;
}

/** The answer as Markdown: what to use, how sure that is, and the evidence as a table. */
export function adviceText(
	advice: Advice,
	candidates: readonly Candidate[],
	result: StudyResult | null,
	{ dtype, depth, data }: Conditions,
	t: Translate = english,
): string {
	const { choice, certainty, equals, worse, doubtful } = advice;
	const others = equals.slice(1).map(escapeMarkdown).join(", ");
	const sure = {
		shown: t("The study shows it better than all others."),
		"no difference": t("The study shows no difference from {0}; of these it costs least.", others),
		"facts only": t(
			"No study shows a difference: this is from facts alone, and it costs least of what they do not speak against.",
		),
	}[certainty];
	const lines = [
		`# ${t("Which activation?")}`,
		`**${escapeMarkdown(choice)}.** ${sure}`,
		...(worse.length > 0 ? [t("Worse on these data: {0}.", worse.map(escapeMarkdown).join(", "))] : []),
		...doubtful.map(({ label, reason }) => `- ${escapeMarkdown(label)}: ${doubtText(reason, depth, dtype, t)}`),
		`## ${t("Evidence")}`,
		data === null
			? t("{0} hidden layers, {1}. Nothing was trained.", String(depth), dtype)
			: t(
					"{0} hidden layers, {1}, trained on {2}, each with its own gain and learning rate.",
					String(depth),
					dtype,
					escapeMarkdown(data),
				),
		tableOf(candidates, result, t),
	];
	return `${lines.join("\n\n")}\n`;
}

function tableOf(candidates: readonly Candidate[], result: StudyResult | null, t: Translate): string {
	const isAccuracy = result?.metric === "accuracy";
	const head = [
		t("activation"),
		...(result ? [isAccuracy ? t("accuracy, 95 % interval") : t("validation loss, 95 % interval"), t("diverged")] : []),
		t("cost, ReLU = 1"),
		t("gradient through all layers"),
		t("zero gradient"),
		t("bounded"),
	];
	const rows = candidates.map(({ label, cost, facts }) => {
		const own = result?.activations.find(({ activation }) => activation === label);
		const measured = own && (isAccuracy ? own.accuracy : own.validationLoss);
		const scale = isAccuracy ? 100 : 1;
		const number = (value: number) => formatNumber(scale * value, 4);
		const spread = measured?.halfWidth == null ? "" : ` ± ${number(measured.halfWidth)}`;
		return [
			escapeMarkdown(label),
			...(result ? [measured ? number(measured.mean) + spread : "–", String(own?.diverged ?? 0)] : []),
			formatNumber(cost, 3),
			Number.isNaN(facts.gradientThroughDepth) ? "–" : `× ${formatNumber(facts.gradientThroughDepth, 3)}`,
			facts.zeroGradient.length > 0 ? t("yes") : t("no"),
			facts.isBounded ? t("yes") : t("no"),
		];
	});
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function doubtText(reason: Doubt, depth: number, dtype: string, t: Translate): string {
	switch (reason) {
		case "vanishing":
			return t("its gradient fades through {0} layers, also with its own gain", String(depth));
		case "exploding":
			return t("its gradient grows through {0} layers, also with its own gain", String(depth));
		case "no gain":
			return t("no weights keep its signal's size");
		case "slope lost":
			return t("its slope is 0 in {0} at ordinary inputs", dtype);
	}
}
