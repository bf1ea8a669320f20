import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { checkBatch, readStudyData } from "../engines/readData.ts";
import { runStudy } from "../engines/studyRunner.ts";
import type { Study } from "../protocol/study.ts";
import { parseStudy } from "../protocol/studyDocument.ts";
import { resultOf } from "../protocol/studyResult.ts";
import type { Measure, TrainerEvent } from "../protocol/trainer.ts";
import { readArguments } from "./arguments.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { toJson } from "./json.ts";
import { resultText } from "./resultText.ts";

/**
 * `study SPEC.json --json`: trains what the document says and writes JSON lines: each event of protocol/trainer.ts, then
 * one `{kind: "result"}` (protocol/studyResult.ts); without `--json`, that as tables. A relative path of data starts from the document's
 * folder. Exit code 1 when a run failed, 130 when interrupted.
 */
export async function studyCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values, positionals } = readArguments(args, { json: { type: "boolean" }, workers: { type: "string" } });
	const [file] = positionals;
	if (file === undefined || positionals.length > 1)
		throw new Misuse(`study takes one SPEC.json, got ${positionals.length}`);
	const spec = await readSpec(file);
	const folders = { shipped: join(__dirname, "..", "media", "data"), base: dirname(resolve(file)) };
	const data = await readStudyData(spec.data, folders, spec.seeds[0] ?? 0).catch((error: unknown) => {
		throw new Misuse(`data: ${error instanceof Error ? error.message : error}`);
	});
	try {
		checkBatch(spec, data);
	} catch (error) {
		throw new Misuse(error instanceof Error ? error.message : String(error));
	}
	const last: Record<string, TrainerEvent> = {};
	let failed = 0;
	// Events arrive faster than a slow reader takes them: they are written one after the other.
	let written = Promise.resolve();
	const onEvent = (event: TrainerEvent) => {
		if (event.kind === "failed") failed++;
		last[`${event.run.activation}/${event.run.seed}`] = event;
		written = written.then(() => report(spec, event, values.json === true, io));
	};
	const workers = values.workers === undefined ? {} : { workers: wholeWorkers(values.workers) };
	await runStudy(spec, data, { workerFile: join(__dirname, "trainerWorker.js"), ...workers }, onEvent, io.signal);
	await written;
	const result = resultOf(spec, Object.values(last));
	await io.write(values.json ? `${toJson(result)}\n` : resultText(result));
	return io.signal.aborted ? 130 : failed > 0 ? 1 : 0;
}

async function readSpec(file: string): Promise<Study> {
	const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
		throw new Misuse(`${file} cannot be read: ${error.code === "ENOENT" ? "there is no such file" : error.message}`);
	});
	let document: unknown;
	try {
		document = JSON.parse(text);
	} catch (error) {
		throw new Misuse(`${file} must hold JSON: ${error instanceof Error ? error.message : error}`);
	}
	try {
		return parseStudy(document);
	} catch (error) {
		throw new Misuse(error instanceof Error ? error.message : String(error));
	}
}

function wholeWorkers(text: string): number {
	const workers = Number(text);
	if (!Number.isInteger(workers) || workers < 1 || workers > 64)
		throw new Misuse(`--workers must be 1…64, got ${text}`);
	return workers;
}

async function report(spec: Study, event: TrainerEvent, json: boolean, io: CommandIo): Promise<void> {
	if (json) {
		await io.write(`${toJson(event)}\n`);
		return;
	}
	const who = `${spec.activations[event.run.activation]?.label}, seed ${event.run.seed}`;
	switch (event.kind) {
		case "started":
			return io.complain(`${who}: ${event.parameters} parameters, ${event.steps} steps, ${event.engine}`);
		case "done":
			return io.complain(`${who}: done in ${event.seconds.toFixed(1)} s, ${shortMeasure(event.measure)}`);
		case "diverged":
			return io.complain(`${who}: diverged at step ${event.step}`);
		case "failed":
			return io.complain(`${who}: failed, ${event.message}`);
		case "cancelled":
			return io.complain(`${who}: cancelled`);
		case "progress":
			return;
	}
}

function shortMeasure({ validationLoss, accuracy }: Measure): string {
	const loss = `validation loss ${validationLoss.toPrecision(4)}`;
	return accuracy === null ? loss : `${loss}, accuracy ${(100 * accuracy).toFixed(1)} %`;
}
