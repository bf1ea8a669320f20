import { firstIndex } from "../core/firstIndex.ts";
import type { Span } from "../core/span.ts";

/** Lines from 1, columns from 0 in UTF-16 units. */
export interface Region {
	readonly line: number;
	readonly column: number;
	readonly endLine: number;
	readonly endColumn: number;
}

/** A region of a file, or of a notebook's cell. */
export interface Located extends Region {
	readonly file: string;
	/** Index among all cells, in a notebook; lines are those within the cell. */
	readonly cell?: number;
}

/** The cells of a notebook in the order in which they were read, one after the other with a line's end between. */
export interface LocatedCells {
	readonly texts: readonly string[];
	readonly indices: readonly number[];
}

/** Turns offsets in a file, or in a notebook's cells as one text, into lines and columns. */
export class Locator {
	readonly #file: string;
	readonly #starts: readonly number[];
	/** For each cell its index among all cells, and where it begins. */
	readonly #cells: readonly { readonly index: number; readonly start: number }[];

	constructor(file: string, source: string | LocatedCells) {
		this.#file = file;
		const texts = typeof source === "string" ? [source] : source.texts;
		const starts: number[] = [];
		const cells: { index: number; start: number }[] = [];
		let start = 0;
		texts.forEach((text, i) => {
			if (typeof source !== "string") cells.push({ index: source.indices[i]!, start });
			for (const line of lineStarts(text)) starts.push(start + line);
			start += text.length + 1;
		});
		this.#starts = starts;
		this.#cells = cells;
	}

	locate(span: Span): Located {
		return { file: this.#file, ...this.region(span) };
	}

	region({ start, end }: Span): Region & { readonly cell?: number } {
		const cell = this.#cells.findLast((each) => each.start <= start);
		const firstLine = cell ? lastAtMost(this.#starts, cell.start) : 0;
		const [from, to] = [lastAtMost(this.#starts, start), lastAtMost(this.#starts, end)];
		return {
			...(cell ? { cell: cell.index } : {}),
			line: from - firstLine + 1,
			column: start - this.#starts[from]!,
			endLine: to - firstLine + 1,
			endColumn: end - this.#starts[to]!,
		};
	}
}

/** Offsets at which the lines begin; \n, \r\n and \r end one. */
function lineStarts(text: string): number[] {
	const starts = [0];
	for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r/g)) starts.push(index + end.length);
	return starts;
}

function lastAtMost(starts: readonly number[], offset: number): number {
	return firstIndex(0, starts.length, (i) => starts[i]! > offset) - 1;
}
