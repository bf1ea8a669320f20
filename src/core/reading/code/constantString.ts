import { takesActivation } from "./activationKeyword.ts";
import { attributeParts, type SyntaxNode, stringValue, textOf, unwrap } from "./node.ts";
import type { Resolver } from "./resolver.ts";
import type { Place } from "./scope.ts";

/** How a member is written that has a number, whichever. */
const NUMBERED = /^(\d+|(enum\.)?auto\(\))$/;

/**
 * The string that a class holds as a constant: `Act.RELU`, of an `Enum` also `Act.RELU.value`. A member that an `Enum` of
 * activations numbers, `RELU = auto()`, stands for its name.
 */
export function constantString(node: SyntaxNode, place: Place, resolver: Resolver): string | undefined {
	const own = attributeParts(unwrap(node));
	const member = own && textOf(own.property) === "value" ? attributeParts(unwrap(own.object)) : own;
	if (!member) return undefined;
	const holder = resolver.resolveValue(member.object, place);
	if (holder?.kind !== "class") return undefined;
	const name = textOf(member.property);
	const [only, ...others] = resolver.attributeBindings(holder.class, name) ?? [];
	if (only?.what.kind !== "value" || others.length > 0 || only.scope.kind !== "class") return undefined;
	const value = unwrap(only.what.node);
	const isNumbered = takesActivation(holder.class.name) && NUMBERED.test(textOf(value));
	return isNumbered ? name.toLowerCase() : stringValue(value);
}
