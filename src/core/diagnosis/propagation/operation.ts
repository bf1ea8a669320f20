/**
 * A step of a model on numbers, [samples][…axes of its framework], in training mode. `backward` follows `forward` and takes
 * the gradient by its result; it gives those by its inputs.
 */
export interface Operation {
	forward(inputs: readonly Float64Array[]): Float64Array;
	backward(gradient: Float64Array): readonly Float64Array[];
	/** After `backward`: the gradient by the weights. */
	readonly weightGradient?: () => Float64Array;
	/** Multiplications with an addition in both passes together. */
	readonly multiplyAdds: number;
}

/** Weights and bias of a step, [outputs][fan]. */
export interface Weights {
	readonly weight: Float64Array;
	readonly bias: Float64Array | null;
	/** The gradient by the numbers that are trained, by that by the weight that is made of them. */
	readonly byTrained?: (gradient: Float64Array) => Float64Array;
}

/** The operation of a step that gives what comes in. */
export const UNCHANGED: Operation = { forward: ([x]) => x, backward: (gradient) => [gradient], multiplyAdds: 0 };
