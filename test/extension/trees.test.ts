import assert from "node:assert/strict";
import * as vscode from "vscode";
import { catalog } from "../../src/core/activations/catalog.ts";
import { codeFor } from "../../src/core/activations/libraries/codeFor.ts";
import { Documents } from "../../src/editor/documents.ts";
import { CatalogTree, FileTree } from "../../src/editor/trees.ts";
import { test, until } from "./harness.ts";

function sample(name: string): vscode.Uri {
	const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
	assert.ok(folder, "the suite runs in the sample workspace");
	return vscode.Uri.joinPath(folder, name);
}

function rowsOf(tree: FileTree): string[] {
	return tree.getChildren().map((entry) => {
		const { label, description } = tree.getTreeItem(entry);
		return `${label} | ${description}`;
	});
}

test("the tree of the file has a row for each activation, and follows what is typed", async () => {
	const tree = new FileTree(new Documents());
	let changes = 0;
	tree.onDidChangeTreeData(() => changes++);
	try {
		const document = await vscode.workspace.openTextDocument({ language: "python", content: "" });
		const editor = await vscode.window.showTextDocument(document);
		assert.deepEqual(rowsOf(tree), []);
		await editor.edit((edit) =>
			edit.insert(new vscode.Position(0, 0), "from torch import nn\na = nn.GELU()\nb = nn.Tanh()\n"),
		);
		await until("the tree to change", () => changes > 0 && rowsOf(tree).length > 0);
		assert.deepEqual(rowsOf(tree), ["GELU | nn.GELU · line 2", "Tanh | nn.Tanh · line 3"]);
	} finally {
		tree.dispose();
	}
});

test("the tree of a notebook has the rows of all its cells, also when none is being edited", async () => {
	await vscode.commands.executeCommand("workbench.action.closeAllEditors");
	const notebook = await vscode.workspace.openNotebookDocument(sample("notebook.ipynb"));
	await vscode.window.showNotebookDocument(notebook);
	const tree = new FileTree(new Documents());
	try {
		const row = (name: string) => rowsOf(tree).find((one) => one.includes(name));
		await until("its rows", () => row("layers.SiLU"));
		const index = notebook.getCells().find(({ document }) => document.getText().includes("layers.SiLU"))?.index ?? -1;
		assert.match(row("layers.SiLU") ?? "", new RegExp(`^SiLU \\| layers\\.SiLU · cell ${index + 1}, line \\d`));
	} finally {
		tree.dispose();
		await vscode.commands.executeCommand("workbench.action.closeAllEditors");
	}
});

test("the catalog's tree has every activation once, with the libraries in which it can be inserted", () => {
	const tree = new CatalogTree();
	const entries = tree.getChildren().flatMap((family) => tree.getChildren(family));
	const ids = entries.map((entry) => (typeof entry === "string" ? "" : entry.id));
	assert.deepEqual([...ids].sort(), catalog.map(({ id }) => id).sort());
	for (const entry of entries) {
		assert.ok(typeof entry !== "string");
		const offered = tree.getTreeItem(entry).contextValue?.split(" ").slice(1);
		const libraries = (["pytorch", "keras", "jax", "numpy"] as const).filter((one) => codeFor(entry.id, one));
		assert.deepEqual(offered, libraries, entry.id);
	}
	assert.ok(entries.some((entry) => /numpy/.test(tree.getTreeItem(entry).contextValue ?? "")));
});
