import { findActivation } from "../../../activations/catalog.ts";
import type { LibraryEntry } from "../../../activations/libraries/entry.ts";
import { plainRelu } from "../../../activations/plainRelu.ts";
import { constant, x as input, logistic, neg, softplus, tanh } from "../../../expression/build.ts";
import type { Expression } from "../../../expression/expression.ts";
import { nodesOf, operandsOf, substitute } from "../../../expression/walk.ts";
import { approximation, matchArguments } from "../callParameters.ts";
import { type CallArgument, type SyntaxNode, unwrap } from "../node.ts";
import type { Context } from "./context.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { numberOf } from "./numbers.ts";
import { exactForm } from "./operations.ts";
import { type Environment, number, type Term } from "./term.ts";

/** The libraries that compute an activation as the textbook has it, not in the stable arrangement. */
const AS_DEFINED: Readonly<Record<string, readonly string[]>> = {
	gelu: ["torch"],
	gelu_tanh: ["torch", "jax", "flax", "keras", "tensorflow"],
	hard_swish: ["torch"],
	squareplus: ["jax", "flax", "keras"],
};

/** A catalog activation of `u`, in the arrangement that the library computes. */
export function applyActivation(
	ctx: Context,
	library: string,
	id: string,
	u: Expression,
	parameters: Record<string, Expression>,
	node: SyntaxNode,
): Term {
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
			return ctx.reduction(id, u, node);
		case "softmin":
			return ctx.reduction("softmax", neg(u), node);
		default:
	}
	const activation = findActivation(id);
	if (!activation) throw new NotUnderstood(`${id}, which mixes its inputs`, node);
	const all: Record<string, Expression> = {};
	for (const { name, default: value } of activation.parameters) all[name] = parameters[name] ?? constant(value);
	const arrangement = AS_DEFINED[id]?.includes(library) ? activation.definition : activation.stable;
	const result = substitute(arrangement, u, all);
	if (u === input) ctx.writing.giveByLibrary(result);
	const before = new Set([u, ...Object.values(all)].flatMap((each) => nodesOf(each)));
	for (const each of nodesOf(result)) {
		if (operandsOf(each).length === 0 || before.has(each)) continue;
		ctx.writing.note(each, ...(each === result ? (["library"] as const) : (["library", "inner"] as const)));
	}
	return number(result);
}

/** A call of a function of a library that the catalog has. */
export function callEntry(
	ctx: Context,
	entry: LibraryEntry,
	list: readonly CallArgument[],
	node: SyntaxNode,
	environment: Environment,
): Term {
	const inputAt = list.findIndex((argument) => !argument.name && argument.stars === 0);
	const named = list.findIndex(
		(argument) => argument.name && /^(input|x|a|features|logits)$/.test(ctx.text(argument.name)),
	);
	const at = inputAt >= 0 ? inputAt : named;
	const given = list[at];
	if (!given) throw new NotUnderstood("call without an input", node);
	const rest = list.filter((_, i) => i !== at);
	let { activation } = entry;
	const parameters: Record<string, Expression> = {};
	for (const [key, value] of Object.entries(entry.fixed)) parameters[key] = constant(value);
	for (const { parameter: declared, argument } of matchArguments(entry.parameters, rest, ctx.resolver)) {
		if (argument === "unknown") throw new NotUnderstood("call with * or **", node);
		const { canonical } = declared;
		if (argument === undefined) {
			if (canonical !== null && typeof declared.default === "number")
				parameters[canonical] = constant(declared.default);
			continue;
		}
		if (declared.name === "approximate") {
			const form = approximation(argument, ctx.resolver) ?? approximationOf(ctx, argument, environment);
			if (!form) throw new NotUnderstood("approximate", argument);
			activation = form;
		} else if (unwrap(argument).name === "None") continue;
		else if (canonical !== null) parameters[canonical] = numberOf(ctx, argument, environment);
	}
	const id = plainRelu(activation, valuesOf(parameters));
	return applyActivation(ctx, entry.library, id, numberOf(ctx, given.value, environment), parameters, node);
}

/** The values of parameters, NaN for those that are no constants. */
function valuesOf(parameters: Readonly<Record<string, Expression>>): Readonly<Record<string, number>> {
	const values = Object.entries(parameters).map(([name, e]) => [name, e.kind === "constant" ? e.value : Number.NaN]);
	return Object.fromEntries(values);
}

function approximationOf(
	ctx: Context,
	argument: SyntaxNode,
	environment: Environment,
): "gelu" | "gelu_tanh" | undefined {
	const term = ctx.term(argument, environment);
	if (term.kind !== "literal") return undefined;
	if (term.value === "tanh" || term.value === true) return "gelu_tanh";
	return term.value === "none" || term.value === false ? "gelu" : undefined;
}

/** Numbers as exact constants. */
export function constants(parameters: Readonly<Record<string, number>>): Record<string, Expression> {
	return Object.fromEntries(
		Object.entries(parameters).map(([name, value]) => [name, constant(value, exactForm(String(value), value))]),
	);
}

function isOne(e: Expression | undefined): boolean {
	return e === undefined || (e.kind === "constant" && e.value === 1);
}
