import assert from "node:assert/strict";
import { test } from "node:test";
import { generate } from "../../src/core/training/table.ts";
import { parseStudy } from "../../src/protocol/studyDocument.ts";
import { checkFit, trainingBytes } from "../../src/protocol/studyWork.ts";

const table = generate("moons", 100, 0, 0);
/** The refusal of a study on 100 samples, 70 of them for training; undefined where it fits. */
const refusal = (more: object, shape = table) => {
	const study = parseStudy({ activations: ["relu"], validation: 0.2, test: 0.1, ...more });
	try {
		checkFit(study, shape);
		return undefined;
	} catch (error) {
		return String(error);
	}
};

test("a batch of all that is left for training fits, and a larger one is refused", () => {
	assert.equal(refusal({ batchSize: 70 }), undefined);
	assert.equal(
		refusal({ batchSize: 71 }),
		"RangeError: batchSize must be at most the 70 of 100 samples that are for training, got 71",
	);
});

test("a class of each sample, as a column of measurements has, leaves none to validate or to test on", () => {
	const classes = (count: number) => ({ ...table, classes: count, targets: table.targets.map((_, i) => i % count) });
	const sentence = (least: number, part: string) =>
		`RangeError: data must have a class with ${least} samples or more, so that one is kept for the ${part}, got at most ${least - 1} of each; is it a number to predict (regression)?`;
	assert.equal(refusal({}, classes(100)), sentence(2, "validation"));
	assert.equal(refusal({}, classes(50)), sentence(3, "test"));
	assert.equal(refusal({ test: undefined }, classes(50)), undefined);
	assert.equal(refusal({}, classes(33)), undefined);
});

test("labels are smoothed over three classes or more", () => {
	const sentence = "RangeError: labelSmoothing goes with 3 classes or more, got 2";
	assert.equal(refusal({ labelSmoothing: 0.1 }), sentence);
	assert.equal(refusal({ labelSmoothing: 0 }), undefined);
	const three = { ...table, classes: 3, targets: table.targets.map((_, i) => i % 3) };
	assert.equal(refusal({ labelSmoothing: 0.1 }, three), undefined);
});

test("a batch norm's last batch has 2 samples or more: the deviation of one would make every later measure NaN", () => {
	const batchnorm = { hidden: [4], norm: "batchnorm" };
	const sentence = (batchSize: number) =>
		`RangeError: batchSize must leave 2 samples or more to each batch for batchnorm, got ${batchSize} for 70 training samples`;
	assert.equal(refusal({ batchSize: 23, network: batchnorm }), sentence(23));
	assert.equal(refusal({ batchSize: 1, network: batchnorm }), sentence(1));
	assert.equal(refusal({ batchSize: 17, network: batchnorm }), undefined);
	assert.equal(refusal({ batchSize: 23, network: { hidden: [4], norm: "layernorm" } }), undefined);
	assert.equal(refusal({ batchSize: 1 }), undefined);
});

test("a network of a thousand million weights is refused before any memory is taken for it", () => {
	assert.equal(
		refusal({ network: { depth: 64, width: 4096 } }),
		"RangeError: network.hidden must need at most 4 GB of memory for a training, got about 127 GB",
	);
	assert.equal(refusal({ network: { depth: 4, width: 4096 } }), undefined);
	assert.match(refusal({ network: { depth: 4, width: 4096 }, precision: "float64" }) ?? "", /got about 7 GB$/);
});

test("the reference computes a whole validation part at once, the kernels a batch", () => {
	const many = { ...table, samples: 4_000_000, targets: new Float64Array(4_000_000) };
	const network = { depth: 4, width: 128 };
	assert.equal(refusal({ network }, many), undefined);
	assert.match(refusal({ network, precision: "float64" }, many) ?? "", /got about 26 GB$/);
});

test("where a small batch would do, the batch is what needs too much memory", () => {
	const many = { ...table, samples: 1_600_000, targets: new Float64Array(1_600_000) };
	const wide = { network: { depth: 4, width: 512 } };
	assert.match(refusal({ ...wide, batchSize: 1_000_000 }, many) ?? "", /batchSize must need at most 4 GB/);
	assert.equal(refusal({ ...wide, batchSize: 256 }, many), undefined);
});

test("what a training makes of its samples counts as its memory", () => {
	const study = parseStudy({ activations: ["relu"], network: { hidden: [4] } });
	const [few, many] = [1000, 200_000].map((samples) =>
		trainingBytes(study, { ...table, features: 100, samples, targets: new Float64Array(samples) }),
	);
	// In float64, and in float32 for the kernels.
	assert.ok(many! - few! > 199_000 * 100 * 12, `${many! - few!} bytes`);
});
