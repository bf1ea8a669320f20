import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { Histogram } from "../../src/core/training/histogram.ts";
import type { Context } from "../context.ts";
import { dataTable, h, setText, show } from "../dom.ts";
import type { Colours } from "../theme.ts";
import type { RunLine, RunModel } from "./runModel.ts";
import { section } from "./section.ts";
import { percent } from "./summary.ts";

/** Layers that are drawn; of a deeper network these many, evenly, with the first and the last. */
const MOST_LAYERS = 12;

/** How the outputs of an activation are distributed in each layer, at an epoch that the user chooses. */
export class HistogramSection {
	readonly element: HTMLDetailsElement;
	readonly #context: Context;
	readonly #training: HTMLSelectElement;
	readonly #epoch: HTMLInputElement;
	readonly #epochText = h("output", { for: "histogram-epoch" });
	readonly #figures = h("div", { class: "histograms" });
	readonly #table = h("div");
	readonly #details: HTMLDetailsElement;
	readonly #none: HTMLElement;
	readonly #controls: HTMLElement;
	#model: RunModel | undefined;
	/** Whether the newest histogram is shown, whatever comes. */
	#newest = true;

	constructor(context: Context) {
		this.#context = context;
		const { t } = context;
		this.#training = h("select", { id: "histogram-training", onchange: () => this.draw() });
		this.#epoch = h("input", {
			id: "histogram-epoch",
			type: "range",
			min: 0,
			step: 1,
			oninput: () => {
				this.#newest = this.#epoch.value === this.#epoch.max;
				this.draw();
			},
		});
		this.#none = h("p", { class: "faint" }, t("No distribution has been reported."));
		this.#controls = h(
			"p",
			{ class: "toolbar" },
			h("span", { class: "group" }, h("label", { for: "histogram-training" }, t("Outputs of")), this.#training),
			h("span", { class: "group" }, h("label", { for: "histogram-epoch" }, t("Epoch")), this.#epoch, this.#epochText),
		);
		this.#details = h("details", { ontoggle: () => this.draw() }, h("summary", {}, t("Data table")), this.#table);
		this.element = section(
			"histograms",
			t("Distributions by layer"),
			false,
			() => this.draw(),
			this.#none,
			this.#controls,
			this.#figures,
			this.#details,
		);
		new ResizeObserver(() => this.draw()).observe(this.#figures);
	}

	show(model: RunModel): void {
		if (model !== this.#model) {
			this.#model = model;
			this.#newest = true;
			const label = ({ run }: RunLine) => {
				const name = model.study.activations[run.activation]?.label ?? "";
				return model.study.seeds.length > 1 ? `${name}, ${this.#context.t("seed {0}", run.seed)}` : name;
			};
			this.#training.replaceChildren(...model.lines.map((line, i) => h("option", { value: i }, label(line))));
		}
		this.draw();
	}

	draw(): void {
		const model = this.#model;
		if (!model || !this.element.open) return;
		const { t } = this.#context;
		const line = model.lines[Number(this.#training.value)] ?? model.lines[0]!;
		const kept = line.measures.filter(({ layers }) => layers[0]?.histogram !== undefined);
		show(this.#none, kept.length === 0);
		show(this.#figures, kept.length > 0);
		show(this.#details, kept.length > 0);
		this.#epoch.max = String(Math.max(0, kept.length - 1));
		if (this.#newest) this.#epoch.value = this.#epoch.max;
		const measure = kept[Number(this.#epoch.value)];
		setText(this.#epochText, String(measure?.epoch ?? "–"));
		this.#epoch.setAttribute("aria-valuetext", `${t("Epoch")} ${measure?.epoch ?? "–"}`);
		if (!measure) return;
		const colours = this.#context.colours();
		const colour = colours.series[line.run.activation % colours.series.length]!;
		const histograms = measure.layers.map(({ histogram }) => histogram!);
		const shown = evenly(histograms.length, MOST_LAYERS);
		while (this.#figures.children.length > shown.length) this.#figures.lastElementChild?.remove();
		shown.forEach((layer, i) => {
			if (!this.#figures.children[i]) {
				const canvas = h("canvas", { role: "img" });
				this.#figures.append(h("figure", {}, h("figcaption", {}), canvas));
			}
			const figure = this.#figures.children[i] as HTMLElement;
			const [caption, canvas] = [...figure.children] as [HTMLElement, HTMLCanvasElement];
			const histogram = histograms[layer]!;
			setText(caption, t("Layer {0}", layer + 1));
			canvas.setAttribute("aria-label", `${t("Layer {0}", layer + 1)}: ${this.#rowOf(histogram).join(", ")}`);
			drawHistogram(canvas, histogram, colour, colours);
		});
		if (!this.#details.open) return;
		const head = [t("Layer"), t("Smallest"), t("Median"), t("Largest"), t("Fullest bin"), t("Its share")];
		const rows = histograms.map((one, layer) => [String(layer + 1), ...this.#rowOf(one)]);
		const said = JSON.stringify(rows);
		if (this.#table.dataset.said === said) return;
		this.#table.dataset.said = said;
		this.#table.replaceChildren(dataTable(t("Distributions by layer"), head, rows));
	}

	/** Smallest, median (to a bin), largest, and the bin that holds most. */
	#rowOf({ min, max, counts }: Histogram): string[] {
		const total = counts.reduce((sum, one) => sum + one, 0);
		const edge = (bin: number) => formatNumber(min + ((max - min) * bin) / counts.length, 3);
		const fullest = counts.indexOf(Math.max(...counts));
		let median = 0;
		for (let below = 0; median < counts.length; median++) {
			below += counts[median]!;
			if (2 * below >= total) break;
		}
		return [
			edge(0),
			edge(median + 0.5),
			edge(counts.length),
			this.#context.t("{0} to {1}", edge(fullest), edge(fullest + 1)),
			percent(total > 0 ? counts[fullest]! / total : 0),
		];
	}
}

const HEIGHT = 84;
const BASE = 16;

/** Bars up to the fullest bin, with the smallest and the largest value below, and a line where zero is. */
function drawHistogram(canvas: HTMLCanvasElement, { min, max, counts }: Histogram, colour: string, colours: Colours) {
	const width = canvas.clientWidth;
	const scale = window.devicePixelRatio;
	canvas.width = Math.round(width * scale);
	canvas.height = HEIGHT * scale;
	const context = canvas.getContext("2d");
	if (!context || width === 0) return;
	context.scale(scale, scale);
	const most = Math.max(1, ...counts);
	const bottom = HEIGHT - BASE;
	const step = width / counts.length;
	context.fillStyle = colour;
	counts.forEach((count, i) => {
		// What is there at all is seen.
		const height = count === 0 ? 0 : Math.max(1, (count / most) * (bottom - 2));
		context.fillRect(i * step + 0.5, bottom - height, Math.max(1, step - 1), height);
	});
	context.fillStyle = colours.axis;
	context.fillRect(0, bottom, width, 1);
	if (min < 0 && max > 0) context.fillRect(Math.round((-min / (max - min)) * width), 0, 1, bottom);
	context.fillStyle = colours.faint;
	context.font = `11px ${colours.font}`;
	context.textBaseline = "bottom";
	context.fillText(formatNumber(min, 2), 0, HEIGHT);
	context.textAlign = "right";
	context.fillText(formatNumber(max, 2), width, HEIGHT);
}

/** `most` indices of 0…count−1, with the first and the last. */
function evenly(count: number, most: number): number[] {
	if (count <= most) return Array.from({ length: count }, (_, i) => i);
	return Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));
}
