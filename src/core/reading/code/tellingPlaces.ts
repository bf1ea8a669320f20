import { firstIndex } from "../../firstIndex.ts";
import { TELLING_NAMES } from "./telling.ts";
import { wordsIn } from "./words.ts";

/** What turns a string into the attribute of that name. */
const ATTRIBUTE_BY_STRING = "getattr";

/**
 * Where a text may tell of an activation: at the names of activations, and at those that were found to stand for one, or
 * to lead to one. What holds none of them is none, and need not be looked at.
 */
export class TellingPlaces {
	readonly #text: string;
	/** Offsets of a character of each. */
	readonly #offsets: number[] = [];
	#isSorted = true;
	#areEverywhere = false;

	constructor(text: string) {
		this.#text = text;
		for (const { index, 0: name } of text.matchAll(TELLING_NAMES)) this.#offsets.push(index + name.length - 1);
		this.add(ATTRIBUTE_BY_STRING);
	}

	/** Adds a name wherever it stands between two offsets. */
	add(name: string, from = 0, to = this.#text.length): void {
		for (const at of wordsIn(this.#text, name, from, to)) {
			this.#offsets.push(at);
			this.#isSorted = false;
		}
	}

	/** Anything may stand for one, from here on. */
	addAll(): void {
		this.#areEverywhere = true;
	}

	/** Whether one lies between two offsets. */
	areIn({ from, to }: { readonly from: number; readonly to: number }): boolean {
		if (this.#areEverywhere) return true;
		if (!this.#isSorted) this.#offsets.sort((a, b) => a - b);
		this.#isSorted = true;
		const offsets = this.#offsets;
		const first = firstIndex(0, offsets.length, (i) => offsets[i]! >= from);
		return first < offsets.length && offsets[first]! < to;
	}
}
