/** Small helpers to build the page without HTML text, so that nothing from the user's code is ever parsed as markup. */

type Child = Node | string | null | undefined;

/** An element with properties and children; text children are text, never markup. */
export function el<Name extends keyof HTMLElementTagNameMap>(
	name: Name,
	properties: Partial<HTMLElementTagNameMap[Name]> & { readonly data?: Readonly<Record<string, string>> } = {},
	...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
	const { data, ...rest } = properties;
	const element = Object.assign(document.createElement(name), rest);
	Object.assign(element.dataset, data);
	element.append(...children.filter((child) => child !== null && child !== undefined));
	return element;
}

/** A button that says what it does, also to a screen reader. */
export function button(
	label: string,
	onClick: () => void,
	options: { icon?: string; className?: string } = {},
): HTMLButtonElement {
	return el(
		"button",
		{
			type: "button",
			className: options.className ?? "button",
			title: label,
			ariaLabel: label,
			onclick: () => onClick(),
		},
		options.icon ?? label,
	);
}

/** A number for reading: six significant digits, a true minus, words for what is no number. */
export function shown(value: number, digits = 6): string {
	if (Number.isNaN(value)) return "—";
	if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
	const size = Math.abs(value);
	const text =
		size !== 0 && (size < 1e-4 || size >= 1e7)
			? value.toExponential(digits - 2)
			: String(Number(value.toPrecision(digits)));
	return text.replaceAll("-", "−");
}
