import type { LibraryEntry } from "../../activations/libraries/entry.ts";
import { canonicalName, resolveName } from "../../activations/libraries/resolve.ts";
import { once } from "../../once.ts";
import { armsOfIf, statementsOf } from "./bodies.ts";
import { bindParameters } from "./callParameters.ts";
import { constantString } from "./constantString.ts";
import { constantNumber } from "./constants.ts";
import { isAct2fn, namedActivationCall } from "./namedActivation.ts";
import {
	argumentsOf,
	assignmentParts,
	attributeParts,
	type CallArgument,
	callParts,
	childNamed,
	type SyntaxNode,
	stringValue,
	subscriptParts,
	textOf,
	unwrap,
} from "./node.ts";
import type { Resolver } from "./resolver.ts";
import { type CodeFunction, elementsOf, givenParameters, type Place } from "./scope.ts";
import { textAfter } from "./textMethods.ts";
import { agree, type Value } from "./value.ts";

/** What takes more statements does more than choose. */
const MOST_STEPS = 200;
/** How many functions may call one another for it. */
const MOST_CALLS = 4;

/** What is known of an expression: a text, with where it is given as an argument, another constant, or what it stands for. */
export type Term =
	| { readonly kind: "text"; readonly text: string; readonly givenAt: SyntaxNode | null }
	| { readonly kind: "constant"; readonly value: boolean | number | null }
	| { readonly kind: "value"; readonly value: Value };

/** A local name, with those that were bound before it. */
interface Names {
	readonly name: string;
	readonly term: () => Term | undefined;
	readonly before: Names | null;
}

/** One of the ways that a statement may go, and whether it does if it comes to that; undefined where that is not known. */
export interface Arm {
	readonly truth: () => boolean | undefined;
	readonly statements: readonly SyntaxNode[];
}

/** How a function ends: by what it returns, undefined if that is not known, or by an error. */
type Ending = { readonly value: Value | undefined } | "error";
const UNKNOWN: Ending = { value: undefined };

/** Whether a function or class is made anew by each call: it may depend on the arguments. */
function isLocal(value: Value, maker: CodeFunction): boolean {
	switch (value.kind) {
		case "function":
			return value.function.node.name !== "LambdaExpression" && value.function.outer.scope === maker.scope;
		case "class":
		case "object":
			return value.class.outer.scope === maker.scope;
		case "name":
			return resolveName(value.name) === undefined;
		case "activation":
			return false;
		default:
			return true;
	}
}

/** What all of one search share. */
interface Search {
	readonly resolver: Resolver;
	/** The texts among the arguments of the first call, and their defaults, by which something was chosen. */
	readonly chosenBy: Set<SyntaxNode>;
	steps: number;
}

/** One run of a function's body, or what stands around the call. */
export class Making {
	/** How many functions called one another up to this one. */
	readonly calls: number;
	/** Where the run is. */
	readonly place: Place;
	readonly #search: Search;
	#names: Names | null;

	constructor(search: Search, place: Place, names: Names | null = null, calls = 0) {
		this.#search = search;
		this.place = place;
		this.#names = names;
		this.calls = calls;
	}

	/** Whether more would have to be run than is. */
	get isExhausted(): boolean {
		return this.#search.steps > MOST_STEPS;
	}

	/** What a call of a function gives that is no part of this call. */
	callOf(maker: CodeFunction, list: readonly CallArgument[]): Value | undefined {
		const { body } = maker;
		const inside = list.some(({ stars }) => stars > 0) ? undefined : this.entering(maker, list);
		if (!body || !inside) return undefined;
		if (body.name !== "Body") return inside.valueOf(body);
		const ending = inside.run(statementsOf(body), 0, () => UNKNOWN);
		return ending === "error" || !ending.value || isLocal(ending.value, maker) ? undefined : ending.value;
	}

	/** The run of a function's body with what a call gives; undefined where too many functions call one another. */
	entering(maker: CodeFunction, list: readonly CallArgument[]): Making | undefined {
		if (this.calls >= MOST_CALLS) return undefined;
		const from = this.at(this.place, this.#names);
		const spread = list.findIndex(({ stars }) => stars > 0);
		const positional = list.filter(({ name, stars }, i) => !name && stars === 0 && !(spread >= 0 && i > spread));
		let names: Names | null = null;
		givenParameters(maker).forEach((parameter, i) => {
			const given =
				list.find(({ name }) => name && textOf(name) === parameter.name) ??
				(parameter.keywordOnly || parameter.stars > 0 ? undefined : positional[i]);
			// What is not written may be in a list or table that is spread out.
			const byDefault = spread < 0 ? parameter.default : null;
			const term = given
				? () => from.argument(given.value)
				: () => (byDefault ? from.at(maker.outer).argument(byDefault) : undefined);
			names = { name: parameter.name, term: parameter.stars > 0 ? () => undefined : once(term), before: names };
		});
		const { scope } = maker;
		return new Making(this.#search, { scope, block: scope.body }, names, this.calls + 1);
	}

	/** The same with other names, elsewhere. */
	at(place: Place, names: Names | null = null): Making {
		return new Making(this.#search, place, names, this.calls);
	}

	/** What an argument is: a text that is written there may be what the function chooses by. */
	argument(node: SyntaxNode): Term | undefined {
		const term = this.term(node);
		return term?.kind === "text" ? { ...term, givenAt: term.givenAt ?? unwrap(node) } : term;
	}

	/** Runs statements from an index on, and `behind` where control comes out of their end. */
	run(statements: readonly SyntaxNode[], from: number, behind: () => Ending): Ending {
		const statement = statements[from];
		if (!statement) return behind();
		if (++this.#search.steps > MOST_STEPS) return UNKNOWN;
		const goOn = () => this.run(statements, from + 1, behind);
		switch (statement.name) {
			case "ReturnStatement": {
				const [, value, ...others] = statement.kids;
				return { value: value && others.length === 0 ? this.valueOf(value) : undefined };
			}
			case "RaiseStatement":
				return "error";
			case "IfStatement":
			case "MatchStatement":
				return this.#runArms(this.armsOf(statement), goOn);
			case "TryStatement": {
				const body = statement.kids.find(({ name }) => name === "Body");
				const ending = body ? this.run(statementsOf(body), 0, goOn) : UNKNOWN;
				return ending === "error" ? UNKNOWN : ending;
			}
			case "AssignStatement":
				this.assign(statement);
				return goOn();
			case "ExpressionStatement":
			case "ImportStatement":
			case "FunctionDefinition":
			case "ClassDefinition":
			case "DecoratedStatement":
			case "AssertStatement":
			case "PassStatement":
				return goOn();
			default:
				return UNKNOWN;
		}
	}

	/** The ways that an `if` or a `match` may go. */
	armsOf(statement: SyntaxNode): readonly Arm[] {
		if (statement.name === "IfStatement")
			return armsOfIf(statement).map(({ condition, statements }) => ({
				truth: () => (condition ? this.truthOf(condition) : true),
				statements,
			}));
		const [, subject] = statement.kids;
		const clauses = childNamed(statement, "MatchBody")?.kids.filter(({ name }) => name === "MatchClause") ?? [];
		return clauses.flatMap((clause) => {
			const body = childNamed(clause, "Body");
			const [, pattern] = clause.kids;
			const hasGuard = childNamed(clause, "Guard") !== undefined;
			if (!subject || !pattern || !body) return [];
			const truth = () => {
				const fits = this.#fits(subject, pattern);
				return hasGuard && fits ? undefined : fits;
			};
			return [{ truth, statements: statementsOf(body) }];
		});
	}

	/** Whether what a `match` looks at fits a pattern. */
	#fits(subject: SyntaxNode, pattern: SyntaxNode): boolean | undefined {
		switch (pattern.name) {
			case "CapturePattern":
				return textOf(pattern) === "_" ? true : undefined;
			case "LiteralPattern":
				return pattern.kids.length === 1 ? this.#compare("==", subject, pattern.kids[0]!) : undefined;
			case "OrPattern": {
				const fits = pattern.kids.flatMap((kid) => (/Pattern$/.test(kid.name) ? [this.#fits(subject, kid)] : []));
				return fits.includes(true) ? true : fits.includes(undefined) ? undefined : false;
			}
			default:
				return undefined;
		}
	}

	/** Where a condition is not known, all ways that are open must come to the same, or to an error. */
	#runArms([arm, ...others]: readonly Arm[], behind: () => Ending): Ending {
		if (!arm) return behind();
		const truth = arm.truth();
		if (truth === false) return this.#runArms(others, behind);
		const names = this.#names;
		const ending = this.run(arm.statements, 0, behind);
		if (truth || (ending !== "error" && !ending.value)) return ending;
		this.#names = names;
		const otherwise = this.#runArms(others, behind);
		if (ending === "error" || otherwise === "error") return ending === "error" ? otherwise : ending;
		return { value: agree([ending.value, otherwise.value]) };
	}

	/** What is read, and whether something in it was chosen by a text. */
	choosing<T>(text: SyntaxNode, read: () => T): readonly [T, boolean] {
		const { chosenBy } = this.#search;
		const before = chosenBy.delete(text);
		const result = read();
		const isChosen = chosenBy.has(text);
		if (before) chosenBy.add(text);
		return [result, isChosen];
	}

	/** Binds what a statement assigns. */
	assign(statement: SyntaxNode): void {
		const { targets, values } = assignmentParts(statement);
		const [[target, ...more] = [], ...others] = targets;
		const [value] = values;
		const isPlain = others.length === 0 && more.length === 0 && values.length === 1;
		if (isPlain && target && isName(target) && value) {
			const before = this.at(this.place, this.#names);
			this.#bind(
				textOf(target),
				once(() => before.term(value)),
			);
			return;
		}
		this.forget(targets.flat());
	}

	/** Lets go of what names are bound to: they may be bound anew, or not. */
	forget(targets: readonly SyntaxNode[]): void {
		for (const each of targets) for (const name of namesIn(each)) this.#bind(name, () => undefined);
	}

	#bind(name: string, term: () => Term | undefined): void {
		this.#names = { name, term, before: this.#names };
	}

	valueOf(node: SyntaxNode): Value | undefined {
		const term = this.term(node);
		return term?.kind === "value" ? term.value : undefined;
	}

	term(expression: SyntaxNode): Term | undefined {
		const node = unwrap(expression);
		switch (node.name) {
			case "String": {
				const text = stringValue(node);
				return text === undefined ? undefined : { kind: "text", text, givenAt: null };
			}
			case "None":
				return { kind: "constant", value: null };
			case "Boolean":
				return { kind: "constant", value: textOf(node) === "True" || textOf(node) === "true" };
			case "VariableName":
				return this.#bound(node, () => this.#outside(node));
			case "ConditionalExpression": {
				const [then, , condition, , otherwise] = node.kids;
				if (!then || !condition || !otherwise) return undefined;
				const truth = this.truthOf(condition);
				if (truth !== undefined) return this.term(truth ? then : otherwise);
				const value = agree([this.valueOf(then), this.valueOf(otherwise)]);
				return value && { kind: "value", value };
			}
			case "MemberExpression": {
				const { object, indices } = subscriptParts(node) ?? {};
				const key = object && indices?.length === 1 ? this.term(indices[0]!) : undefined;
				if (key?.kind === "text") return this.#entry(object!, key);
				return this.#bound(node, () => {
					const text = constantString(node, this.place, this.#search.resolver);
					return text === undefined ? this.#outside(node) : { kind: "text", text, givenAt: null };
				});
			}
			case "CallExpression":
				return this.#call(node);
			default:
				return this.#outside(node);
		}
	}

	/** What a name, or an attribute of one, is bound to in the run; what it is elsewhere if that is not bound there. */
	#bound(node: SyntaxNode, elsewhere: () => Term | undefined): Term | undefined {
		const name = textOf(node);
		for (let each = this.#names; each; each = each.before) if (each.name === name) return each.term();
		return elsewhere();
	}

	#outside(node: SyntaxNode): Term | undefined {
		const value = this.#search.resolver.resolveValue(node, this.place);
		if (value) return { kind: "value", value };
		const known = constantNumber(node, this.place, this.#search.resolver);
		return known === undefined ? undefined : { kind: "constant", value: known };
	}

	/** What a library's activation is with the arguments of a call, numbers among them that the run knows. */
	bound(entry: LibraryEntry, list: readonly CallArgument[]): Value {
		const numberOf = (node: SyntaxNode) => {
			const term = this.term(node);
			return term?.kind === "constant" && typeof term.value === "number" ? term.value : undefined;
		};
		const bound = bindParameters(entry, list, this.place, this.#search.resolver, numberOf);
		return { kind: "activation", entry, bound };
	}

	#call(node: SyntaxNode): Term | undefined {
		const parts = callParts(node);
		if (!parts) return undefined;
		const list = argumentsOf(parts.list);
		const [first, second] = list;
		const member = attributeParts(unwrap(parts.callee));
		if (member) {
			const method = textOf(member.property);
			if (method === "get" && first) {
				const key = this.term(first.value);
				if (key?.kind === "text") return this.#entry(member.object, key, second?.value);
			}
			const object = list.length === 0 ? this.term(member.object) : undefined;
			const text = object?.kind === "text" ? textAfter(method, object.text) : undefined;
			if (object?.kind === "text") return text === undefined ? undefined : { ...object, text };
		}
		const name = textOf(parts.callee);
		if (name === "str" && first && list.length === 1) return this.term(first.value);
		if (name === "getattr" && first && second) {
			const key = this.term(second.value);
			if (key?.kind === "text") return this.#member(first.value, key);
		}
		const callee = this.valueOf(parts.callee);
		if (!callee) return undefined;
		const lookedUp = callee.kind === "name" ? this.#lookedUp(canonicalName(callee.name), list) : undefined;
		if (lookedUp) return lookedUp;
		const entry = callee.kind === "name" ? resolveName(callee.name) : undefined;
		if (entry?.kind === "module") return { kind: "value", value: this.bound(entry, list) };
		const value =
			callee.kind === "function"
				? this.callOf(callee.function, list)
				: this.#search.resolver.resultOf(callee, node, this.place);
		return value && { kind: "value", value };
	}

	/** What a library's function gives for a text: `keras.activations.get(name)`. */
	#lookedUp(callee: string, list: readonly CallArgument[]): Term | undefined {
		const named = namedActivationCall(callee);
		const argument = list.find(({ name }, i) => (name ? named?.keyword.test(textOf(name)) : i === 0));
		const key = named && argument?.stars === 0 ? this.term(argument.value) : undefined;
		const value = key?.kind === "text" ? this.#search.resolver.fromString(named!.library, key.text, false) : undefined;
		if (key?.kind === "text" && value) this.#note(key);
		return value && { kind: "value", value };
	}

	/** What a table has under a text. */
	#entry(table: SyntaxNode, key: Term & { kind: "text" }, otherwise?: SyntaxNode): Term | undefined {
		if (/^globals\s*\(\s*\)$/.test(textOf(table))) return this.#global(key);
		const value = this.valueOf(table);
		if (value?.kind === "name" && isAct2fn(value.name)) {
			const found = this.#search.resolver.fromString("transformers", key.text, /(^|\.)ACT2CLS$/.test(value.name));
			if (found) this.#note(key);
			return found && { kind: "value", value: found };
		}
		const items = this.#itemsOf(table);
		const [item, ...others] = items?.items.filter((each) => each.key === key.text) ?? [];
		if (!items || !item) return items && otherwise && this.term(otherwise);
		this.#note(key);
		// A table of the function's own may hold what depends on its arguments.
		const isOwn = items.place.scope === this.place.scope;
		return others.length > 0 ? undefined : (isOwn ? this : this.at(items.place)).term(item.value);
	}

	#itemsOf(table: SyntaxNode) {
		return this.#search.resolver.certainCollection(table, this.place);
	}

	/** What a module has under a text. */
	#member(object: SyntaxNode, key: Term & { kind: "text" }): Term | undefined {
		if (/^sys\s*\.\s*modules\s*\[\s*__name__\s*\]$/.test(textOf(object))) return this.#global(key);
		const of = this.valueOf(object);
		if (of?.kind !== "name") return undefined;
		const name = `${of.name}.${key.text}`;
		if (!resolveName(name)) return undefined;
		this.#note(key);
		return { kind: "value", value: { kind: "name", name } };
	}

	/** What the file binds under a text. */
	#global(key: Term & { kind: "text" }): Term | undefined {
		const { module } = this.place.scope;
		const place = { scope: module, block: module.body };
		const found = this.#search.resolver.resolveName(key.text, place, Number.POSITIVE_INFINITY);
		if (found) this.#note(key);
		return found && { kind: "value", value: found.value };
	}

	#note({ givenAt }: Term & { kind: "text" }): void {
		if (givenAt) this.#search.chosenBy.add(givenAt);
	}

	/** Whether a condition holds; undefined where that is not known. */
	truthOf(condition: SyntaxNode): boolean | undefined {
		const node = unwrap(condition);
		const { kids } = node;
		switch (node.name) {
			case "UnaryExpression": {
				const truth = /^(not|!)$/.test(textOf(kids[0]!)) && kids[1] ? this.truthOf(kids[1]) : undefined;
				return truth === undefined ? undefined : !truth;
			}
			case "BinaryExpression": {
				const operator = kids.slice(1, -1).map(textOf).join(" ");
				const [left, right] = [kids[0]!, kids[kids.length - 1]!];
				if (/^(and|&&|or|\|\|)$/.test(operator)) return this.#truthOfEither(/^(and|&&)$/.test(operator), left, right);
				return this.#compare(operator, left, right);
			}
			case "CallExpression":
				return this.#truthOfCall(node);
			default: {
				const term = this.term(node);
				if (term?.kind === "text") return term.text !== "";
				return term?.kind === "constant" ? Boolean(term.value) : undefined;
			}
		}
	}

	#truthOfEither(isBoth: boolean, left: SyntaxNode, right: SyntaxNode): boolean | undefined {
		const [a, b] = [this.truthOf(left), this.truthOf(right)];
		if (a === !isBoth || b === !isBoth) return !isBoth;
		return a === undefined || b === undefined ? undefined : isBoth;
	}

	#compare(operator: string, left: SyntaxNode, right: SyntaxNode): boolean | undefined {
		const a = this.term(left);
		if (operator === "in" || operator === "not in") {
			const texts = a?.kind === "text" ? this.#textsIn(right) : undefined;
			if (!texts || a?.kind !== "text") return undefined;
			this.#note(a);
			return texts.has(a.text) === (operator === "in");
		}
		const isEqual = /^(===?|is)$/.test(operator);
		if (!isEqual && !/^(!==?|is not|<>)$/.test(operator)) return undefined;
		const b = this.term(right);
		if (!a || !b || a.kind === "value" || b.kind === "value") return undefined;
		for (const each of [a, b]) if (each.kind === "text" && a.kind === b.kind) this.#note(each);
		const same =
			a.kind === "text" ? b.kind === "text" && a.text === b.text : b.kind === "constant" && a.value === b.value;
		return same === isEqual;
	}

	/** The texts that a list holds, or the keys of a table; undefined if that is not certain. */
	#textsIn(expression: SyntaxNode): ReadonlySet<string> | undefined {
		const node = unwrap(expression);
		if (/^(Tuple|Array|Set)Expression$/.test(node.name)) {
			const texts = elementsOf(node).flatMap((each) => (/^[{}]$/.test(each.name) ? [] : [stringValue(each)]));
			return texts.every((text) => text !== undefined) ? new Set(texts) : undefined;
		}
		const parts = callParts(node);
		const keys = parts && attributeParts(parts.callee);
		const items = this.#itemsOf(keys && textOf(keys.property) === "keys" ? keys.object : node);
		const texts = items?.items.map(({ key, value }) => key ?? stringValue(value));
		return texts?.every((text) => text !== undefined) ? new Set(texts) : undefined;
	}

	#truthOfCall(node: SyntaxNode): boolean | undefined {
		const { callee, list } = callParts(node) ?? {};
		const [first, second] = list ? argumentsOf(list) : [];
		const term = first && this.term(first.value);
		switch (callee && textOf(callee)) {
			case "isinstance":
				if (!term || !second || term.kind === "value") return undefined;
				return textOf(second.value) === "str" ? term.kind === "text" : term.kind === "text" ? false : undefined;
			case "callable":
				return term && term.kind !== "value" ? false : undefined;
			case "hasattr": {
				const key = second && this.term(second.value);
				const object = key?.kind === "text" ? this.valueOf(first!.value) : undefined;
				// What else a module has is not known here.
				return object?.kind === "name" && key?.kind === "text" && resolveName(`${object.name}.${key.text}`)
					? true
					: undefined;
			}
			default:
				return undefined;
		}
	}
}

/** The names and attributes that a target binds. */
function namesIn(target: SyntaxNode): string[] {
	if (target.name === "MemberExpression" || target.name === "VariableName")
		return isName(target) ? [textOf(target)] : [];
	return target.kids.flatMap(namesIn);
}

function isName(target: SyntaxNode): boolean {
	return target.name === "VariableName" || attributeParts(target) !== undefined;
}
