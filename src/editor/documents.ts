import * as vscode from "vscode";
import { readNotebook } from "../core/reading/notebook/readNotebook.ts";
import { readSource, useAt } from "../core/reading/readSource.ts";
import type { ActivationUse, ReadFile } from "../core/reading/use.ts";
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
		if (cells.length === 1) this.#keep(document, stamp, readSource(document.getText(), document.languageId));
		else {
			const files = readNotebook(cells.map((cell) => cell.getText()));
			cells.forEach((cell, i) => {
				this.#keep(cell, stamp, files[i] ?? NOTHING);
			});
		}
		return this.#read.get(document.uri.toString())?.file ?? NOTHING;
	}

	useAt(document: vscode.TextDocument, position: vscode.Position): ActivationUse | undefined {
		return useAt(this.read(document), document.offsetAt(position));
	}

	dispose(): void {
		this.#closing.dispose();
		this.#read.clear();
	}

	#keep(document: vscode.TextDocument, stamp: string, file: ReadFile): void {
		this.#read.set(document.uri.toString(), { stamp, file });
	}
}

/** The Python code cells of the document's notebook in their order; the document alone where it is no cell. */
function cellsAround(document: vscode.TextDocument): readonly vscode.TextDocument[] {
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
