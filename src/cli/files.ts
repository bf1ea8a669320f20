/** Reading the files that arguments name: each function throws `Misuse` for one that cannot be taken. */
import { readFile, stat } from "node:fs/promises";
import { decodeSource, languageOf, type SourceFile } from "../engines/sourceFiles.ts";
import { Misuse } from "./io.ts";

/** Throws for no path, for one that does not exist, and for a file of a language that is not read. */
export async function checkPaths(paths: readonly string[]): Promise<void> {
	if (paths.length === 0) throw new Misuse("expected files or folders, got none");
	for (const path of paths) {
		const found = await stat(path).catch(() => undefined);
		if (!found) throw new Misuse(`expected files or folders, but ${path} does not exist`);
		if (!found.isDirectory()) languageToRead(path);
	}
}

export async function readSourceFile(path: string): Promise<SourceFile> {
	const text = await readText(path);
	return { path, language: languageToRead(path), text };
}

export async function readJson(path: string): Promise<unknown> {
	const text = await readText(path);
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new Misuse(`${path} must hold JSON: ${error instanceof Error ? error.message : error}`);
	}
}

export async function readText(path: string): Promise<string> {
	try {
		return decodeSource(await readFile(path));
	} catch (error) {
		const reason = (error as NodeJS.ErrnoException).code;
		const why =
			reason === "ENOENT" ? "does not exist" : reason === "EISDIR" ? "is a folder" : `cannot be read (${reason})`;
		throw new Misuse(`expected a file, but ${path} ${why}`);
	}
}

function languageToRead(path: string): string {
	const language = languageOf(path);
	if (language !== undefined) return language;
	throw new Misuse(`expected a file of Python, TypeScript or JavaScript, or a notebook, got ${path}`);
}
