import { resolveName } from "../../../activations/libraries/resolve.ts";
import type { CallArgument, SyntaxNode } from "../node.ts";
import type { Context } from "./context.ts";
import { Environment, type Term } from "./term.ts";

/** The text that an expression is where the code runs; undefined for what is none. */
function textAt(ctx: Context, node: SyntaxNode, environment: Environment): string | undefined {
	const term = ctx.term(node, environment);
	return term.kind === "literal" && typeof term.value === "string" ? term.value : undefined;
}

/** What a table has under a text: `TABLE[kind]`; undefined for what is no table, or has not one such entry. */
export function itemUnder(
	ctx: Context,
	object: SyntaxNode,
	key: SyntaxNode,
	environment: Environment,
): Term | undefined {
	const table = ctx.resolver.certainCollection(object, environment.place);
	if (!table?.items.some((item) => item.key !== null)) return undefined;
	const text = textAt(ctx, key, environment);
	const [item, ...others] = table.items.filter((each) => each.key === text);
	if (text === undefined || !item || others.length > 0) return undefined;
	const isOwn = table.place.scope === environment.place.scope;
	return ctx.deeper(key, () => ctx.term(item.value, isOwn ? environment : new Environment(table.place, null)));
}

/** What a library's module has under a text: `getattr(nn, kind)`. */
export function attributeUnder(
	ctx: Context,
	[module, key, ...others]: readonly CallArgument[],
	environment: Environment,
): Term | undefined {
	if (!module || !key || others.length > 0) return undefined;
	const object = ctx.term(module.value, environment);
	const name = object.kind === "value" && object.value.kind === "name" ? object.value.name : undefined;
	const dotted = name && `${name}.${textAt(ctx, key.value, environment) ?? ""}`;
	return dotted && resolveName(dotted) ? { kind: "value", value: { kind: "name", name: dotted } } : undefined;
}
