import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { Pictures, Points, TableGlance } from "../../src/core/training/data/tableGlance.ts";
import { columnFacts } from "../../src/protocol/columnFacts.ts";
import type { RunSurface } from "../../src/protocol/trainer.ts";
import type { Context } from "../context.ts";
import { h } from "../dom.ts";
import type { Colours } from "../theme.ts";
import { classColour, drawMark, rgb } from "./plane.ts";
import { Planes } from "./planes.ts";
import type { RunModel } from "./runModel.ts";
import { section } from "./section.ts";
import { percent } from "./summary.ts";

/** What a study trains on: how much of it, how its classes are balanced, and some of its samples. */
export class DataSection {
	readonly element: HTMLDetailsElement;
	readonly #context: Context;
	readonly #place: (isLive: boolean) => void;
	readonly #facts = h("ul", { class: "summary" });
	readonly #body = h("div", { class: "data-body" });
	#model: RunModel | undefined;
	#glance: TableGlance | undefined;
	/** What is drawn on canvases, in the colours of the theme. */
	#draw: ((colours: Colours) => void)[] = [];
	#planes: Planes | undefined;
	#visible = false;
	/** The run whose surfaces were asked for. */
	#watched: string | null = null;

	/** `place` is told whether what the section shows changes while networks train, once that is known. */
	constructor(context: Context, place: (isLive: boolean) => void) {
		this.#context = context;
		this.#place = place;
		this.element = section("data", context.t("Data"), true, () => this.draw(), this.#facts, this.#body);
		this.element.addEventListener("toggle", () => this.#watch());
	}

	/** Asks for the data of another run; those of the run at hand stay. */
	show(model: RunModel): void {
		if (model === this.#model) return;
		this.#model = model;
		this.#glance = undefined;
		this.#draw = [];
		this.#planes = undefined;
		this.#watch();
		this.#body.replaceChildren();
		this.#say([this.#context.t("Reading the data…")]);
		const { host, t } = this.#context;
		const { id } = model;
		host.runData(id).then(
			(glance) => {
				if (model === this.#model) this.#fill(glance);
			},
			(error: unknown) => {
				const message = error instanceof Error ? error.message : String(error);
				if (model === this.#model) this.#say([t("The data cannot be shown: {0}.", message)]);
			},
		);
	}

	/** Whether the view is in front: what nobody sees is not asked for. */
	setVisible(visible: boolean): void {
		this.#visible = visible;
		this.#watch();
	}

	/** Takes in what a training of the shown run answers by now. */
	addSurface(surface: RunSurface): void {
		this.#planes?.add(surface);
	}

	/** Draws what lies on canvases, at its size now and in the current theme's colours. */
	draw(): void {
		if (!this.element.open || !this.#glance) return;
		const colours = this.#context.colours();
		for (const one of this.#draw) one(colours);
		this.#planes?.draw();
	}

	#watch(): void {
		const wanted = this.#visible && this.element.open && this.#planes?.hasClasses ? (this.#model?.id ?? null) : null;
		if (wanted === this.#watched) return;
		this.#watched = wanted;
		const planes = this.#planes;
		const asked = this.#context.host.watchSurfaces(wanted).then((known) => {
			for (const one of known) planes?.add(one);
		});
		this.#context.run(asked);
	}

	#say(sentences: readonly string[]): void {
		this.#facts.replaceChildren(...sentences.map((sentence) => h("li", {}, sentence)));
	}

	#fill(glance: TableGlance): void {
		this.#glance = glance;
		this.#say(factsOf(glance, this.#context));
		const parts = [
			glance.summary.classes.length > 0 ? this.#balance(glance) : null,
			glance.pictures ? this.#pictures(glance.pictures, glance) : null,
			glance.points ? this.#planesOf(glance.points, glance) : null,
		];
		this.#body.replaceChildren(...parts.filter((part) => part !== null));
		this.#place(this.#planes?.hasClasses ?? false);
		this.#watch();
		this.draw();
	}

	/** How many samples each class has: a table whose bars are for the eye. */
	#balance({ summary: { classes, samples }, points }: TableGlance): HTMLElement {
		const { t } = this.#context;
		const most = Math.max(...classes.map(({ count }) => count));
		const rows = classes.map(({ name, count }, group) => {
			const bar = h("div", { class: "bar" });
			bar.style.width = `${(100 * count) / most}%`;
			const mark = points ? this.#mark(group) : null;
			return h(
				"tr",
				{},
				h("th", { scope: "row" }, mark, name),
				h("td", {}, String(count)),
				h("td", {}, percent(count / samples)),
				h("td", { class: "bar-cell", "aria-hidden": "true" }, bar),
			);
		});
		return h(
			"div",
			{ class: "table-scroll balance", tabindex: 0, role: "region", "aria-label": t("Class balance") },
			h(
				"table",
				{ class: "data" },
				h("caption", { class: "visually-hidden" }, t("Class balance")),
				h(
					"thead",
					{},
					h(
						"tr",
						{},
						h("th", { scope: "col" }, t("Class")),
						h("th", { scope: "col" }, t("Samples")),
						h("th", { scope: "col" }, t("Share")),
						h("th", { "aria-hidden": "true" }),
					),
				),
				h("tbody", {}, ...rows),
			),
		);
	}

	/** The mark that a class has in the plane. */
	#mark(group: number): HTMLCanvasElement {
		const canvas = h("canvas", { class: "mark", "aria-hidden": "true" });
		this.#draw.push((colours) => {
			const scale = window.devicePixelRatio;
			canvas.width = canvas.height = 14 * scale;
			const context = canvas.getContext("2d");
			context?.scale(scale, scale);
			if (context) drawMark(context, group, 7, 7, 4, colours);
			canvas.dataset.colour = classColour(group, colours);
		});
		return canvas;
	}

	#planesOf(points: Points, { summary: { classes } }: TableGlance): HTMLElement | null {
		if (!this.#model) return null;
		const names = classes.map(({ name }) => name);
		this.#planes = new Planes(this.#context, this.#model.study, points, names);
		return this.#planes.element;
	}

	#pictures(pictures: Pictures, { summary: { classes } }: TableGlance): HTMLElement {
		const { t } = this.#context;
		const items = pictures.samples.map(({ target, pixels }) => {
			const name = classes[target]?.name ?? formatNumber(target, 4);
			const canvas = h("canvas", { width: pictures.width, height: pictures.height, role: "img", "aria-label": name });
			this.#draw.push((colours) => drawPicture(canvas, pixels, pictures.channels, colours));
			return h("li", {}, canvas, h("span", { class: "picture-name", "aria-hidden": "true" }, name));
		});
		return h("ul", { class: "pictures", "aria-label": t("Some of the samples") }, ...items);
	}
}

/** Size, target, and what a person should know of the columns, a sentence each. */
function factsOf(glance: TableGlance, { t }: Context): string[] {
	const { samples, features, classes, target } = glance.summary;
	const facts = [
		target
			? t(
					"Samples: {0}; features: {1}; to predict: a number from {2} to {3}.",
					samples,
					features,
					formatNumber(target.min, 4),
					formatNumber(target.max, 4),
				)
			: t("Samples: {0}; features: {1}; classes: {2}.", samples, features, classes.length),
	];
	const counts = classes.map(({ count }) => count);
	const [least, most] = [Math.min(...counts), Math.max(...counts)];
	if (counts.length > 0 && most > 1.5 * least) {
		const names = (wanted: number) => classes.find(({ count }) => count === wanted)?.name ?? "";
		facts.push(
			t(
				"Always answering {0} would be right for {1}; {2} has only {3} samples.",
				names(most),
				percent(most / samples),
				names(least),
				least,
			),
		);
	}
	return [...facts, ...columnFacts(glance, t)];
}

/** Grey from the background's colour to the text's, or colours as they are. */
function drawPicture(
	canvas: HTMLCanvasElement,
	pixels: readonly number[],
	channels: Pictures["channels"],
	colours: Colours,
): void {
	const context = canvas.getContext("2d");
	if (!context) return;
	const image = context.createImageData(canvas.width, canvas.height);
	const [low, high] = [rgb(colours.background), rgb(colours.text)];
	for (let i = 0; i < canvas.width * canvas.height; i++) {
		for (let k = 0; k < 3; k++) {
			const share = pixels[i * channels]! / 255;
			image.data[4 * i + k] = channels === 3 ? pixels[3 * i + k]! : low[k]! + share * (high[k]! - low[k]!);
		}
		image.data[4 * i + 3] = 255;
	}
	context.putImageData(image, 0, 0);
}
