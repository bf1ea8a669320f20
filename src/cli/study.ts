import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { checkBatch, readStudyData } from "../engines/readData.ts";
import { runStudy } from "../engines/studyRunner.ts";
import type { Study } from "../protocol/study.ts";
import { parseStudy } from "../protocol/studyDocument.ts";
import type { Measure, TrainerEvent } from "../protocol/trainer.ts";
import { readArguments } from "./arguments.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { toJson } from "./json.ts";

/** What an activation came to over the seeds. */
interface ActivationResult {
	readonly activation: string;
	readonly id: string;
	/** Runs that went to the end. */
	readonly runs: number;
	readonly diverged: number;
	readonly failed: number;
	readonly validationLoss: Interval | null;
	readonly accuracy: Interval | null;
	/** On the samples kept for the test; only where the study keeps any. */
	readonly testLoss?: Interval | null;
	readonly testAccuracy?: Interval | null;
}

/** Mean with the half-width of its 95 % interval (Student's t); null for fewer than two runs. */
interface Interval {
	readonly mean: number;
	readonly halfWidth: number | null;
}

/** t for 95 % two-sided with 1, 2, … degrees of freedom; beyond the table the normal's 1.96 is within 2 %. */
const STUDENT_95 = [
	12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
	2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/**
 * `study SPEC.json --json`: trains what the document says and writes JSON lines: each event of protocol/trainer.ts, then
 * one `{kind: "result"}` with a mean and 95 % interval per activation. A relative path of data starts from the
 * document's folder. Exit code 1 when a run failed, 130 when interrupted.
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
	const activations = spec.activations.map((_, i) => resultOf(spec, i, Object.values(last)));
	if (values.json) await io.write(`${toJson({ kind: "result", activations })}\n`);
	else await io.write(tableOf(activations));
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
			return io.complain(`${who}: ${event.parameters} parameters, ${event.steps} steps`);
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

function resultOf(spec: Study, index: number, endings: readonly TrainerEvent[]): ActivationResult {
	const mine = endings.filter(({ run }) => run.activation === index);
	const done = mine.filter((event) => event.kind === "done");
	const measures = done.map(({ measure }) => measure);
	const tests = done.flatMap(({ test }) => test ?? []);
	const { id, label } = spec.activations[index]!;
	return {
		activation: label,
		id,
		runs: measures.length,
		diverged: mine.filter(({ kind }) => kind === "diverged").length,
		failed: mine.filter(({ kind }) => kind === "failed").length,
		validationLoss: intervalOf(measures.map(({ validationLoss }) => validationLoss)),
		accuracy: intervalOf(accuraciesIn(measures)),
		...(spec.test === undefined
			? {}
			: { testLoss: intervalOf(tests.map(({ loss }) => loss)), testAccuracy: intervalOf(accuraciesIn(tests)) }),
	};
}

function accuraciesIn(measures: readonly { readonly accuracy: number | null }[]): number[] {
	return measures.flatMap(({ accuracy }) => accuracy ?? []);
}

function intervalOf(values: readonly number[]): Interval | null {
	if (values.length === 0) return null;
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	if (values.length === 1) return { mean, halfWidth: null };
	const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
	const t = STUDENT_95[values.length - 2] ?? 1.96;
	return { mean, halfWidth: t * Math.sqrt(variance / values.length) };
}

function tableOf(results: readonly ActivationResult[]): string {
	const cell = (interval: Interval | null, digits: number, scale: number) => {
		if (!interval) return "–";
		const spread = interval.halfWidth === null ? "" : ` ± ${(scale * interval.halfWidth).toFixed(digits)}`;
		return (scale * interval.mean).toFixed(digits) + spread;
	};
	const tested = results.some(({ testLoss }) => testLoss !== undefined);
	const lines = [
		["activation", "runs", "validation loss", "accuracy %", ...(tested ? ["test loss", "test accuracy %"] : [])],
		...results.map(({ activation, runs, validationLoss, accuracy, testLoss, testAccuracy }) => [
			activation,
			String(runs),
			cell(validationLoss, 4, 1),
			cell(accuracy, 1, 100),
			...(tested ? [cell(testLoss ?? null, 4, 1), cell(testAccuracy ?? null, 1, 100)] : []),
		]),
	];
	const widths = lines[0]!.map((_, j) => Math.max(...lines.map((line) => line[j]!.length)));
	return lines
		.map(
			(line) =>
				`${line
					.map((text, j) => text.padEnd(widths[j]!))
					.join("  ")
					.trimEnd()}\n`,
		)
		.join("");
}
