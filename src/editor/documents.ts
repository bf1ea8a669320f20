import * as vscode from "vscode";
import { readNotebook } from "../core/reading/notebook/readNotebook.ts";
import { readSource, useAt } from "../core/reading/readSource.ts";
import type { ActivationUse, Definition, ReadFile } from "../core/reading/use.ts";
import { isCode } from "./convert.ts";

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

	/** What is read in a document or a notebook's Python cell; nothing in another language. */
	read(document: vscode.TextDocument): ReadFile {
		if (!isCode(document)) return NOTHING;
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

/** The editor of code in use; one in view while the focus is elsewhere, in a panel say. */
export function codeEditor(): vscode.TextEditor | undefined {
	const active = vscode.window.activeTextEditor;
	return active && isCode(active.document)
		? active
		: vscode.window.visibleTextEditors.find(({ document }) => isCode(document));
}

/** What the side bar and the questions speak of: the file of code in use, or the first cell of the notebook in use. */
export function codeDocument(): vscode.TextDocument | undefined {
	const { activeTextEditor, activeNotebookEditor, visibleNotebookEditors } = vscode.window;
	if (activeTextEditor && isCode(activeTextEditor.document)) return activeTextEditor.document;
	// A notebook in which no cell is being edited has no text editor.
	const cellIn = (editor: vscode.NotebookEditor | undefined) => editor && pythonCells(editor.notebook)[0];
	const [visibleNotebook] = visibleNotebookEditors;
	return cellIn(activeNotebookEditor) ?? codeEditor()?.document ?? cellIn(visibleNotebook);
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
	const notebook = cellOf(document)?.notebook;
	const cells = notebook ? pythonCells(notebook) : [];
	return cells.includes(document) ? cells : [document];
}

function pythonCells(notebook: vscode.NotebookDocument): readonly vscode.TextDocument[] {
	return notebook
		.getCells()
		.filter((cell) => cell.kind === vscode.NotebookCellKind.Code && cell.document.languageId === "python")
		.map((cell) => cell.document);
}

/** The notebook's cell that a document is the text of, if it is one. */
export function cellOf(document: vscode.TextDocument): vscode.NotebookCell | undefined {
	if (document.uri.scheme !== "vscode-notebook-cell") return undefined;
	for (const notebook of vscode.workspace.notebookDocuments) {
		const found = notebook.getCells().find((cell) => cell.document === document);
		if (found) return found;
	}
	return undefined;
}
