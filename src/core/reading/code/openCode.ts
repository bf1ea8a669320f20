import type { Language } from "./language.ts";
import { emptyTree } from "./node.ts";
import { type Neighbours, Resolver } from "./resolver.ts";
import { collectScopes } from "./scope.ts";

/** The names of texts that run one after the other in one module, as one text; `starts` says where each begins in it. */
export function openCode(
	texts: readonly string[],
	language: Language,
	neighbours?: Neighbours,
): { resolver: Resolver; starts: readonly number[] } {
	const text = texts.length === 1 ? texts[0]! : texts.join("\n");
	const source = { text };
	const root = emptyTree(source);
	const starts: number[] = [];
	let start = 0;
	for (const each of texts) {
		starts.push(start);
		// Each text is parsed alone, so that an open bracket in one does not swallow the next.
		root.kids.push(...language.parse(each, start, source).kids.map((kid) => Object.assign(kid, { parent: root })));
		start += each.length + 1;
	}
	return { resolver: new Resolver(text, collectScopes(root), language, neighbours), starts };
}
