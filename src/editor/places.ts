import * as vscode from "vscode";
import type { Edit } from "../core/diagnosis/edit.ts";
import type { Span } from "../core/span.ts";
import { toRange } from "./convert.ts";
import { cellOf, type OpenCode } from "./documents.ts";

/** The cell that an offset of all cells joined is in. */
export function cellAt({ code }: OpenCode, offset: number): number {
	return Math.max(
		code.starts.findLastIndex((start) => start <= offset),
		0,
	);
}

/** Where a span of all cells joined stands. */
export function placeIn(open: OpenCode, { start, end }: Span): vscode.Location {
	const i = cellAt(open, start);
	const from = open.code.starts[i] ?? 0;
	const cell = open.cells[i]!;
	return new vscode.Location(cell.uri, toRange(cell, { start: start - from, end: end - from }));
}

/** Changes of all cells joined as the editor makes them. */
export function workspaceEdit(edits: readonly Edit[], open: OpenCode): vscode.WorkspaceEdit {
	const edit = new vscode.WorkspaceEdit();
	for (const { span, text } of edits) {
		const { uri, range } = placeIn(open, span);
		edit.replace(uri, range, text);
	}
	return edit;
}

/** Selects a range where its document is shown, or shows it; a notebook's cell is selected in its notebook. */
export async function revealRange(uri: vscode.Uri, range: vscode.Range): Promise<void> {
	const isThis = ({ document }: vscode.TextEditor) => document.uri.toString() === uri.toString();
	const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
	const cell = document && cellOf(document);
	if (!cell) {
		const viewColumn = vscode.window.visibleTextEditors.find(isThis)?.viewColumn;
		await vscode.window.showTextDocument(uri, { ...(viewColumn ? { viewColumn } : {}), selection: range });
		return;
	}
	const selections = [new vscode.NotebookRange(cell.index, cell.index + 1)];
	await vscode.window.showNotebookDocument(cell.notebook, { selections });
	await vscode.commands.executeCommand("notebook.cell.edit");
	const editor = vscode.window.visibleTextEditors.find(isThis);
	if (editor) editor.selection = new vscode.Selection(range.start, range.end);
}
