export type LossKind = "mse" | "bce_with_logits" | "cross_entropy";

/** A loss with its settings, by PyTorch's names. */
export interface LossSettings {
	readonly name: LossKind;
	/** For "cross_entropy": the share of the target that is spread evenly over all classes, 0…1. */
	readonly label_smoothing?: number;
}

/** A loss's mean over the batch, and its gradient by the outputs [batch][outputs]. */
export interface Loss {
	readonly value: number;
	readonly gradient: Float64Array;
}

/**
 * The mean loss of `outputs` [batch][width] against `targets`: for "mse" and "bce_with_logits" numbers [batch][width],
 * the mean over all of them; for "cross_entropy" a class index a sample, the mean over samples. A name alone stands for
 * its default settings. As PyTorch's losses of these names with mean reduction.
 */
export function lossOf(
	loss: LossKind | LossSettings,
	outputs: Float64Array,
	targets: Float64Array,
	batch: number,
): Loss {
	const { name, label_smoothing = 0 } = typeof loss === "string" ? { name: loss } : loss;
	switch (name) {
		case "mse":
			return meanSquaredError(outputs, targets);
		case "bce_with_logits":
			return binaryCrossEntropy(outputs, targets);
		case "cross_entropy":
			return crossEntropy(outputs, targets, batch, label_smoothing);
	}
}

function meanSquaredError(outputs: Float64Array, targets: Float64Array): Loss {
	const gradient = new Float64Array(outputs.length);
	let sum = 0;
	for (let i = 0; i < outputs.length; i++) {
		const error = outputs[i] - targets[i];
		sum += error * error;
		gradient[i] = (2 * error) / outputs.length;
	}
	return { value: sum / outputs.length, gradient };
}

/** −t·log σ(z) − (1 − t)·log(1 − σ(z)), computed as max(z, 0) − z·t + log(1 + e^−|z|), which no logit overflows. */
function binaryCrossEntropy(outputs: Float64Array, targets: Float64Array): Loss {
	const gradient = new Float64Array(outputs.length);
	let sum = 0;
	for (let i = 0; i < outputs.length; i++) {
		const z = outputs[i];
		const e = Math.exp(-Math.abs(z));
		sum += Math.max(z, 0) - z * targets[i] + Math.log1p(e);
		gradient[i] = ((z >= 0 ? 1 : e) / (1 + e) - targets[i]) / outputs.length;
	}
	return { value: sum / outputs.length, gradient };
}

/**
 * −Σₖ q_k·log p_k of the softmax p, with q_k = (1 − ε)·[k is the target] + ε/K (Szegedy et al. 2016). The logits are
 * shifted by their largest, so that no exponential overflows and a small loss is no difference of large numbers.
 */
function crossEntropy(outputs: Float64Array, targets: Float64Array, batch: number, smoothing: number): Loss {
	const width = outputs.length / batch;
	const gradient = new Float64Array(outputs.length);
	let sum = 0;
	for (let n = 0; n < batch; n++) {
		const row = n * width;
		let top = Number.NEGATIVE_INFINITY;
		for (let k = 0; k < width; k++) top = Math.max(top, outputs[row + k]);
		let total = 0;
		for (let k = 0; k < width; k++) {
			gradient[row + k] = Math.exp(outputs[row + k] - top);
			total += gradient[row + k];
		}
		const logTotal = Math.log(total);
		for (let k = 0; k < width; k++) {
			const q = (k === targets[n] ? 1 - smoothing : 0) + smoothing / width;
			// A target of 0 weighs nothing, also where the logit is −∞.
			if (q > 0) sum += q * (logTotal - (outputs[row + k] - top));
			gradient[row + k] = (gradient[row + k] / total - q) / batch;
		}
	}
	return { value: sum / batch, gradient };
}
