import { parseNotebook } from "../core/reading/notebook/parseNotebook.ts";
import { readNotebook } from "../core/reading/notebook/readNotebook.ts";
import { type InWorkspace, readSource } from "../core/reading/readSource.ts";
import type { ActivationUse, ReadFile } from "../core/reading/use.ts";
import { readArguments } from "./arguments.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { toJson } from "./json.ts";
import { Locator } from "./located.ts";
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
	const placeOf = workspaceOf(positionals);
	for await (const file of sourceFiles(positionals, (message) => io.complain(`activation-lens scan: ${message}`))) {
		if (io.signal.aborted) return 130;
		const found = usesOf(file, placeOf(file.path)).filter(({ activation }) => values.all || activation !== null);
		const lines = found.map((use) => (values.json ? toJson(use) : readable(use)));
		if (lines.length > 0) await io.write(`${lines.join("\n")}\n`);
	}
	return 0;
}

function usesOf({ path, language, text }: SourceFile, at: InWorkspace): readonly FoundUse[] {
	if (language !== "notebook") return locate(readSource(text, language, at), new Locator(path, text));
	const cells = parseNotebook(text);
	const files = readNotebook(
		cells.map(({ source }) => source),
		at,
	);
	return cells.flatMap(({ index, source }, i) =>
		locate(files[i]!, new Locator(path, { texts: [source], indices: [index] })),
	);
}

function locate({ uses }: ReadFile, locator: Locator): readonly FoundUse[] {
	return uses.map(({ span, text, kind, activation, library, parameters }) => {
		const { endLine: _, ...place } = locator.locate(span);
		return { ...place, text, kind, activation, library, parameters };
	});
}

function readable({ file, cell, line, column, text, kind, activation, library }: FoundUse): string {
	const place = `${file}${cell === undefined ? "" : `[${cell}]`}:${line}:${column}`;
	return `${place}  ${activation ?? "(not in the catalog)"}  ${text}  (${kind}, ${library})`;
}
