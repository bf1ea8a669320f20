import * as vscode from "vscode";
import { hazardRules } from "../core/diagnosis/rules/hazards.ts";
import { parseRuleSettings, type RuleSettings } from "../core/diagnosis/rules/ruleSettings.ts";
import { rules } from "../core/diagnosis/rules/rules.ts";
import { ProjectSettingsReader } from "../engines/projectSettings.ts";
import { setting } from "./setting.ts";

/** For a file that its project leaves out. */
const OFF: RuleSettings = Object.fromEntries(Object.keys(rules).map((id) => [id, "off"]));

/** How grave the findings of a document are: the editor's settings over those of the project's pyproject.toml. */
export class RuleSettingsSource implements vscode.Disposable {
	readonly #changed = new vscode.EventEmitter<void>();
	readonly #subscriptions: readonly vscode.Disposable[];
	readonly #told = new Set<string>();
	#projects = new ProjectSettingsReader();
	readonly onDidChange = this.#changed.event;

	constructor() {
		const projects = vscode.workspace.createFileSystemWatcher("**/pyproject.toml");
		const renew = () => {
			this.#projects = new ProjectSettingsReader();
			this.#told.clear();
			this.#changed.fire();
		};
		this.#subscriptions = [
			this.#changed,
			projects,
			projects.onDidChange(renew),
			projects.onDidCreate(renew),
			projects.onDidDelete(renew),
			vscode.workspace.onDidChangeConfiguration((event) => {
				if (event.affectsConfiguration("activations")) this.#changed.fire();
			}),
		];
	}

	/** The settings for a document. What is not understood of them is told once, and left out. */
	async settingsFor(document: vscode.TextDocument): Promise<RuleSettings> {
		const ofHazards = setting("activations.findings.severity", document);
		const hazards = Object.fromEntries(Object.keys(hazardRules).map((id) => [id, ofHazards]));
		const own = this.#parsed(() => parseRuleSettings(setting("activations.rules", document), "activations.rules"));
		const project = await this.#ofProject(document);
		return {
			...this.#parsed(() => parseRuleSettings(hazards, "activations.findings.severity")),
			...project.rules,
			...own,
			...(project.isExcluded ? OFF : {}),
		};
	}

	dispose(): void {
		for (const each of this.#subscriptions) each.dispose();
	}

	async #ofProject({ uri }: vscode.TextDocument): Promise<{ rules: RuleSettings; isExcluded: boolean }> {
		const nothing = { rules: {}, isExcluded: false };
		if (uri.scheme !== "file" && uri.scheme !== "vscode-notebook-cell") return nothing;
		try {
			const { rules, excludes } = await this.#projects.settingsFor(uri.fsPath);
			return { rules, isExcluded: excludes(uri.fsPath) };
		} catch (error) {
			this.#tell(error);
			return nothing;
		}
	}

	#parsed(parse: () => RuleSettings): RuleSettings {
		try {
			return parse();
		} catch (error) {
			this.#tell(error);
			return {};
		}
	}

	#tell(error: unknown): void {
		const message = error instanceof Error ? error.message : String(error);
		if (this.#told.has(message)) return;
		this.#told.add(message);
		void vscode.window.showWarningMessage(`Activation Lens: ${message}`);
	}
}
