import { type PageMemory, type PanelDtype, panelDtypes, panelViews } from "../protocol/panel.ts";
import type { StudyFile } from "../protocol/studyDraft.ts";

// What arrives from the page is unknown until its shape is checked.

export function asObject(value: unknown): Readonly<Record<string, unknown>> {
	if (typeof value !== "object" || value === null) throw new TypeError(`expected an object, got ${typeof value}`);
	return value as Readonly<Record<string, unknown>>;
}

export function asText(value: unknown): string {
	if (typeof value !== "string") throw new TypeError(`expected a text, got ${typeof value}`);
	return value;
}

export function asNumber(value: unknown): number {
	if (typeof value !== "number") throw new TypeError(`expected a number, got ${typeof value}`);
	return value;
}

export function asParameters(value: unknown): Readonly<Record<string, number>> {
	return Object.fromEntries(Object.entries(asObject(value)).map(([name, number]) => [name, asNumber(number)]));
}

export function asFile(value: unknown): StudyFile {
	const { uri, name } = asObject(value);
	return { uri: asText(uri), name: asText(name) };
}

export function asDtype(value: unknown): PanelDtype {
	const found = panelDtypes.find((dtype) => dtype === value);
	if (!found) throw new TypeError(`expected one of ${panelDtypes.join(", ")}, got ${String(value)}`);
	return found;
}

/** What the host restores of it; the rest is the page's own affair. */
export type HostMemory = Pick<PageMemory, "view" | "pinned" | "runId">;

export function asMemory(value: unknown): HostMemory | null {
	try {
		const { view, pinned, runId } = asObject(value);
		const known = panelViews.find((one) => one === view);
		if (!known) return null;
		return {
			view: known,
			pinned: (Array.isArray(pinned) ? pinned : []).map((one) => {
				const { key, parameters } = asObject(one);
				return { key: asText(key), parameters: asParameters(parameters) };
			}),
			runId: typeof runId === "string" ? runId : null,
		};
	} catch {
		return null; // Memory of an older version: the page starts afresh.
	}
}
