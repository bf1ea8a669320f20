import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Random } from "../../../../src/core/numerics/random.ts";
import { studentQuantile, studentTail } from "../../../../src/core/numerics/studentT.ts";
import {
	type Comparison,
	compareActivations,
	type Outcome,
} from "../../../../src/core/training/statistics/compareActivations.ts";
import { holm } from "../../../../src/core/training/statistics/holm.ts";
import { intervalOf } from "../../../../src/core/training/statistics/interval.ts";
import { pairedDifferences, pairedT, signFlip } from "../../../../src/core/training/statistics/pairedTests.ts";
import { rankSum } from "../../../../src/core/training/statistics/rankSum.ts";

/** Made by statistics.py beside it. */
interface Golden {
	readonly tails: readonly (readonly [t: number, freedom: number, tail: number])[];
	readonly quantiles: readonly (readonly [tail: number, freedom: number, t: number])[];
	readonly pairs: readonly {
		readonly a: readonly number[];
		readonly b: readonly number[];
		readonly t: number;
		readonly interval: readonly [number, number];
		readonly signFlip: number;
	}[];
	readonly ranks: readonly { readonly a: readonly number[]; readonly b: readonly number[]; readonly p: number }[];
	readonly families: readonly { readonly p: readonly number[]; readonly holm: readonly number[] }[];
}

const golden: Golden = JSON.parse(readFileSync("test/golden/statistics.json", "utf8"));

function near(actual: number | null | undefined, expected: number, what: string, tolerance = 1e-10): void {
	const distance = Math.abs((actual ?? Number.NaN) - expected);
	assert.ok(distance <= tolerance * Math.abs(expected), `${what}: got ${actual}, SciPy has ${expected}`);
}

test("Student's t agrees with SciPy to 1e-10 of its value, however small the tail", () => {
	for (const [t, freedom, tail] of golden.tails) near(studentTail(t, freedom), tail, `tail of ${t}, ${freedom}`);
	for (const [tail, freedom, t] of golden.quantiles)
		near(studentQuantile(tail, freedom), t, `t of ${tail}, ${freedom}`);
	assert.equal(studentTail(0, 3), 1);
	assert.equal(studentTail(Number.NEGATIVE_INFINITY, 3), 0);
	assert.ok(Number.isNaN(studentTail(Number.NaN, 3)));
});

test("paired t, its interval and the sign flips agree with SciPy", () => {
	for (const { a, b, t, interval, signFlip: flipped } of golden.pairs) {
		const differences = pairedDifferences(a, b);
		near(pairedT(differences), t, "paired t");
		near(signFlip(differences), flipped, "sign flip");
		const { mean, halfWidth } = intervalOf(differences)!;
		near(mean - halfWidth!, interval[0], "low end", 1e-9);
		near(mean + halfWidth!, interval[1], "high end", 1e-9);
	}
});

test("the rank sums with ties, and Holm's correction, agree with SciPy and statsmodels", () => {
	for (const { a, b, p } of golden.ranks) near(rankSum(a, b), p, `rank sum of ${a} and ${b}`);
	for (const { p, holm: expected } of golden.families) {
		holm(p).forEach((one, i) => {
			near(one, expected[i]!, "Holm");
		});
	}
});

/** Outcomes by activation and seed; null diverged. */
const outcomesOf = (values: readonly (readonly (number | null)[])[]): Outcome[] =>
	values.flatMap((of, activation) => of.map((value, seed) => ({ activation, seed, value })));
const compare = (values: readonly (readonly (number | null)[])[], better: "higher" | "lower" = "higher") =>
	compareActivations(values.length, outcomesOf(values), better);

test("a difference in every seed is one; the better is named first, whichever way the measure points", () => {
	const [low, high] = [
		[0.91, 0.9, 0.92, 0.93, 0.89],
		[0.95, 0.95, 0.96, 0.96, 0.94],
	];
	const [accuracy] = compare([low, high]);
	assert.deepEqual([accuracy!.a, accuracy!.b, accuracy!.verdict, accuracy!.effect], [1, 0, "better", 1]);
	assert.ok(accuracy!.difference! > 0.04 && accuracy!.interval![0] > 0);
	const [loss] = compare([low, high], "lower");
	assert.deepEqual([loss!.a, loss!.b, loss!.verdict, loss!.effect], [0, 1, "better", 1]);
	assert.ok(loss!.difference! < -0.04 && loss!.interval![1] < 0);
});

test("activations that come to the same are no different, and neither is one that is better now and then", () => {
	const same = [0.9, 0.91, 0.93, 0.9, 0.92];
	const [equal] = compare([same, same]);
	assert.deepEqual([equal!.difference, equal!.p, equal!.effect, equal!.verdict], [0, 1, 0, "no difference"]);
	const [mixed] = compare([same, [0.91, 0.9, 0.94, 0.89, 0.93]]);
	assert.equal(mixed!.verdict, "no difference");
});

test("fewer than five runs of both are not compared, and are not in the family", () => {
	const [few] = compare([
		[1, 2, 3, 4],
		[5, 6, 7, 9],
	]);
	assert.deepEqual([few!.runs, few!.p, few!.pHolm, few!.verdict], [4, null, null, "not enough runs"]);
	assert.ok(few!.difference! > 0 && few!.interval);
	const three = compare([
		[1, 2, 3, 4, 5],
		[1.5, 2.6, 3.4, 4.5, 5.7],
		[1, 2],
	]);
	assert.equal(three[0]!.pHolm, three[0]!.p);
	assert.equal(compare([[], [1]])[0]!.difference, null);
});

test("differences without any spread are tested by their signs, for which five are not enough and six are", () => {
	const five = [0.8, 0.85, 0.9, 0.95, 0.7];
	const [first] = compare([five, five.map((value) => value + 0.02)]);
	assert.deepEqual([first!.test, first!.p, first!.verdict], ["sign flip", 1 / 16, "not enough runs"]);
	const six = [...five, 0.75];
	const [second] = compare([six, six.map((value) => value + 0.02)]);
	assert.deepEqual([second!.test, second!.p, second!.verdict], ["sign flip", 1 / 32, "better"]);
});

test("a run that diverged is worse than any that did not, and as bad as another that did", () => {
	const fine = [0.5, 0.6, 0.55, 0.52, 0.58];
	const none = [null, null, null, null, null];
	const [all] = compare([none, fine]);
	assert.deepEqual([all!.a, all!.test, all!.effect, all!.verdict], [1, "rank sum", 1, "better"]);
	assert.ok(Math.abs(all!.p! - 2 / 252) < 1e-15);
	assert.deepEqual([all!.difference, all!.interval], [null, null]);
	const [one] = compare([fine, [null, 0.61, 0.56, 0.53, 0.59]]);
	assert.equal(one!.verdict, "no difference");
	const [both] = compare([none, none]);
	assert.deepEqual([both!.p, both!.effect, both!.verdict], [1, 0, "no difference"]);
	// A measure that is no number is no better than a loss that is none.
	assert.deepEqual(compare([none.map(() => Number.NaN), fine]), compare([none, fine]));
});

test("where total separation would not be enough after the correction, more runs are asked for", () => {
	const fine = [0.5, 0.6, 0.55, 0.52, 0.58];
	const none = [null, null, null, null, null];
	// Seven comparisons of 2/252 or more each: the least corrected p is above 0.05.
	const comparisons = compare([none, fine, fine, fine, fine, fine, fine, fine]);
	const against = comparisons.filter(({ b }) => b === 0);
	assert.equal(against.length, 7);
	assert.deepEqual([...new Set(against.map(({ verdict }) => verdict))], ["not enough runs"]);
});

test("the order in which runs end, and that of the activations, changes no number", () => {
	const random = new Random(5);
	const values = Array.from({ length: 4 }, () => Array.from({ length: 7 }, () => random.normal()));
	const outcomes = outcomesOf(values);
	const expected = compareActivations(4, outcomes, "lower");
	const order = outcomes.map((_, i) => i);
	random.shuffle(order);
	const shuffled = order.map((i) => outcomes[i]!);
	assert.deepEqual(compareActivations(4, shuffled, "lower"), expected);
	const mirrored = compareActivations(
		4,
		outcomes.map((one) => ({ ...one, activation: 3 - one.activation })),
		"lower",
	);
	const key = ({ a, b }: Comparison) => `${a}/${b}`;
	const back = new Map(mirrored.map((one) => [key({ ...one, a: 3 - one.a, b: 3 - one.b }), one]));
	for (const one of expected) {
		const other = back.get(key(one))!;
		assert.deepEqual([other.p, other.pHolm, other.effect, other.verdict], [one.p, one.pHolm, one.effect, one.verdict]);
		assert.equal(other.difference, one.difference);
	}
});

/** Share of families of four activations that differ in nothing in which some pair is called different. */
function falseAlarms(draw: (random: Random) => (seedEffect: number) => number | null, seeds: number): number {
	const random = new Random(11, "identical activations");
	const families = 3000;
	let alarms = 0;
	for (let i = 0; i < families; i++) {
		const value = draw(random);
		const effects = Array.from({ length: seeds }, () => random.normal());
		const comparisons = compare(Array.from({ length: 4 }, () => effects.map(value)));
		if (comparisons.some(({ verdict }) => verdict === "better")) alarms++;
	}
	return alarms / families;
}

// Three standard errors of a share of 5 % among 3,000.
const NOISE = 3 * Math.sqrt((0.05 * 0.95) / 3000);

for (const [what, draw] of [
	["normal", (random: Random) => (effect: number) => effect + random.normal()],
	["heavy-tailed", (random: Random) => (effect: number) => effect + random.normal() / Math.abs(random.normal())],
	["in coarse steps", (random: Random) => () => Math.round(48.2 + 0.7 * random.normal()) / 50],
	[
		"now and then diverging",
		(random: Random) => (effect: number) => (random.uniform() < 0.3 ? null : effect + random.normal()),
	],
] as const) {
	test(`of identical activations whose measures are ${what}, at most 5 % of families show a difference`, () => {
		for (const seeds of [5, 8]) {
			const share = falseAlarms(draw, seeds);
			assert.ok(share <= 0.05 + NOISE, `${seeds} seeds: ${(100 * share).toFixed(2)} %`);
		}
	});
}

test("a difference of two standard deviations is seen in most studies of five seeds", () => {
	const random = new Random(3);
	let seen = 0;
	for (let i = 0; i < 500; i++) {
		const a = Array.from({ length: 5 }, () => random.normal());
		const b = a.map(() => 2 * Math.SQRT2 + random.normal());
		if (compare([a, b])[0]!.verdict === "better") seen++;
	}
	assert.ok(seen > 400, `${seen} of 500`);
});
