import * as vscode from "vscode";
import type { Activation } from "../core/activations/activation.ts";
import type { InsertLibrary } from "../core/activations/libraries/codeFor.ts";
import type { RuleId } from "../core/diagnosis/rules/rule.ts";
import { parseAdviceSpec } from "../protocol/adviceSpec.ts";
import { mergedRuns } from "../protocol/mergedRuns.ts";
import type { RunSummary, RunView } from "../protocol/panel.ts";
import type { Study } from "../protocol/study.ts";
import { parseStudies, parseStudy } from "../protocol/studyDocument.ts";
import { isFields } from "../protocol/studyDraft.ts";
import type { AdviceView } from "./adviceView.ts";
import type { Cards } from "./cards.ts";
import { type CommandId, commands } from "./commands.ts";
import { askForStudy } from "./compare.ts";
import type { Documents } from "./documents.ts";
import { exportRun } from "./exportRun.ts";
import { rulePage } from "./findings.ts";
import type { ForecastView } from "./forecastView.ts";
import { insertActivation } from "./insert.ts";
import type { Models, OpenModels } from "./models.ts";
import type { Panel } from "./panel.ts";
import { pickActivation, pickRule, pickRun, pickRuns } from "./pickers.ts";
import { placeIn, revealRange } from "./places.ts";
import { sentenceOf } from "./sentenceOf.ts";
import type { Started, Studies } from "./studies.ts";
import { fieldsOf, fileOf, newStudyDocument, studiesOf } from "./studyFile.ts";
import { answerAdvice, askForAdvice } from "./whichActivation.ts";
import { locationOf, type WorkspaceIndex, type WorkspaceUse } from "./workspaceIndex.ts";
import { peekUses, pickUsed } from "./workspaceUses.ts";
import { showFormula, writeAsCode } from "./writeCode.ts";

export interface Features {
	readonly documents: Documents;
	readonly cards: Cards;
	readonly panel: Panel;
	readonly adviceView: AdviceView;
	readonly studies: Studies;
	readonly workspaceIndex: WorkspaceIndex;
	readonly models: Models;
	readonly forecastView: ForecastView;
	readonly extension: vscode.Extension<unknown>;
}

type Handler = (...args: never[]) => unknown;

/** Registers what every command does. A failure is shown as one sentence, and is no exception in the log. */
export function registerCommands(features: Features): vscode.Disposable {
	const handlers = handlersOf(features);
	const registered = (Object.keys(commands) as CommandId[]).map((id) =>
		vscode.commands.registerCommand(id, async (...args: never[]) => {
			try {
				return await handlers[id](...args);
			} catch (error) {
				void vscode.window.showErrorMessage(sentenceOf(error));
				return undefined;
			}
		}),
	);
	return vscode.Disposable.from(...registered);
}

/** Parameters as a link of a page has them: JSON, in which an infinite one is a text. What a tree passes beside is none. */
function parametersOf(value: unknown): Readonly<Record<string, number>> {
	return Object.fromEntries(Object.entries(isFields(value) ? value : {}).map(([name, given]) => [name, Number(given)]));
}

/** The document that a click in an editor's title is about, or the one in use. */
async function documentOf(uri: vscode.Uri | undefined): Promise<vscode.TextDocument | undefined> {
	return uri ? vscode.workspace.openTextDocument(uri) : vscode.window.activeTextEditor?.document;
}

/** The index of the model around a line of a document, or of the first that is known. */
function modelAt({ open, readings }: OpenModels, document: vscode.TextDocument, line: number): number {
	const around = readings.findLastIndex(({ model }) => {
		const { uri, range } = placeIn(open, model.span);
		return uri.toString() === document.uri.toString() && range.start.line <= line && line <= range.end.line;
	});
	return Math.max(around, 0);
}

function handlersOf({
	documents,
	cards,
	panel,
	adviceView,
	studies,
	workspaceIndex,
	models,
	forecastView,
	extension,
}: Features): Record<CommandId, Handler> {
	const useAtCursor = () => {
		const editor = vscode.window.activeTextEditor;
		const use = editor && documents.useAt(editor.document, editor.selection.active);
		return use?.activation ?? undefined;
	};
	const cardOf = async (entry: Activation | string | undefined) => {
		const given = entry ?? (await pickActivation(({ source }) => source));
		return given === undefined ? undefined : cards.ofCatalog(typeof given === "string" ? given : given.id);
	};
	/** A command on a run: of the entry that was clicked, or the one that is picked. */
	const onRun = (act: (run: RunSummary) => unknown) => async (run?: RunSummary) => {
		const chosen = run ?? (await pickRun(studies));
		return chosen && act(chosen);
	};
	/** Of an entry of the catalog, or of an id with the parameters that are not its defaults. */
	const insert = (library: InsertLibrary) => (entry?: Activation | string, parameters?: unknown) =>
		typeof entry === "string"
			? insertActivation(entry, library, parametersOf(parameters))
			: insertActivation(entry?.id, library);
	return {
		"activations.openPanel": () => panel.show(),
		"activations.compareActivations": async (given?: unknown) => {
			const study = given === undefined ? await askForStudy(documents) : parseStudy(given);
			return study && train(study, panel, studies);
		},
		"activations.whichActivation": async (given?: unknown) => {
			const spec = given === undefined ? await askForAdvice(documents) : parseAdviceSpec(given);
			const answer = spec && (await answerAdvice(spec, studies));
			if (answer) adviceView.show(answer.words, answer.runId);
			return answer;
		},
		"activations.newStudy": () => newStudyDocument(documents),
		"activations.buildStudy": () => panel.editStudy(null, null),
		"activations.editStudy": async (uri?: vscode.Uri) => {
			const document = await documentOf(uri);
			if (document) await panel.editStudy(fieldsOf(document), fileOf(document));
		},
		"activations.trainStudy": async (given?: unknown) => {
			const isDocument = given === undefined || given instanceof vscode.Uri;
			const document = isDocument ? await documentOf(given) : undefined;
			if (isDocument && !document) return undefined;
			const found = document ? studiesOf(document) : parseStudies(given);
			const ended = [];
			// One after the other: each takes every core. Who cancels one wants the others no more.
			for (const study of found) {
				const run = await train(study, panel, studies);
				ended.push(run);
				if (run.summary.state === "cancelled") break;
			}
			return ended;
		},
		"activations.showActivation": async (entry?: Activation | string) => {
			const card = await cardOf(entry);
			if (card) await panel.showActivations([card]);
		},
		"activations.addToComparison": async (entry?: Activation | string) => {
			const card = await cardOf(entry);
			if (card) await panel.addActivation(card);
		},
		"activations.insertAsPyTorch": insert("pytorch"),
		"activations.insertAsKeras": insert("keras"),
		"activations.insertAsJax": insert("jax"),
		"activations.insertAsNumPy": insert("numpy"),
		"activations.writeAsCode": writeAsCode,
		"activations.showFormula": showFormula,
		"activations.revealUse": revealRange,
		"activations.openRun": async (run?: RunSummary | string) => {
			const id = typeof run === "string" ? run : (run ?? (await pickRun(studies)))?.id;
			if (id !== undefined) await panel.showRun(await studies.open(id));
		},
		"activations.compareRuns": async (run?: RunSummary, selected?: readonly RunSummary[]) => {
			const several = selected && selected.length > 1 ? selected : await pickRuns(studies, run ? [run] : []);
			const [first, ...others] = await Promise.all(several.map(({ id }) => studies.open(id)));
			if (first) await panel.showRun(mergedRuns([first, ...others], vscode.l10n.t));
		},
		"activations.cancelRun": async (run?: RunSummary) => {
			const isUnderWay = ({ state }: RunSummary) => state === "running" || state === "paused";
			const chosen = run ?? (await pickRun(studies, vscode.l10n.t("No run is training."), isUnderWay));
			if (chosen) studies.cancel(chosen.id);
			return chosen;
		},
		"activations.pauseRun": async (run?: RunSummary) => {
			const isTraining = ({ state }: RunSummary) => state === "running";
			const chosen = run ?? (await pickRun(studies, vscode.l10n.t("No run is training."), isTraining));
			if (chosen) studies.pause(chosen.id);
			return chosen;
		},
		"activations.resumeRun": async (run?: RunSummary) => {
			const canGoOn = ({ state }: RunSummary) => state !== "running" && state !== "done";
			const chosen = run ?? (await pickRun(studies, vscode.l10n.t("There is no run to go on with."), canGoOn));
			if (chosen?.state !== "paused")
				return chosen && follow(await studies.resume(chosen.id), chosen.study, panel, studies);
			studies.continue(chosen.id);
			return chosen;
		},
		"activations.renameRun": onRun(async ({ id, name }) => {
			const title = vscode.l10n.t("New name of the run");
			const renamed = await vscode.window.showInputBox({ title, value: name });
			if (renamed) await studies.rename(id, renamed.slice(0, 200));
		}),
		"activations.exportRun": onRun(async ({ id }) => exportRun(await studies.open(id), studies)),
		"activations.deleteRun": async (run?: RunSummary, selected?: readonly RunSummary[]) => {
			const chosen = run ?? (await pickRun(studies));
			if (chosen) await deleteRuns(selected && selected.length > 1 ? selected : [chosen], studies);
		},
		"activations.refresh": () => studies.refresh(),
		"activations.findUses": async (entry: { readonly activation: string } | vscode.Uri | undefined) => {
			await workspaceIndex.ensure();
			const wanted =
				entry && "activation" in entry ? entry.activation : (useAtCursor() ?? (await pickUsed(workspaceIndex)));
			if (wanted !== undefined) await peekUses(workspaceIndex, wanted);
		},
		"activations.refreshWorkspace": () => workspaceIndex.refresh(),
		"activations.focusFileTree": () => vscode.commands.executeCommand("activations.file.focus"),
		"activations.revealWorkspaceUse": async (entry: WorkspaceUse) => {
			const { uri, range } = await locationOf(entry);
			await revealRange(uri, range);
		},
		"activations.showForecast": async (uri: vscode.Uri | undefined, index: number | undefined) => {
			const document = await documentOf(uri);
			if (!document) return;
			const line = vscode.window.activeTextEditor?.selection.active.line ?? 0;
			const known = await models.whenRead(document);
			if (known && known.readings.length > 0)
				return forecastView.show(document, typeof index === "number" ? index : modelAt(known, document, line));
			void vscode.window.showInformationMessage(vscode.l10n.t("There is no model here that is understood."));
		},
		"activations.revealLayer": (layer: number) => forecastView.revealLayer(layer),
		"activations.applyModelFix": (index: number) => forecastView.applyFix(index),
		"activations.explainRule": async (rule: RuleId | undefined) => {
			const wanted = rule ?? (await pickRule());
			if (wanted)
				await vscode.commands.executeCommand("markdown.showPreview", rulePage(extension.extensionUri, wanted));
		},
		"activations.openSettings": () =>
			vscode.commands.executeCommand("workbench.action.openSettings", `@ext:${extension.id}`),
		"activations.openWalkthrough": () =>
			vscode.commands.executeCommand("workbench.action.openWalkthrough", `${extension.id}#activations.start`, false),
	};
}

/** Starts a study, shows it in the panel, and its progress with cancel as a notification; resolves to the run when it ends. */
async function train(study: Study, panel: Panel, studies: Studies): Promise<RunView> {
	return follow(await studies.start(study), study, panel, studies);
}

/** Shows a study that trains, as `train` says. */
async function follow({ id, ended }: Started, study: Study, panel: Panel, studies: Studies): Promise<RunView> {
	// Training does not wait for the page.
	void studies.open(id).then((run) => panel.showRun(run));
	void vscode.window.withProgress(
		{
			location: vscode.ProgressLocation.Notification,
			title: vscode.l10n.t("Training {0}", study.name),
			cancellable: true,
		},
		async (progress, cancellation) => {
			const abort = new AbortController();
			cancellation.onCancellationRequested(() => abort.abort());
			let reported = 0;
			const onShare = (share: number) => {
				progress.report({ increment: 100 * (share - reported), message: `${Math.round(100 * share)} %` });
				reported = share;
			};
			await studies.until(id, ended, abort.signal, onShare).catch(() => undefined);
		},
	);
	const result = await ended;
	const failure = result.events.find((event) => event.kind === "failed");
	if (failure) {
		void vscode.window.showErrorMessage(
			vscode.l10n.t("{0}: {1}", study.activations[failure.run.activation]?.label ?? "", failure.message),
		);
	}
	return result;
}

async function deleteRuns(runs: readonly RunSummary[], studies: Studies): Promise<void> {
	const remove = vscode.l10n.t("Delete");
	const question =
		runs.length === 1
			? vscode.l10n.t("Delete the run “{0}”? Its measurements are lost.", runs[0]!.name)
			: vscode.l10n.t("Delete {0} runs? Their measurements are lost.", String(runs.length));
	if ((await vscode.window.showWarningMessage(question, { modal: true }, remove)) !== remove) return;
	for (const { id } of runs) await studies.delete(id);
}
