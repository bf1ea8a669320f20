import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import { dataTitle } from "../../src/protocol/dataTitle.ts";
import type { PageMemory, RunState, RunView } from "../../src/protocol/panel.ts";
import type { RunSurface, TrainerEvent } from "../../src/protocol/trainer.ts";
import type { Context } from "../context.ts";
import { dataTable, h, setText, show } from "../dom.ts";
import { dashOf, lineSample } from "../lineSample.ts";
import { ChartCard } from "./chartCard.ts";
import { DataSection } from "./dataSection.ts";
import { HistogramSection } from "./histogramSection.ts";
import {
	ALL_LAYERS,
	activationOfLines,
	colourOf,
	LAYERS_OF,
	linesOfLayers,
	type Quantity,
	type Shown,
} from "./quantityPicture.ts";
import { comparisonTable, resultTable, tableSoFar } from "./resultTables.ts";
import { RunModel } from "./runModel.ts";
import { section } from "./section.ts";
import { summarise } from "./summary.ts";
import { TimeSection } from "./timeSection.ts";
import { durationText, secondsLeft } from "./timing.ts";

/** Between two drawings of what is reported the page has this many times as long for the user as the first one took. */
const REST = 2;

/** The view of one study's run: how its activations train against each other. */
export class TrainingView {
	readonly element: HTMLElement;
	readonly #context: Context;
	readonly #empty: HTMLElement;
	readonly #content: HTMLElement;
	readonly #name = h("h1");
	readonly #state = h("span", { class: "badge state", role: "status" });
	readonly #description = h("p", { class: "faint" });
	readonly #progress = h("progress", { max: 1 });
	readonly #results = h("div", { class: "table" });
	readonly #cancel: HTMLButtonElement;
	readonly #progressRow: HTMLElement;
	readonly #timeLeft = h("span", { class: "faint time-left" });
	readonly #summary = h("ul", { class: "summary" });
	readonly #legend = h("div", { class: "toolbar legend-row" });
	readonly #layerChoice: HTMLSelectElement;
	readonly #layerRow: HTMLElement;
	/** Names the lines where they are layers. */
	readonly #layerLegend = h("span", { class: "toolbar layer-legend" });
	readonly #logLoss: HTMLInputElement;
	readonly #bandNote: HTMLElement;
	readonly #cards: readonly ChartCard[];
	readonly #data: DataSection;
	readonly #curves: HTMLElement;
	readonly #time: TimeSection;
	readonly #histograms: HistogramSection;
	#model: RunModel | undefined;
	#hidden = new Set<number>();
	#layer = ALL_LAYERS;
	#visible = false;
	#due = false;
	/** When what is reported is drawn next at the earliest, and what waits for that. */
	#restUntil = 0;
	#resting: number | undefined;

	/** `buildStudy` brings the form of a study to the front. */
	constructor(context: Context, buildStudy: () => void) {
		this.#context = context;
		const { t, host, run } = context;
		const compare = () =>
			h("button", { class: "primary", onclick: () => run(host.compare()) }, t("Compare Activations…"));
		this.#empty = h(
			"div",
			{ class: "empty" },
			h("h1", {}, t("No training yet")),
			h("p", {}, t("Train activations against each other on real data and watch their loss, accuracy and gradients.")),
			compare(),
			h("button", { onclick: buildStudy }, t("New Study…")),
		);
		this.#cancel = h(
			"button",
			{
				class: "secondary",
				onclick: () => {
					if (!this.#model) return;
					this.#cancel.disabled = true;
					run(host.cancelRun(this.#model.id));
				},
			},
			t("Cancel"),
		);
		this.#progress.setAttribute("aria-label", t("Progress"));
		this.#progressRow = h("div", { class: "progress-row" }, this.#progress, this.#timeLeft, this.#cancel);
		this.#layerChoice = h("select", {
			id: "layer-choice",
			onchange: () => {
				this.#layer = Number(this.#layerChoice.value);
				this.#drawSoon();
			},
		});
		this.#layerRow = h(
			"span",
			{ class: "group" },
			h("label", { for: "layer-choice" }, t("Charts by layer show")),
			this.#layerChoice,
		);
		this.#logLoss = h("input", { type: "checkbox", onchange: () => this.#drawSoon() });
		this.#bandNote = h("span", { class: "faint" }, t("Bands: 95 % intervals of the means over seeds."));
		const quantities: readonly Quantity[] = [
			{ id: "loss", title: t("Loss"), perLayer: false, percent: false },
			{ id: "accuracy", title: t("Validation accuracy"), perLayer: false, percent: true },
			{ id: "gradientNorm", title: t("Gradient norm"), perLayer: true, percent: false },
			{ id: "dead", title: t("Dead units"), perLayer: true, percent: true },
			{ id: "saturated", title: t("Saturated"), perLayer: true, percent: true },
			{ id: "updateRatio", title: t("Update / weight ratio"), perLayer: true, percent: false },
		];
		this.#cards = quantities.map((quantity) => new ChartCard(context, quantity, () => this.#drawSoon()));
		this.#data = new DataSection(context, (isLive) => {
			// What changes while it trains comes first.
			if (isLive) this.#legend.before(this.#data.element);
			else this.#curves.after(this.#data.element);
		});
		this.#time = new TimeSection(context);
		this.#histograms = new HistogramSection(context);
		const cardsOf = (perLayer: boolean) =>
			this.#cards.filter(({ quantity }) => quantity.perLayer === perLayer).map(({ element }) => element);
		const drawSoon = () => this.#drawSoon();
		this.#curves = section(
			"curves",
			t("Learning curves"),
			true,
			drawSoon,
			h(
				"p",
				{ class: "toolbar" },
				h("label", { class: "check" }, this.#logLoss, t("Logarithmic loss")),
				this.#bandNote,
			),
			h("div", { class: "cards" }, ...cardsOf(false)),
		);
		this.#content = h(
			"div",
			{ class: "training" },
			h(
				"header",
				{ class: "heading" },
				h("div", { class: "title-row" }, this.#name, this.#state, h("span", { class: "spring" }), compare()),
				this.#description,
			),
			this.#progressRow,
			this.#summary,
			this.#results,
			this.#legend,
			this.#curves,
			this.#data.element,
			section(
				"layers",
				t("Layers"),
				true,
				drawSoon,
				h("div", { class: "toolbar" }, this.#layerRow, this.#layerLegend),
				h("div", { class: "cards" }, ...cardsOf(true)),
			),
			this.#histograms.element,
			this.#time.element,
		);
		this.element = h("div", {}, this.#empty, this.#content);
		this.#showEmpty();
	}

	/** Shows a run from its start; null shows what could be done instead. */
	show(view: RunView | null): void {
		this.#model = view ? new RunModel(view) : undefined;
		this.#hidden = new Set();
		this.#showEmpty();
		const model = this.#model;
		if (!model) return;
		// Depth is the interesting axis of a deep network; a shallow one has hardly any.
		this.#layer = model.layers >= 3 ? ALL_LAYERS : 0;
		const { t } = this.#context;
		const option = (value: number, text: string) => h("option", { value, selected: value === this.#layer }, text);
		this.#layerChoice.replaceChildren(
			option(ALL_LAYERS, t("every layer, last epoch")),
			...Array.from({ length: model.layers }, (_, layer) => option(layer, t("layer {0}, every epoch", layer + 1))),
			...model.study.activations.map(({ label }, index) =>
				option(LAYERS_OF - index, t("{0}: every layer, every epoch", label)),
			),
		);
		this.#cancel.disabled = false;
		this.#drawSoon();
		this.#context.remember();
	}

	/** Takes in what happened in the shown run; what is about another run is ignored. */
	add(runId: string, events: readonly TrainerEvent[], state: RunState): void {
		if (runId !== this.#model?.id) return;
		this.#model.add(events, state);
		this.#resting ??= window.setTimeout(
			() => {
				this.#resting = undefined;
				this.#drawSoon();
			},
			Math.max(0, this.#restUntil - performance.now()),
		);
	}

	/** Takes in what a training of the shown run answers by now. */
	addSurface(runId: string, surface: RunSurface): void {
		if (runId === this.#model?.id) this.#data.addSurface(surface);
	}

	memory(): Pick<PageMemory, "runId"> {
		return { runId: this.#model?.id ?? null };
	}

	/** Whether it is in front. What nobody sees is not drawn. */
	setVisible(visible: boolean): void {
		this.#visible = visible;
		this.#data.setVisible(visible);
		this.#drawSoon();
	}

	/** Draws in the current theme's colours. */
	refresh(): void {
		this.#data.draw();
		this.#drawSoon();
	}

	#showEmpty(): void {
		show(this.#empty, !this.#model);
		show(this.#content, this.#model !== undefined);
	}

	#drawSoon(): void {
		if (this.#due) return;
		this.#due = true;
		requestAnimationFrame(() => {
			this.#due = false;
			if (!this.#visible || !this.#model) return;
			const begun = performance.now();
			this.#draw(this.#model);
			const now = performance.now();
			this.#restUntil = now + REST * (now - begun);
		});
	}

	#draw(model: RunModel): void {
		const { t } = this.#context;
		setText(this.#name, model.name);
		const states: Readonly<Record<RunState, string>> = {
			running: t("running"),
			paused: t("paused"),
			done: t("done"),
			cancelled: t("cancelled"),
			failed: t("failed"),
			interrupted: t("interrupted"),
		};
		const share = ` · ${t("{0} % done", Math.floor(model.progress.share * 100))}`;
		setText(this.#state, states[model.state] + (model.state === "running" ? share : ""));
		this.#state.dataset.state = model.state;
		setText(this.#description, describe(model, this.#context));
		show(this.#progressRow, model.state === "running" || model.state === "paused");
		this.#progress.value = model.progress.share;
		const left = secondsLeft(model);
		setText(this.#timeLeft, left === undefined ? "" : t("about {0} left", durationText(Math.max(1, left), t)));
		const sentences = summarise(model, t);
		if (this.#summary.dataset.text !== sentences.join("\n")) {
			this.#summary.dataset.text = sentences.join("\n");
			this.#summary.replaceChildren(...sentences.map((sentence) => h("li", {}, sentence)));
		}
		const tables = [resultTable(model, t) ?? tableSoFar(model, t), comparisonTable(model, t)].filter(
			(table) => table !== undefined,
		);
		// Written only when it says something new: replacing it takes the focus away.
		const said = JSON.stringify(tables);
		if (this.#results.dataset.said !== said) {
			this.#results.dataset.said = said;
			this.#results.replaceChildren(...tables.map(({ caption, head, rows }) => dataTable(caption, head, rows)));
		}
		this.#data.show(model);
		this.#time.show(model);
		this.#histograms.show(model);
		show(this.#bandNote, model.study.seeds.length > 2);
		this.#drawLegend(model);
		const shown = { hidden: this.#hidden, layer: this.#layer, logLoss: this.#logLoss.checked };
		this.#drawLayerLegend(model, shown);
		for (const card of this.#cards) {
			const visible = card.quantity.id !== "accuracy" || model.isClassification;
			show(card.element, visible);
			// A section that is closed has no room to draw in.
			if (!visible || card.element.closest("details")?.open === false) continue;
			card.draw(model, shown);
		}
	}

	#drawLegend(model: RunModel): void {
		const colours = this.#context.colours();
		const state = JSON.stringify([model.id, [...this.#hidden], colours.series, colours.kind]);
		if (this.#legend.dataset.state === state) return;
		const focused = [...this.#legend.children].indexOf(document.activeElement as HTMLElement);
		this.#legend.dataset.state = state;
		this.#legend.replaceChildren(
			...model.study.activations.map(({ label }, index) =>
				h(
					"button",
					{
						class: "name",
						"aria-pressed": String(!this.#hidden.has(index)),
						title: this.#context.t("Show or hide {0}", label),
						onclick: () => {
							if (!this.#hidden.delete(index)) this.#hidden.add(index);
							this.#drawSoon();
						},
					},
					lineSample(
						colourOf(this.#context, index),
						dashOf([], index, colours.highContrast),
						2.2,
					) as unknown as HTMLElement,
					h("span", {}, label),
				),
			),
		);
		(this.#legend.children[focused] as HTMLElement | undefined)?.focus();
	}

	#drawLayerLegend(model: RunModel, shown: Shown): void {
		const quantity = this.#cards.find(({ quantity: one }) => one.perLayer)?.quantity;
		const index = quantity && activationOfLines(shown, quantity);
		const lines = quantity && index !== undefined ? linesOfLayers(this.#context, quantity, model, index) : [];
		this.#layerLegend.replaceChildren(
			...lines.map(({ name, colour, dash, width }) =>
				h("span", { class: "group" }, lineSample(colour, dash, width) as unknown as HTMLElement, name),
			),
		);
	}
}

/** "0.001"; of a study that looks for them "ReLU 0.03, Tanh 0.01", once they are found. */
function ratesText({ study, rates }: RunModel, { t }: Context): string {
	if (!study.tuning) return t("learning rate {0}", formatNumber(study.optimizer.learningRate));
	const found = study.activations.flatMap(({ label }, i) => {
		const rate = rates.get(i);
		return rate === undefined ? [] : [`${label} ${formatNumber(rate)}`];
	});
	return found.length === 0 ? t("looking for learning rates…") : t("learning rates {0}", found.join(", "));
}

/** "digits · 64, 32 units · adam, learning rate 0.001 · 12 epochs · 2 seeds" */
function describe(model: RunModel, context: Context): string {
	const { study } = model;
	const { t } = context;
	return [
		dataTitle(study.data),
		t("hidden layers {0}", study.network.hidden.join(", ")),
		`${study.optimizer.kind}, ${ratesText(model, context)}`,
		t("{0} epochs", study.epochs),
		study.seeds.length === 1 ? t("1 seed") : t("{0} seeds", study.seeds.length),
	].join(" · ");
}
