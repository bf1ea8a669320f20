import type { Machine } from "./machine.ts";
import type { Rearrangement } from "./model.ts";
import type { GraphNode, Site, Thing } from "./thing.ts";

/** A value's numbers arranged as `how` says, by what is named `what`; `sizes` are those that it names. */
export function reshaped(
	machine: Machine,
	node: GraphNode,
	what: string,
	how: Rearrangement,
	site: Site,
	sizes?: readonly Thing[],
): GraphNode {
	return machine.node(() => ({ kind: "reshape", what, how }), [node], site, { suffix: what, ...(sizes && { sizes }) })
		.node;
}
