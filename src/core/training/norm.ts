import { type Weight, weight } from "./weight.ts";

export type NormKind = "none" | "batchnorm" | "layernorm";

/** What the variance is raised by. */
export const EPSILON = 1e-5;
/** How far a running statistic moves towards a batch's. */
export const MOMENTUM = 0.1;

/** Normalisation with a learned scale and shift: y = γ·(x − mean)/√(var + 1e-5) + β, [batch][width]. */
export interface Norm {
	readonly gamma: Weight;
	readonly beta: Weight;
	/** Running statistics that evaluation uses; null where there are none. */
	readonly running: { readonly mean: Float64Array; readonly variance: Float64Array } | null;
	forward(x: Float64Array, batch: number, training: boolean): Float64Array;
	/** The gradient by the input of the last `forward`; writes those of γ and β. */
	backward(gradient: Float64Array, batch: number): Float64Array;
}

/** Throws a RangeError for a training batch of one sample and a batch norm: its unbiased variance would be 0/0. PyTorch does, too. */
export function checkBatch(norm: NormKind, samples: number): void {
	if (norm === "batchnorm" && samples === 1)
		throw new RangeError("a batch norm must have 2 samples or more to train on, got 1");
}

/** Batch norm normalises each unit over the batch, layer norm each sample over its units. Ioffe & Szegedy 2015; Ba et al. 2016. */
export function makeNorm(kind: "batchnorm" | "layernorm", width: number, index: number): Norm {
	const gamma = weight(`norms.${index}.gamma`, width);
	const beta = weight(`norms.${index}.beta`, width);
	gamma.values.fill(1);
	const running =
		kind === "batchnorm" ? { mean: new Float64Array(width), variance: new Float64Array(width).fill(1) } : null;
	let normalised = new Float64Array(0);
	let scale = new Float64Array(0);
	let statistical = true;
	const overBatch = kind === "batchnorm";
	/** Index of the statistics that element (n, j) belongs to. */
	const group = (n: number, j: number) => (overBatch ? j : n);

	return {
		gamma,
		beta,
		running,
		forward(x, batch, training) {
			if (training) checkBatch(kind, batch);
			const groups = overBatch ? width : batch;
			const size = overBatch ? batch : width;
			const mean = new Float64Array(groups);
			const variance = new Float64Array(groups);
			statistical = training || running === null;
			if (statistical) {
				for (let n = 0; n < batch; n++) for (let j = 0; j < width; j++) mean[group(n, j)] += x[n * width + j] / size;
				for (let n = 0; n < batch; n++) {
					for (let j = 0; j < width; j++) variance[group(n, j)] += (x[n * width + j] - mean[group(n, j)]) ** 2 / size;
				}
				if (running) {
					for (let j = 0; j < width; j++) {
						running.mean[j] += MOMENTUM * (mean[j] - running.mean[j]);
						// The running variance is the unbiased one.
						const unbiased = (variance[j] * size) / (size - 1);
						running.variance[j] += MOMENTUM * (unbiased - running.variance[j]);
					}
				}
			} else {
				mean.set(running!.mean);
				variance.set(running!.variance);
			}
			scale = variance.map((one) => 1 / Math.sqrt(one + EPSILON));
			normalised = new Float64Array(x.length);
			const y = new Float64Array(x.length);
			for (let n = 0; n < batch; n++) {
				for (let j = 0; j < width; j++) {
					const at = n * width + j;
					normalised[at] = (x[at] - mean[group(n, j)]) * scale[group(n, j)];
					y[at] = gamma.values[j] * normalised[at] + beta.values[j];
				}
			}
			return y;
		},
		backward(gradient, batch) {
			gamma.gradient.fill(0);
			beta.gradient.fill(0);
			const groups = overBatch ? width : batch;
			const size = overBatch ? batch : width;
			const mean = new Float64Array(groups);
			const meanTimes = new Float64Array(groups);
			for (let n = 0; n < batch; n++) {
				for (let j = 0; j < width; j++) {
					const at = n * width + j;
					gamma.gradient[j] += gradient[at] * normalised[at];
					beta.gradient[j] += gradient[at];
					const d = gradient[at] * gamma.values[j];
					mean[group(n, j)] += d / size;
					meanTimes[group(n, j)] += (d * normalised[at]) / size;
				}
			}
			const dx = new Float64Array(gradient.length);
			for (let n = 0; n < batch; n++) {
				for (let j = 0; j < width; j++) {
					const at = n * width + j;
					const d = gradient[at] * gamma.values[j];
					const k = group(n, j);
					dx[at] = statistical ? scale[k] * (d - mean[k] - normalised[at] * meanTimes[k]) : scale[k] * d;
				}
			}
			return dx;
		},
	};
}
