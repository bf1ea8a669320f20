import * as vscode from "vscode";
import { activationValues } from "../core/activations/values.ts";
import { curveOf } from "../core/diagnosis/inPrecision.ts";
import { safeName } from "../engines/exports/safeName.ts";
import { mergedRuns, runsOf } from "../protocol/mergedRuns.ts";
import {
	type ActivationCard,
	type HostApi,
	type PageApi,
	type PageMemory,
	type PanelDtype,
	type PanelState,
	panelDtypes,
	panelViews,
	type RunView,
} from "../protocol/panel.ts";
import { connect, type Port } from "../protocol/rpc.ts";
import type { Fields, StudyFile } from "../protocol/studyDraft.ts";
import { askDataFile } from "./askDataFile.ts";
import type { Cards } from "./cards.ts";
import { defaultFolder } from "./defaultFolder.ts";
import { codeEditor, type Documents } from "./documents.ts";
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
/** Progress reaches the page at most 30 times a second. */
const EVENTS_MS = 34;

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

/**
 * One webview with its connection. Nothing is sent before the page has said `ready`. A hidden page is gone, and says
 * `ready` again when it is shown: what it missed is in the state that it gets then.
 */
class OpenPanel {
	readonly panel: vscode.WebviewPanel;
	readonly #page: PageApi;
	readonly #subscriptions: vscode.Disposable[] = [];
	readonly #studies: Studies;
	#visit = new Visit();
	#watched: string | undefined;
	#timer: NodeJS.Timeout | undefined;
	#sent = 0;

	constructor(panel: vscode.WebviewPanel, api: (onReady: () => void) => HostApi, studies: Studies) {
		this.panel = panel;
		this.#studies = studies;
		const port: Port = {
			post: (message) => void panel.webview.postMessage(message),
			onMessage: (listener) => {
				this.#subscriptions.push(panel.webview.onDidReceiveMessage(listener));
			},
		};
		// The answer to `ready` is to arrive before anything else.
		const onReady = () => setTimeout(() => this.#renew().begin(), 0);
		this.#page = connect<PageApi, HostApi>(port, api(onReady));
		this.#subscriptions.push(
			studies.onDidReport((id) => this.#reportSoon(id)),
			panel.onDidChangeViewState(() => {
				if (!panel.visible) this.#renew();
			}),
		);
	}

	/** Calls the page once it is ready. A page that is closed or hidden in the meantime is no failure. */
	async call(method: (page: PageApi) => Promise<void>): Promise<void> {
		const visit = this.#visit;
		if (!(await visit.begun)) return;
		await Promise.race([method(this.#page).catch((error: unknown) => console.error(error)), visit.ended]);
	}

	/** Passes on what happens in this run from now on. */
	watch(runId: string): void {
		this.#watched = runId;
		this.#sent = this.#studies.eventsOf(runId)?.events.length ?? 0;
	}

	dispose(): void {
		clearTimeout(this.#timer);
		this.#visit.end();
		for (const one of this.#subscriptions) one.dispose();
	}

	/** A visit that has not begun: the one at hand, or else the one after it. */
	#renew(): Visit {
		if (!this.#visit.hasBegun) return this.#visit;
		this.#visit.end();
		this.#visit = new Visit();
		return this.#visit;
	}

	#reportSoon(id: string): void {
		if (id !== this.#watched) return;
		this.#timer ??= setTimeout(() => {
			this.#timer = undefined;
			const run = this.#studies.eventsOf(id);
			if (!run || id !== this.#watched || !this.panel.visible) return;
			const fresh = run.events.slice(this.#sent);
			this.#sent = run.events.length;
			void this.call((page) => page.runEvents(id, fresh, run.summary.state));
		}, EVENTS_MS);
	}
}

/** The life of one page, from its `ready` to when it is hidden or closed. */
class Visit {
	/** Whether the page came to life before it was gone. */
	readonly begun: Promise<boolean>;
	readonly ended: Promise<void>;
	begin: () => void = () => {};
	end: () => void = () => {};
	hasBegun = false;

	constructor() {
		const ended = new Promise<void>((resolve) => {
			this.end = resolve;
		});
		this.ended = ended;
		this.begun = new Promise((resolve) => {
			this.begin = () => {
				this.hasBegun = true;
				resolve(true);
			};
			void ended.then(() => resolve(false));
		});
	}
}

async function saveFile(name: string, base64: string): Promise<boolean> {
	const defaultUri = vscode.Uri.joinPath(defaultFolder(), safeName(name, "chart"));
	const target = await vscode.window.showSaveDialog({ defaultUri });
	if (!target) return false;
	await vscode.workspace.fs.writeFile(target, Buffer.from(base64, "base64"));
	return true;
}

// What arrives from the page is unknown until its shape is checked.

function asObject(value: unknown): Readonly<Record<string, unknown>> {
	if (typeof value !== "object" || value === null) throw new TypeError(`expected an object, got ${typeof value}`);
	return value as Readonly<Record<string, unknown>>;
}

function asText(value: unknown): string {
	if (typeof value !== "string") throw new TypeError(`expected a text, got ${typeof value}`);
	return value;
}

function asNumber(value: unknown): number {
	if (typeof value !== "number") throw new TypeError(`expected a number, got ${typeof value}`);
	return value;
}

function asParameters(value: unknown): Readonly<Record<string, number>> {
	return Object.fromEntries(Object.entries(asObject(value)).map(([name, number]) => [name, asNumber(number)]));
}

function asFile(value: unknown): StudyFile {
	const { uri, name } = asObject(value);
	return { uri: asText(uri), name: asText(name) };
}

function asDtype(value: unknown): PanelDtype {
	const found = panelDtypes.find((dtype) => dtype === value);
	if (!found) throw new TypeError(`expected one of ${panelDtypes.join(", ")}, got ${String(value)}`);
	return found;
}

/** What the host restores of it; the rest is the page's own affair. */
type HostMemory = Pick<PageMemory, "view" | "pinned" | "runId">;

function asMemory(value: unknown): HostMemory | null {
	try {
		const { view, pinned, runId } = asObject(value);
		const known = panelViews.find((one) => one === view);
		if (!known) return null;
		return {
			view: known,
			pinned: (Array.isArray(pinned) ? pinned : []).map((one) => {
				const { key, parameters } = asObject(one);
				return { key: asText(key), parameters: asParameters(parameters) };
			}),
			runId: typeof runId === "string" ? runId : null,
		};
	} catch {
		return null; // Memory of an older version: the page starts afresh.
	}
}
