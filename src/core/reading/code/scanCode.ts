import { resolveName } from "../../activations/libraries/resolve.ts";
import type { ActivationUse, Definition } from "../use.ts";
import { Definitions, meantActivation } from "./definitions.ts";
import type { Language } from "./language.ts";
import { LazyScopes, type ParsedPart } from "./lazyScopes.ts";
import { importedDefinitions, Reader } from "./reader.ts";
import { type Neighbours, Resolver, type Value } from "./resolver.ts";
import type { CodeClass, CodeFunction } from "./scope.ts";
import { importsOf } from "./strings.ts";
import { isTelling, mayConcern } from "./telling.ts";

/**
 * The uses of the catalog's activations in a file, in the order of the text, at a fraction of the cost of reading all of
 * it: only parts are parsed that are telling, that import, or that hold a name which one of these binds to an activation.
 */
export function scanCode(text: string, language: Language, neighbours?: Neighbours): readonly ActivationUse[] {
	const scopes = new LazyScopes(text, language, mayConcern);
	const resolver = new Resolver(text, scopes, language, neighbours);
	const definitions = new Definitions(resolver, null);
	const parts = scopes
		.partsWhere(isTelling, (part) => activationsBy(part, resolver, definitions))
		.map(({ scopes }) => scopes)
		.filter(({ sites }) => sites.length > 0);
	if (parts.length === 0) return [];
	const imports = importsOf(resolver, text);
	return parts.flatMap((part) => {
		const reader = new Reader(resolver, new Definitions(resolver, null), () => definitions);
		const uses = reader.read(part.sites, definitions.in(part), imports);
		return uses.filter(({ activation }) => activation !== null);
	});
}

/** The names and attributes that a part binds to activations, or to lists and tables of some. */
function* activationsBy({ names, attributes }: ParsedPart, resolver: Resolver, own: Definitions): Generator<string> {
	const definitionsOf = (of: CodeFunction | CodeClass) => importedDefinitions(of, resolver) ?? own;
	const isMeant = (definition: Definition | null) => definition !== null && meantActivation(definition) !== null;
	const isActivation = (value: Value | undefined): boolean => {
		switch (value?.kind) {
			case "name":
				return resolveName(value.name) !== undefined;
			case "activation":
				return true;
			case "function":
				return isMeant(definitionsOf(value.function).ofFunction(value.function));
			case "class":
			case "object":
				return isMeant(definitionsOf(value.class).ofClass(value.class));
			case "collection":
				return value.items.some((item) => isActivation(resolver.resolveValue(item.value, value.place)));
			default:
				return false;
		}
	};
	for (const bound of [names, ...attributes.values()]) {
		for (const [name, bindings] of bound) {
			if (bindings.some((binding) => isActivation(resolver.valueOf(binding)?.value))) yield name;
		}
	}
}
