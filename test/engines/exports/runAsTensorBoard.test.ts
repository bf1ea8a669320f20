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
			},
		],
		1_700_000_000.5,
	);
	assert.equal(hex(written), GOLDEN);
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

/** By the RecordWriter of tensorboard 2.21.0: two events at 1700000000.5. */
const GOLDEN =
	"1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b3531103d000000000000006049f1ec0900002040fc54d94110ac022a2f0a110a0a6c6f73732f747261696e150000803e0a1a0a1361636375726163792f76616c69646174696f6e150000c07f726b5084";
