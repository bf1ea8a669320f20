import { h } from "../dom.ts";

/** A part of a view that opens and closes under its heading; `onOpen` is called when it has been opened. */
export function section(
	id: string,
	title: string,
	open: boolean,
	onOpen: () => void,
	...children: readonly HTMLElement[]
): HTMLDetailsElement {
	const element = h(
		"details",
		{
			class: "section",
			"data-section": id,
			open,
			ontoggle: () => {
				if (element.open) onOpen();
			},
		},
		h("summary", {}, h("h2", {}, title)),
		...children,
	);
	return element;
}
