import { Making } from "./making.ts";
import type { CallArgument, SyntaxNode } from "./node.ts";
import type { Resolver } from "./resolver.ts";
import type { CodeFunction, Place } from "./scope.ts";
import type { Value } from "./value.ts";

/** What a function makes, and the texts among its arguments and their defaults by which it chooses that. */
export interface Made {
	readonly value: Value;
	readonly chosenBy: ReadonlySet<SyntaxNode>;
}

/**
 * The activation, or what makes one, that a function of the workspace gives for some arguments: `get_activation("relu")`.
 * Its body is run as far as texts choose the way, and the names of a table or a module; undefined where another way than
 * one to an error is open.
 */
export function madeBy(
	maker: CodeFunction,
	list: readonly CallArgument[],
	place: Place,
	resolver: Resolver,
): Made | undefined {
	const chosenBy = new Set<SyntaxNode>();
	const value = new Making({ resolver, chosenBy, steps: 0 }, place).callOf(maker, list);
	return value && { value, chosenBy };
}
