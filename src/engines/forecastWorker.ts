/** Entry of a worker thread that runs a model to confirm its forecast, as protocol/forecast.ts says. */
import { parentPort } from "node:worker_threads";
import { planTrial, simulate } from "../core/diagnosis/propagation/simulate.ts";
import type { ForecastEvent, ForecastRequest } from "../protocol/forecast.ts";

/** Time between two reports. */
const REPORT_MS = 33;

const port = parentPort;
if (!port) throw new Error("this file is the entry of a worker thread");

const post = (event: ForecastEvent) => port.postMessage(event);

port.once("message", (request: ForecastRequest) => {
	try {
		post(outcomeOf(request));
	} catch (error) {
		post({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
	}
});

function outcomeOf({ model, wanted }: ForecastRequest): ForecastEvent {
	const planned = planTrial(model, wanted);
	if (planned.kind === "refused") return planned;
	const run = simulate(model, planned);
	let reportAt = performance.now() + REPORT_MS;
	for (;;) {
		const { done, value } = run.next();
		if (done) return { kind: "done", confirmation: value };
		if (performance.now() < reportAt) continue;
		post({ kind: "progress", done: value });
		reportAt = performance.now() + REPORT_MS;
	}
}
