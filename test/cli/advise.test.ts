import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { builtCli } from "./builtCli.ts";

const { folder, run } = builtCli("cli-advise-");
const advise = (document: object, ...options: string[]) => run("advise", document, options);

test("advise without data answers from facts alone, and says so", async () => {
	const { code, out, err } = await advise({ dtype: "float16", candidates: ["relu", "sigmoid"], depth: 10 }, "--json");
	assert.equal(code, 0, err);
	const answer = JSON.parse(out);
	assert.deepEqual([answer.kind, answer.choice, answer.certainty.level], ["advice", "ReLU", "facts alone"]);
	assert.equal(answer.ranking[1].objection.kind, "gradient");
	assert.equal(answer.evidence.candidates[0].range.max, "Infinity");
	assert.equal(answer.evidence.study, null);
});

test("advise with a CSV file beside its document trains the candidates on it, states the time first, and is sure", async () => {
	const rows = Array.from({ length: 120 }, (_, i) => `${i / 60 - 1},${(i * 37) % 11},${i < 60 ? "low" : "high"}`);
	writeFileSync(join(folder, "points.csv"), ["x,noise,y", ...rows, ""].join("\n"));
	const step = { id: "heaviside", label: "step" };
	const data = { kind: "csv", path: "points.csv", target: "y", task: "classification" };
	const { code, out, err } = await advise({ candidates: ["tanh", step], data, width: 8, depth: 2 }, "--json");
	assert.equal(code, 0, err);
	assert.match(
		err,
		/^trains 2 activations × 10 seeds, 30 epochs, after 16 trainings for the learning rates: about .*, at most 60 s\n/,
	);
	const { choice, evidence, words } = JSON.parse(out);
	assert.equal(choice, "Tanh");
	assert.deepEqual(
		[evidence.study.seeds, evidence.study.complete, evidence.study.result.metric],
		[10, true, "accuracy"],
	);
	assert.ok(words.certainty.length > 0);
	const { learningRates, tried } = evidence.study;
	assert.deepEqual(
		learningRates.map(({ label, learningRate }: { label: string; learningRate: number }) => [
			label,
			tried.includes(learningRate),
		]),
		[
			["Tanh", true],
			["step", true],
		],
	);
	assert.match(
		words.notes.join("\n"),
		/^Each at its own learning rate, found among 0\.0003, .*: Tanh 0\.\d+, step 0\.\d+\.$/m,
	);
});

test("advise for people is a sentence, how sure it is, a list and a table", async () => {
	const { code, out } = await advise({ candidates: ["relu", "elu"] });
	assert.equal(code, 0);
	assert.match(out, /^Take ReLU\.\nFrom facts alone: .*\n\n1\. ReLU: .*\n2\. ELU: .*\n\nActivation {2}/);
});

test("advise exits with 1 where something speaks against every candidate", async () => {
	const { code, out } = await advise({ candidates: ["sigmoid"], depth: 50 });
	assert.equal(code, 1);
	assert.match(out, /^Something speaks against each of the candidates\.\n/);
});

for (const [document, message] of [
	[{ depth: 5000 }, /advise: depth must be 1…1000, got 5000/],
	[{ data: { kind: "csv", path: "none.csv", target: "y" } }, /advise: data: .*none\.csv/],
	[{ candidates: [{ id: "custom", source: "nothing" }] }, /advise: candidates: "custom" must hold a function/],
] as const) {
	test(`advise refuses ${JSON.stringify(document).slice(0, 60)} with one line`, async () => {
		const { code, out, err } = await advise(document);
		assert.deepEqual([code, out, err.trim().split("\n").length], [2, "", 1]);
		assert.match(err, message);
	});
}
