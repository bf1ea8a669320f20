import * as vscode from "vscode";
import type { Neighbours, Resolver } from "../core/reading/code/resolver.ts";
import { neighboursIn } from "../core/reading/readSource.ts";
import { isForeign } from "../engines/sourceFiles.ts";
import { workspaceOf } from "../engines/workspaceFiles.ts";

/** After what changed last, imports are followed. */
const PAUSE_MS = 300;
const CODE = "**/*.{py,pyi,pyw,ts,tsx,mts,cts,js,jsx,mjs,cjs}";

interface Known {
	readonly document: vscode.TextDocument;
	readonly neighbours: PatientNeighbours;
}

/**
 * Where the open documents' imports lead within the workspace. Reading a document waits for no other file: an import leads
 * nowhere until it has been followed, and that is done when a person pauses, one after the other, so that keys go first.
 */
export class Imports implements vscode.Disposable {
	readonly #followed = new vscode.EventEmitter<vscode.TextDocument>();
	/** The imports of a document lead elsewhere than when it was read. */
	readonly onDidFollow = this.#followed.event;
	readonly #known = new Map<string, Known>();
	readonly #timers = new Map<string, NodeJS.Timeout>();
	readonly #subscriptions: readonly vscode.Disposable[];
	#workspace = openFolders();
	#settling: NodeJS.Timeout | undefined;

	constructor() {
		const watcher = vscode.workspace.createFileSystemWatcher(CODE);
		const settle = (uri: vscode.Uri) => {
			// Files come and go there that nobody here edits.
			if (!isForeign(vscode.workspace.asRelativePath(uri))) this.#startOverSoon();
		};
		this.#subscriptions = [
			this.#followed,
			watcher,
			watcher.onDidChange(settle),
			watcher.onDidCreate(settle),
			watcher.onDidDelete(settle),
			vscode.workspace.onDidChangeWorkspaceFolders(() => this.#startOverSoon()),
		];
	}

	/** Those of a document, or of a notebook's first cell, under a key; undefined for one outside the workspace. */
	of(key: string, document: vscode.TextDocument): Neighbours | undefined {
		const known = this.#known.get(key);
		if (known) return known.neighbours;
		const inner = this.#neighboursOf(document);
		if (!inner) return undefined;
		const neighbours = new PatientNeighbours(inner);
		this.#known.set(key, { document, neighbours });
		return neighbours;
	}

	/** To be called when a document has been read: where it asked for more, that is followed when there is time. */
	followSoon(key: string): void {
		if (!this.#known.get(key)?.neighbours.isWaiting) return;
		clearTimeout(this.#timers.get(key));
		this.#timers.set(
			key,
			setTimeout(() => void this.#follow(key), PAUSE_MS),
		);
	}

	forget(key: string): void {
		clearTimeout(this.#timers.get(key));
		this.#timers.delete(key);
		this.#known.delete(key);
	}

	dispose(): void {
		clearTimeout(this.#settling);
		for (const key of [...this.#known.keys()]) this.forget(key);
		for (const each of this.#subscriptions) each.dispose();
	}

	#neighboursOf({ uri, languageId }: vscode.TextDocument): Neighbours | undefined {
		const file = uri.scheme === "vscode-notebook-cell" ? vscode.Uri.file(uri.fsPath) : uri;
		if (file.scheme !== "file" || !vscode.workspace.getWorkspaceFolder(file)) return undefined;
		return neighboursIn(this.#workspace(file.fsPath), languageId);
	}

	async #follow(key: string): Promise<void> {
		const known = this.#known.get(key);
		let isNews = false;
		while (known?.neighbours.isWaiting) {
			isNews = known.neighbours.followOne() || isNews;
			await new Promise((resolve) => setTimeout(resolve, 0));
			if (this.#known.get(key) !== known) return;
		}
		if (known && isNews) this.#followed.fire(known.document);
	}

	/** Files have changed: what was read of them is read again. */
	#startOverSoon(): void {
		clearTimeout(this.#settling);
		this.#settling = setTimeout(() => {
			this.#workspace = openFolders();
			for (const [key, { document, neighbours }] of this.#known) {
				const inner = this.#neighboursOf(document);
				if (inner) neighbours.startOver(inner);
				this.followSoon(key);
			}
		}, PAUSE_MS);
	}
}

function openFolders(): ReturnType<typeof workspaceOf> {
	return workspaceOf((vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath));
}

/** An import that a file's text asks for. */
interface Wanted {
	readonly module: string;
	readonly name: string | undefined;
	/** Undefined until it has been followed: whether it leads to a file. */
	isThere?: boolean;
	/** Whether it did before the files changed. */
	wasThere?: boolean;
}

/** Leads to where it has led before; what else is asked for waits to be followed. */
class PatientNeighbours implements Neighbours {
	readonly path: string;
	readonly isPackage: boolean;
	#inner: Neighbours;
	readonly #wanted = new Map<string, Wanted>();
	readonly #waiting = new Set<Wanted>();

	constructor(inner: Neighbours) {
		this.path = inner.path;
		this.isPackage = inner.isPackage;
		this.#inner = inner;
	}

	get isWaiting(): boolean {
		return this.#waiting.size > 0;
	}

	fileOf(module: string, name?: string): Resolver | undefined {
		const key = `${module}\n${name ?? ""}`;
		const wanted = this.#wanted.get(key);
		if (wanted) return wanted.isThere ? this.#inner.fileOf(module, name) : undefined;
		const made = { module, name };
		this.#wanted.set(key, made);
		this.#waiting.add(made);
		return undefined;
	}

	mayLead(module: string): boolean {
		return this.#inner.mayLead(module);
	}

	mayHold(module: string, name: string): boolean {
		return this.#inner.mayHold(module, name);
	}

	/** Follows one import that waits. True if it leads to a file, or no longer does. */
	followOne(): boolean {
		const [next] = this.#waiting;
		if (!next) return false;
		this.#waiting.delete(next);
		next.isThere = this.#inner.fileOf(next.module, next.name) !== undefined;
		const isNews = next.isThere || next.wasThere === true;
		next.wasThere = next.isThere;
		return isNews;
	}

	/** Everything is to be followed again. */
	startOver(inner: Neighbours): void {
		this.#inner = inner;
		for (const wanted of this.#wanted.values()) {
			delete wanted.isThere;
			this.#waiting.add(wanted);
		}
	}
}
