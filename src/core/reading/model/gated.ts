import type { Machine } from "./machine.ts";
import type { Step } from "./model.ts";
import { SIGMOID } from "./recurrence.ts";
import type { GraphNode, Layer, Site } from "./thing.ts";

type Gated = Extract<Step, { kind: "activation" }>;

/** Whether a step takes the halves of its input together, as a gated linear unit does. */
export function isGated(step: Step): step is Gated {
	return step.kind === "activation" && step.activation === "glu";
}

/** A gated linear unit: one half of a value times the sigmoid of the other. */
export function gatedHalves(
	machine: Machine,
	{ axis = null }: Gated,
	node: GraphNode,
	site: Site,
	of: { readonly layer: Layer } | { readonly suffix: string },
): GraphNode {
	const isLast = axis === -1 && node.features !== null;
	const features = isLast ? node.features! / 2 : null;
	const named = (name: string) => ("layer" in of ? { ...of, suffix: name, features } : { suffix: name, features });
	const half = (index: number, name: string) => {
		const how = axis === null ? null : ({ to: "part", axis, index, count: 2 } as const);
		return machine.node(() => ({ kind: "reshape", what: "half", how }), [node], site, named(name)).node;
	};
	const gate = machine.node(() => SIGMOID, [half(1, "gate")], site, named("sigmoid")).node;
	return machine.node(() => ({ kind: "multiply" }), [half(0, "value"), gate], site, { ...of, features }).node;
}
