/** How a message shows a value that was found instead of the expected one: short, and told apart from the message's text. */
export function shown(value: unknown): string {
	if (value === undefined) return "nothing";
	// JSON has no number for NaN and the infinities.
	const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
	return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
