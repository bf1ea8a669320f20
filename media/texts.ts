import type { PanelText } from "../src/protocol/panelTexts.ts";

let translations: Readonly<Record<string, string>> = {};

/** Takes the texts in the user's language, by their English text. */
export function useTexts(texts: Readonly<Record<string, string>>): void {
	translations = texts;
}

/** A text of the page in the user's language, with {0}, {1}, … replaced. */
export function t(text: PanelText, ...values: readonly string[]): string {
	return (translations[text] ?? text).replace(/\{(\d+)\}/g, (whole, index: string) => values[Number(index)] ?? whole);
}
