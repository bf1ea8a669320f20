import { stat } from "node:fs/promises";
import { languageOf } from "../engines/sourceFiles.ts";
import { Misuse } from "./io.ts";

/** Throws `Misuse` for no path, for one that does not exist, and for a file that is not read. */
export async function checkPaths(paths: readonly string[]): Promise<void> {
	if (paths.length === 0) throw new Misuse("expected files or folders, got none");
	for (const path of paths) {
		const found = await stat(path).catch(() => undefined);
		if (!found) throw new Misuse(`expected files or folders, but ${path} does not exist`);
		if (!found.isDirectory() && languageOf(path) === undefined) {
			throw new Misuse(`expected a file of Python, TypeScript or JavaScript, or a notebook, got ${path}`);
		}
	}
}
