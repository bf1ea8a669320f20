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
 * Whether the value with the number i = sample · width + unit is dropped is a hash of i: splitmix32's of first key + i ·
 * `step`, the second key mixed in half way, and without the last shift, which does not reach the upper bits. So the
 * choices can be made in any order and several at a time.
 */
export const hash = {
	step: 0x9e3779b9,
	firstShift: 16,
	firstFactor: 0x21f0aaad,
	secondShift: 15,
	secondFactor: 0x735a2d97,
} as const;

/**
 * The hash's keys, whole numbers 0…2³²−1. They depend on seed, step and layer alone, so a run that goes on from a step
 * draws what an unbroken one would have drawn.
 */
export function dropoutKeys(seed: number, step: number, layer: number): readonly [number, number] {
	const random = new Random(seed, `dropout ${step} ${layer}`);
	return [random.uint32(), random.uint32()];
}

/** A value becomes 0 where its hash, as a signed integer of 32 bits, is less than this. */
export function dropBelow(p: number): number {
	return Math.floor(p * 2 ** 32) - 2 ** 31;
}

/**
 * What each hidden layer's values are multiplied by at a step: 0 or 1/(1 − p), [batch][width] a layer (inverted dropout,
 * Srivastava et al. 2014, as torch.nn.Dropout).
 */
export function keepFactors(
	{ p, seed = 0, masks }: Dropout,
	step: number,
	hidden: readonly number[],
	batch: number,
): readonly Float64Array[] {
	const kept = 1 / (1 - p);
	const below = dropBelow(p);
	return hidden.map((width, layer) => {
		const given = masks?.[step][layer];
		if (given) return Float64Array.from(given.flat(), (one) => one * kept);
		const [first, second] = dropoutKeys(seed, step, layer);
		const factors = new Float64Array(batch * width);
		for (let i = 0; i < factors.length; i++) {
			let z = (first + Math.imul(i, hash.step)) | 0;
			z = Math.imul(z ^ (z >>> hash.firstShift), hash.firstFactor) ^ second;
			z = Math.imul(z ^ (z >>> hash.secondShift), hash.secondFactor);
			factors[i] = z < below ? 0 : kept;
		}
		return factors;
	});
}
