import * as vscode from "vscode";
import type { Study } from "../protocol/study.ts";
import { defaultStudy, parseStudies, studyActivation } from "../protocol/studyDocument.ts";
import { isCode } from "./convert.ts";
import type { Documents } from "./documents.ts";

/** What a new study compares where the file at hand has no two activations. */
const USUAL = ["relu", "gelu", "silu"];

/** Opens a study as a document to edit: of the activations of the file at hand, with the usual settings written out. */
export async function newStudyDocument(documents: Documents): Promise<void> {
	const editor = vscode.window.activeTextEditor;
	const uses = editor && isCode(editor.document) ? documents.read(editor.document).uses : [];
	const used = [...new Set(uses.flatMap(({ activation }) => activation ?? []))];
	const study = defaultStudy((used.length > 1 ? used : USUAL).slice(0, 8).map(studyActivation));
	const { version: _, ...fields } = study;
	const text = `${JSON.stringify(fields, null, "\t")}\n`;
	const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file("/");
	const uri = vscode.Uri.joinPath(folder, "activations.study.json").with({ scheme: "untitled" });
	const document = await vscode.workspace.openTextDocument(uri);
	const edit = new vscode.WorkspaceEdit();
	if (document.getText() === "") edit.insert(uri, new vscode.Position(0, 0), text);
	await vscode.workspace.applyEdit(edit);
	await vscode.window.showTextDocument(document);
}

/** The studies that an open document stands for. Throws one sentence that says what is wrong with it. */
export function studiesOf(document: vscode.TextDocument): readonly Study[] {
	let value: unknown;
	try {
		value = JSON.parse(document.getText());
	} catch (error) {
		throw new Error(vscode.l10n.t("A study must be JSON: {0}", error instanceof Error ? error.message : String(error)));
	}
	return parseStudies(value);
}
