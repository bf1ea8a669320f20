import { spanContains } from "../span.ts";
import type { Language } from "./code/language.ts";
import { type ReadCode, readCells, readCode } from "./code/reader.ts";
import { python } from "./python/python.ts";
import { typescript } from "./typescript/typescript.ts";
import type { ActivationUse, ReadFile } from "./use.ts";

const LANGUAGES: ReadonlyMap<string, Language> = new Map([["python", python], ...typescript]);

/** The editor's ids of the languages that are read. */
export const languageIds: readonly string[] = [...LANGUAGES.keys()];

/** What a text says about activations, by the editor's id of its language. A language that is not read says nothing. */
export function readSource(text: string, languageId: string): ReadFile {
	const language = concerned(text, languageId);
	return language ? readCells([text], language)[0]! : { uses: [], definitions: [] };
}

/** The same with what names stand for; undefined for a text that says nothing about activations. */
export function codeOf(text: string, languageId: string): ReadCode | undefined {
	const language = concerned(text, languageId);
	return language && readCode([text], language);
}

function concerned(text: string, languageId: string): Language | undefined {
	const language = LANGUAGES.get(languageId);
	return language?.mayConcern?.(text) === false ? undefined : language;
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
