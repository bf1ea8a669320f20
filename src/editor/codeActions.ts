import * as vscode from "vscode";
import { findActivation } from "../core/activations/catalog.ts";
import {
	type CodeEdit,
	derivativeInsertion,
	libraryReplacement,
	stableReplacement,
} from "../core/explanation/codeEdits.ts";
import type { Definition } from "../core/reading/use.ts";
import type { CommandId } from "./commands.ts";
import { codeSelector, toRange } from "./convert.ts";
import type { Documents } from "./documents.ts";
import type { Findings } from "./findings.ts";

const { QuickFix, RefactorRewrite } = vscode.CodeActionKind;

/** What can be done with the hand-written function at the cursor: other forms of it, its derivative, its formula. */
export class CodeActions implements vscode.CodeActionProvider, vscode.Disposable {
	readonly #documents: Documents;
	readonly #findings: Findings;
	readonly #registration: vscode.Disposable;

	constructor(documents: Documents, findings: Findings) {
		this.#documents = documents;
		this.#findings = findings;
		this.#registration = vscode.languages.registerCodeActionsProvider(codeSelector, this, {
			providedCodeActionKinds: [QuickFix, RefactorRewrite],
		});
	}

	provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
		return this.#documents
			.read(document)
			.definitions.filter(
				({ span, understood, outputs }) => (understood || outputs) && toRange(document, span).intersection(range),
			)
			.flatMap((definition) => this.#actionsFor(definition, document));
	}

	dispose(): void {
		this.#registration.dispose();
	}

	#actionsFor(definition: Definition, document: vscode.TextDocument): vscode.CodeAction[] {
		const text = document.getText();
		const inspection = this.#findings.inspect(definition);
		const stable = inspection && stableReplacement(definition, inspection, text);
		const library = libraryReplacement(definition, text);
		const derivative = derivativeInsertion(definition, text);
		const { name, identity } = definition;
		const known = identity && findActivation(identity.activation);
		const actions: vscode.CodeAction[] = [];
		if (stable) {
			const title = vscode.l10n.t("Replace by stable form: {0}", shortened(stable.code));
			const action = edited(title, QuickFix, stable, document);
			action.diagnostics = [...this.#findings.within(document, definition)];
			action.isPreferred = true;
			actions.push(action);
		}
		if (library && library.code !== stable?.code) {
			const title = vscode.l10n.t("Replace by library function: {0}", shortened(library.code));
			actions.push(edited(title, RefactorRewrite, library, document));
		}
		if (derivative) {
			const title = vscode.l10n.t("Insert the derivative of {0}", name);
			actions.push(edited(title, RefactorRewrite, derivative, document));
		}
		if (!definition.understood) return actions;
		const formula = commanded(vscode.l10n.t("Show {0} as formula", name), "activations.showFormula", definition);
		const write = commanded(
			vscode.l10n.t("Write {0} as code of another library…", known?.name ?? name),
			"activations.writeAsCode",
			definition,
		);
		return [...actions, formula, write];
	}
}

/** A title is one line. */
function shortened(code: string): string {
	const line = code.replace(/^return /, "").replace(/\s+/g, " ");
	return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

function edited(title: string, kind: vscode.CodeActionKind, edit: CodeEdit, document: vscode.TextDocument) {
	const action = new vscode.CodeAction(title, kind);
	action.edit = new vscode.WorkspaceEdit();
	action.edit.replace(document.uri, toRange(document, edit.span), edit.code);
	if (edit.imports.length > 0) {
		const line = importLine(document.getText());
		action.edit.insert(document.uri, new vscode.Position(line, 0), `${edit.imports.join("\n")}\n`);
	}
	return action;
}

function commanded(title: string, command: CommandId, definition: Definition): vscode.CodeAction {
	const action = new vscode.CodeAction(title, RefactorRewrite);
	action.command = { command, title, arguments: [definition] };
	return action;
}

/** The line before which imports are added: that of the first import, else the first behind comments and docstring. */
function importLine(text: string): number {
	const lines = text.split("\n");
	const first = lines.findIndex((line) => /^(import|from)\s/.test(line) && !line.startsWith("from __future__"));
	return first >= 0
		? first
		: Math.max(
				lines.findIndex((line) => /^(def|class|function|export|const|let|\w+\s*=)/.test(line)),
				0,
			);
}
