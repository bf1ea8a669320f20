import { resolveName, resolveString, type StringLibrary } from "../../activations/libraries/resolve.ts";
import { bindParameters } from "./callParameters.ts";
import { changesItems, type Item, itemsAt, itemsOf, objectOf } from "./collections.ts";
import type { Language } from "./language.ts";
import { resultOfLibrary } from "./libraryResults.ts";
import { attributeOf, Lookups, mentionOf, STARS } from "./lookups.ts";
import { type Made, madeBy } from "./made.ts";
import { isAct2fn } from "./namedActivation.ts";
import {
	argumentsOf,
	attributeParts,
	callParts,
	type SyntaxNode,
	stringValue,
	subscriptParts,
	textOf,
	unwrap,
} from "./node.ts";
import { finalBindings, inTry, isWithin, MOST_BINDINGS, reachingBindings } from "./reaching.ts";
import {
	type Binding,
	type Block,
	type CodeClass,
	type CodeFunction,
	givenParameters,
	type Place,
	type Scope,
	type Scopes,
} from "./scope.ts";
import { agree, type Resolved, type Value } from "./value.ts";

/** The other files that a file's imports lead to. */
export interface Neighbours {
	/** The path of the file whose neighbours these are, as a definition names it. */
	readonly path: string;
	/**
	 * The file of a module, as the file's imports write it; undefined if the workspace has none. With a `name` that is
	 * looked for in it, also if the file cannot have it.
	 */
	fileOf(module: string, name?: string): Resolver | undefined;
	/** Whether the workspace has a file of the module. It is not opened. */
	mayLead(module: string): boolean;
	/** Whether it has one that may hold an activation under a name: a quick look at its text. */
	mayHold(module: string, name: string): boolean;
	/** Whether the file is a package, whose names its modules are as well. */
	readonly isPackage: boolean;
}

/** Deeper chains of names are not followed. */
const MAX_DEPTH = 40;
/** What imports everything of more modules is an index of a library: to look for a name there is to read all of it. */
export const MOST_STARS = 16;
/** Nor are longer ones from file to file. */
const MAX_HOPS = 40;

/** Attributes that a class may use and leave to those that descend from it to set. */
const SET_BY_SUBCLASS =
	/^_*(?:\w+_)?(?:act|activation|nonlin|nonlinearity|(?:re|pre|leaky_?re|ge|se|ce|si)lu|elu|sigmoid|tanh|softmax)(?:_(?:fn|func|layer|cls))?\d*$/i;
/** Methods that make an object, or that a call of it runs. */
const RUN = ["__init__", "__new__", "forward", "call", "__call__"];

/** More of them are not compared. */
const MOST_SUBCLASSES = 32;

/** Methods of PyTorch's modules that give back the module: `nn.Sigmoid().to(device)`. */
const GIVES_ITSELF = /^(to|cpu|cuda|half|float|double|bfloat16|type|eval|train|requires_grad_)$/;

/** Each file's resolver by the scope of the file: a place says by it whose names hold there. */
const resolvers = new WeakMap<Scope, Resolver>();

/**
 * Finds out what the names of a file stand for, lazily, and each binding once. Where imports lead to other files, it
 * answers for places and nodes of these too.
 */
export class Resolver {
	readonly text: string;
	readonly scopes: Scopes;
	readonly language: Language;
	readonly neighbours: Neighbours | undefined;
	/** What of the whole file the answers depend on. */
	readonly lookups: Lookups;
	readonly #exports = new Map<string, Resolved | null>();
	static #hops = 0;
	readonly #values = new Map<Binding, Resolved | null>();
	readonly #attributes = new Map<CodeClass, Map<string, Resolved | null>>();
	readonly #made = new Map<SyntaxNode, Made | null>();
	#depth = 0;

	constructor(text: string, scopes: Scopes, language: Language, neighbours?: Neighbours, lookups = new Lookups()) {
		this.text = text;
		this.scopes = scopes;
		this.language = language;
		this.neighbours = neighbours;
		this.lookups = lookups;
		resolvers.set(scopes.module, this);
	}

	/** Lets go of what was found out: it may hold other files in memory. */
	forget(): void {
		this.#values.clear();
		this.#attributes.clear();
		this.#made.clear();
		this.#exports.clear();
	}

	/** The resolver of the file that a scope is of. */
	of({ module }: Scope): Resolver {
		return module === this.scopes.module ? this : (resolvers.get(module) ?? this);
	}

	textOf(node: SyntaxNode): string {
		return textOf(node);
	}

	/** The function that a lambda's node makes. */
	lambdaOf(node: SyntaxNode, place: Place): CodeFunction | undefined {
		return this.of(place.scope).scopes.lambdas.get(node);
	}

	/** What a name or dotted name stands for. */
	resolveChain(node: SyntaxNode, place: Place): Resolved | undefined {
		const properties: SyntaxNode[] = [];
		let base = unwrap(node);
		for (let parts = attributeParts(base); parts; parts = attributeParts(base)) {
			properties.push(parts.property);
			if (properties.length > MAX_DEPTH) return undefined;
			base = unwrap(parts.object);
		}
		let found: Resolved | undefined;
		if (base.name === "VariableName") found = this.resolveName(this.textOf(base), place, base.from);
		else if (properties.length > 0 && base.name === "CallExpression") {
			const value = this.resolveValue(base, place);
			found = value && { value, assigned: true };
		}
		for (let i = properties.length - 1; i >= 0 && found; i--) found = this.memberOf(found, this.textOf(properties[i]!));
		return found;
	}

	/** What any expression stands for. */
	resolveValue(expression: SyntaxNode, place: Place): Value | undefined {
		const owner = this.of(place.scope);
		if (owner !== this) return owner.resolveValue(expression, place);
		if (this.#depth >= MAX_DEPTH) return undefined;
		this.#depth++;
		try {
			return this.#resolveValue(unwrap(expression), place);
		} finally {
			this.#depth--;
		}
	}

	#resolveValue(node: SyntaxNode, place: Place): Value | undefined {
		switch (node.name) {
			case "VariableName":
				return this.resolveChain(node, place)?.value;
			case "MemberExpression": {
				const subscript = subscriptParts(node);
				if (!subscript) return this.resolveChain(node, place)?.value;
				const [index, ...more] = subscript.indices;
				if (!index || more.length > 0) return undefined;
				const table = this.resolveValue(subscript.object, place);
				if (table?.kind === "collection") {
					const certain = this.certainCollection(subscript.object, place);
					return certain && this.#agreeing(itemsAt(certain.items, index), certain.place);
				}
				const key = stringValue(index);
				if (key === undefined || table?.kind !== "name" || !isAct2fn(table.name)) return undefined;
				return this.fromString("transformers", key, /(^|\.)ACT2CLS$/.test(table.name));
			}
			case "ArrayExpression":
			case "TupleExpression":
			case "DictionaryExpression":
			case "ArrayComprehensionExpression": {
				const items = itemsOf(node);
				return items && { kind: "collection", literal: node, items, place };
			}
			case "LambdaExpression": {
				const lambda = this.lambdaOf(node, place);
				return lambda && { kind: "function", function: lambda };
			}
			case "ConditionalExpression": {
				const [then, , condition, , otherwise] = node.kids;
				if (!then || !otherwise) return undefined;
				if (condition && this.#isInLibrary(condition, place)) return this.resolveValue(then, place);
				return agree([then, otherwise].map((kid) => (kid.name === "None" ? null : this.resolveValue(kid, place))));
			}
			case "CallExpression":
				return this.#callResult(node, place);
			default:
				return undefined;
		}
	}

	/** Whether it asks for what the library has: `nn.SiLU if hasattr(nn, "SiLU") else Swish`. */
	#isInLibrary(condition: SyntaxNode, place: Place): boolean {
		const parts = callParts(condition);
		if (!parts || this.textOf(parts.callee) !== "hasattr") return false;
		const [object, attribute] = argumentsOf(parts.list);
		const module = object && this.resolveValue(object.value, place);
		const name = attribute && stringValue(attribute.value);
		return module?.kind === "name" && name !== undefined && resolveName(`${module.name}.${name}`) !== undefined;
	}

	#callResult(call: SyntaxNode, place: Place): Value | undefined {
		const parts = callParts(call);
		if (!parts) return undefined;
		const method = attributeParts(parts.callee);
		if (method && GIVES_ITSELF.test(this.textOf(method.property))) {
			const object = this.resolveValue(method.object, place);
			if (object?.kind === "activation" || object?.kind === "object") return object;
		}
		const callee = this.resolveValue(parts.callee, place);
		return callee && this.resultOf(callee, call, place);
	}

	/** What a call of something gives. */
	resultOf(callee: Value, call: SyntaxNode, place: Place): Value | undefined {
		const parts = callParts(call);
		if (!parts) return undefined;
		const list = argumentsOf(parts.list);
		switch (callee.kind) {
			case "function":
				return this.madeBy(callee.function, call, place)?.value;
			case "class":
				return { kind: "object", class: callee.class, call, place };
			case "activation":
				return callee.isMaker && list.every(({ name }) => name && this.textOf(name) === "inplace")
					? { kind: "activation", entry: callee.entry, bound: callee.bound }
					: undefined;
			case "name":
				return resultOfLibrary(callee.name, parts.list, place, this);
			default:
				return undefined;
		}
	}

	/** What a call of a function of the workspace makes. */
	madeBy(maker: CodeFunction, call: SyntaxNode, place: Place): Made | undefined {
		const known = this.#made.get(call);
		if (known !== undefined) return known ?? undefined;
		this.#made.set(call, null); // A call that leads back to itself stays unknown.
		const parts = callParts(call);
		const found = parts && madeBy(maker, argumentsOf(parts.list), place, this);
		this.#made.set(call, found ?? null);
		return found;
	}

	/** What a library's string stands for. */
	fromString(library: StringLibrary, key: string, isMaker: boolean): Value | undefined {
		const entry = resolveString(library, key);
		return entry && { kind: "activation", entry, bound: bindParameters(entry, [], null, this), isMaker };
	}

	/** The list or table that an expression is, if nothing changes what it holds. */
	certainCollection(expression: SyntaxNode, place: Place): Extract<Value, { kind: "collection" }> | undefined {
		const node = unwrap(expression);
		const value = this.resolveValue(node, place);
		if (value?.kind !== "collection") return undefined;
		const member = attributeParts(node);
		const name = node.name === "VariableName" ? node : member?.property;
		if (!name) return value;
		const { scope } = value.place;
		const word = this.textOf(name);
		const owner = member ? (scope.function?.class ?? scope.class) : scope.function;
		const within = owner ? textOf(owner.node) : this.of(scope).text;
		if (!owner || "attributes" in owner) this.lookups.add(mentionOf(word));
		return changesItems(within, word) ? undefined : value;
	}

	/** The element of a list or table at an index that is written out, and where it stands. */
	itemOf(object: SyntaxNode, index: SyntaxNode, place: Place): { value: SyntaxNode; place: Place } | undefined {
		const table = this.certainCollection(object, place);
		const isWritten = index.name === "String" || Number.isInteger(Number(textOf(index)));
		const [only, ...others] = table && isWritten ? itemsAt(table.items, index) : [];
		return table && only && others.length === 0 ? { value: only.value, place: table.place } : undefined;
	}

	/** What all of these are, if they agree. */
	#agreeing(items: readonly Item[], place: Place): Value | undefined {
		return agree(items.map(({ value }) => this.resolveValue(value, place)));
	}

	/** What a loop over `source` takes from it, for the name at this index of several. */
	#elementOf(source: SyntaxNode, at: number | null, place: Place): Value | undefined {
		const node = unwrap(source);
		const parts = node.name === "CallExpression" ? callParts(node) : undefined;
		if (parts) {
			const list = argumentsOf(parts.list);
			const values = objectOf(node, "values");
			const table = values ?? objectOf(node, "items");
			if (table && list.length === 0) {
				const of = at === (values ? null : 1) ? this.certainCollection(table, place) : undefined;
				return of && this.#agreeing(of.items, of.place);
			}
			const callee = this.resolveValue(parts.callee, place);
			const name = callee?.kind === "name" ? callee.name : "";
			if (name === "enumerate" && list[0]) return at === 1 ? this.#elementOf(list[0].value, null, place) : undefined;
			if (name === "zip") return at !== null && list[at] ? this.#elementOf(list[at].value, null, place) : undefined;
			if (name === "reversed" && list[0]) return this.#elementOf(list[0].value, at, place);
		}
		const of = this.certainCollection(node, place);
		if (!of || of.items.some(({ key }) => key !== null)) return undefined;
		if (at === null) return this.#agreeing(of.items, of.place);
		const inner = of.items.map(({ value }) => itemsOf(unwrap(value))?.[at]);
		return inner.every((item) => item !== undefined) ? this.#agreeing(inner, of.place) : undefined;
	}

	/** What a name behind a point stands for: of a module, a class, an object or a table. */
	memberOf(object: Resolved, property: string): Resolved | undefined {
		const { value } = object;
		switch (value.kind) {
			case "name":
				return { value: { kind: "name", name: `${value.name}.${property}` }, assigned: false };
			case "self":
			case "object":
			case "class":
				return this.resolveAttribute(value.class, property);
			case "module":
				return value.file.exported(property);
			case "collection": {
				const found = this.#agreeing(
					value.items.filter(({ key }) => key === property),
					value.place,
				);
				return found && { value: found, assigned: true };
			}
			default:
				return undefined;
		}
	}

	/** What an attribute of a class's instances stands for, if all its bindings agree. */
	resolveAttribute(owner: CodeClass, property: string): Resolved | undefined {
		const file = this.of(owner.scope);
		if (file !== this) return file.resolveAttribute(owner, property);
		let known = this.#attributes.get(owner);
		if (!known) {
			known = new Map();
			this.#attributes.set(owner, known);
		}
		const before = known.get(property);
		if (before !== undefined) return before ?? undefined;
		known.set(property, null); // An attribute that leads back to itself stays unknown.
		const found = this.#findAttribute(owner, property);
		known.set(property, found ?? null);
		return found;
	}

	#findAttribute(owner: CodeClass, property: string): Resolved | undefined {
		let current: CodeClass | undefined = owner;
		for (let i = 0; i < MAX_DEPTH && current; i++) {
			const bindings = this.attributeBindings(current, property);
			if (bindings) return this.#combine(bindings);
			current = this.firstBase(current);
		}
		return SET_BY_SUBCLASS.test(property) ? this.#agreedBySubclasses(owner, property) : undefined;
	}

	/** What all classes of the file that descend from one and bind an attribute agree on: what its methods use of theirs. */
	#agreedBySubclasses(owner: CodeClass, property: string): Resolved | undefined {
		const bindings = this.#subclassesOf(owner).flatMap((each) => this.attributeBindings(each, property) ?? []);
		return bindings.length > 0 ? this.#combine(bindings) : undefined;
	}

	/** Those of the file, also by way of others. */
	#subclassesOf(owner: CodeClass, seen = new Set([owner])): readonly CodeClass[] {
		const word = owner.name;
		this.lookups.add(mentionOf(word));
		const headers = new RegExp(`^[ \\t]*class[ \\t]+(\\w+)[ \\t]*\\((?:[^()]*[^\\w.()])?${word}\\b[^()]*\\)`, "gm");
		const names = new Set([...this.text.matchAll(headers)].map(([, name]) => name!));
		const { module } = this.scopes;
		if (names.size > MOST_SUBCLASSES) return [];
		return [...names].flatMap((name) => {
			const value = this.resolveName(name, { scope: module, block: module.body }, Number.POSITIVE_INFINITY)?.value;
			if (value?.kind !== "class" || seen.has(value.class) || this.firstBase(value.class) !== owner) return [];
			seen.add(value.class);
			return [value.class, ...this.#subclassesOf(value.class, seen)];
		});
	}

	/** What binds an attribute in a class's own body and methods, in the order of the text. */
	attributeBindings(owner: CodeClass, property: string): readonly Binding[] | undefined {
		this.lookups.add(attributeOf(owner, property));
		return owner.attributes.get(property);
	}

	/** The first base of a class that is a class of the workspace. */
	firstBase(owner: CodeClass): CodeClass | undefined {
		this.lookups.add(attributeOf(owner));
		for (const each of owner.bases) {
			const base = this.resolveValue(each, owner.outer);
			if (base?.kind === "class" && base.class !== owner) return base.class;
		}
		return undefined;
	}

	/** What a name stands for where it is used at offset `at`. */
	resolveName(name: string, place: Place, at: number): Resolved | undefined {
		const owner = this.of(place.scope);
		if (owner !== this) return owner.resolveName(name, place, at);
		const bindings = this.bindingsOf(name, place, at);
		if (bindings.length > 0) return this.#combine(bindings, name);
		if (this.#isBound(name, place.scope)) return undefined;
		this.lookups.add(STARS);
		for (let scope: Scope | null = place.scope; scope; scope = scope.parent) {
			const found = this.#fromStars(scope, name);
			if (found) return found;
		}
		if (this.language.builtins.has(name)) return library(name);
		const conventional = this.language.conventions.get(name);
		return conventional === undefined ? undefined : library(conventional);
	}

	#fromStars({ stars }: Scope, name: string): Resolved | undefined {
		for (let i = stars.length - 1; i >= 0; i--) {
			const module = stars[i]!;
			if (this.language.starBrings(module, name)) return library(`${module}.${name}`);
			if (stars.length > MOST_STARS || name.startsWith("_")) continue;
			const found = this.neighbours?.fileOf(module, name)?.exported(name);
			if (found) return found;
		}
		return undefined;
	}

	/** What other files get that import a name from this one. */
	exported(name: string): Resolved | undefined {
		const known = this.#exports.get(name);
		if (known !== undefined) return known ?? undefined;
		if (Resolver.#hops >= MAX_HOPS) return undefined;
		this.#exports.set(name, null); // A name that leads back to itself stays unknown.
		Resolver.#hops++;
		try {
			const bindings = this.scopes.module.names.get(name);
			const found = bindings
				? this.#combine(finalBindings(bindings))
				: (this.#fromStars(this.scopes.module, name) ?? wholeModule(this.#submodule(name)));
			this.#exports.set(name, found ?? null);
			return found;
		} finally {
			Resolver.#hops--;
		}
	}

	/** The file of a module inside the package that this one is. */
	#submodule(name: string): Resolver | undefined {
		return this.neighbours?.isPackage ? this.neighbours.fileOf(`.${name}`) : undefined;
	}

	/** What an import's dotted name stands for: what a file of the workspace gives, else a name of a library. */
	#imported(name: string): Resolved {
		if (!this.neighbours || isAct2fn(name)) return library(name);
		const dot = name.lastIndexOf(".");
		// The module of ".layers" is ".", that of "utils.layers" is "utils".
		const module = /^\.+$/.test(name.slice(0, dot + 1)) ? name.slice(0, dot + 1) : name.slice(0, Math.max(dot, 0));
		const found =
			module === "" ? undefined : this.neighbours.fileOf(module, name.slice(dot + 1))?.exported(name.slice(dot + 1));
		return found ?? wholeModule(this.neighbours.fileOf(name)) ?? library(name);
	}

	#isBound(name: string, start: Scope): boolean {
		for (let scope: Scope | null = start; scope; scope = scope.parent) {
			if (scope.class) this.lookups.add(attributeOf(scope.class, name));
			if (scope.names.has(name)) return true;
		}
		return false;
	}

	/** The bindings that may hold where `name` is used at offset `at`; none if it is not bound, or later. */
	bindingsOf(name: string, place: Place, at: number): readonly Binding[] {
		let { scope, block } = place;
		// A comprehension runs where it stands, so it sees what holds there.
		while (scope.kind === "comprehension" && !scope.names.has(name) && scope.parent && scope.site) {
			block = scope.site.block;
			scope = scope.parent;
		}
		if (scope.class) this.lookups.add(attributeOf(scope.class, name));
		const own = scope.names.get(name);
		const reaching = own ? reachingBindings(own, block, at) : [];
		if (scope.kind === "module") this.#noteLookup(name, reaching, block, at);
		if (own && (reaching.length > 0 || scope.kind === "function")) return reaching;
		for (let outer = scope.parent; outer; outer = outer.parent) {
			if (outer.kind === "class") continue;
			const found = outer.names.get(name);
			const final = found ? finalBindings(found) : [];
			if (outer.kind === "module") this.#noteLookup(name, final, outer.body, Number.POSITIVE_INFINITY);
			if (found) return final;
		}
		return [];
	}

	/** Notes that a name of the module was looked up where these of its bindings hold, at an offset in a block. */
	#noteLookup(name: string, holding: readonly Binding[], block: Block, at: number): void {
		const [first] = holding;
		const to = Math.max(at, holding.at(-1)?.at ?? Number.POSITIVE_INFINITY);
		const isFirst = holding.length > MOST_BINDINGS || (first && first.at <= at && isWithin(block, first.block));
		// Nothing before the first one counts. An import that is read anew is the same, so it marks no place.
		this.lookups.add(name, isFirst && first?.what.kind !== "import" ? first : undefined, to);
	}

	#combine(bindings: readonly Binding[], name?: string): Resolved | undefined {
		if (bindings.length > MOST_BINDINGS) return undefined;
		const resolve = (binding: Binding): Resolved | null | undefined =>
			binding.what.kind === "value" && unwrap(binding.what.node).name === "None"
				? null
				: (this.valueOf(binding) ?? this.#parameterBinding(binding, name));
		if (bindings.length === 1) return resolve(bindings[0]!) ?? undefined; // Most names.
		const found = bindings.map(resolve);
		const imports = bindings.every((binding) => binding.what.kind === "import");
		if (imports && found.length > 1) {
			// `try: import a except ImportError: import b` means the same by both; the first that is known is taken.
			const known = found.find((item) => item?.value.kind === "name" && resolveName(item.value.name));
			return known ?? found[0] ?? undefined;
		}
		// `try: from torch.nn import SiLU except ImportError: class SiLU…` as well.
		if (bindings[0]!.what.kind === "import" && bindings.slice(1).every((binding) => inTry(binding))) {
			return found[0] ?? undefined;
		}
		const value = agree(found.map((item) => (item ? item.value : item)));
		return value && { value, assigned: found.some((item) => item?.assigned) };
	}

	/** A method's first parameter is the object itself; the next of MXNet's `hybrid_forward` holds the functions. */
	#parameterBinding(binding: Binding, name?: string): Resolved | undefined {
		const owner = binding.scope.function;
		if (!owner?.class || binding.scope.kind !== "function" || binding.at !== owner.node.from) return undefined;
		const [object, functions] = owner.parameters;
		if (functions?.name === name && owner.name === "hybrid_forward") return library("mxnet.ndarray");
		if (object?.name !== name) return undefined;
		const isStatic = givenParameters(owner)[0] === object;
		return isStatic ? undefined : { value: { kind: "self", class: owner.class }, assigned: false };
	}

	/** What one binding binds its name to. */
	valueOf(binding: Binding): Resolved | undefined {
		const owner = this.of(binding.scope);
		if (owner !== this) return owner.valueOf(binding);
		const known = this.#values.get(binding);
		if (known !== undefined) return known ?? undefined;
		this.#values.set(binding, null); // A binding that leads back to itself stays unknown.
		const value = this.#evaluate(binding);
		this.#values.set(binding, value ?? null);
		return value;
	}

	#evaluate(binding: Binding): Resolved | undefined {
		const { what } = binding;
		switch (what.kind) {
			case "import":
				return this.#imported(what.name);
			case "function":
				return { value: { kind: "function", function: what.function }, assigned: false };
			case "class":
				return { value: this.#renamed(what.class) ?? { kind: "class", class: what.class }, assigned: false };
			case "part":
			case "unknown":
				return undefined;
			case "element": {
				const value = this.#elementOf(what.of, what.at, binding);
				return value && { value, assigned: true };
			}
			case "value": {
				// `export { gelu as act }` gives another name to what this one stands for in the end.
				if (what.node.parent?.name === "ExportStatement") {
					return this.resolveName(this.textOf(what.node), binding, Number.POSITIVE_INFINITY);
				}
				const value = this.resolveValue(what.node, binding);
				// A lambda bound to a name is as good as a def.
				return value && { value, assigned: value.kind !== "function" || unwrap(what.node).name !== "LambdaExpression" };
			}
		}
	}

	/** The library's activation that a class only gives another name: `class Swish(nn.SiLU): pass`. */
	#renamed(owner: CodeClass): Value | undefined {
		const [base, ...others] = owner.bases;
		this.lookups.add(attributeOf(owner));
		if (!base || others.length > 0 || RUN.some((method) => this.attributeBindings(owner, method))) return undefined;
		const value = this.resolveValue(base, owner.outer);
		return value?.kind === "name" && resolveName(value.name)?.kind === "module" ? value : undefined;
	}

	/** The only expression that a name can stand for at `at`: its one binding, sure to hold there; else undefined. */
	certainValue(name: string, place: Place, at: number): { node: SyntaxNode; place: Binding } | undefined {
		const bindings = this.bindingsOf(name, place, at);
		const [binding] = bindings;
		if (bindings.length !== 1 || binding?.what.kind !== "value") return undefined;
		return { node: binding.what.node, place: binding };
	}
}

function library(name: string): Resolved {
	return { value: { kind: "name", name }, assigned: false };
}

function wholeModule(file: Resolver | undefined): Resolved | undefined {
	return file && { value: { kind: "module", file }, assigned: false };
}
