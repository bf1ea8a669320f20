export type LossKind = "mse" | "bce_with_logits" | "cross_entropy";

/** A loss's mean over the batch, and its gradient by the outputs [batch][outputs]. */
export interface Loss {
	readonly value: number;
	readonly gradient: Float64Array;
}

/**
 * The mean loss of `outputs` [batch][width] against `targets`: for "mse" and "bce_with_logits" numbers [batch][width],
 * the mean over all of them; for "cross_entropy" a class index a sample, the mean over samples. The logarithms are of
 * shifted exponentials, so no logit overflows. As PyTorch's losses of these names with mean reduction.
 */
export function lossOf(kind: LossKind, outputs: Float64Array, targets: Float64Array, batch: number): Loss {
	const width = outputs.length / batch;
	const gradient = new Float64Array(outputs.length);
	let sum = 0;
	switch (kind) {
		case "mse":
			for (let i = 0; i < outputs.length; i++) {
				const error = outputs[i] - targets[i];
				sum += error * error;
				gradient[i] = (2 * error) / outputs.length;
			}
			return { value: sum / outputs.length, gradient };
		case "bce_with_logits":
			for (let i = 0; i < outputs.length; i++) {
				const z = outputs[i];
				// max(z, 0) − z·t + log(1 + e^−|z|)
				const e = Math.exp(-Math.abs(z));
				sum += Math.max(z, 0) - z * targets[i] + Math.log1p(e);
				gradient[i] = ((z >= 0 ? 1 : e) / (1 + e) - targets[i]) / outputs.length;
			}
			return { value: sum / outputs.length, gradient };
		case "cross_entropy":
			for (let n = 0; n < batch; n++) {
				const row = n * width;
				let top = Number.NEGATIVE_INFINITY;
				for (let k = 0; k < width; k++) top = Math.max(top, outputs[row + k]);
				let total = 0;
				for (let k = 0; k < width; k++) {
					gradient[row + k] = Math.exp(outputs[row + k] - top);
					total += gradient[row + k];
				}
				const target = row + targets[n];
				sum += top + Math.log(total) - outputs[target];
				for (let k = 0; k < width; k++) gradient[row + k] /= total * batch;
				gradient[target] -= 1 / batch;
			}
			return { value: sum / batch, gradient };
	}
}
