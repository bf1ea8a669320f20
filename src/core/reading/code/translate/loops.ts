import { dependsOn } from "../../../expression/walk.ts";
import { statementsOf } from "../bodies.ts";
import { argumentsOf, type CallArgument, callParts, childNamed, type SyntaxNode } from "../node.ts";
import { elementsOf } from "../scope.ts";
import { accumulationOf } from "./accumulations.ts";
import type { Context } from "./context.ts";
import { nameOfElements } from "./elements.ts";
import { reduce } from "./mathematics.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { numberOf } from "./numbers.ts";
import { Environment, list, number, type Term } from "./term.ts";
import { noteStored } from "./typeNotes.ts";

/**
 * Runs a loop over the elements of arrays once, for all of them: `run` reads statements of its body with the names of one
 * element. An element may be put into a list or an array at its own place, or into a sum or the largest of all; nothing
 * else goes from one to the next.
 */
export function runLoop(
	ctx: Context,
	statement: SyntaxNode,
	environment: Environment,
	run: (statements: readonly SyntaxNode[], inside: Environment) => Term | undefined,
): void {
	const { kids } = statement;
	const body = childNamed(statement, "Body");
	const isWhole = body !== undefined && kids.at(-1) === body;
	const inside = isWhole ? enterLoop(ctx, kids.slice(0, -1), environment) : undefined;
	if (!body || !inside) throw new NotUnderstood("for loop", statement);
	for (const name of inside.names.keys()) {
		// Behind the loop it would be that of the last element.
		if (environment.ownerOf(name)) throw new NotUnderstood("what is kept from element to element", statement);
	}
	const before = new Map(inside.names);
	const accumulated = runTurn(ctx, body, environment, (statements) => {
		if (run(statements, inside)) throw new NotUnderstood("return in a loop", statement);
		return inside;
	});
	for (const [name, whole] of environment.names) {
		const [old, element] = [before, inside.names].map((names) => names.get(nameOfElements(name)));
		if (!old || !element) continue;
		if (isSame(old, element)) {
			// A row that was changed in place is one of the array.
			if (ctx.changed.has(old) || ctx.changed.has(element)) ctx.changed.add(whole);
		} else if (element.kind === "number") {
			if (whole.kind === "number" && !whole.isList) noteStored(ctx, whole.e, element.e);
			ctx.stored.add(whole);
			const isList = whole.kind !== "number" || whole.isList;
			environment.names.set(name, isList ? list(element.e) : number(element.e));
		} else throw new NotUnderstood("a way that adds no element", statement);
	}
	for (const [name, term] of accumulated) environment.names.set(name, term);
}

/** Runs a loop's body piece by piece, between what it accumulates of all elements; gives that by its names. */
function runTurn(
	ctx: Context,
	body: SyntaxNode,
	environment: Environment,
	run: (statements: readonly SyntaxNode[]) => Environment,
): ReadonlyMap<string, Term> {
	const accumulated = new Map<string, Term>();
	let piece: SyntaxNode[] = [];
	for (const statement of statementsOf(body)) {
		const found = accumulationOf(statement, body, environment);
		if (!found) {
			piece.push(statement);
			continue;
		}
		const of = numberOf(ctx, found.of, run(piece));
		piece = [];
		// What is the same for all elements depends on how many there are.
		if (!dependsOn(of)) throw new NotUnderstood("what is kept from element to element", statement);
		accumulated.set(found.name, reduce(ctx, found.kind, of, statement));
	}
	run(piece);
	return accumulated;
}

function isSame(a: Term, b: Term): boolean {
	return a === b || (a.kind === "number" && b.kind === "number" && a.e === b.e);
}

/**
 * The names of one element in a loop, whose head this is: what is taken from the arrays, and the elements of those that are
 * bound outside. Undefined for any other loop.
 */
export function enterLoop(
	ctx: Context,
	head: readonly SyntaxNode[],
	environment: Environment,
): Environment | undefined {
	const { names, source, count } = headOf(ctx, head);
	const inside = new Environment(environment.place, environment, environment.level + 1);
	const elements = new Map<Term, Term>();
	for (const [name, whole] of environment.names) {
		const element = elements.get(whole) ?? elementOf(whole);
		if (!element) continue;
		elements.set(whole, element);
		inside.names.set(nameOfElements(name), element);
	}
	const taken = source ? takenFrom(ctx, source, environment) : count && indexUpTo(ctx, count, environment);
	if (!taken || taken.length !== names.length) return undefined;
	ctx.writing.takeElements();
	names.forEach((name, i) => {
		const term = taken[i]!;
		inside.names.set(ctx.text(name), elements.get(term) ?? elementOf(term) ?? term);
	});
	return inside;
}

/** What an array is to one turn of a loop over it, and what an empty list is. */
function elementOf(whole: Term): Term | undefined {
	if (whole.kind === "tuple" && whole.items.length === 0) return { kind: "missing" };
	return whole.kind === "number" ? number(whole.e) : undefined;
}

/** What a loop takes from its source: elements, indices, or both. */
function takenFrom(ctx: Context, source: SyntaxNode, environment: Environment): readonly Term[] | undefined {
	const parts = source.name === "CallExpression" ? callParts(source) : undefined;
	const callee = parts && ctx.resolver.resolveValue(parts.callee, environment.place);
	const given = parts ? argumentsOf(parts.list) : [];
	const isPlain = given.every(({ name, stars }) => !name && stars === 0);
	if (callee?.kind === "name" && isPlain && environment.find(callee.name) === undefined) {
		const values = given.map(({ value }) => value);
		if (callee.name === "range") return indexOfRange(ctx, values, environment);
		if (callee.name === "enumerate" && values.length === 1) {
			const term = arrayOf(ctx, values[0]!, environment);
			return term && [{ kind: "index", axis: environment.level }, term];
		}
	}
	const term = arrayOf(ctx, source, environment);
	return term && [term];
}

function arrayOf(ctx: Context, node: SyntaxNode, environment: Environment): Term | undefined {
	const term = ctx.term(node, environment);
	return term.kind === "number" && dependsOn(term.e) ? term : undefined;
}

/** `range(n)`, `range(0, n)` or `range(0, n, 1)`. */
function indexOfRange(
	ctx: Context,
	values: readonly SyntaxNode[],
	environment: Environment,
): readonly Term[] | undefined {
	const [start, step] = values.length > 1 ? [values[0], values[2]] : [];
	if ((start && ctx.text(start) !== "0") || (step && ctx.text(step) !== "1")) return undefined;
	const count = values.length > 1 ? values[1] : values[0];
	return count && indexUpTo(ctx, count, environment);
}

function indexUpTo(ctx: Context, count: SyntaxNode, environment: Environment): readonly Term[] | undefined {
	const length = ctx.term(count, environment);
	const isNext = length.kind === "length" && length.axis === environment.level;
	return isNext ? [{ kind: "index", axis: length.axis }] : undefined;
}

/** The names that a loop binds, and its source; or the one that it counts, and up to which. */
interface Head {
	readonly names: readonly SyntaxNode[];
	readonly source?: SyntaxNode;
	readonly count?: SyntaxNode;
}

/** Of Python's loops and comprehensions, and of JavaScript's. */
function headOf(ctx: Context, head: readonly SyntaxNode[]): Head {
	const [word, ...kids] = head.filter(({ name }) => !/^[(),]$|^const$|^let$|^var$/.test(name));
	if (word?.name !== "for") return { names: [] };
	const at = kids.findIndex(({ name }) => name === "in" || name === "of");
	if (at < 0) return countingHead(ctx, kids);
	const targets = kids.slice(0, at).flatMap((kid) => (kid.name === "TupleExpression" ? elementsOf(kid) : [kid]));
	const isOf = kids[at]!.name === "of";
	// JavaScript's names are bound to what is not followed, and its `in` gives keys.
	const names = targets.map((target) => (isOf && target.name === "AssignStatement" ? target.kids[0]! : target));
	const [source, ...others] = kids.slice(at + 1);
	const isPlain = source !== undefined && others.length === 0 && names.every(({ name }) => name === "VariableName");
	return isPlain ? { names, source } : { names: [] };
}

/** `for (let i = 0; i < n; i++)`. */
function countingHead(ctx: Context, [start, condition, step]: readonly SyntaxNode[]): Head {
	const [name, , first] = start?.kids ?? [];
	const [counted, sign, count] = condition?.kids ?? [];
	if (start?.name !== "AssignStatement" || !name || !first || !counted || !sign || !count || !step)
		return { names: [] };
	const i = ctx.text(name);
	const says = [first, counted, sign, step].map((node) => ctx.text(node).replaceAll(/\s/g, ""));
	const isEach = [`${i}++`, `++${i}`, `${i}+=1`].some((by) => says.join(" ") === `0 ${i} < ${by}`);
	return isEach ? { names: [name], count } : { names: [] };
}

/** `out.append(value)` adds the element for which the loop around it runs. */
export function addElement(
	ctx: Context,
	{ object, property }: { object: SyntaxNode; property: SyntaxNode },
	given: readonly CallArgument[],
	environment: Environment,
): boolean {
	if (object.name !== "VariableName" || !/^(append|push)$/.test(ctx.text(property))) return false;
	const name = nameOfElements(ctx.text(object));
	const [only, ...others] = given;
	if (!environment.find(name) || !only || only.name || only.stars > 0 || others.length > 0) return false;
	if (environment.names.get(name)?.kind !== "missing") throw new NotUnderstood("several elements for one", property);
	environment.names.set(name, number(numberOf(ctx, only.value, environment)));
	return true;
}
