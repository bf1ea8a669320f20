import type { TableGlance } from "../core/training/data/tableGlance.ts";
import type { PanelText } from "./panelTexts.ts";

type Translate = (text: PanelText, ...values: string[]) => string;

/** What a person should know of a table's columns before training on it, a sentence each for page and command line. */
export function columnFacts(
	{ constant, encoded, summary }: Pick<TableGlance, "constant" | "encoded" | "summary">,
	t: Translate,
): readonly string[] {
	const facts: string[] = [];
	if (constant.count > 0) {
		facts.push(t("Constant, so they tell nothing: {0}.", firstOf(constant.names, constant.count, t)));
	}
	if (encoded.count > 0) {
		const names = encoded.columns.map(({ name, categories }) => `${name} (${categories})`);
		facts.push(t("Columns of text, a feature for each value: {0}.", firstOf(names, encoded.count, t)));
	}
	if (summary.missing > 0)
		facts.push(t("Missing values, which count as a value of their own: {0}.", String(summary.missing)));
	return facts;
}

/** The first names of so many. */
function firstOf(names: readonly string[], count: number, t: Translate): string {
	return names.join(", ") + (count > names.length ? ` ${t("and {0} more", String(count - names.length))}` : "");
}
