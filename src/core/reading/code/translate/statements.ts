import type { Expression } from "../../../expression/expression.ts";
import { statementsOf } from "../bodies.ts";
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
import { type CodeFunction, elementsOf } from "../scope.ts";
import { type Arm, armsOf } from "./arms.ts";
import { assign, update } from "./assignment.ts";
import { holdsForRest } from "./complements.ts";
import { merge } from "./conditions.ts";
import type { Context } from "./context.ts";
import { bindKeptConstant } from "./keptConstant.ts";
import { addElement, runLoop } from "./loops.ts";
import { describeStatement, NotUnderstood } from "./notUnderstood.ts";
import { overflowHandler, overflowOf } from "./overflows.ts";
import type { Environment, Term } from "./term.ts";

/** What comes of a statement: what the function returns, or that control comes out of it. */
type Outcome = { readonly done: true; readonly result: Term | undefined } | { readonly done: false };

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
		const goOn = (names: Environment) => ctx.deeper(statement, () => runStatements(ctx, list, i + 1, names));
		switch (statement.name) {
			case "ReturnStatement":
				return returned(ctx, statement, environment);
			case "IfStatement":
			case "MatchStatement":
			case "SwitchStatement": {
				if (bindKeptConstant(ctx, statement, environment)) break;
				const outcome = runBranches(ctx, statement, goOn, environment);
				if (outcome.done) return outcome.result;
				break;
			}
			case "TryStatement": {
				const outcome = ctx.deeper(statement, () => runTry(ctx, statement, goOn, environment));
				if (outcome.done) return outcome.result;
				break;
			}
			case "WithStatement": {
				const body = childNamed(statement, "Body");
				if (keepsNoGradient(ctx, statement)) ctx.writing.detach();
				const result = body && runStatements(ctx, statementsOf(body), 0, environment);
				if (result) return result;
				break;
			}
			case "ForStatement":
				runLoop(ctx, statement, environment, (statements, inside) =>
					ctx.deeper(statement, () => runStatements(ctx, statements, 0, inside)),
				);
				break;
			default:
				runStatement(ctx, statement, environment);
		}
	}
	return undefined;
}

/** `with torch.no_grad():` */
function keepsNoGradient(ctx: Context, { kids }: SyntaxNode): boolean {
	const head = kids.filter(({ name }) => name !== "Body").map((kid) => ctx.text(kid));
	return head.some((part) => /\b(no_grad|inference_mode|set_grad_enabled\(\s*False)\b/.test(part));
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

/** Runs the statements behind one, with the names of a way that comes out of it. */
type GoOn = (names: Environment) => Term | undefined;

/**
 * Runs an `if` or the like. Done where control does not come out of it: one way returns, and what another gives is read
 * from the statements behind.
 */
function runBranches(ctx: Context, statement: SyntaxNode, goOn: GoOn, environment: Environment): Outcome {
	const arms = armsOf(ctx, statement, environment);
	return ctx.deeper(statement, () => runArms(ctx, arms, 0, statement, goOn, environment));
}

function runArms(
	ctx: Context,
	arms: readonly Arm[],
	at: number,
	statement: SyntaxNode,
	goOn: GoOn,
	environment: Environment,
): Outcome {
	const arm = arms[at];
	if (!arm) return { done: false };
	if (!arm.condition) {
		const result = runStatements(ctx, arm.statements, 0, environment);
		return result === undefined ? { done: false } : { done: true, result };
	}
	if (alwaysRaises(arm.statements) || givesNoElement(arm.statements))
		return runArms(ctx, arms, at + 1, statement, goOn, environment);
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
	if (condition === false) return runArms(ctx, arms, at + 1, statement, goOn, environment);
	const [then, otherwise] = [environment.copy(), environment.copy(condition ? [condition] : [])];
	// Where `x > 0` and `x <= 0` are asked for there is no other way.
	const isRest = condition !== null && holdsForRest(condition, environment.excluded);
	const choose = (a: Term, b: Term): Term => merge(ctx, condition, a, b, statement, reason);
	const thenResult = runStatements(ctx, arm.statements, 0, then);
	const elseOutcome = ctx.deeper(statement, () => runArms(ctx, arms, at + 1, statement, goOn, otherwise));
	const elseResult = elseOutcome.done ? elseOutcome.result : undefined;
	const ways = [
		{ names: then, result: thenResult },
		{ names: otherwise, result: elseResult },
	] as const;
	return join(ways, { isRest, choose, goOn, statement }, environment);
}

/** What comes of one of several ways to go on: its names, and what it returns if it does. */
interface Way {
	readonly names: Environment;
	readonly result: Term | undefined;
}

interface Joining {
	/** Whether the first way is taken wherever the second is not understood to be. */
	readonly isRest: boolean;
	readonly choose: (a: Term, b: Term) => Term;
	readonly goOn: GoOn;
	readonly statement: SyntaxNode;
}

/** Puts two ways together: what they return, or what their names are behind them. */
function join([then, otherwise]: readonly [Way, Way], joining: Joining, environment: Environment): Outcome {
	const { isRest, choose, goOn, statement } = joining;
	if (then.result && otherwise.result) return { done: true, result: choose(then.result, otherwise.result) };
	if (then.result || otherwise.result) {
		// One way returns, the other goes on with the statements behind.
		const rest = goOn((then.result ? otherwise : then).names);
		if (!rest && isRest && then.result) return { done: true, result: then.result };
		if (!rest) throw new NotUnderstood("a way that returns nothing", statement);
		return { done: true, result: then.result ? choose(then.result, rest) : choose(rest, otherwise.result!) };
	}
	for (const name of new Set([...then.names.names.keys(), ...otherwise.names.names.keys()])) {
		const [a, b] = [then.names.names.get(name), otherwise.names.names.get(name)];
		const isBound = b !== undefined && b.kind !== "missing";
		// A name that only one way binds is unknown behind it.
		if (a && isRest && !isBound) environment.names.set(name, a);
		else if (a && b) environment.names.set(name, choose(a, b));
		else environment.names.delete(name);
	}
	return { done: false };
}

/**
 * Runs Python's `try` with what it does at an `OverflowError`: there its body gives nothing, and what is caught is done
 * in its place.
 */
function runTry(ctx: Context, statement: SyntaxNode, goOn: GoOn, environment: Environment): Outcome {
	const { body, handler } = overflowHandler(ctx, statement);
	const tried = environment.copy();
	const result = runStatements(ctx, body, 0, tried);
	const computed = [result, ...tried.names.values()].flatMap((term) => (term?.kind === "number" ? [term.e] : []));
	const condition = overflowOf(ctx, computed, statement);
	const caught = condition ? environment.copy() : tried;
	const ways = [
		{ names: caught, result: condition ? runStatements(ctx, handler, 0, caught) : result },
		{ names: tried, result },
	] as const;
	const choose = (a: Term, b: Term): Term => merge(ctx, condition, a, b, statement);
	return join(ways, { isRest: false, choose, goOn, statement }, environment);
}

/** Whether an arm only returns an empty list, as for an input without elements. */
function givesNoElement([only, ...others]: readonly SyntaxNode[]): boolean {
	const [, value, ...more] = only?.name === "ReturnStatement" && others.length === 0 ? only.kids : [];
	return value?.name === "ArrayExpression" && more.length === 0 && elementsOf(value).length === 0;
}

function alwaysRaises(statements: readonly SyntaxNode[]): boolean {
	return statements[statements.length - 1]?.name === "RaiseStatement";
}
