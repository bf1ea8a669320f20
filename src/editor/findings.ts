import * as vscode from "vscode";
import { type Inspection, inspectDefinition, isInspected } from "../core/diagnosis/inspectDefinition.ts";
import { hazardFindings } from "../core/diagnosis/rules/hazards.ts";
import { codeFindings, settled } from "../core/diagnosis/rules/lint.ts";
import { modelReports } from "../core/diagnosis/rules/models.ts";
import type { Finding, Severity } from "../core/diagnosis/rules/rule.ts";
import type { Expression } from "../core/expression/expression.ts";
import type { Definition } from "../core/reading/use.ts";
import { AtPause } from "./atPause.ts";
import type { Documents, OpenCode } from "./documents.ts";
import type { Models } from "./models.ts";
import { cellAt, placeIn } from "./places.ts";
import type { RuleSettingsSource } from "./ruleSettings.ts";

const SOURCE = "Activation Lens";

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
	/** By document; with the stamp of what they were found in. */
	readonly #shown = new Map<string, { readonly stamp: string; readonly findings: readonly ShownFinding[] }>();
	readonly #pauses: AtPause;
	readonly #inspections = new WeakMap<Expression, Map<string, Inspection>>();
	readonly #subscriptions: vscode.Disposable[];

	constructor(documents: Documents, models: Models, settings: RuleSettingsSource, extensionUri: vscode.Uri) {
		this.#documents = documents;
		this.#models = models;
		this.#settings = settings;
		this.#extensionUri = extensionUri;
		this.#pauses = new AtPause(
			documents,
			(document) => void this.update(document),
			() => {},
		);
		this.#subscriptions = [
			this.#list,
			this.#changed,
			this.#pauses,
			settings.onDidChange(() => this.#pauses.planAll()),
			models.onDidChange((document) => this.#pauses.plan(document)),
			// Each cell of a notebook has a list of its own.
			vscode.workspace.onDidCloseTextDocument(({ uri }) => {
				this.#list.delete(uri);
				this.#shown.delete(uri.toString());
			}),
		];
	}

	/** What is listed of a document. */
	in(document: vscode.TextDocument): readonly ShownFinding[] {
		return this.#shown.get(document.uri.toString())?.findings ?? [];
	}

	/** The same if it is of the code as it is now: the spans of another would be those of other text. */
	nowIn(document: vscode.TextDocument, { stamp }: OpenCode): readonly ShownFinding[] | undefined {
		const shown = this.#shown.get(document.uri.toString());
		return shown?.stamp === stamp ? shown.findings : undefined;
	}

	/** Lists what there is of a document, and the cells around it, as they are now. */
	async update(document: vscode.TextDocument): Promise<void> {
		const settings = await this.#settings.settingsFor(document);
		const open = document.isClosed ? undefined : this.#documents.code(document);
		if (!open) {
			this.#show(document, "", []);
			return;
		}
		const isStale = () => document.isClosed || this.#documents.code(document)?.stamp !== open.stamp;
		const found = codeFindings(open.code, vscode.l10n.t);
		// Models that are still being read are told when they have been.
		found.push(...modelReports(this.#models.of(document)?.readings ?? [], vscode.l10n.t));
		for (const definition of open.code.definitions) {
			// A turn of the event loop for each function: what the person types goes first.
			await new Promise((resolve) => setTimeout(resolve, 0));
			if (isStale()) return;
			const inspection = this.inspect(definition);
			if (inspection) found.push(...hazardFindings(definition, inspection, open.code.text, vscode.l10n.t));
		}
		const all = settled(found, open.code.text, settings);
		open.cells.forEach((cell, i) => {
			const own = all.filter(({ span }) => cellAt(open, span.start) === i);
			this.#show(
				cell,
				open.stamp,
				own.map((finding) => ({ finding, diagnostic: this.#diagnosticOf(finding, open) })),
			);
		});
	}

	dispose(): void {
		for (const each of this.#subscriptions) each.dispose();
	}

	#show(document: vscode.TextDocument, stamp: string, findings: readonly ShownFinding[]): void {
		this.#shown.set(document.uri.toString(), { stamp, findings });
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
