import { dirname, join, resolve } from "node:path";
import { english } from "../core/texts.ts";
import { glanceAt } from "../core/training/data/tableGlance.ts";
import { describeEngine } from "../core/training/session.ts";
import { thisMachine } from "../engines/machine.ts";
import { readStudyData } from "../engines/readData.ts";
import { RunStore } from "../engines/runStore.ts";
import { activationOf } from "../engines/sessionOf.ts";
import { runStudy, type StudyRunnerOptions } from "../engines/studyRunner.ts";
import { columnFacts } from "../protocol/columnFacts.ts";
import type { Study, StudyData } from "../protocol/study.ts";
import { parseStudies } from "../protocol/studyDocument.ts";
import { resultOf } from "../protocol/studyResult.ts";
import { checkFit, type Machine } from "../protocol/studyWork.ts";
import type { Measure, StudyTable, TrainerEvent } from "../protocol/trainer.ts";
import { onlyOne, readArguments } from "./arguments.ts";
import { readJson } from "./files.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { toJson } from "./json.ts";
import { resultText } from "./resultText.ts";

/**
 * `study SPEC.json --json [--workers N] [--keep FOLDER]`: trains what the document says and writes JSON lines: each event
 * of protocol/trainer.ts, then one `{kind: "result"}` (protocol/studyResult.ts); without `--json`, that as tables. Where
 * the document stands for several studies, each line has its `study`, its name. A relative path of data starts from the
 * document's folder. With `--keep` a study that was cut short goes on from there when the command is given again, and one
 * that went to its end gives its result without training. Exit code 1 when a run failed or what was trained could not be
 * kept, 130 when interrupted.
 */
export async function studyCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values, positionals } = readArguments(args, {
		json: { type: "boolean" },
		workers: { type: "string" },
		keep: { type: "string" },
	});
	const file = onlyOne("SPEC.json", positionals);
	const specs = await readSpecs(file);
	const machine = thisMachine(values.workers === undefined ? undefined : wholeWorkers(values.workers));
	const store = values.keep === undefined ? undefined : new RunStore(resolve(values.keep));
	let failed = 0;
	for (const spec of specs) {
		const data = await dataOf(spec, file, io);
		const isJson = values.json === true;
		const name = specs.length > 1 ? { study: spec.name } : {};
		if (!isJson && specs.length > 1) await io.write(`${spec.name}\n\n`);
		// Events arrive faster than a slow reader takes them: they are written one after the other.
		let written = Promise.resolve();
		const onEvent = (event: TrainerEvent) => {
			if (event.kind === "failed") failed++;
			written = written.then(() => (isJson ? io.write(`${toJson({ ...name, ...event })}\n`) : report(spec, event, io)));
		};
		const { events, isKept } = store
			? await trainKept(spec, data, machine, store, onEvent, io)
			: { events: await trainNew(spec, data, machine, onEvent, io.signal), isKept: true };
		if (!isKept) failed++;
		await written;
		const result = resultOf(spec, events);
		await io.write(isJson ? `${toJson({ ...name, ...result })}\n` : resultText(result));
		if (io.signal.aborted) return 130;
	}
	return failed > 0 ? 1 : 0;
}

/**
 * The data that a document in `file` names; a relative path starts from its folder. Says which columns are constant or
 * text.
 */
export async function tableOf(data: StudyData, file: string, io: CommandIo, seed = 0): Promise<StudyTable> {
	const folders = { shipped: join(__dirname, "..", "media", "data"), base: dirname(resolve(file)) };
	const table = await readStudyData(data, folders, seed);
	for (const fact of columnFacts(glanceAt(table), english)) io.complain(fact);
	return table;
}

/** What a study trains on. */
async function dataOf(spec: Study, file: string, io: CommandIo): Promise<StudyTable> {
	const data = await tableOf(spec.data, file, io, spec.seeds[0]).catch((error: unknown) => {
		throw new Misuse(`data: ${error instanceof Error ? error.message : error}`);
	});
	try {
		checkFit(spec, data);
	} catch (error) {
		throw new Misuse(error instanceof Error ? error.message : String(error));
	}
	return data;
}

/** Trains a study up to its end or the signal, and tells how far it is; all that it reported but epochs in between. */
export function trained(
	spec: Study,
	data: StudyTable,
	io: CommandIo,
	signal: AbortSignal,
): Promise<readonly TrainerEvent[]> {
	return trainNew(spec, data, thisMachine(), (event) => void report(spec, event, io), signal);
}

async function trainNew(
	spec: Study,
	data: StudyTable,
	machine: Machine,
	onEvent: (event: TrainerEvent) => void,
	signal: AbortSignal,
): Promise<readonly TrainerEvent[]> {
	const events: TrainerEvent[] = [];
	const keep = (event: TrainerEvent) => {
		if (event.kind !== "progress") events.push(event);
		onEvent(event);
	};
	await runStudy(spec, data, { workerFile: workerFile(), machine }, keep, signal);
	return events;
}

/**
 * Trains the study, from where it was cut short if the store has it, and not where it has its end; all that it reported,
 * then and now, and whether the store has it. Throws `Misuse` where nothing can be kept there.
 */
async function trainKept(
	spec: Study,
	data: StudyTable,
	machine: Machine,
	store: RunStore,
	onEvent: (event: TrainerEvent) => void,
	io: CommandIo,
): Promise<{ readonly events: readonly TrainerEvent[]; readonly isKept: boolean }> {
	const { signal } = io;
	const left = await store.newest(spec, data);
	if (left?.state === "done") {
		io.complain(`${spec.name}: trained to its end before, and not again`);
		return { events: (await store.open(left.id)).events, isKept: true };
	}
	const begun = left
		? store.resume(left.id, data)
		: store.begin(spec, data, spec.name, Date.now()).then((writer) => ({ writer, resume: undefined }));
	const { writer, resume } = await begun.catch((error: unknown) => {
		throw new Misuse(notKept(spec, error));
	});
	const add = (event: TrainerEvent) => {
		writer.add(event);
		onEvent(event);
	};
	const onCheckpoint: StudyRunnerOptions["onCheckpoint"] = (run, checkpoint) => {
		if (checkpoint !== null || !signal.aborted) writer.checkpoint(run, checkpoint);
	};
	const options = { workerFile: workerFile(), machine, onCheckpoint, ...(resume ? { resume } : {}) };
	await runStudy(spec, data, options, add, signal);
	const failed = writer.view().events.some(({ kind }) => kind === "failed");
	const isKept = await writer.end(signal.aborted ? "cancelled" : failed ? "failed" : "done").then(
		() => true,
		(error: unknown) => {
			io.complain(notKept(spec, error));
			return false;
		},
	);
	return { events: writer.view().events, isKept };
}

function notKept({ name }: Study, error: unknown): string {
	return `--keep cannot keep "${name}": ${error instanceof Error ? error.message : error}`;
}

/** Beside the bundled command line. */
function workerFile(): string {
	return join(__dirname, "trainerWorker.js");
}

/** The studies of a document. Throws `Misuse` with one sentence where it is none. */
async function readSpecs(file: string): Promise<readonly Study[]> {
	const document = await readJson(file);
	try {
		const studies = parseStudies(document);
		checkSources(studies[0]!); // All of a document have the same activations.
		return studies;
	} catch (error) {
		throw new Misuse(error instanceof Error ? error.message : String(error));
	}
}

/** Throws where a function of the user's own is not understood: hours of the others' training later is late to say so. */
function checkSources({ activations }: Study): void {
	activations.forEach((one, i) => {
		try {
			activationOf(one);
		} catch (error) {
			throw new Misuse(`activations[${i}]: ${error instanceof Error ? error.message : error}`);
		}
	});
}

function wholeWorkers(text: string): number {
	const workers = Number(text);
	if (!Number.isInteger(workers) || workers < 1 || workers > 64)
		throw new Misuse(`--workers must be 1…64, got ${text}`);
	return workers;
}

async function report(spec: Study, event: TrainerEvent, io: CommandIo): Promise<void> {
	const who = `${spec.activations[event.run.activation]?.label}, seed ${event.run.seed}`;
	switch (event.kind) {
		case "started":
			return io.complain(`${who}: ${event.parameters} parameters, ${event.steps} steps${engineText(event)}`);
		case "done":
			return io.complain(`${who}: done in ${event.seconds.toFixed(1)} s, ${shortMeasure(event.measure)}`);
		case "diverged":
			return io.complain(`${who}: diverged at step ${event.step}`);
		case "failed":
			return io.complain(`${who}: failed, ${event.message}`);
		case "cancelled":
			return io.complain(`${who}: cancelled`);
		case "tried": {
			const rate = spec.tuning?.learningRates[event.run.rate ?? 0];
			const { value, message } = event;
			const came = value === null ? "diverged" : `gives ${value.toPrecision(4)}`;
			return io.complain(`${who}: learning rate ${rate} ${message === undefined ? came : `failed, ${message}`}`);
		}
		case "tuned":
			return io.complain(`${spec.activations[event.run.activation]?.label}: learning rate ${event.learningRate}`);
		case "progress":
			return;
	}
}

/** What trains it, and why that is slow where it is. */
function engineText({ engine }: Extract<TrainerEvent, { kind: "started" }>): string {
	return engine ? `, ${describeEngine(engine)}` : "";
}

function shortMeasure({ validationLoss, accuracy }: Measure): string {
	const loss = `validation loss ${validationLoss.toPrecision(4)}`;
	return accuracy === null ? loss : `${loss}, accuracy ${(100 * accuracy).toFixed(1)} %`;
}
