import { parseNotebook } from "../core/reading/notebook/parseNotebook.ts";
import { readNotebook } from "../core/reading/notebook/readNotebook.ts";
import { type InWorkspace, readSource } from "../core/reading/readSource.ts";
import type { ActivationUse, ReadFile } from "../core/reading/use.ts";
import type { SourceFile } from "./sourceFiles.ts";

/** An activation found, as `scan --json` writes it. */
export interface FoundUse {
	readonly file: string;
	/** Index among all cells, in a notebook. */
	readonly cell?: number;
	/** 1-based; within its cell in a notebook. */
	readonly line: number;
	/** 0-based, in UTF-16 units. */
	readonly column: number;
	readonly endColumn: number;
	readonly text: string;
	readonly kind: ActivationUse["kind"];
	readonly activation: string | null;
	readonly library: string;
	readonly parameters: Readonly<Record<string, number>>;
}

/**
 * The activations in a source file or a notebook, in the order of the text, each at its line. A notebook that is none is
 * complained of.
 */
export function usesOf(
	{ path, language, text }: SourceFile,
	at: InWorkspace,
	complain: (message: string) => void,
): readonly FoundUse[] {
	if (language !== "notebook") return locate(readSource(text, language, at), text, path);
	const cells = parseNotebook(text, (message) => complain(`${path}: ${message}`));
	const files = readNotebook(
		cells.map(({ source }) => source),
		at,
	);
	return cells.flatMap(({ index, source }, i) => locate(files[i]!, source, path, index));
}

function locate({ uses }: ReadFile, text: string, file: string, cell?: number): readonly FoundUse[] {
	const starts = lineStarts(text);
	let line = 0;
	return uses.map((use) => {
		// Uses come in the order of the text.
		while (line + 1 < starts.length && starts[line + 1]! <= use.span.start) line++;
		let endLine = line;
		while (endLine + 1 < starts.length && starts[endLine + 1]! <= use.span.end) endLine++;
		return {
			file,
			...(cell === undefined ? {} : { cell }),
			line: line + 1,
			column: use.span.start - starts[line]!,
			endColumn: use.span.end - starts[endLine]!,
			text: use.text,
			kind: use.kind,
			activation: use.activation,
			library: use.library,
			parameters: use.parameters,
		};
	});
}

/** Offsets at which the lines begin; \n, \r\n and \r end one. */
function lineStarts(text: string): number[] {
	const starts = [0];
	for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r/g)) starts.push(index + end.length);
	return starts;
}
