import type { RunView } from "../../protocol/panel.ts";

/** A run as a JSON document, all that it reported included; numbers that JSON lacks are the strings "NaN", "Infinity", "-Infinity". */
export function runAsJson(run: RunView): string {
	const texts = (_key: string, value: unknown) =>
		typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
	return `${JSON.stringify(run, texts, "\t")}\n`;
}
