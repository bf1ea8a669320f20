import { Random } from "../numerics/random.ts";

/** Dropout after each hidden layer's activation: in training a value is 0 with probability `p`, else divided by 1 − p. */
export interface Dropout {
	/** 0 ≤ p < 1. */
	readonly p: number;
	/** Of the trainer's own stream of random numbers; 0 where it is not given. */
	readonly seed?: number;
	/** Which values stay (1) and which become 0, by step and hidden layer, instead of a random choice. */
	readonly masks?: readonly (readonly Mask[])[];
}

/** [samples of the batch][units], each 0 or 1. */
export type Mask = readonly (readonly number[])[];

/**
 * What each hidden layer's values are multiplied by at a step: 0 or 1/(1 − p), [batch][width] a layer (inverted dropout,
 * Srivastava et al. 2014, as torch.nn.Dropout). Random choices depend on seed, step and layer alone, so a run that goes
 * on from step t draws what an unbroken one would have drawn.
 */
export function keepFactors(
	{ p, seed = 0, masks }: Dropout,
	step: number,
	hidden: readonly number[],
	batch: number,
): readonly Float64Array[] {
	const kept = 1 / (1 - p);
	return hidden.map((width, layer) => {
		const given = masks?.[step][layer];
		if (given) return Float64Array.from(given.flat(), (one) => one * kept);
		const random = new Random(seed, `dropout ${step} ${layer}`);
		const factors = new Float64Array(batch * width);
		for (let i = 0; i < factors.length; i++) factors[i] = random.uniform() < p ? 0 : kept;
		return factors;
	});
}
