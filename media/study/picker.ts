import { h, show } from "../dom.ts";

/** An entry of a picker, with what it is found by. */
export interface Choice {
	readonly title: string;
	/** Beside the title, fainter. */
	readonly detail: string;
	readonly choose: () => void;
}

/** A list of choices under a heading. */
export interface ChoiceGroup {
	readonly title: string;
	readonly choices: readonly Choice[];
}

/**
 * A text field that finds an entry as it is typed: the arrow keys go through the list, Enter takes an entry, Escape
 * closes. What it offers is asked for anew whenever it is opened.
 */
export function picker(
	id: string,
	label: string,
	groups: () => Promise<readonly ChoiceGroup[]>,
	onError: (request: Promise<unknown>) => void,
): HTMLElement {
	const list = h("div", { class: "options", id: `${id}-list`, role: "listbox", "aria-label": label, hidden: true });
	const input = h("input", {
		type: "text",
		id,
		role: "combobox",
		class: "wide",
		placeholder: label,
		"aria-label": label,
		"aria-autocomplete": "list",
		"aria-expanded": "false",
		"aria-controls": list.id,
		autocomplete: "off",
		spellcheck: "false",
		onclick: () => open(),
		oninput: () => open(),
		onblur: () => close(),
		onkeydown: onKey,
	});
	let offered: readonly ChoiceGroup[] = [];
	let shown: { readonly choice: Choice; readonly element: HTMLElement }[] = [];
	let active = 0;
	let isOpen = false;

	function open(): void {
		if (isOpen) {
			fill();
			return;
		}
		isOpen = true;
		onError(
			groups().then((found) => {
				offered = found;
				if (isOpen) fill();
			}),
		);
	}

	function close(): void {
		isOpen = false;
		show(list, false);
		input.setAttribute("aria-expanded", "false");
		input.removeAttribute("aria-activedescendant");
	}

	function fill(): void {
		const wanted = input.value.trim().toLowerCase();
		shown = [];
		const parts = offered.flatMap(({ title, choices }) => {
			const fitting = choices.filter(({ title: name, detail }) => `${name} ${detail}`.toLowerCase().includes(wanted));
			// What begins with the text comes first.
			const rank = ({ title: name }: Choice) => (name.toLowerCase().startsWith(wanted) ? 0 : 1);
			const options = fitting
				.toSorted((a, b) => rank(a) - rank(b))
				.map((choice) => {
					const element = h(
						"div",
						{
							role: "option",
							id: `${id}-${shown.length}`,
							class: "option",
							onmousedown: (event: MouseEvent) => take(event, choice),
						},
						h("span", {}, choice.title),
						choice.detail === choice.title ? null : h("span", { class: "faint" }, choice.detail),
					);
					shown.push({ choice, element });
					return element;
				});
			if (options.length === 0) return [];
			return [
				h("div", { role: "group", "aria-label": title }, h("div", { class: "group-title faint" }, title), ...options),
			];
		});
		list.replaceChildren(...parts);
		show(list, shown.length > 0);
		input.setAttribute("aria-expanded", String(shown.length > 0));
		mark(0);
	}

	function mark(index: number): void {
		active = index;
		shown.forEach(({ element }, i) => {
			element.setAttribute("aria-selected", String(i === active));
		});
		const element = shown[active]?.element;
		input.setAttribute("aria-activedescendant", element?.id ?? "");
		element?.scrollIntoView({ block: "nearest" });
	}

	/** On the press already: the field would lose the focus before the click. */
	function take(event: Event, choice: Choice): void {
		event.preventDefault();
		input.value = "";
		close();
		choice.choose();
	}

	function onKey(event: KeyboardEvent): void {
		const step: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
		const by = step[event.key];
		if (by !== undefined) {
			event.preventDefault();
			if (isOpen) mark(Math.max(0, Math.min(shown.length - 1, active + by)));
			else open();
		} else if (event.key === "Enter" && isOpen) {
			const marked = shown[active];
			if (marked) take(event, marked.choice);
		} else if (event.key === "Escape" && isOpen) {
			event.preventDefault();
			close();
		}
	}

	return h("div", { class: "picker" }, input, list);
}
