import { Worker } from "node:worker_threads";
import type { Model } from "../core/reading/model/model.ts";
import type { ForecastEvent, ForecastRequest } from "../protocol/forecast.ts";

/** How a confirmation ended. */
export type ForecastEnding = Exclude<ForecastEvent, { kind: "progress" }>;

export interface ForecastOptions {
	/** The bundled forecastWorker.js. */
	readonly workerFile: string;
	/** Samples and networks; 128 and 20 by default, fewer for a large model. */
	readonly batch?: number;
	readonly seeds?: number;
	readonly onProgress?: (done: number) => void;
}

/** Memory that the worker's heap may take before it is ended; its arrays lie outside. */
const MAX_WORKER_HEAP_MB = 512;

/**
 * Confirms a forecast by running the model in a worker thread of its own. Always resolves, with exactly one ending: an
 * aborted `signal` cancels, and a worker that dies has failed.
 */
export function confirmForecast(model: Model, options: ForecastOptions, signal?: AbortSignal): Promise<ForecastEnding> {
	const { workerFile, onProgress, ...chosen } = options;
	if (signal?.aborted) return Promise.resolve({ kind: "cancelled" });
	return new Promise((resolve) => {
		const worker = new Worker(workerFile, { resourceLimits: { maxOldGenerationSizeMb: MAX_WORKER_HEAP_MB } });
		const say = (request: ForecastRequest) => worker.postMessage(request);
		const cancel = () => say({ kind: "cancel" });
		const finish = (ending: ForecastEnding) => {
			worker.removeAllListeners();
			signal?.removeEventListener("abort", cancel);
			void worker.terminate();
			resolve(ending);
		};
		const failed = (message: string) => finish({ kind: "failed", message });
		worker.on("message", (event: ForecastEvent) => {
			if (event.kind === "progress") onProgress?.(event.done);
			else finish(event);
		});
		worker.on("error", (error) => failed(`the forecast's thread failed: ${error.message}`));
		worker.on("exit", (code) => failed(`the forecast's thread ended with code ${code}`));
		signal?.addEventListener("abort", cancel, { once: true });
		say({ kind: "start", model, ...chosen });
	});
}
