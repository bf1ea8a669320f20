import { explain } from "../core/explanation/explain.ts";
import { parseNotebook } from "../core/reading/notebook/parseNotebook.ts";
import { readNotebook } from "../core/reading/notebook/readNotebook.ts";
import { type InWorkspace, readSource } from "../core/reading/readSource.ts";
import type { ActivationUse } from "../core/reading/use.ts";
import { Locator } from "../engines/located.ts";
import { workspaceOf } from "../engines/workspaceFiles.ts";
import { shown } from "../protocol/shown.ts";
import { onlyOne, readArguments } from "./arguments.ts";
import { readSourceFile } from "./files.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { numberFrom, toJson } from "./json.ts";
import { innermostAt, placeOf } from "./place.ts";

/** `explain FILE:LINE:COLUMN [--cell N] [--json]`: what the hover shows there; exit 1 where it shows nothing. */
export async function explainCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values: options, positionals } = readArguments(args, { cell: { type: "string" }, json: { type: "boolean" } });
	const argument = onlyOne("FILE:LINE:COLUMN", positionals);
	const place = placeOf(argument);
	const { file, line, column } = place;
	if (line === null || column === null) {
		throw new Misuse(`expected FILE:LINE:COLUMN (line from 1, column from 0), got ${shown(argument)}`);
	}
	const { language, text } = await readSourceFile(file);
	const isNotebook = language === "notebook";
	if (!isNotebook && options.cell !== undefined) throw new Misuse("--cell is for notebooks (.ipynb) only");
	const at = workspaceOf(["."])(file);
	const { source, uses } = isNotebook
		? cellOf(text, options.cell, at)
		: { source: text, uses: readSource(text, language, at).uses };
	checkIsIn(source, line, column);
	const locator = new Locator(file, source);
	const [use] = innermostAt(uses, place, locator);
	if (!use) {
		io.complain(`activation-lens explain: no activation at ${argument}`);
		return 1;
	}
	const explanation = explain(use, { source });
	if (!options.json) {
		await io.write(`${explanation.markdown.replace(/!\[[^\]]*\]\(data:[^)]*\)\n\n/, "")}\n`);
		return 0;
	}
	const { text: written, kind, library } = use;
	await io.write(`${toJson({ ...locator.locate(use.span), text: written, kind, library, ...explanation })}\n`);
	return 0;
}

/** The cell is the index among all cells of the notebook, from 0; without it the only code cell is meant. */
function cellOf(
	text: string,
	cell: string | undefined,
	at: InWorkspace,
): { readonly source: string; readonly uses: readonly ActivationUse[] } {
	const cells = parseNotebook(text);
	const indices = cells.map(({ index }) => index);
	const only = cells.length === 1 ? cells[0]!.index : undefined;
	const wanted = cell === undefined ? only : numberFrom(cell);
	const i = indices.indexOf(wanted ?? -1);
	if (cells.length === 0) throw new Misuse("expected a notebook with Python cells, got none");
	if (i < 0) {
		throw new Misuse(`expected --cell with one of the code cells ${indices.join(", ")}, got ${shown(cell)}`);
	}
	const sources = cells.map(({ source }) => source);
	return { source: sources[i]!, uses: readNotebook(sources, at)[i]!.uses };
}

/** Throws where a text has no such line or column. Lines end as they do in an editor. */
function checkIsIn(text: string, line: number, column: number): void {
	const lines = text.split(/\r\n|\r|\n/);
	if (line > lines.length) throw new Misuse(`expected a line up to ${lines.length}, got ${line}`);
	const { length } = lines[line - 1]!;
	if (column > length) throw new Misuse(`expected a column up to ${length} in line ${line}, got ${column}`);
}
