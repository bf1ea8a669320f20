import "./panel.css";
import type { HostApi, PageApi, PageMemory, PanelView } from "../src/protocol/panel.ts";
import { connect } from "../src/protocol/rpc.ts";
import { el } from "./dom.ts";
import { FunctionView } from "./functionView.ts";
import { t, useTexts } from "./texts.ts";
import { onThemeChange } from "./theme.ts";
import { TrainingView } from "./trainingView.ts";

/** The page: two views as tabs. It computes no activation; it asks the editor, draws, and reports. */
async function main(): Promise<void> {
	const vscode = acquireVsCodeApi<PageMemory>();
	let views: Views | undefined;
	const whenReady: ((views: Views) => void)[] = [];
	const withViews = async (action: (views: Views) => void) => {
		if (views) action(views);
		else whenReady.push(action);
	};
	const host = connect<HostApi, PageApi>(
		{
			post: (message) => vscode.postMessage(message),
			onMessage: (listener) => window.addEventListener("message", ({ data }) => listener(data)),
		},
		{
			follow: (card) => withViews(({ functions }) => functions.follow(card)),
			showActivations: (cards) =>
				withViews(({ functions, select }) => {
					functions.replace(cards);
					select("function");
				}),
			addActivation: (card) =>
				withViews(({ functions, select }) => {
					functions.add(card);
					select("function");
				}),
			showRun: (run) =>
				withViews(({ training, select }) => {
					training.show(run);
					select("training");
				}),
			runEvents: (id, events, state) => withViews(({ training }) => training.add(id, events, state)),
		},
	);
	const saved = vscode.getState() ?? null;
	const state = await host.ready(saved);
	useTexts(state.texts);
	document.documentElement.lang = state.locale;

	const remember = () => {
		if (!views) return;
		vscode.setState({ ...views.functions.memory(), view: views.selected(), runId: views.training.runId });
	};
	const built = buildViews(host, state.view, remember);
	document.querySelector("#app")?.replaceChildren(built.element);
	if (state.run) built.training.show(state.run);
	await built.functions.start(state.cards, state.points, saved);
	views = built;
	for (const action of whenReady) action(built);
	remember();
	onThemeChange(() => {
		built.functions.retheme();
		built.training.retheme();
	});
}

interface Views {
	readonly element: HTMLElement;
	readonly functions: FunctionView;
	readonly training: TrainingView;
	select(view: PanelView): void;
	selected(): PanelView;
}

function buildViews(host: HostApi, first: PanelView, remember: () => void): Views {
	const functions = new FunctionView(host, remember);
	const training = new TrainingView(host);
	let current = first;
	const names: readonly PanelView[] = ["function", "training"];
	const elements: Readonly<Record<PanelView, HTMLElement>> = {
		function: functions.element,
		training: training.element,
	};
	const tabs = names.map((name) => {
		const tab = el(
			"button",
			{ type: "button", className: "tab", role: "tab", id: `tab-${name}` },
			t(name === "function" ? "Function" : "Training"),
		);
		tab.onclick = () => select(name);
		tab.onkeydown = ({ key }) => {
			if (key !== "ArrowLeft" && key !== "ArrowRight") return;
			select(name === "function" ? "training" : "function");
			document.getElementById(`tab-${current}`)?.focus();
		};
		return tab;
	});
	for (const name of names) {
		elements[name].setAttribute("role", "tabpanel");
		elements[name].setAttribute("aria-labelledby", `tab-${name}`);
	}
	const select = (view: PanelView) => {
		current = view;
		names.forEach((name, i) => {
			tabs[i]?.setAttribute("aria-selected", String(name === view));
			if (tabs[i]) tabs[i].tabIndex = name === view ? 0 : -1;
			elements[name].hidden = name !== view;
		});
		remember();
	};
	select(first);
	const list = el("nav", { className: "tabs" }, ...tabs);
	list.setAttribute("role", "tablist");
	return {
		element: el("div", {}, list, functions.element, training.element),
		functions,
		training,
		select,
		selected: () => current,
	};
}

void main();
