import * as vscode from "vscode";
import type { Edit } from "../core/diagnosis/edit.ts";
import { CodeUnderRules } from "../core/diagnosis/rules/codeUnderRules.ts";
import type { Fix, RuleId } from "../core/diagnosis/rules/rule.ts";
import { argumentToWrite } from "../core/diagnosis/writtenArgument.ts";
import { english } from "../core/texts.ts";
import type { CommandId } from "./commands.ts";
import { codeSelector } from "./convert.ts";
import type { Documents, OpenCode } from "./documents.ts";
import type { Findings, ShownFinding } from "./findings.ts";
import { workspaceEdit } from "./places.ts";

const { QuickFix, RefactorRewrite, SourceFixAll } = vscode.CodeActionKind;
const FIX_ALL = SourceFixAll.append("activationLens");

/** What can be done about the findings at the cursor: their fixes, all of a rule, silence, and its page. */
export class FindingActions implements vscode.CodeActionProvider, vscode.Disposable {
	readonly #documents: Documents;
	readonly #findings: Findings;
	readonly #registration: vscode.Disposable;

	constructor(documents: Documents, findings: Findings) {
		this.#documents = documents;
		this.#findings = findings;
		this.#registration = vscode.languages.registerCodeActionsProvider(codeSelector, this, {
			providedCodeActionKinds: [QuickFix, RefactorRewrite, FIX_ALL],
		});
	}

	async provideCodeActions(
		document: vscode.TextDocument,
		range: vscode.Range,
		{ only }: vscode.CodeActionContext,
	): Promise<vscode.CodeAction[]> {
		const open = this.#documents.code(document);
		if (!open) return [];
		const isFixAll = only !== undefined && only.value !== "" && only.contains(FIX_ALL);
		// Right behind a key, when a file is saved say, the findings are those of the text of before.
		if (isFixAll && !this.#findings.nowIn(document, open)) await this.#findings.update(document);
		const all = this.#findings.nowIn(document, open) ?? [];
		if (isFixAll) return fixAll(vscode.l10n.t("Fix all findings"), FIX_ALL, all, open);
		const here = all.filter(({ diagnostic }) => diagnostic.range.intersection(range));
		return [...here.flatMap((shown) => actionsFor(shown, all, document, open)), ...defaultsAt(document, range, open)];
	}

	dispose(): void {
		this.#registration.dispose();
	}
}

function actionsFor(
	shown: ShownFinding,
	all: readonly ShownFinding[],
	document: vscode.TextDocument,
	open: OpenCode,
): vscode.CodeAction[] {
	const { finding, diagnostic } = shown;
	const { rule } = finding;
	const actions: vscode.CodeAction[] = [];
	// The stable form of a function is offered anywhere in it, with the others that can be done to it.
	const fixes = rule.startsWith("hazard-") ? [] : finding.fixes();
	fixes.forEach(({ title, edits }, i) => {
		const action = new vscode.CodeAction(title, QuickFix);
		action.edit = workspaceEdit(edits, open);
		action.diagnostics = [diagnostic];
		action.isPreferred = i === 0;
		actions.push(action);
	});
	const alike = all.filter((each) => each.finding.rule === rule);
	if (alike.length > 1)
		actions.push(...fixAll(vscode.l10n.t("Fix all “{0}” in this file", rule), QuickFix, alike, open));
	return [...actions, ignoring(rule, diagnostic, document), explaining(rule)];
}

/** The first fix of each finding, as far as they do not get in each other's way; an import that several add is added once. */
function fixAll(
	title: string,
	kind: vscode.CodeActionKind,
	findings: readonly ShownFinding[],
	open: OpenCode,
): vscode.CodeAction[] {
	const taken: Edit[] = [];
	const overlaps = (edit: Edit) => taken.some(({ span }) => edit.span.start < span.end && span.start < edit.span.end);
	const isTaken = ({ span, text }: Edit) =>
		taken.some((other) => other.span.start === span.start && other.span.end === span.end && other.text === text);
	for (const { finding } of findings) {
		const first: Fix | undefined = finding.fixes()[0];
		if (first && !first.edits.some(overlaps)) taken.push(...first.edits.filter((edit) => !isTaken(edit)));
	}
	if (taken.length === 0) return [];
	const action = new vscode.CodeAction(title, kind);
	action.edit = workspaceEdit(taken, open);
	return [action];
}

function ignoring(rule: RuleId, diagnostic: vscode.Diagnostic, document: vscode.TextDocument): vscode.CodeAction {
	const action = new vscode.CodeAction(vscode.l10n.t("Ignore “{0}” on this line", rule), QuickFix);
	const { text, range } = document.lineAt(diagnostic.range.start.line);
	const comment = document.languageId === "python" ? "#" : "//";
	action.edit = new vscode.WorkspaceEdit();
	const end = new vscode.Position(range.start.line, text.trimEnd().length);
	action.edit.insert(document.uri, end, `  ${comment} activation-lens: ignore[${rule}]`);
	action.diagnostics = [diagnostic];
	return action;
}

function explaining(rule: RuleId): vscode.CodeAction {
	const title = vscode.l10n.t("Explain “{0}”", rule);
	const action = new vscode.CodeAction(title, QuickFix);
	action.command = { command: "activations.explainRule" satisfies CommandId, title, arguments: [rule] };
	return action;
}

/** Writes out a default that other libraries do not have, for a call at the cursor. */
function defaultsAt(document: vscode.TextDocument, range: vscode.Range, open: OpenCode): vscode.CodeAction[] {
	const offset = document.offsetAt(range.start) + (open.code.starts[open.cells.indexOf(document)] ?? 0);
	const code = new CodeUnderRules(open.code, english);
	return code.calls.flatMap((call) => {
		if (offset < call.callee.from || offset > call.callee.to) return [];
		const written = argumentToWrite(call, code);
		if (!written) return [];
		const action = new vscode.CodeAction(vscode.l10n.t("Write the default: {0}", written.argument), RefactorRewrite);
		action.edit = workspaceEdit([written.edit], open);
		return [action];
	});
}
