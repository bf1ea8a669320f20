import type { TableGlance } from "../core/training/data/tableGlance.ts";
import type { PanelText } from "./panelTexts.ts";

type Translate = (text: PanelText, ...values: string[]) => string;

/** What a person should know of a table's columns before training on it, a sentence each for page and command line. */
export function columnFacts(
	{ constant, encoded, summary }: Pick<TableGlance, "constant" | "encoded" | "summary">,
	t: Translate,
): readonly string[] {
	const facts: string[] = [];
	if (constant.count > 0) facts.push(constantFact(constant, t));
	if (encoded.count > 0) {
		const names = encoded.columns.map(({ name, categories }) => `${name} (${categories})`);
		facts.push(t("Columns of text, a feature for each value: {0}.", firstOf(names, encoded.count, t)));
	}
	if (summary.missing > 0)
		facts.push(t("Missing values, which count as a value of their own: {0}.", String(summary.missing)));
	return facts;
}

/** Which columns have one value everywhere, of which there are some. */
export function constantFact({ names, count }: TableGlance["constant"], t: Translate): string {
	return t("Constant, so they tell nothing: {0}.", firstOf(names, count, t));
}

const MOST_NAMES = 8;

/** The first names of so many. */
function firstOf(names: readonly string[], count: number, t: Translate): string {
	const shown = names.slice(0, MOST_NAMES);
	return shown.join(", ") + (count > shown.length ? ` ${t("and {0} more", String(count - shown.length))}` : "");
}
