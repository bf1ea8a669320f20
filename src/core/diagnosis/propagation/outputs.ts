import { type Activation, withDefaults } from "../../activations/activation.ts";
import { findActivation } from "../../activations/catalog.ts";
import type { Parameters } from "../../expression/expression.ts";
import type { CellActivation, Model, Step } from "../../reading/model/model.ts";

/** The activation of a step with its parameters; null where the catalog's functions of one number do not have it. */
export function activationOf(step: Step): { readonly activation: Activation; readonly parameters: Parameters } | null {
	if (step.kind === "own-activation") {
		const activation = step.definition.understood?.activation;
		return activation && step.definition.outputs === undefined
			? { activation, parameters: withDefaults(activation) }
			: null;
	}
	if (step.kind !== "activation") return null;
	const activation = findActivation(step.activation);
	return activation ? { activation, parameters: withDefaults(activation, step.parameters) } : null;
}

/** A function of a recurrent cell; null where the catalog's functions of one number do not have it. */
export function cellActivation(step: CellActivation): ReturnType<typeof activationOf> {
	return step.kind === "identity" ? { activation: findActivation("linear")!, parameters: {} } : activationOf(step);
}

/** The axis along which a softmax or its logarithm works; null for another step, and where the axis is not known. */
export function softmaxAxis(step: Step): number | null {
	const isSoftmax = step.kind === "activation" && /^(log_)?softmax$/.test(step.activation);
	return isSoftmax ? (step.axis ?? null) : null;
}

/**
 * The layers whose values count as the model's outputs: an activation of a whole vector, such as softmax, at the very end
 * belongs to the loss.
 */
export function countedOutputs({ layers, outputs }: Model): readonly number[] {
	return outputs.map((output) => {
		let at = output;
		for (let { step, inputs } = layers[at]; inputs.length === 1; { step, inputs } = layers[at]) {
			const isVector = step.kind === "activation" && findActivation(step.activation) === undefined;
			if (!isVector && step.kind !== "identity" && step.kind !== "reshape") break;
			at = inputs[0];
		}
		return layers[at].step.kind === "input" ? output : at;
	});
}

/** The layers between what counts as the outputs and what the model returns. */
export function leftOut(model: Model): ReadonlySet<number> {
	const found = new Set<number>();
	countedOutputs(model).forEach((counted, k) => {
		for (let at = model.outputs[k]; at !== counted; at = model.layers[at].inputs[0]) found.add(at);
	});
	return found;
}
