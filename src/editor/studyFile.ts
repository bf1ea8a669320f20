import * as vscode from "vscode";
import type { Study, StudyActivation } from "../protocol/study.ts";
import { defaultStudy, parseStudies, studyActivation } from "../protocol/studyDocument.ts";
import { type Fields, isFields, type StudyFile } from "../protocol/studyDraft.ts";
import { activationsInFile } from "./compare.ts";
import { defaultFolder } from "./defaultFolder.ts";
import type { Documents } from "./documents.ts";

/** What a new study compares where the file at hand has no two activations. */
const USUAL = ["relu", "gelu", "silu"];
/** More are asked for by whoever wants them. */
const MOST = 8;

/** What a new study compares: the activations of the file at hand, or the usual ones. */
export function activationsFor(documents: Documents): readonly StudyActivation[] {
	const inFile = activationsInFile(documents);
	return inFile.length > 1 ? inFile.slice(0, MOST) : USUAL.map(studyActivation);
}

/** Opens a study as a document to edit: of the activations of the file at hand, with the usual settings written out. */
export async function newStudyDocument(documents: Documents): Promise<void> {
	const { version: _, ...fields } = defaultStudy(activationsFor(documents));
	await openStudyDocument({ ...fields }, null);
}

/**
 * Shows a study's document in an editor: the one of `file` with its text replaced, where it is open still, or else a new
 * one, not saved yet. A document that is saved anew under its name is no loss: the editor can undo.
 */
export async function openStudyDocument(fields: Fields, file: StudyFile | null): Promise<StudyFile> {
	const open = file && vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file.uri);
	const document = open ?? (await vscode.workspace.openTextDocument(await freeUri()));
	const edit = new vscode.WorkspaceEdit();
	edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), studyText(fields));
	await vscode.workspace.applyEdit(edit);
	await vscode.window.showTextDocument(document, { viewColumn: columnOf(document) });
	return fileOf(document);
}

/** A study's document as text: lists of numbers on one line. */
export function studyText(fields: Fields): string {
	// JSON has no infinity.
	const toJson = (_: string, value: unknown) => (value === Number.POSITIVE_INFINITY ? "Infinity" : value);
	const text = JSON.stringify(fields, toJson, "\t");
	return `${text.replace(/\[\s+(-?\d[^[\]{}"]*?)\s+\]/g, (_, list: string) => `[${list.replace(/\s+/g, " ")}]`)}\n`;
}

/** What a document that is open in an editor holds, for the form. Throws one sentence where it is no JSON object. */
export function fieldsOf(document: vscode.TextDocument): Fields {
	const value = jsonOf(document);
	if (!isFields(value)) throw new Error(vscode.l10n.t("A study must be a JSON object."));
	return value;
}

export function fileOf(document: vscode.TextDocument): StudyFile {
	return { uri: document.uri.toString(), name: document.uri.path.split("/").at(-1) ?? "" };
}

/** The studies that an open document stands for. Throws one sentence that says what is wrong with it. */
export function studiesOf(document: vscode.TextDocument): readonly Study[] {
	return parseStudies(jsonOf(document));
}

function jsonOf(document: vscode.TextDocument): unknown {
	try {
		return JSON.parse(document.getText());
	} catch (error) {
		throw new Error(vscode.l10n.t("A study must be JSON: {0}", error instanceof Error ? error.message : String(error)));
	}
}

/** Where it is seen already; beside the panel, not over it, where it is not. */
function columnOf(document: vscode.TextDocument): vscode.ViewColumn {
	const inView = vscode.window.visibleTextEditors.find((editor) => editor.document === document)?.viewColumn;
	return inView ?? vscode.window.visibleTextEditors[0]?.viewColumn ?? vscode.ViewColumn.One;
}

/** A name in the workspace, or at home, that no file and no open document has. */
async function freeUri(): Promise<vscode.Uri> {
	const folder = defaultFolder();
	for (let i = 1; ; i++) {
		const uri = vscode.Uri.joinPath(folder, i === 1 ? "activations.study.json" : `activations-${i}.study.json`);
		const isOpen = vscode.workspace.textDocuments.some(({ uri: { path } }) => path === uri.path);
		const isFile = await vscode.workspace.fs.stat(uri).then(
			() => true,
			() => false,
		);
		if (!isOpen && !isFile) return uri.with({ scheme: "untitled" });
	}
}
