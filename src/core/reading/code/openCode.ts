import type { Language } from "./language.ts";
import { LazyScopes } from "./lazyScopes.ts";
import { type Neighbours, Resolver } from "./resolver.ts";

/** The names of a text that others import from; of a definition only if `concerns` says so of its code. */
export function openCode(
	text: string,
	language: Language,
	neighbours: Neighbours,
	concerns: (code: string) => boolean,
): Resolver {
	return new Resolver(text, new LazyScopes(text, language, concerns), language, neighbours);
}
