import { readSource } from "../core/reading/readSource.ts";
import type { Definition } from "../core/reading/use.ts";
import { languageOf } from "../engines/sourceFiles.ts";
import { workspaceOf } from "../engines/workspaceFiles.ts";
import { lineAndColumn, textOf } from "./explain.ts";
import { Misuse } from "./io.ts";

/** The hand-written activations of FILE, or the innermost one at FILE:LINE or FILE:LINE:COLUMN. */
export async function definitionsAt(positionals: readonly string[]): Promise<{
	readonly file: string;
	readonly text: string;
	readonly definitions: readonly Definition[];
}> {
	if (positionals.length !== 1) {
		const got = positionals.length === 0 ? "none" : positionals.join(" ");
		throw new Misuse(`expected one FILE, FILE:LINE or FILE:LINE:COLUMN, got ${got}`);
	}
	const { file, line, column } = placeOf(positionals[0]!);
	const language = languageOf(file);
	if (!language || language === "notebook") throw new Misuse(`expected a source file, got ${file}`);
	const text = await textOf(file);
	const { definitions } = readSource(text, language, workspaceOf(["."])(file));
	return { file, text, definitions: line === null ? definitions : innermost(definitions, text, line, column) };
}

function placeOf(argument: string): { file: string; line: number | null; column: number | null } {
	const [, file = argument, line, column] = /^(.+?)(?::(\d+))?(?::(\d+))?$/s.exec(argument) ?? [];
	if (line !== undefined && Number(line) === 0) throw new Misuse(`expected a line from 1, got 0 in ${argument}`);
	return {
		file,
		line: line === undefined ? null : Number(line),
		column: column === undefined ? null : Number(column),
	};
}

function innermost(
	definitions: readonly Definition[],
	text: string,
	line: number,
	column: number | null,
): readonly Definition[] {
	const around = definitions.filter(({ span }) => {
		const [from, to] = [lineAndColumn(text, span.start), lineAndColumn(text, span.end)];
		if (line < from.line || line > to.line) return false;
		if (column === null) return true;
		return (line > from.line || column >= from.column) && (line < to.line || column <= to.column);
	});
	return around.sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start)).slice(0, 1);
}
