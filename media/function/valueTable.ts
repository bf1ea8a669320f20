import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { Curve } from "../../src/protocol/panel.ts";
import type { Context } from "../context.ts";
import { dataTable } from "../dom.ts";
import { ORDERS } from "./legend.ts";
import { labelOf, type Shown } from "./shown.ts";

/** The values of some of the drawn activations as a table; `curves` are theirs, undefined for what could not be sampled. */
export function valueTable(
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
