import * as vscode from "vscode";
import { type ExplanationPart, explain, explanationParts } from "../core/explanation/explain.ts";
import type { PlotTheme } from "../core/explanation/plot.ts";
import type { ActivationUse, Definition } from "../core/reading/use.ts";
import { toRange } from "./convert.ts";

/** Where a document's activations are read, once for all features. */
export interface UseSource {
	/** The activation at a place, if there is one. */
	useAt(document: vscode.TextDocument, position: vscode.Position): ActivationUse | undefined;
	/** Where a definition that is used in a document is written. */
	ownerOf(document: vscode.TextDocument, definition: Definition): vscode.TextDocument;
}

/** Shows what the activation under the mouse computes. The text is not trusted and holds no HTML. */
export class ActivationHover implements vscode.HoverProvider {
	readonly #documents: UseSource;

	constructor(documents: UseSource) {
		this.#documents = documents;
	}

	provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
		const settings = vscode.workspace.getConfiguration("activations.hover", document);
		if (settings.get<boolean>("enabled") === false) return undefined;
		const use = this.#documents.useAt(document, position);
		if (!use) return undefined;
		const written = use.definition ? this.#documents.ownerOf(document, use.definition) : document;
		const { markdown } = explain(use, {
			source: written.getText(),
			theme: themeKind(vscode.window.activeColorTheme.kind),
			parts: readParts(settings.get<unknown>("parts")),
			translate: (text, ...values) => vscode.l10n.t(text, ...values),
		});
		const text = new vscode.MarkdownString(markdown, false);
		text.isTrusted = false;
		text.supportHtml = false;
		return new vscode.Hover(text, toRange(document, use.span));
	}
}

/** The setting names parts with true or false; what it does not name is on. Anything else in it is ignored. */
function readParts(setting: unknown): Partial<Record<ExplanationPart, boolean>> {
	const parts: Partial<Record<ExplanationPart, boolean>> = {};
	if (typeof setting !== "object" || setting === null) return parts;
	for (const part of explanationParts) {
		const value = (setting as Readonly<Record<string, unknown>>)[part];
		if (typeof value === "boolean") parts[part] = value;
	}
	return parts;
}

function themeKind(kind: vscode.ColorThemeKind): PlotTheme {
	switch (kind) {
		case vscode.ColorThemeKind.Light:
			return "light";
		case vscode.ColorThemeKind.Dark:
			return "dark";
		case vscode.ColorThemeKind.HighContrast:
			return "high-contrast";
		case vscode.ColorThemeKind.HighContrastLight:
			return "high-contrast-light";
	}
}
