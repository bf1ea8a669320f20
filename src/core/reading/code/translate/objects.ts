import { parameter } from "../../../expression/build.ts";
import type { Expression } from "../../../expression/expression.ts";
import { constantNumber } from "../constants.ts";
import { argumentsOf, type CallArgument, callParts, type SyntaxNode, unwrap } from "../node.ts";
import type { Resolver } from "../resolver.ts";
import type { Binding, CodeClass, CodeFunction, Place } from "../scope.ts";
import type { Value } from "../value.ts";
import { armsOf } from "./arms.ts";
import type { Context } from "./context.ts";
import { hasDecorator } from "./decorators.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { argumentFor, parameterTerm } from "./parameters.ts";
import { Environment, number, type Self, type Term } from "./term.ts";

/** The method that calling an object of the class runs. */
export function methodOf(owner: CodeClass, resolver: Resolver): CodeFunction | undefined {
	let current: CodeClass | undefined = owner;
	for (let i = 0; i < 20 && current; i++) {
		for (const name of ["forward", "call", "__call__"]) {
			const bindings = resolver.attributeBindings(current, name);
			const last = bindings?.[bindings.length - 1];
			if (last?.what.kind === "function") return last.what.function;
		}
		current = resolver.firstBase(current);
	}
	return undefined;
}

/** An object that the file makes, as its constructor is called. */
export function selfOf(value: Extract<Value, { kind: "object" }>, environment: Environment): Self {
	const parts = callParts(value.call);
	const list = parts ? argumentsOf(parts.list) : [];
	const inside = value.place.scope === environment.place.scope ? environment : new Environment(value.place, null);
	return { class: value.class, made: { list, environment: inside }, fields: new Map() };
}

/** What an attribute of an object holds: set while running, a method, or set by the constructor. */
export function fieldOf(ctx: Context, self: Self, property: string, node: SyntaxNode): Term {
	const known = self.fields.get(property);
	if (known) return known;
	for (let owner: CodeClass | undefined = self.class, i = 0; owner && i < 20; i++) {
		const bindings = ctx.resolver
			.attributeBindings(owner, property)
			?.filter(({ what }) => !(what.kind === "value" && what.node.name === "None"));
		if (bindings && bindings.length > 0) {
			const binding = bindings.length === 1 ? bindings[0] : ctx.deeper(node, () => reachedOf(ctx, self, bindings));
			// An attribute that only other methods set is not what the constructor made it.
			if (!binding) throw new NotUnderstood(`attribute ${property} with several values`, node);
			const { what } = binding;
			if (what.kind === "function") {
				// A property is what a call of it gives, and no function.
				if (hasDecorator(ctx.resolver, what.function, /(^|\.)(cached_)?property$/)) break;
				return { kind: "closure", function: what.function, environment: null, self };
			}
			if (what.kind !== "value") break;
			const term = ctx.deeper(node, () => fieldValue(ctx, self, property, what.node, binding));
			self.fields.set(property, term);
			return term;
		}
		owner = ctx.resolver.firstBase(owner);
	}
	throw new NotUnderstood(`attribute ${property}`, node);
}

/** The last of several assignments that the constructor comes to; undefined where that is not known of each. */
function reachedOf(ctx: Context, self: Self, bindings: readonly Binding[]): Binding | undefined {
	const method = bindings[0]!.scope.function;
	if (method?.name !== "__init__" || bindings.some(({ scope }) => scope.function !== method)) return undefined;
	const environment = new Environment({ scope: method.scope, block: method.scope.body }, null);
	bindConstructor(ctx, self, method, environment);
	const reached = bindings.map(({ what }) =>
		what.kind === "value" ? isReached(ctx, what.node, method.node, environment) : undefined,
	);
	return reached.includes(undefined) ? undefined : bindings.findLast((_, i) => reached[i]);
}

/** Whether a function runs what stands at a node inside it, by the conditions above that; undefined where that is not known. */
function isReached(ctx: Context, node: SyntaxNode, within: SyntaxNode, environment: Environment): boolean | undefined {
	let isCertain: boolean | undefined = true;
	for (
		let [child, parent] = [node, node.parent];
		parent && child !== within;
		[child, parent] = [parent, parent.parent]
	) {
		if (/^(For|While|Try|Switch)Statement$/.test(parent.name)) isCertain = undefined;
		if (!/^(If|Match)Statement$/.test(parent.name)) continue;
		const chosen = isArmTaken(ctx, parent, node, environment);
		if (chosen === false) return false;
		if (chosen === undefined) isCertain = undefined;
	}
	return isCertain;
}

/** Whether an `if` or a `match` goes on with the one of its arms in which a node stands. */
function isArmTaken(
	ctx: Context,
	statement: SyntaxNode,
	node: SyntaxNode,
	environment: Environment,
): boolean | undefined {
	for (const { condition, statements } of armsOf(ctx, statement, environment)) {
		const holds = condition === null || knownTruth(() => condition(environment));
		if (statements.some(({ from, to }) => from <= node.from && node.to <= to)) return holds;
		if (holds !== false) return holds ? false : undefined;
	}
	return undefined;
}

function knownTruth(condition: () => Expression | boolean): boolean | undefined {
	try {
		const truth = condition();
		return typeof truth === "boolean" ? truth : undefined;
	} catch (error) {
		if (!(error instanceof NotUnderstood)) throw error;
		return undefined;
	}
}

function fieldValue(ctx: Context, self: Self, property: string, value: SyntaxNode, place: Place): Term {
	const node = unwrap(value);
	const trainable = trainableStart(ctx, node, place);
	const method = place.scope.function;
	const environment = new Environment(place, null);
	if (method) bindConstructor(ctx, self, method, environment);
	const term = ctx.term(trainable ?? node, environment);
	if (!trainable || term.kind !== "number") return term;
	// A trained parameter goes by its attribute's name, and starts from the value it is given.
	if (term.e.kind === "parameter" && self.made === null) {
		const from = ctx.parameters.get(term.e.name);
		if (from) ctx.parameters.set(from.name, { ...from, trainable: true });
		return term;
	}
	const start = term.e.kind === "constant" ? term.e.value : constantNumber(trainable, place, ctx.resolver);
	if (start === undefined || self.made !== null) return term;
	ctx.declare({ name: property, default: start, trainable: true }, node);
	return number(ctx.at(parameter(property), node));
}

/** The expression of the start value in `nn.Parameter(…)`; undefined if it is no trained parameter. */
function trainableStart(ctx: Context, node: SyntaxNode, place: Place): SyntaxNode | undefined {
	const parts = node.name === "CallExpression" ? callParts(node) : undefined;
	const callee = parts && ctx.resolver.resolveValue(parts.callee, place);
	if (
		!parts ||
		callee?.kind !== "name" ||
		!/^(torch\.nn\.(parameter\.)?Parameter|tensorflow\.Variable|flax\.nnx\.Param)$/.test(callee.name)
	) {
		return undefined;
	}
	return argumentsOf(parts.list).find((argument) => argument.stars === 0)?.value;
}

/** Binds the parameters of the constructor: to the arguments of the call that made the object, or to their defaults. */
function bindConstructor(ctx: Context, self: Self, method: CodeFunction, environment: Environment): void {
	const [first, ...rest] = method.parameters;
	if (first) environment.names.set(first.name, { kind: "self", self });
	if (method.name !== "__init__" && method.name !== "__post_init__") return;
	const made = argumentsOfConstructor(ctx, self, method);
	if (made === undefined) return;
	for (const [i, declared] of rest.entries()) {
		if (declared.stars !== 0) continue;
		const given = made && argumentFor(ctx, made.list, declared, i);
		try {
			if (given) environment.names.set(declared.name, ctx.term(given, made!.environment));
			else if (declared.default && made) {
				environment.names.set(declared.name, ctx.term(declared.default, new Environment(method.outer, null)));
			} else if (declared.default) {
				// Made a parameter only if the body uses it: `understand` drops the others.
				environment.names.set(declared.name, parameterTerm(ctx, declared.name, declared.default, method.outer, false));
			}
		} catch (error) {
			if (!(error instanceof NotUnderstood)) throw error; // Not understood only if it is used.
		}
	}
}

/**
 * What a constructor is called with: its own object's arguments (null for those of the class itself), or for one that
 * the class inherits what `super().__init__(…)` gives; undefined where that is not known.
 */
function argumentsOfConstructor(ctx: Context, self: Self, method: CodeFunction): Self["made"] | undefined {
	let owner: CodeClass | undefined = self.class;
	for (let i = 0; owner && owner !== method.class && i < 20; i++) {
		const own = ctx.resolver.attributeBindings(owner, method.name)?.at(-1)?.what;
		if (own?.kind === "function") {
			const list = superArguments(own.function, ctx.resolver);
			if (!list || ctx.resolver.firstBase(owner) !== method.class) return undefined;
			const environment = new Environment({ scope: own.function.scope, block: own.function.scope.body }, null);
			bindConstructor(ctx, self, own.function, environment);
			return { list, environment };
		}
		owner = ctx.resolver.firstBase(owner);
	}
	return self.made;
}

/** What the one call of the base's constructor in a constructor gives; undefined if there is none, or more. */
function superArguments(method: CodeFunction, { language, textOf }: Resolver): readonly CallArgument[] | undefined {
	const isSuper = language.tensor === "tfjs" ? /^super$/ : /^super\s*\(.*\)\s*\.\s*__init__$/s;
	const found: (readonly CallArgument[])[] = [];
	const todo = method.body ? [method.body] : [];
	for (let node = todo.pop(); node; node = todo.pop()) {
		const parts = node.name === "CallExpression" ? callParts(node) : undefined;
		if (parts && isSuper.test(textOf(parts.callee))) found.push(argumentsOf(parts.list));
		todo.push(...node.kids);
	}
	return found.length === 1 ? found[0] : undefined;
}
