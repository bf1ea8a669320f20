import { applyCompare, not, parameter, where } from "../../../expression/build.ts";
import type { CompareOperator, Expression } from "../../../expression/expression.ts";

/** What holds where a comparison does not, but for NaN; and what the same comparison is from the other side. */
const OPPOSITE: Readonly<Record<CompareOperator, CompareOperator>> = {
	lt: "ge",
	ge: "lt",
	gt: "le",
	le: "gt",
	eq: "ne",
	ne: "eq",
};
const MIRRORED: Readonly<Record<CompareOperator, CompareOperator>> = {
	lt: "gt",
	gt: "lt",
	le: "ge",
	ge: "le",
	eq: "eq",
	ne: "ne",
};

/** Whether one of two conditions holds for every number, and never both. For NaN it may be neither. */
export function areComplements(a: Expression, b: Expression): boolean {
	if (a === not(b) || b === not(a)) return true;
	if (a.kind !== "compare" || b.kind !== "compare") return false;
	const opposite = OPPOSITE[a.operator];
	return b === applyCompare(opposite, a.left, a.right) || b === applyCompare(MIRRORED[opposite], a.right, a.left);
}

/** In a longer chain of choices it is not looked for what is left. */
const MOST_EXCLUDED = 16;

/** What is in an array that nothing was put into: a parameter with a name that no code can have. */
export const UNSET = parameter("#unset");

/** What is chosen where none of `excluded` holds: without what is unset, if no number is left for that. */
export function withoutUnset(e: Expression, excluded: readonly Expression[]): Expression {
	if (e.kind !== "where" || excluded.length > MOST_EXCLUDED) return e;
	if (e.otherwise === UNSET) return holdsForRest(e.condition, excluded) ? e.then : e;
	const otherwise = withoutUnset(e.otherwise, [...excluded, e.condition]);
	return otherwise === e.otherwise ? e : where(e.condition, e.then, otherwise);
}

/** Whether a condition holds for every number for which none of the others does. */
export function holdsForRest(condition: Expression, others: readonly Expression[]): boolean {
	if (condition.kind === "binary" && condition.operator === "and")
		return holdsForRest(condition.left, others) && holdsForRest(condition.right, others);
	return others.some((other) => areComplements(condition, other));
}
