import { readCells } from "../code/cells.ts";
import { type ReadCode, readCode } from "../code/codeReading.ts";
import { python } from "../python/python.ts";
import type { InWorkspace } from "../readSource.ts";
import type { ReadFile } from "../use.ts";
import { withoutMagics } from "./parseNotebook.ts";

/** Reads a notebook's Python cells in order; imports, names and functions of earlier cells hold in later ones. */
export function readNotebook(cells: readonly string[], at?: InWorkspace): readonly ReadFile[] {
	if (cells.length === 0) return [];
	return readCells(cells.map(withoutMagics), python, at?.workspace.neighboursOf(at.path, python));
}

/** The same as one text, with what names stand for. */
export function codeOfNotebook(cells: readonly string[], at?: InWorkspace): ReadCode {
	return readCode(cells.map(withoutMagics), python, at?.workspace.neighboursOf(at.path, python));
}
