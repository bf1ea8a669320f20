import * as vscode from "vscode";
import type { Activation } from "../core/activations/activation.ts";
import { catalog, findActivation } from "../core/activations/catalog.ts";
import { findVectorActivation } from "../core/activations/vector.ts";
import type { ActivationUse } from "../core/reading/use.ts";
import type { RunState, RunSummary } from "../protocol/panel.ts";
import type { CommandId } from "./commands.ts";
import { isPython, toRange } from "./convert.ts";
import type { Documents } from "./documents.ts";
import { insertLibraries } from "./insert.ts";
import type { Studies } from "./studies.ts";

/** Changes of a document are taken in this long after the last. */
const SETTLE_MS = 250;

/** The activations of the open Python file, in the order of the text; a click goes there. */
export class FileTree implements vscode.TreeDataProvider<ActivationUse>, vscode.Disposable {
	readonly #documents: Documents;
	readonly #changed = new vscode.EventEmitter<void>();
	readonly #subscriptions: vscode.Disposable[];
	#document: vscode.TextDocument | undefined;
	#timer: NodeJS.Timeout | undefined;
	readonly onDidChangeTreeData = this.#changed.event;

	constructor(documents: Documents) {
		this.#documents = documents;
		this.#document = vscode.window.activeTextEditor?.document ?? visiblePython();
		this.#subscriptions = [
			vscode.window.onDidChangeActiveTextEditor((editor) => {
				// The focus in a panel or terminal leaves the file of before in view.
				if (!editor && vscode.window.visibleTextEditors.some(({ document }) => document === this.#document)) return;
				this.#document = editor?.document ?? visiblePython();
				this.#changed.fire();
			}),
			vscode.workspace.onDidChangeTextDocument(({ document }) => {
				if (document !== this.#document) return;
				clearTimeout(this.#timer);
				this.#timer = setTimeout(() => this.#changed.fire(), SETTLE_MS);
			}),
		];
	}

	getChildren(parent?: ActivationUse): ActivationUse[] {
		if (parent || !this.#document || !isPython(this.#document)) return [];
		return [...this.#documents.read(this.#document).uses];
	}

	getTreeItem(use: ActivationUse): vscode.TreeItem {
		const document = this.#document!; // A tree with entries has a document.
		const range = toRange(document, use.span);
		const item = new vscode.TreeItem(nameOf(use));
		item.description = `${use.text} · ${vscode.l10n.t("line {0}", String(range.start.line + 1))}`;
		item.iconPath = new vscode.ThemeIcon(use.kind === "definition" ? "symbol-function" : "symbol-event");
		item.contextValue = "use";
		item.command = commandOf("activations.revealUse", vscode.l10n.t("Go to Activation"), document.uri, range);
		return item;
	}

	dispose(): void {
		clearTimeout(this.#timer);
		for (const one of [this.#changed, ...this.#subscriptions]) one.dispose();
	}
}

/** A Python file in view while the focus is elsewhere, as after a window is loaded. */
function visiblePython(): vscode.TextDocument | undefined {
	return vscode.window.visibleTextEditors.find(({ document }) => isPython(document))?.document;
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
	done: "pass",
	cancelled: "circle-slash",
	failed: "error",
	interrupted: "debug-disconnect",
};

/** The runs of the workspace, newest first. */
export class RunsTree implements vscode.TreeDataProvider<RunSummary>, vscode.Disposable {
	readonly #studies: Studies;
	readonly #changed = new vscode.EventEmitter<void>();
	readonly #subscription: vscode.Disposable;
	readonly onDidChangeTreeData = this.#changed.event;

	constructor(studies: Studies) {
		this.#studies = studies;
		this.#subscription = studies.onDidChange(() => this.#changed.fire());
	}

	async getChildren(parent?: RunSummary): Promise<RunSummary[]> {
		return parent ? [] : [...(await this.#studies.list())];
	}

	getTreeItem(run: RunSummary): vscode.TreeItem {
		const item = new vscode.TreeItem(run.name || run.id);
		item.id = run.id;
		const when = new Date(run.startedAt).toLocaleString(vscode.env.language);
		item.description = `${stateText(run)} · ${when}`;
		item.iconPath = new vscode.ThemeIcon(stateIcons[run.state]);
		item.contextValue = `run.${run.state}`;
		item.command = commandOf("activations.openRun", vscode.l10n.t("Open Run"), run);
		return item;
	}

	dispose(): void {
		this.#subscription.dispose();
		this.#changed.dispose();
	}
}

function stateText({ state, progress }: RunSummary): string {
	switch (state) {
		case "running":
			return vscode.l10n.t("running");
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
