import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { thisMachine } from "../../src/engines/machine.ts";
import { readStudyData } from "../../src/engines/readData.ts";
import { endsRun, Pauser, runName, runStudy, runsOf, type StudyRunnerOptions } from "../../src/engines/studyRunner.ts";
import { SurfaceWatch } from "../../src/engines/surfaces.ts";
import type { Study } from "../../src/protocol/study.ts";
import { parseStudy } from "../../src/protocol/studyDocument.ts";
import { trainingBytes } from "../../src/protocol/studyWork.ts";
import type { Checkpoint, RunKey, RunSurface, TrainerEvent } from "../../src/protocol/trainer.ts";

const folder = mkdtempSync(join(tmpdir(), "activation-lens-worker-"));
const workerFile = join(folder, "trainerWorker.js");
const folders = { shipped: join(process.cwd(), "media", "data"), base: folder };
before(() =>
	build({
		entryPoints: ["src/engines/trainerWorker.ts"],
		outfile: workerFile,
		bundle: true,
		platform: "node",
		format: "cjs",
		logLevel: "warning",
	}),
);
after(() => rmSync(folder, { recursive: true }));

const moons = (activations: unknown[], more: object = {}) =>
	parseStudy({
		activations,
		data: { kind: "moons", samples: 200, noise: 0.1 },
		network: { hidden: [8, 8] },
		epochs: 20,
		seeds: [0, 1],
		tuning: false,
		...more,
	});

async function train(
	study: Study,
	options: {
		workers?: number;
		workerFile?: string;
		signal?: AbortSignal;
		surfaces?: string;
		onEvent?: (event: TrainerEvent) => void;
		more?: Partial<StudyRunnerOptions>;
	} = {},
): Promise<TrainerEvent[]> {
	const events: TrainerEvent[] = [];
	const data = await readStudyData(study.data, folders, 0);
	await runStudy(
		study,
		data,
		{
			workerFile: options.workerFile ?? workerFile,
			machine: thisMachine(options.workers ?? 2),
			...(options.surfaces === undefined ? {} : { surfaces: options.surfaces }),
			...options.more,
		},
		(event) => {
			events.push(event);
			options.onEvent?.(event);
		},
		options.signal,
	);
	return events;
}

/** Events of one run; their order across runs depends on the clock. */
const of = (events: readonly TrainerEvent[], activation: number, seed: number) =>
	events.filter(({ run }) => run.activation === activation && run.seed === seed);

test("every run ends with exactly one ending event, and nothing follows it", async () => {
	const study = moons(["relu", "tanh"]);
	const events = await train(study);
	for (const { activation, seed } of runsOf(study)) {
		const mine = of(events, activation, seed);
		assert.equal(mine.filter(endsRun).length, 1);
		assert.equal(mine.at(-1)?.kind, "done");
		assert.equal(mine[0]?.kind, "started");
		assert.equal(mine.length, 2 + 20); // started, epoch 0 … 19, done with epoch 20
	}
});

test("the network learns: two moons are told apart by more than 95 % of the held-out points", async () => {
	for (const event of await train(
		moons(["gelu", "prelu"], { epochs: 60, optimizer: { kind: "adam", learningRate: 0.02 } }),
	)) {
		if (event.kind === "done") assert.ok((event.measure.accuracy ?? 0) > 0.95, `accuracy ${event.measure.accuracy}`);
	}
});

test("the samples kept for the test are measured once, at the end, and only where the study keeps any", async () => {
	const study = moons(["gelu"], { epochs: 60, optimizer: { learningRate: 0.02 }, validation: 0.2, test: 0.25 });
	const endings = (await train(study)).filter(endsRun);
	for (const event of endings) {
		assert.ok(event.kind === "done" && event.test);
		assert.equal(event.test.samples, 50);
		assert.ok(event.test.loss < 0.3 && (event.test.accuracy ?? 0) > 0.9, JSON.stringify(event.test));
	}
	const [without] = (await train(moons(["gelu"], { epochs: 1, seeds: [0] }))).filter(endsRun);
	assert.ok(without && !("test" in without));
});

test("the numbers do not depend on how many workers there are", async () => {
	const study = moons(["silu", "elu"]);
	const [one, three] = [await train(study, { workers: 1 }), await train(study, { workers: 3 })];
	const measures = (events: readonly TrainerEvent[]) =>
		JSON.stringify(events.flatMap((event) => ("measure" in event ? [event.measure] : [])));
	for (const { activation, seed } of runsOf(study))
		assert.equal(measures(of(one, activation, seed)), measures(of(three, activation, seed)));
});

test("a run that diverges says at which step, and the others go on", async () => {
	const source = "def f(x):\n    return x ** 3 * 50\n";
	const events = await train(
		moons([{ id: "custom", source, label: "cube" }, "tanh"], {
			optimizer: { kind: "sgd", learningRate: 10 },
			seeds: [0],
		}),
	);
	const [cube, tanh] = [of(events, 0, 0).at(-1), of(events, 1, 0).at(-1)];
	assert.equal(cube?.kind, "diverged");
	assert.ok(cube?.kind === "diverged" && cube.step < 100);
	assert.equal(tanh?.kind, "done");
});

test("a learning rate of 1e9 is seen to diverge also where a bounded activation keeps the loss finite", async () => {
	const optimizers = [{ kind: "sgd" }, { kind: "momentum", clip: 1 }, { kind: "adam" }];
	for (const precision of ["float32", "float64"]) {
		for (const optimizer of optimizers) {
			const study = moons(["relu", "tanh", "softsign"], {
				precision,
				optimizer: { ...optimizer, learningRate: 1e9 },
				seeds: [0],
			});
			const ends = (await train(study)).filter(endsRun);
			for (const end of ends) assert.ok(end.kind === "diverged" && end.step === 1, JSON.stringify(end));
		}
	}
});

test("a run whose last update alone goes wrong has diverged after its last step, and has no accuracy", async () => {
	const cube = { id: "custom", source: "def cube(x):\n    return x ** 3 * 50\n", label: "cube" };
	const optimizer = { kind: "sgd", learningRate: 1e9 };
	const once = { optimizer, seeds: [0], epochs: 1, batchSize: 160, network: { hidden: [4, 4, 4] } };
	for (const precision of ["float32", "float64"]) {
		const study = moons([cube, "tanh"], { ...once, precision });
		const [bad, good] = (await train(study, { workers: 1 })).filter(endsRun);
		assert.ok(bad?.kind === "diverged" && bad.step === 1, JSON.stringify(bad));
		assert.equal(bad.measure.epoch, 0);
		assert.equal(good?.kind, "done");
	}
});

test("no more runs are under way at once than there is memory for, and always one", async () => {
	const study = moons(["relu"], { epochs: 1, tuning: { learningRates: [0.01, 0.03, 0.1], epochs: 1, seeds: 1 } });
	const together = async (memoryBytes: number) => {
		const events = await train(study, { more: { machine: { workers: 3, memoryBytes } } });
		return new Set(events.flatMap((event) => (event.kind === "tried" ? [event.together] : [])));
	};
	const one = trainingBytes(study, await readStudyData(study.data, folders, 0));
	assert.deepEqual(await together(one / 2), new Set([1]));
	assert.deepEqual(await together(2.5 * one), new Set([2]));
	assert.deepEqual(await together(100 * one), new Set([3]));
});

test("cancelling ends the run at hand and those that have not begun", async () => {
	const abort = new AbortController();
	const study = moons(["relu", "tanh", "gelu"], { epochs: 5000 });
	const events = await train(study, {
		workers: 1,
		signal: abort.signal,
		onEvent: (event) => {
			if (event.kind === "progress" && event.measure.epoch > 0) abort.abort();
		},
	});
	const endings = events.filter(endsRun);
	assert.equal(endings.length, runsOf(study).length);
	assert.ok(endings.every(({ kind }) => kind === "cancelled"));
});

/** The file of a worker that ends with code 7 when a message meets the condition, and else trains. */
function workerDyingAt(condition: string): string {
	const file = join(folder, "dyingWorker.js");
	writeFileSync(
		file,
		`const { parentPort } = require("node:worker_threads");
		parentPort.on("message", ({ run }) => { if (${condition}) process.exit(7); });
		require(${JSON.stringify(workerFile)});`,
	);
	return file;
}

test("a worker that dies fails its run with the reason, and the next run works", async () => {
	const dying = workerDyingAt("run.activation === 0");
	const events = await train(moons(["relu", "tanh"], { seeds: [0] }), { workers: 1, workerFile: dying });
	const [dead, alive] = [of(events, 0, 0), of(events, 1, 0)];
	assert.deepEqual(
		dead.filter(endsRun).map((event) => event.kind === "failed" && event.message),
		["the training thread ended with code 7"],
	);
	assert.equal(alive.at(-1)?.kind, "done");
});

test("a training that fails while a learning rate is looked for says why, and that rate is out", async () => {
	const dying = workerDyingAt("run.rate === 1");
	const tuning = { learningRates: [1e-6, 0.02], epochs: 5, seeds: 1 };
	const events = await train(moons(["relu"], { tuning, seeds: [0] }), { workerFile: dying });
	const failed = events.flatMap((event) => (event.kind === "tried" && event.run.rate === 1 ? [event] : []));
	assert.deepEqual(
		failed.map(({ value, message }) => [value, message]),
		[[null, "the training thread ended with code 7"]],
	);
	const [tuned] = events.filter((event) => event.kind === "tuned");
	assert.equal(tuned?.learningRate, 1e-6);
	assert.equal(events.at(-1)?.kind, "done");
});

test("a kernel that gets no memory fails its run with the reason, and the same worker trains the next", async () => {
	const full = join(folder, "fullWorker.js");
	// Each memory keeps gigabytes of addresses for itself, so there are none left after some ten thousand.
	writeFileSync(
		full,
		`let held = [];
		try {
			for (;;) held.push(new WebAssembly.Memory({ initial: 1 }));
		} catch {}
		require("node:worker_threads").parentPort.on("message", ({ run }) => { if (run.activation > 0) held = []; });
		require(${JSON.stringify(workerFile)});`,
	);
	const events = await train(moons(["relu", "tanh"], { seeds: [0] }), { workers: 1, workerFile: full });
	const [failed, done] = events.filter(endsRun);
	assert.ok(failed?.kind === "failed" && /Out of memory: Cannot allocate/.test(failed.message), JSON.stringify(failed));
	assert.deepEqual([done?.kind, done?.run.activation], ["done", 1]);
});

test("a hand-written function that is not understood fails its run and says which construct", async () => {
	const source = "def sigmoid(x):\n    while x > 1:\n        x = x / 2\n    return x\n";
	const events = await train(moons([{ id: "custom", source, label: "f" }], { seeds: [0] }));
	const last = events.at(-1);
	assert.ok(last?.kind === "failed" && /not understood/.test(last.message), JSON.stringify(last));
});

test("each activation gets the learning rate at which it does best, and all are tried equally", async () => {
	const tuning = { learningRates: [1e-6, 0.02, 1e9], epochs: 5, seeds: 2 };
	const events = await train(moons(["relu", "tanh"], { tuning, epochs: 10 }));
	const tuned = events.filter((event) => event.kind === "tuned");
	assert.deepEqual(
		tuned.map(({ run, learningRate }) => [run.activation, learningRate]),
		[
			[0, 0.02],
			[1, 0.02],
		],
	);
	for (const { tried } of tuned) assert.ok(tried[1]!.value! > tried[0]!.value!);
	const rates = events.flatMap((event) => (event.kind === "started" ? [event.learningRate] : []));
	assert.deepEqual(rates, [0.02, 0.02, 0.02, 0.02]);
});

test("a study that was cut short while it looked for learning rates goes on where it was", async () => {
	const tuning = { learningRates: [0.003, 0.02, 1e9], epochs: 5, seeds: 2 };
	const study = moons(["relu", "tanh"], { tuning, epochs: 10 });
	const whole = await train(study, { workers: 1 });
	const abort = new AbortController();
	const cut = await train(study, {
		workers: 1,
		signal: abort.signal,
		onEvent: ({ kind }) => {
			if (kind === "tried") abort.abort();
		},
	});
	const events = cut.filter(({ kind }) => kind === "tried");
	assert.ok(events.length >= 1 && events.length < 12, `${events.length} of 12 had ended`);
	const rest = await train(study, { workers: 3, more: { resume: { events, checkpoints: new Map() } } });
	const names = [...events, ...rest].flatMap((event) => (event.kind === "tried" ? [runName(event.run)] : []));
	assert.equal(names.length, 12);
	assert.equal(new Set(names).size, 12, "none is trained twice");
	const tunedOf = (all: readonly TrainerEvent[]) => all.filter(({ kind }) => kind === "tuned");
	assert.deepEqual(tunedOf(rest), tunedOf(whole));
});

test("a training's state is kept soon after its start, so that one killed again and again comes to its end", async () => {
	const study = moons(["gelu"], {
		data: { kind: "moons", samples: 3000, noise: 0.2 },
		network: { hidden: [48, 48] },
		precision: "float64",
		epochs: 10_000,
		seeds: [0],
	});
	const abort = new AbortController();
	const kept: number[] = [];
	const onCheckpoint = (_run: RunKey, checkpoint: Checkpoint | null) => {
		if (checkpoint && kept.push(checkpoint.seconds) === 2) abort.abort();
	};
	await train(study, { workers: 1, signal: abort.signal, more: { onCheckpoint } });
	assert.ok(kept[0]! < 1.5, `the first one after ${kept[0]} s of training`);
	assert.ok(kept[1]! - kept[0]! > 0.4, `the second one ${kept[1]! - kept[0]!} s later`);
});

test("a study that was cut short goes on to the numbers of an unbroken one", async () => {
	// Long enough that the cut falls into the middle of a run, and with state in every part: Adam, running statistics, dropout, a schedule.
	const study = moons(["gelu", "prelu"], {
		data: { kind: "moons", samples: 2000, noise: 0.2 },
		network: { hidden: [32, 32, 32], residual: true, norm: "batchnorm", dropout: 0.1 },
		optimizer: { kind: "adam", learningRate: 0.01, schedule: { kind: "cosine", warmup: 0.1 } },
		epochs: 40,
		seeds: [3],
	});
	const whole = await train(study, { workers: 1 });
	const abort = new AbortController();
	const checkpoints = new Map<string, Checkpoint>();
	const pauser = new Pauser();
	const cut = await train(study, {
		workers: 1,
		signal: abort.signal,
		onEvent: (event) => {
			// A pause asks for a checkpoint at once.
			if (event.kind === "progress" && event.measure.epoch === 2) pauser.set(true);
		},
		more: {
			pauser,
			onCheckpoint: (run, checkpoint) => {
				if (!checkpoint) return;
				checkpoints.set(runName(run), checkpoint);
				abort.abort();
			},
		},
	});
	assert.equal(checkpoints.size, 1);
	const [[name, checkpoint]] = [...checkpoints] as [[string, Checkpoint]];
	assert.ok(checkpoint.step > 0 && checkpoint.step < 40 * 50);
	const events = cut.filter(
		(event) => runName(event.run) === name && event.kind === "progress" && event.measure.step <= checkpoint.step,
	);
	const rest = await train(study, { workers: 1, more: { resume: { events, checkpoints } } });
	const measures = (all: readonly TrainerEvent[]) =>
		all.flatMap((event) => (event.kind === "progress" || event.kind === "done" ? [event.measure] : []));
	for (const activation of [0, 1]) {
		const both = [...of(events, activation, 3), ...of(rest, activation, 3)];
		assert.deepEqual(measures(both), measures(of(whole, activation, 3)));
	}
});

test("a paused study stands still, and goes on", async () => {
	const pauser = new Pauser();
	let paused = false;
	let reportedWhilePaused = 0;
	const events = await train(moons(["relu"], { seeds: [0], epochs: 200 }), {
		more: { pauser },
		onEvent: (event) => {
			if (paused) reportedWhilePaused++;
			if (event.kind !== "progress" || event.measure.epoch !== 3) return;
			pauser.set(true);
			// What was under way when the pause was asked for may still arrive.
			setTimeout(() => {
				paused = true;
			}, 200);
			setTimeout(() => {
				paused = false;
				pauser.set(false);
			}, 500);
		},
	});
	assert.equal(reportedWhilePaused, 0);
	assert.equal(events.at(-1)?.kind, "done");
});

test("what the kernels cannot compute trains in float64, and says why", async () => {
	const lines = Array.from({ length: 25 }, (_, i) => {
		const terms = Array.from({ length: 20 }, (_, k) => `np.tanh(x - ${20 * i + k})`);
		return `    s = s + ${terms.join(" + ")}\n`;
	});
	const source = `import numpy as np\ndef f(x):\n    s = 0\n${lines.join("")}    return s\n`;
	const events = await train(moons([{ id: "custom", source, label: "f" }], { seeds: [0], epochs: 1 }));
	const [started] = events;
	assert.ok(started?.kind === "started");
	assert.equal(started.engine?.precision, "float64");
	assert.equal(started.engine?.reason, "the activation has too many operations for the float32 kernels");
});

test("a run sends its surface at its end, and to whoever looks while it trains; none without a channel", async () => {
	const study = moons(["tanh", "relu"], { epochs: 3000, seeds: [3] });
	const name = `surfaces of a test ${process.pid}`;
	const surfaces: RunSurface[] = [];
	const watch = new SurfaceWatch(name, (surface) => surfaces.push(surface));
	let heard = 0;
	const look = () => {
		if (heard++ % 200 === 0) watch.look();
	};
	const events = await train(study, { surfaces: name, onEvent: look });
	await until(() => surfaces.filter(({ epoch }) => epoch === 3000).length === 2);
	watch.close();
	assert.ok(
		surfaces.some(({ epoch }) => epoch < 3000),
		"somebody looked while it trained",
	);
	assert.ok(surfaces.every(({ surface: { classes } }) => classes.length === 48 * 48));
	assert.deepEqual(
		events.filter((event) => !endsRun(event) && event.kind !== "started" && event.kind !== "progress"),
		[],
		"surfaces are no events",
	);
	const none: RunSurface[] = [];
	const unheard = new SurfaceWatch(name, (surface) => none.push(surface));
	await train(study);
	unheard.close();
	assert.deepEqual(none, []);
});

test("a run that cannot go on from its checkpoint leaves nobody behind who answers for the next one", async () => {
	const study = moons(["tanh", "relu"], { epochs: 3000, seeds: [3] });
	const name = `surfaces after a failure ${process.pid}`;
	const surfaces: RunSurface[] = [];
	const watch = new SurfaceWatch(name, (surface) => surfaces.push(surface));
	const [first, second] = runsOf(study);
	const broken: Checkpoint = { step: 1, memory: new Uint8Array(3), lossSum: 0, seconds: 0 };
	const looked = new Set<string>();
	const events = await train(study, {
		workers: 1,
		surfaces: name,
		onEvent: ({ kind, run }) => {
			if (kind !== "progress" || looked.has(runName(run))) return;
			looked.add(runName(run));
			watch.look();
		},
		more: { resume: { events: [], checkpoints: new Map([[runName(first!), broken]]) } },
	});
	assert.deepEqual(
		events.filter(endsRun).map(({ kind, run }) => [kind, runName(run)]),
		[
			["failed", runName(first!)],
			["done", runName(second!)],
		],
	);
	await until(() => surfaces.some(({ epoch }) => epoch === 3000));
	watch.close();
	assert.equal(surfaces.length, 2, "one for the look, and one at the end");
});

test("each epoch has the time since the run began, an update ratio, and some fifty of them a histogram", async () => {
	const events = await train(moons(["tanh"], { epochs: 120, seeds: [0] }));
	const progress = events.filter((event) => event.kind === "progress");
	const seconds = progress.map((event) => event.seconds!);
	assert.ok(seconds.every((one, i) => one >= (seconds[i - 1] ?? 0)));
	const measures = events.flatMap((event) => ("measure" in event ? [event.measure] : []));
	assert.ok(measures.slice(1).every(({ layers }) => layers.every(({ updateRatio }) => updateRatio! > 0)));
	assert.equal(measures[0]!.layers[0]!.updateRatio, undefined);
	const kept = measures.filter(({ layers }) => layers[0]!.histogram).map(({ epoch }) => epoch);
	assert.deepEqual([kept.length, kept[0], kept[1], kept.at(-1)], [41, 0, 3, 120]);
	const { counts } = measures.at(-1)!.layers[0]!.histogram!;
	assert.equal(
		counts.reduce((sum, one) => sum + one, 0),
		8 * measures.at(-1)!.samples!,
	);
});

test("of more than a thousand epochs every third is measured and the last one, and each is trained", async () => {
	const study = moons(["tanh"], { epochs: 2002, seeds: [0], data: { kind: "moons", samples: 20, noise: 0.1 } });
	const measures = (await train(study)).flatMap((event) => ("measure" in event ? [event.measure] : []));
	const epochs = Array.from({ length: 668 }, (_, i) => 3 * i);
	assert.deepEqual(
		measures.map(({ epoch }) => epoch),
		[...epochs, 2002],
	);
	const stepsPerEpoch = measures[1]!.step / 3;
	assert.ok(measures.every(({ epoch, step }) => step === epoch * stepsPerEpoch));
	const kept = measures.filter(({ layers }) => layers[0]!.histogram).map(({ epoch }) => epoch);
	assert.deepEqual([kept.length, kept[0], kept[1], kept.at(-1)], [49, 0, 42, 2002]);
});

/** Waits for messages that no promise is for. */
async function until(condition: () => boolean): Promise<void> {
	for (let i = 0; i < 500 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
	assert.ok(condition());
}
