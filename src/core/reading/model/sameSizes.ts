import type { GraphNode } from "./thing.ts";

/** Whether two values certainly have as many places along an axis, which counts from the batch's on: both come of one value. */
export function haveSameSize(a: GraphNode, b: GraphNode, axis: number): boolean {
	return a.batch === b.batch && (axis === 0 || originOf(a, axis) === originOf(b, axis));
}

/** The value that a value has its places along an axis from. */
function originOf(node: GraphNode, axis: number): GraphNode {
	for (let at = node; ; ) {
		const [first] = at.inputs;
		if (!first || !keepsSize(at, axis)) return at;
		at = first;
	}
}

/** Whether a step leaves an axis of its first input as long as it is. */
function keepsSize({ step: stepOf, inputs }: GraphNode, axis: number): boolean {
	const step = stepOf();
	switch (step.kind) {
		case "activation":
		case "own-activation":
		case "dropout":
		case "identity":
		case "normalisation":
		case "scale":
			return true;
		case "convolution": {
			const d = axis - (step.channels === "first" ? 2 : 1);
			const { padding, kernel, stride, dilation, transposed } = step;
			if (d < 0 || d >= step.dimensions || transposed || stride[d] !== 1 || inputs[0]!.folded > 0) return false;
			if (padding === "same") return true;
			const [zeros, length, apart] = [padding[d], kernel[d], dilation[d]];
			return zeros != null && length != null && apart != null && 2 * zeros === apart * (length - 1);
		}
		default:
			return false;
	}
}
