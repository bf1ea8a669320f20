/**
 * The editor's side of the page, in the browser: the same requests answered from the same core, so that every number is
 * real. It plays VS Code's part as well: theme variables, body classes and the webview's state.
 */
import { type Activation, fromExpression, withDefaults } from "../../src/core/activations/activation.ts";
import { catalog, findActivation } from "../../src/core/activations/catalog.ts";
import { activationFacts } from "../../src/core/activations/facts.ts";
import { interestingDomain } from "../../src/core/activations/sample.ts";
import { activationValues } from "../../src/core/activations/values.ts";
import { curveOf } from "../../src/core/diagnosis/inPrecision.ts";
import { describeFacts, describeSignal } from "../../src/core/explanation/describeFacts.ts";
import { printFormula } from "../../src/core/expression/formula.ts";
import { readSource } from "../../src/core/reading/readSource.ts";
import { generate, type TableShape } from "../../src/core/training/table.ts";
import { listed } from "../../src/protocol/listedActivation.ts";
import type { ActivationCard, HostApi, PageApi, PageMemory, PanelState } from "../../src/protocol/panel.ts";
import { panelTexts } from "../../src/protocol/panelTexts.ts";
import { connect } from "../../src/protocol/rpc.ts";
import type { Study } from "../../src/protocol/study.ts";
import { defaultStudy, parseStudy, studyActivation } from "../../src/protocol/studyDocument.ts";
import { planOf } from "../../src/protocol/studyPlan.ts";
import type { GalleryRun, RunName } from "./runs.ts";
import { HAND_WRITTEN, type State, type StateName, states } from "./states.ts";
import { themes } from "./themes.ts";

type ThemeName = keyof typeof themes;

/** What a test can see and do. */
export interface Gallery {
	readonly page: PageApi;
	readonly saved: { readonly name: string; readonly base64: string }[];
	readonly calls: string[];
	readonly violations: string[];
	card(key: string, parameters?: Readonly<Record<string, number>>): ActivationCard;
	memory(): PageMemory | null;
	setTheme(name: ThemeName): void;
}

declare global {
	interface Window {
		gallery: Gallery;
		acquireVsCodeApi(): unknown;
		galleryRuns: Readonly<Record<RunName, GalleryRun>>;
	}
}

const address = new URL(location.href);
const stateName = address.pathname.split("/").pop() as StateName;
const state: State = states[stateName];
const texts = address.searchParams.has("marked") ? marked() : {};
const saved: { name: string; base64: string }[] = [];
const calls: string[] = [];
const violations: string[] = [];
/** Between two reports of a running training. */
const REPORT_MS = 100;

document.addEventListener("securitypolicyviolation", (event) => {
	violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
setTheme((address.searchParams.get("theme") ?? "dark") as ThemeName);

const storageKey = `gallery:${location.pathname}`;
function memory(): PageMemory | null {
	const kept = sessionStorage.getItem(storageKey);
	if (kept) return JSON.parse(kept) as PageMemory;
	if (!state.memory) return null;
	return {
		view: "function",
		pinned: state.keys.map((key) => ({ key, parameters: {} })),
		followed: state.keys.length === 1 ? state.keys[0]! : null,
		domain: state.keys.length > 0 ? card(state.keys[0]!).domain : [-6, 6],
		secondDerivative: false,
		dtype: "float64",
		probe: null,
		runId: null,
		study: null,
		...state.memory,
	};
}

let receive: (message: unknown) => void = () => {};
window.acquireVsCodeApi = () => ({
	// What crosses is JSON, as in VS Code.
	postMessage: (message: unknown) => {
		const text = JSON.stringify(message);
		setTimeout(() => receive(JSON.parse(text)), 0);
	},
	getState: () => memory() ?? undefined,
	setState: (value: PageMemory) => sessionStorage.setItem(storageKey, JSON.stringify(value)),
});

const host: HostApi = {
	ready: async (kept): Promise<PanelState> => {
		const run = state.run ? window.galleryRuns[state.run] : undefined;
		if (run && run.later.length > 0) setTimeout(() => stream(run), REPORT_MS);
		const pinned = kept?.pinned ?? state.keys.map((key) => ({ key, parameters: {} }));
		return {
			view: kept?.view ?? "function",
			locale: "en",
			texts,
			cards: pinned.map(({ key, parameters }) => card(key, parameters)),
			run: run?.view ?? null,
			points: 600,
		};
	},
	sample: async ({ key, parameters, min, max, points, dtype }) => {
		const activation = subject(key);
		return curveOf({ activation, library: "numpy", truth: activation.stable }, parameters, [min, max], points, dtype);
	},
	probe: async (key, parameters, x) => {
		const { value, derivative, secondDerivative } = activationValues(subject(key), parameters, [x]);
		return { x, value: value[0]!, derivative: derivative[0]!, secondDerivative: secondDerivative[0]! };
	},
	describe: async (key, parameters) => card(key, parameters),
	catalog: async () => catalog.map(({ id }) => card(`catalog:${id}`)),
	saveFile: async (name, base64) => {
		saved.push({ name, base64 });
		return true;
	},
	reveal: async (key) => void calls.push(`reveal ${key}`),
	compare: async () => void calls.push("compare"),
	studyMaterial: async () => ({
		catalog: catalog.map(({ id }) => listed(studyActivation(id))),
		data: [
			{ title: "Handwritten digits", entry: { kind: "digits" } },
			{ title: "Two moons", entry: { kind: "moons", samples: 500, noise: 0.15 } },
			{ title: "Curve", entry: { kind: "curve", samples: 500, noise: 0.1 } },
		],
		usual: defaultStudy([studyActivation("relu")]),
	}),
	activationsInFile: async () =>
		parseStudy({
			activations: [
				{ id: "leaky_relu", parameters: { negative_slope: 0.2 } },
				{ id: "custom", source: HAND_WRITTEN, label: "step()" },
			],
		}).activations.map(listed),
	newStudy: async () => ({ activations: ["relu", "gelu", "silu"], data: "digits" }),
	chooseData: async () => ({ kind: "csv", path: "/data/flowers.csv", target: "species", task: "classification" }),
	planStudy: (document) => planOf(document, shapeOf, { workers: 2, memoryBytes: 2 ** 30 }),
	trainStudy: async (document) => void calls.push(`trainStudy ${JSON.stringify(document)}`),
	openStudy: async (document, file) => {
		calls.push(`openStudy ${JSON.stringify(document)}`);
		return file ?? { uri: "untitled:/activations.study.json", name: "activations.study.json" };
	},
	cancelRun: async (id) => void calls.push(`cancelRun ${id}`),
	watchSurfaces: async (id) => {
		calls.push(`watchSurfaces ${id}`);
		return id === null ? [] : window.galleryRuns[id as RunName].surfaces;
	},
	runData: async (id) => window.galleryRuns[id as RunName].data,
};
const page = connect<PageApi, HostApi>(
	{
		post: (message) => window.postMessage(JSON.parse(JSON.stringify(message)), "*"),
		onMessage: (listener) => {
			receive = listener;
		},
	},
	host,
);
window.gallery = { page, saved, calls, violations, card, memory, setTheme };

/** The data as they are, but for files: the page has none. */
async function shapeOf({ data, seeds }: Study): Promise<TableShape> {
	if (data.kind === "digits") {
		const targets = Float64Array.from({ length: 1797 }, (_, i) => i % 10);
		return { task: "classification", targets, samples: 1797, features: 64, classes: 10 };
	}
	if ("noise" in data) return generate(data.kind, data.samples, data.noise, seeds[0]!);
	throw new Error("there is no file here");
}

async function stream({ view, later }: GalleryRun): Promise<void> {
	for (let i = 0; i < later.length; i += 4) {
		const last = i + 4 >= later.length;
		await page.runEvents(view.summary.id, later.slice(i, i + 4), last ? "done" : "running");
		await new Promise((resolve) => setTimeout(resolve, REPORT_MS));
	}
}

function subject(key: string): Activation {
	if (key.startsWith("catalog:")) {
		const found = findActivation(key.slice("catalog:".length));
		if (found) return found;
	}
	const name = key.split("#")[1] ?? "";
	const definition = readSource(HAND_WRITTEN, "python").definitions.find((one) => one.name === name);
	if (definition?.understood) return definition.understood.activation;
	// A name that no language allows, to see that it stays a text.
	if (name.includes("<")) return fromExpression(name, findActivation("relu")!.definition, []);
	throw new Error(`there is no activation "${key}"`);
}

function card(key: string, given: Readonly<Record<string, number>> = {}): ActivationCard {
	const activation = subject(key);
	const parameters = withDefaults(activation, given);
	const { kinks, jumps } = activationFacts(activation, parameters);
	return {
		key,
		title: activation.name,
		formula: `f(x) = ${printFormula(activation.definition)}`,
		parameters: activation.parameters.map(({ name, default: value }) => ({
			name,
			value: parameters[name] ?? value,
			default: value,
		})),
		facts: [...describeFacts(activation, parameters), ...describeSignal(activation, parameters)].map(
			({ name, text }) => ({ name, text }),
		),
		kinks: [...kinks, ...jumps],
		domain: interestingDomain(activation, parameters),
		origin: key.startsWith("code:") ? `${activation.name} · model.py:3` : null,
	};
}

/** As VS Code does it: classes on the body, variables on the root. */
function setTheme(name: ThemeName): void {
	const { classes, variables } = themes[name];
	document.body.className = classes;
	const { style } = document.documentElement;
	for (const variable of [...style]) style.removeProperty(variable);
	for (const [variable, value] of Object.entries(variables)) style.setProperty(variable, value);
}

/** Every text in brackets, so that one which is not translated stands out. */
function marked(): Readonly<Record<string, string>> {
	return Object.fromEntries(panelTexts.map((text) => [text, `⟦${text}⟧`]));
}
