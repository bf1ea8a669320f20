import type { TableGlance } from "../core/training/data/tableGlance.ts";
import type { PanelText } from "./panelTexts.ts";

type Translate = (text: PanelText, ...values: string[]) => string;

/** Which features have one value everywhere, in a sentence for page and command line; undefined where none has. */
export function constantFeatures({ constant }: Pick<TableGlance, "constant">, t: Translate): string | undefined {
	if (constant.count === 0) return undefined;
	return t("Constant, so they tell nothing: {0}.", firstOf(constant.names, constant.count, t));
}

/** The first names of so many. */
export function firstOf(names: readonly string[], count: number, t: Translate): string {
	return names.join(", ") + (count > names.length ? ` ${t("and {0} more", String(count - names.length))}` : "");
}
