/** Where a name stands in a text as a word, between two offsets. */
export function* wordsIn(text: string, name: string, from: number, to: number): Generator<number> {
	const within = text.slice(from, to); // Not to search behind it.
	for (let at = within.indexOf(name); at >= 0; at = within.indexOf(name, at + name.length)) {
		// A number that a name follows at once ends before it.
		const isWord = !(isWordAt(within, at - 1) && !isDigitAt(within, at - 1)) && !isWordAt(within, at + name.length);
		if (isWord) yield from + at;
	}
}

/** Whether a letter, digit or the like of ASCII stands at an offset. Others may belong to a name or not. */
function isWordAt(text: string, at: number): boolean {
	const code = text.charCodeAt(at);
	return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || isDigitAt(text, at);
}

function isDigitAt(text: string, at: number): boolean {
	const code = text.charCodeAt(at);
	return code >= 48 && code <= 57;
}
