import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { languageIdOf } from "../core/reading/readSource.ts";

/** Folders of other people's code or of no code; one that is named as an argument is read all the same. */
const SKIPPED =
	/^(node_modules|__pycache__|\.git|\.hg|\.svn|\.venv|venv|\.tox|\.mypy_cache|\.ipynb_checkpoints|\.eggs)$/;

/** Whether a path, from the folder that is looked at, leads through such a folder. */
export function isForeign(path: string): boolean {
	return path.split(/[\\/]/).some((part) => SKIPPED.test(part));
}

/** The editor's id of a file's language, "notebook" for .ipynb; undefined for what is not read. */
export function languageOf(file: string): string | undefined {
	return extname(file).toLowerCase() === ".ipynb" ? "notebook" : languageIdOf(basename(file));
}

export interface SourceFile {
	readonly path: string;
	readonly language: string;
	readonly text: string;
}

/**
 * The source files at `paths`, folders walked in the order of their names. A link that leads back is not followed twice;
 * what cannot be read is complained of, by its path and a message, and left out.
 */
export async function* sourceFiles(
	paths: readonly string[],
	complain: (message: string, path: string) => void,
): AsyncGenerator<SourceFile> {
	const seen = new Set<string>();
	for (const path of paths) {
		for (const file of walk(path, seen, complain)) {
			await setImmediate(); // Signals and messages are heard between files, each of which is read at once: that costs a third.
			yield file;
		}
	}
}

/** What a folder's listing says of what lies in it. */
interface Known {
	/** The path without links. */
	readonly real: string;
	readonly isFolder: boolean;
}

/** Undefined for a link: where it leads the listing does not say. */
function knownOf(entry: Dirent, folder: string): Known | undefined {
	return entry.isSymbolicLink() ? undefined : { real: join(folder, entry.name), isFolder: entry.isDirectory() };
}

function* walk(
	path: string,
	seen: Set<string>,
	complain: (message: string, path: string) => void,
	known?: Known,
): Generator<SourceFile> {
	try {
		const real = known?.real ?? realpathSync(path);
		if (seen.has(real)) return;
		seen.add(real);
		if (!(known?.isFolder ?? statSync(path).isDirectory())) {
			const language = languageOf(path);
			if (language) yield { path, language, text: decodeSource(readFileSync(path)) };
			return;
		}
		const entries = readdirSync(path, { withFileTypes: true });
		entries.sort((a, b) => (a.name < b.name ? -1 : 1));
		for (const entry of entries) {
			if (SKIPPED.test(entry.name)) continue;
			if (entry.isFile() && languageOf(entry.name) === undefined) continue;
			if (entry.isFile() || entry.isDirectory() || entry.isSymbolicLink())
				yield* walk(join(path, entry.name), seen, complain, knownOf(entry, real));
		}
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		complain(`${path} cannot be read (${code ?? message})`, path);
	}
}

/** Source text from bytes: UTF-8 or, where it is not that, UTF-16 by its mark, else Latin-1. The mark is no part of it. */
export function decodeSource(bytes: Uint8Array): string {
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		return new TextDecoder("latin1").decode(bytes);
	}
}
