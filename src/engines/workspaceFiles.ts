import { readdirSync, readFileSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import { isInside } from "../core/reading/code/paths.ts";
import type { Files } from "../core/reading/code/workspace.ts";
import { type InWorkspace, openWorkspace } from "../core/reading/readSource.ts";
import { decodeSource } from "./sourceFiles.ts";

/** Says for each file where its imports are looked for: up to the outermost of the folders that it lies in. */
export function workspaceOf(folders: readonly string[], only?: "activations"): (path: string) => InWorkspace {
	const roots = folders.map((folder) => withSlashes(resolve(folder)));
	const workspace = openWorkspace(new DiskFiles(roots), only);
	return (path) => ({ workspace, path: withSlashes(resolve(path)) });
}

class DiskFiles implements Files {
	readonly #roots: readonly string[];
	/** The names in each folder that was looked into: most modules that are looked for are not there. */
	readonly #names = new Map<string, ReadonlySet<string>>();

	constructor(roots: readonly string[]) {
		this.#roots = roots;
	}

	has(path: string): boolean {
		const behind = path.lastIndexOf("/") + 1;
		return this.#namesIn(path.slice(0, behind)).has(path.slice(behind));
	}

	read(path: string): string | undefined {
		return this.has(path) ? textAt(path) : undefined;
	}

	rootOf(path: string): string {
		const around = this.#roots.filter((root) => isInside(path, root));
		return around.sort((a, b) => a.length - b.length)[0] ?? withSlashes(dirname(path));
	}

	/** `folder` ends with "/". */
	#namesIn(folder: string): ReadonlySet<string> {
		const known = this.#names.get(folder);
		if (known) return known;
		const isThere = dirname(folder) === folder || this.has(folder.slice(0, -1));
		const names = new Set(isThere ? namesIn(folder) : []);
		this.#names.set(folder, names);
		return names;
	}
}

/** Undefined for a folder, or a file that cannot be read. */
export function textAt(path: string): string | undefined {
	try {
		return decodeSource(readFileSync(path));
	} catch {
		return undefined;
	}
}

function namesIn(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

function withSlashes(path: string): string {
	return sep === "/" ? path : path.split(sep).join("/");
}
