import type { ScannedFile, ScannedUse } from "../protocol/workspaceScan.ts";
import { usesOf } from "./foundUses.ts";
import { type SourceFile, sourceFiles } from "./sourceFiles.ts";
import { workspaceOf } from "./workspaceFiles.ts";

/** Each file of the folders that holds an activation or cannot be read; the others say nothing. One text is held at a time. */
export async function* scanFiles(paths: readonly string[]): AsyncGenerator<ScannedFile> {
	const placeOf = workspaceOf(paths, "activations");
	const problems: ScannedFile[] = [];
	const complain = (problem: string, path: string) => problems.push({ path, counts: {}, uses: [], problem });
	for await (const file of sourceFiles(paths, complain)) {
		yield* problems.splice(0);
		const scanned = scanFile(file, placeOf);
		if (scanned.uses.length > 0 || scanned.problem !== null) yield scanned;
	}
	yield* problems;
}

function scanFile(file: SourceFile, placeOf: ReturnType<typeof workspaceOf>): ScannedFile {
	const counts: Record<string, number> = {};
	const uses: ScannedUse[] = [];
	let problem: string | null = null;
	try {
		const complain = (message: string) => {
			problem = message;
		};
		for (const { activation, kind, cell, line, column, endColumn } of usesOf(file, placeOf(file.path), complain)) {
			if (activation === null) continue;
			counts[activation] = (counts[activation] ?? 0) + 1;
			uses.push({ activation, kind, ...(cell === undefined ? {} : { cell }), line: line - 1, column, endColumn });
		}
	} catch (error) {
		// One file that is not read is no reason to leave out the others.
		problem = `${file.path} cannot be read (${error instanceof Error ? error.message : String(error)})`;
	}
	return { path: file.path, counts, uses, problem };
}
