import { parseNotebook } from "../core/reading/notebook/parseNotebook.ts";
import { readNotebook } from "../core/reading/notebook/readNotebook.ts";
import { type InWorkspace, readSource, scanSource } from "../core/reading/readSource.ts";
import type { ActivationUse, ReadFile } from "../core/reading/use.ts";
import { Locator } from "./located.ts";
import type { SourceFile } from "./sourceFiles.ts";

/** An activation found, as `scan --json` writes it. */
export interface FoundUse {
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
 * The activations in a source file or a notebook, in the order of the text, each at its line. A notebook that is none is
 * complained of.
 */
export function usesOf(
	{ path, language, text }: SourceFile,
	at: InWorkspace,
	complain: (message: string) => void,
	all = false,
): readonly FoundUse[] {
	if (language !== "notebook") {
		const uses = all ? readSource(text, language, at).uses : scanSource(text, language, at);
		return uses.length > 0 ? locate({ uses }, new Locator(path, text)) : [];
	}
	const cells = parseNotebook(text, (message) => complain(`${path}: ${message}`));
	const files = readNotebook(
		cells.map(({ source }) => source),
		at,
	);
	return cells.flatMap(({ index, source }, i) =>
		locate(files[i]!, new Locator(path, { texts: [source], indices: [index] })),
	);
}

function locate({ uses }: Pick<ReadFile, "uses">, locator: Locator): readonly FoundUse[] {
	return uses.map(({ span, text, kind, activation, library, parameters }) => {
		const { endLine: _, ...place } = locator.locate(span);
		return { ...place, text, kind, activation, library, parameters };
	});
}
