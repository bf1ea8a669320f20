import { join } from "node:path";
import * as vscode from "vscode";
import type { ModelReading } from "../core/diagnosis/propagation/modelReading.ts";
import { ModelReader } from "../engines/modelReader.ts";
import { isCode } from "./convert.ts";
import { type Documents, type OpenCode, readingKey } from "./documents.ts";

/** After the last key the models are read again. */
const PAUSE_MS = 300;
/** What a text holds that makes a model. */
const CONCERNED = /\b(Module|Sequential|sequential|Model|nnx|layers)\b/;

/** The models of a document with their forecasts, as they were read of some versions of its cells. */
interface Known {
	readonly versions: string;
	readonly readings: readonly ModelReading[];
}

/** The models of the open documents, read in a worker thread when a person pauses. */
export class Models implements vscode.Disposable {
	readonly #documents: Documents;
	readonly #reader: ModelReader;
	readonly #known = new Map<string, Known>();
	readonly #timers = new Map<string, NodeJS.Timeout>();
	readonly #changed = new vscode.EventEmitter<vscode.TextDocument>();
	readonly #subscriptions: readonly vscode.Disposable[];
	/** The models of a document have been read again. */
	readonly onDidChange = this.#changed.event;

	constructor(documents: Documents, extensionPath: string) {
		this.#documents = documents;
		this.#reader = new ModelReader(join(extensionPath, "dist", "modelWorker.js"));
		this.#subscriptions = [
			this.#changed,
			this.#reader,
			vscode.workspace.onDidOpenTextDocument((document) => this.#plan(document, 0)),
			vscode.workspace.onDidChangeTextDocument(({ document }) => this.#plan(document, PAUSE_MS)),
			vscode.workspace.onDidCloseTextDocument((document) => {
				clearTimeout(this.#timers.get(readingKey(document)));
				this.#timers.delete(readingKey(document));
				this.#known.delete(readingKey(document));
			}),
		];
		for (const document of vscode.workspace.textDocuments) this.#plan(document, 0);
	}

	/** What is known of a document as it is now; undefined while it is still being read. Spans are those of all cells joined. */
	of(
		document: vscode.TextDocument,
	): { readonly open: OpenCode; readonly readings: readonly ModelReading[] } | undefined {
		const open = this.#documents.code(document);
		const known = this.#known.get(readingKey(document));
		return open && known?.versions === versionsOf(open) ? { open, readings: known.readings } : undefined;
	}

	dispose(): void {
		for (const timer of this.#timers.values()) clearTimeout(timer);
		for (const each of this.#subscriptions) each.dispose();
	}

	#plan(document: vscode.TextDocument, delay: number): void {
		if (!isCode(document)) return;
		const key = readingKey(document);
		clearTimeout(this.#timers.get(key));
		this.#timers.set(
			key,
			setTimeout(() => void this.#read(document), delay),
		);
	}

	async #read(document: vscode.TextDocument): Promise<void> {
		const open = document.isClosed ? undefined : this.#documents.code(document);
		if (!open) return;
		const versions = versionsOf(open);
		const { text, starts } = open.code;
		const texts = starts.map((start, i) => text.slice(start, i + 1 < starts.length ? starts[i + 1]! - 1 : text.length));
		const { uri, languageId } = document;
		const roots = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
		const isFile = uri.scheme === "file" || uri.scheme === "vscode-notebook-cell";
		const place = isFile ? { path: uri.fsPath, roots } : null;
		const readings = CONCERNED.test(text) ? await this.#reader.read({ texts, languageId, place }) : [];
		if (document.isClosed) return;
		this.#known.set(readingKey(document), { versions, readings });
		this.#changed.fire(document);
	}
}

function versionsOf({ cells }: OpenCode): string {
	return cells.map((cell) => `${cell.uri.fragment}@${cell.version}`).join();
}
