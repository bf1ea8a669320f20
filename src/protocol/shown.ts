/** Characters of a value that a message shows. */
const LONGEST = 60;

/** How a message shows a value that was found instead of the expected one: short, and told apart from the message's text. */
export function shown(value: unknown): string {
	if (value === undefined) return "nothing";
	// JSON has no number for NaN and the infinities.
	const text = typeof value === "number" ? String(value) : (JSON.stringify(beginningOf(value)) ?? String(value));
	return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}…` : text;
}

/** What of a value can be shown: the others of its million entries, or of the lists within its lists, are not written. */
function beginningOf(value: unknown, depth = LONGEST): unknown {
	if (typeof value !== "object" || value === null) return value;
	if (depth === 0) return null;
	if (Array.isArray(value)) return value.slice(0, LONGEST).map((one) => beginningOf(one, depth - 1));
	return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, beginningOf(one, depth - 1)]));
}
