import type { Machine } from "./machine.ts";
import type { Initialisation, Step } from "./model.ts";
import { leftOut, masking } from "./operators.ts";
import type { GraphNode, Layer, Thing } from "./thing.ts";

/** A product with weights. */
export interface Projection {
	readonly outputs: number | null;
	readonly weight: Initialisation;
	readonly bias: Initialisation | null;
}

/** Attention of several heads, as Keras and Flax make it: a projection for each of what it is fed, and of what comes out. */
export interface Attention {
	readonly heads: number;
	/** Features of a head's queries and keys, and of its values. */
	readonly keys: number;
	readonly values: number;
	readonly query: Projection;
	readonly key: Projection;
	readonly value: Projection;
	readonly output: Projection;
	readonly rate: number | null;
}

/** What takes part in attention: a mask that marks what does, of data, or as a triangle; none where all does. */
export type TakesPart = (Thing & { kind: "triangle" }) | (Thing & { kind: "mask" | "unknown" }) | null;

/** A layer's attention: softmax(QKᵀ/√d)V for each head, the heads beside each other, projected once more. */
export function attend(
	machine: Machine,
	layer: Layer,
	attention: Attention,
	[query, key, value]: readonly [GraphNode, GraphNode, GraphNode],
	mask: TakesPart,
): Thing & { kind: "tensor" } {
	const { site } = layer;
	const { heads, keys, values, rate } = attention;
	const node = (step: Step, inputs: readonly GraphNode[], suffix: string) =>
		machine.node(() => step, inputs, site, { layer, suffix }).node;
	const projected = (projection: Projection, inputs: number | null, fed: GraphNode, suffix: string) => {
		const { outputs } = projection;
		// What is fed may learn its features later.
		const step = (): Step => ({ kind: "linear", ...projection, inputs: inputs ?? fed.features });
		return machine.node(step, [fed], site, { layer, suffix, features: outputs });
	};
	const swapped = (fed: GraphNode, axes: readonly [number, number], suffix: string) =>
		node({ kind: "reshape", what: "transpose", how: { to: "swapped", axes } }, [fed], suffix);
	const inHeads = (projection: Projection, fed: GraphNode, size: number, name: string) => {
		const how = { to: "unflat", axis: -1, sizes: [heads, size] } as const;
		const split = node(
			{ kind: "reshape", what: "heads", how },
			[projected(projection, null, fed, name).node],
			`${name}.heads`,
		);
		return swapped(split, [-3, -2], `${name}.transpose`);
	};
	const q = inHeads(attention.query, query, keys, "query");
	const k = swapped(inHeads(attention.key, key, keys, "key"), [-2, -1], "key.transpose");
	const v = inHeads(attention.value, value, values, "value");
	const scores = node(
		{ kind: "scale", by: 1 / Math.sqrt(keys) },
		[node({ kind: "product" }, [q, k], "scores")],
		"scale",
	);
	const hidden = hiddenIn(machine, { kind: "tensor", node: scores }, mask, layer);
	const softmax = { kind: "activation", activation: "softmax", parameters: {}, axis: -1 } as const;
	const shares = node(softmax, [hidden], "softmax");
	const dropped = rate === 0 ? shares : node({ kind: "dropout", rate, alpha: false }, [shares], "dropout");
	const mixed = swapped(node({ kind: "product" }, [dropped, v], "mix"), [-3, -2], "mix.transpose");
	const flat = node({ kind: "reshape", what: "heads", how: { to: "flat", from: -2, until: -1 } }, [mixed], "mix.heads");
	return projected(attention.output, heads * values, flat, "output");
}

function hiddenIn(machine: Machine, scores: Thing & { kind: "tensor" }, mask: TakesPart, { site }: Layer): GraphNode {
	if (mask === null) return scores.node;
	if (mask.kind !== "triangle") return leftOut(machine, scores, site).node;
	const later = { ...mask, marks: mask.marks === "later" ? "others" : "later", by: "ones" } as const;
	const causal = masking(machine, scores, later, "filled", site);
	if (causal) return causal.node;
	const step = { kind: "unknown", what: "mask", reason: "which places it leaves is not followed" } as const;
	return machine.node(() => step, [scores.node], site, { suffix: "mask" }).node;
}
