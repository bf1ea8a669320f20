import { availableParallelism, totalmem } from "node:os";
import type { Machine } from "../protocol/studyWork.ts";

/** What trainings may take here: a worker a core, unless told, and half of the memory that the process may have. */
export function thisMachine(workers = availableParallelism()): Machine {
	return { workers, memoryBytes: memoryOfProcess() / 2 };
}

/** The machine's memory, or what a container leaves of it. */
function memoryOfProcess(): number {
	return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}
