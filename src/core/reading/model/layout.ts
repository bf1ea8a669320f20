import type { Machine } from "./machine.ts";
import type { GraphNode } from "./thing.ts";

/** Steps that work alike wherever the batch is among the axes. */
const ANYWHERE =
	/^(linear|embedding|activation|own-activation|dropout|add|multiply|scale|masked|identity|recurrence|concatenate)$/;

/**
 * Whether a value has the batch where a module says that it is (`batch_first`): an input that is told by nothing else is
 * taken to have it there, which `Machine.moved` holds for another run. False where the module works along the batch.
 */
export function hasBatchAt(machine: Machine, node: GraphNode, at: number): boolean {
	if (node.batch === at || node.batch === null) return true;
	const inputs = new Set<GraphNode>();
	const told = placeTold(node, inputs, new Set());
	if (told === "not known") return true;
	if (told === "elsewhere" || machine.isMoved) return false;
	for (const input of inputs) machine.moved.set(input, at);
	return true;
}

/** What tells where the batch of a value is; the inputs that it is made of, where nothing does. */
function placeTold(
	node: GraphNode,
	inputs: Set<GraphNode>,
	seen: Set<GraphNode>,
): "nothing" | "elsewhere" | "not known" {
	if (seen.has(node) || node.batch === null) return "nothing";
	seen.add(node);
	const step = node.step();
	if (step.kind === "input") {
		if (node.shape) return "elsewhere";
		inputs.add(node);
		return "nothing";
	}
	if (step.kind === "unknown" || (step.kind === "reshape" && step.how === null)) return "not known";
	const isPlain =
		ANYWHERE.test(step.kind) || (step.kind === "normalisation" && (step.of === "layer" || step.of === "rms"));
	const told = node.inputs.map((input) => placeTold(input, inputs, seen));
	if (told.includes("not known")) return "not known";
	return !isPlain || told.includes("elsewhere") ? "elsewhere" : "nothing";
}
