import { evaluate } from "../../../expression/evaluate.ts";
import { dependsOn } from "../../../expression/walk.ts";
import { armsOfIf } from "../bodies.ts";
import { type SyntaxNode, textOf } from "../node.ts";
import { wordsIn } from "../words.ts";
import type { Environment, Term } from "./term.ts";

/** What a loop computes of all elements, one by one: their sum, or the largest of them. */
export interface Accumulation {
	readonly name: string;
	readonly kind: "sum" | "max";
	/** What is added, or compared, of one element. */
	readonly of: SyntaxNode;
}

/**
 * What a statement in a loop's body accumulates: `total += math.exp(v)` from 0 on, `if v > most: most = v` from −∞ or None
 * on. Undefined for any other, and where the body uses what it has so far.
 */
export function accumulationOf(
	statement: SyntaxNode,
	body: SyntaxNode,
	{ names, level }: Environment,
): Accumulation | undefined {
	// Of rows there would be a number for each.
	const found = level > 0 ? undefined : (sumBy(statement) ?? largestBy(statement));
	if (!found || countOf(found.name, body) !== countOf(found.name, statement)) return undefined;
	const before = names.get(found.name);
	return before && isStart(found, before) ? found : undefined;
}

function sumBy({ name, kids }: SyntaxNode): Accumulation | undefined {
	const [target, operator, of] = kids;
	if (name !== "UpdateStatement" || target?.name !== "VariableName" || !operator || !of) return undefined;
	const isSum = textOf(operator) === "+=" && countOf(textOf(target), of) === 0;
	return isSum ? { name: textOf(target), kind: "sum", of } : undefined;
}

/** `if most is None or v > most: most = v` */
function largestBy(statement: SyntaxNode): Accumulation | undefined {
	const [arm, ...others] = statement.name === "IfStatement" ? armsOfIf(statement) : [];
	const [assignment, ...more] = arm?.statements ?? [];
	if (!arm?.condition || others.length > 0 || more.length > 0 || assignment?.name !== "AssignStatement")
		return undefined;
	const [target, , of] = assignment.kids;
	if (target?.name !== "VariableName" || of?.name !== "VariableName") return undefined;
	const [name, value] = [textOf(target), textOf(of)];
	const isLarger = [`${value} > ${name}`, `${name} < ${value}`].flatMap((text) => [text, `${name} is None or ${text}`]);
	return isLarger.includes(textOf(arm.condition).replace(/^\(([^()]*)\)$/, "$1"))
		? { name, kind: "max", of }
		: undefined;
}

function isStart({ kind }: Accumulation, before: Term): boolean {
	if (kind === "max" && before.kind === "literal") return before.value === null;
	const start = kind === "sum" ? 0 : Number.NEGATIVE_INFINITY;
	return before.kind === "number" && !dependsOn(before.e) && evaluate(before.e, 0) === start;
}

function countOf(name: string, node: SyntaxNode): number {
	const text = textOf(node);
	return wordsIn(text, name, 0, text.length).length;
}
