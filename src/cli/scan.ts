import { type FoundUse, usesOf } from "../engines/foundUses.ts";
import { sourceFiles } from "../engines/sourceFiles.ts";
import { workspaceOf } from "../engines/workspaceFiles.ts";
import { readArguments } from "./arguments.ts";
import { checkPaths } from "./files.ts";
import type { CommandIo } from "./io.ts";
import { toJson } from "./json.ts";

/**
 * `scan PATH… [--all] [--json]`: the activations in files and folders, one a line. Functions by hand that are none of
 * the catalog's are left out, unless `--all` asks for them: many a formula is one.
 */
export async function scanCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values, positionals } = readArguments(args, { all: { type: "boolean" }, json: { type: "boolean" } });
	await checkPaths(positionals);
	const placeOf = workspaceOf([".", ...positionals], values.all ? undefined : "activations");
	const complain = (message: string) => io.complain(`activation-lens scan: ${message}`);
	for await (const file of sourceFiles(positionals, complain)) {
		if (io.signal.aborted) return 130;
		const found = usesOf(file, placeOf(file.path), complain, values.all).filter(
			({ activation }) => values.all || activation !== null,
		);
		const lines = found.map((use) => (values.json ? toJson(use) : readable(use)));
		if (lines.length > 0) await io.write(`${lines.join("\n")}\n`);
	}
	return 0;
}

function readable({ file, cell, line, column, text, kind, activation, library }: FoundUse): string {
	const place = `${file}${cell === undefined ? "" : `[${cell}]`}:${line}:${column}`;
	return `${place}  ${activation ?? "(not in the catalog)"}  ${text}  (${kind}, ${library})`;
}
