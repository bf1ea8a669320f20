import type { Expression } from "../../../expression/expression.ts";
import type { CallArgument } from "../node.ts";
import type { CodeClass, CodeFunction, Place } from "../scope.ts";
import type { Value } from "../value.ts";

/** What a piece of the body stands for. Names that are bound to one object share what is changed in place. */
export type Term =
	| { readonly kind: "number"; readonly e: Expression }
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
	| { readonly kind: "self"; readonly self: Self };

/** An object of a class of the file. */
export interface Self {
	readonly class: CodeClass;
	/** The arguments of the call that made it; null for the object of the definition itself. */
	readonly made: { readonly list: readonly CallArgument[]; readonly environment: Environment } | null;
	readonly fields: Map<string, Term>;
}

/** The names of one call of one function. */
export class Environment {
	readonly names: Map<string, Term>;
	readonly place: Place;
	readonly parent: Environment | null;

	constructor(place: Place, parent: Environment | null, names = new Map<string, Term>()) {
		this.place = place;
		this.parent = parent;
		this.names = names;
	}

	find(name: string): Term | undefined {
		for (let env: Environment | null = this; env; env = env.parent) {
			const term = env.names.get(name);
			if (term) return term;
		}
		return undefined;
	}

	/** The names of one of several ways to go on: what one of them changes in place stays what it was in the others. */
	copy(): Environment {
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
			new Map([...this.names].map(([name, term]) => [name, copyOf(term)])),
		);
	}
}

/** Python's `None`. */
export const NONE: Term = { kind: "literal", value: null };
/** A term that is a number. */
export const number = (e: Expression): Term => ({ kind: "number", e });
