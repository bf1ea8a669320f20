import assert from "node:assert/strict";
import * as vscode from "vscode";
import { test, until } from "./harness.ts";

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

async function open(content: string): Promise<vscode.TextDocument> {
	const document = await vscode.workspace.openTextDocument({ content, language: "python" });
	await vscode.window.showTextDocument(document);
	return document;
}

async function lensesOf(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
	const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
		"vscode.executeCodeLensProvider",
		document.uri,
		20,
	);
	return all.filter(({ command }) => command?.command === "activations.showForecast");
}

test("a lens above a model tells what becomes of its gradient, and a fix in the light bulb mends it", async () => {
	const document = await open(DEEP);
	await until("the lens", async () => (await lensesOf(document)).length === 1);
	const [lens] = await lensesOf(document);
	assert.equal(document.getText(lens!.range), "Deep");
	assert.match(lens!.command!.title, /gradient at layer 1: 5\.\de−5 of the last; ReLU with PyTorch's default/);
	const found = () =>
		vscode.languages
			.getDiagnostics(document.uri)
			.find(({ code }) => typeof code === "object" && code.value === "vanishing-gradient");
	await until("the finding", () => found() !== undefined);
	const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
		"vscode.executeCodeActionProvider",
		document.uri,
		found()!.range,
		vscode.CodeActionKind.QuickFix.value,
	);
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
	const document = await open(DEEP);
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
	const document = await open(head + body + rest);
	await until("both lenses", async () => (await lensesOf(document)).length === 2);
	const titles = (await lensesOf(document)).map(({ command }) => command!.title);
	assert.match(titles[0]!, /made: gradient at layer 1: \d/);
	assert.match(titles[1]!, /\)\u00a0gradient at layer 1: \d/);
});
