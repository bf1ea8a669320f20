import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { generate } from "../../src/core/training/table.ts";
import { runAsJson } from "../../src/engines/exports/runAsJson.ts";
import { RunStore } from "../../src/engines/runStore.ts";
import { parseStudy } from "../../src/protocol/studyDocument.ts";
import type { TrainerEvent } from "../../src/protocol/trainer.ts";

const root = mkdtempSync(join(tmpdir(), "activation-lens-runs-"));
after(() => rmSync(root, { recursive: true }));
const study = parseStudy({
	name: "test",
	activations: ["relu", "tanh"],
	epochs: 4,
	network: { hidden: [8] },
	seeds: [0],
	tuning: false,
});
const data = generate("moons", 40, 0.1, 0);
const progress = (activation: number, epoch: number): TrainerEvent => ({
	kind: "progress",
	run: { activation, seed: 0 },
	measure: {
		epoch,
		step: epoch * 10,
		loss: 1 / (epoch + 1),
		validationLoss: 0.5,
		accuracy: 0.9,
		layers: [{ gradientNorm: 1, dead: 0, saturated: 0.1 }],
	},
});

test("a run that was cut short is listed as interrupted with all that it had reported", async () => {
	const folder = join(root, "cut");
	const writer = await new RunStore(folder).begin(study, data, "cut", 1000);
	writer.add(progress(0, 1));
	writer.add(progress(0, 2));
	writer.flush();
	// The window closes here, in the middle of the next line.
	appendFileSync(join(folder, writer.id, "events.jsonl"), '{"kind":"progress","run":{"act');
	const later = new RunStore(folder);
	const [run] = await later.list();
	assert.equal(run?.state, "interrupted");
	assert.equal(run?.progress, 2 / 8);
	assert.deepEqual((await later.open(writer.id)).events, [progress(0, 1), progress(0, 2)]);
});

test("a finished run keeps its state, can be renamed and deleted", async () => {
	const folder = join(root, "done");
	const store = new RunStore(folder);
	const writer = await store.begin(study, data, "before", 1000);
	for (const activation of [0, 1]) writer.add(progress(activation, 4));
	assert.equal((await store.list())[0]?.state, "running");
	await writer.end("done");
	await store.rename(writer.id, "after");
	const [run] = await new RunStore(folder).list();
	assert.deepEqual([run?.state, run?.name, run?.progress], ["done", "after", 1]);
	await store.delete(writer.id);
	assert.deepEqual(await store.list(), []);
});

test("runs are listed newest first, and a folder that is no run is left out", async () => {
	const folder = join(root, "order");
	const store = new RunStore(folder);
	for (const [i, name] of ["first", "second"].entries())
		await (await store.begin(study, data, name, 1000 * (i + 1))).end("done");
	writeFileSync(join(folder, "stray"), "");
	assert.deepEqual(
		(await store.list()).map(({ name }) => name),
		["second", "first"],
	);
});

test("a run's id cannot lead out of the folder", async () => {
	await assert.rejects(new RunStore(join(root, "none")).open("../../etc"), /letters, digits and dashes/);
});

test("NaN and infinity come back as they were, and are named in the exported JSON", async () => {
	const folder = join(root, "diverged");
	const writer = await new RunStore(folder).begin(study, data, "diverged", 1000);
	const { measure, run } = progress(0, 1) as Extract<TrainerEvent, { kind: "progress" }>;
	const loss = Number.POSITIVE_INFINITY;
	writer.add({ kind: "diverged", run, step: 7, measure: { ...measure, loss, validationLoss: Number.NaN } });
	await writer.end("done");
	const view = await new RunStore(folder).open(writer.id);
	assert.deepEqual(view.events, writer.view().events);
	const exported = JSON.parse(runAsJson(view)).events[0].measure;
	assert.deepEqual([exported.loss, exported.validationLoss], ["Infinity", "NaN"]);
});

test("a folder that cannot be written fails the run's end, not the training, and the list goes on", async () => {
	const folder = join(root, "full");
	const store = new RunStore(folder);
	const writer = await store.begin(study, data, "full", 1000);
	rmSync(join(folder, writer.id), { recursive: true });
	writeFileSync(join(folder, writer.id), "in the way");
	writer.add(progress(0, 1));
	await new Promise((resolve) => setTimeout(resolve, 700));
	await assert.rejects(writer.end("done"), /EEXIST|ENOTDIR/);
	assert.deepEqual(await store.list(), []);
});

test("a run that was cut short goes on from its last checkpoint, and what came after that is forgotten", async () => {
	const folder = join(root, "resume");
	const writer = await new RunStore(folder).begin(study, data, "cut", 1000);
	const done: TrainerEvent = { ...progress(0, 4), kind: "done", seconds: 2 } as TrainerEvent; // The rest is a progress's.
	const checkpoint = { step: 25, memory: Uint8Array.of(1, 2, 3), lossSum: 0.1 + 0.2, seconds: 1.5 };
	for (const event of [progress(0, 1), done, progress(1, 1), progress(1, 2)]) writer.add(event);
	writer.checkpoint({ activation: 1, seed: 0 }, checkpoint);
	writer.add(progress(1, 3));
	writer.flush();
	// The process dies here.
	const later = new RunStore(folder);
	const cut = await later.newest(study, data);
	assert.deepEqual([cut?.id, cut?.progress], [writer.id, 7 / 8]);
	const [first, second] = await Promise.allSettled([later.resume(writer.id, data), later.resume(writer.id, data)]);
	assert.ok(first.status === "fulfilled" && second.status === "rejected", "two clicks are one");
	assert.match(String(second.reason), /^RangeError: the run is training already$/);
	const { writer: next, resume } = first.value;
	const kept = [progress(0, 1), done, progress(1, 1), progress(1, 2)];
	assert.deepEqual(resume.events, kept);
	assert.deepEqual([...resume.checkpoints], [["1-0", checkpoint]]);
	const [running] = await later.list();
	assert.deepEqual([running?.state, running?.progress], ["running", 6 / 8]);
	await assert.rejects(later.resume(writer.id, data), /^RangeError: the run is training already$/);
	next.add(progress(1, 3));
	await next.end("done");
	assert.deepEqual((await new RunStore(folder).open(writer.id)).events, [...kept, progress(1, 3)]);
	await assert.rejects(later.resume(writer.id, data), /^RangeError: the run has ended/);
	assert.deepEqual((await later.newest(study, data))?.state, "done");
});

test("a run that another process trains is left to it until that has ended, however it ends", async () => {
	const folder = join(root, "claimed");
	const writer = await new RunStore(folder).begin(study, data, "claimed", 1000);
	const claims = join(folder, writer.id, "claims");
	const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
	const ended = once(other, "exit");
	// What the other process writes, which took the run when this one had let go of it.
	appendFileSync(claims, `-${process.pid} ${hostname()}\n+${other.pid} ${hostname()}\n`);
	const later = new RunStore(folder);
	const refusal = new RegExp(`^RangeError: the run is being trained by another process \\(${other.pid}\\)$`);
	await assert.rejects(later.resume(writer.id, data), refusal);
	// One that was refused does not stand in anybody's way.
	await assert.rejects(later.resume(writer.id, data), refusal);
	other.kill("SIGKILL");
	await ended;
	const { writer: next } = await later.resume(writer.id, data);
	await next.end("cancelled");
	await (await new RunStore(folder).resume(writer.id, data)).writer.end("done");
});

test("a run that another build has trained, if only to its middle, does not stand for one of this build", async () => {
	const folder = join(root, "builds");
	const store = new RunStore(folder);
	const writer = await store.begin(study, data, "old", 1000);
	const asOfAnother = () => {
		const file = join(folder, writer.id, "run.json");
		writeFileSync(file, readFileSync(file, "utf8").replace(/"build": "[^"]*"/, '"build": "another"'));
	};
	await writer.end("cancelled");
	asOfAnother();
	await (await store.resume(writer.id, data)).writer.end("done");
	assert.equal(await store.newest(study, data), undefined);
	const again = await store.begin(study, data, "new", 2000);
	await again.end("done");
	assert.equal((await store.newest(study, data))?.id, again.id);
});

test("what was found of learning rates is kept, and counts as progress, before any is chosen", async () => {
	const folder = join(root, "tried");
	const tuned = parseStudy({
		activations: ["relu", "tanh"],
		epochs: 4,
		seeds: [0],
		tuning: { learningRates: [0.1, 0.2], epochs: 2, seeds: 1 },
	});
	const tried: TrainerEvent = { kind: "tried", run: { activation: 1, seed: 0, rate: 0 }, value: 0.5, together: 1 };
	const writer = await new RunStore(folder).begin(tuned, data, "tuned", 1000);
	writer.add(tried);
	// The process dies here: nothing was flushed but by the event itself.
	const later = new RunStore(folder);
	const [run] = await later.list();
	assert.equal(run?.progress, 2 / (2 * 4 + 4 * 2));
	assert.deepEqual((await later.resume(writer.id, data)).resume.events, [tried]);
});

test("a run does not go on with data that have changed", async () => {
	const folder = join(root, "data");
	const writer = await new RunStore(folder).begin(study, data, "cut", 1000);
	writer.add(progress(0, 1));
	writer.flush();
	const later = new RunStore(folder);
	const inputs = data.inputs.slice();
	inputs[3] = inputs[3]! + 1e-9;
	for (const other of [{ ...data, inputs }, { ...data, classNames: ["b", "a"] }, generate("moons", 40, 0.1, 1)]) {
		assert.equal(await later.newest(study, other), undefined);
		await assert.rejects(
			later.resume(writer.id, other),
			/^RangeError: the data must be those that the run began with, but they have changed: train the study anew$/,
		);
	}
	assert.equal((await later.list())[0]?.state, "interrupted");
	assert.equal((await later.newest(study, data))?.id, writer.id);
});

test("a training that failed, or was cancelled, starts anew when the run goes on", async () => {
	const folder = join(root, "anew");
	const store = new RunStore(folder);
	const writer = await store.begin(study, data, "failed", 1000);
	const run = { activation: 0, seed: 0 };
	for (const event of [progress(0, 1), { kind: "failed", run, message: "no memory" } as const]) writer.add(event);
	await writer.end("failed");
	const { resume, writer: next } = await store.resume(writer.id, data);
	assert.deepEqual(resume.events, []);
	await next.end("cancelled");
});
