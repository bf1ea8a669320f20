import type { Dtype } from "../numerics/dtype.ts";
import { type Comparison, LEVEL } from "../training/statistics/compareActivations.ts";
import type { Interval } from "../training/statistics/interval.ts";
import { type CandidateFacts, hasNoGradient, type Situation } from "./candidate.ts";

/** What decides between candidates that no measurement tells apart; cost decides what is left. */
export type TieBreak = "cost" | "smoothness" | "no dead units";

export const tieBreaks: readonly TieBreak[] = ["cost", "smoothness", "no dead units"];

/** What a study came to, by the candidates' labels. */
export interface Measured {
	readonly metric: "accuracy" | "validationLoss";
	readonly activations: readonly {
		readonly activation: string;
		/** Runs that went to the end, and how the others ended. */
		readonly runs: number;
		readonly diverged: number;
		readonly failed: number;
		readonly accuracy: Interval | null;
		readonly validationLoss: Interval | null;
	}[];
	readonly comparisons: readonly MeasuredComparison[];
}

/** Two activations; `a` did better. */
export interface MeasuredComparison
	extends Pick<Comparison, "runs" | "difference" | "interval" | "p" | "pHolm" | "verdict"> {
	readonly a: string;
	readonly b: string;
}

export interface StudyEvidence {
	readonly result: Measured;
	/** The hidden layers that were trained: those of the situation, or fewer. */
	readonly depth: number;
	/** Seeds planned for each candidate, and whether all were trained in time. */
	readonly seeds: number;
	readonly complete: boolean;
	/** The budget of each run: the same for all. */
	readonly epochs: number;
	/** The learning rate that was found for each candidate before, of those that were tried; none where time ran out. */
	readonly learningRates: readonly { readonly label: string; readonly learningRate: number }[];
	readonly tried: readonly number[];
}

export interface Evidence {
	readonly situation: Situation;
	readonly tieBreak: TieBreak;
	readonly candidates: readonly CandidateFacts[];
	/** Null where there are no data. */
	readonly study: StudyEvidence | null;
}

/** What speaks against a candidate here, with its evidence. */
export type Objection =
	| { readonly kind: "diverged"; readonly diverged: number; readonly of: number }
	| { readonly kind: "failed"; readonly failed: number }
	| { readonly kind: "gradient"; readonly norm: number; readonly layers: number }
	| { readonly kind: "overflow"; readonly from: number; readonly dtype: Dtype };

export type Standing = "first" | "no difference" | "too few runs" | "behind" | "worse" | "not measured" | "objection";

export interface Ranked {
	readonly label: string;
	readonly standing: Standing;
	/** Why it is at the end; null elsewhere. */
	readonly objection: Objection | null;
	/** With the best measured one; null for that one, and where nothing was measured. */
	readonly comparison: MeasuredComparison | null;
}

export type Certainty =
	/** Nothing was trained. */
	| { readonly level: "facts alone" }
	/** Better than each of the others that went to the end; `p` is the largest corrected p of them. */
	| { readonly level: "sure"; readonly others: readonly string[]; readonly p: number }
	/** None of `among` is shown to be different from the best. */
	| { readonly level: "no difference"; readonly among: readonly string[] }
	/** Too few seeds were trained to tell these apart. */
	| { readonly level: "too few runs"; readonly among: readonly string[] }
	/** All others stand behind it, but that it is better than `unshown` is not shown. */
	| { readonly level: "best mean"; readonly unshown: readonly string[] }
	/** Only one was trained to the end: there is nothing to compare it with. */
	| { readonly level: "alone" }
	/** Something speaks against every candidate. */
	| { readonly level: "none suits" };

export interface Advice {
	/** The candidate to take; null where something speaks against each of them. */
	readonly choice: string | null;
	readonly ranking: readonly Ranked[];
	readonly certainty: Certainty;
	/** The one with the best mean, which the others are compared with. */
	readonly best: string | null;
}

/** A gradient that is smaller behind the layers counts as vanished, one that is larger as exploded (AutoTrainer). */
const VANISHED = 1e-3;
const EXPLODED = 70;
/** Pre-activations of a network that trains stay below it: an overflow further out does not matter. */
const ORDINARY_INPUT = 1000;

/**
 * Ranks candidates by evidence, the stronger before the weaker:
 *
 * 1. Something speaks against a candidate: half of its runs or more diverged; no run could be trained; the forecast for
 *    its own gain takes the gradient below 1e-3 or above 70 over the layers, where they are plain and that many were not
 *    trained, or there is no gradient at all; or its value overflows in the type for an input below 1000. These come last.
 * 2. Measured: first the one with the best mean and those that the runs do not tell from it, then the others by their
 *    means, then those of which no run was trained. That one is worse is shown by the verdict of the paired, corrected
 *    comparison. But the correction, which guards that claim, must not make equal what is not: the interval of the
 *    difference from the best, for this pair alone, has to hold 0, or the candidate stands behind it.
 * 3. What the measurement shows no difference between is ordered by the tie-break: smooth before not, or units that
 *    cannot die before those that can; then by cost. Too few runs show nothing: then the means order.
 *
 * Without a study the third rule alone orders what the first leaves, and the certainty says "facts alone".
 */
export function advise({ situation, tieBreak, candidates, study }: Evidence): Advice {
	const inTie = (a: CandidateFacts, b: CandidateFacts) =>
		drawback(a, tieBreak) - drawback(b, tieBreak) || a.cost - b.cost;
	const objections = new Map(candidates.map((one) => [one.label, objectionTo(one, situation, study)]));
	const suitable = candidates.filter(({ label }) => !objections.get(label));
	const against = candidates.filter(({ label }) => objections.get(label)).sort(inTie);
	const worth = (label: string) => (study ? worthOf(label, study.result) : null);
	const measured = suitable
		.filter(({ label }) => worth(label) !== null)
		.sort((a, b) => worth(b.label)! - worth(a.label)! || inTie(a, b));
	const unmeasured = suitable.filter(({ label }) => worth(label) === null).sort(inTie);
	const best = measured[0]?.label ?? null;
	const withBest = (label: string) => study?.result.comparisons.find(({ a, b }) => isPair(a, b, label, best)) ?? null;
	const standingOf = ({ label }: CandidateFacts) => standingWith(label === best ? null : withBest(label), best);
	const untold = measured.filter((one) => isTie(standingOf(one)));
	const areTooFew = untold.some((one) => standingOf(one) === "too few runs");
	const tied = areTooFew ? untold : untold.sort(inTie);
	const rest = measured.filter((one) => !isTie(standingOf(one)));
	const choice = (tied[0] ?? unmeasured[0])?.label ?? null;
	const ranked = (label: string, standing: Standing): Ranked => ({
		label,
		standing: label === choice ? "first" : standing,
		objection: objections.get(label) ?? null,
		comparison: label === best ? null : withBest(label),
	});
	return {
		choice,
		best,
		ranking: [
			...[...tied, ...rest].map((one) => ranked(one.label, standingOf(one))),
			...unmeasured.map(({ label }) => ranked(label, "not measured")),
			...against.map(({ label }) => ranked(label, "objection")),
		],
		certainty: certaintyOf(
			choice,
			tied.map(({ label }) => label),
			areTooFew,
			rest.map((one) => ({ label: one.label, standing: standingOf(one) })),
			withBest,
		),
	};
}

function certaintyOf(
	choice: string | null,
	tied: readonly string[],
	areTooFew: boolean,
	rest: readonly Pick<Ranked, "label" | "standing">[],
	withBest: (label: string) => MeasuredComparison | null,
): Certainty {
	if (choice === null) return { level: "none suits" };
	if (tied.length === 0) return { level: "facts alone" };
	if (tied.length > 1) return { level: areTooFew ? "too few runs" : "no difference", among: tied };
	if (rest.length === 0) return { level: "alone" };
	const unshown = rest.filter(({ standing }) => standing === "behind").map(({ label }) => label);
	if (unshown.length > 0) return { level: "best mean", unshown };
	const others = rest.map(({ label }) => label);
	return { level: "sure", others, p: Math.max(...others.map((label) => withBest(label)?.pHolm ?? 1)) };
}

/** How a candidate stands by its comparison with the best one; null for that one, and where they were not compared. */
function standingWith(comparison: MeasuredComparison | null, best: string | null): Standing {
	if (!comparison) return "no difference";
	const { a, interval, p, verdict } = comparison;
	const differs = interval ? interval[0] > 0 || interval[1] < 0 : p !== null && p < LEVEL;
	if (a === best && verdict === "better") return "worse";
	if (a === best && differs) return "behind";
	return verdict === "not enough runs" ? "too few runs" : "no difference";
}

function isTie(standing: Standing): boolean {
	return standing === "no difference" || standing === "too few runs";
}

function objectionTo(
	candidate: CandidateFacts,
	{ dtype, depth, plain }: Situation,
	study: StudyEvidence | null,
): Objection | null {
	const { label, inType, withOwnGain } = candidate;
	const result = study?.result.activations.find(({ activation }) => activation === label);
	if (result) {
		const { runs, diverged, failed } = result;
		if (diverged > 0 && diverged >= runs) return { kind: "diverged", diverged, of: runs + diverged };
		if (runs === 0 && failed > 0) return { kind: "failed", failed };
	}
	const from = Math.min(...[inType.overflow.below, inType.overflow.above].map((x) => Math.abs(x ?? Infinity)));
	if (from < ORDINARY_INPUT) return { kind: "overflow", from, dtype };
	// What was trained at that depth is known better than by a forecast.
	const isTrained = study !== null && result !== undefined && result.runs > 0 && study.depth >= depth;
	if (isTrained) return null;
	if (hasNoGradient(candidate)) return { kind: "gradient", norm: 0, layers: depth };
	if (!plain || !withOwnGain) return null;
	const norm = withOwnGain.gradientNorm;
	return norm < VANISHED || norm > EXPLODED ? { kind: "gradient", norm, layers: depth } : null;
}

/** The mean of what is compared, larger is better; null where no run went to the end. */
function worthOf(label: string, { metric, activations }: Measured): number | null {
	const mean = activations.find(({ activation }) => activation === label)?.[metric]?.mean;
	return mean === undefined ? null : metric === "accuracy" ? mean : -mean;
}

function drawback({ smoothness, canDie }: CandidateFacts, tieBreak: TieBreak): number {
	switch (tieBreak) {
		case "cost":
			return 0;
		case "smoothness":
			return ["smooth", "C¹", "C⁰", "jumps"].indexOf(smoothness);
		case "no dead units":
			return canDie ? 1 : 0;
	}
}

function isPair(a: string, b: string, one: string, other: string | null): boolean {
	return (a === one && b === other) || (a === other && b === one);
}
