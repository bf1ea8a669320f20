import { readCells } from "../code/cells.ts";
import type { ReadFile } from "../use.ts";
import { python } from "./python.ts";

/** The names that hold behind a text: what the next cell of a notebook sees. */
export interface PythonScope {
	readonly texts: readonly string[];
}

/** Reads a Python text that may be broken in any way. `earlier` holds the names of the cells before it. */
export function readPython(text: string, earlier?: PythonScope): ReadFile & { scope: PythonScope } {
	const texts = [...(earlier?.texts ?? []), text];
	const files = readCells(texts, python);
	return { ...files[files.length - 1]!, scope: { texts } };
}
