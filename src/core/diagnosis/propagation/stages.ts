import type { Model, ModelLayer } from "../../reading/model/model.ts";
import { leftOut } from "./outputs.ts";
import { isInner, isWeightStep } from "./weights.ts";

/**
 * A layer as people count them: weights, and the normalisation and activation that follow. All are indices into the
 * model's layers.
 */
export interface Stage {
	readonly weights: number;
	/** The activation; null where none follows directly, as in a model's last layer, or it belongs to the loss, as softmax. */
	readonly activation: number | null;
	/** The normalisation between the weights and the activation; null without. */
	readonly normalisation: number | null;
	/** Whose value is the pre-activation: the normalisation, or the weights. */
	readonly before: number;
	/** Whose value goes on: the activation, or what is `before` it. */
	readonly after: number;
}

/** The stages of a model, in the order of computation. */
export function stagesOf(model: Model): Stage[] {
	const { layers, outputs } = model;
	const consumers = consumersOf(layers);
	const behind = leftOut(model);
	return layers.flatMap(({ step }, weights): Stage[] => {
		if (!isWeightStep(step) || isInner(step)) return [];
		let before = weights;
		let normalisation: number | null = null;
		for (let at = weights; ; ) {
			const [next, ...others] = consumers[at];
			if (next === undefined || others.length > 0 || outputs.includes(at) || behind.has(next)) break;
			const { kind } = layers[next].step;
			if (kind === "activation" || kind === "own-activation") {
				return [{ weights, activation: next, normalisation, before: at, after: next }];
			}
			if (kind === "normalisation" && normalisation === null) normalisation = next;
			else if (kind !== "identity" && kind !== "reshape") break;
			if (kind === "normalisation") before = next;
			at = next;
		}
		return [{ weights, activation: null, normalisation, before, after: before }];
	});
}

/** By layer, the layers that it feeds; one that takes it twice is listed once. */
export function consumersOf(layers: readonly ModelLayer[]): number[][] {
	const consumers: number[][] = layers.map(() => []);
	layers.forEach(({ inputs }, i) => {
		for (const input of new Set(inputs)) consumers[input].push(i);
	});
	return consumers;
}
