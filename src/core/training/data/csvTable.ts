import type { EncodedColumn, Table } from "../table.ts";
import { quoted } from "./quoted.ts";
import { sharedNumbers } from "./sharedNumbers.ts";
import { checkTableSize, grouped, tableLimits } from "./tableLimits.ts";

/** How people write that there is no value. */
const MISSING = /^(|na|n\/a|null|none|\?)$/i;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Numbers, if not finite ones: a column with such a value is a column of numbers with a fault. */
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;
/** A number with a comma in it: 1.5 where semicolons divide the columns, which is when a comma is for decimals. */
const WITH_COMMA = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;
/** Cells are kept in blocks of about so many. */
const BLOCK_CELLS = 65_536;

/** What is known of a column so far. */
interface Column {
	readonly name: string;
	holds: "nothing" | "numbers" | "texts";
	/** The first cell that is no number. */
	odd: { readonly row: number; readonly text: string } | undefined;
	/** Codes of the texts, in the order in which they came; "" is a missing value. */
	readonly codes: Map<string, number>;
	missing: number;
}

/**
 * Makes a table of a CSV's rows as they come, keeping numbers, not their texts. A column whose values are texts, none of
 * them a number, is one-hot encoded: a feature for each text, where a missing value is a text of its own. Throws an
 * Error with one sentence that names the row and the column as soon as there is something to refuse.
 *
 * Decimals have a point, or in a file divided by semicolons a comma; both in one file are refused, as one of them may
 * stand between thousands.
 */
export class CsvTable {
	readonly #task: Table["task"];
	/** Index of the column to predict. */
	readonly #target: number;
	readonly #columns: readonly Column[];
	readonly #takesCommas: boolean;
	/** The first number that has a comma, and the first with a point, where commas are taken. */
	readonly #decimals = new Map<"," | ".", string>();
	/** Numbers, or codes of texts: row-major, every column. */
	readonly #blocks: Float64Array[] = [];
	readonly #blockRows: number;
	#rows = 0;

	/** `delimiter` is what divides the columns. */
	constructor(header: readonly string[], target: string, task: Table["task"], delimiter = ",") {
		this.#task = task;
		this.#takesCommas = delimiter === ";";
		this.#target = header.indexOf(target);
		if (this.#target < 0) throw new Error(`there is no column ${quoted(target)}; the columns are ${list(header)}`);
		if (header.lastIndexOf(target) !== this.#target) {
			throw new Error(`only one column must be called ${quoted(target)}, got two`);
		}
		if (header.length < 2) throw new Error(`the file must have at least one column beside ${quoted(target)}, got none`);
		const { mostFeatures } = tableLimits;
		if (header.length - 1 > mostFeatures) {
			const found = grouped(header.length - 1);
			throw new Error(`the file must have at most ${grouped(mostFeatures)} columns to learn from, got ${found}`);
		}
		this.#columns = header.map((name) => ({
			name,
			holds: "nothing",
			odd: undefined,
			codes: new Map<string, number>(),
			missing: 0,
		}));
		this.#blockRows = Math.max(1, Math.floor(BLOCK_CELLS / header.length));
	}

	add(row: readonly string[]): void {
		const width = this.#columns.length;
		if (row.length !== width) {
			throw new Error(`row ${this.#rows + 1} must have ${width} values like the header, got ${row.length}`);
		}
		const inBlock = this.#rows % this.#blockRows;
		if (inBlock === 0) this.#blocks.push(new Float64Array(this.#blockRows * width));
		const block = this.#blocks.at(-1)!;
		for (let j = 0; j < width; j++) block[inBlock * width + j] = this.#cell(j, row[j].trim());
		this.#rows++;
		if (this.#rows > tableLimits.mostSamples || this.#rows * (width - 1) > tableLimits.mostValues) {
			checkTableSize("the file", this.#rows, width - 1);
		}
	}

	finish(): Table {
		const { leastSamples } = tableLimits;
		if (this.#rows < leastSamples) {
			throw new Error(`the file must have at least ${leastSamples} rows of data, got ${this.#rows}`);
		}
		const features: string[] = [];
		const encoded: EncodedColumn[] = [];
		const fills: ((inputs: Float64Array, width: number) => void)[] = [];
		this.#columns.forEach(({ name, holds, codes, missing }, j) => {
			if (j === this.#target) return;
			if (holds === "nothing") throw new Error(`column ${quoted(name)} must hold values, got none in any row`);
			const first = features.length;
			if (holds === "numbers") {
				features.push(name);
				fills.push((inputs, width) => {
					this.#each(j, (value, i) => {
						inputs[i * width + first] = value;
					});
				});
				return;
			}
			const { names, places } = sorted(codes);
			features.push(...names.map((category) => `${name}=${category}`));
			encoded.push({ name, categories: names, first, missing });
			fills.push((inputs, width) => {
				this.#each(j, (code, i) => {
					inputs[i * width + first + places[code]] = 1;
				});
			});
		});
		const targets = this.#targets();
		checkTableSize("the file", this.#rows, features.length);
		const inputs = sharedNumbers(this.#rows * features.length);
		for (const fill of fills) fill(inputs, features.length);
		return {
			task: this.#task,
			inputs,
			...targets,
			samples: this.#rows,
			features: features.length,
			featureNames: features,
			...(encoded.length > 0 ? { encoded } : {}),
		};
	}

	/** The number, or the code of the text, that a cell is kept as. */
	#cell(j: number, text: string): number {
		const column = this.#columns[j];
		if (j === this.#target) return this.#task === "regression" ? this.#number(column, text) : this.#class(column, text);
		const isMissing = MISSING.test(text);
		const isNumber = !isMissing && (DECIMAL.test(text) || NOT_FINITE.test(text) || WITH_COMMA.test(text));
		if (isNumber || column.holds === "numbers") {
			if (column.odd) throw notANumber(column.name, column.odd.row, column.odd.text);
			return this.#number(column, text);
		}
		column.odd ??= { row: this.#rows, text };
		if (isMissing) column.missing++;
		else column.holds = "texts";
		const code = codeOf(column.codes, isMissing ? "" : text);
		if (code >= tableLimits.mostCategories) {
			throw new Error(
				`column ${quoted(column.name)} must hold numbers, or at most ${tableLimits.mostCategories} different texts to encode, got more`,
			);
		}
		return code;
	}

	#number(column: Column, text: string): number {
		const hasComma = text.includes(",") && WITH_COMMA.test(text);
		if (hasComma && !this.#takesCommas) {
			throw new Error(
				`row ${this.#rows + 1} of column ${quoted(column.name)} must have a point for decimals, and none between thousands, got ${quoted(text)}`,
			);
		}
		const value = numberOf(hasComma ? text.replace(",", ".") : text);
		if (!Number.isFinite(value)) throw notANumber(column.name, this.#rows, text);
		if (this.#takesCommas) this.#checkDecimals(column, text);
		column.holds = "numbers";
		return value;
	}

	#checkDecimals(column: Column, text: string): void {
		const mark = ([",", "."] as const).find((one) => text.includes(one));
		if (!mark) return;
		if (!this.#decimals.has(mark)) this.#decimals.set(mark, text);
		const other = this.#decimals.get(mark === "," ? "." : ",");
		if (other === undefined) return;
		throw new Error(
			`row ${this.#rows + 1} of column ${quoted(column.name)} must have the same mark for decimals as ${quoted(other)} before it, got ${quoted(text)}`,
		);
	}

	#class(column: Column, text: string): number {
		const name = quoted(column.name);
		if (text === "") throw new Error(`row ${this.#rows + 1} of column ${name} must name a class, got nothing`);
		const code = codeOf(column.codes, text);
		if (code >= tableLimits.mostClasses) {
			throw new Error(
				`column ${name} must hold at most ${tableLimits.mostClasses} classes, got more; is it a number to predict (regression)?`,
			);
		}
		return code;
	}

	#targets(): Pick<Table, "targets" | "classes" | "classNames"> {
		const { name, codes } = this.#columns[this.#target];
		const targets = new Float64Array(this.#rows);
		this.#each(this.#target, (value, i) => {
			targets[i] = value;
		});
		if (this.#task === "regression") {
			if (targets.every((value) => value === targets[0])) {
				throw new Error(`column ${quoted(name)} must hold different values, got ${targets[0]} in every row`);
			}
			return { targets, classes: 0, classNames: [] };
		}
		const { names, places } = sorted(codes);
		if (names.length < 2) {
			throw new Error(`column ${quoted(name)} must hold at least two classes, got only ${quoted(names[0])}`);
		}
		// In the order of numbers, one and the same stand side by side.
		const twice = names.findIndex((text, k) => k > 0 && numberOf(text) === numberOf(names[k - 1]));
		if (twice > 0) {
			const [one, other] = [quoted(names[twice - 1]), quoted(names[twice])];
			throw new Error(`column ${quoted(name)} must write each class in one way, got ${one} and ${other}`);
		}
		return { targets: targets.map((code) => places[code]), classes: names.length, classNames: names };
	}

	#each(column: number, take: (value: number, row: number) => void): void {
		const width = this.#columns.length;
		for (let i = 0; i < this.#rows; i++) {
			const block = this.#blocks[Math.floor(i / this.#blockRows)];
			take(block[(i % this.#blockRows) * width + column], i);
		}
	}
}

function codeOf(codes: Map<string, number>, text: string): number {
	const known = codes.get(text);
	if (known !== undefined) return known;
	codes.set(text, codes.size);
	return codes.size - 1;
}

/** The number that a text writes; NaN where it writes none: JavaScript takes "", 0x1F and 0b1 for numbers, files do not. */
function numberOf(text: string): number {
	return DECIMAL.test(text) ? Number(text) : Number.NaN;
}

/** Numbers in their order before other texts in that of text; and the place of each code in it. */
function sorted(codes: ReadonlyMap<string, number>): { names: string[]; places: number[] } {
	const names = [...codes.keys()].sort((a, b) => {
		const [x, y] = [numberOf(a), numberOf(b)];
		if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
		return x - y || (a < b ? -1 : a > b ? 1 : 0);
	});
	const places: number[] = [];
	names.forEach((name, place) => {
		places[codes.get(name)!] = place;
	});
	return { names, places };
}

function notANumber(column: string, row: number, text: string): Error {
	const found = text === "" ? "nothing" : quoted(text);
	return new Error(`row ${row + 1} of column ${quoted(column)} must be a finite number, got ${found}`);
}

function list(names: readonly string[]): string {
	const shown = names.slice(0, 12).map(quoted);
	return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}
