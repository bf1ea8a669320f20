import * as vscode from "vscode";
import { codeFor, type InsertLibrary } from "../core/activations/libraries/codeFor.ts";
import type { Parameters } from "../core/expression/expression.ts";
import { codeEditor } from "./documents.ts";
import { pickActivation } from "./pickers.ts";

const LIBRARIES: readonly InsertLibrary[] = ["pytorch", "keras", "jax", "numpy"];
const known = new Map<string, readonly InsertLibrary[]>();

/** The libraries in which an activation of the catalog can be written. */
export function insertLibraries(id: string): readonly InsertLibrary[] {
	const found = known.get(id) ?? LIBRARIES.filter((library) => codeFor(id, library) !== undefined);
	known.set(id, found);
	return found;
}

/** Inserts an activation as code at the cursor of the editor in use, and nothing else; says what it needs imported. */
export async function insertActivation(
	id: string | undefined,
	library: InsertLibrary,
	parameters: Parameters = {},
): Promise<void> {
	const chosen = id ?? (await pickActivation((one) => codeFor(one.id, library)?.code))?.id;
	const code = chosen === undefined ? undefined : codeFor(chosen, library, parameters);
	if (!code) return;
	const editor = vscode.window.activeTextEditor ?? codeEditor();
	if (!editor) {
		void vscode.window.showInformationMessage(vscode.l10n.t("Open a file first: the code is inserted at its cursor."));
		return;
	}
	await editor.edit((edit) => {
		for (const selection of editor.selections) edit.replace(selection, code.code);
	});
	const missing = code.imports.filter((line) => !editor.document.getText().includes(line));
	if (missing.length > 0) vscode.window.setStatusBarMessage(vscode.l10n.t("It needs: {0}", missing.join("; ")), 8000);
}
