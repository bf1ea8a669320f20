import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { generate } from "../../../src/core/training/table.ts";
import { studyAsPyTorch } from "../../../src/engines/exports/studyAsPyTorch.ts";
import { parseStudy } from "../../../src/protocol/studyDocument.ts";

// That PyTorch runs the scripts and comes to the study's own numbers is checked in test/python.

const moons = (activations: unknown[], more: object = {}) =>
	parseStudy({ activations, data: { kind: "moons", samples: 40, noise: 0.1 }, tuning: false, ...more });
const table = generate("moons", 40, 0.1, 0);
const scriptOf = (study: ReturnType<typeof parseStudy>) => String(studyAsPyTorch(study, table, "rerun")[0]!.content);

test("a script has PyTorch's own class where that is the activation, and the function's code where it is not", () => {
	const script = scriptOf(
		moons([
			"relu",
			{ id: "leaky_relu", parameters: { negative_slope: 0.2 } },
			{ id: "leaky_relu", parameters: { negative_slope: 0.3 } },
			{ id: "custom", source: "def f(x):\n    return x * abs(x)\n", label: 'my "f" \\' },
		]),
	);
	assert.match(script, /^ {4}"ReLU": \(lambda: nn\.ReLU\(\), 1\.41421356237309\d+, 0\.003\),$/m);
	assert.match(script, /^class LeakyRelu\(nn\.Module\):\n.*\n\n {4}def __init__\(self, negative_slope=0\.2\):$/m);
	assert.match(script, /^class LeakyRelu2\(nn\.Module\):\n.*\n\n {4}def __init__\(self, negative_slope=0\.3\):$/m);
	assert.match(script, /^ {4}"my \\"f\\" \\\\": \(lambda: F2\(\), /m);
	assert.ok(!/\$[A-Z]/.test(script), "nothing is left to fill in");
});

test("the samples in a script are the study's, bit by bit", () => {
	const script = scriptOf(moons(["relu"]));
	const text = /^DATA = """\n([^"]+)"""$/m.exec(script)![1]!.replaceAll("\n", "");
	const bytes = inflateSync(Buffer.from(text, "base64"));
	const rows = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
	assert.deepEqual([...rows.slice(0, 3)], [...table.inputs.slice(0, 2), table.targets[0]]);
	assert.equal(rows.length, 40 * 3);
	assert.match(script, /reshape\(40, 3\)/);
});

test("large data lie beside the script, in NumPy's format", () => {
	const large = generate("moons", 60_000, 0.1, 0);
	const [script, data] = studyAsPyTorch(moons(["relu"]), large, "rerun");
	assert.equal(data?.path, "rerun-data.npy");
	assert.match(String(script?.content), /with_name\("rerun-data\.npy"\)/);
	const bytes = Buffer.from(data!.content);
	assert.equal(bytes.subarray(0, 8).toString("latin1"), "\x93NUMPY\x01\x00");
	const start = 10 + bytes.readUInt16LE(8);
	assert.equal(start % 64, 0);
	assert.match(bytes.subarray(10, start).toString(), /'descr': '<f8'.*'shape': \(60000, 3\).*\n$/);
	assert.equal(bytes.readDoubleLE(start + 8), large.inputs[1]);
});

test("an activation that is not understood is refused with its label", () => {
	const source = "def f(x):\n    while x > 1:\n        x = x / 2\n    return x\n";
	assert.throws(() => scriptOf(moons([{ id: "custom", source, label: "loop" }])), /^Error: "loop" /);
});

test("a tuned activation is trained at the rate that was found; a study that has not found it is refused", () => {
	const study = moons(["relu"], { tuning: { learningRates: [0.01, 0.1] } });
	const tuned = { kind: "tuned", run: { activation: 0, seed: 0 }, learningRate: 0.1, tried: [] } as const;
	assert.match(String(studyAsPyTorch(study, table, "rerun", [tuned])[0]!.content), /"ReLU": \(lambda: .*, 0\.1\),$/m);
	assert.throws(() => scriptOf(study), /^Error: the learning rate of "ReLU" has not been found yet/);
});

test("norm, residual layers, dropout, schedule, clipping and a test part are in a script where the study has them", () => {
	const whole = scriptOf(
		moons(["relu"], {
			network: { hidden: [4, 4], norm: "batchnorm", residual: true, dropout: 0.1, initialiser: "orthogonal" },
			optimizer: { clip: 2, schedule: { kind: "cosine", warmup: 0.25 } },
			test: 0.2,
			epochs: 10,
			batchSize: 8,
		}),
	);
	// 24 of the 40 samples are for training: 3 steps an epoch, 8 of the 30 for the warm-up.
	for (const part of [
		"(Residual(layer, nn.BatchNorm1d(layer.out_features), make(), Dropout(seed, i)) for i,",
		"        return 0.125 + (1 - 0.125) * step / 8\n    return (1 + math.cos(math.pi * (step - 8) / 22)) / 2\n",
		"            loss.backward()\n            nn.utils.clip_grad_norm_(model.parameters(), 2)\n            optimizer.step()\n            scheduler.step()\n",
		"layer.weight.copy_(orthogonal(random, *layer.weight.shape))",
		'PARTS = ["validation", "test"]',
	])
		assert.ok(whole.includes(part), part);
	assert.ok(!/\$[A-Z]/.test(whole), "nothing is left to fill in");
	const plain = scriptOf(moons(["relu"]));
	assert.match(plain, /\*\(nn\.Sequential\(layer, make\(\)\) for i,/);
	for (const part of ["clip_grad", "scheduler", "class Dropout", "class Residual", "def orthogonal", '"test"'])
		assert.ok(!plain.includes(part), part);
});
