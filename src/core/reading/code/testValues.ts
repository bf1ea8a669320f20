import { argumentsOf, childNamed, type SyntaxNode, stringValue, textOf } from "./node.ts";
import { elementsOf } from "./scope.ts";

/**
 * The parameter of a test that a value is given for, or a list of such: `@pytest.mark.parametrize("n, act", [(1, "relu")])`,
 * `@parameterized.parameters((1, "relu"))`; undefined for what stands elsewhere.
 */
export function testedWith(value: SyntaxNode): string | undefined {
	const inside = [value];
	for (let node = value.parent; node && isList(node); node = node.parent) inside.push(node);
	const list = inside.at(-1)?.parent;
	if (list?.parent?.name !== "Decorator") return undefined;
	const names = namesGiven(list, list.parent, inside);
	if (!names) return undefined;
	const row = names.length === 1 ? undefined : inside.pop();
	const item = inside.pop();
	// An item that is a list has a value for each of some layers.
	if (!item || inside.length > 1) return undefined;
	const at = row ? elementsOf(row).indexOf(item) : 0;
	return row && elementsOf(row).length !== names.length ? undefined : names[at];
}

/** The names of what a row gives; the list of all rows, where there is one, is taken from the lists around the value. */
function namesGiven(list: SyntaxNode, decorator: SyntaxNode, inside: SyntaxNode[]): string[] | undefined {
	const [first, given] = argumentsOf(list);
	const callee = /\.(parametrize|parameters|named_parameters|expand)\b/.exec(textOf(decorator))?.[1];
	if (!first || !callee) return undefined;
	if (callee === "parametrize") return given?.value === inside.pop() ? namesIn(first.value) : undefined;
	if (!given && first.value.name === "ArrayExpression") inside.pop();
	const names = parametersOf(childNamed(decorator.parent!, "FunctionDefinition"));
	return callee === "named_parameters" ? ["", ...names] : names;
}

/** The names of a test's parameters, but for its object. */
function parametersOf(test: SyntaxNode | undefined): string[] {
	const kids = (test && childNamed(test, "ParamList")?.kids) ?? [];
	const own = kids.filter(({ name }, i) => name === "VariableName" && /^[(,]$/.test(kids[i - 1]?.name ?? ""));
	return own.map(textOf).filter((name) => name !== "self");
}

/** The names of parameters in one string, or in a list of strings. */
function namesIn(node: SyntaxNode): string[] {
	const texts = isList(node) ? elementsOf(node).map(stringValue) : (stringValue(node) ?? "").split(",");
	return texts.map((text) => text?.trim() ?? "");
}

function isList({ name }: SyntaxNode): boolean {
	return name === "ArrayExpression" || name === "TupleExpression";
}
