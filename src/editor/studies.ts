import { join } from "node:path";
import * as vscode from "vscode";
import { glanceAt, type TableGlance } from "../core/training/data/tableGlance.ts";
import type { TableShape } from "../core/training/table.ts";
import { thisMachine } from "../engines/machine.ts";
import { type DataFolders, readStudyData, stampsOf } from "../engines/readData.ts";
import { RunStore, type RunWriter } from "../engines/runStore.ts";
import { Pauser, type ResumePoint, runStudy, type StudyRunnerOptions } from "../engines/studyRunner.ts";
import type { RunSummary, RunView } from "../protocol/panel.ts";
import type { Study } from "../protocol/study.ts";
import { checkFit, type Machine } from "../protocol/studyWork.ts";
import type { StudyTable, TrainerEvent } from "../protocol/trainer.ts";
import { setting } from "./setting.ts";

interface Running {
	readonly writer: RunWriter;
	readonly abort: AbortController;
	readonly pauser: Pauser;
	readonly ended: Promise<RunView>;
}

/** A run that has begun. */
export interface Started {
	readonly id: string;
	readonly ended: Promise<RunView>;
}

/** What is known of data is kept for so many of them: reading them may take seconds. */
const MOST_KEPT = 8;
/** Progress is told in steps of one percent. */
const LEAST_SHARE = 0.01;

/** Runs studies in worker threads and keeps them in the workspace's storage. */
export class Studies implements vscode.Disposable {
	readonly #store: RunStore;
	readonly #extensionPath: string;
	readonly #running = new Map<string, Running>();
	/** By run. */
	readonly #glances = new Map<string, TableGlance>();
	/** By data and version. */
	readonly #shapes = new Map<string, TableShape>();
	readonly #reported = new vscode.EventEmitter<string>();
	readonly #changed = new vscode.EventEmitter<void>();
	/** The run that ended last, so that its last events still reach the page. */
	#last: { readonly id: string; readonly view: RunView } | undefined;
	#closing = false;
	/** Something was reported in the run of this id. */
	readonly onDidReport = this.#reported.event;
	/** The list of runs, or the state of one, has changed. */
	readonly onDidChange = this.#changed.event;

	constructor(storage: vscode.Uri, extensionPath: string) {
		this.#store = new RunStore(join(storage.fsPath, "runs"));
		this.#extensionPath = extensionPath;
		this.onDidChange(() => void this.#setContext());
		void this.#setContext();
	}

	list(): Promise<readonly RunSummary[]> {
		return this.#store.list();
	}

	open(id: string): Promise<RunView> {
		return this.#store.open(id);
	}

	/** What a run that is training, or the last that has ended here, has reported; undefined for others. */
	eventsOf(id: string): RunView | undefined {
		return this.#running.get(id)?.writer.view() ?? this.#lastView(id);
	}

	/**
	 * Reads the study's data, unless they are given, and begins; the sentence of a refusal is thrown before anything trains
	 * or is kept.
	 */
	async start(study: Study, given?: StudyTable): Promise<Started> {
		const data = given ?? (await this.dataOf(study));
		checkFit(study, data);
		return this.#run(await this.#store.begin(study, data, study.name, Date.now()), study, data);
	}

	/** Goes on with a run that was interrupted, cancelled or failed. Throws where it cannot. */
	async resume(id: string): Promise<Started> {
		const { study } = (await this.open(id)).summary;
		const data = await this.dataOf(study);
		const { writer, resume } = await this.#store.resume(id, data);
		return this.#run(writer, study, data, resume);
	}

	#run(writer: RunWriter, study: Study, data: StudyTable, resume?: ResumePoint) {
		const abort = new AbortController();
		const pauser = new Pauser();
		const options: StudyRunnerOptions = {
			workerFile: join(this.#extensionPath, "dist", "trainerWorker.js"),
			surfaces: writer.id,
			machine: this.machine,
			...(resume ? { resume } : {}),
			onCheckpoint: (run, checkpoint) => {
				// A window that closes keeps the points from which its trainings can go on, and so does a cancelled run.
				if (checkpoint !== null || !(this.#closing || abort.signal.aborted)) writer.checkpoint(run, checkpoint);
			},
			pauser,
		};
		const onEvent = (event: TrainerEvent) => {
			if (this.#closing) return;
			writer.add(event);
			this.#reported.fire(writer.id);
		};
		const ended = runStudy(study, data, options, onEvent, abort.signal)
			.then(async () => {
				if (this.#closing) return; // It was not the user who ended it: it stays "running", and is interrupted.
				const failed = writer.view().events.some(({ kind }) => kind === "failed");
				await writer.end(abort.signal.aborted ? "cancelled" : failed ? "failed" : "done");
			})
			.catch(async (error: unknown) => {
				if (!this.#closing) await writer.end("failed");
				throw error;
			})
			.finally(() => {
				this.#last = { id: writer.id, view: writer.view() };
				this.#running.delete(writer.id);
				this.#reported.fire(writer.id);
				this.#changed.fire();
			})
			.then(() => writer.view());
		this.#running.set(writer.id, { writer, abort, pauser, ended });
		keepLatest(this.#glances, writer.id, glanceAt(data));
		this.#changed.fire();
		return { id: writer.id, ended };
	}

	/** Tells the share of a run that is done as it grows, cancels it at the signal, and resolves when it has ended. */
	async until(
		id: string,
		ended: Promise<RunView>,
		signal: AbortSignal,
		onShare: (share: number) => void,
	): Promise<RunView> {
		const cancel = () => this.cancel(id);
		if (signal.aborted) cancel();
		signal.addEventListener("abort", cancel, { once: true });
		let told = 0;
		const subscription = this.onDidReport((changed) => {
			const share = changed === id ? (this.eventsOf(id)?.summary.progress ?? 0) : 0;
			if (share - told < LEAST_SHARE) return;
			told = share;
			onShare(share);
		});
		try {
			return await ended;
		} finally {
			subscription.dispose();
			signal.removeEventListener("abort", cancel);
		}
	}

	/** The trainings stand still until `continue`. */
	pause(id: string): void {
		this.#setPaused(id, true);
	}

	continue(id: string): void {
		this.#setPaused(id, false);
	}

	#setPaused(id: string, isPaused: boolean): void {
		const running = this.#running.get(id);
		if (!running) return;
		running.pauser.set(isPaused);
		running.writer.isPaused = isPaused;
		this.#reported.fire(id);
		this.#changed.fire();
	}

	/** What trainings may take, by the settings. */
	get machine(): Machine {
		const workers = setting("activations.training.workers");
		return thisMachine(workers > 0 ? workers : undefined);
	}

	/** The data of a run's study at a glance: as it was read to train on, or read anew for a run of an earlier window. */
	async glanceOf(id: string): Promise<TableGlance> {
		const known = this.#glances.get(id);
		if (known) return known;
		const { summary } = await this.open(id);
		return keepLatest(this.#glances, id, glanceAt(await this.dataOf(summary.study)));
	}

	/** The shape of a study's data, read once for each version of its files. */
	async shapeOf(study: Study): Promise<TableShape> {
		const key = JSON.stringify([study.data, study.seeds[0], await stampsOf(study.data, this.#folders)]);
		const known = this.#shapes.get(key);
		if (known) return known;
		const { task, targets, samples, features, classes } = await this.dataOf(study);
		return keepLatest(this.#shapes, key, { task, targets, samples, features, classes });
	}

	/** What a study trains on; a relative path starts from the workspace's first folder. */
	dataOf(study: Study): Promise<StudyTable> {
		return readStudyData(study.data, this.#folders, study.seeds[0] ?? 0);
	}

	get #folders(): DataFolders {
		const base = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? this.#extensionPath;
		return { shipped: join(this.#extensionPath, "media", "data"), base };
	}

	cancel(id: string): void {
		this.#running.get(id)?.abort.abort();
	}

	async rename(id: string, name: string): Promise<void> {
		await this.#store.rename(id, name);
		this.#changed.fire();
	}

	/** Deletes a run; one that is training is cancelled first, and has written its last before its folder goes. */
	async delete(id: string): Promise<void> {
		this.cancel(id);
		await this.#running.get(id)?.ended.catch(() => undefined);
		await this.#store.delete(id);
		this.#changed.fire();
	}

	refresh(): void {
		this.#changed.fire();
	}

	/** Writes what is not on disk; the runs then count as interrupted when the window opens again. */
	dispose(): void {
		this.#closing = true;
		for (const { writer, abort } of this.#running.values()) {
			writer.flush();
			abort.abort();
		}
		this.#reported.dispose();
		this.#changed.dispose();
	}

	/** What the palette asks for: whether there are runs, and whether one is training. */
	async #setContext(): Promise<void> {
		const set = (name: string, value: boolean) => vscode.commands.executeCommand("setContext", name, value);
		await set("activations.isTraining", this.#running.size > 0);
		await set("activations.hasRuns", (await this.list()).length > 0);
	}

	#lastView(id: string): RunView | undefined {
		return this.#last?.id === id ? this.#last.view : undefined;
	}
}

/** Keeps a value, and of all in the map the latest alone. */
function keepLatest<T>(map: Map<string, T>, key: string, value: T): T {
	map.delete(key);
	map.set(key, value);
	for (const old of map.keys()) if (map.size > MOST_KEPT) map.delete(old);
	return value;
}
