import assert from "node:assert/strict";
import * as vscode from "vscode";
import { WorkspaceIndex } from "../../src/editor/workspaceIndex.ts";
import { WorkspaceTree } from "../../src/editor/workspaceTree.ts";
import { test, until } from "./harness.ts";
import { actionsAt, openText } from "./inEditor.ts";

const TWICE = `import torch
from torch import nn
import torch.nn.functional as F

net = nn.Sequential(nn.Linear(64, 10), nn.Softmax(dim=1))
criterion = nn.CrossEntropyLoss()
loss = criterion(net(x), y)
p = F.softmax(a)
q = F.softmax(b)
`;

function ours(document: vscode.TextDocument): { rule: unknown; diagnostic: vscode.Diagnostic }[] {
	return vscode.languages
		.getDiagnostics(document.uri)
		.filter(({ source }) => source === "Activation Lens")
		.map((diagnostic) => ({
			rule: typeof diagnostic.code === "object" ? diagnostic.code.value : diagnostic.code,
			diagnostic,
		}));
}

test("a softmax before a loss on logits is a warning with its page, the loss's place, and a fix that takes it out", async () => {
	const document = await openText(TWICE);
	await until("findings", () => ours(document).length === 3);
	const twice = ours(document).find(({ rule }) => rule === "activation-before-logits-loss")?.diagnostic;
	assert.ok(twice);
	assert.equal(document.getText(twice.range), "nn.Softmax");
	assert.equal(twice.severity, vscode.DiagnosticSeverity.Warning);
	const [loss] = twice.relatedInformation ?? [];
	assert.equal(loss && document.getText(loss.location.range), "criterion");
	const target = typeof twice.code === "object" ? twice.code.target : undefined;
	assert.ok(target && (await vscode.workspace.fs.stat(target)).size > 0, "the rule's page is there");
	const actions = await actionsAt(document, twice.range, vscode.CodeActionKind.QuickFix);
	const fix = actions.find(({ title }) => title === "Remove nn.Softmax");
	assert.ok(fix?.edit);
	await vscode.workspace.applyEdit(fix.edit);
	assert.ok(document.getText().includes("nn.Sequential(nn.Linear(64, 10))\n"));
	await until("one finding less", () => ours(document).length === 2);
});

test("all findings of a rule are fixed at once, or one is silenced on its line", async () => {
	const document = await openText(TWICE);
	await until("findings", () => ours(document).length === 3);
	const first = ours(document).find(({ rule }) => rule === "softmax-without-dim")?.diagnostic;
	assert.ok(first);
	const actions = await actionsAt(document, first.range, vscode.CodeActionKind.QuickFix);
	const all = actions.find(({ title }) => title === "Fix all “softmax-without-dim” in this file");
	const ignore = actions.find(({ title }) => title === "Ignore “softmax-without-dim” on this line");
	assert.ok(all?.edit && ignore?.edit);
	await vscode.workspace.applyEdit(ignore.edit);
	assert.ok(document.getText().includes("F.softmax(a)  # activation-lens: ignore[softmax-without-dim]\n"));
	await until("one finding less", () => ours(document).length === 2);
	const whole = new vscode.Range(0, 0, document.lineCount, 0);
	const [fixAll] = await actionsAt(document, whole, vscode.CodeActionKind.SourceFixAll.append("activationLens"));
	assert.ok(fixAll?.edit);
	await vscode.workspace.applyEdit(fixAll.edit);
	assert.ok(document.getText().includes("F.softmax(b, dim=-1)\n"));
	await until("no finding", () => ours(document).length === 0);
});

test("right behind a key, what a saved file has fixed is the text as it is, and an import is added once", async () => {
	const functions = ["a", "b"].map((name) => `def ${name}(x):\n    return 1 / (1 + jnp.exp(-x))\n`);
	const document = await openText(`import jax.numpy as jnp\n\n\n${functions.join("\n\n")}`);
	await until("findings", () => ours(document).length > 1);
	const above = new vscode.WorkspaceEdit();
	above.insert(document.uri, new vscode.Position(0, 0), "# Typed just now.\n");
	await vscode.workspace.applyEdit(above);
	const all = new vscode.Range(0, 0, document.lineCount, 0);
	const [fix] = await actionsAt(document, all, vscode.CodeActionKind.SourceFixAll);
	assert.ok(fix?.edit, "all is fixed at once");
	await vscode.workspace.applyEdit(fix.edit);
	const text = document.getText();
	assert.equal(text.match(/^import jax$/gm)?.length ?? 0, 1, text);
	assert.equal(text.match(/^def [ab]\(x\):\n {4}return .*jax\.nn\.sigmoid\(x\)/gm)?.length, 2, text);
});

test("a setting turns a rule off", async () => {
	const document = await openText(TWICE);
	await until("findings", () => ours(document).length === 3);
	const settings = vscode.workspace.getConfiguration("activations");
	await settings.update("rules", { "softmax-without-dim": "off" }, vscode.ConfigurationTarget.Global);
	try {
		await until("the other rule's alone", () => ours(document).length === 1);
	} finally {
		await settings.update("rules", undefined, vscode.ConfigurationTarget.Global);
	}
});

test("a default that other libraries do not have is written out from the light bulb", async () => {
	const document = await openText("import jax\ny = jax.nn.gelu(x)\n");
	const at = document.positionAt(document.getText().indexOf("gelu"));
	const offered = () => actionsAt(document, new vscode.Range(at, at), vscode.CodeActionKind.RefactorRewrite);
	await until("the action", async () =>
		(await offered()).some(({ title }) => title === "Write the default: approximate=True"),
	);
});

test("the workspace's tree counts activations over its files, and leads to their lines", async () => {
	const extension = vscode.extensions.getExtension("activation-lens.activation-lens");
	assert.ok(extension);
	const index = new WorkspaceIndex(extension.extensionPath);
	const tree = new WorkspaceTree(index);
	try {
		void index.ensure();
		assert.equal(tree.message, "Looking for activations…");
		await index.ensure();
		assert.ok(index.isComplete, "who asks while it is being scanned waits for the end, too");
		assert.equal(tree.message, "");
		const rows = await tree.getChildren();
		const counted = rows.map((row) => ("count" in row ? row.count : 0));
		assert.ok(counted.length > 2 && counted.every((count, i) => i === 0 || count <= counted[i - 1]!));
		const [most] = rows;
		assert.ok(most && "count" in most);
		const files = await tree.getChildren(most);
		const lines = (await Promise.all(files.map((file) => tree.getChildren(file)))).flat();
		assert.equal(lines.length, most.count, "each use is below its file");
		const use = lines.find((line) => "use" in line)!;
		assert.ok("use" in use);
		await vscode.commands.executeCommand("activations.revealWorkspaceUse", use);
		const editor = vscode.window.activeTextEditor;
		assert.equal(editor?.document.uri.fsPath, use.path);
		assert.equal(editor.selection.start.line, use.use.line);
		await vscode.commands.executeCommand("activations.findUses", most);
		assert.deepEqual(index.problems, []);
	} finally {
		index.dispose();
	}
});
