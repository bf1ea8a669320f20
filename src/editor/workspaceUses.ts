import * as vscode from "vscode";
import { locationOf, type WorkspaceIndex } from "./workspaceIndex.ts";
import { nameOf } from "./workspaceTree.ts";

/** Lets the user pick one of the activations that the workspace uses. */
export async function pickUsed(index: WorkspaceIndex): Promise<string | undefined> {
	const items = index.counts().map(([id, count]) => ({ label: nameOf(id), description: String(count), id }));
	if (items.length === 0) {
		void vscode.window.showInformationMessage(vscode.l10n.t("No activation is used in this workspace."));
		return undefined;
	}
	return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t("Which activation?") }))?.id;
}

/** Shows all uses of an activation in the workspace as the editor shows references. */
export async function peekUses(index: WorkspaceIndex, activation: string): Promise<void> {
	const locations = await Promise.all(index.usesOf(activation).map(locationOf));
	const [first] = locations;
	if (!first) {
		void vscode.window.showInformationMessage(vscode.l10n.t("{0} is not used in this workspace.", nameOf(activation)));
		return;
	}
	const editor = vscode.window.activeTextEditor;
	const [uri, position] = editor ? [editor.document.uri, editor.selection.active] : [first.uri, first.range.start];
	await vscode.commands.executeCommand("editor.action.showReferences", uri, position, locations);
}
