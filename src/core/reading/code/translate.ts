import { findActivation } from "../../activations/catalog.ts";
import type { LibraryEntry } from "../../activations/libraries/entry.ts";
import { canonicalName, resolveName } from "../../activations/libraries/resolve.ts";
import {
	add,
	and,
	constant,
	div,
	eq,
	floor,
	ge,
	gt,
	x as INPUT,
	x as input,
	le,
	logistic,
	lt,
	max,
	min,
	mul,
	ne,
	neg,
	not,
	or,
	parameter,
	softplus,
	sub,
	tanh,
	where,
} from "../../expression/build.ts";
import { normalCdfByErf } from "../../expression/code/rewrites.ts";
import type { Binary, Expression } from "../../expression/expression.ts";
import { dependsOn, nodesOf, substitute } from "../../expression/walk.ts";
import type { Span } from "../../span.ts";
import type { Writing } from "../use.ts";
import { approximation, matchArguments } from "./callParameters.ts";
import { constantNumber, literalNumber, namedNumber } from "./constants.ts";
import {
	argumentsOf,
	assignmentParts,
	attributeParts,
	type CallArgument,
	callParts,
	childNamed,
	hasComma,
	type SyntaxNode,
	splitByCommas,
	stringValue,
	subscriptParts,
	unwrap,
} from "./node.ts";
import {
	BINARY_FUNCTIONS,
	exactForm,
	MATH_MODULE,
	NORMAL_FUNCTIONS,
	power,
	SAME_VALUE,
	SAME_VALUE_METHODS,
	UNARY_FUNCTIONS,
} from "./operations.ts";
import type { Resolver, Value } from "./resolver.ts";
import { type CodeClass, type CodeFunction, type DeclaredParameter, elementsOf, type Place } from "./scope.ts";
import { Reductions } from "./vectorForm.ts";
import { conversionTarget, LibrariesCalled, numberSpelling, WritingNotes } from "./writing.ts";

/** A parameter of a hand-written activation: its default, and whether it is trained. */
export interface CodeParameter {
	readonly name: string;
	readonly default: number;
	readonly trainable: boolean;
}

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

/** Expressions that compute something each time they are run. */
const COMPUTES: ReadonlySet<string> = new Set(["UnaryExpression", "BinaryExpression", "CallExpression"]);

/** Expressions and calls nested deeper than this are not read; the limit keeps the stack from overflowing. */
const MAX_DEPTH = 250;
/** Functions that call one another in a longer chain are not read. */
const MAX_CALLS = 16;
/** Bodies with more steps (those of inlined functions included) are not read. */
const MAX_STEPS = 20_000;

/** Thrown inside this file where something cannot be translated; never leaves it. No Error, which would trace the stack. */
class NotUnderstood {
	readonly message: string;
	readonly node: SyntaxNode;

	constructor(message: string, node: SyntaxNode) {
		this.message = message;
		this.node = node;
	}
}

/** What a piece of the body stands for. Names that are bound to one object share what is changed in place. */
type Term =
	| { readonly kind: "number"; readonly e: Expression }
	| { readonly kind: "literal"; readonly value: boolean | string | null }
	| { readonly kind: "tuple"; readonly items: readonly Term[] }
	| { readonly kind: "value"; readonly value: Value }
	| {
			readonly kind: "closure";
			readonly function: CodeFunction;
			readonly environment: Environment | null;
			readonly self: Self | null;
			/** Whether the first parameter is the context of an automatic derivative. */
			readonly context?: boolean;
	  }
	| { readonly kind: "self"; readonly self: Self };

/** An object of a class of the file. */
interface Self {
	readonly class: CodeClass;
	/** The arguments of the call that made it; null for the object of the definition itself. */
	readonly made: { readonly list: readonly CallArgument[]; readonly environment: Environment } | null;
	readonly fields: Map<string, Term>;
}

/** The names of one call of one function. */
class Environment {
	readonly names: Map<string, Term>;
	readonly place: Place;
	readonly parent: Environment | null;

	constructor(place: Place, parent: Environment | null, names = new Map<string, Term>()) {
		this.place = place;
		this.parent = parent;
		this.names = names;
	}

	find(name: string): Term | undefined {
		for (let env: Environment | null = this; env; env = env.parent) {
			const term = env.names.get(name);
			if (term) return term;
		}
		return undefined;
	}

	/** The names of one of several ways to go on: what one of them changes in place stays what it was in the others. */
	copy(): Environment {
		const copies = new Map<Term, Term>();
		const copyOf = (term: Term): Term => {
			if (term.kind !== "number") return term;
			const known = copies.get(term) ?? { ...term };
			copies.set(term, known);
			return known;
		};
		return new Environment(
			this.place,
			this.parent,
			new Map([...this.names].map(([name, term]) => [name, copyOf(term)])),
		);
	}
}

/** Libraries whose numbers and arrays nothing changes in place: `y += 1` binds y anew. */
const IMMUTABLE = /^(math|jax|tensorflow|keras|tfjs|javascript)$/;
/** What gives a new array. */
const COPIES = /^(clone|copy|deepcopy|astype|item|tensor|array|float(16|32|64))$/;

const NONE: Term = { kind: "literal", value: null };
const number = (e: Expression): Term => ({ kind: "number", e });

/** Arguments that a call gives beside the input, or to the constructor, and where the call stands. */
export interface Given {
	readonly list: readonly CallArgument[];
	readonly place: Place;
}

/** Translates a function of one number into an expression of its input; `given` are the arguments behind it. */
export function translateFunction(definition: CodeFunction, resolver: Resolver, given?: Given): Translation {
	return new Translator(resolver).run(definition, null, given);
}

/** Translates the `forward`, `call` or `__call__` of a class whose objects are functions of one number. */
export function translateClass(
	definition: CodeClass,
	method: CodeFunction,
	resolver: Resolver,
	given?: Given,
): Translation {
	return new Translator(resolver).run(method, definition, given);
}

class Translator {
	readonly #resolver: Resolver;
	readonly #origins = new Map<Expression, Span>();
	readonly #parameters = new Map<string, CodeParameter>();
	readonly #reductions = new Reductions();
	readonly #writing = new WritingNotes();
	#reductionAt: SyntaxNode | null = null;
	#transposedAt: SyntaxNode | null = null;
	/** What was changed in place, as its other names still have it. */
	readonly #changed = new WeakSet<Term>();
	/** Where one of these is used. */
	#staleAt: SyntaxNode | null = null;
	#mask: Expression | null = null;
	readonly #libraries = new LibrariesCalled();
	#definition: CodeFunction | null = null;
	#depth = 0;
	#steps = 0;
	readonly #calls: CodeFunction[] = [];

	constructor(resolver: Resolver) {
		this.#resolver = resolver;
	}

	run(definition: CodeFunction, owner: CodeClass | null, given?: Given): Translation {
		try {
			return this.#run(definition, owner, given);
		} catch (error) {
			const at = error instanceof NotUnderstood ? error.node : definition.node;
			const span = this.#isWithin(at, definition) ? at : (definition.nameNode ?? definition.node);
			// A stack that overflows in spite of the limits is the one other thing that can happen on hostile code.
			const reason = error instanceof NotUnderstood ? error.message : "nesting too deep";
			if (!(error instanceof NotUnderstood || error instanceof RangeError)) throw error;
			return {
				kind: "not understood",
				reason: `not understood: ${reason}`,
				span: { start: span.from, end: span.to },
				library: this.#libraries.first ?? this.#resolver.language.library,
			};
		}
	}

	#run(definition: CodeFunction, owner: CodeClass | null, given?: Given): Translation {
		this.#definition = definition;
		const environment = new Environment({ scope: definition.scope, block: definition.scope.body }, null);
		let rest = definition.parameters;
		const isStatic = this.#hasDecorator(definition, /^staticmethod$/);
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
		this.#checkDecorators(definition);
		const [inputParameter, ...others] = rest;
		if (inputParameter?.stars !== 0 || inputParameter.keywordOnly) {
			throw new NotUnderstood("no input parameter", definition.node);
		}
		environment.names.set(inputParameter.name, number(input));
		const list = owner ? [] : (given?.list ?? []);
		this.#checkGiven(list, others, definition);
		for (const [i, other] of others.entries()) {
			if (other.stars !== 0) continue;
			const written = argumentFor(list, other.name, other.keywordOnly ? -1 : i, (name) => this.#text(name));
			if (written && given) {
				environment.names.set(other.name, this.#term(written, new Environment(given.place, null)));
				continue;
			}
			if (!other.default) throw new NotUnderstood(`parameter ${other.name} without a default`, other.node);
			environment.names.set(other.name, this.#parameterTerm(other.name, other.default, definition.outer, false));
		}
		this.#calls.push(definition);
		const result = this.#resultOf(definition, environment, owner);
		const term = this.#activationOf(result);
		const expression = this.#asNumber(term.term, definition.node);
		const base = { library: this.#libraries.first ?? this.#resolver.language.library, input: inputParameter.name };
		const vector = this.#reductions.recognise(expression);
		if (vector) {
			// The other element is 0 as an element of an array is, which a constant of the code is not.
			const other = vector === "logsumexp" ? INPUT : mul(0, INPUT);
			return {
				kind: "vector",
				activation: vector,
				outputs: this.#reductions.ofPair(expression, [INPUT, other]),
				// Reductions are read without their axis: what would be written in their place has to know of one.
				writing: this.#writing.of(expression),
				reducesAll: !/\b(axis|dims?|keepdims?)\b/.test(this.#resolver.textOf(definition.node)),
				...base,
			};
		}
		if (this.#reductions.occurIn(expression)) {
			throw new NotUnderstood("reduction over the input", this.#reductionAt ?? definition.node);
		}
		if (this.#transposedAt) throw new NotUnderstood("transpose", this.#transposedAt);
		if (this.#staleAt && !IMMUTABLE.test(base.library)) {
			throw new NotUnderstood("a name of what was changed in place under another", this.#staleAt);
		}
		return {
			kind: "understood",
			expression,
			parameters: [...this.#parameters.values()].filter(({ name }) => dependsOn(expression, name)),
			origins: this.#origins,
			writing: this.#writing.of(expression),
			returnsTuple: term.tuple,
			...base,
		};
	}

	/** Layers written from scratch may keep their result in `self.output` and return nothing. */
	#resultOf(definition: CodeFunction, environment: Environment, owner: CodeClass | null): Term {
		const [first] = definition.parameters;
		const object = first && environment.names.get(first.name);
		if (!owner || !definition.body || object?.kind !== "self") return this.#body(definition, environment);
		const result = this.#statements(statementsOf(definition.body), 0, environment) ?? object.self.fields.get("output");
		if (!result) throw new NotUnderstood("nothing is returned", definition.nameNode ?? definition.node);
		return result;
	}

	#checkGiven(list: readonly CallArgument[], declared: readonly DeclaredParameter[], definition: CodeFunction): void {
		const fits = ({ name, stars }: CallArgument) =>
			stars === 0 && (!name || declared.some((each) => each.name === this.#text(name)));
		const positional = list.filter(({ name }) => !name);
		if (!list.every(fits) || positional.length > declared.length) throw new NotUnderstood("call", definition.node);
	}

	/** A function may return its value with a cache for later (the input, or functions): the value is the activation. */
	#activationOf(result: Term): { term: Term; tuple: boolean } {
		if (result.kind !== "tuple") return { term: result, tuple: false };
		const [first, ...others] = result.items;
		const isCache = (item: Term) =>
			item.kind === "closure" || (item.kind === "number" && item.e === input) || isTupleCache(item);
		return first && others.length > 0 && others.every(isCache)
			? { term: first, tuple: true }
			: { term: result, tuple: false };
	}

	#parameterTerm(name: string, value: SyntaxNode, place: Place, trainable: boolean): Term {
		const node = unwrap(value);
		if (node.name === "Boolean" || node.name === "None" || node.name === "String") return this.#literal(node);
		const known = constantNumber(node, place, this.#resolver);
		if (known === undefined) {
			const found = this.#resolver.resolveValue(node, place);
			if (found) return { kind: "value", value: found };
			throw new NotUnderstood(`default of ${name}`, node);
		}
		this.#declare({ name, default: known, trainable }, node);
		const written = this.#text(node).replace(/^[-+]/, "");
		if (literalNumber(written) === undefined) this.#writing.note(parameter(name), "whole", "fraction", "numpy");
		else this.#writing.note(parameter(name), numberSpelling(written));
		return number(this.#at(parameter(name), node));
	}

	#declare(declared: CodeParameter, node: SyntaxNode): void {
		const known = this.#parameters.get(declared.name);
		if (known && known.default !== declared.default)
			throw new NotUnderstood(`two parameters named ${declared.name}`, node);
		this.#parameters.set(declared.name, declared);
	}

	#literal(node: SyntaxNode): Term {
		if (node.name === "None") return NONE;
		const text = this.#resolver.textOf(node);
		if (node.name === "Boolean") return { kind: "literal", value: text === "True" };
		return { kind: "literal", value: stringValue(node) ?? text };
	}

	#hasDecorator(definition: CodeFunction, pattern: RegExp): boolean {
		return definition.decorators.some((decorator) => pattern.test(this.#decoratorName(decorator)));
	}

	#decoratorName(decorator: SyntaxNode): string {
		const match = /^@\s*([\w.\s]+)/.exec(this.#resolver.textOf(decorator));
		return (match?.[1] ?? "").replaceAll(/\s/g, "");
	}

	/** A decorator may change what the function computes; only those known not to are passed. */
	#checkDecorators(definition: CodeFunction): void {
		for (const decorator of definition.decorators) {
			const name = this.#decoratorName(decorator);
			const harmless =
				/(^|\.)(staticmethod|classmethod|n?jit|vectorize|script|script_if_tracing|compile|function|checkpoint|remat|register_keras_serializable|register_serializable|lru_cache|cache|no_grad|inference_mode|custom_gradient|custom_jvp|custom_vjp|keras_export|export|tf_export|beartype|jaxtyped|override|typechecked|add_start_docstrings|once|implements|compact|register|register_activation|wraps|partial|dispatch\.add_dispatch_support|add_dispatch_support|deprecated|deprecated_alias|boolean_dispatch)$/;
			if (!harmless.test(name)) throw new NotUnderstood(`decorator ${name || "expression"}`, decorator);
		}
	}

	/** Whether a node is of the definition's own text: what it calls may be written in another file. */
	#isWithin({ source }: SyntaxNode, definition: CodeFunction): boolean {
		return source === definition.node.source;
	}

	#at<E extends Expression>(expression: E, node: SyntaxNode): E {
		if (this.#definition && !this.#isWithin(node, this.#definition)) return expression;
		if (!this.#origins.has(expression)) this.#origins.set(expression, { start: node.from, end: node.to });
		return expression;
	}

	#step(node: SyntaxNode): void {
		if (++this.#steps > MAX_STEPS) throw new NotUnderstood("too long a body", node);
	}

	#deeper<T>(node: SyntaxNode, read: () => T): T {
		if (++this.#depth > MAX_DEPTH) throw new NotUnderstood("nesting too deep", node);
		try {
			return read();
		} finally {
			this.#depth--;
		}
	}

	/** What a call of the function gives, its names being bound. */
	#body(definition: CodeFunction, environment: Environment): Term {
		const { body } = definition;
		if (!body) throw new NotUnderstood("no body", definition.node);
		if (body.name !== "Body") return this.#term(body, environment);
		const result = this.#statements(statementsOf(body), 0, environment);
		if (result === undefined) throw new NotUnderstood("nothing is returned", definition.nameNode ?? definition.node);
		return result;
	}

	/** Runs statements from index `start`; gives what they return, or undefined if control falls out of the end. */
	#statements(list: readonly SyntaxNode[], start: number, environment: Environment): Term | undefined {
		for (let i = start; i < list.length; i++) {
			const statement = list[i]!;
			this.#step(statement);
			switch (statement.name) {
				case "ReturnStatement":
					return this.#returned(statement, environment);
				case "IfStatement": {
					const outcome = this.#if(statement, list, i, environment);
					if (outcome.done) return outcome.result;
					break;
				}
				case "WithStatement": {
					const body = childNamed(statement, "Body");
					const result = body && this.#statements(statementsOf(body), 0, environment);
					if (result) return result;
					break;
				}
				default:
					this.#statement(statement, environment);
			}
		}
		return undefined;
	}

	#returned(statement: SyntaxNode, environment: Environment): Term {
		const values = statement.kids.slice(1);
		if (values.length === 0) throw new NotUnderstood("nothing is returned", statement);
		if (!hasComma(statement)) return this.#term(values[0]!, environment);
		const items = splitByCommas(values).flatMap((group) => group[0] ?? []);
		return { kind: "tuple", items: items.map((item) => this.#term(item, environment)) };
	}

	#statement(statement: SyntaxNode, environment: Environment): void {
		switch (statement.name) {
			case "AssignStatement":
				this.#assign(statement, environment);
				return;
			case "UpdateStatement":
				this.#update(statement, environment);
				return;
			case "ExpressionStatement":
				this.#expressionStatement(statement, environment);
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
				for (const kid of statement.kids) if (kid.name.endsWith("Statement")) this.#statement(kid, environment);
				return;
			default:
				throw new NotUnderstood(describeStatement(statement), statement);
		}
	}

	#expressionStatement(statement: SyntaxNode, environment: Environment): void {
		const node = statement.kids[0] && unwrap(statement.kids[0]);
		if (!node || /^(String|ContinuedString|Ellipsis|None)$/.test(node.name)) return;
		const parts = node.name === "CallExpression" ? callParts(node) : undefined;
		const callee = parts && this.#resolver.resolveValue(parts.callee, environment.place);
		if (callee?.kind === "name" && /^(print|warnings\.warn|logging\.\w+)$/.test(callee.name)) return;
		const member = parts && attributeParts(parts.callee);
		if (member && /^(save_for_backward|mark_non_differentiable|mark_dirty)$/.test(this.#text(member.property))) return;
		if (member && this.#isSuper(member.object)) return;
		// `x.clamp_(min=0)` changes x; the call itself binds the name again.
		const inPlace = member && /[^_]_$/.test(this.#text(member.property));
		const out =
			parts &&
			argumentsOf(parts.list).some((argument) => argument.name && /^(out|inplace)$/.test(this.#text(argument.name)));
		if (!inPlace && !out) throw new NotUnderstood("statement without effect on the result", statement);
		this.#term(node, environment);
	}

	#isSuper(node: SyntaxNode): boolean {
		const parts = node.name === "CallExpression" ? callParts(node) : undefined;
		return parts !== undefined && this.#text(parts.callee) === "super";
	}

	#if(
		statement: SyntaxNode,
		list: readonly SyntaxNode[],
		index: number,
		environment: Environment,
	): { done: true; result: Term | undefined } | { done: false } {
		const arms = armsOf(statement);
		return this.#deeper(statement, () => this.#arms(arms, 0, statement, list, index, environment));
	}

	#arms(
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
			const result = this.#statements(arm.statements, 0, environment);
			return result === undefined ? { done: false } : { done: true, result };
		}
		if (alwaysRaises(arm.statements)) return this.#arms(arms, at + 1, statement, list, index, environment);
		let condition: Expression | boolean | null;
		let reason: NotUnderstood | undefined;
		try {
			condition = this.#condition(arm.condition, environment);
		} catch (error) {
			if (!(error instanceof NotUnderstood)) throw error;
			condition = null; // It does not matter if both ways give the same.
			reason = error;
		}
		if (condition === true) {
			const result = this.#statements(arm.statements, 0, environment);
			return result === undefined ? { done: false } : { done: true, result };
		}
		if (condition === false) return this.#arms(arms, at + 1, statement, list, index, environment);
		const [then, otherwise] = [environment.copy(), environment.copy()];
		const merge = (a: Term, b: Term): Term => this.#merge(condition, a, b, statement, reason);
		const thenResult = this.#statements(arm.statements, 0, then);
		const elseOutcome = this.#deeper(statement, () => this.#arms(arms, at + 1, statement, list, index, otherwise));
		const elseResult = elseOutcome.done ? elseOutcome.result : undefined;
		if (thenResult && elseResult) return { done: true, result: merge(thenResult, elseResult) };
		if (thenResult || elseResult) {
			// One way returns, the other goes on with the statements behind.
			const rest = this.#deeper(statement, () => this.#statements(list, index + 1, thenResult ? otherwise : then));
			if (!rest) throw new NotUnderstood("a way that returns nothing", statement);
			return { done: true, result: thenResult ? merge(thenResult, rest) : merge(rest, elseResult!) };
		}
		for (const name of new Set([...then.names.keys(), ...otherwise.names.keys()])) {
			const [a, b] = [then.names.get(name), otherwise.names.get(name)];
			// A name that only one way binds is unknown behind it.
			if (a && b) environment.names.set(name, merge(a, b));
			else environment.names.delete(name);
		}
		return { done: false };
	}

	#merge(condition: Expression | null, a: Term, b: Term, node: SyntaxNode, reason?: NotUnderstood): Term {
		if (a === b || (a.kind === "number" && b.kind === "number" && a.e === b.e)) return a;
		if (a.kind === "literal" && b.kind === "literal" && a.value === b.value) return a;
		if (a.kind === "self" && b.kind === "self" && a.self === b.self) return a;
		if (condition === null) throw reason ?? new NotUnderstood("condition", node);
		if (a.kind === "tuple" && b.kind === "tuple" && a.items.length === b.items.length) {
			return { kind: "tuple", items: a.items.map((item, i) => this.#merge(condition, item, b.items[i]!, node)) };
		}
		const choice = where(condition, this.#asNumber(a, node), this.#asNumber(b, node));
		return number(this.#at(this.#writing.note(choice, "branch"), node));
	}

	#condition(node: SyntaxNode, environment: Environment): Expression | boolean {
		return this.#truth(this.#term(node, environment), node);
	}

	#truth(term: Term, node: SyntaxNode): Expression | boolean {
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

	#assign(statement: SyntaxNode, environment: Environment): void {
		const { targets, values } = assignmentParts(statement);
		if (values.length === 0) return;
		const term: Term =
			values.length === 1
				? this.#assignedTerm(values[0]!, targets, environment)
				: { kind: "tuple", items: values.map((value) => this.#term(value, environment)) };
		for (const list of targets) {
			if (list.length === 1) this.#bindTarget(list[0]!, term, environment);
			else this.#unpack(list, term, statement, environment);
		}
	}

	/** What is kept in `self` for a backward pass may be anything; what cannot be read is unknown if it is used. */
	#assignedTerm(value: SyntaxNode, targets: readonly SyntaxNode[][], environment: Environment): Term {
		const [target] = targets[0] ?? [];
		const keptOnly = targets.length === 1 && targets[0]!.length === 1 && target && attributeParts(target);
		const mask = target && subscriptParts(target);
		if (mask?.indices.length === 1 && keptOnly === undefined) {
			const condition = this.#maskOf(mask.indices[0]!, environment);
			const before = this.#mask;
			this.#mask = condition;
			try {
				return this.#term(value, environment);
			} finally {
				this.#mask = before;
			}
		}
		return this.#term(value, environment);
	}

	#maskOf(index: SyntaxNode, environment: Environment): Expression {
		const term = this.#term(index, environment);
		if (term.kind !== "number" || !isTruth(term.e)) throw new NotUnderstood("indexing", index);
		return term.e;
	}

	#unpack(list: readonly SyntaxNode[], term: Term, node: SyntaxNode, environment: Environment): void {
		if (term.kind !== "tuple" || term.items.length !== list.length) throw new NotUnderstood("unpacking", node);
		list.forEach((target, i) => {
			this.#bindTarget(target, term.items[i]!, environment);
		});
	}

	#bindTarget(target: SyntaxNode, term: Term, environment: Environment): void {
		if (target.name === "VariableName") {
			environment.names.set(this.#text(target), term);
			return;
		}
		if (/^(Tuple|Array)Expression$/.test(target.name)) {
			this.#unpack(elementsOf(target), term, target, environment);
			return;
		}
		const member = attributeParts(target);
		if (member) {
			const owner = this.#term(member.object, environment);
			if (owner.kind === "self") owner.self.fields.set(this.#text(member.property), term);
			return;
		}
		const subscript = subscriptParts(target);
		if (subscript?.object.name !== "VariableName" || subscript.indices.length !== 1) {
			throw new NotUnderstood("assignment to an element", target);
		}
		const name = this.#text(subscript.object);
		const before = this.#asNumber(this.#term(subscript.object, environment), target);
		const mask = this.#maskOf(subscript.indices[0]!, environment);
		const assigned = this.#writing.note(where(mask, this.#asNumber(term, target), before), "assigned");
		this.#noteChange(name, environment);
		environment.names.set(name, number(this.#at(assigned, target)));
	}

	/** Binds a name to what became of it in place. */
	#changeTo(target: SyntaxNode, term: Term, environment: Environment): void {
		if (target.name === "VariableName") this.#noteChange(this.#text(target), environment);
		this.#bindTarget(target, term, environment);
	}

	#noteChange(name: string, environment: Environment): void {
		const before = environment.find(name);
		if (before) this.#changed.add(before);
	}

	#update(statement: SyntaxNode, environment: Environment): void {
		const [target, operator, value] = statement.kids;
		if (!target || !operator || !value) throw new NotUnderstood("half-typed statement", statement);
		const sign = this.#text(operator).slice(0, -1);
		const subscript = subscriptParts(target);
		if (subscript?.indices.length === 1) {
			const mask = this.#maskOf(subscript.indices[0]!, environment);
			const outer = this.#mask;
			this.#mask = mask;
			const whole = this.#asNumber(this.#term(subscript.object, environment), target);
			const change = this.#asNumber(this.#term(value, environment), value);
			this.#mask = outer;
			this.#bindTarget(
				target,
				number(this.#at(this.#arithmetic(sign, whole, change, statement), statement)),
				environment,
			);
			return;
		}
		const before = this.#asNumber(this.#term(target, environment), target);
		const change = this.#asNumber(this.#term(value, environment), value);
		const after = this.#arithmetic(sign, before, change, statement);
		this.#writing.changeInPlace(before, after);
		this.#changeTo(target, number(this.#at(after, statement)), environment);
	}

	#arithmetic(operator: string, a: Expression, b: Expression, node: SyntaxNode): Expression {
		switch (operator) {
			case "+":
				return add(a, b);
			case "-":
				return sub(a, b);
			case "*":
				return mul(a, b);
			case "/":
				return div(a, b);
			case "//":
				return floor(div(a, b));
			case "%":
				return sub(a, mul(floor(div(a, b)), b));
			case "**":
				return this.#power(a, b);
			case "&":
				if (isTruth(a) && isTruth(b)) return and(a, b);
				break;
			case "|":
				if (isTruth(a) && isTruth(b)) return or(a, b);
				break;
			default:
		}
		throw new NotUnderstood(`operator ${operator}`, node);
	}

	#binaryFunction(name: string, apply: typeof power, a: Expression, b: Expression): Expression {
		if (apply === power) return this.#power(a, b);
		return name === "hypot" ? this.#writing.note(apply(a, b), "hypot") : apply(a, b);
	}

	#power(base: Expression, exponent: Expression): Expression {
		const e = power(base, exponent);
		if (e.kind === "unary") {
			for (const spelling of this.#writing.spellingsOf(exponent)) {
				this.#writing.note(e, spelling === "whole" ? "whole power" : "fraction power");
			}
		}
		return e;
	}

	#text(node: SyntaxNode): string {
		return this.#resolver.textOf(node);
	}

	#number(node: SyntaxNode, environment: Environment): Expression {
		return this.#asNumber(this.#term(node, environment), node);
	}

	#asNumber(term: Term, node: SyntaxNode): Expression {
		switch (term.kind) {
			case "number":
				return term.e;
			case "literal":
				if (typeof term.value === "boolean") return constant(term.value ? 1 : 0);
				throw new NotUnderstood(term.value === null ? `${this.#nothing} as a number` : "string as a number", node);
			case "tuple":
				if (term.items.length === 1) return this.#asNumber(term.items[0]!, node);
				throw new NotUnderstood("tuple as a number", node);
			case "value":
				throw new NotUnderstood(
					term.value.kind === "name" ? `${term.value.name} as a number` : "a function as a number",
					node,
				);
			default:
				throw new NotUnderstood("a function as a number", node);
		}
	}

	/** What the language calls a value that there is not. */
	get #nothing(): string {
		return this.#resolver.language.tensor === "tfjs" ? "undefined" : "None";
	}

	#term(node: SyntaxNode, environment: Environment): Term {
		this.#step(node);
		return this.#deeper(node, () => {
			const inner = unwrap(node);
			const start = this.#writing.length;
			const term = this.#read(inner, environment);
			if (term.kind === "number") {
				this.#at(term.e, node);
				if (COMPUTES.has(inner.name)) this.#writing.compute(term.e, start);
			}
			return term;
		});
	}

	#read(node: SyntaxNode, environment: Environment): Term {
		switch (node.name) {
			case "Number": {
				const text = this.#text(node);
				const value = literalNumber(text);
				if (value === undefined) throw new NotUnderstood("number", node);
				const e = constant(value, exactForm(text.replaceAll("_", ""), value));
				return number(this.#writing.note(e, numberSpelling(text)));
			}
			case "Boolean":
			case "None":
			case "String":
				return this.#literal(node);
			case "VariableName":
				return this.#name(node, environment);
			case "MemberExpression":
				return this.#member(node, environment);
			case "UnaryExpression":
				return this.#unary(node, environment);
			case "BinaryExpression":
				return this.#binary(node, environment);
			case "ConditionalExpression": {
				const [then, , condition, , otherwise] = node.kids;
				if (!then || !condition || !otherwise) throw new NotUnderstood("half-typed expression", node);
				const truth = this.#condition(condition, environment);
				if (typeof truth === "boolean") return this.#term(truth ? then : otherwise, environment);
				return this.#merge(truth, this.#term(then, environment), this.#term(otherwise, environment), node);
			}
			case "CallExpression":
				return this.#call(node, environment);
			case "TupleExpression":
				return { kind: "tuple", items: elementsOf(node).map((item) => this.#term(item, environment)) };
			case "ArrayExpression": {
				const items = elementsOf(node);
				// `torch.tensor([0.25])` holds one number.
				if (items.length === 1) return this.#term(items[0]!, environment);
				return { kind: "tuple", items: items.map((item) => this.#term(item, environment)) };
			}
			case "ArrayComprehensionExpression":
			case "ComprehensionExpression":
				return this.#comprehension(node, environment);
			case "LambdaExpression": {
				const lambda = this.#resolver.lambdaOf(node, environment.place);
				if (lambda) return { kind: "closure", function: lambda, environment, self: null };
				break;
			}
			case "NamedExpression": {
				const [target, , value] = node.kids;
				if (!target || !value) break;
				const term = this.#term(value, environment);
				this.#bindTarget(target, term, environment);
				return term;
			}
			default:
		}
		throw new NotUnderstood(describeExpression(node), node);
	}

	#name(node: SyntaxNode, environment: Environment): Term {
		const name = this.#text(node);
		const local = environment.find(name);
		if (local) {
			if (this.#changed.has(local)) this.#staleAt ??= node;
			return local;
		}
		// Python before version 3 had these as names.
		if (name === "True" || name === "False") return { kind: "literal", value: name === "True" };
		const bindings = this.#resolver.bindingsOf(name, environment.place, node.from);
		const [binding] = bindings;
		if (bindings.length === 1 && binding) {
			const { what } = binding;
			if (what.kind === "function") {
				const parent = what.function.outer.scope === environment.place.scope ? environment : null;
				return { kind: "closure", function: what.function, environment: parent, self: null };
			}
			if (what.kind === "value" && binding.scope.kind === "module") {
				const value = this.#resolver.resolveValue(what.node, binding);
				if (value?.kind === "function")
					return { kind: "closure", function: value.function, environment: null, self: null };
				if (value) return { kind: "value", value };
				return this.#deeper(node, () => this.#term(what.node, new Environment(binding, null)));
			}
		}
		const found = this.#resolver.resolveChain(node, environment.place);
		if (!found) throw new NotUnderstood(`the name ${name}`, node);
		return this.#fromValue(found.value);
	}

	#fromValue(value: Value): Term {
		if (value.kind === "name") {
			const known = namedNumber(value.name);
			if (known !== undefined) return number(this.#writing.note(constant(known, exactName(value.name)), "fraction"));
		}
		return value.kind === "function"
			? { kind: "closure", function: value.function, environment: null, self: null }
			: { kind: "value", value };
	}

	#member(node: SyntaxNode, environment: Environment): Term {
		const subscript = subscriptParts(node);
		if (subscript) return this.#subscript(node, subscript, environment);
		const parts = attributeParts(node);
		if (!parts) throw new NotUnderstood("slice", node);
		const property = this.#text(parts.property);
		const object = this.#term(parts.object, environment);
		switch (object.kind) {
			case "value": {
				const { value } = object;
				if (value.kind === "name") {
					const name = `${value.name}.${property}`;
					const known = namedNumber(name);
					if (known === undefined) return { kind: "value", value: { kind: "name", name } };
					return number(this.#writing.note(constant(known, exactName(name)), "fraction"));
				}
				const imported = value.kind === "module" ? value.file.exported(property) : undefined;
				if (imported) return this.#fromValue(imported.value);
				if (value.kind === "object") return this.#field(this.#selfOf(value, environment), property, node);
				const attribute = value.kind === "class" ? this.#resolver.resolveAttribute(value.class, property) : undefined;
				if (attribute?.value.kind === "function") return this.#fromValue(attribute.value);
				if (value.kind === "class" && property === "apply") {
					const forward = methodOf(value.class, this.#resolver);
					const self: Self = { class: value.class, made: null, fields: new Map() };
					if (forward) return { kind: "closure", function: forward, environment: null, self, context: true };
				}
				break;
			}
			case "self":
				return this.#field(object.self, property, node);
			case "number":
				if (property === "data" || property === "real") return object;
				if (property === "values" && this.#reductions.isSymbol(object.e)) return object;
				if (property === "T") {
					this.#transposedAt ??= node;
					return object;
				}
				break;
			default:
		}
		throw new NotUnderstood(`attribute ${property}`, node);
	}

	#selfOf(value: Extract<Value, { kind: "object" }>, environment: Environment): Self {
		const parts = callParts(value.call);
		const list = parts ? argumentsOf(parts.list) : [];
		const inside = value.place.scope === environment.place.scope ? environment : new Environment(value.place, null);
		return { class: value.class, made: { list, environment: inside }, fields: new Map() };
	}

	/** What an attribute of an object holds: set while running, a method, or set by the constructor. */
	#field(self: Self, property: string, node: SyntaxNode): Term {
		const known = self.fields.get(property);
		if (known) return known;
		for (let owner: CodeClass | undefined = self.class, i = 0; owner && i < 20; i++) {
			const bindings = this.#resolver
				.attributeBindings(owner, property)
				?.filter(({ what }) => !(what.kind === "value" && what.node.name === "None"));
			if (bindings && bindings.length > 0) {
				const [binding] = bindings;
				// An attribute that only other methods set is not what the constructor made it.
				if (bindings.length !== 1 || !binding)
					throw new NotUnderstood(`attribute ${property} with several values`, node);
				const { what } = binding;
				if (what.kind === "function") return { kind: "closure", function: what.function, environment: null, self };
				if (what.kind !== "value") break;
				const term = this.#deeper(node, () => this.#fieldValue(self, property, what.node, binding));
				self.fields.set(property, term);
				return term;
			}
			owner = this.#resolver.firstBase(owner);
		}
		throw new NotUnderstood(`attribute ${property}`, node);
	}

	#fieldValue(self: Self, property: string, value: SyntaxNode, place: Place): Term {
		const node = unwrap(value);
		const trainable = this.#trainableStart(node, place);
		const method = place.scope.function;
		const environment = new Environment(place, null);
		if (method) this.#bindConstructor(self, method, environment);
		const term = this.#term(trainable ?? node, environment);
		if (!trainable || term.kind !== "number") return term;
		// A trained parameter goes by its attribute's name, and starts from the value it is given.
		if (term.e.kind === "parameter" && self.made === null) {
			const from = this.#parameters.get(term.e.name);
			if (from) this.#parameters.set(from.name, { ...from, trainable: true });
			return term;
		}
		const start = term.e.kind === "constant" ? term.e.value : constantNumber(trainable, place, this.#resolver);
		if (start === undefined || self.made !== null) return term;
		this.#declare({ name: property, default: start, trainable: true }, node);
		return number(this.#at(parameter(property), node));
	}

	/** The expression of the start value in `nn.Parameter(…)`; undefined if it is no trained parameter. */
	#trainableStart(node: SyntaxNode, place: Place): SyntaxNode | undefined {
		const parts = node.name === "CallExpression" ? callParts(node) : undefined;
		const callee = parts && this.#resolver.resolveValue(parts.callee, place);
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
	#bindConstructor(self: Self, method: CodeFunction, environment: Environment): void {
		const [first, ...rest] = method.parameters;
		if (first) environment.names.set(first.name, { kind: "self", self });
		if (method.name !== "__init__" && method.name !== "__post_init__") return;
		const made = this.#argumentsOfConstructor(self, method);
		if (made === undefined) return;
		for (const [i, declared] of rest.entries()) {
			if (declared.stars !== 0) continue;
			const given =
				made && argumentFor(made.list, declared.name, declared.keywordOnly ? -1 : i, (node) => this.#text(node));
			try {
				if (given) environment.names.set(declared.name, this.#term(given, made!.environment));
				else if (declared.default && made) {
					environment.names.set(declared.name, this.#term(declared.default, new Environment(method.outer, null)));
				} else if (declared.default) {
					// Made a parameter only if the body uses it: `run` drops the others.
					environment.names.set(
						declared.name,
						this.#parameterTerm(declared.name, declared.default, method.outer, false),
					);
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
	#argumentsOfConstructor(self: Self, method: CodeFunction): Self["made"] | undefined {
		let owner: CodeClass | undefined = self.class;
		for (let i = 0; owner && owner !== method.class && i < 20; i++) {
			const own = this.#resolver.attributeBindings(owner, method.name)?.at(-1)?.what;
			if (own?.kind === "function") {
				const list = superArguments(own.function, this.#resolver);
				if (!list || this.#resolver.firstBase(owner) !== method.class) return undefined;
				const environment = new Environment({ scope: own.function.scope, block: own.function.scope.body }, null);
				this.#bindConstructor(self, own.function, environment);
				return { list, environment };
			}
			owner = this.#resolver.firstBase(owner);
		}
		return self.made;
	}

	#subscript(
		node: SyntaxNode,
		subscript: { object: SyntaxNode; indices: SyntaxNode[] },
		environment: Environment,
	): Term {
		const object = this.#term(subscript.object, environment);
		const [index] = subscript.indices;
		// `x.max(dim=1)[0]` and `s[:, None]` are the reduction in another shape.
		if (object.kind === "number" && this.#reductions.isSymbol(object.e)) return object;
		if (object.kind === "tuple" && index?.name === "Number") {
			const item = object.items[Number(this.#text(index))];
			if (item) return item;
		}
		if (object.kind === "number" && subscript.indices.length === 1 && index && this.#mask) {
			const term = this.#term(index, environment);
			// `y[x < 0] = a * x[x < 0]`: on the right the same elements as on the left.
			if (term.kind === "number" && term.e === this.#mask) return object;
		}
		if (object.kind === "value" && subscript.indices.length === 1) {
			const value = this.#resolver.resolveValue(node, environment.place);
			if (value) return { kind: "value", value };
		}
		throw new NotUnderstood("indexing", node);
	}

	#unary(node: SyntaxNode, environment: Environment): Term {
		const [operator, operand] = node.kids;
		if (!operator || !operand) throw new NotUnderstood("half-typed expression", node);
		const sign = this.#text(operator);
		if (sign === "not") {
			const truth = this.#condition(operand, environment);
			return typeof truth === "boolean" ? { kind: "literal", value: !truth } : number(not(truth));
		}
		const inner = unwrap(operand);
		if (sign === "-" && inner.name === "Number") {
			const term = this.#read(inner, environment);
			if (term.kind === "number" && term.e.kind === "constant") {
				const { value, exact } = term.e;
				const e = constant(-value, exact === undefined ? undefined : `-${exact}`);
				return number(this.#writing.note(e, numberSpelling(this.#text(inner))));
			}
		}
		const term = this.#term(operand, environment);
		const value = this.#asNumber(term, operand);
		if (sign === "-") return number(neg(value));
		// PyTorch's `+x` is x itself.
		if (sign === "+") return term.kind === "number" ? term : number(value);
		if (sign === "~" && isTruth(value)) return number(not(value));
		throw new NotUnderstood(`operator ${sign}`, node);
	}

	#binary(node: SyntaxNode, environment: Environment): Term {
		const { kids } = node;
		const [left] = kids;
		const right = kids[kids.length - 1];
		if (!left || !right || kids.length < 3) throw new NotUnderstood("half-typed expression", node);
		const operator = kids
			.slice(1, -1)
			.map((kid) => this.#text(kid))
			.join(" ");
		if (operator === "and" || operator === "or") return this.#either(operator, left, right, environment);
		if (kids[1]!.name === "CompareOp" || /^(is|is not|in|not in)$/.test(operator))
			return this.#comparison(node, environment);
		return number(this.#arithmetic(operator, this.#number(left, environment), this.#number(right, environment), node));
	}

	/** `a and b`, `a or b`: one of the two values, which are truth values or numbers. */
	#either(operator: "and" | "or", left: SyntaxNode, right: SyntaxNode, environment: Environment): Term {
		const a = this.#term(left, environment);
		const truth = this.#truth(a, left);
		if (typeof truth === "boolean") return truth === (operator === "and") ? this.#term(right, environment) : a;
		const b = this.#term(right, environment);
		const isNumber = (term: Term) => term.kind === "number" && !isTruth(term.e);
		if (isNumber(a) || isNumber(b)) {
			const [then, otherwise] = operator === "and" ? [b, a] : [a, b];
			const choice = where(truth, this.#asNumber(then, right), this.#asNumber(otherwise, left));
			return number(this.#writing.note(choice, "branch"));
		}
		const other = this.#truth(b, right);
		if (typeof other === "boolean") {
			// `x > 0 and True` is the left side; `x > 0 and False` is the right one.
			return other === (operator === "and") ? number(truth) : { kind: "literal", value: other };
		}
		return number(operator === "and" ? and(truth, other) : or(truth, other));
	}

	#comparison(node: SyntaxNode, environment: Environment): Term {
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
					.map((kid) => this.#text(kid))
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
		const terms = operands.map((operand) => this.#term(operand, environment));
		let result: Expression | boolean = true;
		operators.forEach((operator, i) => {
			const part = this.#compare(operator, terms[i]!, terms[i + 1]!, node);
			if (result === true) result = part;
			else if (part === false || result === false) result = false;
			else if (part !== true) result = and(result, part);
		});
		return typeof result === "boolean" ? { kind: "literal", value: result } : number(result);
	}

	#compare(operator: string, a: Term, b: Term, node: SyntaxNode): Expression | boolean {
		const equality = /^(==|is)$/.test(operator) ? true : /^(!=|is not|<>)$/.test(operator) ? false : undefined;
		if (equality !== undefined) {
			if (a.kind === "literal" && b.kind === "literal") return (a.value === b.value) === equality;
			const none = (term: Term) => term.kind === "literal" && (term.value === null || typeof term.value === "string");
			if (none(a) || none(b)) return !equality;
		}
		const [p, q] = [this.#asNumber(a, node), this.#asNumber(b, node)];
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

	/** `[f(v) for v in x]` computes f on each number of x. */
	#comprehension(node: SyntaxNode, environment: Environment): Term {
		const kids = node.kids.filter((kid) => !/^[[\]()]$/.test(kid.name));
		const [body, forWord, target, inWord, source, ...rest] = kids;
		if (
			!body ||
			forWord?.name !== "for" ||
			target?.name !== "VariableName" ||
			inWord?.name !== "in" ||
			!source ||
			rest.length > 0
		) {
			throw new NotUnderstood("comprehension", node);
		}
		const over = this.#number(source, environment);
		const inside = new Environment(environment.place, environment);
		inside.names.set(this.#text(target), number(over));
		return this.#term(body, inside);
	}

	#call(node: SyntaxNode, environment: Environment): Term {
		const parts = callParts(node);
		if (!parts) throw new NotUnderstood("half-typed call", node);
		const list = argumentsOf(parts.list);
		const callee = this.#callee(parts.callee, environment);
		if ("method" in callee) return this.#method(callee.method, callee.object, parts.callee, list, node, environment);
		const result = this.#apply(callee.term, list, node, environment);
		this.#writeBack(list, result, environment);
		return result;
	}

	/** `F.relu(x, inplace=True)` and `np.exp(x, out=x)` change what they are given. */
	#writeBack(list: readonly CallArgument[], result: Term, environment: Environment): void {
		for (const { name, value } of list) {
			const keyword = name && this.#text(name);
			if (keyword === "out" && value.name === "VariableName") {
				const before = environment.find(this.#text(value));
				if (before?.kind === "number" && result.kind === "number") this.#writing.changeInPlace(before.e, result.e);
				this.#changeTo(value, result, environment);
			}
			const [first] = list;
			if (keyword === "inplace" && this.#text(value) === "True" && first?.value.name === "VariableName") {
				this.#changeTo(first.value, result, environment);
			}
		}
	}

	#callee(node: SyntaxNode, environment: Environment): { term: Term } | { method: string; object: Term } {
		const inner = unwrap(node);
		const member = attributeParts(inner);
		if (!member) return { term: this.#term(inner, environment) };
		const object = this.#term(member.object, environment);
		if (object.kind === "number" || object.kind === "tuple") return { method: this.#text(member.property), object };
		return { term: this.#member(inner, environment) };
	}

	#apply(callee: Term, list: readonly CallArgument[], node: SyntaxNode, environment: Environment): Term {
		switch (callee.kind) {
			case "closure":
				return this.#inline(callee, list, node, environment);
			case "self":
				return this.#callObject(callee.self, list, node, environment);
			case "value":
				break;
			default:
				throw new NotUnderstood("call", node);
		}
		const { value } = callee;
		switch (value.kind) {
			case "function":
				return this.#inline(
					{ kind: "closure", function: value.function, environment: null, self: null },
					list,
					node,
					environment,
				);
			case "object":
				return this.#callObject(this.#selfOf(value, environment), list, node, environment);
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
				const argument = this.#onlyInput(list, node);
				if (value.isMaker) throw new NotUnderstood("call", node);
				if (value.bound.unknown.length > 0) throw new NotUnderstood(`parameter ${value.bound.unknown[0]}`, node);
				const u = this.#number(argument, environment);
				return this.#activation(value.bound.activation, u, constants(value.bound.parameters), node);
			}
			case "name":
				return this.#library_(value.name, list, node, environment);
		}
	}

	#onlyInput(list: readonly CallArgument[], node: SyntaxNode): SyntaxNode {
		const [first] = list;
		if (!first || first.stars > 0 || list.length > 1) throw new NotUnderstood("call", node);
		return first.value;
	}

	#callObject(self: Self, list: readonly CallArgument[], node: SyntaxNode, environment: Environment): Term {
		const method = methodOf(self.class, this.#resolver);
		if (!method) throw new NotUnderstood(`call of a ${self.class.name}`, node);
		return this.#inline({ kind: "closure", function: method, environment: null, self }, list, node, environment);
	}

	#inline(
		callee: Extract<Term, { kind: "closure" }>,
		list: readonly CallArgument[],
		node: SyntaxNode,
		environment: Environment,
	): Term {
		const { function: called, self } = callee;
		if (this.#calls.length > MAX_CALLS) throw new NotUnderstood("calls nested too deep", node);
		if (this.#calls.includes(called)) throw new NotUnderstood("recursive function", node);
		this.#checkDecorators(called);
		const place: Place = { scope: called.scope, block: called.scope.body };
		const inside = new Environment(place, callee.environment);
		let declared = called.parameters;
		if (called.class && self && !this.#hasDecorator(called, /^staticmethod$/)) {
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
			const name = argument.name && this.#text(argument.name);
			if (name !== null && !declared.some((each) => each.name === name))
				throw new NotUnderstood(`argument ${name}`, node);
		}
		if (list.filter((argument) => !argument.name).length > declared.length) throw new NotUnderstood("call", node);
		for (const [i, each] of declared.entries()) {
			const given = argumentFor(list, each.name, each.keywordOnly ? -1 : i, (name) => this.#text(name));
			if (given) inside.names.set(each.name, this.#term(given, environment));
			else if (each.default) inside.names.set(each.name, this.#term(each.default, new Environment(called.outer, null)));
			else if (each.stars === 0) throw new NotUnderstood(`argument ${each.name} is missing`, node);
		}
		this.#calls.push(called);
		try {
			return this.#body(called, inside);
		} finally {
			this.#calls.pop();
		}
	}

	/** A catalog activation of `u`. The arrangement that libraries compute is taken, not the textbook's. */
	#activation(id: string, u: Expression, parameters: Record<string, Expression>, node: SyntaxNode): Term {
		switch (id) {
			case "sigmoid":
				return number(logistic(u));
			case "tanh":
				return number(tanh(u));
			case "softplus":
				// Beyond the threshold PyTorch returns x, 2e-9 less: a jump that no reader of the formula has in mind.
				if (isOne(parameters.beta)) return number(softplus(u));
				break;
			case "softmax":
			case "log_softmax":
			case "logsumexp":
				this.#reductionAt ??= node;
				return number(this.#reductions.symbol(id, u));
			case "softmin":
				this.#reductionAt ??= node;
				return number(this.#reductions.symbol("softmax", neg(u)));
			default:
		}
		const activation = findActivation(id);
		if (!activation) throw new NotUnderstood(`${id}, which mixes its inputs`, node);
		const all: Record<string, Expression> = {};
		for (const { name, default: value } of activation.parameters) all[name] = parameters[name] ?? constant(value);
		return number(substitute(activation.stable, u, all));
	}

	#library_(dotted: string, list: readonly CallArgument[], node: SyntaxNode, environment: Environment): Term {
		const name = canonicalName(dotted);
		const call = this.#libraries.call(name);
		const result = this.#libraryResult(dotted, name, list, node, environment);
		if (call && result.kind === "number" && dependsOn(result.e)) call.of = "input";
		return result;
	}

	#libraryResult(
		dotted: string,
		name: string,
		list: readonly CallArgument[],
		node: SyntaxNode,
		environment: Environment,
	): Term {
		const at = name.lastIndexOf(".");
		const [module, base] = [name.slice(0, Math.max(at, 0)), name.slice(at + 1)];
		// What asks whether a framework traces the function is false where the function computes.
		if (/(^|\.)(has_torch_function\w*|any_symbolic_tensors|is_scripting|is_tracing)$/.test(name)) {
			return { kind: "literal", value: false };
		}
		if (SAME_VALUE.test(name) || /\.(convert_to_tensor|cast)$/.test(name)) {
			const same = this.#sameValue(name, list, node, environment);
			return COPIES.test(base) ? { ...same } : same;
		}
		if (name === "tfjs.tidy") {
			const inside = list[list.length - 1];
			if (inside) return this.#apply(this.#term(inside.value, environment), [], node, environment);
		}
		if (MATH_MODULE.test(module)) {
			const known = module === "tfjs" ? snakeCase(base) : base;
			const result = this.#mathematics(module, known, list, node, environment);
			if (result?.kind === "number") this.#noteMathematics(module, known, result.e, list);
			if (result) return result;
		}
		const ofNormal = /^(jax\.)?scipy\.stats\.norm$/.test(module) ? NORMAL_FUNCTIONS.get(base) : undefined;
		if (ofNormal) {
			const [only, ...others] = list;
			if (!only || only.name || only.stars > 0 || others.length > 0)
				throw new NotUnderstood(`arguments of ${base}`, node);
			// SciPy's distributions give float64, whatever goes in.
			if (module.startsWith("scipy")) this.#writing.convertTo("float64", false);
			return number(ofNormal(this.#number(only.value, environment)));
		}
		const entry = resolveName(dotted);
		if (entry?.kind === "function") return this.#entryCall(entry, list, node, environment);
		if (entry?.kind === "module") {
			const value = this.#resolver.resolveValue(node, environment.place);
			if (value) return { kind: "value", value };
		}
		const value = this.#resolver.resolveValue(node, environment.place);
		if (value) return this.#fromValue(value);
		throw new NotUnderstood(name, node);
	}

	#entryCall(entry: LibraryEntry, list: readonly CallArgument[], node: SyntaxNode, environment: Environment): Term {
		const inputAt = list.findIndex((argument) => !argument.name && argument.stars === 0);
		const named = list.findIndex(
			(argument) => argument.name && /^(input|x|a|features|logits)$/.test(this.#text(argument.name)),
		);
		const at = inputAt >= 0 ? inputAt : named;
		const given = list[at];
		if (!given) throw new NotUnderstood("call without an input", node);
		const rest = list.filter((_, i) => i !== at);
		let { activation } = entry;
		const parameters: Record<string, Expression> = {};
		for (const [key, value] of Object.entries(entry.fixed)) parameters[key] = constant(value);
		for (const { parameter: declared, argument } of matchArguments(entry.parameters, rest, this.#resolver)) {
			if (argument === "unknown") throw new NotUnderstood("call with * or **", node);
			const { canonical } = declared;
			if (argument === undefined) {
				if (canonical !== null && typeof declared.default === "number")
					parameters[canonical] = constant(declared.default);
				continue;
			}
			if (declared.name === "approximate") {
				const form = approximation(argument, this.#resolver) ?? this.#approximationTerm(argument, environment);
				if (!form) throw new NotUnderstood("approximate", argument);
				activation = form;
			} else if (unwrap(argument).name === "None") continue;
			else if (canonical !== null) parameters[canonical] = this.#number(argument, environment);
		}
		return this.#activation(activation, this.#number(given.value, environment), parameters, node);
	}

	#approximationTerm(argument: SyntaxNode, environment: Environment): "gelu" | "gelu_tanh" | undefined {
		const term = this.#term(argument, environment);
		if (term.kind !== "literal") return undefined;
		if (term.value === "tanh" || term.value === true) return "gelu_tanh";
		return term.value === "none" || term.value === false ? "gelu" : undefined;
	}

	#sameValue(name: string, list: readonly CallArgument[], node: SyntaxNode, environment: Environment): Term {
		const [first, ...rest] = list;
		if (!first || first.stars > 0) throw new NotUnderstood("call", node);
		const term = this.#term(first.value, environment);
		this.#refuseIntegers(term, rest, node);
		this.#noteConversion(name, term, rest);
		return term;
	}

	/** What a library's function makes of the type of its result. */
	#noteMathematics(module: string, name: string, e: Expression, list: readonly CallArgument[]): void {
		const ofArrays = /^(numpy|scipy|cupy|autograd)/.test(module);
		if (!dependsOn(e)) {
			if (/_like$/.test(name)) this.#writing.note(e, "like input");
			else if (ofArrays || module.startsWith("keras")) this.#writing.note(e, "numpy");
			else if (module === "math")
				this.#writing.note(e, ...(/^(floor|ceil)$/.test(name) ? (["whole"] as const) : (["fraction"] as const)));
			return;
		}
		// A number of Python's comes out, whatever goes in.
		if (module === "math") this.#writing.convertTo("float64", false);
		if (!ofArrays) return;
		if (list.some((argument) => argument.name && this.#text(argument.name) === "dtype"))
			this.#writing.convertTo("unknown", false);
		if (e.kind === "where") this.#writing.note(e, name === "heaviside" ? "step" : "select");
		else if (e.kind === "binary") this.#noteBounds(name, e);
		// np.sinc multiplies by Python's π.
		else if (e.kind === "unary" && e.operator === "sinc" && e.operand.kind === "binary") {
			this.#writing.note(e.operand.left, "fraction");
		} else if (e.kind === "unary" && e.operator === "square" && name === "square") this.#writing.note(e, "whole power");
	}

	/** `np.clip` between two bounds is an operation of its own; with one it is `np.maximum` or `np.minimum`. */
	#noteBounds(name: string, e: Binary): void {
		const isBound = (node: Expression): node is Binary =>
			node.kind === "binary" && (node.operator === "max" || node.operator === "min");
		if (!isBound(e)) return;
		const isClip = name === "clip" && e.operator === "min" && isBound(e.left);
		this.#writing.note(e, isClip ? "clip" : "bound");
		if (isClip) this.#writing.note(e.left, "clip");
	}

	/** A conversion's target: its name says it (`np.float32(c)`, `x.half()`), or an argument (`np.asarray(x, float)`). */
	#noteConversion(name: string, term: Term, rest: readonly CallArgument[], isMethod = false): void {
		if (term.kind !== "number") return;
		const ofTruth = isTruth(term.e);
		const own = /(?:^|\.)(float64|float32|float16|bfloat16|double|half)$/.exec(name)?.[1];
		const isFree = !dependsOn(term.e);
		if (name === "float") {
			if (isMethod) this.#writing.convertTo("float32", ofTruth);
			else if (isFree) this.#writing.note(term.e, "fraction");
			else this.#writing.convertTo("float64", ofTruth);
			return;
		}
		const given = rest.filter((each) => !each.name || /^(dtype|type|new_dtype)$/.test(this.#text(each.name)));
		const target =
			own ?? given.map(({ value }) => this.#text(value)).find((text) => !/cpu|cuda|device|^-?\d/.test(text));
		if (name === "type_as") this.#writing.convertTo("input", ofTruth);
		else if (target !== undefined || name === "item") {
			this.#writing.convertTo(conversionTarget(target ?? "float", this.#resolver.language.tensor === "tfjs"), ofTruth);
		} else if (isFree && /^(numpy|cupy)\./.test(name)) this.#writing.note(term.e, "numpy");
	}

	/** A conversion to integers rounds; only truth values pass it unchanged. */
	#refuseIntegers(term: Term, rest: readonly CallArgument[], node: SyntaxNode): void {
		const toInteger = rest.some(({ value }) => /(^|[^a-z])u?(int|long|bool|byte)\d*\b/i.test(this.#text(value)));
		if (toInteger && !(term.kind === "number" && isTruth(term.e)))
			throw new NotUnderstood("conversion to integers", node);
	}

	/** A function of mathematics by its bare name; undefined if it is none of these. */
	#mathematics(
		module: string,
		name: string,
		list: readonly CallArgument[],
		node: SyntaxNode,
		environment: Environment,
	): Term | undefined {
		const keyword = (...names: string[]) =>
			list.find((argument) => argument.name && names.includes(this.#text(argument.name)))?.value;
		const positional = list
			.filter((argument) => !argument.name && argument.stars === 0)
			.map((argument) => argument.value);
		const operand = (i: number, ...names: string[]) => {
			const found = positional[i] ?? keyword(...names);
			if (!found) throw new NotUnderstood(`${name} without its arguments`, node);
			return this.#number(found, environment);
		};
		const optional = (i: number, ...names: string[]) => {
			const found = positional[i] ?? keyword(...names);
			return !found || unwrap(found).name === "None" ? undefined : this.#number(found, environment);
		};
		if (/^(zeros|ones)(_like)?$/.test(name)) return number(constant(name.startsWith("ones") ? 1 : 0));
		const [only, ...others] = list;
		if (module === "Math" && name === "max" && only?.stars === 1 && others.length === 0)
			return this.#reduction("max", this.#number(only.value, environment), node);
		if (list.some((argument) => argument.stars > 0)) throw new NotUnderstood("call with * or **", node);
		const unary = UNARY_FUNCTIONS.get(name);
		if (unary && positional.length <= 1 && (module !== "" || name === "abs")) {
			if (module === "tensorflow" && name === "log1p") return undefined;
			if (module === "torch.special" && name === "ndtr") {
				const value = normalCdfByErf(operand(0, "input"));
				for (const part of nodesOf(value)) this.#at(part, node);
				return number(value);
			}
			return number(unary(operand(0, "x", "input", "a", "features")));
		}
		if (unary && name === "log" && module === "math" && positional.length === 2)
			return number(div(unary(operand(0)), unary(operand(1))));
		const axis = keyword("axis", "dim", "dims", "keepdims", "keepdim");
		const reduces = /^(max|min|sum|amax|amin|mean|prod|logsumexp|reduce_\w+|nanmax|nansum|std|var|norm|median)$/.test(
			name,
		);
		const binary = BINARY_FUNCTIONS.get(name);
		if (binary && !(reduces && (positional.length < 2 || axis)) && (module !== "" || /^(max|min|pow)$/.test(name))) {
			if (module === "numpy" && (name === "max" || name === "min")) return this.#reduction(name, operand(0), node);
			if (keyword("alpha", "where", "rounding_mode", "initial", "key", "default"))
				throw new NotUnderstood(`arguments of ${name}`, node);
			const [first, second, ...more] = positional;
			if (!first && !keyword("x1", "x", "input")) throw new NotUnderstood(`${name} without its arguments`, node);
			if (first && second && more.length > 0 && (module === "" || (module === "Math" && name !== "hypot"))) {
				return number(positional.map((each) => this.#number(each, environment)).reduce((a, b) => binary(a, b)));
			}
			if (module === "torch" && name === "max" && second && this.#isInteger(second))
				return this.#reduction(name, operand(0), node);
			const [a, b] = [operand(0, "x1", "x", "input"), operand(1, "x2", "y", "other", "exponent")];
			return number(this.#binaryFunction(name, binary, a, b));
		}
		if (reduces && module !== "") return this.#reduction(name, operand(0, "input", "a", "x", "input_tensor"), node);
		switch (name) {
			case "where":
			case "select":
			case "switch":
				return this.#where(positional, keyword, node, environment);
			case "clip":
			case "clamp":
			case "clip_by_value":
			case "clamp_":
				if (module === "jax.lax") return number(min(max(operand(1), operand(0)), operand(2)));
				return number(
					this.#clip(
						operand(0, "a", "x", "input", "t", "arr"),
						optional(1, "a_min", "min", "min_value", "clip_value_min", "x_min"),
						optional(2, "a_max", "max", "max_value", "clip_value_max", "x_max"),
					),
				);
			case "heaviside": {
				const u = operand(0);
				return number(where(lt(u, 0), 0, where(eq(u, 0), operand(1, "values", "x2"), 1)));
			}
			case "greater":
			case "gt":
				return number(gt(operand(0), operand(1)));
			case "greater_equal":
			case "ge":
				return number(ge(operand(0), operand(1)));
			case "less":
			case "lt":
				return number(lt(operand(0), operand(1)));
			case "less_equal":
			case "le":
				return number(le(operand(0), operand(1)));
			case "equal":
			case "eq":
				return number(eq(operand(0), operand(1)));
			case "not_equal":
			case "ne":
				return number(ne(operand(0), operand(1)));
			case "logical_and":
				return number(this.#arithmetic("&", operand(0), operand(1), node));
			case "logical_or":
				return number(this.#arithmetic("|", operand(0), operand(1), node));
			case "logical_not": {
				const u = operand(0);
				return number(not(isTruth(u) ? u : ne(u, 0)));
			}
			case "full":
			case "full_like":
				return number(operand(1, "fill_value"));
			case "expand_dims":
			case "reshape": {
				const reshaped = operand(0, "a", "x", "input");
				if (this.#reductions.isSymbol(reshaped)) return number(reshaped);
				break;
			}
			case "epsilon":
				if (positional.length === 0) return number(constant(1e-7, "1e-7"));
				break;
			case "print":
				return NONE;
			case "list":
			case "tuple":
				if (module === "" && positional.length === 1) return number(operand(0));
				break;
			case "map":
				if (module === "" && positional.length === 2) {
					const mapped: CallArgument[] = [{ name: null, value: positional[1]!, stars: 0 }];
					return this.#apply(this.#term(positional[0]!, environment), mapped, node, environment);
				}
				break;
			default:
		}
		return undefined;
	}

	#isInteger(node: SyntaxNode): boolean {
		return /^-?\d+$/.test(this.#text(node));
	}

	#clip(u: Expression, low: Expression | undefined, high: Expression | undefined): Expression {
		const raised = low === undefined ? u : max(u, low);
		return high === undefined ? raised : min(raised, high);
	}

	#reduction(name: string, of: Expression, node: SyntaxNode): Term {
		const kind = name.replace(/^(reduce_|nan|a(?=max|min))/, "");
		this.#reductionAt ??= node;
		// A number that does not depend on the input is one element, or the sum of who knows how many.
		const known = kind === "sum" || kind === "max" || kind === "logsumexp" ? kind : "other";
		return number(this.#reductions.symbol(known, of));
	}

	#where(
		positional: readonly SyntaxNode[],
		keyword: (...names: string[]) => SyntaxNode | undefined,
		node: SyntaxNode,
		environment: Environment,
	): Term {
		const condition = positional[0] ?? keyword("condition", "cond", "pred");
		const then = positional[1] ?? keyword("x", "input", "x1", "on_true", "then_expression");
		const otherwise = positional[2] ?? keyword("y", "other", "x2", "on_false", "else_expression");
		if (!condition || !then || !otherwise) throw new NotUnderstood("where without three arguments", node);
		const conditions = unwrap(condition);
		if (conditions.name === "ArrayExpression")
			return this.#select(elementsOf(conditions), then, otherwise, node, environment);
		const truth = this.#condition(condition, environment);
		const [a, b] = [this.#number(then, environment), this.#number(otherwise, environment)];
		if (typeof truth === "boolean") return number(truth ? a : b);
		return number(where(truth, a, b));
	}

	/** `np.select([c1, c2], [a, b], default)` takes the first that holds. */
	#select(
		conditions: readonly SyntaxNode[],
		then: SyntaxNode,
		otherwise: SyntaxNode,
		node: SyntaxNode,
		environment: Environment,
	): Term {
		const values = elementsOf(unwrap(then));
		if (unwrap(then).name !== "ArrayExpression" || values.length !== conditions.length)
			throw new NotUnderstood("select", node);
		let result = this.#number(otherwise, environment);
		for (let i = conditions.length - 1; i >= 0; i--) {
			const truth = this.#condition(conditions[i]!, environment);
			const value = this.#number(values[i]!, environment);
			result = typeof truth === "boolean" ? (truth ? value : result) : where(truth, value, result);
		}
		return number(result);
	}

	#method(
		name: string,
		object: Term,
		callee: SyntaxNode,
		list: readonly CallArgument[],
		node: SyntaxNode,
		environment: Environment,
	): Term {
		if (object.kind !== "number") throw new NotUnderstood(`method ${name}`, node);
		// A reduction, or a parameter for each channel, in another shape.
		if (/^(unsqueeze|reshape|view|squeeze|expand_as|expand)$/.test(name)) {
			if (this.#reductions.isSymbol(object.e) || !dependsOn(object.e)) return object;
		}
		if (SAME_VALUE_METHODS.has(name)) {
			this.#refuseIntegers(object, list, node);
			if (/^(astype|to|type|type_as|double|float|half|bfloat16|item)$/.test(name))
				this.#noteConversion(name, object, list, true);
			return COPIES.test(name) ? { ...object } : object;
		}
		if (/^(int|long|bool|round|trunc)$/.test(name)) {
			if (isTruth(object.e) && name !== "round") return object;
			throw new NotUnderstood("conversion to integers", node);
		}
		const inPlace = /[^_]_$/.test(name);
		const base = inPlace ? name.slice(0, -1) : name;
		const result = this.#methodResult(base, object.e, list, node, environment);
		const receiver = attributeParts(unwrap(callee))?.object;
		if (inPlace && receiver?.name === "VariableName") this.#changeTo(receiver, result, environment);
		return result;
	}

	/** `xs.map(f)` and the usual `xs.reduce(f)` of JavaScript's arrays. */
	#arrayMethod(
		name: string,
		of: Expression,
		list: readonly CallArgument[],
		node: SyntaxNode,
		environment: Environment,
	): Term | undefined {
		const [first] = list;
		const receiver = attributeParts(node.kids[0]!)?.object;
		if (!first || !receiver) return undefined;
		if (name === "map" && list.length === 1) {
			return this.#apply(
				this.#term(first.value, environment),
				[{ name: null, value: receiver, stars: 0 }],
				node,
				environment,
			);
		}
		const lambda = name === "reduce" ? this.#resolver.lambdaOf(unwrap(first.value), environment.place) : undefined;
		const [a, b] = lambda?.parameters ?? [];
		if (!lambda?.body || !a || !b) return undefined;
		const body = this.#text(lambda.body).replaceAll(/\s/g, "");
		const isOf = (form: (a: string, b: string) => string) =>
			body === form(a.name, b.name) || body === form(b.name, a.name);
		if (isOf((p, q) => `${p}+${q}`)) return this.#reduction("sum", of, node);
		return isOf((p, q) => `Math.max(${p},${q})`) ? this.#reduction("max", of, node) : undefined;
	}

	#methodResult(
		written: string,
		u: Expression,
		list: readonly CallArgument[],
		node: SyntaxNode,
		environment: Environment,
	): Term {
		const { tensor } = this.#resolver.language;
		if (tensor === "tfjs") {
			const result = this.#arrayMethod(written, u, list, node, environment);
			if (result) return result;
		}
		const name = tensor === "tfjs" ? snakeCase(written) : written;
		if (name !== "sum" && name !== "max") this.#libraries.callMethodOf(tensor);
		const given = (i: number, ...names: string[]): SyntaxNode | undefined =>
			list.filter((argument) => !argument.name)[i]?.value ??
			list.find((argument) => argument.name && names.includes(this.#text(argument.name)))?.value;
		const unary = UNARY_FUNCTIONS.get(name);
		if (unary && list.length === 0) return number(unary(u));
		if (/^(sum|max|min|mean|amax|amin|logsumexp|prod|std|var|norm)$/.test(name)) {
			const other = given(0);
			const elementwise = (name === "max" || name === "min") && other && !this.#isInteger(other) && list.length === 1;
			if (!elementwise) return this.#reduction(name, u, node);
		}
		const binary = BINARY_FUNCTIONS.get(name);
		const other = given(0, "other", "exponent", "min", "max");
		if (binary && other && list.length === 1) {
			return number(this.#binaryFunction(name, binary, u, this.#number(other, environment)));
		}
		const optional = (found: SyntaxNode | undefined) =>
			!found || unwrap(found).name === "None" ? undefined : this.#number(found, environment);
		switch (name) {
			case "clamp":
			case "clip":
			case "clip_by_value": {
				const e = this.#clip(u, optional(given(0, "min", "a_min")), optional(given(1, "max", "a_max")));
				if (e.kind === "binary") this.#noteBounds("clip", e);
				return number(e);
			}
			case "where": {
				const [condition, otherwise] = [given(0, "condition"), given(1, "y", "other")];
				if (!condition || !otherwise) break;
				const truth = this.#condition(condition, environment);
				if (typeof truth !== "boolean") return number(where(truth, u, this.#number(otherwise, environment)));
				break;
			}
			case "masked_fill": {
				const [mask, value] = [given(0, "mask"), given(1, "value")];
				if (!mask || !value) break;
				return number(where(this.#maskOf(mask, environment), this.#number(value, environment), u));
			}
			case "gt":
			case "ge":
			case "lt":
			case "le":
			case "greater":
			case "greater_equal":
			case "less":
			case "less_equal":
			case "eq":
			case "equal":
			case "ne":
			case "not_equal": {
				if (!other) break;
				const compare = {
					gt,
					ge,
					lt,
					le,
					eq,
					equal: eq,
					ne,
					not_equal: ne,
					greater: gt,
					greater_equal: ge,
					less: lt,
					less_equal: le,
				}[name];
				return number(compare(u, this.#number(other, environment)));
			}
			case "new_zeros":
				return number(constant(0));
			default: {
				const entry = resolveName(`${tensor}.${written}`);
				if (entry && entry.kind !== "module" && !entry.activation.startsWith("sinc")) {
					const parameters: Record<string, Expression> = {};
					for (const { parameter: declared, argument } of matchArguments(entry.parameters, list, this.#resolver)) {
						if (argument === "unknown") throw new NotUnderstood("call with * or **", node);
						if (declared.canonical === null) continue;
						if (argument) parameters[declared.canonical] = this.#number(argument, environment);
						else if (typeof declared.default === "number") parameters[declared.canonical] = constant(declared.default);
					}
					return this.#activation(entry.activation, u, parameters, node);
				}
			}
		}
		throw new NotUnderstood(`method ${name}`, node);
	}
}

/** The exact number behind a name, where the expression has a word for it. */
function exactName(dotted: string): "pi" | "e" | undefined {
	const property = dotted.slice(dotted.lastIndexOf(".") + 1).toLowerCase();
	return property === "pi" || property === "e" ? property : undefined;
}

function snakeCase(name: string): string {
	return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function isTupleCache(item: Term): boolean {
	return (
		item.kind === "tuple" &&
		item.items.every((each) => each.kind === "closure" || (each.kind === "number" && each.e === input))
	);
}

/** Whether a node's value is 0 or 1 by its operation. */
export function isTruth(e: Expression): boolean {
	if (e.kind === "compare") return true;
	if (e.kind === "unary") return e.operator === "not";
	return e.kind === "binary" && (e.operator === "and" || e.operator === "or");
}

function isOne(e: Expression | undefined): boolean {
	return e === undefined || (e.kind === "constant" && e.value === 1);
}

function constants(parameters: Readonly<Record<string, number>>): Record<string, Expression> {
	return Object.fromEntries(
		Object.entries(parameters).map(([name, value]) => [name, constant(value, exactForm(String(value), value))]),
	);
}

/** What the one call of the base's constructor in a constructor gives; undefined if there is none, or more. */
function superArguments(method: CodeFunction, { language, textOf }: Resolver): CallArgument[] | undefined {
	const isSuper = language.tensor === "tfjs" ? /^super$/ : /^super\s*\(.*\)\s*\.\s*__init__$/s;
	const found: CallArgument[][] = [];
	const todo = method.body ? [method.body] : [];
	for (let node = todo.pop(); node; node = todo.pop()) {
		const parts = node.name === "CallExpression" ? callParts(node) : undefined;
		if (parts && isSuper.test(textOf(parts.callee))) found.push(argumentsOf(parts.list));
		todo.push(...node.kids);
	}
	return found.length === 1 ? found[0] : undefined;
}

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

function argumentFor(
	list: readonly CallArgument[],
	name: string,
	position: number,
	textOf: (node: SyntaxNode) => string,
): SyntaxNode | undefined {
	const positional = list.filter((argument) => !argument.name && argument.stars === 0);
	return list.find((argument) => argument.name && textOf(argument.name) === name)?.value ?? positional[position]?.value;
}

function statementsOf(body: SyntaxNode): SyntaxNode[] {
	return body.kids.filter((kid) => kid.name !== ":");
}

interface Arm {
	readonly condition: SyntaxNode | null;
	readonly statements: readonly SyntaxNode[];
}

function armsOf(statement: SyntaxNode): Arm[] {
	const arms: Arm[] = [];
	let condition: SyntaxNode | null = null;
	for (const kid of statement.kids) {
		if (kid.name === "Body") {
			arms.push({ condition, statements: statementsOf(kid) });
			condition = null;
		} else if (!/^(if|elif|else)$/.test(kid.name)) condition = kid;
	}
	return arms;
}

function alwaysRaises(statements: readonly SyntaxNode[]): boolean {
	return statements[statements.length - 1]?.name === "RaiseStatement";
}

function describeStatement(statement: SyntaxNode): string {
	const known: Record<string, string> = {
		ForStatement: "for loop",
		WhileStatement: "while loop",
		TryStatement: "try statement",
		RaiseStatement: "raise statement",
		YieldStatement: "yield",
		MatchStatement: "match statement",
		SwitchStatement: "switch statement",
		"⚠": "syntax error",
	};
	return known[statement.name] ?? `statement (${statement.name})`;
}

function describeExpression(node: SyntaxNode): string {
	const known: Record<string, string> = {
		AwaitExpression: "await",
		YieldExpression: "yield",
		DictionaryExpression: "dictionary",
		DictionaryComprehensionExpression: "comprehension",
		SetExpression: "set",
		FormatString: "formatted string",
		ContinuedString: "string",
		Ellipsis: "...",
		TooDeep: "nesting too deep",
		"⚠": "syntax error",
	};
	return known[node.name] ?? `expression (${node.name})`;
}
