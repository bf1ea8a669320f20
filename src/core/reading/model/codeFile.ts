import type { SyntaxNode } from "../code/node.ts";
import type { Resolver } from "../code/resolver.ts";
import type { CodeClass, CodeFunction, Scope } from "../code/scope.ts";
import type { Site } from "./thing.ts";

/** A file as it is executed: its tree, and what its statements define. */
export interface CodeFile {
	readonly resolver: Resolver;
	readonly root: SyntaxNode;
	/** Null for the file that models are read of. */
	readonly path: string | null;
	readonly functions: ReadonlyMap<SyntaxNode, CodeFunction>;
	readonly classes: ReadonlyMap<SyntaxNode, CodeClass>;
	/** By the offset behind an import: the names that it binds, and the dotted names they stand for. */
	readonly imports: ReadonlyMap<number, readonly { readonly name: string; readonly dotted: string }[]>;
	/** For code of a library's: the place in the user's code that it is run for. */
	readonly stands?: { for: Site | null };
}

const files = new WeakMap<Resolver, CodeFile>();

/** The file that a resolver is of. */
export function codeFileOf(resolver: Resolver, path: string | null): CodeFile {
	const known = files.get(resolver);
	if (known) return known;
	const { functions, classes, lambdas, module, root } = resolver.scopes;
	const byNode = new Map(functions.map((each) => [each.node, each] as const));
	for (const [node, lambda] of lambdas) byNode.set(node, lambda);
	const scopes = [module, ...[...functions, ...classes].map(({ scope }) => scope)];
	const made: CodeFile = {
		resolver,
		root,
		path,
		functions: byNode,
		classes: new Map(classes.map((each) => [each.node, each] as const)),
		imports: importsIn(scopes),
	};
	files.set(resolver, made);
	return made;
}

/** Whether a file imports PyTorch, whose tensors are changed in place where those of others are replaced. */
export function usesTorch({ imports }: CodeFile): boolean {
	for (const bound of imports.values()) if (bound.some(({ dotted }) => /^torch(\.|$)/.test(dotted))) return true;
	return false;
}

function importsIn(scopes: readonly Scope[]): CodeFile["imports"] {
	const found = new Map<number, { name: string; dotted: string }[]>();
	for (const { names } of scopes) {
		for (const [name, bindings] of names) {
			for (const { at, what } of bindings) {
				if (what.kind !== "import") continue;
				const known = found.get(at) ?? [];
				found.set(at, known);
				known.push({ name, dotted: what.name });
			}
		}
	}
	return found;
}
