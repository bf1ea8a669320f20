import { join } from "node:path";
import * as vscode from "vscode";
import type { ModelReading } from "../core/diagnosis/propagation/modelReading.ts";
import { ModelReader } from "../engines/modelReader.ts";
import { AtPause } from "./atPause.ts";
import { type Documents, type OpenCode, readingKey } from "./documents.ts";

/** What a text holds that makes a model. */
const CONCERNED = /\b(Module|Sequential|sequential|Model|nnx|layers)\b/;

/** The models of a document with their forecasts, as they were read of what has that stamp. */
interface Known {
	readonly stamp: string;
	readonly readings: readonly ModelReading[];
}

/** The models of a document as it is. Spans are those of all cells joined. */
export interface OpenModels {
	readonly open: OpenCode;
	readonly readings: readonly ModelReading[];
}

/** The models of the open documents, read in a worker thread when a person pauses. */
export class Models implements vscode.Disposable {
	readonly #documents: Documents;
	readonly #reader: ModelReader;
	readonly #known = new Map<string, Known>();
	readonly #pauses: AtPause;
	readonly #changed = new vscode.EventEmitter<vscode.TextDocument>();
	/** The models of a document have been read again. */
	readonly onDidChange = this.#changed.event;
	readonly #closed = new vscode.EventEmitter<string>();

	constructor(documents: Documents, extensionPath: string) {
		this.#documents = documents;
		this.#reader = new ModelReader(join(extensionPath, "dist", "modelWorker.js"));
		const forget = (key: string) => {
			this.#known.delete(key);
			this.#closed.fire(key);
		};
		this.#pauses = new AtPause(documents, (document) => void this.#read(document), forget);
	}

	/** What is known of a document as it is now; undefined while it is still being read. */
	of(document: vscode.TextDocument): OpenModels | undefined {
		const open = this.#documents.code(document);
		const known = this.#known.get(readingKey(document));
		return open && known?.stamp === open.stamp ? { open, readings: known.readings } : undefined;
	}

	/** The same when it has been read; undefined for what is no code, or is closed before. */
	async whenRead(document: vscode.TextDocument): Promise<OpenModels | undefined> {
		const key = readingKey(document);
		for (;;) {
			const known = this.of(document);
			if (known || document.isClosed || !this.#documents.code(document)) return known;
			const subscriptions: vscode.Disposable[] = [];
			await new Promise<void>((resolve) => {
				subscriptions.push(
					this.#changed.event((other) => readingKey(other) === key && resolve()),
					this.#closed.event((other) => other === key && resolve()),
				);
			});
			for (const each of subscriptions) each.dispose();
		}
	}

	dispose(): void {
		for (const each of [this.#pauses, this.#reader, this.#changed, this.#closed]) each.dispose();
	}

	async #read(document: vscode.TextDocument): Promise<void> {
		const open = document.isClosed ? undefined : this.#documents.code(document);
		if (!open) return;
		const { code, stamp } = open;
		const texts = code.starts.map((start, i) =>
			code.text.slice(start, (code.starts[i + 1] ?? code.text.length + 1) - 1),
		);
		const { uri, languageId } = document;
		const roots = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
		const isFile = uri.scheme === "file" || uri.scheme === "vscode-notebook-cell";
		const place = isFile ? { path: uri.fsPath, roots } : null;
		const readings = CONCERNED.test(code.text) ? await this.#reader.read({ texts, languageId, place }) : [];
		if (document.isClosed) return;
		this.#known.set(readingKey(document), { stamp, readings });
		this.#changed.fire(document);
	}
}
