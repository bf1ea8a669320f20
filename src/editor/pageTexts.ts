import * as vscode from "vscode";
import { panelTexts } from "../protocol/panelTexts.ts";

/** The page's texts in the user's language, by their English text. */
export function pageTexts(): Readonly<Record<string, string>> {
	return Object.fromEntries(panelTexts.map((text) => [text, vscode.l10n.t(text)]));
}
