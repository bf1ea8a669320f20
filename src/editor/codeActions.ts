import * as vscode from "vscode";
import { findActivation } from "../core/activations/catalog.ts";
import {
	type CodeEdit,
	derivativeInsertion,
	libraryReplacement,
	stableReplacement,
} from "../core/diagnosis/codeEdits.ts";
import { shortened } from "../core/diagnosis/rules/hazards.ts";
import { importOffset } from "../core/diagnosis/rules/importOffset.ts";
import type { Definition } from "../core/reading/use.ts";
import type { CommandId } from "./commands.ts";
import { codeSelector, toRange } from "./convert.ts";
import type { Documents } from "./documents.ts";
import type { Findings } from "./findings.ts";

const { QuickFix, RefactorRewrite } = vscode.CodeActionKind;

/** The changes on offer for a function, in the text that it was read from; null for what there is not. */
interface Edits {
	readonly stable: CodeEdit | null;
	readonly library: CodeEdit | null;
	readonly derivative: CodeEdit | null;
	/** Where imports are added. */
	readonly importOffset: number;
}

/** What can be done with the hand-written function at the cursor: other forms of it, its derivative, its formula. */
export class CodeActions implements vscode.CodeActionProvider, vscode.Disposable {
	readonly #documents: Documents;
	readonly #findings: Findings;
	readonly #registration: vscode.Disposable;
	/** The editor asks at each move of the cursor; a definition is read anew when its document changes. */
	readonly #edits = new WeakMap<Definition, Edits>();

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
		const edits = this.#edits.get(definition) ?? this.#editsFor(definition, document.getText());
		this.#edits.set(definition, edits);
		const { stable, library, derivative } = edits;
		const edited = (title: string, kind: vscode.CodeActionKind, edit: CodeEdit) => {
			const action = new vscode.CodeAction(title, kind);
			action.edit = new vscode.WorkspaceEdit();
			action.edit.replace(document.uri, toRange(document, edit.span), edit.code);
			if (edit.imports.length > 0) {
				action.edit.insert(document.uri, document.positionAt(edits.importOffset), `${edit.imports.join("\n")}\n`);
			}
			return action;
		};
		const { name, identity } = definition;
		const known = identity && findActivation(identity.activation);
		const actions: vscode.CodeAction[] = [];
		if (stable) {
			const title = vscode.l10n.t("Replace by stable form: {0}", shortened(stable.code));
			const action = edited(title, QuickFix, stable);
			const span = toRange(document, definition.span);
			const own = this.#findings.in(document).map(({ diagnostic }) => diagnostic);
			action.diagnostics = own.filter(({ range }) => span.contains(range));
			action.isPreferred = true;
			actions.push(action);
		}
		if (library && library.code !== stable?.code) {
			const title = vscode.l10n.t("Replace by library function: {0}", shortened(library.code));
			actions.push(edited(title, RefactorRewrite, library));
		}
		if (derivative) {
			const title = vscode.l10n.t("Insert the derivative of {0}", name);
			actions.push(edited(title, RefactorRewrite, derivative));
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

	#editsFor(definition: Definition, text: string): Edits {
		const inspection = this.#findings.inspect(definition);
		return {
			stable: inspection && stableReplacement(definition, inspection, text),
			library: libraryReplacement(definition, text),
			derivative: derivativeInsertion(definition, text),
			importOffset: importOffset(text),
		};
	}
}

function commanded(title: string, command: CommandId, definition: Definition): vscode.CodeAction {
	const action = new vscode.CodeAction(title, RefactorRewrite);
	action.command = { command, title, arguments: [definition] };
	return action;
}
