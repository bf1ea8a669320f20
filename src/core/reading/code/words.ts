import { firstIndex } from "../../firstIndex.ts";

/** Where a name next stands in a text as a word, from an offset on; -1 where it does not. */
export function nextWord(text: string, name: string, from: number): number {
	if (name === "") return -1;
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

/** As many searches go through a text; for more its words are listed, which takes as long as a hundred. */
const MOST_SEARCHED = 60;

/** Finds many names in one text, each as `nextWord` does. */
export class WordPlaces {
	readonly #text: string;
	/** How many searches have begun. */
	#searched = 0;
	#places: ReadonlyMap<string, readonly number[]> | undefined;

	constructor(text: string) {
		this.#text = text;
	}

	/** Where a name next stands as a word, from an offset on; -1 where it does not. */
	next(name: string, from: number): number {
		if (from === 0) this.#searched++;
		if (this.#searched <= MOST_SEARCHED || !/^[a-z_]\w*$/i.test(name)) return nextWord(this.#text, name, from);
		this.#places ??= placesIn(this.#text);
		const places = this.#places.get(name) ?? [];
		return places[firstIndex(0, places.length, (i) => places[i]! >= from)] ?? -1;
	}
}

/** Where each word of a text stands, also what follows a number at once. */
function placesIn(text: string): ReadonlyMap<string, readonly number[]> {
	const found = new Map<string, number[]>();
	const add = (word: string, at: number) => {
		const known = found.get(word);
		if (known) known.push(at);
		else found.set(word, [at]);
	};
	for (let from = 0; from < text.length; from++) {
		if (!isWordAt(text, from)) continue;
		let to = from + 1;
		while (isWordAt(text, to)) to++;
		add(text.slice(from, to), from);
		for (let at = from + 1; at < to; at++) {
			if (isDigitAt(text, at - 1) && !isDigitAt(text, at)) add(text.slice(at, to), at);
		}
		from = to;
	}
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
