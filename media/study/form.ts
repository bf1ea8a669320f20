import type { Study } from "../../src/protocol/study.ts";
import {
	type Factor,
	fieldOf,
	type Path,
	placesOf,
	type StudyDraft,
	textOf,
	valueAt,
	withoutRow,
	withRow,
	withValue,
} from "../../src/protocol/studyDraft.ts";
import type { Context } from "../context.ts";
import { h, setText, show } from "../dom.ts";

/** Where a field's error is said, and how the field is called there. */
interface Place {
	readonly label: string;
	readonly control: HTMLElement;
	readonly error: HTMLElement;
}

/** The draft behind the controls, and the places of its errors. Each control reads and writes one place of the draft. */
export class Form {
	readonly context: Context;
	readonly #onChange: (isStructure: boolean) => void;
	readonly #places = new Map<string, Place>();
	readonly #usual: (() => void)[] = [];
	draft: StudyDraft;
	/** What the draft came to last: what holds where nothing is given. */
	study: Study;
	/** The same of each listed network and optimizer, by its place. */
	#rows: Readonly<Record<string, Study>> = {};

	/** `onChange` is told whether other controls are needed now. */
	constructor(context: Context, draft: StudyDraft, usual: Study, onChange: (isStructure: boolean) => void) {
		this.context = context;
		this.draft = draft;
		this.study = usual;
		this.#onChange = onChange;
	}

	value(path: Path): unknown {
		return valueAt(this.draft, path);
	}

	/** Puts a value into its place; undefined takes it away. */
	set(path: Path, value: unknown): void {
		this.draft = withValue(this.draft, path, value);
		this.#onChange(false);
	}

	/** Changes the draft so that other controls are needed. */
	change(next: (draft: StudyDraft) => StudyDraft): void {
		this.draft = next(this.draft);
		this.#onChange(true);
	}

	/** Adds a row of a factor, like its last. */
	addRow(factor: Factor): void {
		const places = placesOf(this.draft, factor);
		this.#moveRows(factor, [...places, ...places.slice(-1)]);
		this.change((draft) => withRow(draft, factor));
	}

	removeRow(factor: Factor, index: number): void {
		this.#moveRows(
			factor,
			placesOf(this.draft, factor).filter((_, i) => i !== index),
		);
		this.change((draft) => withoutRow(draft, factor, index));
	}

	/** What was planned at `places` is what will hold in the rows of a factor, in this order. */
	#moveRows(factor: Factor, places: readonly Path[]): void {
		const planned = places.map((place) => this.studyAt(place));
		const moved = planned.flatMap((study, i) => (study ? [[fieldOf([factor, i]), study] as const] : []));
		const others = Object.entries(this.#rows).filter(([name]) => !name.startsWith(factor));
		if (planned.length === 1) this.study = planned[0] ?? this.study;
		this.#rows = Object.fromEntries([...others, ...moved]);
	}

	/** Forgets the controls: they are about to be made anew. */
	clear(): void {
		this.#places.clear();
		this.#usual.length = 0;
	}

	/** The study that says what holds at a place where nothing is given; undefined in a row that was never planned. */
	studyAt([factor, row]: Path): Study | undefined {
		if (typeof row !== "number" || (factor !== "network" && factor !== "optimizer")) return this.study;
		return this.#rows[fieldOf([factor, row])];
	}

	/** Calls `say` with each study that the draft comes to, for what the control of a place says where nothing is given. */
	onStudy(path: Path, say: (study: Study | undefined) => void): void {
		const sayNow = () => say(this.studyAt(path));
		sayNow();
		this.#usual.push(sayNow);
	}

	showStudies(study: Study, rows: Readonly<Record<string, Study>>): void {
		this.study = study;
		this.#rows = rows;
		for (const say of this.#usual) say();
	}

	/** A control's place for its error: below it, and said with it. */
	errorOf(field: string, label: string, control: HTMLElement): HTMLElement {
		const error = h("p", { class: "error", id: `error-${field}`, hidden: true });
		control.setAttribute("aria-describedby", error.id);
		this.#places.set(field, { label, control, error });
		return error;
	}

	/** Says each problem at its field, and gives the sentences for which there is none. */
	showProblems(problems: readonly { readonly field: string; readonly sentence: string }[]): string[] {
		const rest: string[] = [];
		const wrong = new Set<string>();
		for (const { field, sentence } of problems) {
			const name = this.#placeOf(field);
			const place = name === undefined ? undefined : this.#places.get(name);
			const said = sentence.replace("{0}", place?.label ?? field);
			if (!place || name === undefined) {
				rest.push(said);
				continue;
			}
			wrong.add(name);
			setText(place.error, said);
		}
		for (const [name, { control, error }] of this.#places) {
			show(error, wrong.has(name));
			if (wrong.has(name)) control.setAttribute("aria-invalid", "true");
			else control.removeAttribute("aria-invalid");
		}
		return rest;
	}

	/** The first control with an error. */
	get firstWrong(): HTMLElement | undefined {
		return [...this.#places.values()].find(({ error }) => !error.hidden)?.control;
	}

	/** The nearest field with a place: "seeds" for "seeds[2]", and the test for what it and validation are together. */
	#placeOf(field: string): string | undefined {
		if (field === "validation and test together") return "test";
		if (this.#places.has(field)) return field;
		const around = field.replace(/(\[\d+\]|\.[^.[]*)$/, "");
		return around === field ? undefined : this.#placeOf(around);
	}
}

/** A labelled row: what the field is, its control, and what is wrong with it. */
export function row(label: HTMLElement | string, ...content: readonly (HTMLElement | null)[]): HTMLElement {
	const name = typeof label === "string" ? h("span", {}, label) : label;
	return h("div", { class: "field" }, name, h("div", { class: "control" }, ...content));
}

export interface TextOptions {
	readonly path: Path;
	readonly label: string;
	/** What the text says. */
	readonly read: (text: string) => unknown;
	/** What holds where nothing is given. */
	readonly usual?: (study: Study) => string;
	/** Said below. */
	readonly hint?: string;
	/** A wide field, for several values. */
	readonly wide?: boolean;
}

/** A text field of the place `path`, as a row. */
export function textField(form: Form, options: TextOptions): HTMLElement {
	const { path, label, hint } = options;
	const id = idOf(path);
	const input = textInput(form, options);
	return row(
		h("label", { for: id }, label),
		input,
		hint === undefined ? null : h("p", { class: "faint hint" }, hint),
		form.errorOf(fieldOf(path), label, input),
	);
}

/** The field alone, for a row of several. */
export function textInput(form: Form, { path, label, read, usual, wide }: TextOptions): HTMLInputElement {
	const input = h("input", {
		type: "text",
		id: idOf(path),
		class: wide ? "wide" : false,
		"aria-label": label,
		value: textOf(form.value(path)),
		autocomplete: "off",
		spellcheck: "false",
		oninput: () => form.set(path, read(input.value)),
	});
	if (usual) {
		form.onStudy(path, (study) => {
			input.placeholder = study ? usual(study) : "";
		});
	}
	return input;
}

/** A list to choose one of, as a row; the first is what holds where nothing is given. */
export function choiceField(form: Form, path: Path, label: string, choices: readonly string[]): HTMLElement {
	const select = h(
		"select",
		{
			id: idOf(path),
			onchange: () => form.set(path, select.value === choices[0] ? undefined : select.value),
		},
		...choices.map((choice) => h("option", { value: choice, selected: form.value(path) === choice }, choice)),
	);
	return row(h("label", { for: select.id }, label), select, form.errorOf(fieldOf(path), label, select));
}

/**
 * Buttons of which one or more are pressed, as a row: each stands for studies of its own. The first is what holds where
 * none is.
 */
export function severalField(
	form: Form,
	path: Path,
	label: string,
	choices: readonly string[],
	hint?: string,
): HTMLElement {
	const given = form.value(path);
	const pressed = new Set<unknown>(Array.isArray(given) ? given : [given ?? choices[0]]);
	const id = idOf(path);
	const buttons = choices.map((choice) => {
		const button = h(
			"button",
			{
				class: "chip",
				"aria-pressed": String(pressed.has(choice)),
				onclick: () => {
					if (!pressed.delete(choice)) pressed.add(choice);
					// One is always meant.
					if (pressed.size === 0) pressed.add(choice);
					button.setAttribute("aria-pressed", String(pressed.has(choice)));
					const list = choices.filter((one) => pressed.has(one));
					form.set(path, list.length > 1 ? list : list[0] === choices[0] ? undefined : list[0]);
				},
			},
			choice,
		);
		return button;
	});
	const group = h(
		"div",
		{ class: "chips", role: "group", id, "aria-labelledby": `${id}-label`, tabindex: -1 },
		...buttons,
	);
	return row(
		h("span", { id: `${id}-label` }, label),
		group,
		hint === undefined ? null : h("p", { class: "faint hint" }, hint),
		form.errorOf(fieldOf(path), label, group),
	);
}

/** A box to tick, as a row. */
export function checkField(form: Form, path: Path, label: string, text: string): HTMLElement {
	const box = h("input", {
		type: "checkbox",
		id: idOf(path),
		checked: form.value(path) === true,
		onchange: () => form.set(path, box.checked ? true : undefined),
	});
	return row(label, h("label", { class: "check" }, box, text), form.errorOf(fieldOf(path), label, box));
}

export function idOf(path: Path): string {
	return `study-${path.join("-")}`;
}
