import { constant, where } from "../../../expression/build.ts";
import type { Expression } from "../../../expression/expression.ts";
import { dependsOn } from "../../../expression/walk.ts";
import type { CallArgument, SyntaxNode } from "../node.ts";
import { truthOf } from "./conditions.ts";
import type { Context } from "./context.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { asNumber, numberOf } from "./numbers.ts";
import { type Environment, number, type Term } from "./term.ts";

/** `np.select([c1, c2], [a, b], default)` takes the first that holds. */
export function callSelect(
	ctx: Context,
	positional: readonly SyntaxNode[],
	keyword: (...names: string[]) => SyntaxNode | undefined,
	node: SyntaxNode,
	environment: Environment,
): Term {
	const [conditions, choices] = [positional[0] ?? keyword("condlist"), positional[1] ?? keyword("choicelist")];
	if (!conditions || !choices) throw new NotUnderstood("select without its arguments", node);
	const truths = listOf(ctx, conditions, environment).map((term) => truthOf(term, conditions));
	const values = listOf(ctx, choices, environment).map((term) => asNumber(ctx, term, choices));
	if (values.length !== truths.length) throw new NotUnderstood("select", node);
	const given = positional[2] ?? keyword("default");
	let result = given ? numberOf(ctx, given, environment) : zero(ctx);
	for (let i = truths.length - 1; i >= 0; i--) {
		const [truth, value] = [truths[i]!, values[i]!];
		// All choices meet in one type; numbers of Python's alone have none.
		const isTyped = dependsOn(value) || dependsOn(result);
		if (typeof truth === "boolean") result = truth ? value : result;
		else {
			result = where(truth, value, result);
			if (i > 0) ctx.writing.note(result, isTyped ? "select" : "branch");
		}
	}
	return number(result);
}

/** `np.piecewise(x, [c1, c2], [f, g, otherwise])` takes the last that holds, and gives an array of the type of x. */
export function callPiecewise(
	ctx: Context,
	list: readonly CallArgument[],
	node: SyntaxNode,
	environment: Environment,
): Term {
	const [array, conditions, functions] = list;
	if (!array || !conditions || !functions || list.length > 3 || list.some(({ name, stars }) => name || stars > 0))
		throw new NotUnderstood("arguments of piecewise", node);
	const truths = listOf(ctx, conditions.value, environment).map((term) => truthOf(term, conditions.value));
	const values = listOf(ctx, functions.value, environment).map((term) => {
		const isFunction = term.kind === "closure" || term.kind === "value" || term.kind === "self";
		if (isFunction) return asNumber(ctx, ctx.apply(term, [array], node, environment), functions.value);
		const value = asNumber(ctx, term, functions.value);
		if (dependsOn(value)) throw new NotUnderstood("an array in place of a function", functions.value);
		return value;
	});
	if (values.length === truths.length) values.push(zero(ctx));
	if (values.length !== truths.length + 1) throw new NotUnderstood("piecewise", node);
	const result = truths.reduce<Expression>((before, truth, i) => {
		if (typeof truth === "boolean") return truth ? values[i]! : before;
		return ctx.writing.note(where(truth, values[i]!, before), "branch");
	}, values.at(-1)!);
	ctx.writing.convertTo("input", false);
	return number(result);
}

function zero({ writing }: Context): Expression {
	return writing.note(constant(0), "whole");
}

/** What a list holds; what is no list stands for one that holds it. */
function listOf(ctx: Context, node: SyntaxNode, environment: Environment): readonly Term[] {
	const term = ctx.term(node, environment);
	return term.kind === "tuple" ? term.items : [term];
}
