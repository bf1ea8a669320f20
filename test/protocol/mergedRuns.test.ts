import assert from "node:assert/strict";
import { test } from "node:test";
import { mergedRuns, runsOf } from "../../src/protocol/mergedRuns.ts";
import type { RunView } from "../../src/protocol/panel.ts";
import { parseStudy } from "../../src/protocol/studyDocument.ts";

function view(name: string, document: object): RunView {
	const study = parseStudy({ activations: ["relu"], data: "moons", seeds: [0], ...document });
	const events = [{ kind: "cancelled", run: { activation: 0, seed: study.seeds[0]! } }] as const;
	return { summary: { id: name, name, state: "done", startedAt: 0, study, progress: 1 }, events };
}

test("runs on the same data are one view, with labels that meet told apart by the run", () => {
	const { summary, events } = mergedRuns([view("a", {}), view("b", { network: { hidden: [8] } })]);
	assert.deepEqual(
		summary.study.activations.map(({ label }) => label),
		["ReLU (1: a)", "ReLU (2: b)"],
	);
	assert.deepEqual(
		events.map(({ run }) => run.activation),
		[0, 1],
	);
	assert.deepEqual(runsOf(summary.id), ["a", "b"], "by its id it can be opened again");
});

for (const [what, document, said] of [
	["another set", { data: "circles" }, /“a” was trained on moons \(.*\), “b” on circles \(/],
	["more noise", { data: { kind: "moons", noise: 0.3 } }, /noise 0\.1, seed 0; .* noise 0\.3, seed 0; /],
	["samples of another seed", { seeds: [7] }, /seed 0; .*seed 7; /],
	["a larger part held out", { validation: 0.3 }, /validation 0\.2\).*validation 0\.3\)/],
] as const) {
	test(`runs of which one has ${what} are refused with one sentence`, () => {
		assert.throws(() => mergedRuns([view("a", {}), view("b", document)]), { message: said });
	});
}
