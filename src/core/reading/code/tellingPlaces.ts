import { firstIndex } from "../../firstIndex.ts";
import { isTelling, TELLING_NAMES, TELLING_SIGNS } from "./telling.ts";
import { wordsIn } from "./words.ts";

interface Range {
	readonly from: number;
	readonly to: number;
}

/**
 * Where a text may tell of an activation: at the names of activations, at those that were found to stand for one or to
 * lead to one, and at signs of a function by hand. What holds none of them is none, and need not be looked at.
 */
export class TellingPlaces {
	readonly #text: string;
	readonly #names: Offsets;
	readonly #signs: Offsets;
	#areEverywhere = false;

	constructor(text: string) {
		this.#text = text;
		this.#names = new Offsets(endsOf(TELLING_NAMES, text));
		this.#signs = new Offsets(endsOf(TELLING_SIGNS, text));
	}

	get areAny(): boolean {
		return this.#names.areAny || this.#signs.areAny;
	}

	/** Whether what stands between two offsets may use an activation or define one: see `isTelling`. */
	isTelling(from: number, to: number): boolean {
		return this.mayDefine({ from, to }) && isTelling(this.#text.slice(from, to));
	}

	/** Whether what stands there may be an activation by hand. */
	mayDefine(range: Range): boolean {
		return this.mayName(range) || this.#signs.areIn(range);
	}

	/** Whether what stands there may be an activation by its names. */
	mayName(range: Range): boolean {
		return this.#areEverywhere || this.#names.areIn(range);
	}

	/** Adds a name wherever it stands between two offsets. */
	add(name: string, from = 0, to = this.#text.length): void {
		this.#names.add(wordsIn(this.#text, name, from, to));
	}

	/** Anything may name one from here on. */
	addAll(): void {
		this.#areEverywhere = true;
	}
}

/** A sorted list of offsets. */
class Offsets {
	readonly #all: number[];
	#isSorted = true;

	constructor(all: number[]) {
		this.#all = all;
	}

	get areAny(): boolean {
		return this.#all.length > 0;
	}

	add(more: Iterable<number>): void {
		for (const each of more) this.#all.push(each);
		this.#isSorted = false;
	}

	areIn({ from, to }: Range): boolean {
		const all = this.#all;
		if (!this.#isSorted) all.sort((a, b) => a - b);
		this.#isSorted = true;
		const first = firstIndex(0, all.length, (i) => all[i]! >= from);
		return first < all.length && all[first]! < to;
	}
}

/** The offset of the last character of all that a pattern finds. */
function endsOf(pattern: RegExp, text: string): number[] {
	const found: number[] = [];
	pattern.lastIndex = 0;
	while (pattern.test(text)) found.push(pattern.lastIndex - 1);
	return found;
}
