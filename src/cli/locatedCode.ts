import type { ReadCode } from "../core/reading/code/codeReading.ts";
import { parseNotebook } from "../core/reading/notebook/parseNotebook.ts";
import { codeOfNotebook } from "../core/reading/notebook/readNotebook.ts";
import { codeOf, type InWorkspace } from "../core/reading/readSource.ts";
import { Locator } from "../engines/located.ts";
import type { SourceFile } from "../engines/sourceFiles.ts";

/**
 * The code of a source file, or of a notebook's cells as one text, with what turns its offsets into lines; undefined where
 * there is none. A notebook that is none is complained of.
 */
export function locatedCode(
	{ path, language, text }: SourceFile,
	at: InWorkspace,
	complain: (message: string) => void,
): { readonly code: ReadCode | undefined; readonly locator: Locator } {
	if (language !== "notebook") return { code: codeOf(text, language, at), locator: new Locator(path, text) };
	const cells = parseNotebook(text, (message) => complain(`${path}: ${message}`));
	const texts = cells.map(({ source }) => source);
	const locator = new Locator(path, { texts, indices: cells.map(({ index }) => index) });
	return { code: codeOfNotebook(texts, at), locator };
}
