import * as vscode from "vscode";
import { languageIds } from "../core/reading/readSource.ts";
import type { Span } from "../core/span.ts";

/** The editor's range of a span: the one place where offsets become lines. */
export function toRange(document: vscode.TextDocument, span: Span): vscode.Range {
	return new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
}

/** Where the hover, the trees, the panel and the findings work. */
export const codeSelector: vscode.DocumentSelector = languageIds.map((language) => ({ language }));

export function isCode(document: vscode.TextDocument): boolean {
	return vscode.languages.match(codeSelector, document) > 0;
}
