import { canonicalName, resolveName } from "../../activations/libraries/resolve.ts";
import { bindParameters } from "./callParameters.ts";
import { COLLECTION, firstOf, itemsOf, pairsOf } from "./collections.ts";
import { namedActivationCall } from "./namedActivation.ts";
import { argumentsOf, type CallArgument, type SyntaxNode, stringValue, textOf, unwrap } from "./node.ts";
import type { Resolver } from "./resolver.ts";
import type { Place } from "./scope.ts";
import type { Value } from "./value.ts";

/** Wrappers that return a function that computes the same. */
const TRANSPARENT =
	/^(torch\.jit\.(script|script_if_tracing|export|ignore)|torch\.compile|jax\.(jit|vmap|pmap|checkpoint|remat|named_call)|tensorflow\.function|numpy\.vectorize|jax\.numpy\.vectorize|numba\.(n?jit|vectorize)|functools\.(lru_cache|cache|wraps)|staticmethod|torch\.fx\.wrap)$/;

/** Functions that give the module which computes with an array, NumPy's or one with the same functions: `xp`. */
const ARRAY_MODULE = /(^|\.)(get_array_module|array_namespace|get_namespace)$/;

/** What a call of a library's function or class gives, by its dotted name. */
export function resultOfLibrary(
	dotted: string,
	argumentList: SyntaxNode,
	place: Place,
	resolver: Resolver,
): Value | undefined {
	const list = argumentsOf(argumentList);
	const name = canonicalName(dotted);
	const entry = resolveName(dotted);
	if (entry?.kind === "module")
		return { kind: "activation", entry, bound: bindParameters(entry, list, place, resolver) };
	const first = firstOf(list);
	if (name === "functools.partial" && first) return partialOf(first, list, place, resolver);
	if (name === "getattr" && first && list.length === 2) {
		const object = resolver.resolveValue(first, place);
		const attribute = stringValue(unwrap(list[1]!.value));
		return object && attribute !== undefined
			? resolver.memberOf({ value: object, assigned: true }, attribute)?.value
			: undefined;
	}
	if (COLLECTION.test(name)) return collectionOf(argumentList, list, place, resolver);
	if (ARRAY_MODULE.test(name)) return { kind: "name", name: "numpy" };
	if (TRANSPARENT.test(name) && first) return resolver.resolveValue(first, place);
	return namedActivation(name, list, place, resolver);
}

/** `partial(nn.LeakyReLU, 0.2)`, `partial(F.gelu, approximate="tanh")`. */
function partialOf(of: SyntaxNode, list: readonly CallArgument[], place: Place, resolver: Resolver): Value | undefined {
	const inner = resolver.resolveValue(of, place);
	const entry = inner?.kind === "name" ? resolveName(inner.name) : undefined;
	if (!entry) return undefined;
	const isMaker = entry.kind === "module";
	// Positional arguments of a partial function would come before the input.
	const rest = isMaker ? list.slice(1) : list.filter((argument) => argument.name !== null || argument.stars > 0);
	if (list[0]?.value !== of || rest.length !== list.length - 1) return undefined;
	return { kind: "activation", entry, bound: bindParameters(entry, rest, place, resolver), isMaker };
}

/** `nn.ModuleList([…])`, `OrderedDict([(key, value)])`, `dict(key=value)`. */
function collectionOf(
	argumentList: SyntaxNode,
	list: readonly CallArgument[],
	place: Place,
	resolver: Resolver,
): Value | undefined {
	const first = firstOf(list);
	if (!first) {
		const items = list.every(({ stars }) => stars === 0) && itemsOf(argumentList);
		return items ? { kind: "collection", literal: argumentList, items, place } : undefined;
	}
	const inner = list.length === 1 ? resolver.certainCollection(first, place) : undefined;
	if (!inner) return undefined;
	const isTable = /dict/i.test(textOf(argumentList.parent!.kids[0]!));
	return isTable ? { ...inner, items: pairsOf(inner.items) ?? inner.items } : inner;
}

/** `keras.activations.get("relu")`, or of a function. */
function namedActivation(
	name: string,
	list: readonly CallArgument[],
	place: Place,
	resolver: Resolver,
): Value | undefined {
	const named = namedActivationCall(name);
	if (!named) return undefined;
	const keyword = list.find((argument) => argument.name && named.keyword.test(resolver.textOf(argument.name)));
	const argument = firstOf(list) ?? keyword?.value;
	if (!argument) return undefined;
	const key = stringValue(unwrap(argument));
	if (key !== undefined) return resolver.fromString(named.library, key, /\.get_act_layer$/.test(name));
	const inner = resolver.resolveValue(argument, place);
	if (inner?.kind !== "name") return inner;
	const passed = resolveName(inner.name);
	return passed && passed.kind !== "module"
		? { kind: "activation", entry: passed, bound: bindParameters(passed, [], place, resolver) }
		: undefined;
}
