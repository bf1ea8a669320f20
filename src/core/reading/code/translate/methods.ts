import { resolveName } from "../../../activations/libraries/resolve.ts";
import { constant, eq, ge, gt, le, lt, ne, where } from "../../../expression/build.ts";
import { type Expression, isTruth } from "../../../expression/expression.ts";
import { dependsOn } from "../../../expression/walk.ts";
import { matchArguments } from "../callParameters.ts";
import { attributeParts, type CallArgument, type SyntaxNode, unwrap } from "../node.ts";
import { textAfter } from "../textMethods.ts";
import { applyActivation } from "./activationCalls.ts";
import { binaryFunction } from "./arithmetic.ts";
import { changeTo, maskOf } from "./assignment.ts";
import { UNSET } from "./complements.ts";
import { conditionOf } from "./conditions.ts";
import type { Context } from "./context.ts";
import { depthOf } from "./elements.ts";
import { halvesOf } from "./halves.ts";
import { clip, isInteger, reduce, snakeCase } from "./mathematics.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { numberOf } from "./numbers.ts";
import { BINARY_FUNCTIONS, COPIES, SAME_VALUE_METHODS, UNARY_FUNCTIONS } from "./operations.ts";
import { type Environment, list as listOf, number, type Term } from "./term.ts";
import { noteBounds, noteConversion, refuseIntegers } from "./typeNotes.ts";

/** Methods that give the same numbers, and that arrays of NumPy and JAX do not have. */
const ONLY_TENSORS = /^(?:clone|contiguous|detach|cpu|cuda|double|float|half|bfloat16|type_as)$/;

const REDUCTIONS = /^(sum|max|min|mean|amax|amin|logsumexp|prod|std|var|norm)$/;

/** A call of a method of a number, that is of an array or tensor. */
export function callMethod(
	ctx: Context,
	name: string,
	object: Term,
	callee: SyntaxNode,
	list: readonly CallArgument[],
	node: SyntaxNode,
	environment: Environment,
): Term {
	if (object.kind === "number" || object.kind === "array") {
		if (name === "size" && list.length <= 1) return sizeOf(ctx, object, list, node, environment);
		if (object.kind === "array" && REDUCTIONS.test(name) && list.length === 0) return reduce(ctx, name, object.e, node);
	}
	const text = object.kind === "literal" && list.length === 0 ? textAfter(name, String(object.value)) : undefined;
	if (text !== undefined) return { kind: "literal", value: text };
	if (object.kind !== "number") throw new NotUnderstood(`method ${name}`, node);
	// A reduction, or a parameter for each channel, in another shape.
	if (/^(unsqueeze|reshape|view|squeeze|expand_as|expand)$/.test(name)) {
		if (ctx.reductions.isSymbol(object.e) || !dependsOn(object.e)) return object;
	}
	// Back to the shape of the input.
	const [shape, ...others] = list;
	if (name === "reshape" && shape && others.length === 0) {
		const term = ctx.term(shape.value, environment);
		if (term.kind === "shape" && term.axis === environment.level) return object;
	}
	if (SAME_VALUE_METHODS.has(name)) {
		refuseIntegers(ctx, object, list, node);
		if (ONLY_TENSORS.test(name) && ctx.resolver.language.tensor !== "tfjs")
			ctx.libraries.callMethodOf(ctx.resolver.language.tensor);
		if (/^(astype|to|type|type_as|double|float|half|bfloat16|item)$/.test(name))
			noteConversion(ctx, name, object, list, true);
		if (name === "numpy" || name === "detach") ctx.writing.detach();
		return COPIES.test(name) ? { ...object } : object;
	}
	if (/^(int|long|bool|round|trunc)$/.test(name)) {
		if (isTruth(object.e) && name !== "round") return object;
		throw new NotUnderstood("conversion to integers", node);
	}
	const inPlace = /[^_]_$/.test(name);
	const base = inPlace ? name.slice(0, -1) : name;
	const result = resultOfMethod(ctx, base, object.e, list, node, environment);
	const receiver = attributeParts(unwrap(callee))?.object;
	if (inPlace && receiver?.name === "VariableName") changeTo(ctx, receiver, result, environment);
	return result;
}

/** `x.size()` and `x.size(0)` of a tensor. */
function sizeOf(
	ctx: Context,
	array: Term & { kind: "number" | "array" },
	[axis]: readonly CallArgument[],
	node: SyntaxNode,
	environment: Environment,
): Term {
	const first = depthOf(array, environment);
	if (!axis) return { kind: "shape", axis: first };
	if (!/^\d+$/.test(ctx.text(axis.value))) throw new NotUnderstood("method size", node);
	return { kind: "length", axis: first + Number(ctx.text(axis.value)) };
}

function resultOfMethod(
	ctx: Context,
	written: string,
	u: Expression,
	list: readonly CallArgument[],
	node: SyntaxNode,
	environment: Environment,
): Term {
	const { tensor } = ctx.resolver.language;
	if (tensor === "tfjs") {
		const result = callArrayMethod(ctx, written, u, list, node, environment);
		if (result) return result;
	}
	const name = tensor === "tfjs" ? snakeCase(written) : written;
	if (name !== "sum" && name !== "max") ctx.libraries.callMethodOf(tensor);
	const given = (i: number, ...names: string[]): SyntaxNode | undefined =>
		list.filter((argument) => !argument.name)[i]?.value ??
		list.find((argument) => argument.name && names.includes(ctx.text(argument.name)))?.value;
	if (name === "chunk") return halvesOf(ctx, number(u), list, node);
	const unary = UNARY_FUNCTIONS.get(name);
	if (unary && list.length === 0) return number(unary(u));
	if (REDUCTIONS.test(name)) {
		const other = given(0);
		const elementwise = (name === "max" || name === "min") && other && !isInteger(ctx, other) && list.length === 1;
		if (!elementwise) return reduce(ctx, name, u, node);
	}
	const binary = BINARY_FUNCTIONS.get(name);
	const other = given(0, "other", "exponent", "min", "max");
	if (binary && other && list.length === 1) {
		return number(binaryFunction(ctx, name, binary, u, numberOf(ctx, other, environment)));
	}
	const optional = (found: SyntaxNode | undefined) =>
		!found || unwrap(found).name === "None" ? undefined : numberOf(ctx, found, environment);
	switch (name) {
		case "clamp":
		case "clip":
		case "clip_by_value": {
			const e = clip(u, optional(given(0, "min", "a_min")), optional(given(1, "max", "a_max")));
			if (e.kind === "binary") noteBounds(ctx, "clip", e);
			return number(e);
		}
		case "where": {
			const [condition, otherwise] = [given(0, "condition"), given(1, "y", "other")];
			if (!condition || !otherwise) break;
			const truth = conditionOf(ctx, condition, environment);
			if (typeof truth !== "boolean") return number(where(truth, u, numberOf(ctx, otherwise, environment)));
			break;
		}
		case "masked_fill": {
			const [mask, value] = [given(0, "mask"), given(1, "value")];
			if (!mask || !value) break;
			return number(where(maskOf(ctx, mask, environment), numberOf(ctx, value, environment), u));
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
			return number(compare(u, numberOf(ctx, other, environment)));
		}
		case "new_zeros":
			return number(constant(0));
		default: {
			const entry = resolveName(`${tensor}.${written}`);
			if (entry && entry.kind !== "module" && !entry.activation.startsWith("sinc")) {
				const parameters: Record<string, Expression> = {};
				for (const { parameter: declared, argument } of matchArguments(entry.parameters, list, ctx.resolver)) {
					if (argument === "unknown") throw new NotUnderstood("call with * or **", node);
					if (declared.canonical === null) continue;
					if (argument) parameters[declared.canonical] = numberOf(ctx, argument, environment);
					else if (typeof declared.default === "number") parameters[declared.canonical] = constant(declared.default);
				}
				return applyActivation(ctx, entry.library, entry.activation, u, parameters, node);
			}
		}
	}
	throw new NotUnderstood(`method ${name}`, node);
}

/** `xs.map(f)` and the usual `xs.reduce(f)` of JavaScript's arrays. */
function callArrayMethod(
	ctx: Context,
	name: string,
	of: Expression,
	list: readonly CallArgument[],
	node: SyntaxNode,
	environment: Environment,
): Term | undefined {
	const [first] = list;
	if (name === "slice" && !first) return listOf(of);
	if (name === "fill" && first && list.length === 1 && of === UNSET)
		return listOf(numberOf(ctx, first.value, environment));
	const receiver = attributeParts(node.kids[0]!)?.object;
	if (!first || !receiver) return undefined;
	if (name === "map" && list.length === 1) {
		return ctx.applyToEach(
			ctx.term(first.value, environment),
			[{ name: null, value: receiver, stars: 0 }],
			node,
			environment,
		);
	}
	const lambda = name === "reduce" ? ctx.resolver.lambdaOf(unwrap(first.value), environment.place) : undefined;
	const [a, b] = lambda?.parameters ?? [];
	if (!lambda?.body || !a || !b) return undefined;
	const body = ctx.text(lambda.body).replaceAll(/\s/g, "");
	const isOf = (form: (a: string, b: string) => string) =>
		body === form(a.name, b.name) || body === form(b.name, a.name);
	if (isOf((p, q) => `${p}+${q}`)) return reduce(ctx, "sum", of, node);
	return isOf((p, q) => `Math.max(${p},${q})`) ? reduce(ctx, "max", of, node) : undefined;
}
