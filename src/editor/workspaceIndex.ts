import { join } from "node:path";
import * as vscode from "vscode";
import { isForeign, languageOf } from "../engines/sourceFiles.ts";
import { workspaceScan } from "../engines/workspaceScan.ts";
import type { ScannedFile, ScannedUse } from "../protocol/workspaceScan.ts";

/** Files that were saved are scanned in this long after the last. */
const SETTLE_MS = 500;
/** What is found is shown this often while the scan goes on. */
const SHOW_MS = 250;

/** One use of an activation in a file of the workspace. */
export interface WorkspaceUse {
	readonly path: string;
	readonly use: ScannedUse;
}

/**
 * The activations of all files of the workspace, found by a worker thread when somebody first asks, and again in files that
 * change on disk. Of a file only names and places are kept.
 */
export class WorkspaceIndex implements vscode.Disposable {
	readonly #workerFile: string;
	readonly #files = new Map<string, ScannedFile>();
	readonly #changed = new vscode.EventEmitter<void>();
	readonly #stale = new Set<string>();
	#watcher: vscode.Disposable | undefined;
	/** The scan of the whole workspace, under way or done. */
	#whole: Promise<void> | undefined;
	#scan: AbortController | undefined;
	#timer: NodeJS.Timeout | undefined;
	#isScanning = false;
	#isComplete = false;
	readonly onDidChange = this.#changed.event;

	constructor(extensionPath: string) {
		this.#workerFile = join(extensionPath, "dist", "scanWorker.js");
	}

	/** Whether the whole workspace has been scanned. */
	get isComplete(): boolean {
		return this.#isComplete;
	}

	/** Files that could not be read, with the reason. */
	get problems(): readonly ScannedFile[] {
		return [...this.#files.values()].filter(({ problem }) => problem !== null);
	}

	/** Ids of activations with how often each is used, most often first. */
	counts(): readonly (readonly [activation: string, count: number])[] {
		const counts = new Map<string, number>();
		for (const file of this.#files.values()) {
			for (const [id, count] of Object.entries(file.counts)) counts.set(id, (counts.get(id) ?? 0) + count);
		}
		return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
	}

	/** Where an activation is used, by file and in the order of the text. */
	usesOf(activation: string): readonly WorkspaceUse[] {
		const files = [...this.#files.values()].sort((a, b) => a.path.localeCompare(b.path));
		return files.flatMap(({ path, uses }) =>
			uses.filter((use) => use.activation === activation).map((use) => ({ path, use })),
		);
	}

	/** Scans the workspace unless that has been done or begun; resolves when all is found. */
	async ensure(): Promise<void> {
		// One that is begun anew ends the one before.
		for (let awaited: Promise<void> | undefined; awaited !== this.#whole || !awaited; ) {
			awaited = this.#whole ?? this.refresh();
			await awaited;
		}
	}

	/** Scans the whole workspace anew. */
	refresh(): Promise<void> {
		this.#watcher ??= this.#watch();
		this.#files.clear();
		this.#stale.clear();
		const folders = vscode.workspace.workspaceFolders ?? [];
		this.#isComplete = false;
		this.#changed.fire();
		this.#whole = this.#read(folders.filter(({ uri }) => uri.scheme === "file").map(({ uri }) => uri.fsPath));
		return this.#whole;
	}

	dispose(): void {
		clearTimeout(this.#timer);
		this.#scan?.abort();
		this.#watcher?.dispose();
		this.#changed.dispose();
	}

	#watch(): vscode.Disposable {
		const watcher = vscode.workspace.createFileSystemWatcher("**/*.{py,pyw,pyi,ipynb,ts,tsx,mts,cts,js,jsx,mjs,cjs}");
		const note = (uri: vscode.Uri) => {
			const { fsPath } = uri;
			if (isForeign(vscode.workspace.asRelativePath(uri)) || languageOf(fsPath) === undefined) return;
			this.#stale.add(fsPath);
			clearTimeout(this.#timer);
			this.#timer = setTimeout(() => void this.#readStale(), SETTLE_MS);
		};
		return vscode.Disposable.from(
			watcher,
			watcher.onDidChange(note),
			watcher.onDidCreate(note),
			watcher.onDidDelete(note),
			vscode.workspace.onDidChangeWorkspaceFolders(() => void this.refresh()),
		);
	}

	async #readStale(): Promise<void> {
		// A scan that is under way may have read the old text.
		if (this.#isScanning) {
			this.#timer = setTimeout(() => void this.#readStale(), SETTLE_MS);
			return;
		}
		const paths = [...this.#stale];
		this.#stale.clear();
		for (const path of paths) this.#files.delete(path);
		await this.#read(paths);
	}

	async #read(paths: readonly string[]): Promise<void> {
		this.#scan?.abort();
		const scan = new AbortController();
		this.#scan = scan;
		this.#isScanning = true;
		let shown = Date.now();
		try {
			for await (const file of workspaceScan(paths, this.#workerFile, scan.signal)) {
				if (scan.signal.aborted) return;
				this.#files.set(file.path, file);
				if (Date.now() - shown < SHOW_MS) continue;
				shown = Date.now();
				this.#changed.fire();
			}
		} catch (error) {
			console.error(error);
		} finally {
			if (this.#scan === scan) {
				this.#isScanning = false;
				this.#isComplete = true;
				this.#changed.fire();
			}
		}
	}
}

/** The place of a use as the editor has it; a notebook's by its cell. */
export async function locationOf({ path, use }: WorkspaceUse): Promise<vscode.Location> {
	const range = new vscode.Range(use.line, use.column, use.line, use.endColumn);
	const uri = vscode.Uri.file(path);
	if (use.cell === undefined) return new vscode.Location(uri, range);
	const notebook = await vscode.workspace.openNotebookDocument(uri);
	const cell = notebook.cellCount > use.cell ? notebook.cellAt(use.cell) : undefined;
	return new vscode.Location(cell?.document.uri ?? uri, range);
}
