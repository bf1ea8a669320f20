import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { Context } from "../context.ts";
import { h, setText } from "../dom.ts";
import { dashOf, lineSample } from "../lineSample.ts";
import { labelOf, type Shown } from "./shown.ts";

/** f, f′ and f″ are told apart by their dashes as well. */
export const ORDERS = [
	{ name: "f", field: "value", dash: [], width: 2.2 },
	{ name: "f′", field: "derivative", dash: [7, 4], width: 1.8 },
	{ name: "f″", field: "secondDerivative", dash: [2, 3], width: 1.8 },
] as const;

export interface LegendActions {
	select(entry: Shown): void;
	pin(entry: Shown): void;
	remove(entry: Shown): void;
}

/** The table that is the chart's legend and shows the probe's reading of each activation. */
export class Legend {
	readonly element = h("div", { class: "legend" });
	readonly #context: Context;
	readonly #actions: LegendActions;
	#cells: { entry: Shown; cells: HTMLElement[] }[] = [];
	#corner: HTMLElement = h("th");

	constructor(context: Context, actions: LegendActions) {
		this.#context = context;
		this.#actions = actions;
	}

	/** Writes the rows anew. `orders` is how many of f, f′ and f″ are drawn. */
	build(shown: readonly Shown[], selected: Shown | undefined, orders: number): void {
		const { t } = this.#context;
		const colours = this.#context.colours();
		const single = shown.length === 1;
		const columns = ORDERS.slice(0, orders);
		this.#corner = h("th", { scope: "col", class: "probe-x" });
		this.#cells = [];
		const head = columns.map(({ name, dash, width }, order) => {
			const colour = single ? colours.series[order]! : colours.text;
			return h("th", { scope: "col" }, lineSample(colour, dash, width) as unknown as HTMLElement, ` ${name}`);
		});
		const rows = shown.map((entry, index) => {
			const cells = columns.map(() => h("td", { class: "number" }));
			this.#cells.push({ entry, cells });
			const label = labelOf(entry);
			const sample = single
				? null
				: lineSample(
						colours.series[index % colours.series.length]!,
						dashOf([], index, colours.highContrast),
						ORDERS[0].width,
					);
			const name = h(
				"button",
				{
					class: "name",
					"aria-pressed": String(entry === selected),
					title: entry.card.formula,
					onclick: () => this.#actions.select(entry),
				},
				sample,
				h("span", {}, label),
			);
			const pin = entry.pinned
				? null
				: h(
						"button",
						{
							class: "small",
							title: t("Keep {0} in the chart when the cursor moves on", label),
							"aria-label": t("Keep {0} in the chart when the cursor moves on", label),
							onclick: () => this.#actions.pin(entry),
						},
						t("Pin"),
					);
			const remove = h(
				"button",
				{
					class: "small icon",
					title: t("Remove {0}", label),
					"aria-label": t("Remove {0}", label),
					onclick: () => this.#actions.remove(entry),
				},
				"×",
			);
			return h("tr", {}, h("th", { scope: "row" }, name), ...cells, h("td", { class: "actions" }, pin, remove));
		});
		this.element.replaceChildren(
			h(
				"table",
				{},
				h(
					"thead",
					{},
					h("tr", {}, this.#corner, ...head, h("td", {}, h("span", { class: "visually-hidden" }, t("Actions")))),
				),
				h("tbody", {}, ...rows),
			),
		);
		this.showReadings();
	}

	/** Writes the probe's readings; what has not been read yet is a dash. */
	showReadings(): void {
		const at = this.#cells.find(({ entry }) => entry.reading)?.entry.reading?.x;
		setText(this.#corner, at === undefined ? "" : `x = ${formatNumber(at)}`);
		for (const { entry, cells } of this.#cells) {
			const { reading, failure } = entry;
			cells.forEach((cell, order) => {
				const value = reading?.[ORDERS[order]!.field];
				setText(cell, failure !== undefined ? "–" : value === undefined ? "·" : formatNumber(value));
			});
		}
	}
}
