import {
	Chart,
	Decimation,
	LinearScale,
	LineController,
	LineElement,
	LogarithmicScale,
	type Plugin,
	PointElement,
	Tooltip,
	type TooltipItem,
} from "chart.js";
import { button, el, shown } from "./dom.ts";
import { chartCsv, chartSvg } from "./exportChart.ts";
import { t } from "./texts.ts";
import { readTheme, type Theme } from "./theme.ts";

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Decimation, Tooltip);

/** One line of a chart. NaN breaks it. */
export interface Series {
	readonly label: string;
	readonly x: readonly number[];
	readonly y: readonly number[];
	/** Index into the theme's colours. */
	readonly colour: number;
	readonly dash: readonly number[];
	readonly width: number;
	/** Whether it is named in the legend: the thin lines of single seeds are not. */
	readonly named: boolean;
}

export interface FigureOptions {
	readonly title: string;
	readonly xLabel: string;
	/** Bytes offered as a file. */
	readonly save: (name: string, base64: string) => Promise<boolean>;
	readonly logarithmic?: boolean;
	/** Whole numbers on the x axis: epochs, layers. */
	readonly wholeX?: boolean;
	/** A reading of its own instead of the tooltip. */
	readonly probe?: boolean;
	readonly plugins?: readonly Plugin<"line">[];
}

type Point = { x: number; y: number };

/** A chart with its legend, a summary in words, a table of the same numbers, and exports. */
export class ChartFigure {
	readonly element: HTMLElement;
	readonly canvas = el("canvas", { tabIndex: 0 });
	readonly chart: Chart<"line", Point[]>;
	readonly #options: FigureOptions;
	readonly #legend = el("ul", { className: "legend" });
	readonly #summary = el("p", { className: "summary" });
	readonly #table = el("div", { className: "table", hidden: true });
	readonly #tableButton: HTMLButtonElement;
	#series: readonly Series[] = [];
	#theme: Theme = readTheme();

	constructor(options: FigureOptions) {
		this.#options = options;
		this.canvas.setAttribute("role", "img");
		this.canvas.setAttribute("aria-label", options.title);
		this.#tableButton = button(t("Show table"), () => this.#toggleTable());
		const exports = el(
			"select",
			{ ariaLabel: t("Export"), title: t("Export"), className: "select export" },
			el("option", { value: "" }, `${t("Export")}…`),
			el("option", { value: "png" }, t("PNG image")),
			el("option", { value: "svg" }, t("SVG image")),
			el("option", { value: "csv" }, t("CSV table")),
		);
		exports.onchange = () => {
			const kind = exports.value;
			exports.value = "";
			void this.#export(kind);
		};
		this.element = el(
			"figure",
			{},
			el(
				"figcaption",
				{},
				el("h2", {}, options.title),
				el("div", { className: "actions" }, this.#tableButton, exports),
			),
			this.#legend,
			el("div", { className: "canvas" }, this.canvas),
			this.#summary,
			this.#table,
		);
		this.chart = new Chart<"line", Point[]>(this.canvas, {
			type: "line",
			data: { datasets: [] },
			plugins: [...(options.plugins ?? [])],
			options: {
				animation: false,
				parsing: false,
				normalized: true,
				responsive: true,
				maintainAspectRatio: false,
				events: options.probe ? [] : ["mousemove", "mouseout"],
				interaction: { mode: "nearest", axis: "x", intersect: false },
				plugins: {
					decimation: { enabled: true, algorithm: "lttb", samples: 1000, threshold: 2000 },
					tooltip: {
						enabled: !options.probe,
						animation: false,
						callbacks: {
							title: (items: TooltipItem<"line">[]) => `${options.xLabel} ${shown(items[0]?.parsed.x ?? Number.NaN)}`,
							label: (item: TooltipItem<"line">) => `${item.dataset.label}: ${shown(item.parsed.y ?? Number.NaN)}`,
						},
					},
				},
				scales: {
					x: { type: "linear", bounds: "data" },
					y: { type: options.logarithmic ? "logarithmic" : "linear", grace: options.logarithmic ? 0 : "4%" },
				},
			},
		});
		this.retheme();
	}

	/** Replaces what is drawn. `fixedX` keeps the x axis where it is asked for. */
	show(series: readonly Series[], summary: string, fixedX?: readonly [number, number]): void {
		this.#series = series;
		this.#summary.textContent = summary;
		const { x } = this.chart.options.scales ?? {};
		if (x && fixedX) Object.assign(x, { min: fixedX[0], max: fixedX[1] });
		this.#draw();
		this.#drawLegend();
		if (!this.#table.hidden) this.#fillTable();
	}

	/** Takes the colours of the editor's theme again. */
	retheme(): void {
		this.#theme = readTheme();
		const { foreground, muted, grid, font, background } = this.#theme;
		Chart.defaults.font.family = font;
		for (const axis of [this.chart.options.scales?.x, this.chart.options.scales?.y]) {
			if (!axis) continue;
			axis.ticks = {
				...axis.ticks,
				color: muted,
				...(axis === this.chart.options.scales?.x && this.#options.wholeX ? { precision: 0 } : {}),
			};
			axis.grid = { ...axis.grid, color: grid };
			axis.border = { ...axis.border, color: muted };
		}
		const x = this.chart.options.scales?.x;
		if (x) Object.assign(x, { title: { display: true, text: this.#options.xLabel, color: muted } });
		const tooltip = this.chart.options.plugins?.tooltip;
		if (tooltip) {
			Object.assign(tooltip, {
				backgroundColor: background,
				titleColor: foreground,
				bodyColor: foreground,
				borderColor: muted,
				borderWidth: 1,
			});
		}
		this.#draw();
		this.#drawLegend();
	}

	colourOf(index: number): string {
		return this.#theme.series[index % this.#theme.series.length] ?? this.#theme.foreground;
	}

	get theme(): Theme {
		return this.#theme;
	}

	#draw(): void {
		this.chart.data.datasets = this.#series.map((series) => ({
			label: series.label,
			data: series.x.map((x, i) => ({ x, y: series.y[i] ?? Number.NaN })),
			borderColor: this.colourOf(series.colour),
			backgroundColor: this.colourOf(series.colour),
			borderWidth: this.#theme.highContrast ? series.width + 0.5 : series.width,
			borderDash: [...this.#dashOf(series)],
			// A single point is no line.
			pointRadius: series.x.length === 1 ? 3 : 0,
			pointHitRadius: 8,
			tension: 0,
			spanGaps: false,
		}));
		this.chart.update("none");
	}

	/** In a high-contrast theme colours alone do not tell series apart. */
	#dashOf({ dash, colour }: Series): readonly number[] {
		if (!this.#theme.highContrast || dash.length > 0) return dash;
		return [[], [12, 3], [3, 3], [12, 3, 3, 3], [6, 2], [1, 3]][colour % 6] ?? [];
	}

	#drawLegend(): void {
		this.#legend.replaceChildren(
			...this.#series
				.filter(({ named }) => named)
				.map((series) => {
					const swatch = el("span", { className: "swatch" });
					swatch.style.borderTopColor = this.colourOf(series.colour);
					swatch.style.borderTopStyle =
						this.#dashOf(series).length === 0 ? "solid" : (this.#dashOf(series)[0] ?? 0) <= 3 ? "dotted" : "dashed";
					return el("li", {}, swatch, series.label);
				}),
		);
	}

	#toggleTable(): void {
		this.#table.hidden = !this.#table.hidden;
		this.#tableButton.textContent = this.#table.hidden ? t("Show table") : t("Hide table");
		this.#tableButton.setAttribute("aria-expanded", String(!this.#table.hidden));
		if (!this.#table.hidden) this.#fillTable();
	}

	/** A row for each input, thinned to what a person reads; the CSV export holds all. */
	#fillTable(): void {
		const { header, rows } = tableOf(this.#options.xLabel, this.#series);
		const step = Math.max(1, Math.ceil(rows.length / 61));
		this.#table.replaceChildren(
			el(
				"table",
				{},
				el("caption", {}, this.#options.title),
				el("thead", {}, el("tr", {}, ...header.map((name) => el("th", { scope: "col" }, name)))),
				el(
					"tbody",
					{},
					...rows
						.filter((_, i) => i % step === 0 || i === rows.length - 1)
						.map(([x, ...values]) =>
							el(
								"tr",
								{},
								el("th", { scope: "row" }, shown(x ?? Number.NaN)),
								...values.map((value) => el("td", {}, shown(value))),
							),
						),
				),
			),
		);
	}

	async #export(kind: string): Promise<void> {
		const name = this.#options.title
			.replace(/[^\p{L}\p{N}]+/gu, "-")
			.replace(/^-|-$/g, "")
			.toLowerCase();
		if (kind === "png") await this.#options.save(`${name}.png`, this.#png());
		else if (kind === "svg") await this.#options.save(`${name}.svg`, base64(chartSvg(this.#picture())));
		else if (kind === "csv")
			await this.#options.save(`${name}.csv`, base64(chartCsv(tableOf(this.#options.xLabel, this.#series))));
	}

	/** The canvas is transparent; a file is not looked at on the editor's background. */
	#png(): string {
		const copy = el("canvas", { width: this.canvas.width, height: this.canvas.height });
		const context = copy.getContext("2d");
		if (!context) return "";
		context.fillStyle = this.#theme.background;
		context.fillRect(0, 0, copy.width, copy.height);
		context.drawImage(this.canvas, 0, 0);
		return copy.toDataURL("image/png").split(",")[1] ?? "";
	}

	#picture() {
		const { x, y } = this.chart.scales;
		return {
			title: this.#options.title,
			xLabel: this.#options.xLabel,
			x: [x?.min ?? 0, x?.max ?? 1] as const,
			y: [y?.min ?? 0, y?.max ?? 1] as const,
			xTicks: (x?.ticks ?? []).map(({ value }) => value),
			yTicks: (y?.ticks ?? []).map(({ value }) => value),
			logarithmic: this.#options.logarithmic === true,
			theme: this.#theme,
			series: this.#series.map((series) => ({
				...series,
				dash: this.#dashOf(series),
				colour: this.colourOf(series.colour),
			})),
		};
	}
}

/** The series side by side over the union of their inputs. */
function tableOf(xLabel: string, series: readonly Series[]): { header: string[]; rows: number[][] } {
	const xs = [...new Set(series.flatMap(({ x }) => x))].sort((a, b) => a - b);
	const columns = series.map(({ x, y }) => new Map(x.map((value, i) => [value, y[i] ?? Number.NaN])));
	return {
		header: [xLabel, ...series.map(({ label }) => label)],
		rows: xs.map((x) => [x, ...columns.map((column) => column.get(x) ?? Number.NaN)]),
	};
}

function base64(text: string): string {
	const bytes = new TextEncoder().encode(text);
	let binary = "";
	for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
	return btoa(binary);
}
