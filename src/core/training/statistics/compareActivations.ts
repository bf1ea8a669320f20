import { studentQuantile } from "../../numerics/studentT.ts";
import { holm } from "./holm.ts";
import { meanOf, standardError } from "./interval.ts";
import { pairedDifferences, pairedT, signFlip } from "./pairedTests.ts";
import { leastRankSum, rankSum } from "./rankSum.ts";

/** How one run ended: its measure, or that it has none because it diverged. */
export interface Outcome {
	/** Which activation, 0…count − 1. */
	readonly activation: number;
	readonly seed: number;
	/** Null where the run diverged; a value that is not finite counts as that. */
	readonly value: number | null;
}

export type Verdict = "better" | "no difference" | "not enough runs";

/** Two activations over the seeds with which both ended; `a` is the one that did better, in its mean or in its ranks. */
export interface Comparison {
	readonly a: number;
	readonly b: number;
	/** Seeds that are compared. */
	readonly runs: number;
	/** Mean of a − b in the measure's own unit; null where a run diverged. */
	readonly difference: number | null;
	/** The difference's 95 % interval, for this pair alone; null for fewer than two runs. */
	readonly interval: readonly [low: number, high: number] | null;
	readonly test: "paired t" | "sign flip" | "rank sum" | null;
	readonly p: number | null;
	/** `p` corrected for the number of comparisons. */
	readonly pHolm: number | null;
	/** The exact sign-flip test's p beside it, for up to 16 runs none of which diverged: it assumes less and sees less. */
	readonly pSignFlip: number | null;
	/**
	 * Cliff's delta, −1…1: the chance that some run of `a` is better than some run of `b` less that of the reverse.
	 * Unlike a mean over its spread it stands where a run diverged and where there is no spread.
	 */
	readonly effect: number | null;
	/** Whether `a` is better than `b`. */
	readonly verdict: Verdict;
}

/** Below it a corrected p is a difference. */
export const LEVEL = 0.05;
/**
 * Fewer pairs are not compared: with four, "no difference" would nearly always be for want of runs, and nobody could
 * tell whether the differences are anything like normal.
 */
export const LEAST_RUNS = 5;

/**
 * Every two of `count` activations compared over the seeds that both have an outcome for, in the order of the study.
 *
 * Runs with the same seed share the split, the order of the samples and the stream of the initial weights, so what is
 * tested is the difference within a seed. What it says is about this data set and network, over seeds: not about data
 * drawn anew.
 *
 * The verdict is the paired t-test's. The exact sign-flip test assumes less, but with five seeds its p is never below
 * 2/32, so that no difference however large would ever be seen. Where nothing differs but chance, a seed's difference is
 * as likely to have either sign, and for such symmetric differences the t-test errs to the side of caution when they
 * have heavy tails. Its one weakness is measures in coarse steps (an accuracy over few samples): when all differences
 * are equal, there is no spread to compare the mean with, and the sign-flip test takes over.
 *
 * A run that diverged is worse than any that went to the end, and as bad as any other that diverged. A mean has no place
 * for it: such pairs are compared by the exact rank-sum test. It does not use the pairing, which makes it cautious, but
 * five runs of which none diverged against five that all did are a difference by it, and by a paired test not yet.
 *
 * All p are corrected together by Holm's method. Where even the most extreme outcome would not have been enough, the
 * verdict is "not enough runs".
 */
export function compareActivations(
	count: number,
	outcomes: readonly Outcome[],
	better: "higher" | "lower",
): readonly Comparison[] {
	const values = Array.from({ length: count }, () => new Map<number, number>());
	for (const { activation, seed, value } of outcomes) {
		values[activation].set(seed, value !== null && Number.isFinite(value) ? value : Number.NaN);
	}
	const tested = values.flatMap((first, a) =>
		values.slice(a + 1).map((second, i) => testPair(a, a + 1 + i, first, second, better)),
	);
	const family = tested.filter(({ p }) => p !== null);
	const corrected = new Map(holm(family.map(({ p }) => p!)).map((p, i) => [family[i], p]));
	return tested.map((one) => {
		const { leastP, ...comparison } = one;
		const pHolm = corrected.get(one) ?? null;
		return { ...comparison, pHolm, verdict: verdictOf(one, pHolm) };
	});
}

/** A comparison before the others are known. */
interface Tested extends Omit<Comparison, "pHolm" | "verdict"> {
	/** The smallest p that the test could have given for that many runs. */
	readonly leastP: number;
}

function verdictOf({ p, leastP, interval }: Tested, pHolm: number | null): Verdict {
	if (p === null || pHolm === null) return "not enough runs";
	const holdsZero = interval !== null && interval[0] <= 0 && interval[1] >= 0;
	if (pHolm < LEVEL && !holdsZero) return "better";
	return p <= leastP * (1 + 1e-9) ? "not enough runs" : "no difference";
}

function testPair(
	first: number,
	second: number,
	ofFirst: ReadonlyMap<number, number>,
	ofSecond: ReadonlyMap<number, number>,
	better: "higher" | "lower",
): Tested {
	// In the order of the seeds, so that no sum depends on which run ended first.
	const seeds = [...ofFirst.keys()].filter((seed) => ofSecond.has(seed)).sort((s, t) => s - t);
	const x = seeds.map((seed) => ofFirst.get(seed)!);
	const y = seeds.map((seed) => ofSecond.get(seed)!);
	const sign = better === "higher" ? 1 : -1;
	const score = (value: number) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : sign * value);
	const delta = cliffsDelta(x.map(score), y.map(score));
	const enough = seeds.length >= LEAST_RUNS;
	const nothing = { runs: seeds.length, difference: null, interval: null, pSignFlip: null };
	if ([...x, ...y].some(Number.isNaN)) {
		return {
			...nothing,
			...inOrder(first, second, delta),
			test: enough ? "rank sum" : null,
			p: enough ? rankSum(x.map(score), y.map(score)) : null,
			leastP: leastRankSum(seeds.length),
		};
	}
	if (seeds.length === 0) return { ...nothing, a: first, b: second, effect: null, test: null, p: null, leastP: 1 };
	const forward = pairedDifferences(x, y);
	const swap = sign * meanOf(forward) < 0;
	const differences = swap ? forward.map((one) => 0 - one) : forward;
	const difference = meanOf(differences);
	const halfWidth =
		seeds.length > 1 ? studentQuantile(LEVEL, seeds.length - 1) * standardError(differences) : Number.NaN;
	const flip = enough ? signFlip(differences) : null;
	const t = enough ? pairedT(differences) : null;
	// More pairs than are flipped, and every one the same: the chance of that is what flipping would find.
	const same = 2 ** (1 - seeds.length);
	return {
		runs: seeds.length,
		a: swap ? second : first,
		b: swap ? first : second,
		difference,
		interval: seeds.length > 1 ? [difference - halfWidth, difference + halfWidth] : null,
		test: enough ? (t === null ? "sign flip" : "paired t") : null,
		p: enough ? (t ?? same) : null,
		pSignFlip: flip,
		effect: swap ? 0 - delta : delta,
		leastP: enough && t === null ? same : 0,
	};
}

function inOrder(first: number, second: number, delta: number) {
	return delta < 0 ? { a: second, b: first, effect: -delta } : { a: first, b: second, effect: delta };
}

/** (pairs where x > y − pairs where x < y) / all pairs. NaN for no pairs. */
function cliffsDelta(x: readonly number[], y: readonly number[]): number {
	let balance = 0;
	for (const one of x) for (const other of y) balance += Number(one > other) - Number(one < other);
	return balance / (x.length * y.length);
}
