import { stat } from "node:fs/promises";
import { type FoundUse, usesOf } from "../engines/foundUses.ts";
import { languageOf, sourceFiles } from "../engines/sourceFiles.ts";
import { workspaceOf } from "../engines/workspaceFiles.ts";
import { readArguments } from "./arguments.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { toJson } from "./json.ts";

/**
 * `scan PATH… [--all] [--json]`: the activations in files and folders, one a line. Functions by hand that are none of
 * the catalog's are left out, unless `--all` asks for them: many a formula is one.
 */
export async function scanCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values, positionals } = readArguments(args, { all: { type: "boolean" }, json: { type: "boolean" } });
	if (positionals.length === 0) throw new Misuse("expected files or folders, got none");
	await checkPaths(positionals);
	const placeOf = workspaceOf(positionals);
	const complain = (message: string) => io.complain(`activation-lens scan: ${message}`);
	for await (const file of sourceFiles(positionals, complain)) {
		if (io.signal.aborted) return 130;
		const found = usesOf(file, placeOf(file.path), complain).filter(
			({ activation }) => values.all || activation !== null,
		);
		const lines = found.map((use) => (values.json ? toJson(use) : readable(use)));
		if (lines.length > 0) await io.write(`${lines.join("\n")}\n`);
	}
	return 0;
}

async function checkPaths(paths: readonly string[]): Promise<void> {
	for (const path of paths) {
		const found = await stat(path).catch(() => undefined);
		if (!found) throw new Misuse(`expected files or folders, but ${path} does not exist`);
		if (!found.isDirectory() && languageOf(path) === undefined) {
			throw new Misuse(`expected a file of Python, TypeScript or JavaScript, or a notebook, got ${path}`);
		}
	}
}

function readable({ file, cell, line, column, text, kind, activation, library }: FoundUse): string {
	const place = `${file}${cell === undefined ? "" : `[${cell}]`}:${line}:${column}`;
	return `${place}  ${activation ?? "(not in the catalog)"}  ${text}  (${kind}, ${library})`;
}
