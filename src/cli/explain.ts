import { readFile } from "node:fs/promises";
import { explain } from "../core/explanation/explain.ts";
import { parseNotebook } from "../core/reading/notebook/parseNotebook.ts";
import { readNotebook } from "../core/reading/notebook/readNotebook.ts";
import { readSource, useAt } from "../core/reading/readSource.ts";
import type { ActivationUse } from "../core/reading/use.ts";
import { decodeSource, languageOf } from "../engines/sourceFiles.ts";
import { workspaceOf } from "../engines/workspaceFiles.ts";
import { readArguments } from "./arguments.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { numberFrom, shown, toJson } from "./json.ts";

interface Place {
	readonly file: string;
	/** 1-based. */
	readonly line: number;
	/** 0-based, in UTF-16 units. */
	readonly column: number;
}

/** `explain FILE:LINE:COLUMN [--cell N] [--json]`: what the hover shows there; exit 1 where it shows nothing. */
export async function explainCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values: options, positionals } = readArguments(args, { cell: { type: "string" }, json: { type: "boolean" } });
	if (positionals.length !== 1) {
		throw new Misuse(`expected one FILE:LINE:COLUMN, got ${positionals.length === 0 ? "none" : positionals.join(" ")}`);
	}
	const place = parsePlace(positionals[0]!);
	const text = await textOf(place.file);
	const isNotebook = /\.ipynb$/i.test(place.file);
	if (!isNotebook && options.cell !== undefined) throw new Misuse("--cell is for notebooks (.ipynb) only");
	const { source, use } = isNotebook ? useInNotebook(text, place, options.cell) : useInFile(text, place);
	if (!use) {
		io.complain(`activation-lens explain: no activation at ${positionals[0]}`);
		return 1;
	}
	const explanation = explain(use, { source });
	if (!options.json) {
		await io.write(`${explanation.markdown.replace(/!\[[^\]]*\]\(data:[^)]*\)\n\n/, "")}\n`);
		return 0;
	}
	const from = lineAndColumn(source, use.span.start);
	const to = lineAndColumn(source, use.span.end);
	const { file } = place;
	const { text: written, kind, library } = use;
	const where = { file, ...from, endLine: to.line, endColumn: to.column, text: written, kind, library };
	await io.write(`${toJson({ ...where, ...explanation })}\n`);
	return 0;
}

/** `C:\\x.py:3:7` and `a:b.py:3:7` are files with colons: the last two numbers are the place. */
function parsePlace(argument: string): Place {
	const match = /^(.+):(\d+):(\d+)$/s.exec(argument);
	if (!match) throw new Misuse(`expected FILE:LINE:COLUMN (line from 1, column from 0), got ${shown(argument)}`);
	const [, file = "", line, column] = match;
	if (Number(line) === 0) throw new Misuse(`expected a line from 1, got 0 in ${shown(argument)}`);
	return { file, line: Number(line), column: Number(column) };
}

/** The text of a file, or a Misuse that says why there is none. */
export async function textOf(file: string): Promise<string> {
	try {
		return decodeSource(await readFile(file));
	} catch (error) {
		const reason = (error as NodeJS.ErrnoException).code;
		const why =
			reason === "ENOENT" ? "does not exist" : reason === "EISDIR" ? "is a folder" : `cannot be read (${reason})`;
		throw new Misuse(`expected a file, but ${file} ${why}`);
	}
}

interface Found {
	readonly source: string;
	readonly use: ActivationUse | undefined;
}

function useInFile(source: string, place: Place): Found {
	const language = languageOf(place.file);
	if (!language)
		throw new Misuse(`expected a file of Python, TypeScript or JavaScript, or a notebook, got ${place.file}`);
	const read = readSource(source, language, workspaceOf(["."])(place.file));
	return { source, use: useAt(read, offsetAt(source, place)) };
}

/** The cell is the index among all cells of the notebook, from 0; without it the only code cell is meant. */
function useInNotebook(text: string, place: Place, cell: string | undefined): Found {
	const cells = parseNotebook(text);
	const indices = cells.map(({ index }) => index);
	const only = cells.length === 1 ? cells[0]!.index : undefined;
	const wanted = cell === undefined ? only : numberFrom(cell);
	const at = indices.indexOf(wanted ?? -1);
	if (cells.length === 0) throw new Misuse("expected a notebook with Python cells, got none");
	if (at < 0) {
		throw new Misuse(`expected --cell with one of the code cells ${indices.join(", ")}, got ${shown(cell)}`);
	}
	const { source } = cells[at]!;
	const read = readNotebook(
		cells.map((each) => each.source),
		workspaceOf(["."])(place.file),
	)[at]!;
	return { source, use: useAt(read, offsetAt(source, place)) };
}

function offsetAt(text: string, { line, column }: Place): number {
	let start = 0;
	for (let i = 1; i < line; i++) {
		const end = endOfLine(text, start);
		if (end.next === text.length && end.next === end.at) throw new Misuse(`expected a line up to ${i}, got ${line}`);
		start = end.next;
	}
	const { at } = endOfLine(text, start);
	if (start + column > at) throw new Misuse(`expected a column up to ${at - start} in line ${line}, got ${column}`);
	return start + column;
}

/** Where the line that begins at `start` ends, and where the next one begins. Lines end as they do in an editor. */
function endOfLine(text: string, start: number): { at: number; next: number } {
	const match = /\r\n|\r|\n/g;
	match.lastIndex = start;
	const found = match.exec(text);
	return found ? { at: found.index, next: match.lastIndex } : { at: text.length, next: text.length };
}

/** Line from 1 and column from 0, in UTF-16 units. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
	const before = text.slice(0, offset);
	const lines = before.split(/\r\n|\r|\n/);
	return { line: lines.length, column: lines[lines.length - 1]!.length };
}
