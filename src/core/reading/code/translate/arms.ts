import { and, not, or } from "../../../expression/build.ts";
import { type Expression, isTruth } from "../../../expression/expression.ts";
import { armsOfIf, statementsOf } from "../bodies.ts";
import { childNamed, type SyntaxNode } from "../node.ts";
import { bind } from "./assignment.ts";
import { compare, conditionOf } from "./conditions.ts";
import type { Context } from "./context.ts";
import { describeStatement, NotUnderstood } from "./notUnderstood.ts";
import type { Environment, Term } from "./term.ts";

/** One of the ways that a statement may go: the first whose condition holds, or that has none. */
export interface Arm {
	readonly condition: ((environment: Environment) => Expression | boolean) | null;
	readonly statements: readonly SyntaxNode[];
}

/** The arms of an `if`, a `match` or a `switch`, whose subject is read at once. */
export function armsOf(ctx: Context, statement: SyntaxNode, environment: Environment): Arm[] {
	if (statement.name === "IfStatement") {
		return armsOfIf(statement).map(({ condition, statements }) => ({
			condition: condition && ((environment) => conditionOf(ctx, condition, environment)),
			statements,
		}));
	}
	const [, subject, body] = statement.kids;
	if (!subject || !/Body$/.test(body?.name ?? "")) throw new NotUnderstood(describeStatement(statement), statement);
	const term = ctx.term(subject, environment);
	return statement.name === "MatchStatement" ? armsOfMatch(ctx, statement, term) : armsOfSwitch(ctx, statement, term);
}

function armsOfMatch(ctx: Context, statement: SyntaxNode, subject: Term): Arm[] {
	const clauses = childNamed(statement, "MatchBody")?.kids.filter(({ name }) => name === "MatchClause") ?? [];
	return clauses.map((clause) => {
		const [, pattern, ...rest] = clause.kids;
		const body = rest.at(-1);
		const guard = rest.length === 2 && rest[0]!.name === "Guard" ? rest[0]!.kids[1] : undefined;
		if (!pattern || body?.name !== "Body" || rest.length !== (guard ? 2 : 1)) throw new NotUnderstood("case", clause);
		const condition = (environment: Environment) => {
			const fits = matches(ctx, pattern, subject, environment);
			if (!guard || fits === false) return fits;
			const holds = conditionOf(ctx, guard, environment);
			if (fits === true || holds === false) return holds;
			return holds === true ? fits : and(fits, holds);
		};
		return { condition, statements: statementsOf(body) };
	});
}

/** Whether the subject fits a pattern: a name fits all, and is bound. */
function matches(ctx: Context, pattern: SyntaxNode, subject: Term, environment: Environment): Expression | boolean {
	const [only, ...others] = pattern.kids;
	if (pattern.name === "CapturePattern") {
		if (ctx.text(pattern) !== "_") bind(ctx, only!, subject, environment);
		return true;
	}
	if (pattern.name === "OrPattern") {
		const parts = pattern.kids.filter(({ name }) => name.endsWith("Pattern"));
		return either(parts.map((part) => () => matches(ctx, part, subject, environment)));
	}
	if (pattern.name !== "LiteralPattern" || !only || others.length > 0) throw new NotUnderstood("pattern", pattern);
	return isSame(ctx, subject, ctx.term(only, environment), pattern);
}

function armsOfSwitch(ctx: Context, statement: SyntaxNode, subject: Term): Arm[] {
	const arms: Arm[] = [];
	let values: SyntaxNode[] = [];
	let statements: SyntaxNode[] = [];
	let isDefault = false;
	const end = (isLast: boolean) => {
		if (values.length === 0 && !isDefault) return;
		const last = statements.at(-1);
		if (!last && !isLast && !isDefault) return; // The next case is one way with this one.
		const isClosed = isLast || (last && /^(Break|Return|Raise)Statement$/.test(last.name));
		if (!isClosed || (isDefault && !isLast))
			throw new NotUnderstood("case that goes on with the next", last ?? statement);
		const cases = values;
		const condition = (environment: Environment) =>
			either(cases.map((value) => () => isSame(ctx, subject, ctx.term(value, environment), value)));
		arms.push({
			condition: isDefault ? null : condition,
			statements: last?.name === "BreakStatement" ? statements.slice(0, -1) : statements,
		});
		[values, statements] = [[], []];
	};
	const kids = childNamed(statement, "Body")?.kids ?? [];
	kids.forEach((kid, i) => {
		if (kid.name === "case" || kid.name === "DefaultLabel") end(false);
		if (kid.name === "DefaultLabel") isDefault = true;
		else if (kids[i - 1]?.name === "case") values.push(kid);
		else if (kid.name === "Body") statements.push(...statementsOf(kid));
		else if (!/^(case|:)$/.test(kid.name)) statements.push(kid);
	});
	end(true);
	return arms;
}

/** Whether one of several holds, which are asked in their order. */
function either(conditions: readonly (() => Expression | boolean)[]): Expression | boolean {
	return conditions.reduce<Expression | boolean>((before, condition) => {
		const holds = before === true || condition();
		return before === false || holds === true ? holds : holds === false ? before : or(before as Expression, holds);
	}, false);
}

/** Whether two terms are the same: truth values, or what is known. */
function isSame(ctx: Context, a: Term, b: Term, node: SyntaxNode): Expression | boolean {
	const [known, other] = b.kind === "literal" ? [b, a] : [a, b];
	if (known.kind === "literal" && typeof known.value === "boolean" && other.kind === "number" && isTruth(other.e)) {
		// NumPy's truth values are not Python's.
		ctx.writing.convertTo("float64", false);
		return known.value ? other.e : not(other.e);
	}
	// What is one number or another is no function of numbers, but of codes.
	if (a.kind === "number" || b.kind === "number") throw new NotUnderstood("case", node);
	return compare(ctx, "==", a, b, node);
}
