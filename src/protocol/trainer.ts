/**
 * What the trainer's worker and its owner may say to each other: requests in, events out.
 *
 * Every event names its run. A run ends with exactly one `done`, `diverged`, `cancelled` or `failed`; nothing follows.
 */
import type { Engine, EpochLayer, EpochMeasure, TestMeasure } from "../core/training/session.ts";
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
			/** The rate that tuning chose for the activation; the study's own where it is not given. */
			readonly learningRate?: number;
			/** Where an interrupted run goes on. */
			readonly checkpoint?: Checkpoint;
			readonly surfaces?: string;
	  }
	| { readonly kind: "cancel"; readonly run: RunKey }
	/** The run stands still until "continue". */
	| { readonly kind: "pause" | "continue"; readonly run: RunKey };

/** A point from which a run goes on to the same numbers as without a break, on the same build. */
export interface Checkpoint {
	/** Steps done, and the state after them. */
	readonly step: number;
	readonly memory: Uint8Array;
	readonly lossSum: number;
	/** Training time so far. */
	readonly seconds: number;
}

/** One training run of a study: which activation (index into `study.activations`) with which seed. */
export interface RunKey {
	readonly activation: number;
	readonly seed: number;
	/** Of a run that tunes: which rate, as an index into `study.tuning.learningRates`. */
	readonly rate?: number;
}

/** A data set in memory, read once; the inputs are as they are: the trainer standardises. */
export type StudyTable = Table;

export type TrainerEvent =
	/** Rate and engine are missing from runs of earlier versions. */
	| {
			readonly kind: "started";
			readonly run: RunKey;
			readonly parameters: number;
			readonly steps: number;
			readonly learningRate?: number;
			readonly engine?: Engine;
	  }
	/**
	 * A training that looked for a learning rate has ended, `run.rate` among those to try: its accuracy, or its validation
	 * loss for regression; null where it diverged, or failed, as `message` says. So many trainings ran at once.
	 */
	| {
			readonly kind: "tried";
			readonly run: RunKey;
			readonly value: number | null;
			readonly message?: string;
			readonly seconds?: number;
			readonly together: number;
	  }
	/** The learning rate found for `run.activation`, before its first run, and what each rate came to. */
	| {
			readonly kind: "tuned";
			readonly run: RunKey;
			readonly learningRate: number;
			readonly tried: readonly TriedRate[];
	  }
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
	/** The loss became NaN, infinite or very large at `step` (core's `DIVERGED`); the run stops there. */
	| { readonly kind: "diverged"; readonly run: RunKey; readonly step: number; readonly measure: Measure }
	| { readonly kind: "cancelled"; readonly run: RunKey }
	| { readonly kind: "failed"; readonly run: RunKey; readonly message: string };

export type Tried = Extract<TrainerEvent, { kind: "tried" }>;

/** What a worker says: events, and what its run needs to go on after an interruption, every few seconds. */
export type WorkerMessage =
	| TrainerEvent
	| { readonly kind: "checkpoint"; readonly run: RunKey; readonly checkpoint: Checkpoint };

export interface TriedRate {
	readonly learningRate: number;
	/** The mean over the tuning's seeds: accuracy, or validation loss for regression; null where a run diverged or failed. */
	readonly value: number | null;
}

export interface Measure extends Omit<EpochMeasure, "samples"> {
	/** Missing from runs of earlier versions. */
	readonly samples?: number;
}

export type LayerMeasure = EpochLayer;

/** What a network answers all over the plane at one moment of its training; shown while it is fresh, and never stored. */
export interface RunSurface {
	readonly run: RunKey;
	readonly epoch: number;
	readonly surface: Surface;
}
