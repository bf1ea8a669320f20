import type { Initialiser } from "../core/training/initialise.ts";
import type { StudyData, StudyNetwork, StudyOptimizer, StudySchedule, StudyTask } from "./study.ts";

/** The limits of a study's numbers, once: the door, the form and the schema have them from here. */
export const studyLimits = {
	activations: [1, 32],
	seeds: [1, 64],
	/** Of one seed. */
	seed: [0, 2 ** 32 - 1],
	epochs: [1, 10_000],
	batchSize: [1, 1_048_576],
	validation: [0.05, 0.5],
	test: [0.05, 0.5],
	/** Of validation and test together. */
	heldOut: [0, 0.8],
	/** Each has its entry in what every training tells after every epoch; `train`, which tells of one, takes a thousand. */
	hiddenLayers: [1, 64],
	width: [1, 4096],
	learningRate: [1e-6, 1e9],
	learningRates: [2, 16],
	weightDecay: [0, 1],
	clip: [1e-6, 1e6],
	warmup: [0, 0.5],
	dropout: [0, 0.9],
	labelSmoothing: [0, 0.5],
	/** Studies that one document stands for. */
	grid: [1, 64],
	samples: [20, 100_000],
	noise: [0, 10],
} as const;

/** Characters of a function of the user's own; a longer one is no activation. */
export const MAX_SOURCE = 20_000;

/** What a study's choices may be, the usual one first. */
export const studyChoices = {
	tasks: ["classification", "regression"],
	initialisers: ["auto", "pytorch", "xavier", "xavier-normal", "kaiming", "kaiming-uniform", "lecun", "orthogonal"],
	norms: ["none", "batchnorm", "layernorm"],
	optimizers: ["adam", "adamw", "sgd", "momentum", "nesterov", "rmsprop", "adagrad"],
	schedules: ["constant", "cosine", "step"],
	precisions: ["float32", "float64"],
} as const satisfies {
	readonly tasks: readonly StudyTask[];
	readonly initialisers: readonly Initialiser[];
	readonly norms: readonly (NonNullable<StudyNetwork["norm"]> | "none")[];
	readonly optimizers: readonly StudyOptimizer["kind"][];
	readonly schedules: readonly StudySchedule["kind"][];
	readonly precisions: readonly string[];
};

const GENERATED = ["samples", "noise"] as const;
/** The fields of each kind of data beside `kind`. */
export const dataFields = {
	xor: GENERATED,
	moons: GENERATED,
	circles: GENERATED,
	spirals: GENERATED,
	curve: GENERATED,
	digits: [],
	csv: ["path", "target", "task"],
	npy: ["inputs", "targets", "task"],
	npz: ["path", "inputs", "targets", "task"],
	idx: ["images", "labels"],
} as const satisfies Readonly<Record<StudyData["kind"], readonly string[]>>;

/** Names of a document's fields. */
export const studyFields = {
	study: [
		"version",
		"name",
		"activations",
		"data",
		"network",
		"optimizer",
		"epochs",
		"batchSize",
		"seeds",
		"validation",
		"test",
		"labelSmoothing",
		"precision",
		"tuning",
		"$schema",
	],
	network: ["hidden", "depth", "width", "initialiser", "norm", "residual", "dropout"],
	optimizer: ["kind", "learningRate", "weightDecay", "clip", "schedule"],
	schedule: ["kind", "warmup"],
	tuning: ["learningRates", "epochs", "seeds"],
} as const;
