import { type Factor, fieldOf, type Path, placesOf } from "../../src/protocol/studyDraft.ts";
import { h } from "../dom.ts";
import type { Form } from "./form.ts";
import { removeButton } from "./removeButton.ts";

/** The fields of a factor where it is one object, and where it is one of several, which then have all theirs together. */
interface FactorFields {
	readonly one: (place: Path) => readonly HTMLElement[];
	readonly row: (place: Path) => readonly HTMLElement[];
}

/** A factor's fields, or a row of them for each that is listed, and the button that adds one like the last. */
export function factorRows(
	form: Form,
	factor: Factor,
	titleOf: (number: number) => string,
	addText: string,
	{ one, row }: FactorFields,
): readonly HTMLElement[] {
	const places = placesOf(form.draft, factor);
	const add = h("button", { class: "add", id: `study-add-${factor}`, onclick: () => form.addRow(factor) }, addText);
	if (!Array.isArray(form.draft[factor])) return [...places.flatMap(one), add];
	const rows = places.map((place, i) => factorRow(form, factor, i, titleOf(i + 1), row(place)));
	return [h("ul", { class: "entries" }, ...rows), add];
}

function factorRow(
	form: Form,
	factor: Factor,
	index: number,
	title: string,
	fields: readonly HTMLElement[],
): HTMLElement {
	const { t } = form.context;
	const remove = removeButton(t("Remove {0}", title), factor, index, () => form.removeRow(factor, index));
	return h(
		"li",
		{ class: "entry" },
		// Several fields have the same name: a group says whose they are.
		h(
			"div",
			{ role: "group", "aria-label": title },
			h(
				"div",
				{ class: "entry-line" },
				h("span", { class: "entry-name" }, title),
				h("span", { class: "spring" }),
				remove,
			),
			form.errorOf(fieldOf([factor, index]), title, remove),
			...fields,
		),
	);
}
