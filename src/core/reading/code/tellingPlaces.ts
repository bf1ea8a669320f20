import { firstIndex } from "../../firstIndex.ts";
import { type Telling, tellingWords } from "./telling.ts";
import { WordPlaces, wordsIn } from "./words.ts";

interface Range {
	readonly from: number;
	readonly to: number;
}

/** A function by hand is no longer than this; one that it calls is shorter. */
const LONGEST = 1500;
const LONGEST_CALLED = 600;
/** Nor is it with its description. */
const LONGEST_DESCRIBED = 8000;
/** What it does not have: texts, and what is not understood. */
const OTHER = /["'`]|\b(?:isinstance|yield|await|try|while|continue|break|super)\b|\bself\.\w+[ \t]*(?:\(|=(?!=))/;
const TEXTS_AND_COMMENTS = /"""[\s\S]*?"""|'''[\s\S]*?'''|#.*/g;

/** Whether what a statement defines may be an activation, have one, or compute a part of one: a quick look, without parsing. */
export function mayConcern(definition: string): boolean {
	const places = new TellingPlaces(definition);
	const all = { from: 0, to: definition.length };
	return places.mayBeCalled(all) || places.isTelling(all);
}

/** Whether it may be an activation or have one by itself. */
export function mayBeActivation(definition: string): boolean {
	return new TellingPlaces(definition).isTelling({ from: 0, to: definition.length });
}

/**
 * Where a text may tell of an activation: at the names of activations, at those that were found to stand for one or to
 * lead to one, and at signs of a function by hand. What holds none of them is none, and need not be looked at.
 */
export class TellingPlaces {
	readonly #text: string;
	readonly #words: WordPlaces;
	readonly #found: Readonly<Record<Telling, Offsets>> = {
		name: new Offsets(),
		sign: new Offsets(),
		result: new Offsets(),
	};
	readonly #added = new Offsets();
	#areEverywhere = false;

	constructor(text: string) {
		this.#text = text;
		this.#words = new WordPlaces(text);
		tellingWords.find(text, (telling, last) => this.#found[telling].add(last));
	}

	get areAny(): boolean {
		return this.#found.name.areAny || this.#found.sign.areAny;
	}

	/** Whether what stands there may use an activation or define one, as far as is known before any is added. */
	isTelling(range: Range): boolean {
		const { name, sign, result } = this.#found;
		const mayBeFunction = isShort(range) && sign.areIn(range) && result.areIn(range);
		if (!mayBeFunction && !name.areIn(range)) return false;
		const code = this.#codeIn(range);
		if (code.name > 0) return true;
		return mayBeFunction && code.length <= LONGEST && code.sign > 0 && code.result > 0 && !this.#isOther(range);
	}

	/** Whether what stands there may be a function that one by hand calls. */
	mayBeCalled(range: Range): boolean {
		return isShort(range) && this.#found.result.areIn(range) && this.#codeIn(range).length <= LONGEST_CALLED;
	}

	/** Whether what stands there may be an activation by hand. */
	mayDefine(range: Range): boolean {
		return this.mayName(range) || this.#found.sign.areIn(range);
	}

	/** Whether what stands there may be an activation by its names. */
	mayName(range: Range): boolean {
		return this.#areEverywhere || this.#found.name.areIn(range) || this.#added.areIn(range);
	}

	/** Whether a name stands in more than one place: one that is imported and not used tells of nothing. */
	standsAgain(name: string): boolean {
		const first = this.#words.next(name, 0);
		return first >= 0 && this.#words.next(name, first + name.length) >= 0;
	}

	/** Adds a name wherever it stands, or wherever it does between two offsets. */
	add(name: string, from?: number, to?: number): void {
		if (from !== undefined && to !== undefined) {
			for (const at of wordsIn(this.#text, name, from, to)) this.#added.add(at);
			return;
		}
		for (let at = this.#words.next(name, 0); at >= 0; at = this.#words.next(name, at + name.length))
			this.#added.add(at);
	}

	/** Anything may name one from here on. */
	addAll(): void {
		this.#areEverywhere = true;
	}

	/** What stands there without long texts and comments. */
	#codeIn({ from, to }: Range): Held {
		const code = this.#heldIn(from, to);
		for (const { 0: text, index } of this.#text.slice(from, to).matchAll(TEXTS_AND_COMMENTS)) {
			const held = this.#heldIn(from + index, from + index + text.length);
			code.length -= held.length;
			code.name -= held.name;
			code.sign -= held.sign;
			code.result -= held.result;
		}
		return code;
	}

	/** Whether a function by hand that no name tells of cannot stand there. */
	#isOther({ from, to }: Range): boolean {
		return OTHER.test(this.#text.slice(from, to).replace(TEXTS_AND_COMMENTS, ""));
	}

	#heldIn(from: number, to: number): Held {
		const { name, sign, result } = this.#found;
		const range = { from, to };
		return { length: to - from, name: name.countIn(range), sign: sign.countIn(range), result: result.countIn(range) };
	}
}

/** How long some text is, and how many places of each kind lie in it. */
type Held = Record<Telling | "length", number>;

function isShort({ from, to }: Range): boolean {
	return to - from <= LONGEST_DESCRIBED;
}

/** A sorted list of offsets. */
class Offsets {
	readonly #all: number[] = [];
	#isSorted = true;

	get areAny(): boolean {
		return this.#all.length > 0;
	}

	add(offset: number): void {
		const all = this.#all;
		if (all.length > 0 && all[all.length - 1]! > offset) this.#isSorted = false;
		all.push(offset);
	}

	areIn({ from, to }: Range): boolean {
		const first = this.#behind(from);
		return first < this.#all.length && this.#all[first]! < to;
	}

	countIn({ from, to }: Range): number {
		return this.#behind(to) - this.#behind(from);
	}

	/** The index of the first offset from one on. */
	#behind(from: number): number {
		const all = this.#all;
		if (!this.#isSorted) all.sort((a, b) => a - b);
		this.#isSorted = true;
		return firstIndex(0, all.length, (i) => all[i]! >= from);
	}
}
