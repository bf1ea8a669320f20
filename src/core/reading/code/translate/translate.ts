import { canonicalName } from "../../../activations/libraries/resolve.ts";
import { x as input, mul } from "../../../expression/build.ts";
import type { Expression } from "../../../expression/expression.ts";
import { dependsOn } from "../../../expression/walk.ts";
import type { Span } from "../../../span.ts";
import type { Writing } from "../../use.ts";
import { statementsOf } from "../bodies.ts";
import type { CallArgument } from "../node.ts";
import type { Resolver } from "../resolver.ts";
import type { CodeClass, CodeFunction, DeclaredParameter, Place } from "../scope.ts";
import { apply } from "./calls.ts";
import { UNSET } from "./complements.ts";
import { type CodeParameter, Context } from "./context.ts";
import { checkDecorators, hasDecorator, noteManner } from "./decorators.ts";
import { readExpression } from "./expressions.ts";
import { gatedUnit, hasHalves } from "./halves.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { asNumber } from "./numbers.ts";
import { argumentFor, parameterTerm } from "./parameters.ts";
import { runBody, runStatements } from "./statements.ts";
import { Environment, NONE, number, type Self, type Term } from "./term.ts";

/** What became of a body. */
export type Translation =
	| {
			readonly kind: "understood";
			readonly expression: Expression;
			readonly parameters: readonly CodeParameter[];
			readonly origins: ReadonlyMap<Expression, Span>;
			readonly writing: Writing;
			readonly returnsTuple: boolean;
			readonly library: string;
			readonly input: string;
	  }
	| {
			readonly kind: "vector";
			readonly activation: string;
			/** What it gives for a vector of two elements; undefined where a library's own function does it. */
			readonly outputs: readonly Expression[] | undefined;
			/** Whether it reduces along every axis, none being told. */
			readonly reducesAll: boolean;
			readonly writing: Writing;
			readonly library: string;
			readonly input: string;
	  }
	| { readonly kind: "not understood"; readonly reason: string; readonly span: Span; readonly library: string };

/** Arguments that a call gives beside the input, or to the constructor, and where the call stands. */
export interface Given {
	readonly list: readonly CallArgument[];
	readonly place: Place;
}

/** Translates a function of one number into an expression of its input; `given` are the arguments behind it. */
export function translateFunction(definition: CodeFunction, resolver: Resolver, given?: Given): Translation {
	return translate(definition, null, resolver, given);
}

/** Translates the `forward`, `call` or `__call__` of a class whose objects are functions of one number. */
export function translateClass(
	definition: CodeClass,
	method: CodeFunction,
	resolver: Resolver,
	given?: Given,
): Translation {
	return translate(method, definition, resolver, given);
}

function translate(definition: CodeFunction, owner: CodeClass | null, resolver: Resolver, given?: Given): Translation {
	const ctx = new Context(resolver, definition, { read: readExpression, apply });
	try {
		return understand(ctx, owner, given);
	} catch (error) {
		const at = error instanceof NotUnderstood ? error.node : definition.node;
		const span = ctx.isOwn(at) ? at : (definition.nameNode ?? definition.node);
		// A stack that overflows in spite of the limits is the one other thing that can happen on hostile code.
		const reason = error instanceof NotUnderstood ? error.message : "nesting too deep";
		if (!(error instanceof NotUnderstood || error instanceof RangeError)) throw error;
		return {
			kind: "not understood",
			reason: `not understood: ${reason}`,
			span: { start: span.from, end: span.to },
			library: ctx.libraries.first ?? resolver.language.library,
		};
	}
}

/** Libraries whose numbers and arrays nothing changes in place: `y += 1` binds y anew. */
const IMMUTABLE = /^(math|jax|tensorflow|keras|tfjs|javascript)$/;

function understand(ctx: Context, owner: CodeClass | null, given?: Given): Translation {
	const { definition } = ctx;
	const bases = owner ? basesOf(ctx, owner) : [];
	for (const base of bases) ctx.libraries.call(canonicalName(base));
	const environment = new Environment({ scope: definition.scope, block: definition.scope.body }, null);
	const inputName = bindParameters(ctx, environment, owner, given);
	ctx.calls.push(definition);
	const result = resultOf(ctx, environment, owner);
	const { term, tuple } = activationIn(result);
	const expression = asNumber(ctx, term, definition.node);
	const base = { library: ctx.libraries.first ?? ctx.resolver.language.library, input: inputName };
	const vector = ctx.reductions.recognise(expression);
	if (vector) {
		// The other element is 0 as an element of an array is, which a constant of the code is not.
		const other = vector === "logsumexp" ? input : mul(0, input);
		return {
			kind: "vector",
			activation: vector,
			outputs: ctx.reductions.ofPair(expression, [input, other]),
			// Reductions are read without their axis: what would be written in their place has to know of one.
			writing: ctx.writing.of(expression),
			reducesAll: !/\b(axis|dims?|keepdims?)\b/.test(ctx.text(definition.node)),
			...base,
		};
	}
	if (hasHalves(expression)) {
		const unit = gatedUnit(expression);
		if (!unit) throw new NotUnderstood("parts of an array", definition.nameNode ?? definition.node);
		return {
			kind: "vector",
			activation: unit,
			outputs: undefined,
			reducesAll: false,
			writing: ctx.writing.of(expression),
			...base,
		};
	}
	if (ctx.reductions.occurIn(expression)) {
		throw new NotUnderstood("reduction over the input", ctx.reductionAt ?? definition.node);
	}
	if (dependsOn(expression, UNSET.name))
		throw new NotUnderstood("elements that nothing is assigned to", definition.nameNode ?? definition.node);
	if (ctx.transposedAt) throw new NotUnderstood("transpose", ctx.transposedAt);
	const isTensorFlow = base.library === "tensorflow" || bases.some((each) => each.startsWith("tensorflow."));
	if (ctx.comparedAt && isTensorFlow) {
		throw new NotUnderstood("arithmetic with a truth value, which TensorFlow does not have", ctx.comparedAt);
	}
	if (ctx.staleAt && !IMMUTABLE.test(base.library)) {
		throw new NotUnderstood("a name of what was changed in place under another", ctx.staleAt);
	}
	return {
		kind: "understood",
		expression,
		parameters: [...ctx.parameters.values()].filter(({ name }) => dependsOn(expression, name)),
		origins: ctx.origins,
		writing: ctx.writing.of(expression),
		returnsTuple: tuple,
		...base,
	};
}

/** The names of a class' bases in libraries: a module is of its library, whatever it computes with. */
function basesOf({ resolver }: Context, { bases, outer }: CodeClass): readonly string[] {
	const found = bases.map((base) => resolver.resolveValue(base, outer));
	return found.flatMap((value) => (value?.kind === "name" ? [value.name] : []));
}

/** Binds the parameters of the definition; gives the name of the one that is the input. */
function bindParameters(ctx: Context, environment: Environment, owner: CodeClass | null, given?: Given): string {
	const { definition } = ctx;
	let rest = definition.parameters;
	const isStatic = hasDecorator(ctx.resolver, definition, /^staticmethod$/);
	if (definition.class && !isStatic) {
		const [first] = rest;
		if (!first) throw new NotUnderstood("method without self", definition.node);
		const made = owner && given ? { list: given.list, environment: new Environment(given.place, null) } : null;
		const self: Self = { class: owner ?? definition.class, made, fields: new Map() };
		environment.names.set(first.name, { kind: "self", self });
		rest = rest.slice(1);
	} else if (owner && rest.length > 1 && rest[0]) {
		// `forward(ctx, x)` of an automatic derivative.
		environment.names.set(rest[0].name, { kind: "self", self: { class: owner, made: null, fields: new Map() } });
		rest = rest.slice(1);
	}
	checkDecorators(ctx, definition);
	noteManner(ctx, definition);
	const [inputParameter, ...others] = rest;
	if (inputParameter?.stars !== 0 || inputParameter.keywordOnly) {
		throw new NotUnderstood("no input parameter", definition.node);
	}
	environment.names.set(inputParameter.name, number(input));
	const list = owner ? [] : (given?.list ?? []);
	checkGiven(ctx, list, others);
	for (const [i, other] of others.entries()) {
		if (other.stars !== 0) continue;
		// Where the result lies says nothing of what it is.
		const written = other.name === "inplace" ? undefined : argumentFor(ctx, list, other, i);
		if (written && given) {
			environment.names.set(other.name, ctx.term(written, new Environment(given.place, null)));
			continue;
		}
		// Reductions are read without their axis.
		if (!other.default && /^(axis|dim)$/.test(other.name)) {
			environment.names.set(other.name, NONE);
			continue;
		}
		if (!other.default) throw new NotUnderstood(`parameter ${other.name} without a default`, other.node);
		environment.names.set(other.name, parameterTerm(ctx, other.name, other.default, definition.outer, false));
	}
	return inputParameter.name;
}

/** Layers written from scratch may keep their result in `self.output` and return nothing. */
function resultOf(ctx: Context, environment: Environment, owner: CodeClass | null): Term {
	const { definition } = ctx;
	const [first] = definition.parameters;
	const object = first && environment.names.get(first.name);
	if (!owner || !definition.body || object?.kind !== "self") return runBody(ctx, definition, environment);
	const result = runStatements(ctx, statementsOf(definition.body), 0, environment) ?? object.self.fields.get("output");
	if (!result) throw new NotUnderstood("nothing is returned", definition.nameNode ?? definition.node);
	return result;
}

function checkGiven(ctx: Context, list: readonly CallArgument[], declared: readonly DeclaredParameter[]): void {
	const fits = ({ name, stars }: CallArgument) =>
		stars === 0 && (!name || declared.some((each) => each.name === ctx.text(name)));
	const positional = list.filter(({ name }) => !name);
	if (!list.every(fits) || positional.length > declared.length) throw new NotUnderstood("call", ctx.definition.node);
}

/** A function may return its value with a cache for later (the input, or functions): the value is the activation. */
function activationIn(result: Term): { term: Term; tuple: boolean } {
	if (result.kind !== "tuple") return { term: result, tuple: false };
	const [first, ...others] = result.items;
	const isCache = (item: Term) =>
		item.kind === "closure" || (item.kind === "number" && item.e === input) || isTupleCache(item);
	return first && others.length > 0 && others.every(isCache)
		? { term: first, tuple: true }
		: { term: result, tuple: false };
}

function isTupleCache(item: Term): boolean {
	return (
		item.kind === "tuple" &&
		item.items.every((each) => each.kind === "closure" || (each.kind === "number" && each.e === input))
	);
}
