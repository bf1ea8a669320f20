import type { CodeUnderRules } from "./codeUnderRules.ts";

/** How a file writes a library's name by its imports: "F.softplus"; null where it imports nothing that leads there. */
export function nameInFile(dotted: string, code: CodeUnderRules): string | null {
	let best: string | null = null;
	for (const [name, bindings] of code.resolver.scopes.module.names) {
		const what = bindings.at(-1)?.what;
		if (what?.kind !== "import") continue;
		const written =
			dotted === what.name ? name : dotted.startsWith(`${what.name}.`) ? name + dotted.slice(what.name.length) : null;
		if (written !== null && (best === null || written.length < best.length)) best = written;
	}
	return best;
}
