import * as vscode from "vscode";

/** Shows a text in an editor of its own. */
export async function openText(content: string, language = "python"): Promise<vscode.TextDocument> {
	const document = await vscode.workspace.openTextDocument({ content, language });
	await vscode.window.showTextDocument(document);
	return document;
}

/** What the light bulb offers at a place, of one kind or of all. */
export function actionsAt(
	document: vscode.TextDocument,
	range: vscode.Range,
	kind?: vscode.CodeActionKind,
): Thenable<vscode.CodeAction[]> {
	return vscode.commands.executeCommand<vscode.CodeAction[]>(
		"vscode.executeCodeActionProvider",
		document.uri,
		range,
		...(kind ? [kind.value] : []),
	);
}
