/**
 * Writes the exports of a few studies below a folder, with what the studies came to, for the checks that run the scripts
 * by PyTorch and read the logs by TensorBoard: `exports.mjs FOLDER`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { catalog } from "../../src/core/activations/catalog.ts";
import type { ExportedFile } from "../../src/engines/exports/exportedFile.ts";
import { runAsTensorBoard } from "../../src/engines/exports/runAsTensorBoard.ts";
import { studyAsPyTorch } from "../../src/engines/exports/studyAsPyTorch.ts";
import { readStudyData } from "../../src/engines/readData.ts";
import { sessionOf } from "../../src/engines/sessionOf.ts";
import { runsOf } from "../../src/engines/studyRunner.ts";
import type { Study } from "../../src/protocol/study.ts";
import { parseStudy } from "../../src/protocol/studyDocument.ts";
import { resultOf } from "../../src/protocol/studyResult.ts";
import type { StudyTable, TrainerEvent } from "../../src/protocol/trainer.ts";

const folder = process.argv[2]!;
const cube = { id: "custom", source: "def cube(x):\n    return x ** 3 * 50\n", label: "cube" };
const source = "def f(x, a=1.5):\n    return x / (1 + torch.exp(-a * x))\n";
const moons = { kind: "moons", samples: 90, noise: 0.2 };
const studies = {
	moons: {
		name: 'A "quoted" \\ name',
		activations: [
			"relu",
			"gelu",
			"prelu",
			"rrelu",
			{ id: "leaky_relu", parameters: { negative_slope: 0.2 } },
			{ id: "leaky_relu", parameters: { negative_slope: 0.3 } },
			{ id: "custom", source, label: "my 'own' \"f\"" },
		],
		data: moons,
		network: { hidden: [8, 6] },
		epochs: 4,
		batchSize: 20,
		seeds: [0, 1, 4_000_000_000],
	},
	digits: {
		activations: ["tanh", "silu"],
		data: "digits",
		network: { hidden: [16], initialiser: "pytorch" },
		optimizer: { kind: "sgd", learningRate: 0.1 },
		epochs: 3,
		seeds: [2],
	},
	curve: {
		activations: ["sigmoid", "elu"],
		data: { kind: "curve", samples: 60, noise: 0.1 },
		network: { hidden: [8], initialiser: "xavier" },
		optimizer: { kind: "momentum", learningRate: 0.05 },
		epochs: 25,
		seeds: [0, 1, 2, 3, 4],
	},
	diverging: {
		activations: [cube, "tanh"],
		data: moons,
		network: { hidden: [4], initialiser: "kaiming" },
		optimizer: { kind: "sgd", learningRate: 10 },
		epochs: 3,
	},
	diverging_bounded: {
		activations: ["tanh", "relu"],
		data: moons,
		network: { hidden: [4], dropout: 0.1 },
		optimizer: { kind: "adam", learningRate: 1e9 },
		epochs: 3,
	},
	diverging_last: {
		activations: [cube, "tanh"],
		data: moons,
		network: { hidden: [4, 4, 4] },
		optimizer: { kind: "sgd", learningRate: 1e9 },
		epochs: 1,
		batchSize: 72,
	},
	large: {
		activations: ["softplus"],
		data: { kind: "circles", samples: 60_000, noise: 0.1 },
		network: { hidden: [2], initialiser: "lecun" },
		epochs: 1,
		batchSize: 10_000,
	},
	// What a network or its training may have beside the above: each alone, so that a difference has a name, and all at once.
	...variants("norm", [{ norm: "batchnorm" }, { norm: "layernorm" }]),
	...variants("residual", [
		{ residual: true, hidden: [6, 6, 4, 4] },
		{ residual: true, hidden: [2, 2], norm: "layernorm" },
	]),
	...variants("dropout", [{ dropout: 0.3 }]),
	...variants("orthogonal", [{ initialiser: "orthogonal", hidden: [9, 3, 5] }]),
	...variants("initialiser", [{ initialiser: "xavier-normal" }, { initialiser: "kaiming-uniform" }]),
	...trainings("schedule", [
		{ schedule: "cosine" },
		{ schedule: { kind: "step", warmup: 0.2 } },
		{ schedule: { kind: "cosine", warmup: 0.3 } },
		{ schedule: { kind: "constant", warmup: 0.5 } },
	]),
	// The gradients' norms lie on both sides of the limit.
	...trainings("clip", [
		{ kind: "sgd", learningRate: 0.5, clip: 0.3 },
		{ kind: "adam", clip: 0.3, weightDecay: 0.1 },
	]),
	...trainings("decay", [
		{ kind: "adamw", weightDecay: 0.1 },
		{ kind: "rmsprop", weightDecay: 0.1 },
		{ kind: "adagrad", learningRate: 0.05, weightDecay: 0.1 },
		{ kind: "nesterov", learningRate: 0.05, weightDecay: 0.1 },
	]),
	smoothed: {
		activations: ["tanh"],
		data: "digits",
		network: { hidden: [8] },
		epochs: 1,
		labelSmoothing: 0.1,
		test: 0.2,
	},
	tested: {
		activations: ["relu", "prelu"],
		data: moons,
		network: { hidden: [6] },
		epochs: 4,
		seeds: [0, 1, 2],
		test: 0.25,
	},
	tested_curve: {
		activations: ["tanh"],
		data: { kind: "curve", samples: 60, noise: 0.1 },
		network: { hidden: [6] },
		epochs: 4,
		test: 0.2,
	},
	all: {
		activations: ["relu", "prelu", "swish", { id: "custom", source, label: "f" }],
		data: "digits",
		network: { hidden: [12, 12, 8], norm: "batchnorm", residual: true, dropout: 0.2, initialiser: "orthogonal" },
		optimizer: {
			kind: "adamw",
			learningRate: 0.01,
			weightDecay: 0.05,
			clip: 1,
			schedule: { kind: "cosine", warmup: 0.1 },
		},
		labelSmoothing: 0.1,
		test: 0.15,
		epochs: 2,
		batchSize: 100,
		seeds: [3],
	},
	catalog: { activations: catalog.slice(0, 32).map(({ id }) => id), data: moons, network: { hidden: [5] }, epochs: 2 },
	...Object.fromEntries(
		Array.from({ length: Math.ceil(catalog.length / 32) - 1 }, (_, i) => [
			`catalog${i + 2}`,
			{
				activations: catalog.slice(32 * (i + 1), 32 * (i + 2)).map(({ id }) => id),
				data: moons,
				network: { hidden: [5] },
				epochs: 2,
			},
		]),
	),
};

/** Studies of two activations, one for each network. */
function variants(name: string, networks: readonly object[]): Record<string, object> {
	return numbered(name, networks, (network) => ({ network: { hidden: [8, 6], ...network } }));
}

/** Studies of two activations, one for each optimizer. */
function trainings(name: string, optimizers: readonly object[]): Record<string, object> {
	return numbered(name, optimizers, (one) => ({
		network: { hidden: [8, 6] },
		optimizer: { kind: "adam", learningRate: 0.01, ...one },
	}));
}

function numbered(name: string, list: readonly object[], study: (one: object) => object): Record<string, object> {
	const shared = { activations: ["relu", "prelu"], data: moons, epochs: 6, batchSize: 16 };
	return Object.fromEntries(list.map((one, i) => [`${name}_${i + 1}`, { ...shared, ...study(one) }]));
}

const expected = Object.entries(studies).map(async ([name, document]) => {
	// The scripts compute in float64.
	const study = parseStudy({ tuning: false, precision: "float64", seeds: [0], ...document });
	const data = await readStudyData(study.data, { shipped: "media/data", base: "." }, study.seeds[0]!);
	const events = train(study, data);
	write(studyAsPyTorch(study, data, name), folder);
	const summary = { id: name, name, state: "done", startedAt: 1_700_000_000_500, study, progress: 1 } as const;
	const logs = runAsTensorBoard({ summary, events });
	if (["curve", "digits", "tested"].includes(name)) write(logs, join(folder, "logs"));
	const runs = events.flatMap((event) => {
		if (event.kind !== "done" && event.kind !== "diverged") return [];
		const { loss, validationLoss, accuracy } = event.measure;
		const diverged = event.kind === "diverged";
		const held = { validation: { loss: validationLoss, accuracy }, test: diverged ? undefined : event.test };
		const first = events.find(({ kind, run }) => kind === "progress" && run === event.run);
		const before = first?.kind === "progress" ? first.measure.loss : null;
		const label = study.activations[event.run.activation]!.label;
		return [{ label, seed: event.run.seed, diverged, before, loss, ...held }];
	});
	const steps = events.flatMap((event) =>
		event.kind === "progress" || event.kind === "done"
			? [{ ...event.run, ...event.measure, test: event.kind === "done" ? (event.test ?? null) : null }]
			: [],
	);
	return { name, runs, result: resultOf(study, events), logs: logs.map(({ path }) => path), steps };
});
writeFileSync(join(folder, "expected.json"), JSON.stringify(await Promise.all(expected)));

function train(study: Study, data: StudyTable): TrainerEvent[] {
	return runsOf(study).flatMap((run) => {
		const session = sessionOf(study, run, data);
		let measure = session.start();
		const events: TrainerEvent[] = [{ kind: "progress", run, measure }];
		for (;;) {
			const result = session.advance(1000);
			if (result === undefined) continue;
			if ("divergedAt" in result) return [...events, { kind: "diverged", run, step: result.divergedAt, measure }];
			measure = result;
			if (measure.step >= session.totalSteps) {
				const test = session.testMeasure();
				return [...events, { kind: "done", run, measure, seconds: 1, ...(test ? { test } : {}) }];
			}
			events.push({ kind: "progress", run, measure });
		}
	});
}

function write(files: readonly ExportedFile[], below: string): void {
	for (const { path, content } of files) {
		mkdirSync(dirname(join(below, path)), { recursive: true });
		writeFileSync(join(below, path), content);
	}
}
