import { constant } from "../../../expression/build.ts";
import { isTruth } from "../../../expression/expression.ts";
import { dependsOn } from "../../../expression/walk.ts";
import { namedNumber } from "../constants.ts";
import { attributeParts, type SyntaxNode, subscriptParts } from "../node.ts";
import type { Value } from "../value.ts";
import type { Context } from "./context.ts";
import { depthOf, elementName } from "./elements.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { fieldOf, methodOf, selfOf } from "./objects.ts";
import { pickedBy } from "./pickedBy.ts";
import { Environment, number, type Self, type Term } from "./term.ts";
import { itemUnder } from "./texts.ts";

/** What a name is bound to where it stands. */
export function readName(ctx: Context, node: SyntaxNode, environment: Environment): Term {
	const name = ctx.text(node);
	const local = readLocal(ctx, name, node, environment);
	if (local) return local;
	// Python before version 3 had these as names.
	if (name === "True" || name === "False") return { kind: "literal", value: name === "True" };
	const bindings = ctx.resolver.bindingsOf(name, environment.place, node.from);
	const [binding] = bindings;
	if (bindings.length === 1 && binding) {
		const { what } = binding;
		if (what.kind === "function") {
			const parent = what.function.outer.scope === environment.place.scope ? environment : null;
			return { kind: "closure", function: what.function, environment: parent, self: null };
		}
		if (what.kind === "value" && binding.scope.kind === "module") {
			const value = ctx.resolver.resolveValue(what.node, binding);
			if (value?.kind === "function")
				return { kind: "closure", function: value.function, environment: null, self: null };
			if (value) return { kind: "value", value };
			return ctx.deeper(node, () => ctx.term(what.node, new Environment(binding, null)));
		}
	}
	const found = ctx.resolver.resolveChain(node, environment.place);
	if (!found) throw new NotUnderstood(`the name ${name}`, node);
	return termOfValue(ctx, found.value);
}

/** What a name of the function holds, where it stands: in a loop over elements, the arrays outside are no numbers. */
function readLocal(ctx: Context, name: string, node: SyntaxNode, environment: Environment): Term | undefined {
	const owner = environment.ownerOf(name);
	const term = owner?.names.get(name);
	if (!owner || !term) return undefined;
	if (term.kind === "unread") throw term.reason;
	if (ctx.stored.has(term)) throw new NotUnderstood("a name of what was changed in place under another", node);
	if (ctx.changed.has(term)) ctx.staleAt ??= node;
	if (term.kind === "picked" && ctx.picks(term.mask)) return number(term.e);
	return inLoops(term, owner.level, environment);
}

/** A term that was bound in `level` loops, among those of an environment. */
function inLoops(term: Term, level: number, environment: Environment): Term {
	if (level === environment.level || term.kind !== "number" || !dependsOn(term.e)) return term;
	return { kind: "array", e: term.e, depth: level };
}

/** What a value of the file stands for: names of numbers are these. */
export function termOfValue(ctx: Context, value: Value): Term {
	if (value.kind === "name") {
		const known = namedNumber(value.name);
		if (known !== undefined) return number(ctx.writing.note(constant(known, exactName(value.name)), "fraction"));
	}
	return value.kind === "function"
		? { kind: "closure", function: value.function, environment: null, self: null }
		: { kind: "value", value };
}

/** What an attribute or an element of something is. */
export function readMember(ctx: Context, node: SyntaxNode, environment: Environment): Term {
	const subscript = subscriptParts(node);
	if (subscript) return readSubscript(ctx, node, subscript, environment);
	const parts = attributeParts(node);
	if (!parts) throw new NotUnderstood("slice", node);
	const property = ctx.text(parts.property);
	const object = ctx.term(parts.object, environment);
	switch (object.kind) {
		case "value": {
			const { value } = object;
			if (value.kind === "name") {
				const name = `${value.name}.${property}`;
				const known = namedNumber(name);
				if (known === undefined) return { kind: "value", value: { kind: "name", name } };
				return number(ctx.writing.note(constant(known, exactName(name)), "fraction"));
			}
			const imported = value.kind === "module" ? value.file.exported(property) : undefined;
			if (imported) return termOfValue(ctx, imported.value);
			if (value.kind === "object") return fieldOf(ctx, selfOf(value, environment), property, node);
			const attribute = value.kind === "class" ? ctx.resolver.resolveAttribute(value.class, property) : undefined;
			if (attribute?.value.kind === "function") return termOfValue(ctx, attribute.value);
			if (value.kind === "class" && property === "apply") {
				const forward = methodOf(value.class, ctx.resolver);
				const self: Self = { class: value.class, made: null, fields: new Map() };
				if (forward) return { kind: "closure", function: forward, environment: null, self, context: true };
			}
			break;
		}
		case "closure": {
			const kept = environment.find(ctx.text(node));
			if (kept) return kept;
			break;
		}
		case "self":
			return inLoops(fieldOf(ctx, object.self, property, node), 0, environment);
		case "array":
		case "number":
			if (property === "shape") return { kind: "shape", axis: depthOf(object, environment) };
			// Of an array that a loop runs over by one index.
			if (property === (ctx.resolver.language.tensor === "tfjs" ? "length" : "size"))
				return { kind: "length", axis: depthOf(object, environment) };
			if (object.kind === "array") break;
			if (property === "data") ctx.writing.detach();
			if (property === "data" || property === "real") return object;
			if (property === "values" && ctx.reductions.isSymbol(object.e)) return object;
			if (property === "T") {
				ctx.transposedAt ??= node;
				return object;
			}
			break;
		default:
	}
	throw new NotUnderstood(`attribute ${property}`, node);
}

function readSubscript(
	ctx: Context,
	node: SyntaxNode,
	subscript: { object: SyntaxNode; indices: SyntaxNode[] },
	environment: Environment,
): Term {
	const element = elementName(ctx, node, environment);
	const known = element && readLocal(ctx, element, node, environment);
	if (known) return known;
	const [index, ...more] = subscript.indices;
	const item = index && more.length === 0 ? itemUnder(ctx, subscript.object, index, environment) : undefined;
	if (item) return item;
	const object = ctx.term(subscript.object, environment);
	if (object.kind === "shape" && index?.name === "Number")
		return { kind: "length", axis: object.axis + Number(ctx.text(index)) };
	// `x.max(dim=1)[0]` and `s[:, None]` are the reduction in another shape.
	if (object.kind === "number" && ctx.reductions.isReduced(object.e)) return object;
	const at = index ? Number(ctx.text(index)) : Number.NaN;
	if (object.kind === "tuple" && Number.isInteger(at)) {
		const item = object.items.at(at);
		if (item) return item;
	}
	if (
		object.kind === "number" &&
		subscript.indices.length === 1 &&
		index &&
		!/^(:|Ellipsis)$/.test(index.name) &&
		ctx.mask
	) {
		const term = ctx.term(pickedBy(ctx, index, environment), environment);
		// `y[x < 0] = a * x[x < 0]`: on the right the same elements as on the left.
		if (term.kind === "number" && isTruth(term.e) && ctx.picks(term.e)) return object;
	}
	if (object.kind === "value" && subscript.indices.length === 1) {
		const value = ctx.resolver.resolveValue(node, environment.place);
		if (value) return { kind: "value", value };
		const item = ctx.resolver.itemOf(subscript.object, subscript.indices[0]!, environment.place);
		if (item) return ctx.deeper(node, () => ctx.term(item.value, new Environment(item.place, null)));
	}
	throw new NotUnderstood("indexing", node);
}

/** The exact number behind a name, where the expression has a word for it. */
function exactName(dotted: string): "pi" | "e" | undefined {
	const property = dotted.slice(dotted.lastIndexOf(".") + 1).toLowerCase();
	return property === "pi" || property === "e" ? property : undefined;
}
