/** One tensor that an optimizer updates, with the gradient of the last backward pass. */
export interface Weight {
	readonly name: string;
	readonly values: Float64Array;
	readonly gradient: Float64Array;
}

/** A tensor of zeros with its gradient. */
export function weight(name: string, size: number): Weight {
	return { name, values: new Float64Array(size), gradient: new Float64Array(size) };
}

/** Euclidean norm of a weight's gradient. */
export function gradientNorm({ gradient }: Weight): number {
	let sum = 0;
	for (const value of gradient) sum += value * value;
	return Math.sqrt(sum);
}
