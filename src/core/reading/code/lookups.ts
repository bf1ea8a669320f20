import type { Binding, CodeClass } from "./scope.ts";

/** Stands among the names that were looked up for the modules of `import *`. */
export const STARS = "*";

const MENTION = "~";

/** Stands among the names that were looked up for the places where a name is used. */
export function mentionOf(name: string): string {
	return MENTION + name;
}

/** The name whose uses were looked at; undefined where something else was looked up. */
export function mentionedBy(lookup: string): string | undefined {
	return lookup.startsWith(MENTION) ? lookup.slice(MENTION.length) : undefined;
}

/** Stands among what was looked up for an attribute of a class; without its name, for what the class descends from. */
export function attributeOf(owner: CodeClass, property = ""): string {
	return `${numberOf(owner)}.${property}`;
}

/** Tells classes of one name apart, as a notebook has that defines one again and again. */
const numbers = new WeakMap<CodeClass, number>();
let count = 0;

function numberOf(owner: CodeClass): number {
	const known = numbers.get(owner) ?? ++count;
	numbers.set(owner, known);
	return known;
}

/** What an edit changes. */
export interface Changes {
	/** What others may have looked up of what went or came. */
	readonly names: ReadonlySet<string>;
	/** Those that may be bound there at any time, from within a function. */
	readonly anyTime: ReadonlySet<string>;
	/** Where it went and came: all of that, before the text moved and behind. */
	readonly from: number;
	readonly to: number;
}

/** Where a name counts. */
interface Reach {
	/** From this binding of it on, which is certain; undefined where any does. */
	from: Binding | undefined;
	/** Whether only up to the end of the part that is read. */
	isUpToEnd: boolean;
}

/**
 * What of the whole text something that is read in a part of it depends on: the names that were looked up in its scope,
 * `STARS` if any was not found there, `mentionOf` each whose uses were looked at, and `attributeOf` each class that was
 * looked at. A name that is bound again and again, as in a notebook, counts from the binding that holds.
 */
export class Lookups {
	readonly #found = new Map<string, Reach>();
	readonly #end: number;

	/** `end` is that of the part as it lies while it is read. */
	constructor(end: number = Number.POSITIVE_INFINITY) {
		this.#end = end;
	}

	get names(): Iterable<string> {
		return this.#found.keys();
	}

	copy(): Lookups {
		const copy = new Lookups(this.#end);
		copy.addAll(this, false);
		return copy;
	}

	/** Adds a name as it counts from a binding on, and up to an offset. */
	add(name: string, from?: Binding, to = Number.POSITIVE_INFINITY): void {
		this.#add(name, from, to <= this.#end);
	}

	/** Adds what another part's reading depends on; `isBehind` says whether that part stands behind this one. */
	addAll(other: Lookups, isBehind: boolean): void {
		for (const [name, { from, isUpToEnd }] of other.#found) this.#add(name, from, isUpToEnd && !isBehind);
	}

	/** Whether a change concerns what was read in the part, which now ends at `end`. */
	areChangedBy({ names, anyTime, from, to }: Changes, end: number): boolean {
		for (const name of names.size < this.#found.size ? names : this.#found.keys()) {
			const reach = names.has(name) && this.#found.get(name);
			if (!reach) continue;
			const isBefore = reach.from !== undefined && to < startOf(reach.from);
			const isBehind = reach.isUpToEnd && from > end;
			if (anyTime.has(name) || !(isBefore || isBehind)) return true;
		}
		return false;
	}

	#add(name: string, from: Binding | undefined, isUpToEnd: boolean): void {
		const known = this.#found.get(name);
		if (!known) {
			this.#found.set(name, { from, isUpToEnd });
			return;
		}
		if (known.from !== from && (!from || !known.from || startOf(from) < startOf(known.from)))
			known.from = known.from && from;
		known.isUpToEnd &&= isUpToEnd;
	}
}

/** Where a binding begins to be written: a class holds from behind its last member, which is another part than its first line. */
function startOf({ at, what }: Binding): number {
	return what.kind === "class" ? what.class.node.from : at;
}
