import { argumentsOf, type SyntaxNode, stringValue, textOf } from "./node.ts";
import { elementsOf } from "./scope.ts";

/**
 * The parameter of a test that a value is given for, or a list of such: `@pytest.mark.parametrize("n, act", [(1, "relu")])`;
 * undefined for what stands elsewhere.
 */
export function testedWith(value: SyntaxNode): string | undefined {
	const inside = [value];
	for (let node = value.parent; node && isList(node); node = node.parent) inside.push(node);
	const list = inside.at(-1)?.parent;
	if (list?.parent?.name !== "Decorator" || !/\.parametrize\b/.test(textOf(list.parent))) return undefined;
	const [first, given] = argumentsOf(list);
	if (!first || given?.value !== inside.pop()) return undefined;
	const names = namesIn(first.value);
	const row = names.length === 1 ? undefined : inside.pop();
	const item = inside.pop();
	// An item that is a list has a value for each of some layers.
	if (!item || inside.length > 1) return undefined;
	const at = row ? elementsOf(row).indexOf(item) : 0;
	return row && elementsOf(row).length !== names.length ? undefined : names[at];
}

/** The names of parameters in one string, or in a list of strings. */
function namesIn(node: SyntaxNode): string[] {
	const texts = isList(node) ? elementsOf(node).map(stringValue) : (stringValue(node) ?? "").split(",");
	return texts.map((text) => text?.trim() ?? "");
}

function isList({ name }: SyntaxNode): boolean {
	return name === "ArrayExpression" || name === "TupleExpression";
}
