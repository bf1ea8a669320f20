import type { Interval } from "../core/training/statistics/interval.ts";
import type { BestResult, ComparisonResult, StudyResult } from "../protocol/studyResult.ts";

/** A study's result for people: a table of the activations, one of the comparisons, and which is best. */
export function resultText(result: StudyResult): string {
	const { metric, activations, comparisons, best } = result;
	const isAccuracy = metric === "accuracy";
	const isTested = activations.some(({ testLoss }) => testLoss !== undefined);
	const rows = activations.map((one) => [
		one.activation,
		String(one.runs),
		String(one.diverged),
		String(one.failed),
		meanText(one.validationLoss, 4, 1),
		...(isAccuracy ? [meanText(one.accuracy, 1, 100)] : []),
		...(isTested ? [meanText(one.testLoss ?? null, 4, 1)] : []),
		...(isTested && isAccuracy ? [meanText(one.testAccuracy ?? null, 1, 100)] : []),
	]);
	const head = ["activation", "runs", "diverged", "failed", "validation loss"];
	if (isAccuracy) head.push("accuracy %");
	if (isTested) head.push("test loss", ...(isAccuracy ? ["test accuracy %"] : []));
	const parts = [aligned([head, ...rows])];
	if (comparisons.length > 0) {
		const unit = isAccuracy ? "accuracy %" : "validation loss";
		const heads = ["comparison", `difference, ${unit}`, "runs", "p", "p, Holm", "effect", "verdict"];
		parts.push(aligned([heads, ...comparisons.map((one) => comparisonRow(one, isAccuracy))]));
	}
	const finished = new Set(activations.filter(({ runs }) => runs > 0).map(({ activation }) => activation));
	if (best) parts.push(`${bestText(best, finished, isAccuracy)}\n`);
	return parts.join("\n");
}

function comparisonRow(one: ComparisonResult, isAccuracy: boolean): string[] {
	const [digits, scale] = isAccuracy ? [2, 100] : [4, 1];
	const halfWidth = one.interval ? (one.interval[1] - one.interval[0]) / 2 : null;
	const difference = one.difference === null ? null : { mean: one.difference, halfWidth };
	return [
		`${one.a} − ${one.b}`,
		meanText(difference, digits, scale),
		String(one.runs),
		chance(one.p),
		chance(one.pHolm),
		one.effect === null ? "–" : one.effect.toFixed(2),
		one.verdict === "better" ? `${one.a} is better` : one.verdict,
	];
}

/** The best, and which of those that `finished` at all it is not known to be better than. */
function bestText(
	{ activation, notBetterThan }: BestResult,
	finished: ReadonlySet<string>,
	isAccuracy: boolean,
): string {
	const start = `${isAccuracy ? "Highest mean accuracy" : "Lowest mean validation loss"}: ${activation}`;
	const listOf = (wanted: string) =>
		notBetterThan
			.filter(({ activation: other, verdict }) => verdict === wanted && finished.has(other))
			.map(({ activation: other }) => other);
	const [same, unknown, better] = [listOf("no difference"), listOf("not enough runs"), listOf("better")];
	const said = [
		...(same.length > 0 ? [`no difference from ${same.join(", ")} is shown`] : []),
		...(unknown.length > 0 ? [`there are not enough runs to tell it from ${unknown.join(", ")}`] : []),
		...(better.length > 0 ? [`over the seeds of both, ${better.join(", ")} is better`] : []),
	];
	return said.length === 0 ? `${start}.` : `${start}; ${said.join("; ")}.`;
}

function chance(p: number | null): string {
	if (p === null) return "–";
	return p < 1e-4 ? p.toExponential(0) : p.toFixed(4);
}

function meanText(interval: Interval | null, digits: number, scale: number): string {
	if (!interval) return "–";
	const spread = interval.halfWidth === null ? "" : ` ± ${(scale * interval.halfWidth).toFixed(digits)}`;
	return (scale * interval.mean).toFixed(digits) + spread;
}

/** A table whose columns are as wide as their longest entry. */
export function aligned(lines: readonly (readonly string[])[]): string {
	const widths = lines[0]!.map((_, j) => Math.max(...lines.map((line) => line[j]!.length)));
	const padded = lines.map((line) => line.map((text, j) => text.padEnd(widths[j]!)).join("  "));
	return padded.map((line) => `${line.trimEnd()}\n`).join("");
}
