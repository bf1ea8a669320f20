import type { Site } from "../../reading/code/scope.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";

/**
 * How a file writes a library's name by its imports where something stands: "F.softplus"; null where it imports nothing
 * that leads there, or the import's name means something else there.
 */
export function nameInFile(dotted: string, { node, ...place }: Site, code: CodeUnderRules): string | null {
	let best: string | null = null;
	for (const [name, bindings] of code.resolver.scopes.module.names) {
		const last = bindings.at(-1);
		if (last?.what.kind !== "import") continue;
		const { name: imported } = last.what;
		const written =
			dotted === imported ? name : dotted.startsWith(`${imported}.`) ? name + dotted.slice(imported.length) : null;
		if (written === null || (best !== null && written.length >= best.length)) continue;
		const holding = code.resolver.bindingsOf(name, place, node.from);
		if (holding.length > 0 && holding.every((binding) => binding === last)) best = written;
	}
	return best;
}
