import type { Language } from "./language.ts";
import { LazyScopes } from "./lazyScopes.ts";
import { type Neighbours, Resolver } from "./resolver.ts";

/** A text of which only what is asked for is parsed. */
export interface OpenCode {
	readonly scopes: LazyScopes;
	readonly resolver: Resolver;
}

/** Opens a text that is scanned, or that others import from; of its definitions only if `concerns` says so of their code. */
export function openCode(
	text: string,
	language: Language,
	neighbours: Neighbours | undefined,
	concerns: (code: string) => boolean,
): OpenCode {
	const scopes = new LazyScopes(text, language, concerns);
	return { scopes, resolver: new Resolver(text, scopes, language, neighbours) };
}
