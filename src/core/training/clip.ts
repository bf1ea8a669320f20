import { gradientNorm, type Weight } from "./weight.ts";

/** A limit for the gradient before each update, by PyTorch's names. */
export type Clipping =
	/** All gradients as one vector are shortened to `max_norm` where they are longer. */
	| { readonly name: "norm"; readonly max_norm: number }
	/** Each number is brought into ±`clip_value`. */
	| { readonly name: "value"; readonly clip_value: number };

/** PyTorch adds this to the norm, so that a gradient of zeros is not divided by 0. */
const EPSILON = 1e-6;

/** Euclidean norm of all the weights' gradients as one vector. */
export function totalNorm(weights: readonly Weight[]): number {
	let sum = 0;
	for (const one of weights) sum += gradientNorm(one) ** 2;
	return Math.sqrt(sum);
}

/**
 * Clips the gradients in place. "norm": g·min(1, max_norm/(‖g‖ + 1e-6)) with the norm of all of them, as
 * torch.nn.utils.clip_grad_norm_ (Pascanu et al. 2013); an infinite norm leaves zeros and NaN. "value": as
 * clip_grad_value_.
 */
export function clipGradients(clipping: Clipping, weights: readonly Weight[]): void {
	switch (clipping.name) {
		case "norm": {
			const factor = Math.min(1, clipping.max_norm / (totalNorm(weights) + EPSILON));
			for (const { gradient } of weights) for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
			return;
		}
		case "value": {
			const limit = clipping.clip_value;
			for (const { gradient } of weights) {
				for (let i = 0; i < gradient.length; i++) gradient[i] = Math.min(limit, Math.max(-limit, gradient[i]));
			}
		}
	}
}
