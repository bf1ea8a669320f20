import * as vscode from "vscode";
import { activationValues } from "../core/activations/values.ts";
import { curveOf } from "../core/diagnosis/inPrecision.ts";
import { safeName } from "../engines/exports/safeName.ts";
import { mergedRuns, runsOf } from "../protocol/mergedRuns.ts";
import type { ActivationCard, HostApi, PageMemory, PanelState, RunView } from "../protocol/panel.ts";
import type { Fields, StudyFile } from "../protocol/studyDraft.ts";
import { askDataFile } from "./askDataFile.ts";
import type { Cards } from "./cards.ts";
import { defaultFolder } from "./defaultFolder.ts";
import { codeEditor, type Documents } from "./documents.ts";
import { asDtype, asFile, asMemory, asNumber, asObject, asParameters, asText, type HostMemory } from "./fromPage.ts";
import { OpenPanel } from "./openPanel.ts";
import { pageTexts } from "./pageTexts.ts";
import { panelHtml } from "./panelHtml.ts";
import { setting } from "./setting.ts";
import { settings } from "./settings.ts";
import type { Studies } from "./studies.ts";
import { openStudyDocument } from "./studyFile.ts";
import { asDocument, freshStudy, listedInFile, planStudy, studyMaterial } from "./studyForm.ts";
import { Surfaces } from "./surfaces.ts";

const VIEW_TYPE = "activations.panel";
/** The cursor rests this long before the panel follows. */
const FOLLOW_MS = 120;

/** The panel beside the editor: one at a time, kept through hiding and reloading by the page's own memory. */
export class Panel implements vscode.WebviewPanelSerializer<PageMemory>, vscode.Disposable {
	readonly #extensionUri: vscode.Uri;
	readonly #documents: Documents;
	readonly #cards: Cards;
	readonly #studies: Studies;
	readonly #subscriptions: vscode.Disposable[];
	#open: OpenPanel | undefined;
	#followTimer: NodeJS.Timeout | undefined;
	readonly #surfaces: Surfaces;
	/** The run whose surfaces the page shows. */
	#surfacesOf: string | null = null;

	constructor(extensionUri: vscode.Uri, documents: Documents, cards: Cards, studies: Studies) {
		this.#extensionUri = extensionUri;
		this.#documents = documents;
		this.#cards = cards;
		this.#studies = studies;
		this.#surfaces = new Surfaces(studies, (id, surface) => {
			if (id === this.#surfacesOf && this.#open?.panel.visible)
				void this.#open.call((page) => page.surface(id, surface));
		});
		this.#subscriptions = [
			this.#surfaces,
			vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this),
			vscode.window.onDidChangeTextEditorSelection(() => this.#followSoon()),
			vscode.window.onDidChangeActiveTextEditor(() => this.#followSoon()),
			vscode.workspace.onDidChangeTextDocument(({ document }) => {
				if (document === vscode.window.activeTextEditor?.document) this.#followSoon();
			}),
		];
	}

	/** Opens the panel beside the editor, or brings it to the front. */
	show(): void {
		if (this.#open) {
			this.#open.panel.reveal(undefined, true);
			return;
		}
		const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
		this.#adopt(vscode.window.createWebviewPanel(VIEW_TYPE, vscode.l10n.t("Activation Lens"), column, this.#options()));
	}

	/** Shows these activations, replacing what was shown. */
	async showActivations(cards: readonly ActivationCard[]): Promise<void> {
		this.show();
		await this.#open?.call((page) => page.showActivations(cards));
	}

	/** Lays one more activation over what is shown. */
	async addActivation(card: ActivationCard): Promise<void> {
		this.show();
		await this.#open?.call((page) => page.addActivation(card));
	}

	/** Shows a run and follows it while it trains. */
	async showRun(run: RunView): Promise<void> {
		this.show();
		const open = this.#open;
		await open?.call((page) => {
			// Only now, when the page may have taken a second to load: what is sent here is not sent again.
			open.watch(run.summary.id);
			return page.showRun(run);
		});
	}

	/** Brings the form of a study to the front, as `PageApi.editStudy` says. */
	async editStudy(document: Fields | null, file: StudyFile | null): Promise<void> {
		this.show();
		await this.#open?.call((page) => page.editStudy(document, file));
	}

	/** Called by VS Code when a window with the panel is loaded again. */
	async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
		panel.webview.options = this.#options();
		this.#adopt(panel);
	}

	dispose(): void {
		clearTimeout(this.#followTimer);
		this.#open?.panel.dispose();
		for (const one of this.#subscriptions) one.dispose();
	}

	#options(): vscode.WebviewOptions {
		return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.#extensionUri, "dist")] };
	}

	#adopt(panel: vscode.WebviewPanel): void {
		panel.iconPath = vscode.Uri.joinPath(this.#extensionUri, "media", "icons", "panel.svg");
		const open = new OpenPanel(panel, (ready) => this.#hostApi(ready), this.#studies);
		const before = this.#open;
		this.#open = open;
		// A tab of an earlier window is restored when it is looked at, perhaps behind another that was opened.
		before?.panel.dispose();
		panel.onDidDispose(() => {
			open.dispose();
			if (this.#open === open) this.#open = undefined;
		});
		const { webview } = panel;
		const resource = (name: string) =>
			webview.asWebviewUri(vscode.Uri.joinPath(this.#extensionUri, "dist", name)).toString();
		webview.html = panelHtml({
			language: vscode.env.language,
			source: webview.cspSource,
			style: resource("panel.css"),
			script: resource("panel.js"),
		});
	}

	#followSoon(): void {
		clearTimeout(this.#followTimer);
		if (!this.#open) return;
		this.#followTimer = setTimeout(() => void this.#follow(), FOLLOW_MS);
	}

	/** Sends the activation under the cursor. Elsewhere the picture stays: the cursor is mostly between activations. */
	async #follow(): Promise<void> {
		if (!setting("activations.panel.followCursor")) return;
		const card = this.#cardAtCursor();
		if (card) await this.#open?.call((page) => page.follow(card));
	}

	#cardAtCursor(): ActivationCard | undefined {
		const editor = codeEditor();
		if (!editor) return undefined;
		const use = this.#documents.useAt(editor.document, editor.selection.active);
		return use && this.#cards.ofUse(editor.document, use);
	}

	#hostApi(onReady: () => void): HostApi {
		return {
			ready: async (saved) => {
				const state = await this.#initialState(saved === null ? null : asMemory(saved));
				onReady();
				return state;
			},
			sample: async (request) => {
				const { key, parameters, min, max, points, dtype } = asObject(request);
				const subject = this.#cards.subjectOf(asText(key));
				const count = asNumber(points);
				const { minimum, maximum } = settings["activations.panel.points"];
				if (!(count >= minimum && count <= maximum))
					throw new RangeError(`points must be ${minimum}…${maximum}, got ${count}`);
				const domain = [asNumber(min), asNumber(max)] as const;
				return curveOf(subject, asParameters(parameters), domain, Math.floor(count), asDtype(dtype));
			},
			probe: async (key, parameters, x) => {
				const { activation } = this.#cards.subjectOf(asText(key));
				const at = asNumber(x);
				const { value, derivative, secondDerivative } = activationValues(activation, asParameters(parameters), [at]);
				return { x: at, value: value[0]!, derivative: derivative[0]!, secondDerivative: secondDerivative[0]! };
			},
			catalog: async () => this.#cards.catalog(),
			describe: async (key, parameters) => {
				const text = asText(key);
				return this.#cards.ofKey(text, asParameters(parameters));
			},
			saveFile: (name, base64) => saveFile(asText(name), asText(base64)),
			reveal: async (key) => {
				const { location } = this.#cards.subjectOf(asText(key));
				if (location) await vscode.commands.executeCommand("activations.revealUse", location.uri, location.range);
			},
			compare: async () => {
				await vscode.commands.executeCommand("activations.compareActivations");
			},
			studyMaterial: async () => studyMaterial(),
			activationsInFile: async () => listedInFile(this.#documents),
			newStudy: async () => freshStudy(this.#documents),
			chooseData: async () => {
				const data = await askDataFile();
				return data ? { ...data } : null;
			},
			planStudy: (document) => planStudy(asDocument(document), this.#studies),
			trainStudy: async (document) => {
				// A refusal is shown as of any command.
				await vscode.commands.executeCommand("activations.trainStudy", asDocument(document));
			},
			openStudy: (document, file) => openStudyDocument(asDocument(document), file === null ? null : asFile(file)),
			cancelRun: async (id) => {
				for (const each of runsOf(asText(id))) this.#studies.cancel(each);
			},
			// Runs that are one view have the same data.
			runData: (id) => this.#studies.glanceOf(runsOf(asText(id))[0]!),
			watchSurfaces: async (id) => {
				// A surface is of one run's activations.
				this.#surfacesOf = id === null || runsOf(asText(id)).length > 1 ? null : asText(id);
				return this.#surfaces.watch(this.#surfacesOf, () => this.#open?.panel.visible === true);
			},
		};
	}

	async #initialState(saved: HostMemory | null): Promise<PanelState> {
		for (const { key } of saved?.pinned ?? []) await this.#cards.prepare(key);
		const pinned = (saved?.pinned ?? []).map(({ key, parameters }) => this.#cards.ofKeyIfKnown(key, parameters));
		const cards = pinned.filter((card) => card !== undefined);
		const atCursor = this.#cardAtCursor();
		if (cards.length === 0) cards.push(atCursor ?? this.#cards.ofCatalog("gelu")!);
		const run = saved?.runId ? await this.#viewOf(saved.runId).catch(() => null) : null;
		if (run) this.#open?.watch(run.summary.id);
		return {
			view: saved?.view ?? "function",
			locale: vscode.env.language,
			texts: pageTexts(),
			cards,
			run,
			points: setting("activations.panel.points"),
		};
	}

	/** A run, or several as one, by the id of what the page showed. */
	async #viewOf(id: string): Promise<RunView> {
		const [first, ...others] = await Promise.all(runsOf(id).map((each) => this.#studies.open(each)));
		return mergedRuns([first!, ...others], vscode.l10n.t);
	}
}

async function saveFile(name: string, base64: string): Promise<boolean> {
	const defaultUri = vscode.Uri.joinPath(defaultFolder(), safeName(name, "chart"));
	const target = await vscode.window.showSaveDialog({ defaultUri });
	if (!target) return false;
	await vscode.workspace.fs.writeFile(target, Buffer.from(base64, "base64"));
	return true;
}
