import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { RunState, RunSummary, RunView } from "../protocol/panel.ts";
import { pack, unpack } from "../protocol/rpc.ts";
import type { Study } from "../protocol/study.ts";
import { parseStudy } from "../protocol/studyDocument.ts";
import { StudyProgress } from "../protocol/studyProgress.ts";
import type { Checkpoint, RunKey, StudyTable, TrainerEvent } from "../protocol/trainer.ts";
import { claim, release } from "./claim.ts";
import { dataDigest } from "./dataDigest.ts";
import { type ResumePoint, runName } from "./studyRunner.ts";
import { build } from "./version.ts";

/** What `run.json` holds. */
interface RunRecord {
	readonly name: string;
	readonly state: RunState;
	readonly startedAt: number;
	readonly study: Study;
	/** Of what it trains on, by `dataDigest`. */
	readonly data: string;
	/** Which build trains it; "" where several did. */
	readonly build: string;
	/** Once the run has ended, so that the list need not read what it reported. */
	readonly progress?: number;
}

const FLUSH_MS = 500;
const EVENTS = "events.jsonl";
const CHECKPOINT = ".checkpoint";
const SAFE_ID = /^[\w-]+$/;

/**
 * The runs kept in a folder, one folder each: `run.json` says what it is, `events.jsonl` is appended while it trains. A
 * run that says "running" when the store is opened was cut short: it is listed as interrupted, with all it had written.
 */
export class RunStore {
	readonly #folder: string;
	/** Runs of this process that have not ended. */
	readonly #live = new Map<string, RunWriter>();
	/** Runs that are about to go on. */
	readonly #resuming = new Set<string>();
	/** What was read of the others, for the list is asked for often: such a run changes only here. */
	readonly #known = new Map<string, RunSummary>();

	constructor(folder: string) {
		this.#folder = folder;
	}

	/** Begins the record of a run on those data; `now` is in milliseconds since 1970. */
	async begin(study: Study, data: StudyTable, name: string, now: number): Promise<RunWriter> {
		const id = `${new Date(now)
			.toISOString()
			.replace(/[^0-9]/g, "")
			.slice(0, 14)}-${randomUUID().slice(0, 8)}`;
		const folder = join(this.#folder, id);
		await mkdir(folder, { recursive: true });
		claim(folder);
		const record: RunRecord = { name, state: "running", startedAt: now, study, data: dataDigest(data), build };
		await writeRecord(folder, record);
		const writer = new RunWriter(id, folder, record, () => this.#live.delete(id));
		this.#live.set(id, writer);
		return writer;
	}

	/** All runs, newest first. A folder that cannot be read is left out. */
	async list(): Promise<readonly RunSummary[]> {
		const ids = await readdir(this.#folder).catch(() => []);
		const runs = await Promise.all(
			ids.filter((id) => SAFE_ID.test(id)).map((id) => this.#summary(id).catch(() => null)),
		);
		return runs.filter((run) => run !== null).sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
	}

	/**
	 * Goes on with a run that was interrupted, or whose trainings were cancelled or failed: what was reported after their
	 * last checkpoints is forgotten, since it will be reported again. Throws where there is none, it has ended, another
	 * process trains it, or the data are others than those it began with.
	 */
	async resume(id: string, data: StudyTable): Promise<{ readonly writer: RunWriter; readonly resume: ResumePoint }> {
		if (this.#live.has(id) || this.#resuming.has(id)) throw new RangeError("the run is training already");
		const folder = this.#path(id);
		this.#resuming.add(id);
		try {
			claim(folder);
			return await this.#goOn(id, data).catch((error: unknown) => {
				release(folder);
				throw error;
			});
		} finally {
			this.#resuming.delete(id);
		}
	}

	/**
	 * The newest run of that study on those data in the store's folder that has not ended, or that this build has trained to
	 * its end; undefined where there is none.
	 */
	async newest(study: Study, data: StudyTable): Promise<RunSummary | undefined> {
		const own = JSON.stringify(study, numbersAsText);
		const digest = dataDigest(data);
		for (const run of await this.list()) {
			if (JSON.stringify(run.study, numbersAsText) !== own) continue;
			const record = await readRecord(this.#path(run.id));
			if (record.data === digest && (run.state !== "done" || record.build === build)) return run;
		}
		return undefined;
	}

	/** A run with everything that it reported. Throws where there is none. */
	async open(id: string): Promise<RunView> {
		const live = this.#live.get(id);
		if (live) return live.view();
		return { summary: await this.#summary(id), events: await readEvents(this.#path(id)) };
	}

	async rename(id: string, name: string): Promise<void> {
		const live = this.#live.get(id);
		if (live) return live.rename(name);
		const folder = this.#path(id);
		await writeRecord(folder, { ...(await readRecord(folder)), name });
		this.#known.delete(id);
	}

	async delete(id: string): Promise<void> {
		await rm(this.#path(id), { recursive: true, force: true });
		this.#known.delete(id);
	}

	async #goOn(id: string, data: StudyTable): Promise<{ readonly writer: RunWriter; readonly resume: ResumePoint }> {
		const folder = this.#path(id);
		const record = await readRecord(folder);
		if (record.state === "done") throw new RangeError("the run has ended: there is nothing to go on with");
		if (record.data !== dataDigest(data)) {
			throw new RangeError(
				"the data must be those that the run began with, but they have changed: train the study anew",
			);
		}
		this.#known.delete(id);
		const checkpoints = await readCheckpoints(folder);
		const events = keptEvents(await readEvents(folder), checkpoints);
		await replaceFile(join(folder, EVENTS), events.map(lineOf).join(""));
		const { progress: _, ...rest } = record;
		const running: RunRecord = { ...rest, state: "running", build: record.build === build ? build : "" };
		await writeRecord(folder, running);
		const writer = new RunWriter(id, folder, running, () => this.#live.delete(id), events);
		this.#live.set(id, writer);
		return { writer, resume: { events, checkpoints } };
	}

	async #summary(id: string): Promise<RunSummary> {
		const live = this.#live.get(id);
		if (live) return live.view().summary;
		const known = this.#known.get(id);
		if (known) return known;
		const folder = this.#path(id);
		const record = await readRecord(folder);
		const state = record.state === "running" ? "interrupted" : record.state;
		const progress = record.progress ?? progressOf(record.study, await readEvents(folder)).share;
		const summary = summaryOf(id, { ...record, state }, progress);
		this.#known.set(id, summary);
		return summary;
	}

	#path(id: string): string {
		if (!SAFE_ID.test(id)) throw new RangeError(`a run's id has letters, digits and dashes, got "${id}"`);
		return join(this.#folder, id);
	}
}

/** Writes one run while it trains; what is reported is on disk within half a second. */
export class RunWriter {
	readonly id: string;
	readonly #folder: string;
	readonly #onEnd: () => void;
	readonly #events: TrainerEvent[];
	readonly #progress: StudyProgress;
	#record: RunRecord;
	#unwritten = "";
	#timer: NodeJS.Timeout | undefined;

	constructor(id: string, folder: string, record: RunRecord, onEnd: () => void, events: readonly TrainerEvent[] = []) {
		this.id = id;
		this.#folder = folder;
		this.#record = record;
		this.#onEnd = onEnd;
		this.#events = [...events];
		this.#progress = progressOf(record.study, events);
	}

	add(event: TrainerEvent): void {
		this.#events.push(event);
		this.#progress.add(event);
		this.#unwritten += lineOf(event);
		// What a resumed study builds on is on disk at once.
		if (event.kind !== "progress") this.#tryFlush();
		else this.#timer ??= setTimeout(() => this.#tryFlush(), FLUSH_MS);
	}

	/** Appends what is not on disk yet. Synchronous, so that it can be the last thing a closing window does. */
	flush(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		if (this.#unwritten === "") return;
		mkdirSync(this.#folder, { recursive: true });
		appendFileSync(join(this.#folder, EVENTS), this.#unwritten);
		this.#unwritten = "";
	}

	/**
	 * Keeps the point from which a training could go on, in place of the one before; null forgets it. What was reported
	 * up to it is on disk first.
	 */
	checkpoint(run: RunKey, checkpoint: Checkpoint | null): void {
		const file = join(this.#folder, `${runName(run)}${CHECKPOINT}`);
		try {
			if (checkpoint === null) {
				rmSync(file, { force: true });
				return;
			}
			this.flush();
			writeFileSync(`${file}.new`, serialize({ build, checkpoint }));
			renameSync(`${file}.new`, file);
		} catch {
			// A full disk: the one before stands, or the training starts anew.
		}
	}

	/** A full disk must not end the training: what could not be written is tried again, and `end` says what is wrong. */
	#tryFlush(): void {
		try {
			this.flush();
		} catch {
			// It is still in #unwritten.
		}
	}

	/** Whether the run stands still; it is running all the same. */
	isPaused = false;

	async rename(name: string): Promise<void> {
		this.#record = { ...this.#record, name };
		await writeRecord(this.#folder, this.#record);
	}

	/** The run has ended as `state`; nothing is added afterwards. */
	async end(state: Exclude<RunState, "running" | "interrupted" | "paused">): Promise<void> {
		this.#record = { ...this.#record, state, progress: this.#progress.share };
		try {
			this.flush();
			await writeRecord(this.#folder, this.#record);
			release(this.#folder);
		} finally {
			this.#onEnd();
		}
	}

	view(): RunView {
		const summary = summaryOf(this.id, this.#record, this.#record.progress ?? this.#progress.share);
		const isPaused = this.isPaused && summary.state === "running";
		return { summary: isPaused ? { ...summary, state: "paused" } : summary, events: this.#events };
	}
}

/**
 * What is true of every run up to where it goes on: of one with a checkpoint what it reported up to that, of one that ended
 * all.
 */
function keptEvents(
	events: readonly TrainerEvent[],
	checkpoints: ReadonlyMap<string, Checkpoint>,
): readonly TrainerEvent[] {
	const ended = new Set(
		events.filter(({ kind }) => kind === "done" || kind === "diverged").map(({ run }) => runName(run)),
	);
	return events.filter((event) => {
		const name = runName(event.run);
		if (event.kind === "tried" || event.kind === "tuned" || ended.has(name)) return true;
		const checkpoint = checkpoints.get(name);
		if (!checkpoint) return false;
		return event.kind === "started" || (event.kind === "progress" && event.measure.step <= checkpoint.step);
	});
}

/** The checkpoints of this build; another's may go on to other numbers. */
async function readCheckpoints(folder: string): Promise<ReadonlyMap<string, Checkpoint>> {
	const found = new Map<string, Checkpoint>();
	for (const name of await readdir(folder)) {
		if (!name.endsWith(CHECKPOINT)) continue;
		try {
			const kept = deserialize(await readFile(join(folder, name))) as Kept; // Written by RunWriter.
			if (kept.build === build) found.set(name.slice(0, -CHECKPOINT.length), kept.checkpoint);
		} catch {
			// Cut off, or not ours: the training starts anew.
		}
	}
	return found;
}

interface Kept {
	readonly build: string;
	readonly checkpoint: Checkpoint;
}

function lineOf(event: TrainerEvent): string {
	return `${JSON.stringify(pack(event))}\n`;
}

/** A reader sees the old text or the new one. */
async function replaceFile(file: string, text: string): Promise<void> {
	await writeFile(`${file}.new`, text);
	await rename(`${file}.new`, file);
}

function summaryOf(id: string, { name, state, startedAt, study }: RunRecord, progress: number): RunSummary {
	return { id, name, state, startedAt, study, progress };
}

function progressOf(study: Study, events: readonly TrainerEvent[]): StudyProgress {
	const progress = new StudyProgress(study);
	for (const event of events) progress.add(event);
	return progress;
}

async function readRecord(folder: string): Promise<RunRecord> {
	const record: unknown = JSON.parse(await readFile(join(folder, "run.json"), "utf8"));
	if (typeof record !== "object" || record === null) throw new TypeError("run.json must hold an object");
	const {
		name,
		state,
		startedAt,
		study,
		data,
		build: by,
		progress,
	} = record as Partial<Record<keyof RunRecord, unknown>>;
	// Nothing goes on from a record that does not say.
	const digest = typeof data === "string" ? data : "";
	const builtBy = typeof by === "string" ? by : "";
	const states: readonly RunState[] = ["running", "done", "cancelled", "failed", "interrupted"];
	const known = states.find((one) => one === state);
	if (typeof name !== "string" || typeof startedAt !== "number" || !known) throw new TypeError("run.json is not a run");
	const ended = known !== "running" && typeof progress === "number" ? { progress } : {};
	return { name, startedAt, state: known, study: parseStudy(study), data: digest, build: builtBy, ...ended };
}

/** Replaces the file in one step: a reader sees the old record or the new one. */
async function writeRecord(folder: string, record: RunRecord): Promise<void> {
	await replaceFile(join(folder, "run.json"), `${JSON.stringify(record, numbersAsText, "\t")}\n`);
}

/** JSON has no infinity, and softplus's threshold can be one. */
function numbersAsText(_key: string, value: unknown): unknown {
	return value === Number.POSITIVE_INFINITY ? "Infinity" : value;
}

/** Events line by line; a last line that was cut off is dropped. */
async function readEvents(folder: string): Promise<readonly TrainerEvent[]> {
	const text = await readFile(join(folder, EVENTS), "utf8").catch(() => "");
	const events: TrainerEvent[] = [];
	for (const line of text.split("\n")) {
		if (line === "") continue;
		try {
			events.push(unpack(JSON.parse(line)) as TrainerEvent); // Written by this class.
		} catch {
			// The window closed in the middle of a line.
		}
	}
	return events;
}
