import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { Curve, PanelDtype } from "../../src/protocol/panel.ts";
import type { Context } from "../context.ts";
import { dataTable, h, setText, show } from "../dom.ts";
import type { Drawn } from "./functionPicture.ts";
import { ORDERS } from "./legend.ts";
import { labelOf, type Shown } from "./shown.ts";

/** Rows of the table, kinks aside: half a unit apart in the usual window. */
const POINTS = 25;

/** What is drawn, as a table for those who ask for it. */
export class ValueTable {
	readonly element = h("div", { id: "function-table", hidden: true });
	readonly toggle: HTMLButtonElement;
	readonly #context: Context;
	readonly #drawn: () => Drawn & { readonly dtype: PanelDtype };

	constructor(context: Context, drawn: () => Drawn & { readonly dtype: PanelDtype }) {
		this.#context = context;
		this.#drawn = drawn;
		this.toggle = h(
			"button",
			{
				class: "small",
				"aria-expanded": "false",
				"aria-controls": "function-table",
				onclick: () => this.#toggle(),
			},
			context.t("Show table"),
		);
	}

	/** Writes the values anew, where they are to be seen. */
	async fill(): Promise<void> {
		if (this.element.hidden) return;
		const { shown: all, domain, orders, dtype } = this.#drawn();
		const [min, max] = domain;
		const shown = all.filter(({ failure }) => failure === undefined);
		const curves = await Promise.all(
			shown.map(({ card, parameters }) =>
				this.#context.host
					.sample({ key: card.key, parameters, min, max, points: POINTS, dtype })
					.catch(() => undefined),
			),
		);
		this.element.replaceChildren(tableOf(this.#context, shown, curves, orders));
	}

	#toggle(): void {
		const { t } = this.#context;
		const opens = this.element.hidden !== false;
		show(this.element, opens);
		this.toggle.setAttribute("aria-expanded", String(opens));
		setText(this.toggle, opens ? t("Hide table") : t("Show table"));
		void this.fill();
	}
}

/** The values of some of the drawn activations as a table; `curves` are theirs, undefined for what could not be sampled. */
function tableOf(
	{ t }: Context,
	shown: readonly Shown[],
	curves: readonly (Curve | undefined)[],
	orders: number,
): HTMLElement {
	const columns = shown.flatMap((entry, index) => {
		const curve = curves[index];
		if (!curve) return [];
		return ORDERS.slice(0, orders).map(({ name, field }) => ({
			head: shown.length > 1 ? `${labelOf(entry)} ${name}` : name,
			cells: cellsOf(curve, curve[field]),
		}));
	});
	const xs = [...new Set(columns.flatMap(({ cells }) => [...cells.keys()]))].sort((a, b) => a - b);
	return dataTable(
		t("Values of {0}", shown.map(labelOf).join(", ")),
		["x", ...columns.map(({ head }) => head)],
		xs.map((x) => [formatNumber(x), ...columns.map(({ cells }) => cells.get(x) ?? "")]),
	);
}

/** Values by x; at a kink both sides, where they differ. */
function cellsOf(curve: Curve, values: readonly number[]): Map<number, string> {
	const cells = new Map<number, string>();
	curve.x.forEach((x, i) => {
		const text = formatNumber(values[i]!);
		const before = cells.get(x);
		cells.set(x, before === undefined || before === text ? text : `${before} | ${text}`);
	});
	return cells;
}
