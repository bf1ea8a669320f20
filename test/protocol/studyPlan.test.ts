import assert from "node:assert/strict";
import { test } from "node:test";
import { generate } from "../../src/core/training/table.ts";
import { listed } from "../../src/protocol/listedActivation.ts";
import type { Study } from "../../src/protocol/study.ts";
import { parseStudy, studyActivation } from "../../src/protocol/studyDocument.ts";
import { planOf } from "../../src/protocol/studyPlan.ts";
import { trainingBytes, workOf } from "../../src/protocol/studyWork.ts";

/** 100 samples in the plane, 80 of them to train on; files there are none. */
async function shapeOf({ data }: Study) {
	if (data.kind === "csv") throw new Error(`there is no file "${data.path}"`);
	return generate("moons", 100, 0.1, 0);
}
const MACHINE = { workers: 2, memoryBytes: 2 ** 30 };
const plan = (document: object) => planOf({ activations: ["relu", "tanh"], ...document }, shapeOf, MACHINE);

test("the work of a study is every training, those that tune, and their steps", async () => {
	const { work, studies, problems, study } = await plan({ epochs: 10, batchSize: 30, tuning: { epochs: 5 } });
	assert.deepEqual([studies, problems, study?.epochs], [1, [], 10]);
	// 2 activations × 5 seeds, and before them × 4 rates × 2 seeds; 3 steps an epoch.
	assert.deepEqual([work?.trainings, work?.tunings, work?.steps], [10, 16, 3 * (10 * 10 + 16 * 5)]);
});

test("the work of a grid is that of all its studies", async () => {
	const [one, four] = await Promise.all([
		plan({ tuning: false, network: { depth: 3 } }),
		plan({ tuning: false, network: { depth: [3, 3] }, optimizer: { kind: ["sgd", "adam"] } }),
	]);
	assert.equal(four.studies, 4);
	assert.equal(four.work?.trainings, 4 * one.work!.trainings);
	assert.ok(Math.abs(four.work!.seconds / one.work!.seconds - 4) < 1e-9);
});

test("the reference takes longer, and more cores take less", () => {
	const table = generate("moons", 100, 0.1, 0);
	const seconds = (more: object, workers = 1) => {
		const study = parseStudy({ activations: ["relu"], network: { width: 64 }, ...more });
		return workOf(study, table, { ...MACHINE, workers }).seconds;
	};
	assert.ok(seconds({ precision: "float64" }) > 2 * seconds({}));
	assert.equal(seconds({}, 5), seconds({}) / 5);
	assert.equal(seconds({}, 64), seconds({}, 5), "no more at once than there are trainings");
});

test("a study takes as long as its trainings that have memory at once", () => {
	const table = generate("moons", 100, 0.1, 0);
	const study = parseStudy({ activations: ["relu"], network: { width: 64 } });
	const secondsIn = (trainings: number) =>
		workOf(study, table, { workers: 5, memoryBytes: trainings * trainingBytes(study, table) }).seconds;
	assert.equal(secondsIn(2.5), 2.5 * secondsIn(9));
	assert.equal(secondsIn(0.5), 5 * secondsIn(9), "one is always under way");
});

test("a document with a wrong field has no work, and a sentence with a place for the field's name", async () => {
	const { problems, work, study } = await plan({ epochs: 0 });
	assert.deepEqual([work, study], [null, null]);
	assert.deepEqual(problems, [{ field: "epochs", sentence: "{0} must be 1…10000, got 0" }]);
});

test("data that cannot be read are a problem of their own entry, and a batch that is too large of the batch size", async () => {
	const csv = { kind: "csv", path: "a.csv", target: "y" };
	const { problems, work } = await plan({ data: ["moons", csv], batchSize: 81 });
	assert.equal(work, null);
	assert.deepEqual(problems, [
		{ field: "batchSize", sentence: "{0} must be at most the 80 of 100 samples that are for training, got 81" },
		{ field: "data[1]", sentence: 'there is no file "a.csv"' },
	]);
});

test("each listed network and optimizer has the first study that is its own", async () => {
	const { rows, studies } = await plan({
		network: [{ depth: 1 }, { depth: [3, 4], width: 8 }],
		optimizer: [{ kind: "sgd", learningRate: 0.5 }, {}],
	});
	assert.equal(studies, 6);
	assert.deepEqual(Object.keys(rows), ["network[0]", "network[1]", "optimizer[0]", "optimizer[1]"]);
	assert.deepEqual(rows["network[1]"]?.network.hidden, [8, 8, 8]);
	assert.deepEqual([rows["optimizer[0]"]?.tuning, rows["optimizer[1]"]?.optimizer.kind], [undefined, "adam"]);
	assert.deepEqual((await plan({ network: { depth: 1 } })).rows, {});
});

test("a network that is too large for the memory is named by its row", async () => {
	const large = { depth: 64, width: 4096 };
	const fieldsOf = async (network: object) => (await plan({ network })).problems.map(({ field }) => field);
	assert.deepEqual(await fieldsOf([{ depth: 1 }, large]), ["network[1].hidden"]);
	assert.deepEqual(await fieldsOf(large), ["network.hidden"]);
});

test("an activation is listed as the shortest entry that stands for it", () => {
	const leaky = parseStudy({ activations: [{ id: "leaky_relu", parameters: { negative_slope: 0.2 } }] })
		.activations[0]!;
	assert.deepEqual(listed(leaky).entry, { id: "leaky_relu", parameters: { negative_slope: 0.2 } });
	assert.deepEqual(listed({ ...leaky, label: "mine" }).entry, {
		id: "leaky_relu",
		parameters: { negative_slope: 0.2 },
		label: "mine",
	});
	const { parameters } = listed(studyActivation("elu"));
	assert.deepEqual(parameters, [{ name: "alpha", default: 1 }]);
	const far = listed({ ...studyActivation("softplus"), parameters: { threshold: Number.POSITIVE_INFINITY } });
	assert.deepEqual(far.entry.parameters, { threshold: "Infinity" });
});
