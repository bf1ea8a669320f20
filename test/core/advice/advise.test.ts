/** Rules in pairs: the smallest evidence that gives an answer, and the nearest that does not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
	advise as adviseFully,
	type Evidence,
	type Measured,
	type StudyEvidence,
} from "../../../src/core/advice/advise.ts";
import type { CandidateFacts, Situation } from "../../../src/core/advice/candidate.ts";
import { compareActivations } from "../../../src/core/training/statistics/compareActivations.ts";
import { intervalOf } from "../../../src/core/training/statistics/interval.ts";

const situation: Situation = { dtype: "float16", depth: 10, width: 32, plain: true };

function candidate(label: string, more: Partial<CandidateFacts> = {}): CandidateFacts {
	const none = { below: null, above: null };
	return {
		label,
		parameters: {},
		id: label,
		cost: 1,
		range: { min: 0, max: Infinity, minReached: true, maxReached: false },
		zeroGradient: [],
		canDie: false,
		smoothness: "smooth",
		inType: { overflow: none, saturated: none, lostSlope: none, textbookOverflow: none },
		gain: 1,
		withOwnGain: { variance: 1, gradientNorm: 1 },
		stability: "stable",
		withPytorchDefault: { variance: 1, gradientNorm: 1 },
		...more,
	};
}

/** A study in which each activation ended with these accuracies, one a seed; null where it diverged. */
function study(accuracies: Readonly<Record<string, readonly (number | null)[]>>, depth = 10): StudyEvidence {
	const labels = Object.keys(accuracies);
	const outcomes = labels.flatMap((label, activation) =>
		accuracies[label]!.map((value, seed) => ({ activation, seed, value })),
	);
	const result: Measured = {
		metric: "accuracy",
		activations: labels.map((activation) => {
			const ended = accuracies[activation]!.filter((value) => value !== null);
			const diverged = accuracies[activation]!.length - ended.length;
			return { activation, runs: ended.length, diverged, failed: 0, accuracy: intervalOf(ended), validationLoss: null };
		}),
		comparisons: compareActivations(labels.length, outcomes, "higher").map((one) => ({
			...one,
			a: labels[one.a]!,
			b: labels[one.b]!,
		})),
	};
	return { result, depth, seeds: 5, complete: true, epochs: 10, learningRates: [], tried: [] };
}

function advise(candidates: readonly CandidateFacts[], more: Partial<Evidence> = {}) {
	return adviseFully({ situation, tieBreak: "cost", candidates, study: null, ...more });
}

const high = [0.9, 0.91, 0.92, 0.9, 0.91];
const low = high.map((value, i) => value - 0.1 - i / 1000);
const [a, b] = [candidate("a", { cost: 2 }), candidate("b", { cost: 3 })];

test("five seeds that all differ are sure; four are too few runs", () => {
	const sure = advise([a, b], { study: study({ a: low, b: high }) });
	assert.deepEqual([sure.choice, sure.certainty.level], ["b", "sure"]);
	assert.deepEqual(
		sure.ranking.map(({ label, standing }) => `${label} ${standing}`),
		["b first", "a worse"],
	);
	const four = advise([a, b], { study: study({ a: [0.9, 0.7, 0.9, 0.8], b: [0.9, 0.9, 0.8, 0.9] }) });
	assert.deepEqual([four.choice, four.certainty.level], ["b", "too few runs"], "the mean decides, not the cost");
});

test("too little to show that one is worse is not enough to call it equal, and cheaper", () => {
	const four = advise([a, b], { study: study({ a: low.slice(1), b: high.slice(1) }) });
	assert.deepEqual([four.choice, four.certainty], ["b", { level: "best mean", unshown: ["a"] }]);
	assert.deepEqual(
		four.ranking.map(({ label, standing }) => `${label} ${standing}`),
		["b first", "a behind"],
	);
	// Of eleven, 55 pairs: a p of 0.01 is none after the correction.
	const noisy = high.map((value, i) => value - [0.05, 0.2, 0.06, 0.15, 0.12][i]!);
	const others = Object.fromEntries(
		Array.from({ length: 9 }, (_, k) => [`c${k}`, high.map((v, i) => v - ((i + k) % 3) / 100)]),
	);
	const labels = ["a", "b", ...Object.keys(others)];
	const many = advise(
		labels.map((label, i) => candidate(label, { cost: i })),
		{ study: study({ a: noisy, b: high.map((value) => value + 0.001), ...others }) },
	);
	const standings = new Map(many.ranking.map(({ label, standing }) => [label, standing]));
	assert.deepEqual([many.best, many.choice, standings.get("a")], ["b", "b", "behind"]);
	assert.equal(many.ranking.at(-1)?.label, "a");
});

test("where no difference is shown, the cheaper one is first, and with equal cost the better mean is not", () => {
	const near = high.map((value, i) => value + (i % 2 === 0 ? 0.01 : -0.008));
	const tie = advise([b, a], { study: study({ a: high, b: near }) });
	assert.equal(tie.best, "b");
	assert.deepEqual([tie.choice, tie.certainty], ["a", { level: "no difference", among: ["a", "b"] }]);
	const dearer = advise([b, candidate("a", { cost: 4 })], { study: study({ a: high, b: near }) });
	assert.equal(dearer.choice, "b");
});

test("without a study the answer is from facts alone; with one run of one candidate it stands alone", () => {
	const facts = advise([b, a]);
	assert.deepEqual([facts.choice, facts.certainty.level], ["a", "facts alone"]);
	assert.deepEqual(
		facts.ranking.map(({ standing }) => standing),
		["first", "not measured"],
	);
	const alone = advise([a, b], { study: study({ b: high.slice(0, 1) }) });
	assert.deepEqual([alone.choice, alone.certainty.level], ["b", "alone"]);
});

test("three of five diverged runs speak against a candidate, two do not", () => {
	const three = advise([a, b], { study: study({ a: [null, null, null, 0.99, 0.99], b: high }) });
	assert.deepEqual(three.ranking.at(-1)?.objection, { kind: "diverged", diverged: 3, of: 5 });
	assert.equal(three.choice, "b");
	const two = advise([a, b], { study: study({ a: [null, null, 0.99, 0.99, 0.99], b: high }) });
	assert.equal(two.ranking.find(({ label }) => label === "a")?.objection, null);
});

test("a gradient forecast to vanish speaks against a candidate, unless its layers are not plain or were trained", () => {
	const vanishing = candidate("v", { cost: 0.5, withOwnGain: { variance: 1, gradientNorm: 9e-4 } });
	const against = advise([vanishing, a]);
	assert.equal(against.choice, "a");
	assert.deepEqual(against.ranking[1]?.objection, { kind: "gradient", norm: 9e-4, layers: 10 });
	assert.equal(
		advise([candidate("v", { cost: 0.5, withOwnGain: { variance: 1, gradientNorm: 1.1e-3 } }), a]).choice,
		"v",
	);
	assert.equal(advise([vanishing, a], { situation: { ...situation, plain: false } }).choice, "v");
	assert.equal(advise([vanishing, a], { study: study({ v: high, a: low }) }).choice, "v");
	assert.equal(advise([vanishing, a], { study: study({ v: high, a: low }, 3) }).choice, "a");
});

test("an overflow at 256 speaks against a candidate, one at 10,920 does not", () => {
	const overflows = (above: number) =>
		candidate("o", { cost: 0.5, inType: { ...a.inType, overflow: { below: null, above } } });
	assert.deepEqual(advise([overflows(256), a]).ranking[1]?.objection, {
		kind: "overflow",
		from: 256,
		dtype: "float16",
	});
	assert.equal(advise([overflows(10_920), a]).choice, "o");
});

test("when something speaks against each, none is chosen", () => {
	const none = advise([candidate("v", { withOwnGain: { variance: 1, gradientNorm: 0 } })]);
	assert.deepEqual([none.choice, none.certainty.level, none.ranking.length], [null, "none suits", 1]);
});

test("the tie-break comes before the cost", () => {
	const [kinked, smooth] = [candidate("kinked", { smoothness: "C⁰", canDie: true }), candidate("smooth", { cost: 9 })];
	assert.equal(advise([kinked, smooth]).choice, "kinked");
	assert.equal(advise([kinked, smooth], { tieBreak: "smoothness" }).choice, "smooth");
	assert.equal(advise([kinked, smooth], { tieBreak: "no dead units" }).choice, "smooth");
});
