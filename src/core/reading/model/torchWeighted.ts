import { Given, productOf } from "./given.ts";
import { convolutionStep, embeddingStep, linearStep, normalisationStep } from "./layerSteps.ts";
import type { Machine } from "./machine.ts";
import type { Shape } from "./model.ts";
import { type Arguments, type LayerStep, type Site, type Slot, settled, type Thing } from "./thing.ts";

/**
 * A function of `torch.nn.functional` that works with weights that it is given, `given` being what follows its input;
 * undefined for another, and where a weight is not a parameter that is known.
 */
export function withWeights(
	machine: Machine,
	input: Thing & { kind: "tensor" },
	name: string,
	given: Arguments,
	site: Site,
): Thing | undefined {
	const made = stepOf(name, given);
	if (!made) return undefined;
	const { features } = input.node;
	const weight = given.named.get("weight") ?? (name === "batch_norm" ? undefined : given.positional[0]);
	return machine.node(() => made.step(features), [input.node], site, {
		suffix: name,
		features: made.features(features),
		...(weight?.kind === "slot" && { slot: settled(weight.slot) }),
	});
}

function stepOf(name: string, given: Arguments): LayerStep | undefined {
	const dimensions = /^conv([123])d$/.exec(name)?.[1];
	if (dimensions) return convolution(Number(dimensions) as 1 | 2 | 3, given); // One of these digits.
	switch (name) {
		case "linear": {
			const a = new Given(given, "weight bias");
			const slots = slotsOf(a);
			const sizes = sizesOf(slots, 2);
			return slots?.has("weight") ? linearStep(sizes?.[1] ?? null, sizes?.[0] ?? null, slots) : undefined;
		}
		case "embedding": {
			const slots = slotsOf(new Given(given, "weight"));
			const sizes = sizesOf(slots, 2);
			return slots?.has("weight") ? embeddingStep(sizes?.[0] ?? null, sizes?.[1] ?? null, slots) : undefined;
		}
		case "layer_norm":
		case "rms_norm": {
			const isLayer = name === "layer_norm";
			const a = new Given(given, isLayer ? "normalized_shape weight bias eps" : "normalized_shape weight eps");
			const slots = slotsOf(a);
			const epsilon = a.number("eps", isLayer ? 1e-5 : 2 ** -23);
			return (
				slots &&
				normalisationStep(isLayer ? "layer" : "rms", productOf(a.shape("normalized_shape")), epsilon, slots, "first")
			);
		}
		case "batch_norm": {
			const a = new Given(given, "running_mean running_var weight bias training momentum eps");
			const slots = slotsOf(a);
			// In use it takes what it has kept of training.
			if (!slots || a.truth("training", false) !== true) return undefined;
			return normalisationStep("batch", sizesOf(slots, 1)?.[0] ?? null, a.number("eps", 1e-5), slots, "first");
		}
		case "group_norm": {
			const a = new Given(given, "num_groups weight bias eps");
			const slots = slotsOf(a);
			return (
				slots &&
				normalisationStep(
					"group",
					sizesOf(slots, 1)?.[0] ?? null,
					a.number("eps", 1e-5),
					slots,
					"first",
					a.number("num_groups"),
				)
			);
		}
		default:
			return undefined;
	}
}

function convolution(dimensions: 1 | 2 | 3, given: Arguments): LayerStep | undefined {
	const a = new Given(given, "weight bias stride padding dilation groups");
	const slots = slotsOf(a);
	if (!slots?.has("weight")) return undefined;
	const sizes = sizesOf(slots, dimensions + 2);
	const groups = a.number("groups", 1);
	const [outputs = null, second = null, ...kernel] = sizes ?? [];
	return convolutionStep(
		{
			dimensions,
			transposed: false,
			inputs: second === null || groups === null ? null : second * groups,
			outputs,
			kernel: sizes ? kernel : Array.from({ length: dimensions }, () => null),
			stride: a.axes("stride", dimensions, 1),
			dilation: a.axes("dilation", dimensions, 1),
			groups,
			padding: a.padding("padding", dimensions),
			channels: "first",
		},
		slots,
	);
}

/** The weight and bias that are given, without what is None; undefined if one of them is no parameter that is known. */
function slotsOf(a: Given): ReadonlyMap<string, Slot> | undefined {
	const slots = new Map<string, Slot>();
	for (const name of ["weight", "bias"]) {
		const thing = a.thing(name);
		if (thing?.kind === "slot") slots.set(name, settled(thing.slot));
		else if (thing !== undefined && thing.kind !== "none") return undefined;
	}
	return slots;
}

/** The sizes of the weight, if it has as many axes as it must. */
function sizesOf(slots: ReadonlyMap<string, Slot> | undefined, axes: number): Shape {
	const sizes = slots?.get("weight")?.sizes;
	return sizes?.length === axes ? sizes : null;
}
