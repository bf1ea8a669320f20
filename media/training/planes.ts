import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { Points } from "../../src/core/training/data/tableGlance.ts";
import type { Study } from "../../src/protocol/study.ts";
import type { RunSurface } from "../../src/protocol/trainer.ts";
import type { Context } from "../context.ts";
import { dataTable, h, setText, show } from "../dom.ts";
import { agreement, drawPlane } from "./plane.ts";
import { percent } from "./summary.ts";

/** Points that the table lists; more are thinned out evenly. */
const MOST_ROWS = 50;
/** Activations that are drawn beside each other. */
const MOST_PLANES = 6;
/** Seed choice: that of which a surface came last. */
const LATEST = "";

interface Plane {
	readonly element: HTMLElement;
	readonly canvas: HTMLCanvasElement;
	readonly box: HTMLElement;
	readonly caption: HTMLElement;
	/** The activation; undefined for the data alone. */
	readonly activation: number | undefined;
}

/** A study's data in the plane: alone, or once networks have answered beside each other behind each network's answer. */
export class Planes {
	readonly element: HTMLElement;
	/** Whether networks divide the plane between classes. */
	readonly hasClasses: boolean;
	readonly #context: Context;
	readonly #study: Study;
	readonly #points: Points;
	readonly #planes: readonly Plane[];
	readonly #seed: HTMLSelectElement;
	readonly #seedRow: HTMLElement;
	/** By activation, in the order in which they came. */
	readonly #surfaces = new Map<number, RunSurface[]>();

	constructor(context: Context, study: Study, points: Points, classNames: readonly string[]) {
		this.#context = context;
		this.#study = study;
		this.#points = points;
		this.hasClasses = classNames.length > 0;
		const { t } = context;
		this.#planes = [undefined, ...study.activations.slice(0, MOST_PLANES).map((_, index) => index)].map((activation) =>
			this.#plane(activation),
		);
		this.#seed = h(
			"select",
			{ id: "surface-seed", onchange: () => this.draw() },
			h("option", { value: LATEST }, t("trained last")),
			...study.seeds.map((seed) => h("option", { value: seed }, t("seed {0}", seed))),
		);
		this.#seedRow = h(
			"p",
			{ class: "group" },
			h("label", { for: "surface-seed" }, t("What the networks answer, with the seed")),
			this.#seed,
		);
		const title = this.#title();
		this.element = h(
			"div",
			{ class: "planes" },
			this.#seedRow,
			h("div", { class: "plane-row" }, ...this.#planes.map(({ element }) => element)),
			h(
				"details",
				{},
				h("summary", {}, t("Data table"), h("span", { class: "visually-hidden" }, ` ${title}`)),
				this.#table(title, classNames),
			),
		);
		new ResizeObserver(() => this.draw()).observe(this.element);
	}

	/** Takes in what a network answers by now. */
	add(surface: RunSurface): void {
		const { activation, seed } = surface.run;
		const others = (this.#surfaces.get(activation) ?? []).filter(({ run }) => run.seed !== seed);
		this.#surfaces.set(activation, [...others, surface]);
		this.draw();
	}

	draw(): void {
		const { t } = this.#context;
		const isAnswered = this.#surfaces.size > 0;
		show(this.#seedRow, isAnswered && this.#study.seeds.length > 1);
		for (const { element, canvas, box, caption, activation } of this.#planes) {
			const answer = activation === undefined ? undefined : this.#surfaceOf(activation);
			show(element, isAnswered ? answer !== undefined : activation === undefined);
			if (element.hidden) continue;
			if (answer) {
				const label = this.#study.activations[answer.run.activation]?.label ?? "";
				const text = t("{0}, seed {1}, epoch {2}", label, answer.run.seed, answer.epoch);
				const right = percent(agreement(this.#points, answer.surface));
				setText(caption, text);
				box.setAttribute("aria-label", `${text}. ${t("{0} of the points lie where it chooses their class.", right)}`);
			}
			drawPlane(canvas, this.#points, answer?.surface, this.#context.colours());
		}
	}

	#surfaceOf(activation: number): RunSurface | undefined {
		const all = this.#surfaces.get(activation) ?? [];
		const wanted = this.#seed.value;
		return wanted === LATEST ? all[all.length - 1] : all.find(({ run }) => String(run.seed) === wanted);
	}

	#plane(activation: number | undefined): Plane {
		const canvas = h("canvas", { "aria-hidden": "true" });
		const caption = h("figcaption", { "aria-hidden": "true" });
		const box = h("div", { class: "plane", role: "img", "aria-label": this.#title() }, canvas);
		return { element: h("figure", { hidden: true }, caption, box), canvas, box, caption, activation };
	}

	#title(): string {
		const [x, y] = this.#names();
		return this.#context.t("{0} and {1} of {2} samples", x, y, this.#points.x.length);
	}

	#names(): readonly [x: string, y: string] {
		const [x, y] = this.#points.names;
		return [x, y || this.#context.t("target")];
	}

	#table(title: string, classNames: readonly string[]): HTMLElement {
		const { x, y, classes } = this.#points;
		const every = Math.ceil(x.length / MOST_ROWS);
		const rows = x.flatMap((at, i) => {
			if (i % every !== 0) return [];
			const place = [String(i + 1), formatNumber(at, 4), formatNumber(y[i]!, 4)];
			return [this.hasClasses ? [...place, classNames[classes[i]!] ?? ""] : place];
		});
		return dataTable(title, ["#", ...this.#names(), ...(this.hasClasses ? [this.#context.t("Class")] : [])], rows);
	}
}
