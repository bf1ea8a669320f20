import { Worker } from "node:worker_threads";
import type { ModelReading } from "../core/diagnosis/propagation/modelReading.ts";
import type { ModelsAnswer, ModelsRequest } from "../protocol/models.ts";

/** Reads models in a worker thread, which begins with the first request and is replaced when it dies or takes too long. */
export class ModelReader {
	readonly #workerFile: string;
	readonly #waiting = new Map<number, (readings: readonly ModelReading[]) => void>();
	#worker: Worker | undefined;
	#next = 0;

	/** `workerFile` is the built modelWorker. */
	constructor(workerFile: string) {
		this.#workerFile = workerFile;
	}

	/** The models of a text; none where the worker fails on it, or takes longer than `MOST_MS`. Never rejects. */
	read(request: Omit<ModelsRequest, "id">): Promise<readonly ModelReading[]> {
		const id = this.#next++;
		return new Promise((resolve) => {
			const timer = setTimeout(() => this.#end(), MOST_MS);
			this.#waiting.set(id, (readings) => {
				clearTimeout(timer);
				resolve(readings);
			});
			this.#running().postMessage({ ...request, id } satisfies ModelsRequest);
		});
	}

	dispose(): void {
		this.#end();
	}

	#running(): Worker {
		if (this.#worker) return this.#worker;
		const worker = new Worker(this.#workerFile, { resourceLimits: { maxOldGenerationSizeMb: MAX_WORKER_HEAP_MB } });
		worker.unref();
		worker.on("message", (answer: ModelsAnswer) => {
			if (answer.kind === "failed") console.error(answer.message);
			this.#waiting.get(answer.id)?.(answer.kind === "models" ? answer.readings : []);
			this.#waiting.delete(answer.id);
		});
		worker.on("error", (error) => {
			console.error(error);
			this.#end();
		});
		this.#worker = worker;
		return worker;
	}

	/** Ends the worker; whoever waits gets no models. */
	#end(): void {
		void this.#worker?.terminate();
		this.#worker = undefined;
		const waiting = [...this.#waiting.values()];
		this.#waiting.clear();
		for (const resolve of waiting) resolve([]);
	}
}

/** A text whose models take longer is left without. */
const MOST_MS = 20_000;
const MAX_WORKER_HEAP_MB = 512;
