import type { Expression } from "../../../expression/expression.ts";
import {
	argumentsOf,
	attributeParts,
	callParts,
	childNamed,
	hasComma,
	type SyntaxNode,
	splitByCommas,
	unwrap,
} from "../node.ts";
import type { CodeFunction } from "../scope.ts";
import { type Arm, armsOf, statementsOf } from "./arms.ts";
import { assign, update } from "./assignment.ts";
import { holdsForRest } from "./complements.ts";
import { merge } from "./conditions.ts";
import type { Context } from "./context.ts";
import { addElement, runLoop } from "./loops.ts";
import { describeStatement, NotUnderstood } from "./notUnderstood.ts";
import type { Environment, Term } from "./term.ts";

/** What a call of the function gives, its names being bound. */
export function runBody(ctx: Context, definition: CodeFunction, environment: Environment): Term {
	const { body } = definition;
	if (!body) throw new NotUnderstood("no body", definition.node);
	if (body.name !== "Body") return ctx.term(body, environment);
	const result = runStatements(ctx, statementsOf(body), 0, environment);
	if (result === undefined) throw new NotUnderstood("nothing is returned", definition.nameNode ?? definition.node);
	return result;
}

/** Runs statements from index `start`; gives what they return, or undefined if control falls out of the end. */
export function runStatements(
	ctx: Context,
	list: readonly SyntaxNode[],
	start: number,
	environment: Environment,
): Term | undefined {
	for (let i = start; i < list.length; i++) {
		const statement = list[i]!;
		ctx.step(statement);
		switch (statement.name) {
			case "ReturnStatement":
				return returned(ctx, statement, environment);
			case "IfStatement":
			case "MatchStatement":
			case "SwitchStatement": {
				const outcome = runBranches(ctx, statement, list, i, environment);
				if (outcome.done) return outcome.result;
				break;
			}
			case "WithStatement": {
				const body = childNamed(statement, "Body");
				const result = body && runStatements(ctx, statementsOf(body), 0, environment);
				if (result) return result;
				break;
			}
			case "ForStatement":
				runLoop(ctx, statement, environment, (body, inside) =>
					ctx.deeper(statement, () => runStatements(ctx, statementsOf(body), 0, inside)),
				);
				break;
			default:
				runStatement(ctx, statement, environment);
		}
	}
	return undefined;
}

function returned(ctx: Context, statement: SyntaxNode, environment: Environment): Term {
	const values = statement.kids.slice(1);
	if (values.length === 0) throw new NotUnderstood("nothing is returned", statement);
	if (!hasComma(statement)) return ctx.term(values[0]!, environment);
	const items = splitByCommas(values).flatMap((group) => group[0] ?? []);
	return { kind: "tuple", items: items.map((item) => ctx.term(item, environment)) };
}

function runStatement(ctx: Context, statement: SyntaxNode, environment: Environment): void {
	switch (statement.name) {
		case "AssignStatement":
			assign(ctx, statement, environment);
			return;
		case "UpdateStatement":
			update(ctx, statement, environment);
			return;
		case "ExpressionStatement":
			runExpression(ctx, statement, environment);
			return;
		case "FunctionDefinition":
		case "DecoratedStatement":
		case "ClassDefinition":
		case "PassStatement":
		case "AssertStatement":
		case "ImportStatement":
		case "ScopeStatement":
		case "DeleteStatement":
			return; // Names that they bind are looked up where they are used.
		case "StatementGroup":
			for (const kid of statement.kids) if (kid.name.endsWith("Statement")) runStatement(ctx, kid, environment);
			return;
		default:
			throw new NotUnderstood(describeStatement(statement), statement);
	}
}

/** Runs what stands for what it does alone: a call that changes something in place, or one without effect here. */
function runExpression(ctx: Context, statement: SyntaxNode, environment: Environment): void {
	const node = statement.kids[0] && unwrap(statement.kids[0]);
	if (!node || /^(String|ContinuedString|Ellipsis|None)$/.test(node.name)) return;
	const parts = node.name === "CallExpression" ? callParts(node) : undefined;
	const callee = parts && ctx.resolver.resolveValue(parts.callee, environment.place);
	if (callee?.kind === "name" && /^(print|warnings\.warn|logging\.\w+)$/.test(callee.name)) return;
	const member = parts && attributeParts(parts.callee);
	if (member && addElement(ctx, member, argumentsOf(parts.list), environment)) return;
	if (member && /^(save_for_backward|mark_non_differentiable|mark_dirty)$/.test(ctx.text(member.property))) return;
	if (member && isSuper(ctx, member.object)) return;
	// `x.clamp_(min=0)` changes x; the call itself binds the name again.
	const inPlace = member && /[^_]_$/.test(ctx.text(member.property));
	const out =
		parts &&
		argumentsOf(parts.list).some((argument) => argument.name && /^(out|inplace)$/.test(ctx.text(argument.name)));
	if (!inPlace && !out) throw new NotUnderstood("statement without effect on the result", statement);
	ctx.term(node, environment);
}

function isSuper(ctx: Context, node: SyntaxNode): boolean {
	const parts = node.name === "CallExpression" ? callParts(node) : undefined;
	return parts !== undefined && ctx.text(parts.callee) === "super";
}

/**
 * Runs an `if` or the like, the statement at `index` of the list. Done where control does not come out of it: one way returns, and
 * what another gives is read from the statements behind.
 */
function runBranches(
	ctx: Context,
	statement: SyntaxNode,
	list: readonly SyntaxNode[],
	index: number,
	environment: Environment,
): { done: true; result: Term | undefined } | { done: false } {
	const arms = armsOf(ctx, statement, environment);
	return ctx.deeper(statement, () => runArms(ctx, arms, 0, statement, list, index, environment));
}

function runArms(
	ctx: Context,
	arms: readonly Arm[],
	at: number,
	statement: SyntaxNode,
	list: readonly SyntaxNode[],
	index: number,
	environment: Environment,
): { done: true; result: Term | undefined } | { done: false } {
	const arm = arms[at];
	if (!arm) return { done: false };
	if (!arm.condition) {
		const result = runStatements(ctx, arm.statements, 0, environment);
		return result === undefined ? { done: false } : { done: true, result };
	}
	if (alwaysRaises(arm.statements)) return runArms(ctx, arms, at + 1, statement, list, index, environment);
	let condition: Expression | boolean | null;
	let reason: NotUnderstood | undefined;
	try {
		condition = arm.condition(environment);
	} catch (error) {
		if (!(error instanceof NotUnderstood)) throw error;
		condition = null; // It does not matter if both ways give the same.
		reason = error;
	}
	if (condition === true) {
		const result = runStatements(ctx, arm.statements, 0, environment);
		return result === undefined ? { done: false } : { done: true, result };
	}
	if (condition === false) return runArms(ctx, arms, at + 1, statement, list, index, environment);
	const [then, otherwise] = [environment.copy(), environment.copy(condition ? [condition] : [])];
	// Where `x > 0` and `x <= 0` are asked for there is no other way.
	const isRest = condition !== null && holdsForRest(condition, environment.excluded);
	const choose = (a: Term, b: Term): Term => merge(ctx, condition, a, b, statement, reason);
	const thenResult = runStatements(ctx, arm.statements, 0, then);
	const elseOutcome = ctx.deeper(statement, () => runArms(ctx, arms, at + 1, statement, list, index, otherwise));
	const elseResult = elseOutcome.done ? elseOutcome.result : undefined;
	if (thenResult && elseResult) return { done: true, result: choose(thenResult, elseResult) };
	if (thenResult || elseResult) {
		// One way returns, the other goes on with the statements behind.
		const rest = ctx.deeper(statement, () => runStatements(ctx, list, index + 1, thenResult ? otherwise : then));
		if (!rest && isRest && thenResult) return { done: true, result: thenResult };
		if (!rest) throw new NotUnderstood("a way that returns nothing", statement);
		return { done: true, result: thenResult ? choose(thenResult, rest) : choose(rest, elseResult!) };
	}
	for (const name of new Set([...then.names.keys(), ...otherwise.names.keys()])) {
		const [a, b] = [then.names.get(name), otherwise.names.get(name)];
		const isBound = b !== undefined && b.kind !== "missing";
		// A name that only one way binds is unknown behind it.
		if (a && isRest && !isBound) environment.names.set(name, a);
		else if (a && b) environment.names.set(name, choose(a, b));
		else environment.names.delete(name);
	}
	return { done: false };
}

function alwaysRaises(statements: readonly SyntaxNode[]): boolean {
	return statements[statements.length - 1]?.name === "RaiseStatement";
}
