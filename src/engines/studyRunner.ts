import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Study } from "../protocol/study.ts";
import type { RunKey, StudyTable, TrainerEvent, TrainerRequest } from "../protocol/trainer.ts";

export interface StudyRunnerOptions {
	/** The bundled trainerWorker.js. */
	readonly workerFile: string;
	/** Runs at once; as many as there are cores by default. */
	readonly workers?: number;
	/** Name of the channel for decision surfaces (engines/surfaces.ts), the study's own; none are made where it is absent. */
	readonly surfaces?: string;
}

/** Memory that a worker's heap may take before it is ended. */
const MAX_WORKER_HEAP_MB = 2048;

/** Whether nothing follows this event for its run. */
export function endsRun(event: TrainerEvent): boolean {
	return event.kind !== "started" && event.kind !== "progress";
}

/** The runs of a study in the order in which they start: every activation with the first seed, then with the next. */
export function runsOf(study: Study): readonly RunKey[] {
	return study.seeds.flatMap((seed) => study.activations.map((_, activation) => ({ activation, seed })));
}

/**
 * Trains every run of a study in worker threads. Each run ends with exactly one ending event, whatever happens to its
 * worker: one that dies fails its run with the reason, and the next run gets a new one. The numbers do not depend on how
 * many workers there are. Resolves when all runs have ended; an aborted `signal` cancels those that have not.
 */
export async function runStudy(
	study: Study,
	data: StudyTable,
	{ workerFile, workers = availableParallelism(), surfaces }: StudyRunnerOptions,
	onEvent: (event: TrainerEvent) => void,
	signal?: AbortSignal,
): Promise<void> {
	const queue = [...runsOf(study)];
	const shown = surfaces === undefined ? {} : { surfaces };
	const lane = async () => {
		let worker: Worker | undefined;
		for (let run = queue.shift(); run; run = queue.shift()) {
			if (signal?.aborted) {
				onEvent({ kind: "cancelled", run });
				continue;
			}
			worker ??= new Worker(workerFile, { resourceLimits: { maxOldGenerationSizeMb: MAX_WORKER_HEAP_MB } });
			const alive = await trainIn(worker, { kind: "start", run, study, data, ...shown }, onEvent, signal);
			if (!alive) worker = undefined;
		}
		await worker?.terminate();
	};
	const lanes = Math.max(1, Math.min(workers, queue.length));
	await Promise.all(Array.from({ length: lanes }, lane));
}

/** One run in one worker; resolves to whether the worker can take another. */
function trainIn(
	worker: Worker,
	request: Extract<TrainerRequest, { kind: "start" }>,
	onEvent: (event: TrainerEvent) => void,
	signal: AbortSignal | undefined,
): Promise<boolean> {
	const { run } = request;
	return new Promise((resolve) => {
		const cancel = () => worker.postMessage({ kind: "cancel", run } satisfies TrainerRequest);
		const finish = (alive: boolean) => {
			worker.off("message", onMessage).off("error", onError).off("exit", onExit);
			signal?.removeEventListener("abort", cancel);
			resolve(alive);
		};
		const onMessage = (event: TrainerEvent) => {
			onEvent(event);
			if (endsRun(event)) finish(true);
		};
		const onError = (error: Error) => {
			onEvent({ kind: "failed", run, message: `the training thread failed: ${error.message}` });
			finish(false);
		};
		const onExit = (code: number) => {
			onEvent({ kind: "failed", run, message: `the training thread ended with code ${code}` });
			finish(false);
		};
		worker.on("message", onMessage).on("error", onError).on("exit", onExit);
		signal?.addEventListener("abort", cancel, { once: true });
		worker.postMessage(request);
	});
}
