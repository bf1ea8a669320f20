import type { Padding, Shape } from "./model.ts";
import { truthOf } from "./operators.ts";
import { type Arguments, numberOf, type Thing } from "./thing.ts";

/** The arguments of a call of a library's, by the names of its parameters in their order. */
export class Given {
	readonly #given: Arguments;
	readonly #order: readonly string[];

	constructor(given: Arguments, order: string) {
		this.#given = given;
		this.#order = order.split(" ");
	}

	/** What is given for a parameter; undefined where nothing is, so that its default holds. */
	thing(name: string): Thing | undefined {
		const { named, positional, open } = this.#given;
		const at = this.#order.indexOf(name);
		return named.get(name) ?? (at >= 0 ? positional[at] : undefined) ?? open ?? undefined;
	}

	has(name: string): boolean {
		return this.thing(name) !== undefined;
	}

	/** A number; null if what is given is none that is known. */
	number(name: string, otherwise: number | null = null): number | null {
		const thing = this.thing(name);
		return thing === undefined ? otherwise : numberOf(thing);
	}

	/** A number, or null where None is given; undefined if it is not known. */
	optional(name: string, otherwise: number | null): number | null | undefined {
		const thing = this.thing(name);
		if (thing === undefined) return otherwise;
		return thing.kind === "none" ? null : (numberOf(thing) ?? undefined);
	}

	/** A truth; undefined if it is not known. */
	truth(name: string, otherwise: boolean): boolean | undefined {
		const thing = this.thing(name);
		return thing === undefined ? otherwise : truthOf(thing);
	}

	text(name: string, otherwise: string | null = null): string | null {
		const thing = this.thing(name);
		return thing === undefined ? otherwise : thing.kind === "string" ? thing.value : null;
	}

	/** One number for all axes, or one for each; of a pair for both ends of an axis the one that both are. */
	axes(name: string, count: number, otherwise: number | null): (number | null)[] {
		const thing = this.thing(name);
		if (thing?.kind === "list" && !thing.open && thing.items.length === count) return thing.items.map(evenly);
		const value = thing === undefined ? otherwise : numberOf(thing);
		return Array.from({ length: count }, () => value);
	}

	/** Zeros around the places: a number for all axes, one for each, or a word ("valid" is none). */
	padding(name: string, count: number): Padding {
		const thing = this.thing(name);
		if (thing?.kind !== "string") return this.axes(name, count, 0);
		const word = thing.value.toLowerCase();
		return word === "same" ? "same" : Array.from({ length: count }, () => (word === "valid" ? 0 : null));
	}

	/** Numbers in a list; null for what is no list that is known. */
	shape(name: string): Shape {
		const thing = this.thing(name);
		return thing ? shapeOf(thing) : null;
	}
}

function evenly(thing: Thing): number | null {
	if (thing.kind !== "list" || thing.open || thing.items.length !== 2) return numberOf(thing);
	const [before, behind] = thing.items.map((each) => numberOf(each));
	return before === behind ? (before ?? null) : null;
}

/** The numbers of a list, null where one is not known; null for what is no list. */
export function shapeOf(thing: Thing): Shape {
	return thing.kind === "list" && !thing.open ? thing.items.map((each) => numberOf(each)) : null;
}

/** The product of sizes; null if one is not known. */
export function productOf(sizes: Shape): number | null {
	return sizes?.reduce<number | null>((a, b) => (a === null || b === null ? null : a * b), 1) ?? null;
}
