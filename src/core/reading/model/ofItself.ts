import { fromExpression } from "../../activations/activation.ts";
import { findActivation } from "../../activations/catalog.ts";
import { add, constant, div, mul, x } from "../../expression/build.ts";
import type { Expression } from "../../expression/expression.ts";
import { substitute } from "../../expression/walk.ts";
import { identityOf } from "../identity.ts";
import type { Machine } from "./machine.ts";
import type { GraphNode, Site, Thing } from "./thing.ts";

/** Longer chains of functions are not looked through. */
const MOST_STEPS = 8;

/**
 * A product or quotient of functions of one value, number by number, as the activation of the catalog that it is: h·σ(h)
 * as SiLU. Undefined where it is none.
 */
export function ofItself(
	machine: Machine,
	sign: "*" | "/",
	a: GraphNode,
	b: GraphNode,
	site: Site,
): (Thing & { kind: "tensor" }) | undefined {
	for (const base of basesOf(a)) {
		const [left, right] = [expressionOf(a, base), expressionOf(b, base)];
		if (!left || !right) continue;
		const identity = identityOf(fromExpression("", sign === "*" ? mul(left, right) : div(left, right)));
		if (!identity) continue;
		const { activation, parameters } = identity;
		const named = { suffix: activation, features: base.features };
		return machine.node(() => ({ kind: "activation", activation, parameters }), [base], site, named);
	}
	return undefined;
}

/** The values that a value may be a function of, number by number, nearest first. */
function basesOf(node: GraphNode): readonly GraphNode[] {
	const found = new Set([node]);
	for (const each of found) {
		if (found.size > MOST_STEPS) break;
		if (isElementwise(each)) for (const input of each.inputs) found.add(input);
	}
	return [...found];
}

function isElementwise(node: GraphNode): boolean {
	const { kind } = node.step();
	return (
		kind === "activation" || kind === "own-activation" || kind === "scale" || kind === "multiply" || kind === "add"
	);
}

/** A value as a function of each number of another; undefined where it is none, or takes too many steps. */
function expressionOf(node: GraphNode, base: GraphNode, depth = MOST_STEPS): Expression | undefined {
	if (node === base) return x;
	if (depth === 0) return undefined;
	const step = node.step();
	if (step.kind === "range" && node.shape?.join() === "1") return constant(step.from);
	if (!isElementwise(node)) return undefined;
	const inputs = node.inputs.map((input) => expressionOf(input, base, depth - 1));
	if (inputs.length === 0 || !inputs.every((one) => one !== undefined)) return undefined;
	const [first, ...others] = inputs as [Expression, ...Expression[]];
	switch (step.kind) {
		case "scale":
			return mul(step.by, first);
		case "add":
			return others.reduce(add, first);
		case "multiply":
			return others.reduce(mul, first);
		case "activation": {
			const entry = findActivation(step.activation);
			return entry && withValues(entry.definition, step.parameters, first);
		}
		case "own-activation": {
			const own = step.definition.understood?.activation;
			const values = own && Object.fromEntries(own.parameters.map(({ name, default: value }) => [name, value]));
			return own && withValues(own.definition, values!, first);
		}
		default:
			return undefined;
	}
}

function withValues(
	definition: Expression,
	parameters: Readonly<Record<string, number>>,
	input: Expression,
): Expression {
	const values = Object.entries(parameters).map(([name, value]) => [name, constant(value)] as const);
	return substitute(definition, input, Object.fromEntries(values));
}
