/** What a scan for the statements of a module passes over, in Python as in JavaScript. */

/** A run of simple statements is no longer than this, or one edit would have all of them parsed again. */
export const LONGEST_RUN = 2000;

/** A class is one part up to the first member behind so many characters, and each member from there on is one. */
export const SHORT_CLASS = 1000;

const [LINE_FEED, RETURN, BACKSLASH] = [10, 13, 92];

/** Whether a sticky pattern matches at an offset. */
export function matchesAt(pattern: RegExp, text: string, at: number): boolean {
	pattern.lastIndex = at;
	return pattern.test(text);
}

/** The end of a string of one line that opens at `at`: behind its closing quote, or where the line or the text ends before it. */
export function quotedEnd(text: string, at: number, quote: number): number {
	for (let end = at + 1; end < text.length; end++) {
		const character = text.charCodeAt(end);
		if (character === quote) return end + 1;
		if (character === BACKSLASH)
			end += text.charCodeAt(end + 1) === RETURN && text.charCodeAt(end + 2) === LINE_FEED ? 2 : 1;
		else if (character === LINE_FEED || character === RETURN) return end;
	}
	return text.length;
}

/** The offset of the line end behind `at`. */
export function lineEnd(text: string, at: number): number {
	let end = at;
	while (end < text.length && text.charCodeAt(end) !== LINE_FEED && text.charCodeAt(end) !== RETURN) end++;
	return end;
}
