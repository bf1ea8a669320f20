import type { Expression } from "../../../expression/expression.ts";
import type { CallArgument } from "../node.ts";
import type { CodeClass, CodeFunction, Place } from "../scope.ts";
import type { Value } from "../value.ts";
import type { NotUnderstood } from "./notUnderstood.ts";

/** What a piece of the body stands for. Names that are bound to one object share what is changed in place. */
export type Term =
	| NumberTerm
	| { readonly kind: "literal"; readonly value: boolean | string | null }
	| { readonly kind: "tuple"; readonly items: readonly Term[] }
	| { readonly kind: "value"; readonly value: Value }
	| {
			readonly kind: "closure";
			readonly function: CodeFunction;
			readonly environment: Environment | null;
			readonly self: Self | null;
			/** Whether the first parameter is the context of an automatic derivative. */
			readonly context?: boolean;
	  }
	| { readonly kind: "self"; readonly self: Self }
	/** An array while a loop runs over elements, of which there are `depth` loops around what it was made. */
	| { readonly kind: "array"; readonly e: Expression; readonly depth: number }
	/** A number from 0 up to the length of an axis, for each of which a loop runs, and that length. */
	| { readonly kind: "index" | "length"; readonly axis: number }
	/** The lengths of an array's axes, from one on. */
	| { readonly kind: "shape"; readonly axis: number }
	/** What was computed of the elements that a mask picks: it is a number among these alone. */
	| { readonly kind: "picked"; readonly e: Expression; readonly mask: Expression }
	/** The element of a list that a loop has not added yet. */
	| { readonly kind: "missing" }
	/** What is not understood, and matters where it is used alone: the code that computes it changes nothing. */
	| { readonly kind: "unread"; readonly reason: NotUnderstood };

/** A number, or all of an array: or of a list, which operators repeat and join. */
export interface NumberTerm {
	readonly kind: "number";
	readonly e: Expression;
	readonly isList?: true;
}

/** An object of a class of the file. */
export interface Self {
	readonly class: CodeClass;
	/** The arguments of the call that made it; null for the object of the definition itself. */
	readonly made: { readonly list: readonly CallArgument[]; readonly environment: Environment } | null;
	readonly fields: Map<string, Term>;
}

/** The names of one call of one function, or of one turn of a loop in it. */
export class Environment {
	readonly names: Map<string, Term>;
	readonly place: Place;
	readonly parent: Environment | null;
	/** In how many loops over elements its names are bound: each is of one element of the arrays that are bound outside. */
	readonly level: number;
	/** Conditions that do not hold where the code is run. */
	readonly excluded: readonly Expression[];

	constructor(
		place: Place,
		parent: Environment | null,
		level = parent?.level ?? 0,
		names = new Map<string, Term>(),
		excluded: readonly Expression[] = [],
	) {
		this.place = place;
		this.parent = parent;
		this.level = level;
		this.names = names;
		this.excluded = excluded;
	}

	find(name: string): Term | undefined {
		return this.ownerOf(name)?.names.get(name);
	}

	/** The innermost one that binds a name. */
	ownerOf(name: string): Environment | undefined {
		for (let env: Environment | null = this; env; env = env.parent) if (env.names.has(name)) return env;
		return undefined;
	}

	/** The names outside all loops. */
	get outermost(): Environment {
		return this.level > 0 && this.parent ? this.parent.outermost : this;
	}

	/**
	 * The names of one of several ways to go on: what one of them changes in place stays what it was in the others. On this
	 * way `excluded` does not hold either.
	 */
	copy(excluded: readonly Expression[] = []): Environment {
		const copies = new Map<Term, Term>();
		const copyOf = (term: Term): Term => {
			if (term.kind !== "number") return term;
			const known = copies.get(term) ?? { ...term };
			copies.set(term, known);
			return known;
		};
		return new Environment(
			this.place,
			this.parent,
			this.level,
			new Map([...this.names].map(([name, term]) => [name, copyOf(term)])),
			[...this.excluded, ...excluded],
		);
	}
}

/** Python's `None`. */
export const NONE: Term = { kind: "literal", value: null };
/** A term that is a number. */
export const number = (e: Expression): NumberTerm => ({ kind: "number", e });
/** A term that is a list of numbers. */
export const list = (e: Expression): NumberTerm => ({ kind: "number", e, isList: true });
