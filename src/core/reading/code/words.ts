/** Where a name next stands in a text as a word, from an offset on; -1 where it does not. */
export function nextWord(text: string, name: string, from: number): number {
	for (let at = text.indexOf(name, from); at >= 0; at = text.indexOf(name, at + name.length)) {
		// A number that a name follows at once ends before it.
		const isWord = !(isWordAt(text, at - 1) && !isDigitAt(text, at - 1)) && !isWordAt(text, at + name.length);
		if (isWord) return at;
	}
	return -1;
}

/** Where it does so between two offsets. */
export function wordsIn(text: string, name: string, from: number, to: number): number[] {
	const within = text.slice(from, to); // Not to search behind it.
	const found: number[] = [];
	for (let at = nextWord(within, name, 0); at >= 0; at = nextWord(within, name, at + name.length))
		found.push(from + at);
	return found;
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
