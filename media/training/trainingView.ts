import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import { dataTitle } from "../../src/protocol/dataTitle.ts";
import type { PageMemory, RunState, RunView } from "../../src/protocol/panel.ts";
import type { LayerMeasure, Measure, RunSurface, TrainerEvent } from "../../src/protocol/trainer.ts";
import type { CsvRow } from "../chart/files.ts";
import { LineChart } from "../chart/lineChart.ts";
import { decadeRange, type Picture, type PictureArea, type Series } from "../chart/picture.ts";
import type { Context } from "../context.ts";
import { dataTable, h, setText, show } from "../dom.ts";
import { exportButtons } from "../exportButtons.ts";
import { dashOf, lineSample } from "../lineSample.ts";
import { DataSection } from "./dataSection.ts";
import { HistogramSection } from "./histogramSection.ts";
import { comparisonTable, resultTable, type TextTable } from "./resultTables.ts";
import { average, RunModel } from "./runModel.ts";
import { section } from "./section.ts";
import { percent, summarise } from "./summary.ts";
import { TimeSection } from "./timeSection.ts";
import { durationText, secondsLeft } from "./timing.ts";

/** Rows of a data table; more epochs are thinned out evenly. */
const MOST_ROWS = 50;
/** With more seeds than this, lines of single seeds would be a carpet. */
const MOST_SEED_LINES = 12;
/** Layer choice: every layer at the last epoch. */
const ALL_LAYERS = -1;
/** Layer choices from here down: a line for each layer of an activation, the first one's at this. */
const LAYERS_OF = -2;
/** Lines of layers; of a deeper network these many, evenly, with the first and the last. */
const MOST_LAYER_LINES = 8;
/** Where an update's size by that of its weights usually lies, and the ends of what is healthy. */
const USUAL_UPDATE = 1e-3;
const HEALTHY_UPDATES = [1e-5, 1e-1];

interface ChartKind {
	readonly id: "loss" | "accuracy" | "gradientNorm" | "dead" | "saturated" | "updateRatio";
	readonly title: string;
	readonly perLayer: boolean;
	readonly percent: boolean;
}

interface ChartCard {
	readonly kind: ChartKind;
	readonly element: HTMLElement;
	readonly chart: LineChart;
	readonly box: HTMLElement;
	readonly summary: HTMLElement;
	readonly table: HTMLElement;
	readonly details: HTMLDetailsElement;
	picture: Picture | undefined;
}

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
		const kinds: readonly ChartKind[] = [
			{ id: "loss", title: t("Loss"), perLayer: false, percent: false },
			{ id: "accuracy", title: t("Validation accuracy"), perLayer: false, percent: true },
			{ id: "gradientNorm", title: t("Gradient norm"), perLayer: true, percent: false },
			{ id: "dead", title: t("Dead units"), perLayer: true, percent: true },
			{ id: "saturated", title: t("Saturated"), perLayer: true, percent: true },
			{ id: "updateRatio", title: t("Update / weight ratio"), perLayer: true, percent: false },
		];
		this.#cards = kinds.map((kind) => this.#card(kind));
		this.#data = new DataSection(context, (isLive) => {
			// What changes while it trains comes first.
			if (isLive) this.#legend.before(this.#data.element);
			else this.#curves.after(this.#data.element);
		});
		this.#time = new TimeSection(context);
		this.#histograms = new HistogramSection(context);
		const cardsOf = (perLayer: boolean) =>
			this.#cards.filter(({ kind }) => kind.perLayer === perLayer).map(({ element }) => element);
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
		this.#drawSoon();
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

	#card(kind: ChartKind): ChartCard {
		const { t } = this.#context;
		const canvas = h("canvas", { "aria-hidden": "true" });
		const summary = h("p", { class: "faint", id: `summary-${kind.id}` });
		const box = h("div", { class: "chart", role: "img", "aria-describedby": summary.id }, canvas);
		const table = h("div");
		const details = h(
			"details",
			{ ontoggle: () => this.#drawSoon() },
			h("summary", {}, t("Data table"), h("span", { class: "visually-hidden" }, ` ${kind.title}`)),
			table,
		);
		const card: ChartCard = {
			kind,
			box,
			summary,
			table,
			details,
			chart: new LineChart(canvas, { tooltip: true }),
			picture: undefined,
			element: h(
				"section",
				{ class: "card", "aria-label": kind.title, "data-chart": kind.id },
				h(
					"div",
					{ class: "title-row" },
					h("h2", {}, kind.title),
					h("span", { class: "spring" }),
					exportButtons(this.#context, kind.title, () => this.#exportable(card)),
				),
				box,
				summary,
				details,
			),
		};
		return card;
	}

	#drawSoon(): void {
		if (this.#due) return;
		this.#due = true;
		requestAnimationFrame(() => {
			this.#due = false;
			if (this.#visible && this.#model) this.#draw(this.#model);
		});
	}

	#draw(model: RunModel): void {
		const { t } = this.#context;
		const colours = this.#context.colours();
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
		const tables = [resultTable(model, t) ?? this.#tableSoFar(model), comparisonTable(model, t)].filter(
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
		this.#drawLayerLegend(model);
		for (const card of this.#cards) {
			const visible = card.kind.id !== "accuracy" || model.isClassification;
			show(card.element, visible);
			// A section that is closed has no room to draw in.
			if (!visible || card.element.closest("details")?.open === false) continue;
			card.picture = this.#picture(card.kind, model);
			card.chart.draw(card.picture, colours);
			card.box.setAttribute("aria-label", `${card.kind.title}, ${card.picture.x.label}`);
			setText(card.summary, this.#cardSummary(card.kind, model));
			if (card.details.open) this.#fillTable(card, model);
		}
	}

	/** Where each activation stands: means over its seeds, of what each reported last. */
	#tableSoFar(model: RunModel): TextTable {
		const { t } = this.#context;
		const accuracy = model.isClassification;
		const rows = model.study.activations.map(({ label }, index) => {
			const lines = model.linesOf(index);
			const lasts = lines.flatMap(({ measures }) => measures.slice(-1));
			const mean = (quantity: (measure: Measure) => number) =>
				lasts.length === 0 ? "–" : formatNumber(average(lasts.map(quantity)), 4);
			const epochs = [...new Set(lasts.map(({ epoch }) => epoch))].sort((a, b) => a - b);
			const share = lasts.length === 0 ? "–" : percent(average(lasts.map((last) => last.accuracy ?? Number.NaN)));
			return [
				label,
				`${lasts.length} / ${lines.length}`,
				epochs.length > 1 ? `${epochs[0]}–${epochs[epochs.length - 1]}` : String(epochs[0] ?? "–"),
				mean(({ loss }) => loss),
				mean(({ validationLoss }) => validationLoss),
				...(accuracy ? [share] : []),
			];
		});
		const head = [t("Activation"), t("Seeds"), t("Epoch"), t("Training loss"), t("Validation loss")];
		return {
			caption: t("Results so far, means over seeds"),
			head: accuracy ? [...head, t("Validation accuracy")] : head,
			rows,
		};
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
					lineSample(this.#colour(index), dashOf([], index, colours.highContrast), 2.2) as unknown as HTMLElement,
					h("span", {}, label),
				),
			),
		);
		(this.#legend.children[focused] as HTMLElement | undefined)?.focus();
	}

	#drawLayerLegend(model: RunModel): void {
		const kind = this.#cards.find(({ kind: one }) => one.perLayer)?.kind;
		const index = kind && this.#activationOfLines(kind);
		const lines = kind && index !== undefined ? this.#linesOfLayers(kind, model, index) : [];
		this.#layerLegend.replaceChildren(
			...lines.map(({ name, colour, dash, width }) =>
				h("span", { class: "group" }, lineSample(colour, dash, width) as unknown as HTMLElement, name),
			),
		);
	}

	#colour(activation: number): string {
		const { series } = this.#context.colours();
		return series[activation % series.length]!;
	}

	/** The activation that is shown with a line for each of its layers; undefined where layers are not lines. */
	#activationOfLines(kind: ChartKind): number | undefined {
		return kind.perLayer && this.#layer <= LAYERS_OF ? LAYERS_OF - this.#layer : undefined;
	}

	/** Whether the chart has layers on its x axis rather than epochs. */
	#isByLayer(kind: ChartKind): boolean {
		return kind.perLayer && this.#layer === ALL_LAYERS;
	}

	#quantity(kind: ChartKind): (measure: Measure) => number | null {
		switch (kind.id) {
			case "loss":
				return (measure) => measure.validationLoss;
			case "accuracy":
				return (measure) => measure.accuracy;
			default:
				return (measure) => layerValue(kind, measure.layers[Math.max(0, this.#layer)]);
		}
	}

	#picture(kind: ChartKind, model: RunModel): Picture {
		const { t } = this.#context;
		const visible = model.study.activations.map((_, index) => index).filter((index) => !this.#hidden.has(index));
		const ofLayers = this.#activationOfLines(kind);
		const series =
			ofLayers !== undefined
				? this.#linesOfLayers(kind, model, ofLayers)
				: this.#isByLayer(kind)
					? visible.flatMap((index) => this.#layerSeries(kind, model, index))
					: visible.flatMap((index) => this.#epochSeries(kind, model, index));
		const areas =
			ofLayers === undefined && !this.#isByLayer(kind)
				? visible.flatMap((index) => this.#intervalOf(kind, model, index))
				: [];
		const isUpdate = kind.id === "updateRatio";
		const logarithmic = kind.id === "gradientNorm" || isUpdate || (kind.id === "loss" && this.#logLoss.checked);
		const byLayer = this.#isByLayer(kind);
		const label = model.study.activations[ofLayers ?? -1]?.label;
		const where =
			label !== undefined ? `, ${label}` : kind.perLayer && !byLayer ? `, ${t("Layer {0}", this.#layer + 1)}` : "";
		const values = [...series.map(({ y }) => y), ...(isUpdate ? [[USUAL_UPDATE]] : [])];
		const finite = values.flat().filter(Number.isFinite);
		const top = finite.length > 0 ? Math.max(...finite) : 1;
		const [min, max] = logarithmic
			? decadeRange(values)
			: kind.percent
				? percentRange(kind, finite)
				: [0, top > 0 ? top * 1.06 : 1];
		return {
			title: `${kind.title}${where}`,
			series,
			areas,
			...(isUpdate ? { guides: this.#updateGuides() } : {}),
			x: byLayer
				? { label: t("Layer"), min: 1, max: Math.max(2, model.layers), whole: true }
				: { label: t("Epoch"), min: 0, max: model.study.epochs, whole: true },
			y: { label: "", min, max, logarithmic, percent: kind.percent },
		};
	}

	#updateGuides() {
		const { t } = this.#context;
		return [
			{ y: USUAL_UPDATE, label: t("usual") },
			...HEALTHY_UPDATES.map((y) => ({ y, label: t("end of the healthy range") })),
		];
	}

	/** The 95 % interval of a mean over seeds, epoch by epoch; none where there are too few. */
	#intervalOf(kind: ChartKind, model: RunModel, index: number): PictureArea[] {
		const { x, mean, halfWidth } = model.meanOf(index, this.#quantity(kind));
		if (!halfWidth.some((half) => !Number.isNaN(half))) return [];
		return [
			{
				x,
				low: mean.map((value, i) => value - halfWidth[i]!),
				high: mean.map((value, i) => value + halfWidth[i]!),
				colour: this.#colour(index),
			},
		];
	}

	/** A line for each layer of an activation, the first layer's thickest: means over seeds. */
	#linesOfLayers(kind: ChartKind, model: RunModel, index: number): Series[] {
		const { series, highContrast } = this.#context.colours();
		const count = Math.min(model.layers, MOST_LAYER_LINES);
		const layers = Array.from({ length: count }, (_, i) =>
			count === 1 ? 0 : Math.round((i * (model.layers - 1)) / (count - 1)),
		);
		return layers.map((layer, i) => {
			const { x, mean } = model.meanOf(index, (measure) => layerValue(kind, measure.layers[layer]));
			return {
				name: this.#context.t("Layer {0}", layer + 1),
				x,
				y: mean,
				colour: series[i % series.length]!,
				dash: dashOf([], i, highContrast),
				width: i === 0 ? 3 : 1.6,
			};
		});
	}

	#epochSeries(kind: ChartKind, model: RunModel, index: number): Series[] {
		const { t } = this.#context;
		const { highContrast } = this.#context.colours();
		const label = model.study.activations[index]?.label ?? "";
		const quantity = this.#quantity(kind);
		const common = {
			colour: this.#colour(index),
			dash: dashOf([], index, highContrast),
			width: highContrast ? 2.6 : 2,
		};
		const { x, mean, halfWidth } = model.meanOf(index, quantity);
		const hasBand = halfWidth.some((half) => !Number.isNaN(half));
		const series: Series[] = [{ ...common, name: label, x, y: mean }];
		if (kind.id === "loss") {
			series[0] = { ...series[0]!, name: `${label}, ${t("validation")}` };
			const training = model.meanOf(index, (measure) => measure.loss);
			series.push({
				...common,
				name: `${label}, ${t("training")}`,
				x: training.x,
				y: training.mean,
				dash: dashOf([5, 4], index, highContrast),
				width: 1.3,
			});
		}
		const begun = model.linesOf(index).filter(({ measures }) => measures.length > 0);
		if (!hasBand && begun.length > 1 && begun.length <= MOST_SEED_LINES) {
			for (const { measures } of begun) {
				series.push({
					...common,
					name: label,
					x: measures.map(({ epoch }) => epoch),
					y: measures.map((measure) => quantity(measure) ?? Number.NaN),
					faint: true,
				});
			}
		}
		return series;
	}

	/** One point for each layer: the mean over seeds of what each was last. */
	#layerSeries(kind: ChartKind, model: RunModel, index: number): Series[] {
		const { highContrast } = this.#context.colours();
		const lasts = model.linesOf(index).flatMap(({ measures }) => measures.slice(-1));
		if (lasts.length === 0) return [];
		const layers = Array.from({ length: model.layers }, (_, layer) => layer);
		const y = layers.map((layer) => average(lasts.map((measure) => layerValue(kind, measure.layers[layer]))));
		return [
			{
				name: model.study.activations[index]?.label ?? "",
				x: layers.map((layer) => layer + 1),
				y,
				colour: this.#colour(index),
				dash: dashOf([], index, highContrast),
				width: highContrast ? 2.6 : 2,
				dots: true,
			},
		];
	}

	/** The last value of each line in words. */
	#cardSummary(kind: ChartKind, model: RunModel): string {
		const { t } = this.#context;
		const named = this.#picture(kind, model).series.filter(({ faint, x }) => !faint && x.length > 0);
		if (named.length === 0) return t("Nothing has been reported yet.");
		const value = (number: number | undefined) => formatValue(kind, number ?? Number.NaN);
		if (this.#isByLayer(kind)) {
			const parts = named.map(({ name, y }) => `${name} ${y.map(value).join(" · ")}`);
			return t("From the first layer to the last: {0}.", parts.join("; "));
		}
		return named
			.map(({ name, x, y }) => t("{0}: {1} at epoch {2}.", name, value(y[y.length - 1]), x[x.length - 1]!))
			.join(" ");
	}

	#fillTable(card: ChartCard, model: RunModel): void {
		const { picture, kind } = card;
		if (!picture) return;
		const named = picture.series.filter(({ faint }) => !faint);
		const xs = [...new Set(named.flatMap(({ x }) => x))].sort((a, b) => a - b);
		const every = Math.ceil(xs.length / MOST_ROWS);
		const kept = xs.filter((_, i) => i % every === 0 || i === xs.length - 1);
		const rows = kept.map((x) => [
			String(x),
			...named.map((series) => {
				const at = series.x.indexOf(x);
				return at < 0 ? "" : formatValue(kind, series.y[at]!);
			}),
		]);
		const scrolled = card.table.firstElementChild?.scrollTop ?? 0;
		const table = dataTable(
			`${picture.title}: ${model.name}`,
			[picture.x.label, ...named.map(({ name }) => name)],
			rows,
		);
		card.table.replaceChildren(table);
		table.scrollTop = scrolled;
	}

	#exportable(card: ChartCard) {
		const model = this.#model;
		const { picture, kind } = card;
		if (!model || !picture) return undefined;
		const rows = (): CsvRow[] => [
			kind.perLayer
				? ["activation", "seed", "epoch", "layer", kind.id]
				: kind.id === "loss"
					? ["activation", "seed", "epoch", "training_loss", "validation_loss"]
					: ["activation", "seed", "epoch", kind.id],
			...model.lines.flatMap(({ run, measures }) => {
				const label = model.study.activations[run.activation]?.label ?? "";
				return measures.flatMap((measure): CsvRow[] => {
					const start = [label, run.seed, measure.epoch];
					if (kind.perLayer) {
						return measure.layers.map((layer, i) => [...start, i + 1, layerValue(kind, layer)]);
					}
					if (kind.id === "loss") return [[...start, measure.loss, measure.validationLoss]];
					return [[...start, measure.accuracy ?? Number.NaN]];
				});
			}),
		];
		return {
			name: `${model.name}-${kind.id}`,
			picture: { ...picture, title: `${model.name}: ${picture.title}` },
			rows,
		};
	}
}

function layerValue({ id }: ChartKind, layer: LayerMeasure | undefined): number {
	if (!layer) return Number.NaN;
	if (id === "updateRatio") return layer.updateRatio ?? Number.NaN;
	return id === "dead" ? layer.dead : id === "saturated" ? layer.saturated : layer.gradientNorm;
}

/** Shares lie between 0 and 1; an accuracy near 1 gets the room it needs to be told from another. */
function percentRange({ id }: ChartKind, values: readonly number[]): [number, number] {
	if (id === "accuracy") return [Math.floor(Math.min(0.9, ...values) * 10) / 10, 1];
	const top = Math.max(0, ...values);
	return [0, top > 0.5 ? 1 : top > 0.2 ? 0.5 : top > 0.1 ? 0.2 : 0.1];
}

function formatValue({ percent: isShare, id }: ChartKind, value: number): string {
	if (isShare) return Number.isNaN(value) ? "NaN" : percent(value);
	return formatNumber(value, id === "gradientNorm" || id === "updateRatio" ? 3 : 4);
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
