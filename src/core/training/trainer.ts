import type { Clipping } from "./clip.ts";
import type { Dropout } from "./dropout.ts";
import type { Histogram } from "./histogram.ts";
import type { LossSettings } from "./loss.ts";
import type { Network } from "./network.ts";
import type { OptimizerSettings } from "./optimizer.ts";

/** Samples to train on or to measure with. */
export interface Samples {
	/** Row-major [samples][inputs]. */
	readonly inputs: Float64Array;
	/** A class index, or a number, for each sample. */
	readonly targets: Float64Array;
	readonly samples: number;
}

/** What is trained, on what, and how. */
export interface TrainerSettings {
	/** Where training starts from; a trainer may change it. */
	readonly network: Network;
	readonly loss: LossSettings;
	readonly optimizer: OptimizerSettings;
	readonly clipping: Clipping | null;
	/** Dropout of its own stream of random numbers; null for none. */
	readonly dropout: Pick<Dropout, "p" | "seed"> | null;
	readonly batchSize: number;
	/** By name: those to train on are "training". */
	readonly samples: Readonly<Record<SampleSet, Samples>>;
}

export type SampleSet = "training" | "validation" | "test";

/** What is measured over a set of samples, in evaluation mode. */
export interface TrainerMeasure {
	/** The mean loss. */
	readonly loss: number;
	/** Share of samples whose largest output is their class; NaN for "mse". */
	readonly accuracy: number;
	/** By hidden layer. */
	readonly layers: readonly LayerHealth[];
}

export interface LayerHealth {
	/** Euclidean norm of the mean loss's gradient by the layer's weights, without its biases. */
	readonly gradientNorm: number;
	/** Share of units whose slope is 0 for every sample. */
	readonly dead: number;
	/** Share of slopes whose size is below the limit that was asked for. */
	readonly flat: number;
	/**
	 * Euclidean norm of what the last step changed in the layer's weights, without its biases, by that of the weights
	 * before it; null unless they were remembered right before that step, or where all of them were 0.
	 */
	readonly updateRatio: number | null;
	/** Of the activation's outputs; only where it was asked for. */
	readonly histogram?: Histogram;
}

/** All that the next step depends on, data and order apart. */
export interface TrainerState {
	readonly steps: number;
	readonly memory: Uint8Array;
}

/** Trains one network: the float64 reference, or the float32 kernels that are tested against it. */
export interface Trainer {
	/** Steps done. */
	readonly steps: number;
	/**
	 * One step for each learning rate, over training samples in this order, a batch each; the last batch may be smaller.
	 * Gives the mean loss of each step, before its update. Throws a RangeError where a batch norm gets a batch of one sample.
	 */
	train(order: Uint32Array, rates: readonly number[]): ArrayLike<number>;
	/** Keeps the weights of hidden layers as they are, for the update ratio of a measure after the next step. */
	remember(): void;
	/** Measures the network; a slope smaller than `flatBelow` counts as flat. */
	measure(set: SampleSet, flatBelow: number, histograms?: boolean): TrainerMeasure;
	/** The outputs [count][outputs] for inputs [count][inputs], in evaluation mode. */
	predict(inputs: Float64Array, count: number): Float64Array;
	state(): TrainerState;
	/** Goes on from a state of the same settings. Throws a RangeError for one of another size. */
	restore(state: TrainerState): void;
}
