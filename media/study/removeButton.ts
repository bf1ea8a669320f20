import { h } from "../dom.ts";

/** Takes a row out of a list; the keyboard goes on with the row that follows, or with adding one. */
export function removeButton(label: string, list: string, index: number, remove: () => void): HTMLElement {
	const id = `study-remove-${list}-${index}`;
	return h(
		"button",
		{
			class: "small icon",
			id,
			title: label,
			"aria-label": label,
			onclick: () => {
				remove();
				(document.getElementById(id) ?? document.getElementById(`study-add-${list}`))?.focus();
			},
		},
		"×",
	);
}
