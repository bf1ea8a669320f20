import type { Language } from "./language.ts";
import { LazyScopes } from "./lazyScopes.ts";
import { type Neighbours, Resolver } from "./resolver.ts";

/** The names of a text that others import from. */
export function openCode(text: string, language: Language, neighbours: Neighbours): Resolver {
	return new Resolver(text, new LazyScopes(text, language), language, neighbours);
}
