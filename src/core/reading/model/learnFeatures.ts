import type { Machine } from "./machine.ts";
import type { GraphNode } from "./thing.ts";

/** An input that is told by nothing else has as many features as the layer is made for, or its sum with others. */
export function learnFeatures(machine: Machine, node: GraphNode, features: number): void {
	if (/^(add|scale)$/.test(node.step().kind)) for (const input of node.inputs) learnFeatures(machine, input, features);
	if (node.features === null && !node.shape && node.step().kind === "input") {
		machine.journal.write(node, "features", features);
	}
}
