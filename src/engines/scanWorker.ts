/** Entry of a worker thread that scans folders: a demand in, a batch out, as protocol/workspaceScan.ts says. */
import { parentPort, workerData } from "node:worker_threads";
import type { ScanBatch, ScannedFile, ScanRequest } from "../protocol/workspaceScan.ts";
import { scanFiles } from "./scanFiles.ts";

/** A batch is sent after this time, so that what is found is soon seen. */
const BATCH_MS = 100;
/** Nor does one hold more uses, so that taking it does not block the host. */
const MOST_USES = 1000;

const port = parentPort;
if (!port) throw new Error("this file is the entry of a worker thread");

const { paths } = workerData as ScanRequest; // The host's workspaceScan.ts gives no other.
const files = scanFiles(paths);

async function nextBatch(): Promise<ScanBatch> {
	const batch: ScannedFile[] = [];
	const started = performance.now();
	for (let uses = 0; uses < MOST_USES && performance.now() - started < BATCH_MS; ) {
		const { value, done } = await files.next();
		if (done) return { files: batch, isLast: true };
		batch.push(value);
		uses += value.uses.length + 1;
	}
	return { files: batch, isLast: false };
}

port.on("message", () => void nextBatch().then((batch) => port.postMessage(batch)));
