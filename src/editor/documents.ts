import * as vscode from "vscode";
import { readNotebook } from "../core/reading/notebook/readNotebook.ts";
import { readSource, useAt } from "../core/reading/readSource.ts";
import type { ActivationUse, Definition, ReadFile } from "../core/reading/use.ts";
import { isPython } from "./convert.ts";

const NOTHING: ReadFile = { uses: [], definitions: [] };

/**
 * What the open documents say about activations, read once a version. A notebook's cells are read together, so a later
 * cell knows the names of the earlier ones. Memory is bounded by what is open: a closed document is forgotten.
 */
export class Documents implements vscode.Disposable {
	readonly #read = new Map<string, { readonly stamp: string; readonly file: ReadFile }>();
	readonly #closing: vscode.Disposable;

	constructor() {
		this.#closing = vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#read.delete(uri.toString()));
	}

	/** What is read in a Python document or notebook cell; nothing in any other. */
	read(document: vscode.TextDocument): ReadFile {
		if (!isPython(document)) return NOTHING;
		const cells = cellsAround(document);
		const stamp = cells.map((cell) => `${cell.uri.fragment}@${cell.version}`).join();
		const known = this.#read.get(document.uri.toString());
		if (known?.stamp === stamp) return known.file;
		const files = readAll(cells);
		cells.forEach((cell, i) => {
			this.#keep(cell, stamp, files[i] ?? NOTHING);
		});
		return this.#read.get(document.uri.toString())?.file ?? NOTHING;
	}

	useAt(document: vscode.TextDocument, position: vscode.Position): ActivationUse | undefined {
		return useAt(this.read(document), document.offsetAt(position));
	}

	/** Where a definition that a use in `document` refers to is written: there, or in another cell of its notebook. */
	ownerOf(document: vscode.TextDocument, definition: Definition): vscode.TextDocument {
		const owner = cellsAround(document).find((cell) => this.read(cell).definitions.includes(definition));
		return owner ?? document;
	}

	dispose(): void {
		this.#closing.dispose();
		this.#read.clear();
	}

	#keep(document: vscode.TextDocument, stamp: string, file: ReadFile): void {
		this.#read.set(document.uri.toString(), { stamp, file });
	}
}

/** Reading never throws by its own promise; if it did, each move of the mouse would fail, so the version counts as empty. */
function readAll(cells: readonly vscode.TextDocument[]): readonly ReadFile[] {
	try {
		const [only] = cells;
		if (only && cells.length === 1) return [readSource(only.getText(), only.languageId)];
		return readNotebook(cells.map((cell) => cell.getText()));
	} catch (error) {
		console.error(error);
		return [];
	}
}

/** The Python code cells of the document's notebook in their order; the document alone where it is no cell. */
export function cellsAround(document: vscode.TextDocument): readonly vscode.TextDocument[] {
	if (document.uri.scheme !== "vscode-notebook-cell") return [document];
	const notebook = vscode.workspace.notebookDocuments.find((one) =>
		one.getCells().some((cell) => cell.document === document),
	);
	const cells = notebook
		?.getCells()
		.filter((cell) => cell.kind === vscode.NotebookCellKind.Code && isPython(cell.document))
		.map((cell) => cell.document);
	return cells?.includes(document) ? cells : [document];
}
