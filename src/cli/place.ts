import type { Span } from "../core/span.ts";
import type { Located, Locator } from "../engines/located.ts";
import { Misuse } from "./io.ts";

/** What FILE, FILE:LINE or FILE:LINE:COLUMN names. */
export interface Place {
	readonly file: string;
	/** From 1. */
	readonly line: number | null;
	/** From 0, in UTF-16 units. */
	readonly column: number | null;
}

/** The place that an argument names. `C:\x.py:3:7` and `a:b.py:3:7` are files with colons: the last numbers count. */
export function placeOf(argument: string): Place {
	const [, file = argument, line, column] = /^(.+?)(?::(\d+))?(?::(\d+))?$/s.exec(argument) ?? [];
	if (line !== undefined && Number(line) === 0) throw new Misuse(`expected a line from 1, got 0 in ${argument}`);
	return {
		file,
		line: line === undefined ? null : Number(line),
		column: column === undefined ? null : Number(column),
	};
}

/** A place as text: FILE:LINE:COLUMN, behind FILE the index of the cell in a notebook. */
export function placeText(file: string, { cell, line, column }: Pick<Located, "cell" | "line" | "column">): string {
	return `${file}${cell === undefined ? "" : `[${cell}]`}:${line}:${column}`;
}

/** The innermost of what lies around a place, or nothing; all there is, where the place is a whole file. */
export function innermostAt<Piece extends { readonly span: Span }>(
	pieces: readonly Piece[],
	{ line, column }: Place,
	locator: Locator,
): readonly Piece[] {
	if (line === null) return pieces;
	const around = pieces.filter(({ span }) => {
		const region = locator.region(span);
		if (line < region.line || line > region.endLine) return false;
		if (column === null) return true;
		return (line > region.line || column >= region.column) && (line < region.endLine || column <= region.endColumn);
	});
	return around.sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start)).slice(0, 1);
}
