import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import Papa from "papaparse";
import { generate } from "../core/training/table.ts";
import type { StudyData } from "../protocol/study.ts";
import type { StudyTable } from "../protocol/trainer.ts";

/** A larger file is refused before it is read: all of it would have to fit in memory several times over. */
const MAX_CSV_BYTES = 64 * 1024 * 1024;
const MAX_CLASSES = 100;
const DIGITS_SHA256 = "68aea062d35a127749050fa0e52dca09d6569ac08092c925610e0954e172dde2";

/** Where data come from: the folder of the shipped data sets, and the folder that a relative CSV path starts from. */
export interface DataFolders {
	readonly shipped: string;
	readonly base: string;
}

/**
 * The data of a study. Generated sets come from `seed`, the digits from the extension, a CSV file from disk. Throws an
 * Error with one sentence that says what was expected and found, before any training: no such file, too large, no such
 * column, text in a number column, a row too short, fewer than 10 rows, one class, too many classes.
 */
export async function readStudyData(data: StudyData, folders: DataFolders, seed: number): Promise<StudyTable> {
	switch (data.kind) {
		case "digits":
			return readDigits(folders.shipped);
		case "csv": {
			const path = isAbsolute(data.path) ? data.path : resolve(folders.base, data.path);
			return tableFromCsv(await readCsv(path), data.target, data.task);
		}
		default:
			return generate(data.kind, data.samples, data.noise, seed);
	}
}

/** The 8×8 handwritten digits: 1,797 samples of 64 pixels 0…16. */
async function readDigits(folder: string): Promise<StudyTable> {
	const bytes = gunzipSync(await readFile(join(folder, "digits.bin.gz")));
	if (createHash("sha256").update(bytes).digest("hex") !== DIGITS_SHA256) {
		throw new Error("the digits data set that came with the extension is damaged; install the extension again");
	}
	const samples = bytes.length / 65;
	const inputs = new Float64Array(samples * 64);
	const targets = new Float64Array(samples);
	for (let i = 0; i < samples; i++) {
		inputs.set(bytes.subarray(i * 65, i * 65 + 64), i * 64);
		targets[i] = bytes[i * 65 + 64];
	}
	return {
		task: "classification",
		inputs,
		targets,
		samples,
		features: 64,
		classes: 10,
		featureNames: Array.from({ length: 64 }, (_, i) => `pixel ${i}`),
		classNames: Array.from({ length: 10 }, (_, i) => String(i)),
	};
}

/** A CSV file's header and rows of text. */
export interface CsvText {
	readonly header: readonly string[];
	readonly rows: readonly (readonly string[])[];
}

/** Reads and splits a CSV or TSV file; the delimiter is found, quotes and line ends of every kind are understood. */
export async function readCsv(path: string): Promise<CsvText> {
	const { size } = await stat(path).catch((error: NodeJS.ErrnoException) => {
		throw new Error(error.code === "ENOENT" ? `there is no file ${path}` : `${path} cannot be read: ${error.message}`);
	});
	if (size > MAX_CSV_BYTES) {
		throw new Error(
			`the file must have at most ${MAX_CSV_BYTES / 1024 / 1024} MB, got ${Math.round(size / 1024 / 1024)} MB`,
		);
	}
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

/** Numbers and a target column out of a CSV's text. */
export function tableFromCsv({ header, rows }: CsvText, target: string, task: StudyTable["task"]): StudyTable {
	const column = header.indexOf(target);
	if (column < 0) throw new Error(`there is no column "${target}"; the columns are ${list(header)}`);
	if (header.length < 2) throw new Error(`the file must have at least one column beside "${target}", got none`);
	if (rows.length < 10) throw new Error(`the file must have at least 10 rows of data, got ${rows.length}`);
	const short = rows.findIndex((row) => row.length !== header.length);
	if (short >= 0) {
		throw new Error(`row ${short + 1} must have ${header.length} values like the header, got ${rows[short].length}`);
	}
	const features = header.map((_, j) => j).filter((j) => j !== column);
	const inputs = new Float64Array(rows.length * features.length);
	rows.forEach((row, i) => {
		features.forEach((j, k) => {
			inputs[i * features.length + k] = numberAt(row[j], header[j], i);
		});
	});
	const shared = {
		task,
		inputs,
		samples: rows.length,
		features: features.length,
		featureNames: features.map((j) => header[j]),
	};
	if (task === "regression") {
		const targets = Float64Array.from(rows, (row, i) => numberAt(row[column], target, i));
		if (targets.every((value) => value === targets[0])) {
			throw new Error(`column "${target}" must hold different values, got ${targets[0]} in every row`);
		}
		return { ...shared, targets, classes: 0, classNames: [] };
	}
	const classNames = [...new Set(rows.map((row) => row[column].trim()))].sort(byValue);
	if (classNames.length < 2) {
		throw new Error(`column "${target}" must hold at least two classes, got only "${classNames[0]}"`);
	}
	if (classNames.length > MAX_CLASSES) {
		throw new Error(
			`column "${target}" must hold at most ${MAX_CLASSES} classes, got ${classNames.length}; is it a number to predict (regression)?`,
		);
	}
	const indexOf = new Map(classNames.map((name, i) => [name, i]));
	const targets = Float64Array.from(rows, (row) => indexOf.get(row[column].trim())!);
	return { ...shared, targets, classes: classNames.length, classNames };
}

function numberAt(text: string, column: string, row: number): number {
	const trimmed = text.trim();
	const value = trimmed === "" ? Number.NaN : Number(trimmed);
	if (!Number.isFinite(value)) {
		const found = trimmed === "" ? "nothing" : `"${trimmed.slice(0, 40)}"`;
		throw new Error(`row ${row + 1} of column "${column}" must be a finite number, got ${found}`);
	}
	return value;
}

/** Classes that are numbers in the order of numbers, others in the order of text. */
function byValue(a: string, b: string): number {
	const difference = Number(a) - Number(b);
	return Number.isNaN(difference) ? (a < b ? -1 : a > b ? 1 : 0) : difference;
}

function list(names: readonly string[]): string {
	const shown = names.slice(0, 12).map((name) => `"${name}"`);
	return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}
