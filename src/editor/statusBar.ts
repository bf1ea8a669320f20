import * as vscode from "vscode";
import type { CommandId } from "./commands.ts";
import { isCode } from "./convert.ts";
import { cellsAround, codeDocument, type Documents } from "./documents.ts";
import type { Findings } from "./findings.ts";
import { setting } from "./setting.ts";

/** After the last key the numbers are brought up to date. */
const SETTLE_MS = 300;

/** How many activations the file in use has, and how many findings; a click opens the list of them. */
export class StatusBar implements vscode.Disposable {
	readonly #documents: Documents;
	readonly #findings: Findings;
	readonly #item = vscode.window.createStatusBarItem("activations.status", vscode.StatusBarAlignment.Right, 90);
	readonly #subscriptions: readonly vscode.Disposable[];
	#timer: NodeJS.Timeout | undefined;

	constructor(documents: Documents, findings: Findings) {
		this.#documents = documents;
		this.#findings = findings;
		this.#item.name = "Activation Lens";
		this.#item.command = "activations.focusFileTree" satisfies CommandId;
		const soon = () => this.#showSoon();
		this.#subscriptions = [
			this.#item,
			vscode.window.onDidChangeActiveTextEditor(soon),
			vscode.window.onDidChangeActiveNotebookEditor(soon),
			vscode.workspace.onDidChangeTextDocument(({ document }) => {
				if (isCode(document)) soon();
			}),
			vscode.workspace.onDidChangeConfiguration((event) => {
				if (event.affectsConfiguration("activations.statusBar")) soon();
			}),
			findings.onDidChange(soon),
		];
		soon();
	}

	dispose(): void {
		clearTimeout(this.#timer);
		for (const each of this.#subscriptions) each.dispose();
	}

	#showSoon(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#show(), SETTLE_MS);
	}

	#show(): void {
		const document = codeDocument();
		const cells = document && setting("activations.statusBar") ? cellsAround(document) : [];
		const uses = (cells[0] && this.#documents.code(cells[0])?.code.uses.length) ?? 0;
		if (uses === 0) {
			this.#item.hide();
			return;
		}
		const findings = cells.reduce((sum, cell) => sum + this.#findings.in(cell).length, 0);
		this.#item.text = findings === 0 ? `$(graph-line) ${uses}` : `$(graph-line) ${uses} $(warning) ${findings}`;
		this.#item.tooltip = vscode.l10n.t(
			"Activation Lens: activations {0}, findings {1}",
			String(uses),
			String(findings),
		);
		this.#item.accessibilityInformation = { label: this.#item.tooltip };
		this.#item.show();
	}
}
