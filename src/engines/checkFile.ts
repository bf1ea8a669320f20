import { stat } from "node:fs/promises";

/**
 * The size in bytes of a file that is about to be read. Throws an Error with one sentence where there is none, where it
 * is a folder or a device, and where it is larger than `mostBytes`; `what` is what the sentence calls it.
 */
export async function checkFile(path: string, what: string, mostBytes: number): Promise<number> {
	const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
		throw new Error(error.code === "ENOENT" ? `there is no file ${path}` : `${path} cannot be read: ${error.message}`);
	});
	if (!found.isFile()) throw new Error(`${path} must be a file, got ${found.isDirectory() ? "a folder" : "a device"}`);
	if (found.size > mostBytes) {
		throw new Error(`${what} must have at most ${megabytes(mostBytes)} MB, got ${megabytes(found.size)} MB`);
	}
	return found.size;
}

function megabytes(bytes: number): number {
	return Math.round(bytes / 1024 / 1024);
}
