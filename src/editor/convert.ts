import * as vscode from "vscode";
import type { Span } from "../core/span.ts";

/** The editor's range of a span: the one place where offsets become lines. */
export function toRange(document: vscode.TextDocument, span: Span): vscode.Range {
	return new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
}

/** Where the hover, the trees and the panel work. */
export const pythonSelector: vscode.DocumentSelector = [{ language: "python" }];

export function isPython(document: vscode.TextDocument): boolean {
	return vscode.languages.match(pythonSelector, document) > 0;
}
