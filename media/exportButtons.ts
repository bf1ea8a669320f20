import { type Exportable, type ExportFormat, saveChart } from "./chart/files.ts";
import type { Context } from "./context.ts";
import { h } from "./dom.ts";

/** The buttons that save a chart. `what` is asked when one is pressed; undefined where there is nothing to save. */
export function exportButtons(context: Context, chartName: string, what: () => Exportable | undefined): HTMLElement {
	const { t } = context;
	const button = (format: ExportFormat, label: string) =>
		h(
			"button",
			{
				class: "small",
				title: label,
				"aria-label": `${t("Export")} ${chartName}: ${label}`,
				onclick: () => {
					const chart = what();
					if (chart) context.run(saveChart(chart, format, context.colours(), context.host));
				},
			},
			format.toUpperCase(),
		);
	return h(
		"span",
		{ class: "group", role: "group", "aria-label": t("Export") },
		h("span", { class: "faint", "aria-hidden": "true" }, t("Export")),
		button("png", t("PNG image")),
		button("svg", t("SVG image")),
		button("csv", t("CSV table")),
	);
}
