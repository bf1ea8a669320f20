import { basename } from "node:path";
import * as vscode from "vscode";
import { findActivation } from "../core/activations/catalog.ts";
import { findVectorActivation } from "../core/activations/vector.ts";
import type { CommandId } from "./commands.ts";
import type { WorkspaceIndex, WorkspaceUse } from "./workspaceIndex.ts";

/** An activation of the workspace with how often it is used. */
interface ActivationEntry {
	readonly activation: string;
	readonly count: number;
}

/** A file in which an activation is used. */
interface FileEntry {
	readonly activation: string;
	readonly path: string;
	readonly uses: readonly WorkspaceUse[];
}

/** Files that could not be read, as many as are told. */
const MOST_PROBLEMS = 3;

type Entry = ActivationEntry | FileEntry | WorkspaceUse;

/** The activations of the whole workspace, most used first; below each its files, below a file its lines. */
export class WorkspaceTree implements vscode.TreeDataProvider<Entry> {
	readonly #index: WorkspaceIndex;
	readonly onDidChangeTreeData: vscode.Event<void>;

	constructor(index: WorkspaceIndex) {
		this.#index = index;
		this.onDidChangeTreeData = index.onDidChange;
	}

	/** What stands above the tree: that more may come, or which files could not be read. */
	get message(): string {
		if (!this.#index.isComplete) return vscode.l10n.t("Looking for activations…");
		const problems = this.#index.problems.map(
			({ path, problem }) => `${vscode.workspace.asRelativePath(path)} (${problem})`,
		);
		return problems.length > 0 ? vscode.l10n.t("Not read: {0}", problems.slice(0, MOST_PROBLEMS).join(", ")) : "";
	}

	async getChildren(parent?: Entry): Promise<Entry[]> {
		if (!parent) {
			// What is found is shown as it comes.
			void this.#index.ensure();
			return this.#index.counts().map(([activation, count]) => ({ activation, count }));
		}
		if ("use" in parent) return [];
		if ("uses" in parent) return [...parent.uses];
		const files = new Map<string, WorkspaceUse[]>();
		for (const each of this.#index.usesOf(parent.activation))
			files.set(each.path, [...(files.get(each.path) ?? []), each]);
		return [...files].map(([path, uses]) => ({ activation: parent.activation, path, uses }));
	}

	getTreeItem(entry: Entry): vscode.TreeItem {
		if ("use" in entry) return itemOfUse(entry);
		const { Collapsed } = vscode.TreeItemCollapsibleState;
		if ("uses" in entry) {
			const item = new vscode.TreeItem(basename(entry.path), Collapsed);
			item.id = `${entry.activation} ${entry.path}`;
			item.resourceUri = vscode.Uri.file(entry.path);
			item.description = `${vscode.workspace.asRelativePath(entry.path)} · ${entry.uses.length}`;
			return item;
		}
		const item = new vscode.TreeItem(nameOf(entry.activation), Collapsed);
		item.id = entry.activation;
		item.description = String(entry.count);
		item.iconPath = new vscode.ThemeIcon("graph-line");
		item.contextValue = "workspaceActivation";
		return item;
	}
}

function itemOfUse(entry: WorkspaceUse): vscode.TreeItem {
	const { use } = entry;
	const line = String(use.line + 1);
	const place =
		use.cell === undefined
			? vscode.l10n.t("line {0}", line)
			: vscode.l10n.t("cell {0}, line {1}", String(use.cell + 1), line);
	const item = new vscode.TreeItem(place);
	item.description = use.kind;
	item.iconPath = new vscode.ThemeIcon(use.kind === "definition" ? "symbol-function" : "symbol-event");
	item.command = {
		command: "activations.revealWorkspaceUse" satisfies CommandId,
		title: vscode.l10n.t("Go to Activation"),
		arguments: [entry],
	};
	return item;
}

/** An activation's name as people write it. */
export function nameOf(id: string): string {
	return (findActivation(id) ?? findVectorActivation(id))?.name ?? id;
}
