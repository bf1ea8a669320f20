type Child = Node | string | null;
type Attribute = string | number | boolean | ((event: never) => void) | undefined;

/**
 * A new element. An attribute that is a function is a listener (`onclick`), `true` is an empty attribute, `false` and
 * `undefined` are none. Text only ever becomes a text node, so what comes from the user's code cannot become markup.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
	tag: Tag,
	attributes: Readonly<Record<string, Attribute>> = {},
	...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value as EventListener);
		else if (value === true) element.setAttribute(name, "");
		else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
	}
	element.append(...children.filter((child) => child !== null));
	return element;
}

/** Shows or hides an element, for everyone. */
export function show(element: HTMLElement, visible: boolean): void {
	element.hidden = !visible;
}

/** Sets the text unless it is that already: a live region speaks whenever it is written. */
export function setText(element: HTMLElement, text: string): void {
	if (element.textContent !== text) element.textContent = text;
}

/** A table with a caption for those who do not see the chart. Numbers are right-aligned. */
export function dataTable(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
	return h(
		"div",
		// A region that scrolls is reached and scrolled by keyboard.
		{ class: "table-scroll", tabindex: 0, role: "region", "aria-label": caption },
		h(
			"table",
			{ class: "data" },
			h("caption", { class: "visually-hidden" }, caption),
			h("thead", {}, h("tr", {}, ...head.map((name) => h("th", { scope: "col" }, name)))),
			h(
				"tbody",
				{},
				...rows.map(([first = "", ...rest]) =>
					h("tr", {}, h("th", { scope: "row" }, first), ...rest.map((cell) => h("td", {}, cell))),
				),
			),
		),
	);
}
