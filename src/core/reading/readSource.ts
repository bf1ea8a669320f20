import { spanContains } from "../span.ts";
import { readCells } from "./code/cells.ts";
import { CodeReading, type ReadCode, readCode } from "./code/codeReading.ts";
import type { Language } from "./code/language.ts";
import { openCode } from "./code/openCode.ts";
import type { Neighbours } from "./code/resolver.ts";
import { scanCode } from "./code/scanCode.ts";
import { mayConcern } from "./code/tellingPlaces.ts";
import { type Files, Workspace } from "./code/workspace.ts";
import { python } from "./python/python.ts";
import { typescript } from "./typescript/typescript.ts";
import type { ActivationUse, ReadFile } from "./use.ts";

const LANGUAGES: ReadonlyMap<string, Language> = new Map([["python", python], ...typescript]);

/** The editor's ids of the languages that are read. */
export const languageIds: readonly string[] = [...LANGUAGES.keys()];

/** Where a text lies: what it imports is looked for from there. */
export interface InWorkspace {
	readonly workspace: Workspace;
	/** Absolute, with "/". */
	readonly path: string;
}

/** What a text says about activations, by the editor's id of its language. A language that is not read says nothing. */
export function readSource(text: string, languageId: string, at?: InWorkspace): ReadFile {
	const language = concerned(text, languageId);
	if (!language) return { uses: [], definitions: [] };
	return readCells([text], language, at?.workspace.neighboursOf(at.path, language))[0]!;
}

/** The uses of the catalog's activations in a text that is not open, by a quick look: see `scanCode`. */
export function scanSource(text: string, languageId: string, at?: InWorkspace): readonly ActivationUse[] {
	const language = concerned(text, languageId);
	if (!language) return [];
	const neighbours = at?.workspace.neighboursOf(at.path, language);
	const open = () => at?.workspace.open(at.path, text, language) ?? openCode(text, language, undefined, mayConcern);
	return scanCode(text, language, neighbours, open);
}

/** The same with what names stand for; undefined for a text that says nothing about activations. */
export function codeOf(text: string, languageId: string, at?: InWorkspace): ReadCode | undefined {
	const language = concerned(text, languageId);
	return language && readCode([text], language, at?.workspace.neighboursOf(at.path, language));
}

/** The reading of a text that will be edited; undefined for a language that is not read. */
export function openReading(languageId: string, neighbours?: Neighbours): CodeReading | undefined {
	const language = LANGUAGES.get(languageId);
	return language && new CodeReading(language, neighbours);
}

/** Where the imports of a text lead that lies in a workspace; undefined for a language that is not read. */
export function neighboursIn({ workspace, path }: InWorkspace, languageId: string): Neighbours | undefined {
	const language = LANGUAGES.get(languageId);
	return language && workspace.neighboursOf(path, language);
}

/** Whether a text may say anything about activations, and its language is read. */
export function isConcerned(text: string, languageId: string): boolean {
	return concerned(text, languageId) !== undefined;
}

function concerned(text: string, languageId: string): Language | undefined {
	const language = LANGUAGES.get(languageId);
	return language?.mayConcern?.(text) === false ? undefined : language;
}

/** The editor's id of a language by the end of its files' names. */
const ENDINGS: Readonly<Record<string, string>> = {
	py: "python",
	pyi: "python",
	pyw: "python",
	ts: "typescript",
	mts: "typescript",
	cts: "typescript",
	tsx: "typescriptreact",
	js: "javascript",
	mjs: "javascript",
	cjs: "javascript",
	jsx: "javascriptreact",
};

/** The editor's id of a file's language; undefined for what is not read. */
export function languageIdOf(path: string): string | undefined {
	return ENDINGS[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
}

/** The files of a workspace, for those that import from each other; with `only`, for the sake of these alone. */
export function openWorkspace(files: Files, only?: "activations"): Workspace {
	const concerns = only && mayConcern;
	return new Workspace(files, (path) => LANGUAGES.get(languageIdOf(path) ?? ""), concerns);
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
