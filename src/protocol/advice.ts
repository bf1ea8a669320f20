import type { ChoiceFacts } from "../core/activations/choice.ts";
import type { StudyResult } from "./studyResult.ts";

/** What is known of a candidate. */
export interface Candidate {
	/** Its label in the study. */
	readonly label: string;
	/** Time for a value and its slope, relative to ReLU's. */
	readonly cost: number;
	readonly facts: ChoiceFacts;
}

/** How sure an answer is. */
export type Certainty =
	/** The study shows it better than every other. */
	| "shown"
	/** The study shows no difference between the answer and some others: the cheapest of them is the answer. */
	| "no difference"
	/** There are too few runs to show anything, or no study: facts alone. */
	| "facts only";

export interface Advice {
	readonly choice: string;
	readonly certainty: Certainty;
	/** The candidates that are not known to be worse, the choice first, then by cost. */
	readonly equals: readonly string[];
	/** What the study shows to be worse than the best, or what diverged. */
	readonly worse: readonly string[];
	/** What the facts speak against, in this depth and type. */
	readonly doubtful: readonly { readonly label: string; readonly reason: Doubt }[];
}

export type Doubt = "vanishing" | "exploding" | "no gain" | "slope lost";

/** The gradient may lose or gain this much on its way through the network. */
const TOLERATED = 100;
/** A pre-activation of this size is nothing unusual. */
const USUAL = 6;

/**
 * Which activation to use, from evidence:
 *
 * 1. Where a study has verdicts, those that it shows to be worse than its best are out, and so is what diverged more.
 * 2. Of the rest, those that the facts speak against give way: a gradient that the depth multiplies or divides by more than
 *    100 with the activation's own gain, or a slope that the type rounds to 0 at inputs up to 6.
 * 3. Of the rest the cheapest is the answer. It is sure where nothing else is left after the first step.
 */
export function advise(candidates: readonly Candidate[], result: StudyResult | null): Advice {
	const worse = result ? worseThanBest(result) : [];
	const doubtful = candidates.flatMap(({ label, facts }) => {
		const reason = doubtOf(facts);
		return reason ? [{ label, reason }] : [];
	});
	const left = candidates.filter(({ label }) => !worse.includes(label));
	const sound = left.filter(({ label }) => !doubtful.some((one) => one.label === label));
	const byCost = [...(sound.length > 0 ? sound : left)].sort((a, b) => a.cost - b.cost);
	const choice = byCost[0]!.label;
	const hasVerdict = result?.comparisons.some(
		({ a, b, verdict }) => (a === choice || b === choice) && verdict !== "not enough runs",
	);
	const others = left.filter(({ label }) => label !== choice).sort((a, b) => a.cost - b.cost);
	return {
		choice,
		certainty: !hasVerdict ? "facts only" : others.length === 0 ? "shown" : "no difference",
		equals: [choice, ...others.map(({ label }) => label)],
		worse,
		doubtful,
	};
}

function worseThanBest({ best, comparisons, activations }: StudyResult): readonly string[] {
	if (!best) return [];
	const share = (label: string) => {
		const { diverged, runs } = activations.find(({ activation }) => activation === label)!;
		return diverged / Math.max(1, diverged + runs);
	};
	const limit = share(best.activation);
	return activations
		.map(({ activation }) => activation)
		.filter((label) => {
			const beaten = comparisons.some(
				({ a, b, verdict }) => a === best.activation && b === label && verdict === "better",
			);
			return beaten || share(label) > limit;
		});
}

function doubtOf({ gradientThroughDepth: gradient, slopeLostAt }: ChoiceFacts): Doubt | null {
	if (Number.isNaN(gradient)) return "no gain";
	if (gradient < 1 / TOLERATED) return "vanishing";
	if (gradient > TOLERATED) return "exploding";
	return slopeLostAt !== null && slopeLostAt <= USUAL ? "slope lost" : null;
}
