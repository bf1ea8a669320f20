/** Entry of a worker thread that trains: requests in, events out, as protocol/trainer.ts says. One run at a time. */
import { parentPort } from "node:worker_threads";
import { describeEngine, type EpochMeasure, type Session } from "../core/training/session.ts";
import type { RunKey, TrainerEvent, TrainerRequest } from "../protocol/trainer.ts";
import { sessionOf } from "./sessionOf.ts";

/** Time between two looks at the mail. */
const SLICE_MS = 25;
/** Steps in one call at most. */
const MOST_STEPS = 4096;

const port = parentPort;
if (!port) throw new Error("this file is the entry of a worker thread");

let active:
	| { readonly run: RunKey; readonly session: Session; readonly startedAt: number; last: EpochMeasure; pace: number }
	| undefined;

port.on("message", (request: TrainerRequest) => {
	switch (request.kind) {
		case "start":
			start(request);
			break;
		case "cancel":
			if (active) end({ kind: "cancelled", run: active.run });
			break;
		default:
			request satisfies never;
	}
});

function start({ run, study, data }: Extract<TrainerRequest, { kind: "start" }>): void {
	try {
		const session = sessionOf(study, run, data);
		const engine = describeEngine(session.engine);
		post({ kind: "started", run, parameters: session.parameterCount, steps: session.totalSteps, engine });
		const first = session.start();
		active = { run, session, startedAt: performance.now(), last: first, pace: 1 };
		post({ kind: "progress", run, measure: first });
		setImmediate(slice);
	} catch (error) {
		active = undefined;
		post({ kind: "failed", run, message: error instanceof Error ? error.message : String(error) });
	}
}

function slice(): void {
	if (!active) return; // Cancelled.
	const { run, session, startedAt } = active;
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
				const seconds = (performance.now() - startedAt) / 1000;
				const test = session.testMeasure();
				end({ kind: "done", run, measure: result, seconds, ...(test ? { test } : {}) });
				return;
			}
			post({ kind: "progress", run, measure: result });
		} while (performance.now() < until);
		setImmediate(slice);
	} catch (error) {
		end({ kind: "failed", run, message: error instanceof Error ? error.message : String(error) });
	}
}

function end(event: TrainerEvent): void {
	active = undefined;
	post(event);
}

function post(event: TrainerEvent): void {
	port!.postMessage(event);
}
