/** Entry of a worker thread that trains: requests in, messages out, as protocol/trainer.ts says. One run at a time. */
import { parentPort } from "node:worker_threads";
import type { EpochMeasure, Session } from "../core/training/session.ts";
import type { RunKey, RunSurface, TrainerRequest, WorkerMessage } from "../protocol/trainer.ts";
import { sessionOf } from "./sessionOf.ts";
import { SurfaceSource } from "./surfaces.ts";

/** Time between two looks at the mail. */
const SLICE_MS = 25;
/** Steps in one call at most. */
const MOST_STEPS = 4096;
/**
 * Time between two points from which the run could go on: short after a start, so that one that is cut short again and
 * again comes to its end, and twice as long each time up to the second one.
 */
const [FIRST_CHECKPOINT_MS, CHECKPOINT_MS] = [250, 3000];

const port = parentPort;
if (!port) throw new Error("this file is the entry of a worker thread");

interface Active {
	readonly run: RunKey;
	readonly session: Session;
	last: EpochMeasure;
	/** Steps of one call. */
	pace: number;
	isPaused: boolean;
	/** Training time up to the last stop, and when it went on from there. */
	secondsBefore: number;
	since: number;
	checkpointAt: number;
	/** From that checkpoint to the next. */
	checkpointGap: number;
}

let active: Active | undefined;

/** Shows what the active run has learned to whoever looks. */
let surfaces: SurfaceSource | undefined;

port.on("message", (request: TrainerRequest) => {
	switch (request.kind) {
		case "start":
			start(request);
			break;
		case "cancel":
			if (!active) break;
			// It may be resumed later.
			sendCheckpoint(active);
			end({ kind: "cancelled", run: active.run });
			break;
		case "pause":
			if (!active || active.isPaused) break;
			active.secondsBefore = secondsOf(active);
			active.isPaused = true;
			sendCheckpoint(active);
			break;
		case "continue":
			if (!active?.isPaused) break;
			active.isPaused = false;
			active.since = performance.now();
			setImmediate(slice);
			break;
		default:
			request satisfies never;
	}
});

function start({
	run,
	study,
	data,
	learningRate,
	checkpoint,
	surfaces: channel,
}: Extract<TrainerRequest, { kind: "start" }>): void {
	try {
		const session = sessionOf(study, run, data, learningRate);
		if (!checkpoint) {
			post({
				kind: "started",
				run,
				parameters: session.parameterCount,
				steps: session.totalSteps,
				learningRate: session.learningRate,
				engine: session.engine,
			});
		}
		const first = session.start();
		const now = performance.now();
		active = {
			run,
			session,
			last: first,
			pace: 1,
			isPaused: false,
			secondsBefore: checkpoint?.seconds ?? 0,
			since: now,
			checkpointAt: now + FIRST_CHECKPOINT_MS,
			checkpointGap: 2 * FIRST_CHECKPOINT_MS,
		};
		if (channel !== undefined) surfaces = new SurfaceSource(channel, surfaceNow);
		if (checkpoint) {
			const { step, memory, lossSum } = checkpoint;
			session.restore({ trainer: { steps: step, memory }, lossSum });
		} else post({ kind: "progress", run, measure: first, seconds: 0 });
		setImmediate(slice);
	} catch (error) {
		end({ kind: "failed", run, message: error instanceof Error ? error.message : String(error) });
	}
}

function slice(): void {
	if (!active || active.isPaused) return;
	const { run, session } = active;
	try {
		const until = performance.now() + SLICE_MS;
		do {
			const before = performance.now();
			const result = session.advance(active.pace);
			if (result !== undefined && "divergedAt" in result) {
				end({ kind: "diverged", run, step: result.divergedAt, measure: active.last });
				return;
			}
			// More steps a call where they are short, so that a call takes a good part of a slice.
			const took = performance.now() - before;
			if (took < SLICE_MS / 4) active.pace = Math.min(2 * active.pace, MOST_STEPS);
			else if (took > SLICE_MS && active.pace > 1) active.pace = Math.ceil(active.pace / 2);
			if (result === undefined) continue;
			active.last = result;
			if (result.step >= session.totalSteps) {
				const test = session.testMeasure();
				surfaces?.send();
				end({ kind: "done", run, measure: result, seconds: secondsOf(active), ...(test ? { test } : {}) });
				return;
			}
			post({ kind: "progress", run, measure: result, seconds: secondsOf(active) });
		} while (performance.now() < until);
		if (performance.now() >= active.checkpointAt) {
			sendCheckpoint(active);
			active.checkpointAt = performance.now() + active.checkpointGap;
			active.checkpointGap = Math.min(2 * active.checkpointGap, CHECKPOINT_MS);
		}
		setImmediate(slice);
	} catch (error) {
		end({ kind: "failed", run, message: error instanceof Error ? error.message : String(error) });
	}
}

function secondsOf({ isPaused, secondsBefore, since }: Active): number {
	return isPaused ? secondsBefore : secondsBefore + (performance.now() - since) / 1000;
}

function surfaceNow(): RunSurface | undefined {
	const surface = active?.session.surface();
	return active && surface ? { run: active.run, epoch: active.last.epoch, surface } : undefined;
}

/** Hands the run's state over: its bytes are as many as all the weights take, and are not copied again. */
function sendCheckpoint(one: Active): void {
	const { trainer, lossSum } = one.session.state();
	const checkpoint = { step: trainer.steps, memory: trainer.memory, lossSum, seconds: secondsOf(one) };
	post({ kind: "checkpoint", run: one.run, checkpoint }, [trainer.memory.buffer as ArrayBuffer]); // Of its own, and not shared.
}

function end(message: WorkerMessage): void {
	active = undefined;
	surfaces?.close();
	surfaces = undefined;
	post(message);
}

function post(message: WorkerMessage, transferred: readonly ArrayBuffer[] = []): void {
	port!.postMessage(message, transferred);
}
