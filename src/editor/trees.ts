import * as vscode from "vscode";
import type { Activation } from "../core/activations/activation.ts";
import { catalog, findActivation } from "../core/activations/catalog.ts";
import { findVectorActivation } from "../core/activations/vector.ts";
import type { ActivationUse } from "../core/reading/use.ts";
import type { RunState, RunSummary } from "../protocol/panel.ts";
import type { CommandId } from "./commands.ts";
import { toRange } from "./convert.ts";
import { cellOf, cellsAround, codeDocument, type Documents } from "./documents.ts";
import { insertLibraries } from "./insert.ts";
import type { Studies } from "./studies.ts";

/** Changes of a document are taken in this long after the last. */
const SETTLE_MS = 250;
/** The progress of a run is shown this often. */
const PROGRESS_MS = 1000;

/** An activation with the file, or cell of a notebook, in which it stands. */
interface FileEntry {
	readonly document: vscode.TextDocument;
	readonly use: ActivationUse;
}

/** The activations of the open file or notebook, in the order of the text; a click goes there. */
export class FileTree implements vscode.TreeDataProvider<FileEntry>, vscode.Disposable {
	readonly #documents: Documents;
	readonly #changed = new vscode.EventEmitter<void>();
	readonly #subscriptions: vscode.Disposable[];
	#cells: readonly vscode.TextDocument[] = [];
	#timer: NodeJS.Timeout | undefined;
	readonly onDidChangeTreeData = this.#changed.event;

	constructor(documents: Documents) {
		this.#documents = documents;
		this.#look();
		this.#subscriptions = [
			vscode.window.onDidChangeActiveTextEditor(() => this.#lookAgain()),
			vscode.window.onDidChangeActiveNotebookEditor(() => this.#lookAgain()),
			vscode.workspace.onDidChangeNotebookDocument(() => this.#lookSoon()),
			vscode.workspace.onDidChangeTextDocument(({ document }) => {
				if (this.#cells.includes(document)) this.#lookSoon();
			}),
			documents.onDidChangeImports(() => this.#lookSoon()),
			// A document whose language is set to Python comes in anew.
			vscode.workspace.onDidOpenTextDocument(() => this.#lookSoon()),
		];
	}

	getChildren(parent?: FileEntry): FileEntry[] {
		if (parent) return [];
		return this.#cells.flatMap((document) => this.#documents.read(document).uses.map((use) => ({ document, use })));
	}

	getTreeItem({ document, use }: FileEntry): vscode.TreeItem {
		const range = toRange(document, use.span);
		const item = new vscode.TreeItem(nameOf(use));
		const line = String(range.start.line + 1);
		const cell = cellOf(document);
		const place = cell
			? vscode.l10n.t("cell {0}, line {1}", String(cell.index + 1), line)
			: vscode.l10n.t("line {0}", line);
		item.description = `${use.text} · ${place}`;
		item.iconPath = new vscode.ThemeIcon(use.kind === "definition" ? "symbol-function" : "symbol-event");
		item.contextValue = "use";
		item.command = commandOf("activations.revealUse", vscode.l10n.t("Go to Activation"), document.uri, range);
		return item;
	}

	dispose(): void {
		clearTimeout(this.#timer);
		for (const one of [this.#changed, ...this.#subscriptions]) one.dispose();
	}

	#look(): void {
		const document = codeDocument();
		this.#cells = document ? cellsAround(document) : [];
	}

	#lookAgain(): void {
		const before = this.#cells;
		// The focus in a panel or terminal leaves the file of before in view.
		const isInView = vscode.window.visibleTextEditors.some(({ document }) => before.includes(document));
		if (isInView && !vscode.window.activeTextEditor && !vscode.window.activeNotebookEditor) return;
		this.#look();
		if (before.length !== this.#cells.length || before[0] !== this.#cells[0]) this.#changed.fire();
	}

	#lookSoon(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			this.#look();
			this.#changed.fire();
		}, SETTLE_MS);
	}
}

function nameOf({ activation, definition, text }: ActivationUse): string {
	const known = activation === null ? undefined : (findActivation(activation) ?? findVectorActivation(activation));
	return known?.name ?? definition?.name ?? text;
}

/** The catalog by family; a click opens the entry in the panel. */
export class CatalogTree implements vscode.TreeDataProvider<string | Activation> {
	getChildren(parent?: string | Activation): (string | Activation)[] {
		if (parent === undefined) return Object.keys(familyTitles());
		return typeof parent === "string" ? catalog.filter(({ family }) => family === parent) : [];
	}

	getTreeItem(entry: string | Activation): vscode.TreeItem {
		if (typeof entry === "string") {
			const item = new vscode.TreeItem(familyTitles()[entry] ?? entry, vscode.TreeItemCollapsibleState.Collapsed);
			item.description = String(catalog.filter(({ family }) => family === entry).length);
			item.id = `family:${entry}`;
			return item;
		}
		const item = new vscode.TreeItem(entry.name);
		item.id = `activation:${entry.id}`;
		item.description = entry.source;
		item.tooltip = entry.id;
		item.iconPath = new vscode.ThemeIcon("graph-line");
		item.contextValue = ["catalogEntry", ...insertLibraries(entry.id)].join(" ");
		item.command = commandOf("activations.showActivation", vscode.l10n.t("Show in Panel"), entry);
		return item;
	}
}

/** Families in the order in which people look for them. */
function familyTitles(): Readonly<Record<string, string>> {
	return {
		relu: vscode.l10n.t("Rectifiers"),
		sigmoid: vscode.l10n.t("S-shaped"),
		gated: vscode.l10n.t("Gated"),
		elu: vscode.l10n.t("Exponential linear"),
		softplus: vscode.l10n.t("Smooth rectifiers"),
		hard: vscode.l10n.t("Piecewise linear"),
		shrink: vscode.l10n.t("Shrinkage"),
		periodic: vscode.l10n.t("Periodic"),
		bump: vscode.l10n.t("Bumps"),
		exp: vscode.l10n.t("Exponential"),
		linear: vscode.l10n.t("Linear"),
		step: vscode.l10n.t("Steps"),
		misc: vscode.l10n.t("Others"),
	};
}

const stateIcons: Readonly<Record<RunState, string>> = {
	running: "sync~spin",
	paused: "debug-pause",
	done: "pass",
	cancelled: "circle-slash",
	failed: "error",
	interrupted: "debug-disconnect",
};

/** The runs of the workspace, newest first. */
export class RunsTree implements vscode.TreeDataProvider<RunSummary>, vscode.Disposable {
	readonly #studies: Studies;
	readonly #changed = new vscode.EventEmitter<void>();
	readonly #subscriptions: readonly vscode.Disposable[];
	#timer: NodeJS.Timeout | undefined;
	readonly onDidChangeTreeData = this.#changed.event;

	constructor(studies: Studies) {
		this.#studies = studies;
		this.#subscriptions = [
			studies.onDidChange(() => this.#changed.fire()),
			studies.onDidReport(() => {
				this.#timer ??= setTimeout(() => {
					this.#timer = undefined;
					this.#changed.fire();
				}, PROGRESS_MS);
			}),
		];
	}

	async getChildren(parent?: RunSummary): Promise<RunSummary[]> {
		return parent ? [] : [...(await this.#studies.list())];
	}

	getTreeItem(run: RunSummary): vscode.TreeItem {
		const item = new vscode.TreeItem(run.name || run.id);
		item.id = run.id;
		const when = new Date(run.startedAt).toLocaleString(vscode.env.language);
		item.description = `${stateText(run)} · ${when}`;
		item.tooltip = `${run.name}\n${item.description}`;
		item.iconPath = new vscode.ThemeIcon(stateIcons[run.state]);
		item.contextValue = `run.${run.state}`;
		item.command = commandOf("activations.openRun", vscode.l10n.t("Open Run"), run);
		return item;
	}

	dispose(): void {
		clearTimeout(this.#timer);
		for (const one of [this.#changed, ...this.#subscriptions]) one.dispose();
	}
}

function stateText({ state, progress }: RunSummary): string {
	switch (state) {
		case "running":
			return vscode.l10n.t("running, {0} %", String(Math.floor(100 * progress)));
		case "paused":
			return vscode.l10n.t("paused at {0} %", String(Math.floor(100 * progress)));
		case "done":
			return vscode.l10n.t("done");
		case "cancelled":
			return vscode.l10n.t("cancelled at {0} %", String(Math.floor(100 * progress)));
		case "failed":
			return vscode.l10n.t("failed");
		case "interrupted":
			return vscode.l10n.t("interrupted at {0} %", String(Math.floor(100 * progress)));
	}
}

function commandOf(command: CommandId, title: string, ...args: unknown[]): vscode.Command {
	return { command, title, arguments: args };
}
