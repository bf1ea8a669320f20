/** Entry of a worker thread that runs a model to confirm its forecast, as protocol/forecast.ts says. */
import { parentPort } from "node:worker_threads";
import { type Confirmation, planTrial, simulate } from "../core/diagnosis/propagation/simulate.ts";
import type { ForecastEvent, ForecastRequest } from "../protocol/forecast.ts";

/** Time between two looks at the mail, and between two reports. */
const SLICE_MS = 33;

const port = parentPort;
if (!port) throw new Error("this file is the entry of a worker thread");

let active: Generator<number, Confirmation> | undefined;

port.on("message", (request: ForecastRequest) => {
	switch (request.kind) {
		case "start":
			start(request);
			break;
		case "cancel":
			if (active) end({ kind: "cancelled" });
			break;
		default:
			request satisfies never;
	}
});

function start({ model, batch, seeds }: Extract<ForecastRequest, { kind: "start" }>): void {
	try {
		const planned = planTrial(model, {
			...(batch === undefined ? {} : { batch }),
			...(seeds === undefined ? {} : { seeds }),
		});
		if (planned.kind === "refused") {
			end(planned);
			return;
		}
		active = simulate(model, planned);
		slice();
	} catch (error) {
		end({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
	}
}

function slice(): void {
	if (!active) return;
	try {
		const until = performance.now() + SLICE_MS;
		for (;;) {
			const { done, value } = active.next();
			if (done) {
				end({ kind: "done", confirmation: value });
				return;
			}
			if (performance.now() < until) continue;
			post({ kind: "progress", done: value });
			setImmediate(slice);
			return;
		}
	} catch (error) {
		end({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
	}
}

function end(event: ForecastEvent): void {
	active = undefined;
	post(event);
}

function post(event: ForecastEvent): void {
	port!.postMessage(event);
}
