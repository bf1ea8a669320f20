/** The panel's page: it asks the editor for numbers, draws them, and reports what is pressed. */
import { type HostApi, type PageApi, type PageMemory, type PanelView, panelViews } from "../src/protocol/panel.ts";
import { connect, type Port } from "../src/protocol/rpc.ts";
import type { Context } from "./context.ts";
import { h, show } from "./dom.ts";
import { FunctionView } from "./function/functionView.ts";
import "./panel.css";
import { StudyView } from "./study/studyView.ts";
import { translator } from "./texts.ts";
import { onThemeChange, readColours } from "./theme.ts";
import { TrainingView } from "./training/trainingView.ts";

/** A page that writes its memory with every movement of the mouse would do little else. */
const REMEMBER_MS = 200;

const editor = acquireVsCodeApi<PageMemory>();
const port: Port = {
	post: (message) => editor.postMessage(message),
	onMessage: (listener) => window.addEventListener("message", ({ data }) => listener(data)),
};
let markBuilt: (page: ReturnType<typeof build>) => void = () => {};
const built = new Promise<ReturnType<typeof build>>((resolve) => {
	markBuilt = resolve;
});
const pageApi: PageApi = {
	follow: async (card) => (await built).functions.follow(card),
	showActivations: async (cards) => {
		const page = await built;
		page.functions.showActivations(cards);
		page.bringToFront("function");
	},
	addActivation: async (card) => {
		const page = await built;
		page.functions.add(card);
		page.bringToFront("function");
	},
	showRun: async (run) => {
		const page = await built;
		page.training.show(run);
		page.bringToFront("training");
	},
	editStudy: async (document, file) => {
		const page = await built;
		const edited = page.study.edit(document, file);
		page.bringToFront("study");
		await edited;
	},
	surface: async (runId, surface) => (await built).training.addSurface(runId, surface),
	runEvents: async (runId, events, state) => (await built).training.add(runId, events, state),
};
const host = connect<HostApi, PageApi>(port, pageApi);
void start();

async function start(): Promise<void> {
	const memory = editor.getState() ?? null;
	try {
		const state = await host.ready(memory);
		const page = build(state.points, state.texts);
		page.functions.restore(state.cards, memory);
		page.study.restore(memory);
		page.training.show(state.run);
		page.bringToFront(state.view);
		page.rememberFromNowOn();
		document.documentElement.lang = state.locale;
		markBuilt(page);
	} catch (error) {
		document.getElementById("app")?.replaceChildren(h("p", { class: "error", role: "alert" }, messageOf(error)));
	}
}

/** Writes the page and gives what the editor can do with it. */
function build(points: number, texts: Readonly<Record<string, string>>) {
	const t = translator(texts);
	const notice = h("p", { class: "notice error", role: "alert", hidden: true });
	let colours = readColours();
	let remembering = false;
	let timer: number | undefined;
	let front: PanelView = "function";

	const context: Context = {
		host,
		t,
		points,
		colours: () => colours,
		remember: () => {
			if (!remembering) return;
			timer ??= window.setTimeout(writeMemory, REMEMBER_MS);
		},
		run: (request) => {
			show(notice, false);
			request.catch((error: unknown) => {
				notice.textContent = messageOf(error);
				show(notice, true);
			});
		},
	};
	const functions = new FunctionView(context);
	const study = new StudyView(context);
	const training = new TrainingView(context, () => bringToFront("study"));
	const titles: Readonly<Record<PanelView, string>> = {
		function: t("Function"),
		study: t("Study"),
		training: t("Training"),
	};
	const panels: Readonly<Record<PanelView, HTMLElement>> = {
		function: functions.element,
		study: study.element,
		training: training.element,
	};
	const tabs = panelViews.map((name) =>
		h(
			"button",
			{
				role: "tab",
				id: `tab-${name}`,
				"aria-controls": `panel-${name}`,
				onclick: () => bringToFront(name),
				onkeydown: onTabKey,
			},
			titles[name],
		),
	);
	for (const name of panelViews) {
		const panel = panels[name];
		panel.id = `panel-${name}`;
		panel.setAttribute("role", "tabpanel");
		panel.setAttribute("aria-labelledby", `tab-${name}`);
	}
	document
		.getElementById("app")
		?.replaceChildren(
			h("div", { class: "tabs", role: "tablist" }, ...tabs),
			notice,
			...panelViews.map((name) => panels[name]),
		);
	onThemeChange(() => {
		const next = readColours();
		if (JSON.stringify(next) === JSON.stringify(colours)) return;
		colours = next;
		functions.refresh();
		training.refresh();
	});
	// The system may close the page between two writings.
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState === "hidden" && timer !== undefined) writeMemory();
	});

	function bringToFront(name: PanelView): void {
		front = name;
		panelViews.forEach((one, index) => {
			const tab = tabs[index]!;
			tab.setAttribute("aria-selected", String(one === name));
			tab.tabIndex = one === name ? 0 : -1;
			show(panels[one], one === name);
		});
		study.setVisible(name === "study");
		training.setVisible(name === "training");
		context.remember();
	}

	function onTabKey(event: KeyboardEvent): void {
		const at = panelViews.indexOf(front);
		const targets: Readonly<Record<string, number>> = {
			ArrowRight: (at + 1) % panelViews.length,
			ArrowLeft: (at + panelViews.length - 1) % panelViews.length,
			Home: 0,
			End: panelViews.length - 1,
		};
		const target = targets[event.key];
		if (target === undefined) return;
		event.preventDefault();
		bringToFront(panelViews[target]!);
		tabs[target]!.focus();
	}

	function writeMemory(): void {
		clearTimeout(timer);
		timer = undefined;
		editor.setState({ view: front, ...functions.memory(), ...study.memory(), ...training.memory() });
	}

	function rememberFromNowOn(): void {
		remembering = true;
		context.remember();
	}

	return { functions, study, training, bringToFront, rememberFromNowOn };
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
