import type { CsvRow, Exportable } from "../chart/files.ts";
import { LineChart } from "../chart/lineChart.ts";
import type { Picture } from "../chart/picture.ts";
import type { Context } from "../context.ts";
import { dataTable, h, setText } from "../dom.ts";
import { exportButtons } from "../exportButtons.ts";
import { formatValue, layerValue, pictureOf, type Quantity, type Shown, summaryOf } from "./quantityPicture.ts";
import type { RunModel } from "./runModel.ts";

/** Rows of a data table; more epochs are thinned out evenly. */
const MOST_ROWS = 50;

/** The chart of one quantity of a run, with what it shows in words, as a table and as files. */
export class ChartCard {
	readonly quantity: Quantity;
	readonly element: HTMLElement;
	readonly #context: Context;
	readonly #chart: LineChart;
	readonly #box: HTMLElement;
	readonly #summary: HTMLElement;
	readonly #table = h("div");
	readonly #details: HTMLDetailsElement;
	#drawn: { readonly model: RunModel; readonly picture: Picture } | undefined;

	/** `drawSoon` is called when there is more of it to be drawn. */
	constructor(context: Context, quantity: Quantity, drawSoon: () => void) {
		this.quantity = quantity;
		this.#context = context;
		const { t } = context;
		const { id, title } = quantity;
		const canvas = h("canvas", { "aria-hidden": "true" });
		this.#chart = new LineChart(canvas, { tooltip: true });
		this.#summary = h("p", { class: "faint", id: `summary-${id}` });
		this.#box = h("div", { class: "chart", role: "img", "aria-describedby": this.#summary.id }, canvas);
		this.#details = h(
			"details",
			{ ontoggle: drawSoon },
			h("summary", {}, t("Data table"), h("span", { class: "visually-hidden" }, ` ${title}`)),
			this.#table,
		);
		this.element = h(
			"section",
			{ class: "card", "aria-label": title, "data-chart": id },
			h(
				"div",
				{ class: "title-row" },
				h("h2", {}, title),
				h("span", { class: "spring" }),
				exportButtons(context, title, () => this.#exportable()),
			),
			this.#box,
			this.#summary,
			this.#details,
		);
	}

	/** Draws what is shown of a run. */
	draw(model: RunModel, shown: Shown): void {
		const picture = pictureOf(this.#context, shown, this.quantity, model);
		this.#drawn = { model, picture };
		this.#chart.draw(picture, this.#context.colours());
		this.#box.setAttribute("aria-label", `${this.quantity.title}, ${picture.x.label}`);
		setText(this.#summary, summaryOf(this.#context, shown, this.quantity, picture));
		if (this.#details.open) this.#fillTable(model, picture);
	}

	#fillTable(model: RunModel, picture: Picture): void {
		const named = picture.series.filter(({ faint }) => !faint);
		const xs = [...new Set(named.flatMap(({ x }) => x))].sort((a, b) => a - b);
		const every = Math.ceil(xs.length / MOST_ROWS);
		const kept = xs.filter((_, i) => i % every === 0 || i === xs.length - 1);
		const rows = kept.map((x) => [
			String(x),
			...named.map((series) => {
				const at = series.x.indexOf(x);
				return at < 0 ? "" : formatValue(this.quantity, series.y[at]!);
			}),
		]);
		const scrolled = this.#table.firstElementChild?.scrollTop ?? 0;
		const table = dataTable(
			`${picture.title}: ${model.name}`,
			[picture.x.label, ...named.map(({ name }) => name)],
			rows,
		);
		this.#table.replaceChildren(table);
		table.scrollTop = scrolled;
	}

	#exportable(): Exportable | undefined {
		if (!this.#drawn) return undefined;
		const { model, picture } = this.#drawn;
		const { quantity } = this;
		const rows = (): CsvRow[] => [
			quantity.perLayer
				? ["activation", "seed", "epoch", "layer", quantity.id]
				: quantity.id === "loss"
					? ["activation", "seed", "epoch", "training_loss", "validation_loss"]
					: ["activation", "seed", "epoch", quantity.id],
			...model.lines.flatMap(({ run, measures }) => {
				const label = model.study.activations[run.activation]?.label ?? "";
				return measures.flatMap((measure): CsvRow[] => {
					const start = [label, run.seed, measure.epoch];
					if (quantity.perLayer) {
						return measure.layers.map((layer, i) => [...start, i + 1, layerValue(quantity, layer)]);
					}
					if (quantity.id === "loss") return [[...start, measure.loss, measure.validationLoss]];
					return [[...start, measure.accuracy ?? Number.NaN]];
				});
			}),
		];
		return {
			name: `${model.name}-${quantity.id}`,
			picture: { ...picture, title: `${model.name}: ${picture.title}` },
			rows,
		};
	}
}
