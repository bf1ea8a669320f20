/**
 * What the trainer's worker and its owner may say to each other: requests in, events out.
 *
 * Every event names its run. A run ends with exactly one `done`, `cancelled` or `failed`, and nothing follows.
 */
import type { Table } from "../core/training/table.ts";
import type { Study } from "./study.ts";

export type TrainerRequest =
	/** Trains one activation with one seed. `data` is the study's data, read once and shared by all runs. */
	| { readonly kind: "start"; readonly run: RunKey; readonly study: Study; readonly data: StudyTable }
	| { readonly kind: "cancel"; readonly run: RunKey };

/** One training run of a study: which activation (index into `study.activations`) with which seed. */
export interface RunKey {
	readonly activation: number;
	readonly seed: number;
}

/** A data set in memory, read once; the inputs are as they are: the trainer standardises. */
export type StudyTable = Table;

export type TrainerEvent =
	/** `engine` says for people what trains: the precision, and why it is slow where it is. */
	| {
			readonly kind: "started";
			readonly run: RunKey;
			readonly parameters: number;
			readonly steps: number;
			readonly engine?: string;
	  }
	| { readonly kind: "progress"; readonly run: RunKey; readonly measure: Measure }
	/** `test` is what the trained network comes to on the samples kept for that, where the study keeps any. */
	| {
			readonly kind: "done";
			readonly run: RunKey;
			readonly measure: Measure;
			readonly seconds: number;
			readonly test?: TestMeasure;
	  }
	/** The loss became NaN or infinite at `step`; the run stops there. */
	| { readonly kind: "diverged"; readonly run: RunKey; readonly step: number; readonly measure: Measure }
	| { readonly kind: "cancelled"; readonly run: RunKey }
	| { readonly kind: "failed"; readonly run: RunKey; readonly message: string };

/** What is measured at the end of an epoch (epoch 0 is before the first step). */
export interface Measure {
	readonly epoch: number;
	readonly step: number;
	/** Mean training loss over the epoch; at epoch 0 the loss of the untrained network. */
	readonly loss: number;
	readonly validationLoss: number;
	/** Share of validation samples classified correctly; null for regression. */
	readonly accuracy: number | null;
	/** One for each hidden layer, first to last. */
	readonly layers: readonly LayerMeasure[];
}

/** What is measured once, after the last epoch, on samples that neither training nor choosing has seen. */
export interface TestMeasure {
	readonly samples: number;
	readonly loss: number;
	/** Null for regression. */
	readonly accuracy: number | null;
}

export interface LayerMeasure {
	/** Euclidean norm of the loss's gradient with respect to the layer's weights, over one full validation batch. */
	readonly gradientNorm: number;
	/** Share of units whose activation has zero slope for every sample seen. */
	readonly dead: number;
	/** Share of (sample, unit) pairs where |f′| is below 1 % of its peak. */
	readonly saturated: number;
}
