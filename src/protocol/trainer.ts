/**
 * What the trainer's worker and its owner may say to each other: requests in, events out.
 *
 * Every event names its run. A run ends with exactly one `done`, `cancelled` or `failed`, and nothing follows.
 */
import type { Histogram } from "../core/training/histogram.ts";
import type { Surface } from "../core/training/surface.ts";
import type { Table } from "../core/training/table.ts";
import type { Study } from "./study.ts";

export type TrainerRequest =
	/**
	 * Trains one activation with one seed. `data` is the study's data, read once and shared by all runs. `surfaces` names
	 * the channel that decision surfaces go through, where somebody may want to see them.
	 */
	| {
			readonly kind: "start";
			readonly run: RunKey;
			readonly study: Study;
			readonly data: StudyTable;
			readonly surfaces?: string;
	  }
	| { readonly kind: "cancel"; readonly run: RunKey };

/** One training run of a study: which activation (index into `study.activations`) with which seed. */
export interface RunKey {
	readonly activation: number;
	readonly seed: number;
}

/** A data set in memory, read once; the inputs are as they are: the trainer standardises. */
export type StudyTable = Table;

export type TrainerEvent =
	| { readonly kind: "started"; readonly run: RunKey; readonly parameters: number; readonly steps: number }
	/** `seconds` is the time since the run began to train. */
	| { readonly kind: "progress"; readonly run: RunKey; readonly measure: Measure; readonly seconds?: number }
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
	/** Validation samples: what the layers' measures are of. */
	readonly samples?: number;
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
	/** Norm of the epoch's last update of the layer's weights by the norm of those weights; not at epoch 0. */
	readonly updateRatio?: number;
	/** Of the activation's outputs; at some fifty epochs of a run, first and last included. */
	readonly histogram?: Histogram;
}

/** What a network answers all over the plane at one moment of its training; shown while it is fresh, and never stored. */
export interface RunSurface {
	readonly run: RunKey;
	readonly epoch: number;
	readonly surface: Surface;
}
