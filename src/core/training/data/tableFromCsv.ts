import type { EncodedColumn, Table } from "../table.ts";
import { quoted } from "./quoted.ts";
import { sharedNumbers } from "./sharedNumbers.ts";
import { checkTableSize, tableLimits } from "./tableLimits.ts";

/** A CSV file's header and rows of text. */
export interface CsvText {
	readonly header: readonly string[];
	readonly rows: readonly (readonly string[])[];
}

/** How people write that there is no value. */
const MISSING = /^(|na|n\/a|null|none|\?)$/i;
/** Numbers, if not finite ones: a column with such a value is a column of numbers with a fault. */
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;

/**
 * Numbers and a target column out of a CSV's text. A column whose values are texts, none of them a number, is one-hot
 * encoded: a feature for each text, where a missing value is a text of its own. Throws an Error with one sentence that
 * names the row and the column.
 */
export function tableFromCsv({ header, rows }: CsvText, target: string, task: Table["task"]): Table {
	const column = header.indexOf(target);
	if (column < 0) throw new Error(`there is no column ${quoted(target)}; the columns are ${list(header)}`);
	if (header.lastIndexOf(target) !== column)
		throw new Error(`only one column must be called ${quoted(target)}, got two`);
	if (header.length < 2) throw new Error(`the file must have at least one column beside ${quoted(target)}, got none`);
	const { leastSamples } = tableLimits;
	if (rows.length < leastSamples) {
		throw new Error(`the file must have at least ${leastSamples} rows of data, got ${rows.length}`);
	}
	const ragged = rows.findIndex((row) => row.length !== header.length);
	if (ragged >= 0) {
		throw new Error(`row ${ragged + 1} must have ${header.length} values like the header, got ${rows[ragged].length}`);
	}
	const columns = header.map((name, j) => ({ name, j })).filter(({ j }) => j !== column);
	const blocks = columns.map(({ name, j }) => categoriesOf(rows, j, name));
	const features = blocks.reduce((sum, categories) => sum + (categories?.length ?? 1), 0);
	checkTableSize("the file", rows.length, features);
	const inputs = sharedNumbers(rows.length * features);
	const featureNames: string[] = [];
	const encoded: EncodedColumn[] = [];
	columns.forEach(({ name, j }, k) => {
		const categories = blocks[k];
		const first = featureNames.length;
		if (!categories) {
			featureNames.push(name);
			rows.forEach((row, i) => {
				inputs[i * features + first] = numberAt(row[j], name, i);
			});
			return;
		}
		featureNames.push(...categories.map((category) => `${name}=${category}`));
		const indexOf = new Map(categories.map((category, i) => [category, i]));
		let missing = 0;
		rows.forEach((row, i) => {
			const category = categoryOf(row[j]);
			if (category === "") missing++;
			inputs[i * features + first + indexOf.get(category)!] = 1;
		});
		encoded.push({ name, categories, first, missing });
	});
	return {
		task,
		inputs,
		...(task === "regression" ? numbersOf(rows, column, target) : classesOf(rows, column, target)),
		samples: rows.length,
		features,
		featureNames,
		...(encoded.length > 0 ? { encoded } : {}),
	};
}

/** The different texts of a column, "" where a value is missing; undefined for a column of numbers. */
function categoriesOf(rows: CsvText["rows"], column: number, name: string): string[] | undefined {
	const found = new Set<string>();
	for (const row of rows) {
		const category = categoryOf(row[column]);
		if (NOT_FINITE.test(category) || (category !== "" && !Number.isNaN(Number(category)))) return undefined;
		// Not yet an error: a number may follow, and then the first text is.
		if (found.size <= tableLimits.mostCategories) found.add(category);
	}
	if (found.size === 1 && found.has(""))
		throw new Error(`column ${quoted(name)} must hold values, got none in any row`);
	if (found.size > tableLimits.mostCategories) {
		throw new Error(
			`column ${quoted(name)} must hold numbers, or at most ${tableLimits.mostCategories} different texts to encode, got more`,
		);
	}
	return [...found].sort(byValue);
}

function categoryOf(text: string): string {
	const trimmed = text.trim();
	return MISSING.test(trimmed) ? "" : trimmed;
}

type Targets = Pick<Table, "targets" | "classes" | "classNames">;

function numbersOf(rows: CsvText["rows"], column: number, name: string): Targets {
	const targets = Float64Array.from(rows, (row, i) => numberAt(row[column], name, i));
	if (targets.every((value) => value === targets[0])) {
		throw new Error(`column ${quoted(name)} must hold different values, got ${targets[0]} in every row`);
	}
	return { targets, classes: 0, classNames: [] };
}

function classesOf(rows: CsvText["rows"], column: number, name: string): Targets {
	const empty = rows.findIndex((row) => row[column].trim() === "");
	if (empty >= 0) throw new Error(`row ${empty + 1} of column ${quoted(name)} must name a class, got nothing`);
	const classNames = [...new Set(rows.map((row) => row[column].trim()))].sort(byValue);
	if (classNames.length < 2) {
		throw new Error(`column ${quoted(name)} must hold at least two classes, got only ${quoted(classNames[0])}`);
	}
	if (classNames.length > tableLimits.mostClasses) {
		throw new Error(
			`column ${quoted(name)} must hold at most ${tableLimits.mostClasses} classes, got ${classNames.length}; is it a number to predict (regression)?`,
		);
	}
	const indexOf = new Map(classNames.map((text, i) => [text, i]));
	const targets = Float64Array.from(rows, (row) => indexOf.get(row[column].trim())!);
	return { targets, classes: classNames.length, classNames };
}

function numberAt(text: string, column: string, row: number): number {
	const trimmed = text.trim();
	const value = trimmed === "" ? Number.NaN : Number(trimmed);
	if (!Number.isFinite(value)) {
		const found = trimmed === "" ? "nothing" : quoted(trimmed);
		throw new Error(`row ${row + 1} of column ${quoted(column)} must be a finite number, got ${found}`);
	}
	return value;
}

/** Classes that are numbers in the order of numbers, others in the order of text. */
function byValue(a: string, b: string): number {
	const difference = Number(a) - Number(b);
	return Number.isNaN(difference) ? (a < b ? -1 : a > b ? 1 : 0) : difference;
}

function list(names: readonly string[]): string {
	const shown = names.slice(0, 12).map(quoted);
	return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}
