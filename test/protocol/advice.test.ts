import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChoiceFacts } from "../../src/core/activations/choice.ts";
import { advise, type Candidate } from "../../src/protocol/advice.ts";
import { adviceText } from "../../src/protocol/adviceText.ts";
import type { ComparisonResult, StudyResult } from "../../src/protocol/studyResult.ts";

const facts: ChoiceFacts = {
	isBounded: false,
	zeroGradient: [],
	smoothness: "smooth",
	gradientThroughDepth: 1,
	slopeLostAt: null,
};
const candidate = (label: string, cost: number, more: Partial<ChoiceFacts> = {}): Candidate => ({
	label,
	cost,
	facts: { ...facts, ...more },
});
const interval = (mean: number) => ({ mean, halfWidth: 0.01 });
const comparison = (a: string, b: string, verdict: ComparisonResult["verdict"]) =>
	({ a, b, verdict }) as ComparisonResult; // What advice reads of it.

function result(
	comparisons: readonly ComparisonResult[],
	diverged: Readonly<Record<string, number>> = {},
): StudyResult {
	const labels = [...new Set(comparisons.flatMap(({ a, b }) => [a, b]))];
	return {
		kind: "result",
		metric: "accuracy",
		activations: labels.map((activation) => ({
			activation,
			id: "relu",
			runs: 5 - (diverged[activation] ?? 0),
			diverged: diverged[activation] ?? 0,
			failed: 0,
			validationLoss: interval(0.1),
			accuracy: interval(0.9),
		})),
		comparisons,
		best: { activation: labels[0]!, notBetterThan: [] },
	};
}

const both = [candidate("GELU", 20), candidate("ReLU", 1)];

test("what a study shows to be better is the answer, whatever it costs", () => {
	const advice = advise(both, result([comparison("GELU", "ReLU", "better")]));
	assert.deepEqual([advice.choice, advice.certainty, advice.worse], ["GELU", "shown", ["ReLU"]]);
});

test("where it shows no difference the cheapest is, and the answer says so", () => {
	const advice = advise(both, result([comparison("GELU", "ReLU", "no difference")]));
	assert.deepEqual([advice.choice, advice.certainty, advice.equals], ["ReLU", "no difference", ["ReLU", "GELU"]]);
});

test("too few runs, or no study, leave the facts alone", () => {
	assert.equal(advise(both, result([comparison("GELU", "ReLU", "not enough runs")])).certainty, "facts only");
	assert.equal(advise(both, null).certainty, "facts only");
	assert.equal(advise(both, null).choice, "ReLU");
});

test("what diverged more than the best is out, and what did not is not", () => {
	const comparisons = [comparison("GELU", "ReLU", "no difference")];
	assert.deepEqual(advise(both, result(comparisons, { ReLU: 2 })).worse, ["ReLU"]);
	assert.deepEqual(advise(both, result(comparisons, { ReLU: 2, GELU: 2 })).worse, []);
});

test("a gradient that the depth takes away speaks against a cheap one, and one that stays does not", () => {
	const fading = [candidate("Sigmoid", 0.5, { gradientThroughDepth: 1e-3 }), candidate("ReLU", 1)];
	assert.deepEqual(advise(fading, null).choice, "ReLU");
	assert.deepEqual(advise(fading, null).doubtful, [{ label: "Sigmoid", reason: "vanishing" }]);
	const staying = [candidate("Sigmoid", 0.5, { gradientThroughDepth: 0.1 }), candidate("ReLU", 1)];
	assert.equal(advise(staying, null).choice, "Sigmoid");
});

test("a slope that the type loses at ordinary inputs counts, one far out does not", () => {
	assert.equal(advise([candidate("A", 1, { slopeLostAt: 4 }), candidate("B", 2)], null).choice, "B");
	assert.equal(advise([candidate("A", 1, { slopeLostAt: 20 }), candidate("B", 2)], null).choice, "A");
});

test("the text says what to use, how sure that is, and shows the evidence", () => {
	const study = result([comparison("GELU", "ReLU", "no difference")]);
	const text = adviceText(advise(both, study), both, study, { dtype: "float16", depth: 3, data: "moons" });
	assert.match(text, /^\*\*ReLU\.\*\* The study shows no difference from GELU; of these it costs least\.$/m);
	assert.match(text, /^\| ReLU \| 90 ± 1 \| 0 \| 1 \| × 1 \| no \| no \|$/m);
	const alone = adviceText(advise(both, null), both, null, { dtype: "float16", depth: 3, data: null });
	assert.match(alone, /from facts alone[\s\S]*Nothing was trained/);
});
