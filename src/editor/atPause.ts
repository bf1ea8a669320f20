import * as vscode from "vscode";
import { isCode } from "./convert.ts";
import { type Documents, readingKey } from "./documents.ts";

/** After the last key. */
const PAUSE_MS = 300;

/**
 * Has something done with each open document of code: when it opens or what it imports has changed, and when a person
 * pauses behind a change. A notebook's cells are one text, so it is done with one of them for all.
 */
export class AtPause implements vscode.Disposable {
	readonly #act: (document: vscode.TextDocument) => void;
	readonly #timers = new Map<string, NodeJS.Timeout>();
	readonly #subscriptions: readonly vscode.Disposable[];

	/** `forget` is given the key of a document, or a notebook, of which nothing is open any more. */
	constructor(documents: Documents, act: (document: vscode.TextDocument) => void, forget: (key: string) => void) {
		this.#act = act;
		this.#subscriptions = [
			documents.onDidChangeImports((document) => this.plan(document)),
			vscode.workspace.onDidOpenTextDocument((document) => this.plan(document)),
			vscode.workspace.onDidChangeTextDocument(({ document }) => this.plan(document, PAUSE_MS)),
			// Cells come, go and change places.
			vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
				const cell = contentChanges.length > 0 && notebook.getCells().find(({ document }) => isCode(document));
				if (cell) this.plan(cell.document, PAUSE_MS);
			}),
			vscode.workspace.onDidCloseTextDocument((document) => {
				const key = readingKey(document);
				const other = vscode.workspace.textDocuments.find((one) => !one.isClosed && readingKey(one) === key);
				if (other) return this.plan(other, PAUSE_MS);
				clearTimeout(this.#timers.get(key));
				this.#timers.delete(key);
				forget(key);
			}),
		];
		this.planAll();
	}

	planAll(): void {
		for (const document of vscode.workspace.textDocuments) this.plan(document);
	}

	plan(document: vscode.TextDocument, delay = 0): void {
		if (!isCode(document)) return;
		const key = readingKey(document);
		clearTimeout(this.#timers.get(key));
		this.#timers.set(
			key,
			setTimeout(() => this.#act(document), delay),
		);
	}

	dispose(): void {
		for (const timer of this.#timers.values()) clearTimeout(timer);
		for (const each of this.#subscriptions) each.dispose();
	}
}
