import {
	Chart,
	type ChartArea,
	Decimation,
	LinearScale,
	LineController,
	LineElement,
	LogarithmicScale,
	type Plugin,
	PointElement,
	type ScaleOptionsByType,
	Tooltip,
	type TooltipItem,
} from "chart.js";
import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { Colours } from "../theme.ts";
import {
	AREA_OPACITY,
	type Axis,
	areaCorners,
	BAND_OPACITY,
	type Picture,
	type PictureBand,
	type Series,
} from "./picture.ts";

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Decimation, Tooltip);

/** From here on Chart.js draws the extremes of neighbouring points instead of all points. */
const MANY_POINTS = 2000;

export interface Frame {
	readonly area: ChartArea;
	toX(x: number): number;
	toY(y: number): number;
	/** Of text and marks that are not lines. */
	readonly colour: string;
}

export interface LineChartOptions {
	/** Draws over the lines; called with every drawing. */
	readonly overlay?: (context: CanvasRenderingContext2D, frame: Frame) => void;
	/** Whether the mouse shows the values at the nearest x. */
	readonly tooltip: boolean;
}

type Point = { x: number; y: number };

/** Draws pictures on a canvas. It computes nothing: what it is given is what it shows. */
export class LineChart {
	readonly #chart: Chart<"line", Point[]>;
	#picture: Picture | undefined;

	constructor(canvas: HTMLCanvasElement, { overlay, tooltip }: LineChartOptions) {
		const plugin: Plugin<"line"> = {
			id: "overlay",
			beforeDatasetsDraw: (chart) => {
				const frame = this.frame();
				if (!frame || !this.#picture) return;
				drawBands(chart.ctx, frame, this.#picture.bands ?? []);
				drawAreas(chart.ctx, frame, this.#picture);
				drawGuides(chart.ctx, frame, this.#picture);
			},
			afterDatasetsDraw: (chart) => {
				const frame = this.frame();
				if (overlay && frame) overlay(chart.ctx, frame);
			},
		};
		this.#chart = new Chart<"line", Point[]>(canvas, {
			type: "line",
			data: { datasets: [] },
			options: {
				parsing: false,
				normalized: true,
				animation: false,
				responsive: true,
				maintainAspectRatio: false,
				events: tooltip ? ["mousemove", "mouseout", "touchstart", "touchmove"] : [],
				interaction: { mode: "nearest", axis: "x", intersect: false },
				plugins: {
					decimation: { enabled: true, algorithm: "min-max", threshold: MANY_POINTS },
					tooltip: { enabled: tooltip, animation: false },
				},
			},
			plugins: [plugin],
		});
	}

	/** Shows a picture in these colours. */
	draw(picture: Picture, colours: Colours): void {
		this.#picture = picture;
		const chart = this.#chart;
		chart.data.datasets = picture.series.map((series) => ({
			label: series.name,
			data: pointsOf(series),
			borderColor: series.faint ? `${series.colour}70` : series.colour,
			borderDash: [...series.dash],
			borderWidth: series.faint ? 1 : series.width,
			borderJoinStyle: "round" as const,
			pointRadius: series.dots ? 3 : 0,
			pointHoverRadius: series.faint ? 0 : 4,
			pointBackgroundColor: series.colour,
			pointBorderColor: series.colour,
			// The first is drawn last, on top of the others; seeds lie below all.
			order: series.faint ? 1 : 0,
			spanGaps: false,
			tension: 0,
		}));
		const { options } = chart;
		options.font = { family: colours.font, size: 12 };
		options.color = colours.text;
		options.scales = { x: scaleOf(picture.x, colours), y: scaleOf(picture.y, colours) };
		options.plugins!.tooltip = { ...options.plugins!.tooltip, ...tooltipOf(picture, colours) };
		chart.update("none");
	}

	/** Draws the lines as they are and the overlay anew. */
	redraw(): void {
		this.#chart.draw();
	}

	/** Moves the x axis at once; the lines follow when they have been sampled. */
	moveX(min: number, max: number): void {
		const { x } = this.#chart.options.scales ?? {};
		if (!x) return;
		x.min = min;
		x.max = max;
		this.#chart.update("none");
	}

	/** Where the axes lie; undefined while nothing has been drawn. */
	frame(): Frame | undefined {
		const { x, y } = this.#chart.scales;
		if (!x || !y || !this.#picture) return undefined;
		return {
			area: this.#chart.chartArea,
			toX: (value) => x.getPixelForValue(value),
			toY: (value) => y.getPixelForValue(value),
			colour: String(this.#chart.options.color),
		};
	}
}

function drawBands(context: CanvasRenderingContext2D, frame: Frame, bands: readonly PictureBand[]): void {
	const { left, right, top, bottom } = frame.area;
	context.save();
	for (const { from, to, label, colour } of bands) {
		const start = Math.max(frame.toX(from), left);
		// What is narrower than a pixel is there all the same.
		const width = Math.max(Math.min(frame.toX(to), right) - start, 1);
		if (start > right || start + width < left) continue;
		context.fillStyle = colour;
		context.globalAlpha = BAND_OPACITY;
		context.fillRect(start, top, width, bottom - top);
		context.globalAlpha = 1;
		context.fillRect(start, top, width, 3);
		if (context.measureText(label).width + 8 < width) {
			context.textBaseline = "top";
			context.fillText(label, start + 4, top + 6);
		}
	}
	context.restore();
}

function drawAreas(context: CanvasRenderingContext2D, frame: Frame, { areas = [], y }: Picture): void {
	context.save();
	context.globalAlpha = AREA_OPACITY;
	for (const area of areas) {
		context.fillStyle = area.colour;
		for (const corners of areaCorners(area, y, frame.toX, frame.toY)) {
			context.beginPath();
			for (const [px, py] of corners) context.lineTo(px, py);
			context.fill();
		}
	}
	context.restore();
}

function drawGuides(context: CanvasRenderingContext2D, frame: Frame, { guides = [], y: axis }: Picture): void {
	const { left, right } = frame.area;
	context.save();
	context.setLineDash([2, 4]);
	context.strokeStyle = context.fillStyle = String(frame.colour);
	context.textAlign = "right";
	context.textBaseline = "bottom";
	for (const { y, label } of guides) {
		if (y < axis.min || y > axis.max) continue;
		context.beginPath();
		context.moveTo(left, frame.toY(y));
		context.lineTo(right, frame.toY(y));
		context.stroke();
		context.fillText(label, right - 4, frame.toY(y) - 2);
	}
	context.restore();
}

function pointsOf({ x, y }: Series): Point[] {
	// An infinite value has no place on the canvas; the line ends there.
	return x.map((at, i) => ({ x: at, y: Number.isFinite(y[i]!) ? y[i]! : Number.NaN }));
}

type Scale = { x: ScaleOptionsByType<"linear">; y: ScaleOptionsByType<"linear"> | ScaleOptionsByType<"logarithmic"> };

function scaleOf(axis: Axis, colours: Colours) {
	const font = { family: colours.font, size: 11 };
	return {
		type: axis.logarithmic ? "logarithmic" : "linear",
		min: axis.min,
		max: axis.max,
		border: { color: colours.axis },
		grid: {
			color: ({ tick }: { tick?: { value: number } }) => (tick?.value === 0 ? colours.axis : colours.grid),
			tickColor: colours.grid,
		},
		ticks: {
			color: colours.faint,
			font,
			maxRotation: 0,
			autoSkipPadding: 12,
			maxTicksLimit: axis.logarithmic ? 40 : 9,
			// The ends of an axis are seldom round numbers.
			includeBounds: false,
			...(axis.whole ? { precision: 0 } : {}),
			callback: (value: number | string) => tickLabel(Number(value), axis),
		},
		title: { display: axis.label !== "", text: axis.label, color: colours.faint, font, padding: 0 },
		// What it lacks, Chart.js fills from its defaults.
	} as unknown as Scale["x"];
}

/** An empty label takes a tick's text away and leaves its line. */
function tickLabel(value: number, axis: Axis): string | null {
	if (axis.logarithmic) {
		const power = Math.log10(value);
		const decades = Math.log10(axis.max / axis.min);
		const every = Math.max(1, Math.ceil(decades / 6));
		const rounded = Math.round(power);
		return Math.abs(power - rounded) < 1e-9 && rounded % every === 0 ? formatNumber(value, 4) : null;
	}
	if (axis.whole && !Number.isInteger(value)) return null;
	return axis.percent ? `${formatNumber(value * 100, 4)} %` : formatNumber(value, 4);
}

function tooltipOf({ series, x, y }: Picture, colours: Colours) {
	const text = (value: number) =>
		y.percent ? `${formatNumber(value * 100, 4)} %` : formatNumber(value, y.logarithmic ? 3 : 5);
	return {
		backgroundColor: colours.background,
		borderColor: colours.border,
		borderWidth: 1,
		titleColor: colours.text,
		bodyColor: colours.text,
		titleFont: { family: colours.font, size: 12 },
		bodyFont: { family: colours.font, size: 12 },
		cornerRadius: 2,
		filter: ({ datasetIndex }: TooltipItem<"line">) => !series[datasetIndex]?.faint,
		callbacks: {
			title: ([item]: TooltipItem<"line">[]) =>
				item ? `${x.label} ${formatNumber((item.raw as Point).x)}`.trim() : "",
			label: (item: TooltipItem<"line">) => ` ${item.dataset.label ?? ""}: ${text((item.raw as Point).y)}`,
			labelColor: (item: TooltipItem<"line">) => {
				const colour = series[item.datasetIndex]?.colour ?? colours.text;
				return { borderColor: colour, backgroundColor: colour };
			},
		},
	};
}
