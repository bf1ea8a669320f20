import { canonicalName, resolveName } from "../../../activations/libraries/resolve.ts";
import { constant } from "../../../expression/build.ts";
import { dependsOn } from "../../../expression/walk.ts";
import { bindParameters } from "../callParameters.ts";
import type { CallArgument, SyntaxNode } from "../node.ts";
import { callEntry } from "./activationCalls.ts";
import { UNSET } from "./complements.ts";
import type { Context } from "./context.ts";
import { lengthOf } from "./elements.ts";
import { CUTS, halvesOf } from "./halves.ts";
import { callMathematics, snakeCase } from "./mathematics.ts";
import { termOfValue } from "./names.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { numberOf } from "./numbers.ts";
import { COPIES, MATH_MODULE, NORMAL_FUNCTIONS, SAME_VALUE } from "./operations.ts";
import { type Environment, list as listOf, number, type Term } from "./term.ts";
import { attributeUnder } from "./texts.ts";
import { noteConversion, noteMathematics, refuseIntegers } from "./typeNotes.ts";

/** An object of PyTorch's, as if it had this name. */
const STANDARD_NORMAL = "torch.distributions.Normal(0, 1)";

/** A call of a function by its name in a library. */
export function callLibrary(
	ctx: Context,
	dotted: string,
	list: readonly CallArgument[],
	node: SyntaxNode,
	environment: Environment,
): Term {
	const name = canonicalName(dotted);
	const call = ctx.libraries.call(name);
	const result = resultOfLibrary(ctx, dotted, name, list, node, environment);
	if (call && result.kind === "number" && dependsOn(result.e)) call.of = SAME_VALUE.test(name) ? "container" : "input";
	return result;
}

function resultOfLibrary(
	ctx: Context,
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
	// It is told the type first, and does nothing.
	if (/^typing(_extensions)?\.cast$/.test(name) && list.length === 2) return ctx.term(list[1]!.value, environment);
	if (SAME_VALUE.test(name) || /\.(convert_to_tensor|cast)$/.test(name)) {
		const same = sameValue(ctx, name, list, node, environment);
		if (base === "from_numpy") ctx.writing.detach();
		return COPIES.test(base) ? { ...same } : same;
	}
	if (CUTS.test(name)) {
		const [array, ...rest] = list;
		if (!array || array.name) throw new NotUnderstood(name, node);
		return halvesOf(ctx, ctx.term(array.value, environment), rest, node);
	}
	const attribute = name === "getattr" ? attributeUnder(ctx, list, environment) : undefined;
	if (attribute) return attribute;
	if (name === "len") return lengthOf(ctx, list, node, environment);
	if (name === "Array" || name === "Array.from") return makeArray(ctx, name, list, node, environment);
	if (name === "tfjs.tidy") {
		const inside = list[list.length - 1];
		if (inside) return ctx.apply(ctx.term(inside.value, environment), [], node, environment);
	}
	if (MATH_MODULE.test(module)) {
		const known = module === "tfjs" ? snakeCase(base) : base;
		const result = callMathematics(ctx, module, known, list, node, environment);
		if (result?.kind === "number") noteMathematics(ctx, module, known, result.e, list);
		if (result) return result;
	}
	if (/^torch\.distributions\.(normal\.)?Normal$/.test(name)) {
		const [mean, deviation] = list.map((each) => (each.name ? Number.NaN : Number(ctx.text(each.value))));
		if (list.length === 2 && mean === 0 && deviation === 1)
			return { kind: "value", value: { kind: "name", name: STANDARD_NORMAL } };
	}
	// PyTorch computes its distribution function by the same steps.
	if (name === `${STANDARD_NORMAL}.cdf`) return callMathematics(ctx, "torch.special", "ndtr", list, node, environment)!;
	const ofNormal = /^(jax\.)?scipy\.stats\.norm$/.test(module) ? NORMAL_FUNCTIONS.get(base) : undefined;
	if (ofNormal) {
		const [only, ...others] = list;
		if (!only || only.name || only.stars > 0 || others.length > 0)
			throw new NotUnderstood(`arguments of ${base}`, node);
		// SciPy's distributions give float64, whatever goes in.
		if (module.startsWith("scipy")) ctx.writing.convertTo("float64", false);
		return number(ofNormal(numberOf(ctx, only.value, environment)));
	}
	const entry = resolveName(dotted);
	if (entry?.kind === "function") return callEntry(ctx, entry, list, node, environment);
	if (entry?.kind === "module") {
		const bound = bindParameters(entry, list, environment.place, ctx.resolver);
		return { kind: "value", value: { kind: "activation", entry, bound } };
	}
	const value = ctx.resolver.resolveValue(node, environment.place);
	if (value) return termOfValue(ctx, value);
	throw new NotUnderstood(name, node);
}

/** `new Array(x.length)` and `Array.from(x, f)`. */
function makeArray(
	ctx: Context,
	name: string,
	list: readonly CallArgument[],
	node: SyntaxNode,
	environment: Environment,
): Term {
	const [first, second, ...others] = list;
	const term = first && first.stars === 0 && others.length === 0 ? ctx.term(first.value, environment) : undefined;
	if (name === "Array" && term?.kind === "length" && !second) return listOf(UNSET);
	if (name !== "Array" && term?.kind === "number") {
		return second ? ctx.applyToEach(ctx.term(second.value, environment), [first!], node, environment) : listOf(term.e);
	}
	throw new NotUnderstood(name, node);
}

function sameValue(
	ctx: Context,
	name: string,
	list: readonly CallArgument[],
	node: SyntaxNode,
	environment: Environment,
): Term {
	const [first, ...rest] = list;
	if (!first || first.stars > 0) throw new NotUnderstood("call", node);
	const term = ctx.term(first.value, environment);
	refuseIntegers(ctx, term, rest, node);
	// A constant is what it is rounded to; what depends on the input is rounded where it is computed.
	if (name === "Math.fround" && term.kind === "number" && term.e.kind === "constant")
		return number(constant(Math.fround(term.e.value)));
	noteConversion(ctx, name, term, rest);
	return term.kind === "number" && term.isList ? number(term.e) : term;
}
