import type { ListedActivation } from "../../src/protocol/panel.ts";
import { type Fields, fieldOf, numberIn, textOf } from "../../src/protocol/studyDraft.ts";
import { h } from "../dom.ts";
import { type Form, textInput } from "./form.ts";
import { type ChoiceGroup, picker } from "./picker.ts";
import { removeButton } from "./removeButton.ts";

/** The activations that are compared, each with its parameters, and the field that finds more of them. */
export function activationRows(form: Form, catalog: readonly ListedActivation[]): readonly HTMLElement[] {
	const { t, host, run } = form.context;
	const rows = form.draft.activations.map((entry, i) => activationRow(form, entry, i, catalog));
	const add = (entry: Fields) => form.change((draft) => ({ ...draft, activations: [...draft.activations, entry] }));
	const choiceOf = ({ title, id, entry }: ListedActivation) => ({
		title,
		detail: id === "custom" ? t("written by hand") : id,
		choose: () => add(entry),
	});
	const groups = async (): Promise<readonly ChoiceGroup[]> => [
		{ title: t("In this file"), choices: (await host.activationsInFile()).map(choiceOf) },
		{ title: t("Catalog"), choices: catalog.map(choiceOf) },
	];
	const finder = picker("study-add-activations", t("Add an activation…"), groups, run);
	const input = finder.querySelector("input")!;
	return [h("ul", { class: "entries" }, ...rows), finder, form.errorOf("activations", t("Activations"), input)];
}

function activationRow(form: Form, entry: Fields, index: number, catalog: readonly ListedActivation[]): HTMLElement {
	const { t } = form.context;
	const known = catalog.find(({ id }) => id === entry.id);
	const name = textOf(entry.label ?? known?.title ?? entry.id);
	const errors: HTMLElement[] = [];
	const parameters = (known?.parameters ?? []).map(({ name: parameter, default: usual }) => {
		const path = ["activations", index, "parameters", parameter];
		const label = t("{0} of {1}", parameter, name);
		const input = textInput(form, { path, label, read: numberIn });
		input.placeholder = textOf(usual);
		errors.push(form.errorOf(fieldOf(path), label, input));
		return h("label", { class: "group" }, h("span", { class: "faint", "aria-hidden": "true" }, parameter), input);
	});
	const source = typeof entry.source === "string" ? entry.source : undefined;
	const remove = removeButton(t("Remove {0}", name), "activations", index, () =>
		form.change((draft) => ({ ...draft, activations: draft.activations.filter((_, i) => i !== index) })),
	);
	return h(
		"li",
		{ class: "entry" },
		h(
			"div",
			{ class: "entry-line" },
			h("span", { class: "entry-name", title: source ?? false }, name),
			source === undefined ? null : h("span", { class: "faint" }, t("written by hand")),
			...parameters,
			h("span", { class: "spring" }),
			remove,
		),
		form.errorOf(fieldOf(["activations", index]), name, remove),
		...errors,
	);
}
