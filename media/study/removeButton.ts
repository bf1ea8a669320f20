import type { StudyDraft } from "../../src/protocol/studyDraft.ts";
import { h } from "../dom.ts";
import type { Form } from "./form.ts";

/** Takes a row out of a list of the draft; the keyboard goes on with the row that follows, or with adding one. */
export function removeButton(
	form: Form,
	label: string,
	list: string,
	index: number,
	without: (draft: StudyDraft) => StudyDraft,
): HTMLElement {
	const id = `study-remove-${list}-${index}`;
	return h(
		"button",
		{
			class: "small icon",
			id,
			title: label,
			"aria-label": label,
			onclick: () => {
				form.change(without);
				(document.getElementById(id) ?? document.getElementById(`study-add-${list}`))?.focus();
			},
		},
		"×",
	);
}
