import { nextWord } from "./words.ts";

/** A function or class of the module, by its name. */
const DEFINITION = /^(?:(?:export|default|async) )*(?:def|class|function) (\w+)/gm;
/** A class that may have from another one what it does not have itself. */
export const DESCENDS = /^(?:(?:export|default) )*class \w+(?:\s*\(\s*[^)\s]|\s+extends\b)/;
/** What begins behind a definition. */
const END = /^[^\s)\]}#]/gm;
/** What may bring in any name. */
const STAR = /^(?:from|export) .*\*/m;

/** A text in which others look for names, by quick looks. */
export class SearchedText {
	readonly text: string;
	/** Where each is defined first. */
	#definitions: ReadonlyMap<string, number> | undefined;

	constructor(text: string) {
		this.text = text;
	}

	/** Whether it can have something of interest under a name; `concerns` says whether a definition is. */
	mayHold(name: string, concerns: (definition: string) => boolean): boolean {
		this.#definitions ??= definitionsIn(this.text);
		const start = this.#definitions.get(name);
		if (start === undefined) return nextWord(this.text, name, 0) >= 0 || STAR.test(this.text);
		// It ends where the next thing begins at the line's start.
		END.lastIndex = start + 1;
		return concerns(this.text.slice(start, END.exec(this.text)?.index));
	}
}

function definitionsIn(text: string): ReadonlyMap<string, number> {
	const found = new Map<string, number>();
	for (const { 1: name, index } of text.matchAll(DEFINITION)) if (!found.has(name!)) found.set(name!, index);
	return found;
}
