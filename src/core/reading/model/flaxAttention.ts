import { attend, type Projection, type TakesPart } from "./attention.ts";
import { scaledDraw, unknownDraw, ZEROS } from "./draws.ts";
import { Given } from "./given.ts";
import { notFollowedLayer } from "./recurrence.ts";
import type { Arguments, Layer, SlotOf, Thing } from "./thing.ts";

/** What makes a layer of Flax' attention. */
interface Made {
	readonly apply: NonNullable<Layer["apply"]>;
}

/** `MultiHeadDotProductAttention`, `MultiHeadAttention` and `SelfAttention` of linen and nnx; undefined for other names. */
export function flaxAttention(name: string, given: Arguments, isNnx: boolean, slotOf: SlotOf): Made | undefined {
	if (!/^(MultiHead(DotProduct)?Attention|SelfAttention)$/.test(name)) return undefined;
	const a = new Given(
		given,
		isNnx
			? "num_heads in_features qkv_features out_features in_kv_features"
			: "num_heads dtype param_dtype qkv_features out_features broadcast_dropout dropout_rate deterministic precision kernel_init out_kernel_init bias_init out_bias_init use_bias attention_fn decode normalize_qk",
	);
	const what = `nn.${name}`;
	const [heads, own, out] = [a.number("num_heads"), a.optional("qkv_features", null), a.optional("out_features", null)];
	const isOther = ["normalize_qk", "decode"].some((key) => a.truth(key, false) !== false) || a.has("attention_fn");
	const hasBias = a.truth("use_bias", true);
	const rate = a.number("dropout_rate", 0);
	const kernel = slotOf(a.thing("kernel_init"), () => scaledDraw(1, "in", "truncated-normal"), 2).initialisation;
	const last = a.has("out_kernel_init") ? slotOf(a.thing("out_kernel_init"), () => ZEROS, 2).initialisation : kernel;
	const bias = slotOf(a.thing("bias_init"), () => ZEROS, 1).initialisation;
	const biasOf = hasBias === undefined ? { ...bias, draw: unknownDraw("whether there is a bias is not known") } : bias;
	const projection = (outputs: number | null, weight = kernel): Projection => ({
		outputs,
		weight,
		bias: hasBias === false ? null : biasOf,
	});
	return {
		apply: (machine, layer, fed) => {
			const b = new Given(fed, "inputs_q inputs_k inputs_v");
			const query = b.thing("inputs_q");
			const both = fed.named.get("inputs_kv");
			const key = present(b.thing("inputs_k")) ?? both ?? query;
			const value = present(b.thing("inputs_v")) ?? key;
			const isFed = query?.kind === "tensor" && key?.kind === "tensor" && value?.kind === "tensor";
			if (isOther || !isFed) {
				const reason = isOther ? "attention of this kind is not followed" : "what it is fed is not known";
				return notFollowedLayer(machine, layer, what, reason, fed);
			}
			const inputs = query.node.features ?? (isNnx ? a.number("in_features") : null);
			const [features, outputs] = [own === null ? inputs : (own ?? null), out === null ? inputs : (out ?? null)];
			if (heads === null || features === null) {
				return notFollowedLayer(machine, layer, what, "its sizes are not known", fed);
			}
			const isSure = [fed.named.get("deterministic"), a.thing("deterministic")].some(
				(thing) => thing?.kind === "boolean" && thing.value,
			);
			const size = features / heads;
			const attention = {
				heads,
				keys: size,
				values: size,
				query: projection(features),
				key: projection(features),
				value: projection(features),
				output: projection(outputs, last),
				rate: isSure ? 0 : rate,
			};
			return attend(machine, layer, attention, [query.node, key.node, value.node], maskOf(fed.named.get("mask")));
		},
	};
}

function present(thing: Thing | undefined): Thing | undefined {
	return thing?.kind === "none" ? undefined : thing;
}

function maskOf(mask: Thing | undefined): TakesPart {
	if (mask === undefined || mask.kind === "none") return null;
	return mask.kind === "triangle" ? mask : { kind: "mask" };
}

/** What Flax' functions make that put masks together; undefined for other names. */
export function flaxMask(name: string, given: Arguments): Thing | undefined {
	switch (name) {
		case "make_causal_mask":
			return { kind: "triangle", marks: "others", by: "ones" };
		case "make_attention_mask":
			return { kind: "mask" };
		case "combine_masks": {
			const masks = given.positional.filter(({ kind }) => kind !== "none");
			const [triangle] = masks.flatMap((mask) => (mask.kind === "triangle" ? [mask] : []));
			if (!triangle) return masks.length > 0 ? { kind: "mask" } : { kind: "none" };
			return masks.every(({ kind }) => kind === "triangle") ? triangle : { ...triangle, padded: true };
		}
		default:
			return undefined;
	}
}
