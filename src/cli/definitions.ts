import type { Definition } from "../core/reading/use.ts";
import type { Locator } from "../engines/located.ts";
import { workspaceOf } from "../engines/workspaceFiles.ts";
import { onlyOne } from "./arguments.ts";
import { readSourceFile } from "./files.ts";
import { locatedCode } from "./locatedCode.ts";
import { innermostAt, placeOf } from "./place.ts";

/** Hand-written activations of a file, or of a notebook's cells joined. */
export interface FileDefinitions {
	readonly file: string;
	readonly text: string;
	readonly locator: Locator;
	readonly definitions: readonly Definition[];
}

/** The hand-written activations of FILE, or the innermost one at FILE:LINE or FILE:LINE:COLUMN. */
export async function definitionsAt(
	positionals: readonly string[],
	complain: (message: string) => void,
): Promise<FileDefinitions> {
	const place = placeOf(onlyOne("FILE, FILE:LINE or FILE:LINE:COLUMN", positionals));
	const { file } = place;
	const { code, locator } = locatedCode(await readSourceFile(file), workspaceOf(["."])(file), complain);
	const definitions = code ? innermostAt(code.definitions, place, locator) : [];
	return { file, text: code?.text ?? "", locator, definitions };
}
