import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ScanBatch, ScanDemand, ScannedFile, ScanRequest } from "../protocol/workspaceScan.ts";

/**
 * The files of folders that hold activations, as a worker thread finds them; what cannot be read is among them, with
 * its problem. Nothing is read in the caller's thread, and no further than it takes. The worker ends with the iteration, also
 * where that is left early or `signal` aborts, which ends it without an error. Throws what stops the worker.
 *
 * `workerFile` is the built scanWorker.
 */
export async function* workspaceScan(
	paths: readonly string[],
	workerFile: string,
	signal?: AbortSignal,
): AsyncGenerator<ScannedFile> {
	if (signal?.aborted) return;
	const worker = new Worker(workerFile, { workerData: { paths } satisfies ScanRequest });
	const stop = () => void worker.terminate();
	signal?.addEventListener("abort", stop, { once: true });
	try {
		for (;;) {
			worker.postMessage("more" satisfies ScanDemand);
			const batch = await nextBatch(worker);
			if (!batch || signal?.aborted) return;
			yield* batch.files;
			if (batch.isLast || signal?.aborted) return;
		}
	} finally {
		signal?.removeEventListener("abort", stop);
		await worker.terminate();
	}
}

/** The next batch; undefined if the worker was ended before. */
async function nextBatch(worker: Worker): Promise<ScanBatch | undefined> {
	const ended = new AbortController();
	try {
		const exit = once(worker, "exit", { signal: ended.signal }).then(() => undefined);
		const message = once(worker, "message", { signal: ended.signal }).then(([batch]) => batch as ScanBatch); // scanWorker.ts says no other.
		// Whichever comes second is given up.
		for (const each of [exit, message]) each.catch(() => undefined);
		return await Promise.race([message, exit]);
	} finally {
		ended.abort();
	}
}
