/**
 * Gives a sentence in the user's language for its English text, with `{0}`, `{1}`, … replaced by the arguments.
 * `vscode.l10n.t` is one.
 */
export type Translate = (english: string, ...values: string[]) => string;

/** English as it is. */
export const english: Translate = (text, ...values) =>
	text.replace(/\{(\d+)\}/g, (whole, index: string) => values[Number(index)] ?? whole);
