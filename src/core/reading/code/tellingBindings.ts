import { mayNameActivation, resolveName } from "../../activations/libraries/resolve.ts";
import type { Definition } from "../use.ts";
import { type Definitions, meantActivation } from "./definitions.ts";
import type { ParsedPart } from "./lazyScopes.ts";
import { madeBy } from "./made.ts";
import { argumentsOf, callParts } from "./node.ts";
import { importedDefinitions } from "./reader.ts";
import type { Neighbours, Resolver } from "./resolver.ts";
import type { Binding, CodeClass, CodeFunction } from "./scope.ts";
import type { TellingPlaces } from "./tellingPlaces.ts";
import type { Value } from "./value.ts";

/**
 * What the names of a file lead to: to an activation, or a list or table of some; or to another file, in which something
 * that is asked of it may be one.
 */
type Lead = "activation" | "elsewhere" | undefined;

/** Finds the names that a file binds to activations, and adds them, and those that lead elsewhere, to the places that tell of one. */
export class TellingBindings {
	readonly #resolver: Resolver;
	readonly #own: Definitions;
	readonly #places: TellingPlaces;
	readonly #added = new Set<string>();

	constructor(resolver: Resolver, own: Definitions, places: TellingPlaces) {
		this.#resolver = resolver;
		this.#own = own;
		this.#places = places;
	}

	/** The names and attributes that a part binds to activations, or to lists and tables of some. */
	*in({ start, end, scopes, names, attributes }: ParsedPart): Generator<string> {
		for (const { stars } of [scopes.module, ...scopes.inner]) {
			// It may bring in anything.
			if (stars.some((module) => this.#resolver.neighbours?.mayLead(module))) this.#places.addAll();
		}
		for (let before = -1; before < this.#added.size; ) {
			before = this.#added.size;
			// What is bound inside a function says what an attribute is.
			for (const { names } of scopes.inner) {
				for (const [name, bindings] of names) if (this.#leadOf(name, bindings)) this.#add(name, start, end);
			}
			for (const [owner] of attributes) {
				if (!this.#isFromElsewhere(owner)) continue;
				for (const method of scopes.functions) {
					if (method.class === owner && method.parameters[0]) this.#add(method.parameters[0].name, start, end);
				}
			}
			for (const bound of [names, ...attributes.values()]) {
				for (const [name, bindings] of bound) {
					const lead = this.#leadOf(name, bindings);
					if (lead) this.#add(name);
					if (lead === "activation") yield name;
				}
			}
		}
	}

	#add(name: string, from?: number, to?: number): void {
		const key = `${name} ${from}`;
		if (this.#added.has(key)) return;
		this.#added.add(key);
		this.#places.add(name, from, to);
	}

	#leadOf(name: string, bindings: readonly Binding[]): Lead {
		let lead: Lead;
		for (const binding of bindings) {
			if (!this.#mayLead(name, binding)) continue;
			const each = this.#leadOfValue(this.#resolver.valueOf(binding)?.value);
			if (each === "activation") return each;
			lead ??= each;
		}
		return lead;
	}

	#mayLead(name: string, { what }: Binding): boolean {
		switch (what.kind) {
			case "value":
				return this.#places.mayName(what.node);
			case "element":
				return this.#places.mayName(what.of);
			case "function":
				return this.#places.mayDefine(what.function.node);
			case "class":
				return true;
			case "import":
				return this.#places.standsAgain(name) && mayBringActivation(what.name, this.#resolver.neighbours);
			case "part":
			case "unknown":
				return false;
		}
	}

	#leadOfValue(value: Value | undefined): Lead {
		switch (value?.kind) {
			case "name":
				return resolveName(value.name) && "activation";
			case "activation":
				return "activation";
			case "function": {
				if (isMeant(this.#definitionsOf(value.function).ofFunction(value.function))) return "activation";
				const { outer } = value.function;
				return madeBy(value.function, [], outer, this.#resolver) && "activation";
			}
			case "class":
			case "object":
				if (this.#mayBeMeant(value.class) && isMeant(this.#definitionOf(value))) return "activation";
				return this.#isFromElsewhere(value.class) ? "elsewhere" : undefined;
			case "module":
				return "elsewhere";
			case "collection": {
				const leads = value.items.map((item) =>
					this.#leadOfValue(this.#resolver.resolveValue(item.value, value.place)),
				);
				return leads.find((each) => each === "activation") ?? leads.find((each) => each);
			}
			default:
				return undefined;
		}
	}

	/** A class as an activation, or one of its objects, which its constructor's arguments may make what it is. */
	#definitionOf(value: Extract<Value, { kind: "class" | "object" }>): Definition | null {
		const plain = this.#definitionsOf(value.class).ofClass(value.class);
		if (value.kind === "class" || !plain || isMeant(plain)) return plain;
		const list = argumentsOf(callParts(value.call)?.list ?? value.call);
		return this.#own.withArguments(plain, value.class, value.call, list, value.place);
	}

	/** What is an activation by a base of the file is so by its name. */
	#mayBeMeant({ scope, node }: CodeClass): boolean {
		return this.#resolver.of(scope) !== this.#resolver || this.#places.mayDefine(node);
	}

	#definitionsOf(of: CodeFunction | CodeClass): Definitions {
		return importedDefinitions(of, this.#resolver) ?? this.#own;
	}

	/** Whether a class is of another file, or descends from one that is. */
	#isFromElsewhere(owner: CodeClass): boolean {
		const seen = new Set<CodeClass>();
		for (let each: CodeClass | undefined = owner; each && !seen.has(each); each = this.#resolver.firstBase(each)) {
			if (this.#resolver.of(each.scope) !== this.#resolver) return true;
			seen.add(each);
		}
		return false;
	}
}

/** Whether an import may bring in an activation, by its dotted name: by that itself, or because it leads to another file. */
export function mayBringActivation(dotted: string, neighbours: Neighbours | undefined): boolean {
	const at = dotted.lastIndexOf(".");
	const [module, name] = [dotted.slice(0, Math.max(at, 0)), dotted.slice(at + 1)];
	if (mayNameActivation(name)) return true;
	return !!neighbours && (neighbours.mayLead(dotted) || neighbours.mayHold(module, name));
}

function isMeant(definition: Definition | null): boolean {
	return definition !== null && meantActivation(definition) !== null;
}
