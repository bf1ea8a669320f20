import { type Comparison, compareActivations, type Verdict } from "../core/training/statistics/compareActivations.ts";
import { type Interval, intervalOf } from "../core/training/statistics/interval.ts";
import type { Study } from "./study.ts";
import type { TrainerEvent } from "./trainer.ts";

/** What a study came to: the last line of `study --json`, and what the page shows of it. */
export interface StudyResult {
	readonly kind: "result";
	/** What is compared, after the last epoch: the higher accuracy or the lower loss is better. */
	readonly metric: "accuracy" | "validationLoss";
	readonly activations: readonly ActivationResult[];
	/** Every two of the activations. */
	readonly comparisons: readonly ComparisonResult[];
	/** Null where no run went to the end. */
	readonly best: BestResult | null;
}

/** What an activation came to over the seeds. */
export interface ActivationResult {
	/** Its label in the study. */
	readonly activation: string;
	readonly id: string;
	/** Runs that went to the end: what the means are of. */
	readonly runs: number;
	readonly diverged: number;
	readonly failed: number;
	readonly validationLoss: Interval | null;
	/** Null for regression. */
	readonly accuracy: Interval | null;
	/** On the samples kept for the test; only where the study keeps any. */
	readonly testLoss?: Interval | null;
	readonly testAccuracy?: Interval | null;
}

/** A comparison with the activations by their labels; see core's for every field. */
export interface ComparisonResult extends Omit<Comparison, "a" | "b"> {
	readonly a: string;
	readonly b: string;
}

export interface BestResult {
	readonly activation: string;
	/** The others that it is not known to be better than. */
	readonly notBetterThan: readonly { readonly activation: string; readonly verdict: Verdict }[];
}

/**
 * The result of a study from what its runs reported, in any order; it needs only the event that ended each run. Failed
 * and cancelled runs say nothing about an activation, and their seeds are not compared.
 *
 * The best has the best mean of those whose runs diverged least: a mean over the survivors of a divergence would look
 * better than the activation is.
 */
export function resultOf(study: Study, events: readonly TrainerEvent[]): StudyResult {
	const done = events.filter((event) => event.kind === "done");
	const metric = done.some(({ measure }) => measure.accuracy !== null) ? "accuracy" : "validationLoss";
	const activations = study.activations.map(({ id, label }, index): ActivationResult => {
		// In the order of the seeds, so that no sum depends on which run ended first.
		const mine = done.filter(({ run }) => run.activation === index).sort((a, b) => a.run.seed - b.run.seed);
		const count = (kind: TrainerEvent["kind"]) =>
			events.filter((event) => event.kind === kind && event.run.activation === index).length;
		const tests = mine.flatMap(({ test }) => test ?? []);
		const accuracies = (of: readonly { readonly accuracy: number | null }[]) =>
			intervalOf(of.map(({ accuracy }) => accuracy).filter((accuracy) => accuracy !== null));
		return {
			activation: label,
			id,
			runs: mine.length,
			diverged: count("diverged"),
			failed: count("failed"),
			validationLoss: intervalOf(mine.map(({ measure }) => measure.validationLoss)),
			accuracy: accuracies(mine.map(({ measure }) => measure)),
			...(study.test === undefined
				? {}
				: { testLoss: intervalOf(tests.map(({ loss }) => loss)), testAccuracy: accuracies(tests) }),
		};
	});
	const outcomes = events.flatMap((event) => {
		if (event.kind !== "done" && event.kind !== "diverged") return [];
		return [{ ...event.run, value: event.kind === "done" ? event.measure[metric] : null }];
	});
	const labelOf = (index: number) => study.activations[index]?.label ?? "";
	const comparisons = compareActivations(
		study.activations.length,
		outcomes,
		metric === "accuracy" ? "higher" : "lower",
	).map((one): ComparisonResult => ({ ...one, a: labelOf(one.a), b: labelOf(one.b) }));
	return { kind: "result", metric, activations, comparisons, best: bestOf(activations, comparisons, metric) };
}

function bestOf(
	activations: readonly ActivationResult[],
	comparisons: readonly ComparisonResult[],
	metric: StudyResult["metric"],
): BestResult | null {
	const worth = (one: ActivationResult) => (metric === "accuracy" ? 1 : -1) * (one[metric]?.mean ?? Number.NaN);
	const share = ({ diverged, runs }: ActivationResult) => diverged / (diverged + runs);
	const [best] = activations
		.filter((one) => Number.isFinite(worth(one)))
		.sort((a, b) => share(a) - share(b) || worth(b) - worth(a));
	if (!best) return null;
	const { activation } = best;
	const notBetterThan = comparisons.flatMap(({ a, b, verdict }) => {
		if ((a !== activation && b !== activation) || (a === activation && verdict === "better")) return [];
		return [{ activation: a === activation ? b : a, verdict }];
	});
	return { activation, notBetterThan };
}
