import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import Papa from "papaparse";
import { CsvTable } from "../core/training/data/csvTable.ts";
import type { StudyTask } from "../protocol/study.ts";
import type { StudyTable } from "../protocol/trainer.ts";
import { checkFile } from "./checkFile.ts";

/** A larger file is refused before it is read: its text has to fit in memory, and a number takes more than its digits. */
const MAX_CSV_BYTES = 64 * 1024 * 1024;

/** Characters that are split into lines at a time; of a line that is longer, all would be looked at again and again. */
const CHUNK = 1024 * 1024;

/** A CSV or TSV file as a table; `target` is the column to predict. Throws an Error with one sentence. */
export async function readCsv(path: string, target: string, task: StudyTask): Promise<StudyTable> {
	return parseCsv(await textOf(path), target, task);
}

/** The names of a file's columns. */
export async function csvColumns(path: string): Promise<readonly string[]> {
	let columns: readonly string[] = [];
	eachRow(await textOf(path), (row) => {
		columns = namesIn(row);
		return "enough";
	});
	return columns;
}

/**
 * A table of CSV text whose first line names the columns; the delimiter is found, quotes and line ends of every kind are
 * understood, and decimal commas where semicolons divide the columns. Throws an Error with one sentence at the first row that is refused.
 */
export function parseCsv(text: string, target: string, task: StudyTask): StudyTable {
	let table: CsvTable | undefined;
	eachRow(text, (row, delimiter) => {
		if (table) table.add(row);
		else table = new CsvTable(namesIn(row), target, task, delimiter);
		return "more";
	});
	return table!.finish(); // There is a first line, or `eachRow` throws.
}

/** Hands on the rows that are not empty, one after the other: all at once they would take gigabytes. */
function eachRow(text: string, take: (row: readonly string[], delimiter: string) => "more" | "enough"): void {
	const empty = new Error("the file must have a line that names the columns, got an empty file");
	if (!/\S/.test(text)) throw empty;
	checkLines(text);
	let rows = 0;
	let parsed = 0;
	Papa.parse<string[]>(text.replace(/^\uFEFF/, ""), {
		skipEmptyLines: "greedy",
		chunkSize: CHUNK,
		step: ({ data, errors, meta }, parser) => {
			const fault = errors.find(({ type }) => type === "Quotes");
			if (fault) throw new Error(`line ${rows + 1} must have its quotes in pairs: ${fault.message}`);
			rows++;
			if (take(data, meta.delimiter) === "enough") parser.abort();
		},
		chunk: ({ meta }: Papa.ParseResult<string[]>) => {
			// A line is shorter than this, so a quote was opened and has not been closed since.
			if (meta.cursor <= parsed) throw new Error(`line ${rows + 1} must have its quotes in pairs, got an open one`);
			parsed = meta.cursor;
		},
	});
	if (rows === 0) throw empty;
}

/** Throws where a line is longer than what is split at a time. */
function checkLines(text: string): void {
	let start = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code === 10 || code === 13) start = i + 1;
		else if (i - start >= CHUNK) throw new Error(`a line must have at most ${CHUNK} characters, got more`);
	}
}

function namesIn(row: readonly string[]): readonly string[] {
	return row.map((name) => name.trim());
}

async function textOf(path: string): Promise<string> {
	await checkFile(path, "the file", MAX_CSV_BYTES);
	const bytes = await readFile(path);
	const encoding = encodingOf(bytes);
	if (!encoding.startsWith("utf-16") && bytes.subarray(0, 8192).includes(0)) {
		throw new Error("the file must be text (CSV), got binary data");
	}
	return new TextDecoder(encoding).decode(bytes);
}

/**
 * UTF-16 where its mark says so, as Excel writes "Unicode text"; else UTF-8, or what Excel writes in Western Europe where
 * the bytes are none: if they are of another code page, letters come out wrong, but texts that differ stay different.
 */
function encodingOf(bytes: Buffer): string {
	const mark = bytes.subarray(0, 2).toString("hex");
	if (mark === "fffe") return "utf-16le";
	if (mark === "feff") return "utf-16be";
	return isUtf8(bytes) ? "utf-8" : "windows-1252";
}
