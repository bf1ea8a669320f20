/**
 * What the editor and the panel's page may say to each other. Both sides are requests: an interface of methods on each.
 * The page speaks first (`ready`); what arrives from it is unknown until its shape is checked.
 */
import type { DrawnCurve } from "../core/diagnosis/inPrecision.ts";
import type { TableGlance } from "../core/training/data/tableGlance.ts";
import type { Study } from "./study.ts";
import type { Fields, StudyFile, StudyMemory } from "./studyDraft.ts";
import type { StudyWork } from "./studyWork.ts";
import type { RunSurface, TrainerEvent } from "./trainer.ts";

/** Offered by the extension, called by the page. */
export interface HostApi {
	/** Must be the page's first call; nothing is sent to the page before it. `saved` is what the page kept, if anything. */
	ready(saved: PageMemory | null): Promise<PanelState>;
	/** Samples one activation on `points` evenly spaced inputs, kinks included. `points` is 2…4096, `min` < `max`. */
	sample(request: SampleRequest): Promise<Curve>;
	/** Correctly rounded value and slopes at one input, for the probe's reading. */
	probe(key: string, parameters: Readonly<Record<string, number>>, x: number): Promise<ProbeReading>;
	/** The card of a key with other parameters: its formula stays, its facts change. */
	describe(key: string, parameters: Readonly<Record<string, number>>): Promise<ActivationCard>;
	/** The catalog, for the picker; `describe` makes a card of an entry. Cards of all would take seconds. */
	catalog(): Promise<readonly CatalogEntry[]>;
	/** Offers the bytes to the user as a file; resolves to false when they cancel. */
	saveFile(suggestedName: string, base64: string): Promise<boolean>;
	/** Goes to where the activation is written, when it came from the editor. */
	reveal(key: string): Promise<void>;
	/** Opens the questions of `Compare Activations…`. */
	compare(): Promise<void>;
	/** What a study's form offers. */
	studyMaterial(): Promise<StudyMaterial>;
	/** The activations that the open file uses and defines, as entries of a study's document. */
	activationsInFile(): Promise<readonly ListedActivation[]>;
	/** A study's document to begin with: of the activations of the open file. */
	newStudy(): Promise<Fields>;
	/** Asks for a file of data and what is to be predicted; null where the user gave up. */
	chooseData(): Promise<Fields | null>;
	/** What a document comes to, and all that is wrong with it. Reads its data. */
	planStudy(document: Fields): Promise<StudyPlan>;
	/** Trains what the document says, and shows the page each run; resolves when all has ended, or was refused. */
	trainStudy(document: Fields): Promise<void>;
	/** Shows the document in an editor: that of `file` where it is open still, with its text replaced, or else a new one. */
	openStudy(document: Fields, file: StudyFile | null): Promise<StudyFile>;
	cancelRun(runId: string): Promise<void>;
	/** The data of a run's study at a glance; read anew, so it fails with one sentence where a file is gone or has changed. */
	runData(runId: string): Promise<TableGlance>;
	/**
	 * From now on `surface` is called for this run, at most once a second for each of its trainings, and for none where it
	 * is null. Gives the surfaces that are known already, oldest first: they are kept only while the window is open.
	 */
	watchSurfaces(runId: string | null): Promise<readonly RunSurface[]>;
}

/** Offered by the page, called by the extension. */
export interface PageApi {
	/** The cursor came to an activation. */
	follow(card: ActivationCard): Promise<void>;
	/** Shows these activations overlaid, replacing what is pinned. */
	showActivations(cards: readonly ActivationCard[]): Promise<void>;
	/** Lays one more activation over what is shown. */
	addActivation(card: ActivationCard): Promise<void>;
	/** Shows a run's charts and follows it while it is running. */
	showRun(run: RunView): Promise<void>;
	/**
	 * Brings a study's form to the front: with this document, or where it is null with what was being edited, or else a
	 * new study.
	 */
	editStudy(document: Fields | null, file: StudyFile | null): Promise<void>;
	/** What happened in a shown run since the last call, oldest first; at most 30 calls a second. */
	runEvents(runId: string, events: readonly TrainerEvent[], state: RunState): Promise<void>;
	/** What one training of a shown run answers all over the plane now. */
	surface(runId: string, surface: RunSurface): Promise<void>;
}

export const panelViews = ["function", "study", "training"] as const;
export type PanelView = (typeof panelViews)[number];

export interface PanelState {
	readonly view: PanelView;
	readonly locale: string;
	/** Texts of the page in the user's language, by their English text. */
	readonly texts: Readonly<Record<string, string>>;
	readonly cards: readonly ActivationCard[];
	readonly run: RunView | null;
	/** Points a curve is sampled at by default; setting `activations.panel.points`. */
	readonly points: number;
}

/** What the page keeps through hiding and reloading (webview state). */
export interface PageMemory {
	readonly view: PanelView;
	readonly pinned: readonly { readonly key: string; readonly parameters: Readonly<Record<string, number>> }[];
	readonly followed: string | null;
	readonly domain: readonly [min: number, max: number];
	readonly secondDerivative: boolean;
	readonly dtype: PanelDtype;
	readonly probe: number | null;
	readonly runId: string | null;
	readonly study: StudyMemory | null;
}

/** An activation that a study's form offers. */
export interface ListedActivation {
	readonly title: string;
	/** Of a study's document. */
	readonly entry: Fields;
	/** Other names to find it by. */
	readonly id: string;
	readonly parameters: readonly { readonly name: string; readonly default: number }[];
}

/** What a study's form offers, whatever file is open. */
export interface StudyMaterial {
	readonly catalog: readonly ListedActivation[];
	/** The sets that come with the extension, as entries of a study's document. */
	readonly data: readonly { readonly title: string; readonly entry: Fields }[];
	/** A study in which nothing is given: every default. */
	readonly usual: Study;
}

/** What a study's document comes to. */
export interface StudyPlan {
	/** Field by field; `{0}` in a sentence is the field's name, which the page knows. */
	readonly problems: readonly { readonly field: string; readonly sentence: string }[];
	/** The first of its studies, with every default; null where something is wrong. */
	readonly study: Study | null;
	/** Of each listed network and optimizer the first study, by its place: "network[1]". */
	readonly rows: Readonly<Record<string, Study>>;
	/** How many studies the document stands for. */
	readonly studies: number;
	/** Of all of them; null where something is wrong. */
	readonly work: StudyWork | null;
	/** Trainings at once. */
	readonly workers: number;
}

/** An activation as the page knows it. */
export interface ActivationCard {
	/** `catalog:gelu`, or `code:<uri>#<name>` for a function written in the user's file. Only the host reads it. */
	readonly key: string;
	readonly title: string;
	readonly formula: string;
	readonly parameters: readonly { readonly name: string; readonly value: number; readonly default: number }[];
	/** One line each, ready to show: range, where the gradient falls below 1 % of its peak, kinks, … */
	readonly facts: readonly { readonly name: string; readonly text: string }[];
	readonly kinks: readonly number[];
	/** A window of inputs in which everything of interest happens. */
	readonly domain: readonly [min: number, max: number];
	/** Where it came from, for the heading: "nn.GELU() · model.py:12", or null for the catalog. */
	readonly origin: string | null;
}

/** An activation that the picker offers. */
export type CatalogEntry = Pick<ActivationCard, "key" | "title">;

export interface SampleRequest {
	readonly key: string;
	readonly parameters: Readonly<Record<string, number>>;
	readonly min: number;
	readonly max: number;
	readonly points: number;
	/** The type in which f is computed, operation by operation; its slopes are exact all the same. */
	readonly dtype: PanelDtype;
}

export type Curve = DrawnCurve;

export const panelDtypes = ["float64", "float32", "float16", "bfloat16"] as const;
export type PanelDtype = (typeof panelDtypes)[number];

export interface ProbeReading {
	readonly x: number;
	readonly value: number;
	readonly derivative: number;
	readonly secondDerivative: number;
}

export type RunState = "running" | "paused" | "done" | "cancelled" | "failed" | "interrupted";

/** A study's run as the list and the page know it. */
export interface RunSummary {
	/** Of several runs as one, see `runsOf`. */
	readonly id: string;
	readonly name: string;
	readonly state: RunState;
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	readonly study: Study;
	/** Share of the planned epochs that were reported, 0…1. */
	readonly progress: number;
}

export interface RunView {
	readonly summary: RunSummary;
	/** Everything reported so far, oldest first. */
	readonly events: readonly TrainerEvent[];
}
