import type { Model } from "../../reading/model/model.ts";
import { activationOf, countedOutputs } from "./forecast.ts";
import { consumersOf } from "./stages.ts";
import { isWeightStep, weightSize } from "./weights.ts";

/** Size of a layer's value for one sample: places (pixels, steps) along each dimension, and features at each. */
export interface Size {
	readonly places: readonly number[];
	readonly features: number;
}

/** The sizes of all layers up to the outputs, or why the model cannot be run. Layers that no output needs have null. */
export type Sizes =
	| { readonly kind: "sizes"; readonly sizes: readonly (Size | null)[]; readonly outputs: readonly number[] }
	| { readonly kind: "refused"; readonly layer: number; readonly reason: RefusalReason };

export type RefusalReason =
	| "unknown step"
	| "unknown activation"
	| "unknown initialisation"
	| "unknown size"
	| "sizes do not fit"
	| "transposed convolution"
	| "normalisation over groups"
	| "overlapping pool"
	| "too large";

export function countOf({ places, features }: Size): number {
	return places.reduce((all, one) => all * one, features);
}

/** Works the sizes out from the input on; nothing is guessed for one that the model leaves open. */
export function sizesOf(model: Model): Sizes {
	const { layers, framework } = model;
	const outputs = countedOutputs(model);
	const needed = neededFor(model, outputs);
	const consumers = consumersOf(layers);
	const sizes: (Size | null)[] = [];
	for (let i = 0; i < layers.length; i++) {
		const { step, inputs, shape } = layers[i];
		if (!needed.has(i)) {
			sizes.push(null);
			continue;
		}
		const refused = (reason: RefusalReason): Sizes => ({ kind: "refused", layer: i, reason });
		const before = inputs.map((input) => sizes[input]!);
		const [first] = before;
		if (step.kind !== "input" && !first) return refused("unknown step");
		if (isWeightStep(step)) {
			if (!weightSize(step, framework)) return refused("unknown size");
			const bias = step.kind === "embedding" ? null : step.bias;
			if (step.weight.draw.kind === "unknown" || bias?.draw.kind === "unknown")
				return refused("unknown initialisation");
		}
		const known = shape?.every((one) => one !== null) ? (shape as readonly number[]) : null;
		switch (step.kind) {
			case "input": {
				const feeds = consumers[i].map((next) => layers[next].step).find(isWeightStep);
				const features = shape?.at(-1) ?? (feeds?.kind === "linear" ? feeds.inputs : null);
				if (feeds?.kind === "embedding") sizes.push({ places: known ?? [1], features: 1 });
				else if (known) sizes.push({ places: known.slice(0, -1), features: known.at(-1)! });
				else if (features !== null && feeds?.kind === "linear") sizes.push({ places: [], features });
				else return refused("unknown size");
				break;
			}
			case "linear":
				if (first.features !== step.inputs) return refused("sizes do not fit");
				sizes.push({ places: first.places, features: step.outputs! });
				break;
			case "embedding":
				sizes.push({ places: first.places, features: step.outputs! });
				break;
			case "convolution":
				if (step.transposed) return refused("transposed convolution");
				if (!known) return refused("unknown size");
				if (first.features !== step.inputs || known.length !== step.dimensions + 1) return refused("sizes do not fit");
				if (first.places.length !== step.dimensions) return refused("sizes do not fit");
				sizes.push({ places: known.slice(0, -1), features: step.outputs! });
				break;
			case "pool": {
				if (!known) return refused("unknown size");
				const places = known.slice(0, -1);
				const fits = first.places.length === places.length || places.length === 0;
				if (!fits || first.places.some((from, d) => from % (places[d] ?? 1) !== 0)) return refused("overlapping pool");
				sizes.push({ places, features: first.features });
				break;
			}
			case "reshape": {
				const count = countOf(first);
				const wanted = consumers[i].map((next) => layers[next].step).find(isWeightStep);
				if (known && countOf({ places: known, features: 1 }) === count) {
					sizes.push({ places: known.slice(0, -1), features: known.at(-1)! });
				} else if (wanted?.kind === "linear" && wanted.inputs === count) sizes.push({ places: [], features: count });
				else return refused("unknown size");
				break;
			}
			case "add":
			case "multiply":
				if (before.some((one) => !isSame(one, first))) return refused("sizes do not fit");
				sizes.push(first);
				break;
			case "concatenate":
				if (before.some(({ places }) => !isSame({ places, features: 0 }, { places: first.places, features: 0 }))) {
					return refused("sizes do not fit");
				}
				sizes.push({ places: first.places, features: before.reduce((all, { features }) => all + features, 0) });
				break;
			case "activation":
			case "own-activation":
				if (!activationOf(step)) return refused("unknown activation");
				sizes.push(first);
				break;
			case "normalisation":
				if (step.of === "group") return refused("normalisation over groups");
				sizes.push(first);
				break;
			case "dropout":
				if (step.rate === null || step.rate >= 1) return refused("unknown size");
				sizes.push(first);
				break;
			case "scale":
			case "identity":
				sizes.push(first);
				break;
			case "unknown":
				return refused("unknown step");
		}
	}
	return { kind: "sizes", sizes, outputs };
}

function isSame(a: Size, b: Size): boolean {
	return a.features === b.features && a.places.join() === b.places.join();
}

function neededFor({ layers }: Model, outputs: readonly number[]): Set<number> {
	const needed = new Set<number>(outputs);
	for (let i = layers.length - 1; i >= 0; i--)
		if (needed.has(i)) for (const input of layers[i].inputs) needed.add(input);
	return needed;
}
