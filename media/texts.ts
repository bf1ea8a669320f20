import { type PanelText, panelTexts } from "../src/protocol/panelTexts.ts";

/** A text of the page in the user's language, with `{0}`, `{1}`, … replaced. Only listed texts can be asked for. */
export type Translate = (english: PanelText, ...values: readonly (string | number)[]) => string;

export { type PanelText, panelTexts };

/** Translates by a table from English; what the table lacks stays English. */
export function translator(table: Readonly<Record<string, string>>): Translate {
	return (english, ...values) =>
		(Object.hasOwn(table, english) ? table[english]! : english).replace(/\{(\d+)\}/g, (whole, index: string) =>
			String(values[Number(index)] ?? whole),
		);
}
