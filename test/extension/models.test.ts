import assert from "node:assert/strict";
import * as vscode from "vscode";
import { test, until } from "./harness.ts";
import { actionsAt, openText } from "./inEditor.ts";

const DEEP = `import torch
from torch import nn


class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(64, 64) for _ in range(12)])

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return x
`;

async function lensesOf(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
	const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
		"vscode.executeCodeLensProvider",
		document.uri,
		20,
	);
	return all.filter(({ command }) => command?.command === "activations.showForecast");
}

test("a lens above a model tells what becomes of its gradient, and a fix in the light bulb mends it", async () => {
	const document = await openText(DEEP);
	await until("the lens", async () => (await lensesOf(document)).length === 1);
	const [lens] = await lensesOf(document);
	assert.equal(document.getText(lens!.range), "Deep");
	assert.match(lens!.command!.title, /gradient at layer 1: 5\.\de−5 of the last; ReLU with PyTorch's default/);
	const found = () =>
		vscode.languages
			.getDiagnostics(document.uri)
			.find(({ code }) => typeof code === "object" && code.value === "vanishing-gradient");
	await until("the finding", () => found() !== undefined);
	const actions = await actionsAt(document, found()!.range, vscode.CodeActionKind.QuickFix);
	const fix = actions.find(({ title }) => title.startsWith("He's initialisation"));
	assert.ok(fix?.edit, "a matching initialisation is offered");
	await vscode.workspace.applyEdit(fix.edit);
	assert.match(document.getText(), /for module in self\.modules\(\):\n {12}if isinstance\(module, nn\.Linear\):/);
	await until("no finding any more", () => found() === undefined);
	await until("a lens that says so", async () =>
		/gradient at layer 1: (0\.|1\.)/.test((await lensesOf(document))[0]?.command?.title ?? ""),
	);
});

test("the forecast of a model is confirmed by running it in a worker thread, and a setting turns lenses off", async () => {
	const document = await openText(DEEP);
	await until("the lens", async () => (await lensesOf(document)).length === 1);
	const ending = await vscode.commands.executeCommand("activations.showForecast", document.uri, 0);
	assert.equal(ending, "done");
	const settings = vscode.workspace.getConfiguration("activations.models");
	await settings.update("lenses", false, vscode.ConfigurationTarget.Global);
	await settings.update("inlayHints", true, vscode.ConfigurationTarget.Global);
	try {
		await until("no lens", async () => (await lensesOf(document)).length === 0);
		const hints = () =>
			vscode.commands.executeCommand<vscode.InlayHint[]>(
				"vscode.executeInlayHintProvider",
				document.uri,
				new vscode.Range(0, 0, document.lineCount, 0),
			);
		await until("a hint behind the layers", async () => (await hints()).some(({ label }) => /^∇ /.test(String(label))));
	} finally {
		await settings.update("lenses", undefined, vscode.ConfigurationTarget.Global);
		await settings.update("inlayHints", undefined, vscode.ConfigurationTarget.Global);
	}
});

test("a class whose sizes are given where it is made has the lens of the variable that is made of it", async () => {
	const head =
		"import torch.nn as nn\n\nclass Net(nn.Module):\n    def __init__(self, wide):\n        super().__init__()\n";
	const body = "        self.a, self.b = nn.Linear(wide, wide), nn.Linear(wide, 10)\n";
	const rest = "    def forward(self, x):\n        return self.b(self.a(x))\n\nmade = Net(64)\n";
	const document = await openText(head + body + rest);
	await until("both lenses", async () => (await lensesOf(document)).length === 2);
	const titles = (await lensesOf(document)).map(({ command }) => command!.title);
	assert.match(titles[0]!, /made: gradient at layer 1: \d/);
	assert.match(titles[1]!, /\)\u00a0gradient at layer 1: \d/);
});

test("the page of a forecast follows the code, and a fix of it is of the code as it is", async () => {
	const document = await openText(DEEP);
	await until("the lens", async () => (await lensesOf(document)).length === 1);
	assert.equal(await vscode.commands.executeCommand("activations.showForecast", document.uri, 0), "done");
	const above = new vscode.WorkspaceEdit();
	above.insert(document.uri, new vscode.Position(0, 0), "# What is typed above moves everything below.\n");
	await vscode.workspace.applyEdit(above);
	const before = document.getText();
	await vscode.commands.executeCommand("activations.applyModelFix", 0);
	assert.equal(document.getText(), before, "what was offered for another text is not done to this one");
	await until("the lens again", async () => (await lensesOf(document)).length === 1);
	await vscode.commands.executeCommand("activations.applyModelFix", 0);
	assert.match(document.getText(), /\n {8}for module in self\.modules\(\):\n {12}if isinstance\(module, nn\.Linear\):/);
	assert.ok(document.getText().startsWith(before.slice(0, before.indexOf("\n\n    def forward"))));
	await until("the lens of the mended model", async () =>
		/gradient at layer 1: (0\.|1\.)/.test((await lensesOf(document))[0]?.command?.title ?? ""),
	);
	await vscode.commands.executeCommand("activations.revealLayer", 1);
	const editor = vscode.window.activeTextEditor;
	assert.equal(editor?.document, document);
	assert.match(document.lineAt(editor!.selection.start.line).text, /nn\.Linear\(64, 64\)/);
});

test("a model is read again when a file changes that it imports", async () => {
	const folder = vscode.workspace.workspaceFolders![0]!.uri;
	const [blocks, net] = ["forecast_blocks.py", "forecast_net.py"].map((name) => vscode.Uri.joinPath(folder, name));
	const write = (uri: vscode.Uri, text: string) => vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
	const block = (activation: string) =>
		`from torch import nn\n\n\ndef block(n):\n    return nn.Sequential(nn.Linear(n, n), nn.${activation}())\n`;
	await write(blocks!, block("Sigmoid"));
	await write(
		net!,
		"from torch import nn\n\nfrom forecast_blocks import block\n\nnet = nn.Sequential(block(64), block(64), block(64), nn.Linear(64, 10))\n",
	);
	try {
		const document = await vscode.workspace.openTextDocument(net!);
		await vscode.window.showTextDocument(document);
		const titled = async (pattern: RegExp) => pattern.test((await lensesOf(document))[0]?.command?.title ?? "");
		await until("the lens", () => titled(/layer 1: 0\.0027 of the last/));
		await write(blocks!, block("ReLU"));
		await until("the lens of the changed block", () => titled(/layer 1: 0\.068 of the last/));
	} finally {
		for (const uri of [blocks!, net!]) await vscode.workspace.fs.delete(uri);
	}
});

test("a notebook of which a cell is taken out keeps what is said of the others", async () => {
	const cell = (text: string) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, "python");
	const notebook = await vscode.workspace.openNotebookDocument(
		"jupyter-notebook",
		new vscode.NotebookData([cell("import numpy as np"), cell("x = 1"), cell(DEEP)]),
	);
	await vscode.window.showNotebookDocument(notebook);
	const model = notebook.cellAt(2).document;
	await until("the lens", async () => (await lensesOf(model)).length === 1);
	const without = new vscode.WorkspaceEdit();
	without.set(notebook.uri, [vscode.NotebookEdit.deleteCells(new vscode.NotebookRange(1, 2))]);
	await vscode.workspace.applyEdit(without);
	assert.equal(notebook.cellCount, 2);
	await until("the lens again", async () => (await lensesOf(model)).length === 1);
	await until("its finding", () =>
		vscode.languages
			.getDiagnostics(model.uri)
			.some(({ code }) => typeof code === "object" && code.value === "vanishing-gradient"),
	);
});
