import { Worker } from "node:worker_threads";
import type { ModelReading } from "../core/diagnosis/propagation/modelReading.ts";
import type { ModelsAnswer, ModelsRequest } from "../protocol/models.ts";

/** A text whose models take longer is left without. */
const MOST_MS = 20_000;
const MAX_WORKER_HEAP_MB = 512;

interface Waiting {
	readonly request: ModelsRequest;
	readonly resolve: (readings: readonly ModelReading[]) => void;
}

/**
 * Reads models in a worker thread, one text after the other. The worker begins with the first of them, and is replaced
 * when it dies or takes too long over one.
 */
export class ModelReader {
	readonly #workerFile: string;
	readonly #mostMs: number;
	readonly #waiting: Waiting[] = [];
	#current: Waiting | undefined;
	#timer: NodeJS.Timeout | undefined;
	#worker: Worker | undefined;

	/** `workerFile` is the built modelWorker. */
	constructor(workerFile: string, mostMs = MOST_MS) {
		this.#workerFile = workerFile;
		this.#mostMs = mostMs;
	}

	/** The models of a text; none where the worker fails on it, or takes too long. Never rejects. */
	read(request: ModelsRequest): Promise<readonly ModelReading[]> {
		return new Promise((resolve) => {
			this.#waiting.push({ request, resolve });
			this.#goOn();
		});
	}

	dispose(): void {
		for (const { resolve } of this.#waiting.splice(0)) resolve([]);
		this.#replaceWorker();
	}

	#goOn(): void {
		if (this.#current) return;
		this.#current = this.#waiting.shift();
		if (!this.#current) return;
		this.#timer = setTimeout(() => this.#replaceWorker(), this.#mostMs);
		this.#worker ??= this.#begun();
		this.#worker.postMessage(this.#current.request);
	}

	#end(readings: readonly ModelReading[]): void {
		clearTimeout(this.#timer);
		this.#current?.resolve(readings);
		this.#current = undefined;
		this.#goOn();
	}

	#begun(): Worker {
		const worker = new Worker(this.#workerFile, { resourceLimits: { maxOldGenerationSizeMb: MAX_WORKER_HEAP_MB } });
		worker.unref();
		worker.on("message", (answer: ModelsAnswer) => {
			if (worker !== this.#worker) return;
			if (answer.kind === "failed") console.error(answer.message);
			this.#end(answer.kind === "models" ? answer.readings : []);
		});
		worker.on("error", (error) => console.error(error));
		worker.on("exit", () => {
			if (worker === this.#worker) this.#replaceWorker();
		});
		return worker;
	}

	/** Ends the worker, and leaves the text that it is at without models; the others go to a new one. */
	#replaceWorker(): void {
		void this.#worker?.terminate();
		this.#worker = undefined;
		this.#end([]);
	}
}
