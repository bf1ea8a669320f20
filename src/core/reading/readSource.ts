import { spanContains } from "../span.ts";
import { readPython } from "./python/readPython.ts";
import type { ActivationUse, ReadFile } from "./use.ts";

const NOTHING: ReadFile = { uses: [], definitions: [] };

/** What a text says about activations, by the editor's id of its language. A language that is not read says nothing. */
export function readSource(text: string, languageId: string): ReadFile {
	return languageId === "python" ? readPython(text) : NOTHING;
}

/** The use at an offset: the shortest, where one stands inside another. */
export function useAt(file: ReadFile, offset: number): ActivationUse | undefined {
	let found: ActivationUse | undefined;
	for (const use of file.uses) {
		if (!spanContains(use.span, offset)) continue;
		if (!found || use.span.end - use.span.start < found.span.end - found.span.start) found = use;
	}
	return found;
}
