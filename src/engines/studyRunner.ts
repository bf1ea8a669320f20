import { Worker } from "node:worker_threads";
import type { Study } from "../protocol/study.ts";
import { lanesOf, type Machine } from "../protocol/studyWork.ts";
import type {
	Checkpoint,
	RunKey,
	StudyTable,
	TrainerEvent,
	TrainerRequest,
	Tried,
	WorkerMessage,
} from "../protocol/trainer.ts";
import { thisMachine } from "./machine.ts";
import { bestRate } from "./tuning.ts";

export interface StudyRunnerOptions {
	/** The bundled trainerWorker.js. */
	readonly workerFile: string;
	/** What the runs may take; by default what this machine has for them. */
	readonly machine?: Machine;
	/** What an earlier attempt has left; the runs in it that ended are not trained again. */
	readonly resume?: ResumePoint;
	/** Called every few seconds with a run's state, and with null when the run has ended. */
	readonly onCheckpoint?: (run: RunKey, checkpoint: Checkpoint | null) => void;
	/** Pauses the runs while it is paused. */
	readonly pauser?: Pauser;
	/** Name of the channel for decision surfaces (engines/surfaces.ts), the study's own; none are made where it is absent. */
	readonly surfaces?: string;
}

/** What a study goes on from. */
export interface ResumePoint {
	/** Everything reported up to the checkpoints. */
	readonly events: readonly TrainerEvent[];
	/** By `runName`. */
	readonly checkpoints: ReadonlyMap<string, Checkpoint>;
}

/** Memory that a worker's heap may take before it is ended. */
const MAX_WORKER_HEAP_MB = 2048;

/** Whether nothing follows this event for its run. */
export function endsRun({ kind }: { readonly kind: WorkerMessage["kind"] }): boolean {
	return kind === "done" || kind === "diverged" || kind === "cancelled" || kind === "failed";
}

/** The runs of a study in the order in which they start: every activation with the first seed, then with the next. */
export function runsOf(study: Study): readonly RunKey[] {
	return study.seeds.flatMap((seed) => study.activations.map((_, activation) => ({ activation, seed })));
}

/** A run's name within its study. */
export function runName({ activation, seed, rate }: RunKey): string {
	return rate === undefined ? `${activation}-${seed}` : `${activation}-${seed}-rate${rate}`;
}

/** Lets a study be paused, and go on. */
export class Pauser {
	readonly #listeners = new Set<() => void>();
	#isPaused = false;

	get isPaused(): boolean {
		return this.#isPaused;
	}

	set(isPaused: boolean): void {
		if (isPaused === this.#isPaused) return;
		this.#isPaused = isPaused;
		for (const listener of [...this.#listeners]) listener();
	}

	/** Calls `listener` at each change; returns what ends that. */
	onChange(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}

/**
 * Trains every run of a study in worker threads, after finding each activation's learning rate where the study asks for
 * that. Each run ends with exactly one ending event, whatever happens to its worker: one that dies fails its run with the
 * reason, and the next run gets a new one. The numbers do not depend on how many workers there are, nor on interruptions.
 * Resolves when all runs have ended; an aborted `signal` cancels those that have not.
 */
export async function runStudy(
	study: Study,
	data: StudyTable,
	options: StudyRunnerOptions,
	onEvent: (event: TrainerEvent) => void,
	signal?: AbortSignal,
): Promise<void> {
	const { events = [], checkpoints = new Map() } = options.resume ?? {};
	const rates = new Map(
		events.flatMap((event) => (event.kind === "tuned" ? [[event.run.activation, event.learningRate]] : [])),
	);
	const mostLanes = lanesOf(study, data, options.machine ?? thisMachine());
	const ended = new Set(events.filter(endsRun).map(({ run }) => runName(run)));
	const train = (runs: readonly RunKey[], report: (event: TrainerEvent) => void) =>
		inWorkers(
			runs.map((run) => {
				const [learningRate, checkpoint] = [rates.get(run.activation), checkpoints.get(runName(run))];
				return {
					kind: "start",
					run,
					study,
					data,
					...(learningRate === undefined ? {} : { learningRate }),
					...(checkpoint ? { checkpoint } : {}),
				};
			}),
			mostLanes,
			options,
			report,
			signal,
		);
	if (study.tuning) {
		const { learningRates, seeds } = study.tuning;
		const open = study.activations.map((_, activation) => activation).filter((activation) => !rates.has(activation));
		const runs = open.flatMap((activation) =>
			study.seeds.slice(0, seeds).flatMap((seed) => learningRates.map((_, rate) => ({ activation, seed, rate }))),
		);
		const tried = events.filter((event) => event.kind === "tried");
		const known = new Set(tried.map(({ run }) => runName(run)));
		const left = runs.filter((run) => !known.has(runName(run)));
		const together = Math.min(mostLanes, left.length);
		await train(left, (event) => {
			const result = triedBy(event, together);
			if (!result) return;
			tried.push(result);
			onEvent(result);
		});
		for (const activation of signal?.aborted ? [] : open) {
			const mine = tried.filter(({ run }) => run.activation === activation);
			const found = bestRate(learningRates, seeds, mine, data.task === "classification");
			rates.set(activation, found.learningRate);
			onEvent({ kind: "tuned", run: { activation, seed: study.seeds[0]! }, ...found });
		}
	}
	await train(
		runsOf(study).filter((run) => !ended.has(runName(run))),
		onEvent,
	);
}

/** What the end of a training says of its learning rate; one that was cancelled says nothing. */
function triedBy(event: TrainerEvent, together: number): Tried | undefined {
	const { run } = event;
	if (event.kind === "diverged") return { kind: "tried", run, value: null, together };
	if (event.kind === "failed") return { kind: "tried", run, value: null, message: event.message, together };
	if (event.kind !== "done") return undefined;
	const { accuracy, validationLoss } = event.measure;
	return { kind: "tried", run, value: accuracy ?? validationLoss, seconds: event.seconds, together };
}

type Start = Extract<TrainerRequest, { kind: "start" }>;

async function inWorkers(
	requests: readonly Start[],
	mostLanes: number,
	options: StudyRunnerOptions,
	onEvent: (event: TrainerEvent) => void,
	signal: AbortSignal | undefined,
): Promise<void> {
	const { workerFile, onCheckpoint, pauser, surfaces } = options;
	const queue = [...requests];
	const lane = async () => {
		let worker: Worker | undefined;
		for (let request = queue.shift(); request; request = queue.shift()) {
			if (signal?.aborted) {
				onEvent({ kind: "cancelled", run: request.run });
				continue;
			}
			worker ??= new Worker(workerFile, { resourceLimits: { maxOldGenerationSizeMb: MAX_WORKER_HEAP_MB } });
			const alive = await trainIn(
				worker,
				surfaces === undefined ? request : { ...request, surfaces },
				{ onEvent, onCheckpoint, pauser },
				signal,
			);
			if (!alive) worker = undefined;
		}
		await worker?.terminate();
	};
	await Promise.all(Array.from({ length: Math.min(mostLanes, queue.length) }, lane));
}

interface Listeners {
	readonly onEvent: (event: TrainerEvent) => void;
	readonly onCheckpoint: StudyRunnerOptions["onCheckpoint"];
	readonly pauser: Pauser | undefined;
}

/** One run in one worker; resolves to whether the worker can take another. */
function trainIn(
	worker: Worker,
	request: Start,
	{ onEvent, onCheckpoint, pauser }: Listeners,
	signal: AbortSignal | undefined,
): Promise<boolean> {
	const { run } = request;
	return new Promise((resolve) => {
		const say = (message: TrainerRequest) => worker.postMessage(message);
		const cancel = () => say({ kind: "cancel", run });
		const pause = () => say({ kind: pauser?.isPaused ? "pause" : "continue", run });
		const forget = pauser?.onChange(pause);
		const finish = (alive: boolean) => {
			worker.off("message", onMessage).off("error", onError).off("exit", onExit);
			signal?.removeEventListener("abort", cancel);
			forget?.();
			onCheckpoint?.(run, null);
			resolve(alive);
		};
		const onMessage = (message: WorkerMessage) => {
			if (message.kind === "checkpoint") {
				onCheckpoint?.(run, message.checkpoint);
				return;
			}
			onEvent(message);
			if (endsRun(message)) finish(true);
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
		say(request);
		if (pauser?.isPaused) pause();
	});
}
