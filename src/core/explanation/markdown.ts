/** Text from the user's file on its way into Markdown: whatever it holds, it is shown and does nothing. */

/** Longer pieces of source are cut; a hover is no place to read them. */
const MOST_CHARACTERS = 100;

/** Plain text within a line: no Markdown, link, image, HTML, icon or entity can begin in it. */
export function escapeMarkdown(text: string): string {
	return visible(text).replace(/[!#$&*+.:<>@[\\\]^_`{|}~]/g, "\\$&");
}

/** A code span that shows the text as it is, back-ticks included. */
export function codeSpan(text: string, most = MOST_CHARACTERS): string {
	const shown = visible(text, most).trim();
	if (shown === "") return "";
	const longest = Math.max(0, ...Array.from(shown.matchAll(/`+/g), ([run]) => run.length));
	const fence = "`".repeat(longest + 1);
	const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
	return `${fence}${pad}${shown}${pad}${fence}`;
}

/** A block of preformatted lines. The text must be the project's own, such as printed numbers. */
export function codeBlock(text: string): string {
	const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
	const fence = "`".repeat(longest + 1);
	return `${fence}text\n${text}\n${fence}`;
}

/** One line without control characters or characters that reorder or hide others. */
function visible(text: string, most = MOST_CHARACTERS): string {
	const line = text.replace(/\s+/gu, " ").replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "\ufffd");
	const characters = Array.from(line);
	return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : line;
}
