import { readFile } from "node:fs/promises";
import Papa from "papaparse";
import type { CsvText } from "../core/training/data/tableFromCsv.ts";
import { checkFile } from "./checkFile.ts";

/** A larger file is refused before it is read: all of it would have to fit in memory several times over. */
const MAX_CSV_BYTES = 64 * 1024 * 1024;

/** Reads and splits a CSV or TSV file; the delimiter is found, quotes and line ends of every kind are understood. */
export async function readCsv(path: string): Promise<CsvText> {
	await checkFile(path, "the file", MAX_CSV_BYTES);
	const bytes = await readFile(path);
	if (bytes.subarray(0, 8192).includes(0)) throw new Error("the file must be text (CSV), got binary data");
	return parseCsv(bytes.toString("utf8"));
}

/** Splits CSV text whose first line names the columns. */
export function parseCsv(text: string): CsvText {
	const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ""), { skipEmptyLines: "greedy" });
	const [header, ...rows] = data;
	if (!header) throw new Error("the file must have a line that names the columns, got an empty file");
	const quotes = errors.find(({ type }) => type === "Quotes");
	if (quotes) throw new Error(`line ${(quotes.row ?? 0) + 1}: ${quotes.message}`);
	return { header: header.map((name) => name.trim()), rows };
}
