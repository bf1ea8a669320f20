import { argumentsOf, attributeParts, type CallArgument, callParts, type SyntaxNode, unwrap } from "../node.ts";
import type { Place } from "../scope.ts";
import { applyActivation, constants } from "./activationCalls.ts";
import { changeTo } from "./assignment.ts";
import type { Context } from "./context.ts";
import { checkDecorators, hasDecorator, noteManner } from "./decorators.ts";
import { errorFunction } from "./errorFunctions.ts";
import { callLibrary } from "./libraryCalls.ts";
import { callMethod } from "./methods.ts";
import { readMember } from "./names.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { numberOf } from "./numbers.ts";
import { methodOf, selfOf } from "./objects.ts";
import { argumentFor } from "./parameters.ts";
import { runBody } from "./statements.ts";
import { Environment, number, type Self, type Term } from "./term.ts";

/** Functions that call one another in a longer chain are not read. */
const MAX_CALLS = 16;

/** What a call gives. */
export function readCall(ctx: Context, node: SyntaxNode, environment: Environment): Term {
	const parts = callParts(node);
	if (!parts) throw new NotUnderstood("half-typed call", node);
	const list = argumentsOf(parts.list);
	const callee = readCallee(ctx, parts.callee, environment);
	if ("method" in callee) return callMethod(ctx, callee.method, callee.object, parts.callee, list, node, environment);
	const result = apply(ctx, callee.term, list, node, environment);
	writeBack(ctx, list, result, environment);
	return result;
}

function readCallee(
	ctx: Context,
	node: SyntaxNode,
	environment: Environment,
): { term: Term } | { method: string; object: Term } {
	const inner = unwrap(node);
	const member = attributeParts(inner);
	if (!member) return { term: ctx.term(inner, environment) };
	const object = ctx.term(member.object, environment);
	if (/^(number|array|tuple|literal)$/.test(object.kind)) return { method: ctx.text(member.property), object };
	return { term: readMember(ctx, inner, environment) };
}

/** What a call of a term gives: of a function or an object of the file, of an activation, or by name; `node` is the call. */
export function apply(
	ctx: Context,
	callee: Term,
	list: readonly CallArgument[],
	node: SyntaxNode,
	environment: Environment,
	level = environment.level,
): Term {
	switch (callee.kind) {
		case "closure":
			return inline(ctx, callee, list, node, environment, level);
		case "self":
			return callObject(ctx, callee.self, list, node, environment, level);
		case "value":
			break;
		default:
			throw new NotUnderstood("call", node);
	}
	const { value } = callee;
	switch (value.kind) {
		case "function":
			return inline(
				ctx,
				{ kind: "closure", function: value.function, environment: null, self: null },
				list,
				node,
				environment,
				level,
			);
		case "object":
			return callObject(ctx, selfOf(value, environment), list, node, environment, level);
		case "self":
			throw new NotUnderstood("call of the object itself", node);
		case "module":
			throw new NotUnderstood("call of a module", node);
		case "collection":
			throw new NotUnderstood("call of a list or table", node);
		case "class": {
			const { callee: target } = callParts(node) ?? {};
			if (!target) throw new NotUnderstood("call", node);
			return { kind: "self", self: { class: value.class, made: { list, environment }, fields: new Map() } };
		}
		case "activation": {
			const argument = onlyInput(list, node);
			if (value.isMaker) throw new NotUnderstood("call", node);
			const { activation, parameters, unknown } = value.bound;
			if (activation === null || unknown.length > 0) throw new NotUnderstood(`parameter ${unknown[0]}`, node);
			const u = numberOf(ctx, argument, environment);
			return applyActivation(ctx, value.entry.library, activation, u, constants(parameters), node);
		}
		case "name":
			return callLibrary(ctx, value.name, list, node, environment);
	}
}

function onlyInput(list: readonly CallArgument[], node: SyntaxNode): SyntaxNode {
	const [first] = list;
	if (!first || first.stars > 0 || list.length > 1) throw new NotUnderstood("call", node);
	return first.value;
}

function callObject(
	ctx: Context,
	self: Self,
	list: readonly CallArgument[],
	node: SyntaxNode,
	environment: Environment,
	level: number,
): Term {
	const method = methodOf(self.class, ctx.resolver);
	if (!method) throw new NotUnderstood(`call of a ${self.class.name}`, node);
	return inline(ctx, { kind: "closure", function: method, environment: null, self }, list, node, environment, level);
}

function inline(
	ctx: Context,
	callee: Extract<Term, { kind: "closure" }>,
	list: readonly CallArgument[],
	node: SyntaxNode,
	environment: Environment,
	level: number,
): Term {
	const { function: called, self } = callee;
	const known = errorFunction(called);
	if (known) return number(ctx.at(known(numberOf(ctx, onlyInput(list, node), environment)), node));
	if (ctx.calls.length > MAX_CALLS) throw new NotUnderstood("calls nested too deep", node);
	if (ctx.calls.includes(called)) throw new NotUnderstood("recursive function", node);
	checkDecorators(ctx, called);
	noteManner(ctx, called);
	const place: Place = { scope: called.scope, block: called.scope.body };
	const inside = new Environment(place, callee.environment, level);
	let declared = called.parameters;
	if (called.class && self && !hasDecorator(ctx.resolver, called, /^staticmethod$/)) {
		const [first] = declared;
		if (first) inside.names.set(first.name, { kind: "self", self });
		declared = declared.slice(1);
	}
	const [context] = callee.context ? declared : [];
	if (context && self) {
		inside.names.set(context.name, { kind: "self", self });
		declared = declared.slice(1);
	}
	if (list.some((argument) => argument.stars > 0)) throw new NotUnderstood("call with * or **", node);
	for (const argument of list) {
		const name = argument.name && ctx.text(argument.name);
		if (name !== null && !declared.some((each) => each.name === name))
			throw new NotUnderstood(`argument ${name}`, node);
	}
	if (list.filter((argument) => !argument.name).length > declared.length) throw new NotUnderstood("call", node);
	for (const [i, each] of declared.entries()) {
		const given = argumentFor(ctx, list, each, i);
		if (given) inside.names.set(each.name, ctx.term(given, environment));
		else if (each.default) inside.names.set(each.name, ctx.term(each.default, new Environment(called.outer, null)));
		else if (each.stars === 0) throw new NotUnderstood(`argument ${each.name} is missing`, node);
	}
	ctx.calls.push(called);
	try {
		return ctx.within(null, () => runBody(ctx, called, inside));
	} finally {
		ctx.calls.pop();
	}
}

/** `F.relu(x, inplace=True)` and `np.exp(x, out=x)` change what they are given. */
function writeBack(ctx: Context, list: readonly CallArgument[], result: Term, environment: Environment): void {
	for (const { name, value } of list) {
		const keyword = name && ctx.text(name);
		if (keyword === "out" && value.name === "VariableName") {
			const before = environment.find(ctx.text(value));
			if (before?.kind === "number" && result.kind === "number") ctx.writing.changeInPlace(before.e, result.e);
			changeTo(ctx, value, result, environment);
		}
		const [first] = list;
		if (keyword === "inplace" && ctx.text(value) === "True" && first?.value.name === "VariableName") {
			changeTo(ctx, first.value, result, environment);
		}
	}
}
