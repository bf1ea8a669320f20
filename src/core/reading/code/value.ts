import type { LibraryEntry } from "../../activations/libraries/entry.ts";
import { canonicalName, resolveName } from "../../activations/libraries/resolve.ts";
import type { BoundParameters } from "./callParameters.ts";
import type { Item } from "./collections.ts";
import type { SyntaxNode } from "./node.ts";
import type { Resolver } from "./resolver.ts";
import type { CodeClass, CodeFunction, Place } from "./scope.ts";

/** What an expression of the file stands for, as far as it is certain. */
export type Value =
	/** A module or name of a library, by its full dotted name. */
	| { readonly kind: "name"; readonly name: string }
	/**
	 * An activation with its parameters: a module's instance, a partial application, the value of `ACT2FN["gelu"]`; or
	 * what makes one when it is called: `partial(nn.LeakyReLU, 0.2)`.
	 */
	| {
			readonly kind: "activation";
			readonly entry: LibraryEntry;
			readonly bound: BoundParameters;
			readonly isMaker?: boolean;
	  }
	/** A list or table; `literal` holds its items. */
	| {
			readonly kind: "collection";
			readonly literal: SyntaxNode;
			readonly items: readonly Item[];
			readonly place: Place;
	  }
	| { readonly kind: "function"; readonly function: CodeFunction }
	| { readonly kind: "class"; readonly class: CodeClass }
	/** An instance of a class of the file; `call` made it. */
	| { readonly kind: "object"; readonly class: CodeClass; readonly call: SyntaxNode; readonly place: Place }
	/** The object that a method works on. */
	| { readonly kind: "self"; readonly class: CodeClass }
	/** A file of the workspace, imported as a whole. */
	| { readonly kind: "module"; readonly file: Resolver };

/** What a name or attribute stands for, and whether through an assignment (`act = nn.ReLU()`), not an import or def. */
export interface Resolved {
	readonly value: Value;
	readonly assigned: boolean;
}

/** The one value that all are; null entries (None) do not count, undefined ones spoil it. */
export function agree(values: readonly (Value | null | undefined)[]): Value | undefined {
	let common: Value | undefined;
	for (const value of values) {
		if (value === undefined) return undefined;
		if (value === null) continue;
		if (common && !sameValue(common, value)) return undefined;
		common ??= value;
	}
	return common;
}

function sameValue(a: Value, b: Value): boolean {
	if (a === b) return true;
	if (a.kind === "name" && b.kind === "name")
		return a.name === b.name || sameEntry(a.name, b.name) || sameModule(a.name, b.name);
	if (a.kind === "function" && b.kind === "function") return a.function === b.function;
	if (a.kind === "collection" && b.kind === "collection") return a.literal === b.literal;
	if (a.kind === "object" && b.kind === "object") return a.class === b.class && a.call === b.call;
	if ((a.kind === "class" && b.kind === "class") || (a.kind === "self" && b.kind === "self"))
		return a.class === b.class;
	if (a.kind !== "activation" || b.kind !== "activation" || a.bound.activation !== b.bound.activation) return false;
	if ((a.isMaker ?? false) !== (b.isMaker ?? false)) return false;
	const [p, q] = [a.bound.parameters, b.bound.parameters];
	if (a.bound.unknown.length > 0 || b.bound.unknown.length > 0) return false;
	return Object.keys(p).length === Object.keys(q).length && Object.keys(p).every((key) => p[key] === q[key]);
}

/** Whether one library's module is the other's, as CuPy's is NumPy's. */
function sameModule(a: string, b: string): boolean {
	return canonicalName(`${a}.`) === canonicalName(`${b}.`);
}

function sameEntry(a: string, b: string): boolean {
	const [p, q] = [resolveName(a), resolveName(b)];
	return p !== undefined && q !== undefined && p.activation === q.activation && p.kind === q.kind;
}
