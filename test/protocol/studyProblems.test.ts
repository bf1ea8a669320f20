import assert from "node:assert/strict";
import { test } from "node:test";
import { parseStudies } from "../../src/protocol/studyDocument.ts";
import type { StudyError } from "../../src/protocol/studyError.ts";
import { problemsOf } from "../../src/protocol/studyProblems.ts";

const fields = (document: object) => problemsOf({ activations: ["relu"], ...document }).map(({ field }) => field);

test("a document that the door takes has no problem", () => {
	assert.deepEqual(fields({ network: { depth: [1, 2] }, tuning: { epochs: 50 }, epochs: 60 }), []);
});

test("every wrong field is named at once, by its place in the document", () => {
	assert.deepEqual(
		fields({
			activations: ["relu", { id: "elu", parameters: { alpha: "x" } }, "rleu"],
			data: ["moons", { kind: "xor", samples: 3 }],
			network: { hidden: [[8], [0]], dropout: 2, initialiser: ["auto", "he"] },
			optimizer: { learningRate: [0.1, "fast"], schedule: { warmup: 2 } },
			epochs: 0,
			seeds: [1, "x"],
			test: 0.9,
		}),
		[
			"activations[1].parameters.alpha",
			"activations[2].id",
			"data[1].samples",
			"network.hidden[0]",
			"network.dropout",
			"network.initialiser",
			"optimizer.learningRate",
			"optimizer.schedule.warmup",
			"epochs",
			"seeds[1]",
			"test",
		],
	);
});

test("what is wrong with fields together is named once each is right by itself", () => {
	assert.deepEqual(fields({ activations: ["relu", "relu"] }), ["activations"]);
	assert.deepEqual(fields({ network: { hidden: [8], depth: 2 } }), ["network.depth"]);
	assert.deepEqual(fields({ validation: 0.5, test: 0.5 }), ["validation and test together"]);
	assert.deepEqual(fields({ activations: [] }), ["activations"]);
});

test("what is wrong in one of several networks or optimizers is named in its row", () => {
	assert.deepEqual(
		fields({
			network: [{ depth: 2 }, { depth: 0, initialiser: ["auto", "he"], layers: 3 }, 7],
			optimizer: [{ kind: "sdg" }, { learningRate: [0.1, "fast"], schedule: { warmup: 2 } }],
		}),
		[
			"network[1].depth",
			"network[1].initialiser",
			"network[1]",
			"network[2]",
			"optimizer[0].kind",
			"optimizer[1].learningRate",
			"optimizer[1].schedule.warmup",
		],
	);
	assert.deepEqual(fields({ network: [{ width: 8 }, { hidden: [8], depth: 2 }] }), ["network[1].depth"]);
	assert.deepEqual(fields({ network: [] }), ["network"]);
	assert.deepEqual(fields({ network: [{ depth: 1 }, {}], optimizer: [{}, { kind: "sgd" }] }), []);
});

test("tuning is measured by the study's own epochs and seeds", () => {
	assert.deepEqual(fields({ epochs: 5, tuning: { epochs: 10, seeds: 9 } }), ["tuning.epochs", "tuning.seeds"]);
	assert.deepEqual(fields({ epochs: 0, tuning: { epochs: 10 } }), ["epochs"]);
});

test("a field that there is not is a problem of what it stands in", () => {
	assert.deepEqual(fields({ epoch: 3, network: { layers: 2 } }), ["study", "network"]);
	assert.deepEqual(fields({ data: ["digits", { kind: "digits", noise: 1 }] }), ["data[1].noise"]);
});

test("a problem's sentence is that of the door, with its field left open", () => {
	const document = { activations: ["relu"], epochs: 0 };
	const [problem] = problemsOf(document);
	assert.deepEqual(problem, {
		field: "epochs",
		complaint: "{0} must be {1}…{2}, got {3}",
		values: ["1", "10000", "0"],
	});
	assert.throws(
		() => parseStudies(document),
		({ complaint, values }: StudyError) => {
			assert.deepEqual([complaint, values], [problem?.complaint, problem?.values]);
			return true;
		},
	);
});
