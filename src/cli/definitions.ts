import { readSource } from "../core/reading/readSource.ts";
import type { Definition } from "../core/reading/use.ts";
import { Locator } from "../engines/located.ts";
import { languageOf } from "../engines/sourceFiles.ts";
import { workspaceOf } from "../engines/workspaceFiles.ts";
import { onlyOne } from "./arguments.ts";
import { readText } from "./files.ts";
import { Misuse } from "./io.ts";
import { innermostAt, placeOf } from "./place.ts";

/** Hand-written activations of a file. */
export interface FileDefinitions {
	readonly file: string;
	readonly text: string;
	readonly locator: Locator;
	readonly definitions: readonly Definition[];
}

/** The hand-written activations of FILE, or the innermost one at FILE:LINE or FILE:LINE:COLUMN. */
export async function definitionsAt(positionals: readonly string[]): Promise<FileDefinitions> {
	const place = placeOf(onlyOne("FILE, FILE:LINE or FILE:LINE:COLUMN", positionals));
	const { file } = place;
	const language = languageOf(file);
	if (!language || language === "notebook") throw new Misuse(`expected a source file, got ${file}`);
	const text = await readText(file);
	const { definitions } = readSource(text, language, workspaceOf(["."])(file));
	const locator = new Locator(file, text);
	return { file, text, locator, definitions: innermostAt(definitions, place, locator) };
}
