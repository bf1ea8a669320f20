import { firstIndex } from "../../firstIndex.ts";
import { foundOnce } from "../../foundOnce.ts";
import { type SyntaxNode, textOf } from "./node.ts";

/** A block of statements: control enters it under its owner's condition, so what it binds may not hold behind it. */
export interface Block {
	readonly parent: Block | null;
	/** The statement that the block is an arm of; null for the body of a scope. */
	readonly owner: SyntaxNode | null;
	readonly arm: number;
	readonly loop: boolean;
}

/**
 * What a name may be bound to. `import` holds a dotted name; `value` an expression, or one element of it; `element` what a
 * loop takes from an expression, for the first, second, … of its names if `at` is not null; `part` one of `count` values that
 * an expression gives together.
 */
export type Bound =
	| { readonly kind: "import"; readonly name: string }
	| { readonly kind: "value"; readonly node: SyntaxNode }
	| { readonly kind: "element"; readonly of: SyntaxNode; readonly at: number | null }
	| { readonly kind: "part"; readonly of: SyntaxNode; readonly at: number; readonly count: number }
	| { readonly kind: "function"; readonly function: CodeFunction }
	| { readonly kind: "class"; readonly class: CodeClass }
	| { readonly kind: "unknown" };

/** One binding of a name. It holds from the offset `at`. */
export interface Binding {
	readonly at: number;
	readonly scope: Scope;
	readonly block: Block;
	readonly what: Bound;
}

/** One that holds from behind a node, or from its beginning, wherever it moves. */
export class PlacedBinding implements Binding {
	readonly #node: SyntaxNode;
	readonly #edge: Edge;
	readonly scope: Scope;
	readonly block: Block;
	readonly what: Bound;

	constructor(node: SyntaxNode, edge: Edge, { scope, block }: Place, what: Bound) {
		this.#node = node;
		this.#edge = edge;
		this.scope = scope;
		this.block = block;
		this.what = what;
	}

	get at(): number {
		return this.#node[this.#edge];
	}
}

type Edge = "from" | "to";

export interface Scope {
	readonly kind: "module" | "function" | "class" | "comprehension";
	readonly parent: Scope | null;
	/** The scope of the whole file. */
	readonly module: Scope;
	readonly names: Map<string, Binding[]>;
	/** The modules of `from module import *`, in order. */
	readonly stars: string[];
	readonly body: Block;
	readonly function: CodeFunction | null;
	readonly class: CodeClass | null;
	/** Names declared global or nonlocal. */
	readonly elsewhere: Map<string, "global" | "nonlocal">;
	/** Where the comprehension stands in its parent, or the function is defined. */
	readonly site: Place | null;
}

/** Where a node stands: its scope and block. */
export interface Place {
	readonly scope: Scope;
	readonly block: Block;
}

export interface DeclaredParameter {
	readonly name: string;
	readonly node: SyntaxNode;
	readonly default: SyntaxNode | null;
	/** 1 for `*name`, 2 for `**name`. */
	readonly stars: 0 | 1 | 2;
	readonly keywordOnly: boolean;
}

export interface CodeFunction {
	/** "" for a lambda. */
	readonly name: string;
	readonly nameNode: SyntaxNode | null;
	readonly node: SyntaxNode;
	readonly parameters: readonly DeclaredParameter[];
	/** A Body, or the expression of a lambda. */
	readonly body: SyntaxNode | null;
	/** The function's own scope. */
	readonly scope: Scope;
	readonly outer: Place;
	/** The class whose method it is. */
	readonly class: CodeClass | null;
	readonly decorators: readonly SyntaxNode[];
}

/** The parameters that a call gives: those of a method behind its object. */
export function givenParameters({ class: owner, parameters, decorators }: CodeFunction): readonly DeclaredParameter[] {
	const isStatic = decorators.some((decorator) => /^@\s*staticmethod$/.test(textOf(decorator).trim()));
	return owner && !isStatic ? parameters.slice(1) : parameters;
}

export interface CodeClass {
	readonly name: string;
	readonly nameNode: SyntaxNode;
	readonly node: SyntaxNode;
	readonly bases: readonly SyntaxNode[];
	readonly scope: Scope;
	readonly outer: Place;
	/** What the class's body and `self.name = …` in its methods bind, in text order. */
	readonly attributes: Map<string, Binding[]>;
}

/** A node that may refer to an activation: a name, an attribute, a string. In text order, outer before inner. */
export interface Site extends Place {
	readonly node: SyntaxNode;
}

/** The names of one file. */
export interface Scopes {
	/** Its tree. */
	readonly root: SyntaxNode;
	readonly module: Scope;
	readonly sites: readonly Site[];
	readonly functions: readonly CodeFunction[];
	readonly classes: readonly CodeClass[];
	readonly lambdas: ReadonlyMap<SyntaxNode, CodeFunction>;
	/** The dotted names that its import statements name, wherever they stand; the module's of `import *`. */
	readonly imports: readonly string[];
	/** How many characters of the file were parsed for them. */
	readonly parsed: number;
	/** Where it was read in parts, those of the parts that have sites, in their order. */
	readonly parts?: readonly Scopes[];
}

/** The names of one part of a file. */
export interface PartOfScopes extends Scopes {
	/** All that was bound, wherever. */
	readonly bindings: readonly Binding[];
	/** The scopes of its functions, lambdas and comprehensions. */
	readonly inner: readonly Scope[];
}

/** The parts of a file, or all of it, that have sites between two offsets, in their order. */
export function* partsWithin(scopes: Scopes, from: number, to: number): Generator<Scopes> {
	const parts = scopes.parts ?? [scopes];
	for (let i = firstIndex(0, parts.length, (i) => lastOf(parts[i]!) >= from); i < parts.length; i++) {
		if (parts[i]!.sites[0]!.node.from >= to) return;
		yield parts[i]!;
	}
}

function lastOf({ sites }: Scopes): number {
	return sites.at(-1)?.node.from ?? Number.NEGATIVE_INFINITY;
}

/** The index of the first of the sites at an offset or behind it; they are in the order of the text. */
export function firstFrom(sites: readonly Site[], offset: number): number {
	return firstIndex(0, sites.length, (i) => sites[i]!.node.from >= offset);
}

/** A class of the module before it is read, whose names are kept in `names`. */
export function openClass(module: Scope, names: Map<string, Binding[]>): CodeClass {
	const made = {} as { -readonly [K in keyof CodeClass]: CodeClass[K] }; // `collectScopes` sets the rest.
	made.scope = makeScope("class", module, null, made, { scope: module, block: module.body }, names);
	made.attributes = names;
	return made;
}

/** The scope of a whole file, before anything is bound in it. */
export function moduleScope(names: Map<string, Binding[]> = new Map()): Scope {
	return makeScope("module", null, null, null, null, names);
}

/** The dotted name of what a module holds under a name. */
export function nameIn(module: string, name: string): string {
	return module.endsWith(".") ? module + name : `${module}.${name}`;
}

/** A scope in which nothing is bound. */
export function makeScope(
	kind: Scope["kind"],
	parent: Scope | null,
	owner: CodeFunction | null,
	ofClass: CodeClass | null,
	site: Place | null,
	names: Map<string, Binding[]> = new Map(),
): Scope {
	const made: Omit<Scope, "module"> = {
		kind,
		parent,
		names,
		stars: [],
		body: { parent: null, owner: null, arm: 0, loop: false },
		function: owner,
		class: ofClass,
		elsewhere: new Map(),
		site,
	};
	return Object.assign(made, { module: parent?.module ?? (made as Scope) }); // A module's scope is its own.
}

/** The elements of a tuple, list or parenthesised node. A long list is asked for each string in it. */
export const elementsOf = foundOnce((node: SyntaxNode): readonly SyntaxNode[] =>
	node.kids.filter((kid) => !/^[()[\],]$|^⚠$/.test(kid.name)),
);
