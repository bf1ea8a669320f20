import { and, eq, ge, gt, le, lt, ne, or, where } from "../../../expression/build.ts";
import { type Expression, isTruth } from "../../../expression/expression.ts";
import type { SyntaxNode } from "../node.ts";
import { withoutUnset } from "./complements.ts";
import { type Context, MAX_DEPTH } from "./context.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { asNumber } from "./numbers.ts";
import { type Environment, number, type Term } from "./term.ts";

/** Whether an expression counts as true: known, or to be seen from the input. */
export function conditionOf(ctx: Context, node: SyntaxNode, environment: Environment): Expression | boolean {
	return truthOf(ctx.term(node, environment), node);
}

/** The same of a term; `node` is where it stands. */
export function truthOf(term: Term, node: SyntaxNode): Expression | boolean {
	if (term.kind === "literal") return term.value !== null && term.value !== false && term.value !== "";
	if (term.kind === "number") {
		if (isTruth(term.e)) return term.e;
		if (term.e.kind === "constant") return term.e.value !== 0;
		return ne(term.e, 0);
	}
	if (term.kind === "value" && term.value.kind === "name")
		throw new NotUnderstood(`condition on ${term.value.name}`, node);
	if (term.kind === "value" || term.kind === "closure") return true;
	throw new NotUnderstood("condition", node);
}

/** The one of two terms that a condition chooses. Where it is not known, for `reason`, they must be the same. */
export function merge(
	ctx: Context,
	condition: Expression | null,
	a: Term,
	b: Term,
	node: SyntaxNode,
	reason?: NotUnderstood,
): Term {
	// What one of the ways has changed in place stays changed.
	if (a === b || (a.kind === "number" && b.kind === "number" && a.e === b.e))
		return ctx.changed.has(b) || ctx.stored.has(b) ? b : a;
	if (a.kind === "literal" && b.kind === "literal" && a.value === b.value) return a;
	if (a.kind === "self" && b.kind === "self" && a.self === b.self) return a;
	if (a.kind === "unread") return a;
	if (b.kind === "unread") return b;
	if (condition === null) throw reason ?? new NotUnderstood("condition", node);
	if (a.kind === "tuple" && b.kind === "tuple" && a.items.length === b.items.length) {
		return { kind: "tuple", items: a.items.map((item, i) => merge(ctx, condition, item, b.items[i]!, node)) };
	}
	const choice = where(condition, asNumber(ctx, a, node), withoutUnset(asNumber(ctx, b, node), [condition]));
	return number(ctx.at(ctx.writing.note(choice, "branch"), node));
}

/** `a and b`, `a or b`: one of the two values, which are truth values or numbers. */
export function readEither(
	ctx: Context,
	operator: "and" | "or",
	left: SyntaxNode,
	right: SyntaxNode,
	environment: Environment,
): Term {
	const a = ctx.term(left, environment);
	const truth = truthOf(a, left);
	if (typeof truth === "boolean") return truth === (operator === "and") ? ctx.term(right, environment) : a;
	const b = ctx.term(right, environment);
	const isNumber = (term: Term) => term.kind === "number" && !isTruth(term.e);
	if (isNumber(a) || isNumber(b)) {
		const [then, otherwise] = operator === "and" ? [b, a] : [a, b];
		const choice = where(truth, asNumber(ctx, then, right), asNumber(ctx, otherwise, left));
		return number(ctx.writing.note(choice, "branch"));
	}
	const other = truthOf(b, right);
	if (typeof other === "boolean") {
		// `x > 0 and True` is the left side; `x > 0 and False` is the right one.
		return other === (operator === "and") ? number(truth) : { kind: "literal", value: other };
	}
	return number(operator === "and" ? and(truth, other) : or(truth, other));
}

/** What a comparison gives, or a chain of them. */
export function readComparison(ctx: Context, node: SyntaxNode, environment: Environment): Term {
	// `0 < x < 1` is read as ((0 < x) < 1) by the grammar, and means (0 < x) and (x < 1).
	const operands: SyntaxNode[] = [];
	const operators: string[] = [];
	let current: SyntaxNode = node;
	for (;;) {
		const { kids } = current;
		operands.push(kids[kids.length - 1]!);
		operators.push(
			kids
				.slice(1, -1)
				.map((kid) => ctx.text(kid))
				.join(" "),
		);
		const [left] = kids;
		if (left?.name === "BinaryExpression" && left.kids[1]?.name === "CompareOp") {
			current = left;
			if (operands.length > MAX_DEPTH) throw new NotUnderstood("nesting too deep", node);
			continue;
		}
		operands.push(left!);
		break;
	}
	operands.reverse();
	operators.reverse();
	const terms = operands.map((operand) => ctx.term(operand, environment));
	let result: Expression | boolean = true;
	operators.forEach((operator, i) => {
		const part = compare(ctx, operator, terms[i]!, terms[i + 1]!, node);
		if (result === true) result = part;
		else if (part === false || result === false) result = false;
		else if (part !== true) result = and(result, part);
	});
	return typeof result === "boolean" ? { kind: "literal", value: result } : number(result);
}

/** A comparison of two terms; known at once where neither is a number. */
export function compare(ctx: Context, operator: string, a: Term, b: Term, node: SyntaxNode): Expression | boolean {
	const equality = /^(==|is)$/.test(operator) ? true : /^(!=|is not|<>)$/.test(operator) ? false : undefined;
	if (equality !== undefined) {
		if (a.kind === "literal" && b.kind === "literal") return (a.value === b.value) === equality;
		const none = (term: Term) => term.kind === "literal" && (term.value === null || typeof term.value === "string");
		if (none(a) || none(b)) return !equality;
	}
	const isMember = operator === "in" ? true : operator === "not in" ? false : undefined;
	if (isMember !== undefined && a.kind === "literal" && b.kind === "tuple") {
		const values = b.items.flatMap((item) => (item.kind === "literal" ? [item.value] : []));
		if (values.length === b.items.length) return values.includes(a.value) === isMember;
	}
	const [p, q] = [asNumber(ctx, a, node), asNumber(ctx, b, node)];
	switch (operator) {
		case "<":
			return lt(p, q);
		case "<=":
			return le(p, q);
		case ">":
			return gt(p, q);
		case ">=":
			return ge(p, q);
		case "==":
			return eq(p, q);
		case "!=":
			return ne(p, q);
		default:
			throw new NotUnderstood(`operator ${operator}`, node);
	}
}
