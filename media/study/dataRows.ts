import type { StudyMaterial } from "../../src/protocol/panel.ts";
import type { Study } from "../../src/protocol/study.ts";
import { type Fields, fieldOf, numberIn, type Path, textOf } from "../../src/protocol/studyDraft.ts";
import { dataFields, studyChoices } from "../../src/protocol/studyLimits.ts";
import { h } from "../dom.ts";
import type { PanelText } from "../texts.ts";
import { type Form, idOf, textInput } from "./form.ts";
import { removeButton } from "./removeButton.ts";

const NUMBERS = ["samples", "noise"];

/** The sets of data that are trained on, each with what it needs, and the list to add one from. */
export function dataRows(form: Form, { data: sets }: StudyMaterial): readonly HTMLElement[] {
	const { t, host, run } = form.context;
	const add = (entry: Fields) => form.change((draft) => ({ ...draft, data: [...draft.data, entry] }));
	const fromFile = async () => {
		const chosen = await host.chooseData();
		if (chosen) add(chosen);
	};
	const select = h(
		"select",
		{
			id: "study-add-data",
			class: "wide",
			"aria-label": t("Add data"),
			onchange: () => {
				const { value } = select;
				select.selectedIndex = 0;
				const set = sets[Number(value)];
				if (value === "file") run(fromFile());
				else if (set) add(set.entry);
			},
		},
		h("option", { value: "" }, t("Add data…")),
		h("option", { value: "file" }, t("Your own file: CSV, NumPy or IDX…")),
		...sets.map(({ title }, i) => h("option", { value: i }, title)),
	);
	const rows = form.draft.data.map((entry, i) => dataRow(form, entry, i, sets));
	return [h("ul", { class: "entries" }, ...rows), select];
}

function dataRow(form: Form, entry: Fields, index: number, sets: StudyMaterial["data"]): HTMLElement {
	const { t } = form.context;
	const kind = textOf(entry.kind);
	const fields: readonly string[] = Object.hasOwn(dataFields, kind) ? dataFields[kind as keyof typeof dataFields] : [];
	const title = sets.find((one) => one.entry.kind === kind)?.title ?? kind.toUpperCase();
	const errors: HTMLElement[] = [];
	const inputs = fields.map((name) => {
		const path = ["data", index, name] as const;
		const { label, element, control } = dataField(form, path, title);
		errors.push(form.errorOf(fieldOf(path), label, control));
		return element;
	});
	const remove = removeButton(t("Remove {0}", title), "data", index, () =>
		form.change((draft) => ({ ...draft, data: draft.data.filter((_, i) => i !== index) })),
	);
	return h(
		"li",
		{ class: "entry" },
		h(
			"div",
			{ class: "entry-line" },
			h("span", { class: "entry-name" }, title),
			...inputs,
			h("span", { class: "spring" }),
			remove,
		),
		form.errorOf(fieldOf(["data", index]), title, remove),
		...errors,
	);
}

const TEXTS: Readonly<Record<string, PanelText>> = {
	samples: "samples",
	noise: "noise",
	path: "file",
	target: "column to predict",
	task: "task",
	inputs: "inputs",
	targets: "targets",
	images: "images",
	labels: "labels",
};

/** One field of a set of data, with its name before it. */
function dataField(form: Form, path: readonly [string, number, string], title: string) {
	const { t } = form.context;
	const [list, index, name] = path;
	const text = t(TEXTS[name]!);
	const label = `${title}: ${text}`;
	const isNumber = NUMBERS.includes(name);
	const usual = ({ data }: Study) =>
		data.kind === form.value([list, index, "kind"]) ? textOf((data as unknown as Fields)[name]) : "";
	const control =
		name === "task"
			? taskChoice(form, path, label)
			: textInput(form, {
					path,
					label,
					read: isNumber ? numberIn : (typed) => (typed === "" ? undefined : typed),
					wide: !isNumber,
					...(isNumber ? { usual } : {}),
				});
	const element = h("label", { class: "group" }, h("span", { class: "faint", "aria-hidden": "true" }, text), control);
	return { label, element, control };
}

function taskChoice(form: Form, path: Path, label: string): HTMLSelectElement {
	const select = h(
		"select",
		{ id: idOf(path), "aria-label": label, onchange: () => form.set(path, select.value) },
		...studyChoices.tasks.map((task) => h("option", { value: task, selected: form.value(path) === task }, task)),
	);
	return select;
}
