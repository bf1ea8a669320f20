import { Worker } from "node:worker_threads";
import type { Model } from "../core/reading/model/model.ts";
import type { ForecastEvent, ForecastRequest } from "../protocol/forecast.ts";

/** How a confirmation ended. */
export type ForecastEnding = Exclude<ForecastEvent, { kind: "progress" }> | { readonly kind: "cancelled" };

export interface ForecastOptions {
	/** The bundled forecastWorker.js. */
	readonly workerFile: string;
	readonly wanted?: ForecastRequest["wanted"];
	readonly onProgress?: (done: number) => void;
}

/** Memory that the worker's heap may take before it is ended; its arrays lie outside. */
const MAX_WORKER_HEAP_MB = 512;

/**
 * Confirms a forecast by running the model in a worker thread of its own. Always resolves, with exactly one ending: an
 * aborted `signal` cancels, and a worker that dies has failed.
 */
export function confirmForecast(model: Model, options: ForecastOptions, signal?: AbortSignal): Promise<ForecastEnding> {
	const { workerFile, onProgress, wanted = {} } = options;
	if (signal?.aborted) return Promise.resolve({ kind: "cancelled" });
	return new Promise((resolve) => {
		const worker = new Worker(workerFile, { resourceLimits: { maxOldGenerationSizeMb: MAX_WORKER_HEAP_MB } });
		const cancel = () => finish({ kind: "cancelled" });
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
		worker.postMessage({ model, wanted } satisfies ForecastRequest);
	});
}
