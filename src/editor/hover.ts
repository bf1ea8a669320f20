import * as vscode from "vscode";
import { type ExplanationPart, explain, explanationParts } from "../core/explanation/explain.ts";
import type { PlotTheme } from "../core/explanation/plot.ts";
import { toRange } from "./convert.ts";
import type { Documents } from "./documents.ts";
import { setting } from "./setting.ts";

/** Shows what the activation under the mouse computes. The text is not trusted and holds no HTML. */
export class ActivationHover implements vscode.HoverProvider {
	readonly #documents: Documents;

	constructor(documents: Documents) {
		this.#documents = documents;
	}

	provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
		if (!setting("activations.hover.enabled", document)) return undefined;
		const use = this.#documents.useAt(document, position);
		if (!use) return undefined;
		const written = use.definition ? this.#documents.ownerOf(document, use.definition) : document;
		const { markdown } = explain(use, {
			source: written.getText(),
			theme: themeKind(vscode.window.activeColorTheme.kind),
			parts: readParts(setting("activations.hover.parts", document)),
			translate: vscode.l10n.t,
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
