import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { advise } from "../core/advice/advise.ts";
import { type DescribedAdvice, describeAdvice } from "../core/explanation/describeAdvice.ts";
import { evidenceOf, factsOf } from "../engines/adviceEvidence.ts";
import { checkBatch, readStudyData } from "../engines/readData.ts";
import { endsRun, runStudy, runsOf } from "../engines/studyRunner.ts";
import { type AdviceSpec, adviceStudy, parseAdviceSpec } from "../protocol/adviceSpec.ts";
import { dataTitle } from "../protocol/dataTitle.ts";
import type { Study } from "../protocol/study.ts";
import type { StudyTable, TrainerEvent } from "../protocol/trainer.ts";
import { readArguments } from "./arguments.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { toJson } from "./json.ts";
import { aligned } from "./resultText.ts";

/**
 * `advise SPEC.json [--json]`: which activation to take, from facts and, where the document names data, from a quick
 * study. With `--json` one `{kind: "advice"}` with the advice, its words and all its evidence. Exit code 1 where something
 * speaks against every candidate, 130 when interrupted.
 */
export async function adviseCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values, positionals } = readArguments(args, { json: { type: "boolean" } });
	const [file] = positionals;
	if (file === undefined || positionals.length > 1) {
		throw new Misuse(`advise takes one SPEC.json, got ${positionals.length}`);
	}
	const spec = await readSpec(file);
	// What is wrong with the data is said before anything is measured.
	const planned = spec.data && (await plan(spec, dirname(resolve(file)), io));
	const facts = await factsOf(spec, undefined, io.signal).catch((error: unknown) => {
		throw new Misuse(`candidates: ${error instanceof Error ? error.message : error}`);
	});
	const trained = planned && !io.signal.aborted ? await train(planned, spec.seconds, io) : null;
	if (io.signal.aborted) return 130;
	const evidence = evidenceOf(spec, facts, trained);
	const advice = advise(evidence);
	const words = describeAdvice(evidence, advice);
	await io.write(values.json ? `${toJson({ kind: "advice", ...advice, words, evidence })}\n` : textOf(words));
	return advice.choice === null ? 1 : 0;
}

async function readSpec(file: string): Promise<AdviceSpec> {
	const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
		throw new Misuse(`${file} cannot be read: ${error.code === "ENOENT" ? "there is no such file" : error.message}`);
	});
	try {
		return parseAdviceSpec(JSON.parse(text));
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		throw new Misuse(error instanceof SyntaxError ? `${file} must hold JSON: ${message}` : message);
	}
}

interface Planned {
	readonly study: Study;
	readonly table: StudyTable;
}

async function plan(spec: AdviceSpec, base: string, io: CommandIo): Promise<Planned> {
	try {
		const data = spec.data!;
		const table = await readStudyData(data, { shipped: join(__dirname, "..", "media", "data"), base }, 0);
		const { study, estimatedSeconds } = adviceStudy(spec, table, availableParallelism(), dataTitle(data));
		checkBatch(study, table);
		const about = estimatedSeconds < 1 ? "about a second" : `about ${Math.ceil(estimatedSeconds)} s`;
		const trainings = `${study.activations.length} activations × ${study.seeds.length} seeds, ${study.epochs} epoch${study.epochs === 1 ? "" : "s"}`;
		io.complain(`trains ${trainings}: ${about}, at most ${spec.seconds} s`);
		return { study, table };
	} catch (error) {
		throw new Misuse(`data: ${error instanceof Error ? error.message : error}`);
	}
}

/** Trains until the end, the limit or an interruption; the events that ended a run each. */
async function train({ study, table }: Planned, seconds: number, { signal, complain }: CommandIo) {
	const limit = new AbortController();
	const abort = () => limit.abort();
	const timer = setTimeout(abort, seconds * 1000);
	signal.addEventListener("abort", abort, { once: true });
	const events: TrainerEvent[] = [];
	const total = runsOf(study).length;
	let tenths = 0;
	const onEvent = (event: TrainerEvent) => {
		if (!endsRun(event)) return;
		events.push(event);
		const now = Math.floor((10 * events.length) / total);
		if (now > tenths) complain(`${10 * now} % of ${total} trainings`);
		tenths = now;
	};
	try {
		await runStudy(study, table, { workerFile: join(__dirname, "trainerWorker.js") }, onEvent, limit.signal);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener("abort", abort);
	}
	return { study, events };
}

function textOf({ title, certainty, shortList, table, notes }: DescribedAdvice): string {
	const list = shortList.map(({ label, reason }, i) => `${i + 1}. ${label}: ${reason}\n`).join("");
	const paragraph = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");
	return [`${title}.\n${paragraph(certainty)}`, list, aligned([table.head, ...table.rows]), paragraph(notes)]
		.filter((part) => part !== "")
		.join("\n");
}
