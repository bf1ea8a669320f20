import assert from "node:assert/strict";
import * as vscode from "vscode";
import { test, until } from "./harness.ts";

const ID = "activation-lens.activation-lens";

/** Opens a file of the sample workspace beside nothing else. */
async function openSample(name: string): Promise<vscode.TextDocument> {
	const folder = vscode.workspace.workspaceFolders?.[0];
	assert.ok(folder, "the suite runs in the sample workspace");
	const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
	await vscode.window.showTextDocument(document);
	return document;
}

async function hoverText(document: vscode.TextDocument, text: string): Promise<string> {
	const position = document.positionAt(document.getText().lastIndexOf(text) + 1);
	return until(`a hover over ${text}`, async () => {
		const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
			"vscode.executeHoverProvider",
			document.uri,
			position,
		);
		return hovers
			.flatMap((hover) => hover.contents)
			.map((content) => (typeof content === "string" ? content : content.value))
			.join("\n");
	});
}

test("the extension activates on a Python file", async () => {
	const extension = vscode.extensions.getExtension(ID);
	assert.ok(extension, `${ID} is installed`);
	await openSample("sigmoid_demo.py");
	await until("activation", () => extension.isActive);
});

test("every contributed command is registered", async () => {
	const extension = vscode.extensions.getExtension(ID);
	await extension?.activate();
	const contributed: { command: string }[] = extension?.packageJSON.contributes?.commands ?? [];
	assert.ok(contributed.length > 0, "package.json contributes commands");
	const registered = new Set(await vscode.commands.getCommands(true));
	const missing = contributed.map(({ command }) => command).filter((command) => !registered.has(command));
	assert.deepEqual(missing, []);
});

test("the hover over sigmoid(x) shows the array that NumPy would print", async () => {
	const text = await hoverText(await openSample("sigmoid_demo.py"), "sigmoid(x)");
	assert.match(text, /0\.73105858 0\.88079708 0\.95257413 0\.98201379 0\.99330715/);
});
