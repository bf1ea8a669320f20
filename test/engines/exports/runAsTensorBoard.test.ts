import assert from "node:assert/strict";
import { test } from "node:test";
import { runAsTensorBoard } from "../../../src/engines/exports/runAsTensorBoard.ts";
import { crc32c, eventsFile } from "../../../src/engines/exports/tfrecord.ts";
import type { RunView } from "../../../src/protocol/panel.ts";
import { parseStudy } from "../../../src/protocol/studyDocument.ts";
import type { TrainerEvent } from "../../../src/protocol/trainer.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("the checksum is Castagnoli's", () => {
	assert.equal(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
	assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa); // RFC 3720, appendix B.4
});

test("an events file has the bytes that TensorBoard's own writer gives", () => {
	const written = eventsFile(
		[
			{ fileVersion: "brain.Event:2" },
			{
				step: 300,
				scalars: [
					["loss/train", 0.25],
					["accuracy/validation", Number.NaN],
				],
				histograms: [],
			},
		],
		1_700_000_000.5,
	);
	assert.equal(hex(written), GOLDEN);
});

test("a histogram has the bytes of a tensor as TensorBoard's own writer gives it", () => {
	const written = eventsFile(
		[
			{ fileVersion: "brain.Event:2" },
			{
				step: 300,
				scalars: [["loss/train", 0.25]],
				histograms: [["activation/layer_1", { min: -1, max: 2, counts: [3, 5] }]],
			},
		],
		1_700_000_000.5,
	);
	assert.equal(hex(written), GOLDEN_HISTOGRAM);
});

const study = parseStudy({
	activations: [
		"relu",
		{ id: "leaky_relu", label: "LeakyReLU (slope=0.1)" },
		{ id: "leaky_relu", label: "leakyrelu slope 0.1" },
	],
	seeds: [0, 7],
	network: { hidden: [4, 4] },
});
const layer = { gradientNorm: 0.5, dead: 0.25, saturated: 0 };
const measure = (epoch: number, accuracy: number | null = 0.5) => ({
	epoch,
	step: 10 * epoch,
	loss: 1,
	validationLoss: 2,
	accuracy,
	layers: [layer, layer],
});
const runOf = (events: readonly TrainerEvent[]): RunView => ({
	summary: { id: "1", name: "a/b: digits", state: "done", startedAt: 1_700_000_000_000, study, progress: 1 },
	events,
});

test("each activation and seed that reported anything has its own file, its path safe on any system", () => {
	const events = [0, 1, 2].map(
		(activation): TrainerEvent => ({
			kind: "progress",
			run: { activation, seed: 7 },
			measure: measure(0),
		}),
	);
	assert.deepEqual(
		runAsTensorBoard(runOf(events)).map(({ path }) => path),
		["ReLU", "LeakyReLU-slope-0.1", "leakyrelu-slope-0.1-2"].map(
			(folder) => `a-b-digits/${folder}/seed-7/events.out.tfevents.1700000000.activation-lens`,
		),
	);
});

test("the same run gives the same bytes: every measure once, a regression without accuracy", () => {
	const run = { activation: 0, seed: 0 };
	const view = runOf([
		{ kind: "started", run, parameters: 1, steps: 20 },
		{ kind: "progress", run, measure: measure(0, null) },
		{ kind: "progress", run, measure: measure(1, null) },
		{ kind: "diverged", run, step: 12, measure: measure(1, null) },
	]);
	const [file] = runAsTensorBoard(view);
	const content = Buffer.from(file!.content);
	assert.deepEqual(Buffer.from(runAsTensorBoard(view)[0]!.content), content);
	const text = content.toString("latin1");
	for (const tag of ["loss/train", "loss/validation", "gradient_norm/layer_2", "dead/layer_1", "saturated/layer_2"])
		assert.equal(text.split(tag).length - 1, 2, tag);
	assert.ok(!text.includes("accuracy"));
});

test("every measure of a layer is in the log: histograms, update ratios and the test where a run has them", () => {
	const run = { activation: 0, seed: 0 };
	const histogram = { min: -1, max: 2, counts: [1, 2, 4] };
	const full = { ...layer, updateRatio: 0.125, histogram };
	const [file] = runAsTensorBoard(
		runOf([
			{ kind: "progress", run, measure: measure(0) },
			{
				kind: "done",
				run,
				measure: { ...measure(1), layers: [layer, full] },
				seconds: 1,
				test: { samples: 9, loss: 0.75, accuracy: 0.25 },
			},
		]),
	);
	const [version, before, after] = readLog(Buffer.from(file!.content));
	assert.deepEqual(version, { step: 0, values: {} });
	const layers = [1, 2].flatMap((i) => [
		[`gradient_norm/layer_${i}`, 0.5],
		[`dead/layer_${i}`, 0.25],
		[`saturated/layer_${i}`, 0],
	]);
	const first = { "loss/train": 1, "loss/validation": 2, "accuracy/validation": 0.5, ...Object.fromEntries(layers) };
	assert.deepEqual(before, { step: 0, values: first });
	const bins = [-1, 0, 1, 0, 1, 2, 1, 2, 4];
	const ended = { "loss/test": 0.75, "accuracy/test": 0.25, "update_ratio/layer_2": 0.125, "activation/layer_2": bins };
	assert.deepEqual(after, { step: 10, values: { ...first, ...ended } });
});

/** The events of a file, read by what TFRecord and protocol buffers say; every checksum of a length and of data must hold. */
function readLog(bytes: Buffer): { step: number; values: Record<string, number | number[]> }[] {
	const checked = (data: Buffer, at: number) => {
		const crc = crc32c(data);
		assert.equal(bytes.readUInt32LE(at), (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0, "a checksum");
		return data;
	};
	const events = [];
	for (let at = 0; at < bytes.length; ) {
		const length = Number(checked(bytes.subarray(at, at + 8), at + 8).readBigUInt64LE());
		const event = fieldsOf(checked(bytes.subarray(at + 12, at + 12 + length), at + 12 + length));
		at += 16 + length;
		const values = event.flatMap(([number, summary]) =>
			number === 5 ? fieldsOf(summary as Buffer).map(([, value]) => taggedValue(value as Buffer)) : [],
		);
		const step = event.find(([number]) => number === 2)?.[1] ?? 0;
		events.push({ step: Number(step), values: Object.fromEntries(values) });
	}
	return events;
}

/** A scalar by its tag, or the float64 of a histogram's tensor, whose shape and plugin must be right. */
function taggedValue(bytes: Buffer): [tag: string, value: number | number[]] {
	const value = new Map(fieldsOf(bytes));
	const [tag, scalar] = [String(value.get(1)), value.get(2)];
	if (scalar) return [tag, (scalar as Buffer).readFloatLE()];
	assert.ok(String(value.get(9)).includes("histograms"));
	const tensor = new Map(fieldsOf(value.get(8) as Buffer));
	assert.equal(tensor.get(1), 2, "DT_DOUBLE");
	const content = tensor.get(4) as Buffer;
	const [rows, columns] = fieldsOf(tensor.get(2) as Buffer).map(([, size]) => fieldsOf(size as Buffer)[0]![1]);
	assert.deepEqual([rows, columns], [content.length / 24, 3]);
	return [tag, Array.from({ length: content.length / 8 }, (_, i) => content.readDoubleLE(8 * i))];
}

/** The fields of a message: numbers where they are varints, else their bytes. */
function fieldsOf(bytes: Buffer): [field: number, value: number | Buffer][] {
	const fields: [number, number | Buffer][] = [];
	let at = 0;
	const varint = () => {
		let value = 0;
		for (let scale = 1; ; scale *= 128) {
			const byte = bytes.readUInt8(at++);
			value += (byte % 128) * scale;
			if (byte < 128) return value;
		}
	};
	while (at < bytes.length) {
		const key = varint();
		if (key % 8 === 0) fields.push([key >> 3, varint()]);
		else {
			const size = { 1: 8, 2: 0, 5: 4 }[key % 8];
			assert.ok(size !== undefined, `wire type ${key % 8}`);
			const length = size || varint();
			fields.push([key >> 3, bytes.subarray(at, at + length)]);
			at += length;
		}
	}
	return fields;
}

/** By the RecordWriter of tensorboard 2.21.0: two events at 1700000000.5. */
const GOLDEN =
	"1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b3531103d000000000000006049f1ec0900002040fc54d94110ac022a2f0a110a0a6c6f73732f747261696e150000803e0a1a0a1361636375726163792f76616c69646174696f6e150000c07f726b5084";

/** The same of a scalar and of a tensor by make_tensor_proto, with the metadata of the histograms plugin. */
const GOLDEN_HISTOGRAM =
	"1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b35311089000000000000003451aa5c0900002040fc54d94110ac022a7b0a110a0a6c6f73732f747261696e150000803e0a660a1261637469766174696f6e2f6c617965725f31423e0802120812020802120208032230000000000000f0bf000000000000e03f0000000000000840000000000000e03f000000000000004000000000000014404a100a0c0a0a686973746f6772616d732002f0947b8a";
