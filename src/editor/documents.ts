import * as vscode from "vscode";
import { inCells } from "../core/reading/code/cells.ts";
import type { CodeReading, ReadCode } from "../core/reading/code/codeReading.ts";
import type { Neighbours } from "../core/reading/code/resolver.ts";
import { withoutMagics } from "../core/reading/notebook/parseNotebook.ts";
import { isConcerned, openReading, useAt } from "../core/reading/readSource.ts";
import type { ActivationUse, Definition, ReadFile } from "../core/reading/use.ts";
import { isCode } from "./convert.ts";
import { Imports } from "./imports.ts";

const NOTHING: ReadFile = { uses: [], definitions: [] };

/** A document, or the Python cells of a notebook, read as one. */
export interface OpenCode {
	readonly cells: readonly vscode.TextDocument[];
	/** By offsets in all cells joined. */
	readonly code: ReadCode;
	/** By offsets within each cell. */
	readonly files: readonly ReadFile[];
	/** Tells it from what is read of the cells when one of them, or their order, has changed. */
	readonly stamp: string;
}

interface Kept extends OpenCode {
	readonly reading: CodeReading;
}

/**
 * What the open documents say about activations, read once a version; an edit costs what it touches. A notebook's cells are
 * read together, so a later cell knows the names of the earlier ones. Memory is bounded by what is open.
 */
export class Documents implements vscode.Disposable {
	/** By the document, or by the notebook. */
	readonly #kept = new Map<string, Kept>();
	readonly #imports = new Imports();
	readonly #changed = new vscode.EventEmitter<vscode.TextDocument>();
	/** A document says something else though its text is the same: what it imports is known, or has changed. */
	readonly onDidChangeImports = this.#changed.event;
	readonly #subscriptions: readonly vscode.Disposable[];

	constructor() {
		this.#subscriptions = [
			this.#imports,
			this.#changed,
			vscode.workspace.onDidCloseTextDocument((document) => {
				this.#kept.delete(readingKey(document));
				this.#imports.forget(readingKey(document));
			}),
			this.#imports.onDidFollow((document) => {
				this.#kept.delete(readingKey(document));
				this.#changed.fire(document);
			}),
		];
	}

	/** What is read in a document or a notebook's Python cell; nothing in another language. */
	read(document: vscode.TextDocument): ReadFile {
		const open = this.code(document);
		return open?.files[open.cells.indexOf(document)] ?? NOTHING;
	}

	/** The same with the cells around it, and what names stand for; undefined for what says nothing about activations. */
	code(document: vscode.TextDocument): OpenCode | undefined {
		if (!isCode(document)) return undefined;
		const cells = cellsAround(document);
		const stamp = cells.map((cell) => `${cell.uri.fragment}@${cell.version}`).join();
		const key = readingKey(document);
		const before = this.#kept.get(key);
		if (before?.stamp === stamp) return before;
		const isSame = before && before.cells[0]?.languageId === cells[0]?.languageId;
		if (before && !isSame) this.#imports.forget(key);
		const now = readAgain(cells, isSame ? before.reading : undefined, () => this.#imports.of(key, cells[0]!));
		const open = now && { ...now, cells, stamp };
		if (open) this.#kept.set(key, open);
		else this.#kept.delete(key);
		this.#imports.followSoon(key);
		return open;
	}

	useAt(document: vscode.TextDocument, position: vscode.Position): ActivationUse | undefined {
		return useAt(this.read(document), document.offsetAt(position));
	}

	/**
	 * Where a definition that a use in `document` refers to is written: there, or in another cell of its notebook. One that
	 * is imported is in none of them: its `path` says where.
	 */
	ownerOf(document: vscode.TextDocument, definition: Definition): vscode.TextDocument {
		const owner = cellsAround(document).find((cell) => this.read(cell).definitions.includes(definition));
		return owner ?? document;
	}

	dispose(): void {
		for (const each of this.#subscriptions) each.dispose();
		this.#kept.clear();
	}
}

/** One key for all cells of a notebook, which are read as one: what their addresses share. */
export function readingKey({ uri }: vscode.TextDocument): string {
	return uri.scheme === "vscode-notebook-cell" ? uri.with({ fragment: "" }).toString() : uri.toString();
}

/** Reading never throws by its own promise; if it did, each move of the mouse would fail, so the version counts as empty. */
function readAgain(
	cells: readonly vscode.TextDocument[],
	before: CodeReading | undefined,
	neighbours: () => Neighbours | undefined,
): Pick<Kept, "code" | "files" | "reading"> | undefined {
	const [first] = cells;
	if (!first) return undefined;
	const isNotebook = first.uri.scheme === "vscode-notebook-cell";
	const texts = cells.map((cell) => (isNotebook ? withoutMagics(cell.getText()) : cell.getText()));
	if (!isConcerned(texts.join("\n"), first.languageId)) return undefined;
	try {
		const reading = before ?? openReading(first.languageId, neighbours());
		const code = reading?.update(texts);
		return reading && code && { reading, code, files: inCells(code) };
	} catch (error) {
		console.error(error);
		return undefined;
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
