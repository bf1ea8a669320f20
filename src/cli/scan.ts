import { parseNotebook } from "../core/reading/notebook/parseNotebook.ts";
import { readNotebook } from "../core/reading/notebook/readNotebook.ts";
import { type InWorkspace, readSource } from "../core/reading/readSource.ts";
import type { ActivationUse, ReadFile } from "../core/reading/use.ts";
import { readArguments } from "./arguments.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { toJson } from "./json.ts";
import { type SourceFile, sourceFiles } from "./sourceFiles.ts";
import { workspaceOf } from "./workspaceFiles.ts";

/** An activation found, as `scan --json` writes it. */
interface FoundUse {
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
 * `scan PATH… [--all] [--json]`: the activations in files and folders, one a line. Functions by hand that are none of
 * the catalog's are left out, unless `--all` asks for them: many a formula is one.
 */
export async function scanCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values, positionals } = readArguments(args, { all: { type: "boolean" }, json: { type: "boolean" } });
	if (positionals.length === 0) throw new Misuse("expected files or folders, got none");
	const placeOf = workspaceOf(positionals, "activations");
	for await (const file of sourceFiles(positionals, (message) => io.complain(`activation-lens scan: ${message}`))) {
		if (io.signal.aborted) return 130;
		const found = usesOf(file, placeOf(file.path)).filter(({ activation }) => values.all || activation !== null);
		const lines = found.map((use) => (values.json ? toJson(use) : readable(use)));
		if (lines.length > 0) await io.write(`${lines.join("\n")}\n`);
	}
	return 0;
}

function usesOf({ path, language, text }: SourceFile, at: InWorkspace): readonly FoundUse[] {
	if (language !== "notebook") return locate(readSource(text, language, at), text, path);
	const cells = parseNotebook(text);
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

function readable({ file, cell, line, column, text, kind, activation, library }: FoundUse): string {
	const place = `${file}${cell === undefined ? "" : `[${cell}]`}:${line}:${column}`;
	return `${place}  ${activation ?? "(not in the catalog)"}  ${text}  (${kind}, ${library})`;
}
