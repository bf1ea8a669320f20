import * as vscode from "vscode";
import { describeHazards } from "../core/diagnosis/describeHazards.ts";
import { type Inspection, inspectDefinition } from "../core/diagnosis/inspectDefinition.ts";
import type { Expression } from "../core/expression/expression.ts";
import { nodesOf } from "../core/expression/walk.ts";
import type { Definition } from "../core/reading/use.ts";
import { isCode, toRange } from "./convert.ts";
import type { Documents } from "./documents.ts";

const SOURCE = "Activation Lens";
/** After the last key: findings are looked for when a person pauses. */
const PAUSE_MS = 500;
/** A longer function is not inspected: its hazards would take too long to find. */
const MOST_NODES = 300;

const SEVERITIES: Readonly<Record<string, vscode.DiagnosticSeverity>> = {
	error: vscode.DiagnosticSeverity.Error,
	warning: vscode.DiagnosticSeverity.Warning,
	information: vscode.DiagnosticSeverity.Information,
	hint: vscode.DiagnosticSeverity.Hint,
};

/** Lists where the hand-written activations of the open documents go wrong; what takes huge inputs is but a hint. */
export class Findings implements vscode.Disposable {
	readonly #documents: Documents;
	readonly #list = vscode.languages.createDiagnosticCollection("activations");
	readonly #timers = new Map<string, NodeJS.Timeout>();
	readonly #inspections = new WeakMap<Expression, Map<string, Inspection>>();
	readonly #subscriptions: vscode.Disposable[];

	constructor(documents: Documents) {
		this.#documents = documents;
		this.#subscriptions = [
			this.#list,
			vscode.workspace.onDidOpenTextDocument((document) => this.#plan(document, 0)),
			vscode.workspace.onDidChangeTextDocument(({ document }) => this.#plan(document, PAUSE_MS)),
			vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
			vscode.workspace.onDidChangeConfiguration((event) => {
				if (event.affectsConfiguration("activations.findings")) this.#planAll();
			}),
		];
		this.#planAll();
	}

	/** The findings that stand in a definition. */
	within(document: vscode.TextDocument, definition: Definition): readonly vscode.Diagnostic[] {
		const range = toRange(document, definition.span);
		return (this.#list.get(document.uri) ?? []).filter((one) => range.contains(one.range));
	}

	dispose(): void {
		for (const timer of this.#timers.values()) clearTimeout(timer);
		for (const each of this.#subscriptions) each.dispose();
	}

	#planAll(): void {
		for (const document of vscode.workspace.textDocuments) this.#plan(document, 0);
	}

	#plan(document: vscode.TextDocument, delay: number): void {
		if (!isCode(document)) return;
		const key = document.uri.toString();
		clearTimeout(this.#timers.get(key));
		this.#timers.set(
			key,
			setTimeout(() => void this.#update(document), delay),
		);
	}

	#forget({ uri }: vscode.TextDocument): void {
		clearTimeout(this.#timers.get(uri.toString()));
		this.#timers.delete(uri.toString());
		this.#list.delete(uri);
	}

	async #update(document: vscode.TextDocument): Promise<void> {
		const setting = vscode.workspace.getConfiguration("activations.findings", document).get<string>("severity");
		const severity = SEVERITIES[setting ?? ""];
		const { version } = document;
		if (document.isClosed) return;
		if (severity === undefined) return void this.#list.delete(document.uri);
		const found: vscode.Diagnostic[] = [];
		for (const definition of this.#documents.read(document).definitions) {
			// A turn of the event loop for each function: what the person types goes first.
			await new Promise((resolve) => setTimeout(resolve, 0));
			if (document.isClosed || document.version !== version) return;
			const inspection = this.inspect(definition);
			if (!inspection) continue;
			for (const { kind, culprit, message, isFar } of describeHazards(inspection, translate)) {
				const origin = definition.understood?.origins.get(culprit);
				const isOwn = origin && origin.start >= definition.span.start && origin.end <= definition.span.end;
				const range = toRange(document, isOwn ? origin : definition.nameSpan);
				const diagnostic = new vscode.Diagnostic(range, message, isFar ? vscode.DiagnosticSeverity.Hint : severity);
				diagnostic.source = SOURCE;
				diagnostic.code = `hazard-${kind}`;
				found.push(diagnostic);
			}
		}
		this.#list.set(document.uri, found);
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

function isInspected({ understood, outputs }: Definition): boolean {
	const form = understood?.activation.definition ?? outputs?.[0];
	return form !== undefined && nodesOf(form).length <= MOST_NODES;
}

function translate(text: string, ...values: string[]): string {
	return vscode.l10n.t(text, ...values);
}
