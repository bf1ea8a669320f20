import { where } from "../../../expression/build.ts";
import { type Expression, isTruth } from "../../../expression/expression.ts";
import { assignmentParts, attributeParts, callParts, type SyntaxNode, subscriptParts } from "../node.ts";
import { elementsOf } from "../scope.ts";
import { arithmetic, operandOf } from "./arithmetic.ts";
import { UNSET, withoutUnset } from "./complements.ts";
import type { Context } from "./context.ts";
import { elementName } from "./elements.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { asNumber } from "./numbers.ts";
import { pickedBy } from "./pickedBy.ts";
import { type Environment, number, type Term } from "./term.ts";
import { noteStored } from "./typeNotes.ts";

/** Binds the targets of `a = b = value` to the value. */
export function assign(ctx: Context, statement: SyntaxNode, environment: Environment): void {
	const { targets, values } = assignmentParts(statement);
	if (values.length === 0) return;
	const term: Term =
		values.length === 1
			? assignedTerm(ctx, values[0]!, targets, environment)
			: { kind: "tuple", items: values.map((value) => ctx.term(value, environment)) };
	for (const list of targets) {
		if (list.length === 1) bind(ctx, list[0]!, term, environment);
		else unpack(ctx, list, term, statement, environment);
	}
}

/** Changes the target of `y += change` in place. */
export function update(ctx: Context, statement: SyntaxNode, environment: Environment): void {
	const [target, operator, value] = statement.kids;
	if (!target || !operator || !value) throw new NotUnderstood("half-typed statement", statement);
	const sign = ctx.text(operator).slice(0, -1);
	const subscript = subscriptParts(target);
	if (subscript?.indices.length === 1 && !elementName(ctx, target, environment)) {
		const whole = asNumber(ctx, ctx.term(subscript.object, environment), target);
		const mask = maskOf(ctx, subscript.indices[0]!, environment);
		const change = ctx.within(mask, () => asNumber(ctx, ctx.term(value, environment), value));
		bind(ctx, target, number(ctx.at(arithmetic(ctx, sign, whole, change, statement), statement)), environment);
		return;
	}
	const before = operandOf(ctx, sign, target, environment);
	const change = operandOf(ctx, sign, value, environment);
	const after = arithmetic(ctx, sign, before, change, statement);
	ctx.writing.changeInPlace(before, after);
	changeTo(ctx, target, number(ctx.at(after, statement)), environment);
}

/** Binds what a target names: a name, an attribute, several of them, or the elements of a mask. */
export function bind(ctx: Context, target: SyntaxNode, term: Term, environment: Environment): void {
	if (target.name === "VariableName") {
		bindName(ctx.text(target), term, target, environment);
		return;
	}
	if (/^(Tuple|Array)Expression$/.test(target.name)) {
		unpack(ctx, elementsOf(target), term, target, environment);
		return;
	}
	const member = attributeParts(target);
	if (member) {
		const owner = ctx.term(member.object, environment);
		if (owner.kind !== "self") return;
		if (environment.level > 0) throw new NotUnderstood("what is kept from element to element", target);
		owner.self.fields.set(ctx.text(member.property), term);
		return;
	}
	const element = elementName(ctx, target, environment);
	const whole = element && environment.names.get(element);
	if (element && whole) {
		ctx.stored.add(whole);
		environment.names.set(element, number(ctx.at(asNumber(ctx, term, target), target)));
		return;
	}
	const subscript = subscriptParts(target);
	if (subscript?.object.name !== "VariableName" || subscript.indices.length !== 1) {
		throw new NotUnderstood("assignment to an element", target);
	}
	const name = ctx.text(subscript.object);
	const before = asNumber(ctx, ctx.term(subscript.object, environment), target);
	const mask = maskOf(ctx, subscript.indices[0]!, environment);
	const kept = withoutUnset(before, [mask]);
	if (kept !== before) noteStored(ctx, UNSET, kept);
	const assigned = ctx.writing.note(where(mask, asNumber(ctx, term, target), kept), "assigned");
	noteChange(ctx, name, environment);
	bindName(name, number(ctx.at(assigned, target)), target, environment);
}

/** Binds a name. In a loop each element has its own names: one that was bound outside would go from element to element. */
function bindName(name: string, term: Term, target: SyntaxNode, environment: Environment): void {
	const { parent, place, level } = environment;
	const outer = environment.names.has(name) ? undefined : parent?.ownerOf(name);
	if (outer && outer.level < level && outer.place.scope === place.scope)
		throw new NotUnderstood("what is kept from element to element", target);
	environment.names.set(name, term);
}

function unpack(
	ctx: Context,
	list: readonly SyntaxNode[],
	term: Term,
	node: SyntaxNode,
	environment: Environment,
): void {
	if (term.kind === "shape") {
		list.forEach((target, i) => {
			bind(ctx, target, { kind: "length", axis: term.axis + i }, environment);
		});
		return;
	}
	if (term.kind !== "tuple" || term.items.length !== list.length) throw new NotUnderstood("unpacking", node);
	list.forEach((target, i) => {
		bind(ctx, target, term.items[i]!, environment);
	});
}

/** The value of an assignment: for the elements of a mask it is read with this mask, for a name with any. */
function assignedTerm(
	ctx: Context,
	value: SyntaxNode,
	targets: readonly SyntaxNode[][],
	environment: Environment,
): Term {
	const [target] = targets[0] ?? [];
	const isOnly = targets.length === 1 && targets[0]!.length === 1;
	const subscript = target && subscriptParts(target);
	if (subscript?.indices.length === 1 && !elementName(ctx, target!, environment)) {
		const mask = maskOf(ctx, subscript.indices[0]!, environment);
		return ctx.within(mask, () => ctx.term(value, environment));
	}
	if (!isOnly || target?.name !== "VariableName") return ctx.term(value, environment);
	return ctx.within("any", () => {
		const term = termOrReason(ctx, value, environment);
		const { mask } = ctx;
		return term.kind === "number" && mask !== "any" && mask ? { kind: "picked", e: term.e, mask } : term;
	});
}

/** What a value is, or why it is not understood, if the function does the same without it. */
function termOrReason(ctx: Context, value: SyntaxNode, environment: Environment): Term {
	try {
		return ctx.term(value, environment);
	} catch (error) {
		if (!(error instanceof NotUnderstood) || !changesNothing(ctx, value, environment)) throw error;
		return { kind: "unread", reason: error };
	}
}

/** Calls that tell of an array what shape it has. */
const TELLS_SHAPE = /^(len|size|dim|numel|ndimension)$/;

/** Whether code changes no name and no array, as far as its calls are known: they tell of shapes, or of nothing that is here. */
function changesNothing(ctx: Context, node: SyntaxNode, environment: Environment): boolean {
	if (/^(Named|Yield|Await)Expression$/.test(node.name)) return false;
	const callee = callParts(node)?.callee;
	if (callee && !TELLS_SHAPE.test(ctx.text(attributeParts(callee)?.property ?? callee))) {
		const isOfLibrary = ctx.resolver.resolveValue(callee, environment.place)?.kind === "name";
		if (!isOfLibrary || mentionsLocal(ctx, node, environment)) return false;
	}
	return node.kids.every((kid) => changesNothing(ctx, kid, environment));
}

function mentionsLocal(ctx: Context, node: SyntaxNode, environment: Environment): boolean {
	if (node.name === "VariableName" && environment.find(ctx.text(node))) return true;
	return node.kids.some((kid) => mentionsLocal(ctx, kid, environment));
}

/** The truth value of each element by which an index picks some. */
export function maskOf(ctx: Context, index: SyntaxNode, environment: Environment): Expression {
	const term = ctx.term(pickedBy(ctx, index, environment), environment);
	if (term.kind !== "number" || !isTruth(term.e)) throw new NotUnderstood("indexing", index);
	return term.e;
}

/** Binds a name to what became of it in place. */
export function changeTo(ctx: Context, target: SyntaxNode, term: Term, environment: Environment): void {
	if (target.name === "VariableName") noteChange(ctx, ctx.text(target), environment);
	bind(ctx, target, term, environment);
}

function noteChange(ctx: Context, name: string, environment: Environment): void {
	const before = environment.find(name);
	if (before) ctx.changed.add(before);
}
