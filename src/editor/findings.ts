import * as vscode from "vscode";
import { type Inspection, inspectDefinition, isInspected } from "../core/diagnosis/inspectDefinition.ts";
import { hazardFindings } from "../core/diagnosis/rules/hazards.ts";
import { codeFindings, settled } from "../core/diagnosis/rules/lint.ts";
import { modelReports } from "../core/diagnosis/rules/models.ts";
import type { Finding, Severity } from "../core/diagnosis/rules/rule.ts";
import type { Expression } from "../core/expression/expression.ts";
import type { Definition } from "../core/reading/use.ts";
import { isCode, toRange } from "./convert.ts";
import { type Documents, type OpenCode, readingKey } from "./documents.ts";
import type { Models } from "./models.ts";
import type { RuleSettingsSource } from "./ruleSettings.ts";

const SOURCE = "Activation Lens";
/** After the last key: findings are looked for when a person pauses. */
const PAUSE_MS = 300;

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
	error: vscode.DiagnosticSeverity.Error,
	warning: vscode.DiagnosticSeverity.Warning,
	information: vscode.DiagnosticSeverity.Information,
	hint: vscode.DiagnosticSeverity.Hint,
};

/** A finding in the document that it stands in; its spans are those of all cells joined. */
export interface ShownFinding {
	readonly finding: Finding;
	readonly diagnostic: vscode.Diagnostic;
}

/** Lists in the Problems view what the rules say of the open documents, and where their hand-written activations go wrong. */
export class Findings implements vscode.Disposable {
	readonly #documents: Documents;
	readonly #models: Models;
	readonly #settings: RuleSettingsSource;
	readonly #extensionUri: vscode.Uri;
	readonly #list = vscode.languages.createDiagnosticCollection("activations");
	readonly #changed = new vscode.EventEmitter<void>();
	/** What is listed has changed. */
	readonly onDidChange = this.#changed.event;
	readonly #shown = new Map<string, readonly ShownFinding[]>();
	readonly #timers = new Map<string, NodeJS.Timeout>();
	readonly #inspections = new WeakMap<Expression, Map<string, Inspection>>();
	readonly #subscriptions: vscode.Disposable[];

	constructor(documents: Documents, models: Models, settings: RuleSettingsSource, extensionUri: vscode.Uri) {
		this.#documents = documents;
		this.#models = models;
		this.#settings = settings;
		this.#extensionUri = extensionUri;
		this.#subscriptions = [
			this.#list,
			this.#changed,
			settings.onDidChange(() => this.#planAll()),
			models.onDidChange((document) => this.#plan(document, 0)),
			documents.onDidChangeImports((document) => this.#plan(document, 0)),
			vscode.workspace.onDidOpenTextDocument((document) => this.#plan(document, 0)),
			vscode.workspace.onDidChangeTextDocument(({ document }) => this.#plan(document, PAUSE_MS)),
			vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
		];
		this.#planAll();
	}

	/** What is listed of a document. */
	in(document: vscode.TextDocument): readonly ShownFinding[] {
		return this.#shown.get(document.uri.toString()) ?? [];
	}

	dispose(): void {
		for (const timer of this.#timers.values()) clearTimeout(timer);
		for (const each of this.#subscriptions) each.dispose();
	}

	#planAll(): void {
		for (const document of vscode.workspace.textDocuments) this.#plan(document, 0);
	}

	/** A notebook's cells are one text: a change of one may concern the others. */
	#plan(document: vscode.TextDocument, delay: number): void {
		if (!isCode(document)) return;
		const key = readingKey(document);
		clearTimeout(this.#timers.get(key));
		this.#timers.set(
			key,
			setTimeout(() => void this.#update(document), delay),
		);
	}

	#forget(document: vscode.TextDocument): void {
		const key = readingKey(document);
		clearTimeout(this.#timers.get(key));
		this.#timers.delete(key);
		this.#list.delete(document.uri);
		this.#shown.delete(document.uri.toString());
	}

	async #update(document: vscode.TextDocument): Promise<void> {
		const settings = await this.#settings.settingsFor(document);
		const open = document.isClosed ? undefined : this.#documents.code(document);
		if (!open) {
			this.#show(document, []);
			return;
		}
		const versions = open.cells.map(({ version }) => version);
		const isStale = () => open.cells.some((cell, i) => cell.isClosed || cell.version !== versions[i]);
		const found = codeFindings(open.code, translate);
		// Models that are still being read are told when they have been.
		found.push(...modelReports(this.#models.of(document)?.readings ?? [], translate));
		for (const definition of open.code.definitions) {
			// A turn of the event loop for each function: what the person types goes first.
			await new Promise((resolve) => setTimeout(resolve, 0));
			if (isStale()) return;
			const inspection = this.inspect(definition);
			if (inspection) found.push(...hazardFindings(definition, inspection, open.code.text, translate));
		}
		const all = settled(found, open.code.text, settings);
		open.cells.forEach((cell, i) => {
			const own = all.filter(({ span }) => cellAt(open, span.start) === i);
			this.#show(
				cell,
				own.map((finding) => ({ finding, diagnostic: this.#diagnosticOf(finding, open) })),
			);
		});
	}

	#show(document: vscode.TextDocument, findings: readonly ShownFinding[]): void {
		this.#shown.set(document.uri.toString(), findings);
		this.#list.set(
			document.uri,
			findings.map(({ diagnostic }) => diagnostic),
		);
		this.#changed.fire();
	}

	#diagnosticOf({ rule, severity, span, message, related }: Finding, open: OpenCode): vscode.Diagnostic {
		const place = placeIn(open, span);
		const diagnostic = new vscode.Diagnostic(place.range, message, SEVERITIES[severity]);
		diagnostic.source = SOURCE;
		diagnostic.code = { value: rule, target: rulePage(this.#extensionUri, rule) };
		if (related) {
			diagnostic.relatedInformation = [
				new vscode.DiagnosticRelatedInformation(placeIn(open, related.span), related.message),
			];
		}
		return diagnostic;
	}

	/**
	 * What is known of a definition; null for one that is not inspected. Equal expressions are one object, so a function
	 * that an edit left alone is not inspected again.
	 */
	inspect(definition: Definition): Inspection | null {
		if (!isInspected(definition)) return null;
		const activation = definition.understood?.activation;
		const key = activation?.definition ?? definition.outputs?.[0];
		if (!key) return null;
		const parameters = activation?.parameters.map(({ name, default: value }) => `${name}=${value}`) ?? [];
		const variant = [definition.library, ...parameters].join();
		const known = this.#inspections.get(key) ?? new Map<string, Inspection>();
		this.#inspections.set(key, known);
		const inspection = known.get(variant) ?? inspectDefinition(definition);
		known.set(variant, inspection);
		return inspection;
	}
}

/** The page that tells why a rule is one. */
export function rulePage(extensionUri: vscode.Uri, rule: string): vscode.Uri {
	return vscode.Uri.joinPath(extensionUri, "docs", "rules", `${rule}.md`);
}

function cellAt({ code }: OpenCode, offset: number): number {
	return code.starts.findLastIndex((start) => start <= offset);
}

/** Where a span of all cells joined stands. */
export function placeIn(open: OpenCode, { start, end }: { start: number; end: number }): vscode.Location {
	const i = Math.max(cellAt(open, start), 0);
	const from = open.code.starts[i] ?? 0;
	const cell = open.cells[i]!;
	return new vscode.Location(cell.uri, toRange(cell, { start: start - from, end: end - from }));
}

function translate(text: string, ...values: string[]): string {
	return vscode.l10n.t(text, ...values);
}
