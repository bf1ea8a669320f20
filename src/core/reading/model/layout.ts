import type { Machine } from "./machine.ts";
import type { Step } from "./model.ts";
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
		if (node.shape && !step.isCalled) return "elsewhere";
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

/**
 * A step of samples without `folded` axes, which lie in the batch's, for samples that have them first; null where that is
 * not followed.
 */
export function besideSamples(step: Step, folded: number): Step | null {
	if (folded === 0) return step;
	const behind = (axis: number) => (axis < 0 ? axis : axis + folded);
	switch (step.kind) {
		case "convolution":
		case "normalisation":
		case "resize":
			return { ...step, beside: folded };
		case "pool": {
			if (step.over?.kind !== "axes") return { ...step, beside: folded };
			const { axes } = step.over;
			return axes === "places"
				? { ...step, beside: folded }
				: { ...step, over: { ...step.over, axes: axes.map(behind) } };
		}
		case "activation":
			return step.axis == null ? step : { ...step, axis: behind(step.axis) };
		case "reshape": {
			const { how } = step;
			if (how?.to === "flat") return { ...step, how: { to: "flat", from: behind(how.from), until: behind(how.until) } };
			return how === null || /^(same|padded)$/.test(how.to) ? step : null;
		}
		default:
			return step;
	}
}
