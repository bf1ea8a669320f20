import type { LibraryEntry } from "../../activations/libraries/entry.ts";
import { moduleHolds, resolveName } from "../../activations/libraries/resolve.ts";
import { once } from "../../once.ts";
import type { Span } from "../../span.ts";
import type { ActivationUse, ArgumentValue, Definition, UseKind } from "../use.ts";
import { readArgument } from "./argument.ts";
import { type BoundParameters, bindParameters, withoutInput } from "./callParameters.ts";
import { Definitions, meantActivation } from "./definitions.ts";
import type { Imports } from "./imports.ts";
import {
	argumentsOf,
	attributeParts,
	type CallArgument,
	callAround,
	callParts,
	type SyntaxNode,
	textOf,
	unwrap,
} from "./node.ts";
import type { Resolver } from "./resolver.ts";
import type { CodeClass, CodeFunction, Scope, Site } from "./scope.ts";
import { stringUse } from "./strings.ts";
import type { Resolved, Value } from "./value.ts";

/** Methods of tensors with these names take nothing, or a dimension or a weight; with other arguments they are not theirs. */
const METHODS_WITH_ARGUMENTS = /^(softmax|log_?softmax|logsumexp|hardshrink|prelu|leakyRelu)$/i;

/** What makes an object that is not a tensor: its methods are its own. */
const OTHER_OBJECTS =
	/^(numpy|pandas|math|random|scipy|sympy|matplotlib|seaborn|builtins|cmath|statistics|decimal)(\.|$)/;

/** Reads what a call is given, when that is first asked for. */
type Argument = () => ArgumentValue | null;
const NO_ARGUMENT: Argument = () => null;

/** Reads the activations in a part of a file. */
export class Reader {
	readonly #resolver: Resolver;
	readonly #definitions: Definitions;
	readonly #definitionsIn: (of: CodeFunction | CodeClass) => Definitions;
	readonly #uses = new Map<number, ActivationUse>();

	/** `definitions` reads what calls in this part make of functions; `definitionsIn` gives who reads one of the file's. */
	constructor(
		resolver: Resolver,
		definitions: Definitions,
		definitionsIn: (of: CodeFunction | CodeClass) => Definitions,
	) {
		this.#resolver = resolver;
		this.#definitions = definitions;
		this.#definitionsIn = definitionsIn;
	}

	/** The uses in the part, in the order of the text; `definitions` are its own. */
	read(sites: readonly Site[], definitions: readonly Definition[], imports: () => Imports): readonly ActivationUse[] {
		for (const definition of definitions) {
			const { start, end } = definition.nameSpan;
			const text = this.#resolver.text.slice(start, end);
			this.#put(codeUse({ start, end }, text, "definition", definition, NO_ARGUMENT, false));
		}
		const usesTensors = () => (this.#resolver.language.tensor === "tfjs" ? imports().tfjs : imports().torch);
		let behind = 0; // Sites inside a name that has been understood as a whole say nothing of their own.
		for (const site of sites) {
			if (site.node.from < behind) continue;
			if (site.node.name === "String") {
				const named = stringUse(site, imports, this.#resolver);
				if (named) this.#readNamed(site, named, "string");
			} else if (this.#readName(site, imports, usesTensors)) behind = site.node.to;
		}
		return [...this.#uses.values()].sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
	}

	/** Reads a string that names something, or what holds one. */
	#readNamed(site: Site, value: Value, kind: UseKind): void {
		const { node } = site;
		const definition = this.#definitionOf(value);
		if (value.kind === "activation") this.#add(node, kind, value.entry, this.#asTaken(site, value.bound), NO_ARGUMENT);
		else if (definition && value.kind === "object") this.#addObject(node, kind, definition, value, site);
		else if (definition) this.#put(this.#codeUse(node, kind, definition, false, NO_ARGUMENT));
	}

	/** What a string names, with the parameters that an activation of the code which is told it by a call gives it. */
	#asTaken(site: Site, bound: BoundParameters): BoundParameters {
		const call = callAround(site.node);
		const made = call && this.#resolver.resolveValue(call, site);
		const plain = made?.kind === "object" ? this.#definitionOf(made) : undefined;
		const own = plain && made?.kind === "object" ? this.#asMade(plain, made) : null;
		return own?.identity?.activation === bound.activation ? { ...bound, parameters: own.identity.parameters } : bound;
	}

	/** Reads a name or dotted name; true if it is understood as a whole. */
	#readName(site: Site, imports: () => Imports, usesTensors: () => boolean): boolean {
		const { node } = site;
		const member = attributeParts(node);
		if (node.name === "MemberExpression" && !member) return false;
		if (isDecorated(node) || isOfSuper(node)) return false;
		const resolved = this.#resolver.resolveChain(node, site);
		// The call in `make(nn.ReLU).act` holds activations of its own.
		if (resolved) return this.#readResolved(site, resolved) && isDotted(node);
		const named = member && stringUse(site, imports, this.#resolver);
		if (named) this.#readNamed(site, named, "instance");
		return member && !named ? this.#readMethod(site, member, usesTensors) : false;
	}

	#readResolved(site: Site, { value, assigned }: Resolved): boolean {
		const { node } = site;
		switch (value.kind) {
			case "name": {
				const entry = resolveName(value.name);
				if (!entry) return attributeParts(node) !== undefined && moduleLike(value, node);
				const bound = this.#boundAt(entry, site);
				const kind: UseKind = assigned ? "instance" : entry.kind === "module" ? "module" : "call";
				this.#add(node, kind, entry, bound, this.#argumentAt(entry, site));
				return true;
			}
			case "activation": {
				const argument = this.#calledWith(node, site);
				this.#add(node, "instance", value.entry, value.bound, argument);
				return true;
			}
			case "function": {
				// Where a function keeps something on itself, `gelu._a`, is no use of it.
				const isKeeper = !calledBy(node) && isWithin(site.scope, value.function);
				const definition = isKeeper ? undefined : this.#definitionOf(value);
				if (definition) this.#addCode(node, assigned ? "instance" : "call", definition, value.function, site);
				return true;
			}
			case "class": {
				const definition = this.#definitionOf(value);
				if (definition) this.#addCode(node, assigned ? "instance" : "module", definition, value.class, site);
				return definition !== undefined;
			}
			case "object": {
				const definition = this.#definitionOf(value);
				if (definition) this.#addObject(node, "instance", definition, value, site);
				return definition !== undefined;
			}
			case "self":
			case "collection":
				return false;
			case "module":
				return attributeParts(node) !== undefined;
		}
	}

	/** A function, a class or the class of an object as an activation, if it is one. */
	#definitionOf(value: Value): Definition | undefined {
		switch (value.kind) {
			case "function":
				return this.#definitionsOf(value.function).ofFunction(value.function) ?? undefined;
			case "class":
			case "object":
				return this.#definitionsOf(value.class).ofClass(value.class) ?? undefined;
			default:
				return undefined;
		}
	}

	/** Whoever reads the function or class: this part of the file, another one, or another file. */
	#definitionsOf(of: CodeFunction | CodeClass): Definitions {
		return importedDefinitions(of, this.#resolver) ?? this.#definitionsIn(of);
	}

	/** `x.relu_()`: a method that a tensor has, on something that is not known to be another thing. */
	#readMethod(
		site: Site,
		{ object, property }: { object: SyntaxNode; property: SyntaxNode },
		usesTensors: () => boolean,
	): boolean {
		const call = calledBy(site.node);
		const parts = call && callParts(call);
		if (!parts) return false;
		const name = this.#resolver.textOf(property);
		const entry = resolveName(`${this.#resolver.language.tensor}.${name}`);
		if (!entry || entry.kind === "module" || !usesTensors()) return false;
		const list = argumentsOf(parts.list);
		if (list.length > 0 && !METHODS_WITH_ARGUMENTS.test(name)) return false;
		if (!this.#mayBeTensor(unwrap(object), site)) return false;
		this.#add(property, "method", entry, bindParameters(entry, list, site, this.#resolver), () =>
			readArgument(object, site, this.#resolver),
		);
		return false; // The object may hold activations of its own.
	}

	#mayBeTensor(object: SyntaxNode, site: Site): boolean {
		switch (object.name) {
			case "String":
			case "ContinuedString":
			case "FormatString":
			case "Number":
			case "DictionaryExpression":
			case "ArrayExpression":
			case "SetExpression":
			case "LambdaExpression":
				return false;
			case "VariableName": {
				const name = this.#resolver.textOf(object);
				if (name === "self" || name === "cls") return false;
				const bindings = this.#resolver.bindingsOf(name, site, object.from);
				if (bindings.some(({ what }) => what.kind === "import" || what.kind === "class" || what.kind === "function"))
					return false;
				return !bindings.some(({ what, ...place }) => what.kind === "value" && this.#isOtherObject(what.node, place));
			}
			case "CallExpression":
				return !this.#isOtherObject(object, site);
			default:
				return true;
		}
	}

	/** Whether an expression is made by a library whose objects are no tensors. */
	#isOtherObject(expression: SyntaxNode, place: Pick<Site, "scope" | "block">): boolean {
		let node = unwrap(expression);
		for (let i = 0; i < 20; i++) {
			const parts = node.name === "CallExpression" ? callParts(node) : undefined;
			if (!parts) break;
			// What a method of the base gives may be one, as in `super().forward(x).sigmoid()`.
			if (this.#resolver.textOf(parts.callee) === "super") return i === 0;
			const value = this.#resolver.resolveValue(parts.callee, place);
			if (value?.kind === "name")
				return OTHER_OBJECTS.test(value.name) && !value.name.startsWith("numpy.random.Generator");
			const inner = attributeParts(parts.callee);
			if (!inner) break;
			node = unwrap(inner.object);
		}
		const value =
			node.name === "VariableName" || attributeParts(node) ? this.#resolver.resolveValue(node, place) : undefined;
		return value?.kind === "name" && OTHER_OBJECTS.test(value.name);
	}

	/** The parameters that the call around the name, or a partial application of it, gives. */
	#boundAt(entry: LibraryEntry, site: Site): BoundParameters {
		const list = argumentListOf(site.node);
		if (list) {
			const all = argumentsOf(list);
			return bindParameters(entry, entry.kind === "function" ? withoutInput(all) : all, site, this.#resolver);
		}
		const partial = this.#partialArguments(site, entry.kind === "module");
		return bindParameters(entry, partial ?? [], site, this.#resolver);
	}

	/** Positional ones of a function would come before its input. */
	#partialArguments(site: Site, ofModule: boolean): CallArgument[] | undefined {
		const call = callAround(site.node);
		const parts = call && callParts(call);
		if (!parts) return undefined;
		const callee = this.#resolver.resolveValue(parts.callee, site);
		const all = argumentsOf(parts.list);
		if (callee?.kind !== "name" || callee.name !== "functools.partial" || all[0]?.value !== site.node) return undefined;
		return all.slice(1).filter((argument) => ofModule || argument.name !== null || argument.stars > 0);
	}

	/** What a function is applied to, or the instance that a module's call makes: `nn.ReLU()(x)`. */
	#argumentAt(entry: LibraryEntry, site: Site): Argument {
		return entry.kind === "module" ? this.#argumentOfMade(site.node, site) : this.#calledWith(site.node, site);
	}

	#calledWith(callee: SyntaxNode, site: Site): Argument {
		const list = argumentListOf(callee);
		const first = list && argumentsOf(list)[0];
		return first && first.stars === 0 ? () => readArgument(first.value, site, this.#resolver) : NO_ARGUMENT;
	}

	/** A use of a function or class of the file; arguments beside the input make another function of it. */
	#addCode(node: SyntaxNode, kind: UseKind, plain: Definition, of: CodeFunction | CodeClass, site: Site): void {
		const call = calledBy(node);
		const all = call ? argumentsOf(callParts(call)?.list ?? call) : [];
		const made = "attributes" in of && call !== undefined;
		const list = made ? all : withoutInput(all);
		const own = call && list.length > 0 ? this.#definitions.withArguments(plain, of, call, list, site) : plain;
		const argument = made ? this.#argumentOfMade(node, site) : this.#calledWith(node, site);
		this.#put(this.#codeUse(node, kind, own ?? plain, own === null, argument));
	}

	/** A use of an object of a class of the file, which its constructor's arguments made what it is. */
	#addObject(
		node: SyntaxNode,
		kind: UseKind,
		plain: Definition,
		value: Extract<Value, { kind: "object" }>,
		site: Site,
	): void {
		const own = this.#asMade(plain, value);
		const others = argumentListOf(node);
		const plainCall = !others || argumentsOf(others).length <= 1;
		this.#put(this.#codeUse(node, kind, own ?? plain, own === null || !plainCall, this.#calledWith(node, site)));
	}

	/** What the constructor's arguments make of an object of a class of the file; null if it is not understood with these. */
	#asMade(plain: Definition, { class: of, call, place }: Extract<Value, { kind: "object" }>): Definition | null {
		const list = argumentsOf(callParts(call)?.list ?? call);
		return list.length > 0 ? this.#definitions.withArguments(plain, of, call, list, place) : plain;
	}

	#codeUse(node: SyntaxNode, kind: UseKind, definition: Definition, unknown: boolean, argument: Argument) {
		const span = { start: node.from, end: node.to };
		const certain = unknown || definition.returnsTuple ? NO_ARGUMENT : argument;
		return codeUse(span, this.#resolver.textOf(node), kind, definition, certain, unknown);
	}

	#argumentOfMade(node: SyntaxNode, site: Site): Argument {
		const call = calledBy(node);
		return call ? this.#calledWith(call, site) : NO_ARGUMENT;
	}

	#add(node: SyntaxNode, kind: UseKind, entry: LibraryEntry, bound: BoundParameters, argument: Argument): void {
		if (bound.activation === null) return;
		const readOnce = once(argument);
		this.#put({
			span: { start: node.from, end: node.to },
			text: this.#resolver.textOf(node),
			kind,
			activation: bound.activation,
			library: entry.library,
			parameters: bound.parameters,
			unknownParameters: bound.unknown,
			definition: null,
			get argument() {
				return readOnce();
			},
		});
	}

	#put(use: ActivationUse): void {
		if (!this.#uses.has(use.span.start)) this.#uses.set(use.span.start, use);
	}
}

/** What the files of a workspace define, read once for all that import it. */
const imported = new WeakMap<Resolver, Definitions>();

/** Who reads a function or class of another file; undefined for one of the resolver's own. */
export function importedDefinitions(of: CodeFunction | CodeClass, resolver: Resolver): Definitions | undefined {
	const owner = resolver.of(of.outer.scope);
	if (owner === resolver) return undefined;
	const known = imported.get(owner) ?? new Definitions(owner, owner.neighbours?.path ?? null);
	imported.set(owner, known);
	return known;
}

/** A use of a function of the file. What it is identical to is found out when first asked for. */
function codeUse(
	span: Span,
	text: string,
	kind: UseKind,
	definition: Definition,
	argument: Argument,
	withOtherParameters: boolean,
): ActivationUse {
	const readOnce = once(argument);
	const own = definition.understood?.activation.parameters ?? [];
	const known = withOtherParameters ? null : definition;
	return {
		span,
		text,
		kind,
		get activation() {
			return known && meantActivation(known);
		},
		library: "code",
		get parameters() {
			if (withOtherParameters) return {};
			return (
				definition.identity?.parameters ?? Object.fromEntries(own.map(({ name, default: value }) => [name, value]))
			);
		},
		unknownParameters: withOtherParameters ? own.map(({ name }) => name) : [],
		definition,
		get argument() {
			return readOnce();
		},
	};
}

/** Whether a resolved dotted name needs no look at its parts: they are modules on the way to it. */
function moduleLike(value: Extract<Value, { kind: "name" }>, node: SyntaxNode): boolean {
	const dot = value.name.lastIndexOf(".");
	const object = value.name.slice(0, Math.max(dot, 0));
	// `nn.ReLU.forward`: what stands before the last dot is an activation.
	return !(resolveName(object) && node.name === "MemberExpression") && !moduleHolds(object, "");
}

/** Whether a chain of attributes begins with a name. */
function isDotted(node: SyntaxNode): boolean {
	let base = node;
	for (let parts = attributeParts(base); parts; parts = attributeParts(base)) base = unwrap(parts.object);
	return base.name === "VariableName";
}

/** Whether a scope is a function's own or inside it. */
function isWithin(scope: Scope, owner: CodeFunction): boolean {
	for (let each: Scope | null = scope; each; each = each.parent) if (each === owner.scope) return true;
	return false;
}

/** The call that the expression is the callee of. */
function calledBy(node: SyntaxNode): SyntaxNode | undefined {
	let callee = node;
	while (callee.parent?.name === "ParenthesizedExpression") callee = callee.parent;
	const { parent } = callee;
	return parent?.name === "CallExpression" && parent.kids[0] === callee ? parent : undefined;
}

function argumentListOf(callee: SyntaxNode): SyntaxNode | undefined {
	const call = calledBy(callee);
	return call && callParts(call)?.list;
}

/** Whether it is the class in Python 2's `super(ReLU, self)`, which is no use of it. */
function isOfSuper(node: SyntaxNode): boolean {
	const call = callAround(node);
	return call !== undefined && textOf(call.kids[0]!) === "super";
}

function isDecorated(node: SyntaxNode): boolean {
	return node.parent?.name === "Decorator";
}
