import type { Language } from "./language.ts";
import { emptyTree } from "./node.ts";
import { type Neighbours, Resolver } from "./resolver.ts";
import { collectScopes } from "./scope.ts";

/** The names of a text that others import from. */
export function openCode(text: string, language: Language, neighbours: Neighbours): Resolver {
	const source = { text };
	const root = emptyTree(source);
	root.kids.push(...language.parse(text, 0, source).kids.map((kid) => Object.assign(kid, { parent: root })));
	return new Resolver(text, collectScopes(root), language, neighbours);
}
