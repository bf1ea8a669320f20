import { argumentsOf, type CallArgument, callParts, type SyntaxNode, stringValue, textOf } from "./node.ts";
import { elementsOf } from "./scope.ts";

/** An element of a list, whose key is null, or an entry of a table under its key: a string as it is, all else as written. */
export interface Item {
	readonly key: string | null;
	readonly value: SyntaxNode;
}

/** More items are not looked through. */
const MOST_ITEMS = 64;

/** What makes a list or table of another one, or of its keywords. */
export const COLLECTION =
	/^(list|tuple|dict|collections\.OrderedDict|torch\.nn\.(ModuleList|ModuleDict)|paddle\.nn\.(LayerList|LayerDict)|flax\.nnx\.(List|Dict))$/;

/** The items that a literal holds; undefined for what is no literal, holds another's items (`*rest`), or is too long. */
export function itemsOf(literal: SyntaxNode): readonly Item[] | undefined {
	if (literal.kids.some(({ name }) => name === "*" || name === "**")) return undefined;
	const items = readItems(literal);
	return items && items.length > 0 && items.length <= MOST_ITEMS ? items : undefined;
}

function readItems(literal: SyntaxNode): Item[] | undefined {
	switch (literal.name) {
		case "ArrayExpression":
		case "TupleExpression":
			return elementsOf(literal).map((value) => ({ key: null, value }));
		case "DictionaryExpression":
			return literal.kids.flatMap((kid, i) => {
				const [key, value] = [literal.kids[i - 1], literal.kids[i + 1]];
				return kid.name === ":" && key && value ? [{ key: keyOf(key), value }] : [];
			});
		case "ArgList":
			return argumentsOf(literal).map(({ name, value }) => ({ key: name && textOf(name), value }));
		case "ArrayComprehensionExpression": {
			// `[nn.ReLU() for _ in range(3)]`: all are what one is, if that does not depend on the loop's name.
			const [, value, , target] = literal.kids;
			if (!value || target?.name !== "VariableName") return undefined;
			return mentions(value, textOf(target)) ? undefined : [{ key: null, value }];
		}
		default:
			return undefined;
	}
}

/** The pairs of `OrderedDict([("relu", nn.ReLU())])` as entries of a table. */
export function pairsOf(items: readonly Item[]): readonly Item[] | undefined {
	const pairs = items.map(({ value }) => (/^(Tuple|Array)Expression$/.test(value.name) ? elementsOf(value) : []));
	if (pairs.some((pair) => pair.length !== 2)) return undefined;
	return pairs.map(([key, value]) => ({ key: keyOf(key!), value: value! }));
}

function keyOf(node: SyntaxNode): string {
	return stringValue(node) ?? `[${textOf(node)}]`;
}

/** What of a table or list is asked for: the items under a key or at an index; all of them where that is not known. */
export function itemsAt(items: readonly Item[], index: SyntaxNode): readonly Item[] {
	if (!/^(String|Number|UnaryExpression)$/.test(index.name)) return items;
	if (items.some(({ key }) => key !== null)) return items.filter(({ key }) => key === keyOf(index));
	const at = Number(textOf(index));
	if (!Number.isInteger(at)) return items;
	const item = items.at(at);
	return item ? [item] : [];
}

/** The call of a method without arguments, such as `table.values()`: its object. */
export function objectOf(call: SyntaxNode, method: string): SyntaxNode | undefined {
	const parts = callParts(call);
	const { kids } = parts?.callee ?? { kids: [] };
	const property = kids[kids.length - 1];
	return property?.name === "PropertyName" && textOf(property) === method ? kids[0] : undefined;
}

/** The first argument that is not named. */
export function firstOf(list: readonly CallArgument[]): SyntaxNode | undefined {
	return list.find((argument) => argument.name === null && argument.stars === 0)?.value;
}

function mentions(node: SyntaxNode, name: string): boolean {
	return (node.name === "VariableName" && textOf(node) === name) || node.kids.some((kid) => mentions(kid, name));
}

/** Whether a text changes what the list or table of this name holds. */
export function changesItems(text: string, name: string): boolean {
	const word = name.replaceAll("$", "\\$");
	return new RegExp(
		`(?<![\\w$])${word}\\s*(?:\\.\\s*(?:append|extend|insert|update|add_module|setdefault|pop|remove|push|unshift|splice)\\b|\\[[^\\]\\n]*\\]\\s*=(?!=)|\\+=)`,
	).test(text);
}
