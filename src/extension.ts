import * as vscode from "vscode";
import { registerCommands } from "./editor/actions.ts";
import { AdviceView } from "./editor/adviceView.ts";
import { Cards } from "./editor/cards.ts";
import { CodeActions } from "./editor/codeActions.ts";
import { codeSelector } from "./editor/convert.ts";
import { Documents } from "./editor/documents.ts";
import { FindingActions } from "./editor/findingActions.ts";
import { Findings } from "./editor/findings.ts";
import { ForecastView } from "./editor/forecastView.ts";
import { ActivationHover } from "./editor/hover.ts";
import { ModelLenses } from "./editor/modelLenses.ts";
import { Models } from "./editor/models.ts";
import { Panel } from "./editor/panel.ts";
import { RuleSettingsSource } from "./editor/ruleSettings.ts";
import { StatusBar } from "./editor/statusBar.ts";
import { Studies } from "./editor/studies.ts";
import { CatalogTree, FileTree, RunsTree } from "./editor/trees.ts";
import { WorkspaceIndex } from "./editor/workspaceIndex.ts";
import { WorkspaceTree } from "./editor/workspaceTree.ts";

export function activate(context: vscode.ExtensionContext): void {
	const documents = new Documents();
	const cards = new Cards(documents);
	const studies = new Studies(context.storageUri ?? context.globalStorageUri, context.extensionPath);
	const panel = new Panel(context.extensionUri, documents, cards, studies);
	const adviceView = new AdviceView(context.extensionUri, documents);
	const fileTree = new FileTree(documents);
	const ruleSettings = new RuleSettingsSource();
	const models = new Models(documents, context.extensionPath);
	const findings = new Findings(documents, models, ruleSettings, context.extensionUri);
	const forecastView = new ForecastView(context.extensionUri, models);
	const runsTree = new RunsTree(studies);
	const workspaceIndex = new WorkspaceIndex(context.extensionPath);
	const workspaceTree = new WorkspaceTree(workspaceIndex);
	const workspaceView = vscode.window.createTreeView("activations.workspace", { treeDataProvider: workspaceTree });
	context.subscriptions.push(
		documents,
		studies,
		panel,
		adviceView,
		fileTree,
		findings,
		ruleSettings,
		models,
		forecastView,
		new ModelLenses(models),
		workspaceIndex,
		new StatusBar(documents, findings),
		new CodeActions(documents, findings),
		new FindingActions(documents, findings),
		runsTree,
		vscode.languages.registerHoverProvider(codeSelector, new ActivationHover(documents)),
		vscode.window.createTreeView("activations.file", { treeDataProvider: fileTree }),
		workspaceView,
		workspaceIndex.onDidChange(() => {
			workspaceView.message = workspaceTree.message;
			// That there is no activation is said when all has been read.
			void vscode.commands.executeCommand("setContext", "activations.isWorkspaceRead", workspaceIndex.isComplete);
		}),
		vscode.window.createTreeView("activations.catalog", { treeDataProvider: new CatalogTree() }),
		vscode.window.createTreeView("activations.runs", { treeDataProvider: runsTree, canSelectMany: true }),
		registerCommands({
			documents,
			cards,
			panel,
			adviceView,
			studies,
			workspaceIndex,
			models,
			forecastView,
			extension: context.extension,
		}),
	);
}

export function deactivate(): void {}
