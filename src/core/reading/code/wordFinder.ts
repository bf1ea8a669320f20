import { matchesAt } from "./statementScan.ts";

/** Words that a text is searched for, in letters of any case, and where they count. */
export interface SoughtWords {
	/** In small letters, digits and signs of ASCII. */
	readonly words: readonly string[];
	/** Whether no letter may stand before them. */
	readonly areWhole?: boolean;
	/** What must match behind them; sticky, and it may look back. */
	readonly behind?: RegExp;
}

/** A word that ends where the automaton is in a state, and where it begins or goes on with others. */
interface State<Kind> {
	readonly next: Map<string, State<Kind>>;
	/** The longest end of what led here that other words begin with. */
	rest: State<Kind> | null;
	readonly ends: Ending<Kind>[];
}

interface Ending<Kind> extends Omit<SoughtWords, "words"> {
	readonly kind: Kind;
	readonly length: number;
}

/** How many signs a row of the table has room for. */
const COLUMNS = 64;

/**
 * Finds many words in one pass over a text, with one look into a table a sign: an automaton whose state says which words
 * may be going on (Aho and Corasick 1975, "Efficient string matching"). Expressions of so many words try each at each sign.
 */
export class WordFinder<Kind> {
	/** The column of each sign of ASCII; 0 of those that are in no word. */
	readonly #columns = new Uint8Array(128);
	/** The state behind each state and sign; a state is the number of its row's first entry. */
	readonly #next: Uint16Array;
	/** By row; those in which no word ends come first. */
	readonly #endings: readonly (readonly Ending<Kind>[])[];
	readonly #firstEnding: number;
	#state = 0;

	constructor(sought: Iterable<readonly [kind: Kind, words: SoughtWords]>) {
		const found = [...statesOf(sought)];
		const states = [...found.filter(({ ends }) => ends.length === 0), ...found.filter(({ ends }) => ends.length > 0)];
		const numbers = new Map(states.map((state, i) => [state, i * COLUMNS]));
		const signs = [...new Set(states.flatMap(({ next }) => [...next.keys()]))];
		if (signs.length >= COLUMNS || states.length * COLUMNS > 2 ** 16)
			throw new RangeError(`words must have fewer signs and beginnings, got ${signs.length} and ${states.length}`);
		this.#next = new Uint16Array(states.length * COLUMNS);
		signs.forEach((sign, i) => {
			const column = i + 1;
			for (const same of [sign, sign.toUpperCase()]) this.#columns[same.charCodeAt(0)] = column;
			for (const state of states) this.#next[numbers.get(state)! + column] = numbers.get(behind(state, sign))!;
		});
		this.#endings = states.map(({ ends }) => ends);
		this.#firstEnding = states.findIndex(({ ends }) => ends.length > 0) * COLUMNS;
	}

	/** Visits each word in a text, also those inside others, by the offset of its last sign. */
	find(text: string, visit: (kind: Kind, last: number) => void): void {
		this.#state = 0;
		for (let at = this.#nextEnd(text, 0); at < text.length; at = this.#nextEnd(text, at + 1)) {
			for (const { kind, length, areWhole, behind } of this.#endings[this.#state / COLUMNS]!) {
				if (areWhole && isLetterAt(text, at - length)) continue;
				if (!behind || matchesAt(behind, text, at + 1)) visit(kind, at);
			}
		}
	}

	/** Where the next word may end; by itself, so that the engine compiles this loop for what it is. */
	#nextEnd(text: string, from: number): number {
		const [columns, next, firstEnding] = [this.#columns, this.#next, this.#firstEnding];
		let state = this.#state;
		let at = from;
		for (; at < text.length; at++) {
			const code = text.charCodeAt(at);
			state = next[state + (code < 128 ? columns[code]! : 0)]!;
			if (state >= firstEnding) break;
		}
		this.#state = state;
		return at;
	}
}

/** The states of the automaton, the one that it starts in first. */
function statesOf<Kind>(sought: Iterable<readonly [kind: Kind, words: SoughtWords]>): ReadonlySet<State<Kind>> {
	const start: State<Kind> = { next: new Map(), rest: null, ends: [] };
	for (const [kind, { words, ...where }] of sought) {
		for (const word of words) {
			let state = start;
			for (const sign of word) {
				const next = state.next.get(sign) ?? { next: new Map(), rest: null, ends: [] };
				state.next.set(sign, next);
				state = next;
			}
			state.ends.push({ kind, length: word.length, ...where });
		}
	}
	// Shorter beginnings first: what they know is what longer ones go on with.
	const states = new Set([start]);
	for (const state of states) {
		for (const [sign, next] of state.next) {
			next.rest = state.rest ? behind(state.rest, sign) : start;
			next.ends.push(...next.rest.ends);
			states.add(next);
		}
	}
	return states;
}

/** The state that a sign leads to. */
function behind<Kind>(state: State<Kind>, sign: string): State<Kind> {
	for (let each: State<Kind> | null = state; each; each = each.rest) {
		const next = each.next.get(sign);
		if (next) return next;
		if (!each.rest) return each;
	}
	return state;
}

function isLetterAt(text: string, at: number): boolean {
	const small = text.charCodeAt(at) | 32;
	return small >= 97 && small <= 122;
}
