import { constant } from "../../../expression/build.ts";
import { namedNumber } from "../constants.ts";
import { attributeParts, type SyntaxNode, subscriptParts } from "../node.ts";
import type { Value } from "../value.ts";
import type { Context } from "./context.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { fieldOf, methodOf, selfOf } from "./objects.ts";
import { Environment, number, type Self, type Term } from "./term.ts";

/** What a name is bound to where it stands. */
export function readName(ctx: Context, node: SyntaxNode, environment: Environment): Term {
	const name = ctx.text(node);
	const local = environment.find(name);
	if (local) {
		if (ctx.changed.has(local)) ctx.staleAt ??= node;
		return local;
	}
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
		case "self":
			return fieldOf(ctx, object.self, property, node);
		case "number":
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
	const object = ctx.term(subscript.object, environment);
	const [index] = subscript.indices;
	// `x.max(dim=1)[0]` and `s[:, None]` are the reduction in another shape.
	if (object.kind === "number" && ctx.reductions.isSymbol(object.e)) return object;
	if (object.kind === "tuple" && index?.name === "Number") {
		const item = object.items[Number(ctx.text(index))];
		if (item) return item;
	}
	if (object.kind === "number" && subscript.indices.length === 1 && index && ctx.mask) {
		const term = ctx.term(index, environment);
		// `y[x < 0] = a * x[x < 0]`: on the right the same elements as on the left.
		if (term.kind === "number" && term.e === ctx.mask) return object;
	}
	if (object.kind === "value" && subscript.indices.length === 1) {
		const value = ctx.resolver.resolveValue(node, environment.place);
		if (value) return { kind: "value", value };
	}
	throw new NotUnderstood("indexing", node);
}

/** The exact number behind a name, where the expression has a word for it. */
function exactName(dotted: string): "pi" | "e" | undefined {
	const property = dotted.slice(dotted.lastIndexOf(".") + 1).toLowerCase();
	return property === "pi" || property === "e" ? property : undefined;
}
