/** What the worker that reads models and its owner may say to each other: one answer a request, before the next. */
import type { ModelReading } from "../core/diagnosis/propagation/modelReading.ts";

export interface ModelsRequest {
	/** A file, or the cells of a notebook; magics are blanked. */
	readonly texts: readonly string[];
	/** The editor's id of the language. */
	readonly languageId: string;
	/** Where the file lies, and the folders in which what it imports is looked for; null for a text without a file. */
	readonly place: { readonly path: string; readonly roots: readonly string[] } | null;
}

export type ModelsAnswer =
	| { readonly kind: "models"; readonly readings: readonly ModelReading[] }
	| { readonly kind: "failed"; readonly message: string };
