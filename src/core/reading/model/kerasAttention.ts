import { type Attention, attend, type Projection } from "./attention.ts";
import { biasSlot } from "./draws.ts";
import { Given } from "./given.ts";
import { initialiserOf } from "./kerasInitialisers.ts";
import { notFollowedLayer } from "./recurrence.ts";
import { type Arguments, type Layer, listThing, type Slot, type Thing, unknown } from "./thing.ts";

/**
 * Keras' `MultiHeadAttention`. Of its weights, [features][heads][size], Keras counts the features as inputs and the others as
 * outputs (3.15; versions before took them for convolutions).
 */
export function kerasAttention(given: Arguments): { readonly apply: NonNullable<Layer["apply"]> } {
	const order =
		"num_heads key_dim value_dim dropout use_bias output_shape attention_axes sliding_window flash_attention kernel_initializer bias_initializer";
	const a = new Given(given, order);
	const [heads, keys] = [a.number("num_heads"), a.number("key_dim")];
	const values = a.optional("value_dim", null) ?? keys;
	const rest = ["output_shape", "attention_axes", "sliding_window", "use_gate"].map((name) => a.thing(name));
	const isPlain = rest.every((thing) => !thing || thing.kind === "none" || (thing.kind === "boolean" && !thing.value));
	const refused = (reason: string): Layer["apply"] => {
		return (machine, layer, fed) => notFollowedLayer(machine, layer, "MultiHeadAttention", reason, fed);
	};
	if (heads === null || keys === null || values === null) return { apply: refused("its sizes are not known")! };
	if (!isPlain) return { apply: refused("attention along other axes, or to another size, is not followed")! };
	const { draw, explicit } = initialiserOf(a.thing("kernel_initializer"), "glorot_uniform");
	const bias: Slot | null = biasSlot(a.truth("use_bias", true), () => {
		const own = initialiserOf(a.thing("bias_initializer"), "zeros");
		return { initialisation: { explicit: own.explicit, span: null, draw: own.draw("plain") }, axes: 1 };
	});
	const weight = { explicit, span: null, draw: draw("plain") };
	const projection = (outputs: number | null): Projection => ({ outputs, weight, bias: bias?.initialisation ?? null });
	const attention = (outputs: number | null): Attention => ({
		heads,
		keys,
		values,
		query: projection(heads * keys),
		key: projection(heads * keys),
		value: projection(heads * values),
		output: projection(outputs),
		rate: a.number("dropout", 0),
	});
	return {
		apply: (machine, layer, fed) => {
			const b = new Given(fed, "query value key query_mask value_mask key_mask attention_mask");
			const [query, value] = [b.thing("query"), b.thing("value")];
			const key = b.thing("key") ?? value;
			if (query?.kind !== "tensor" || value?.kind !== "tensor" || key?.kind !== "tensor") {
				return notFollowedLayer(machine, layer, "MultiHeadAttention", "what it is fed is not known", fed);
			}
			const isMasked = ["query_mask", "value_mask", "key_mask", "attention_mask"].some((name) => {
				const mask = b.thing(name);
				return mask && mask.kind !== "none";
			});
			const isCausal = b.truth("use_causal_mask", false);
			if (isCausal === undefined) {
				return notFollowedLayer(machine, layer, "MultiHeadAttention", "whether it is causal is not known", fed);
			}
			const triangle = { kind: "triangle", marks: "others", by: "ones", padded: isMasked } as const;
			const mask = isCausal ? triangle : isMasked ? ({ kind: "mask" } as const) : null;
			const nodes = [query.node, key.node, value.node] as const;
			const result: Thing = attend(machine, layer, attention(query.node.features), nodes, mask);
			const asked = b.truth("return_attention_scores", false);
			return asked === true ? listThing([result, unknown("the shares of attention")], true) : result;
		},
	};
}
