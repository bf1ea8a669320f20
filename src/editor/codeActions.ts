import * as vscode from "vscode";
import { findActivation } from "../core/activations/catalog.ts";
import {
	type CodeEdit,
	derivativeInsertion,
	editsOf,
	libraryReplacement,
	stableReplacement,
} from "../core/diagnosis/codeEdits.ts";
import { shortened } from "../core/diagnosis/rules/hazards.ts";
import type { Definition } from "../core/reading/use.ts";
import type { CommandId } from "./commands.ts";
import { codeSelector } from "./convert.ts";
import type { Documents, OpenCode } from "./documents.ts";
import type { Findings } from "./findings.ts";
import { placeIn, workspaceEdit } from "./places.ts";

const { QuickFix, RefactorRewrite } = vscode.CodeActionKind;

/** The changes on offer for a function, in the text that it was read from; null for what there is not. */
interface Edits {
	readonly stable: CodeEdit | null;
	readonly library: CodeEdit | null;
	readonly derivative: CodeEdit | null;
}

/** What can be done with the hand-written function at the cursor: other forms of it, its derivative, its formula. */
export class CodeActions implements vscode.CodeActionProvider, vscode.Disposable {
	readonly #documents: Documents;
	readonly #findings: Findings;
	readonly #registration: vscode.Disposable;
	/** The editor asks at each move of the cursor. What moves with its text is the same definition, at other offsets. */
	readonly #edits = new WeakMap<OpenCode, Map<Definition, Edits>>();

	constructor(documents: Documents, findings: Findings) {
		this.#documents = documents;
		this.#findings = findings;
		this.#registration = vscode.languages.registerCodeActionsProvider(codeSelector, this, {
			providedCodeActionKinds: [QuickFix, RefactorRewrite],
		});
	}

	provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
		const open = this.#documents.code(document);
		if (!open) return [];
		const isHere = ({ span }: Definition) => {
			const place = placeIn(open, span);
			return place.uri.toString() === document.uri.toString() && place.range.intersection(range) !== undefined;
		};
		return open.code.definitions
			.filter((definition) => (definition.understood || definition.outputs) && isHere(definition))
			.flatMap((definition) => this.#actionsFor(definition, document, open));
	}

	dispose(): void {
		this.#registration.dispose();
	}

	#actionsFor(definition: Definition, document: vscode.TextDocument, open: OpenCode): vscode.CodeAction[] {
		const { stable, library, derivative } = this.#editsFor(definition, open);
		const edited = (title: string, kind: vscode.CodeActionKind, edit: CodeEdit) => {
			const action = new vscode.CodeAction(title, kind);
			action.edit = workspaceEdit(editsOf(edit, open.code.text), open);
			return action;
		};
		const { name, identity } = definition;
		const known = identity && findActivation(identity.activation);
		const actions: vscode.CodeAction[] = [];
		if (stable) {
			const title = vscode.l10n.t("Replace by stable form: {0}", shortened(stable.code));
			const action = edited(title, QuickFix, stable);
			const span = placeIn(open, definition.span).range;
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

	#editsFor(definition: Definition, open: OpenCode): Edits {
		const edits = this.#edits.get(open) ?? new Map<Definition, Edits>();
		this.#edits.set(open, edits);
		const known = edits.get(definition);
		if (known) return known;
		const { text } = open.code;
		const inspection = this.#findings.inspect(definition);
		const made = {
			stable: inspection && stableReplacement(definition, inspection, text),
			library: libraryReplacement(definition, text),
			derivative: derivativeInsertion(definition, text),
		};
		edits.set(definition, made);
		return made;
	}
}

function commanded(title: string, command: CommandId, definition: Definition): vscode.CodeAction {
	const action = new vscode.CodeAction(title, RefactorRewrite);
	action.command = { command, title, arguments: [definition] };
	return action;
}
