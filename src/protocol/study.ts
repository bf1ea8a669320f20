import type { Initialiser } from "../core/training/initialise.ts";

/**
 * What a study is: activations × seeds trained on one data set with one network. Version 1 of the document that the
 * command line, the panel and the workspace's storage share; `parseStudy` is its door.
 */
export interface Study {
	readonly version: 1;
	/** Shown in the list of runs. */
	readonly name: string;
	readonly activations: readonly StudyActivation[];
	readonly data: StudyData;
	readonly network: StudyNetwork;
	readonly optimizer: StudyOptimizer;
	/** Passes over the training data, 1…10,000. */
	readonly epochs: number;
	/** Samples a step, at least 1; one larger than the training set is refused once the data is read. */
	readonly batchSize: number;
	/** One run for each activation and seed; whole numbers 0…2³²−1, no two equal. */
	readonly seeds: readonly number[];
	/** Share of the samples held out for validation, 0.05…0.5. */
	readonly validation: number;
	/** Share held out for the test, 0.05…0.5, measured once, at the end; no test where it is not given. */
	readonly test?: number;
	/** How much of each target is spread over all classes, 0…0.5; for more than two classes. */
	readonly labelSmoothing?: number;
	/** What trains: float32 kernels where they can (the default), or the float64 reference. */
	readonly precision?: "float32" | "float64";
	/**
	 * Finds each activation's own learning rate before it is compared; `optimizer.learningRate` is not used then. A
	 * document that gives no learning rate gets it, unless it says `false`.
	 */
	readonly tuning?: StudyTuning;
}

/**
 * Each activation is trained at each rate, with the same seeds and epochs, and takes the one of the best mean on the
 * validation samples; a rate at which a run diverges is out.
 */
export interface StudyTuning {
	/** 2…16 different rates. */
	readonly learningRates: readonly number[];
	/** At most the study's. */
	readonly epochs: number;
	/** How many of the study's seeds, its first ones. */
	readonly seeds: number;
}

export interface StudyActivation {
	/** A canonical id of the catalog, or "custom" with a `source`. */
	readonly id: string;
	readonly parameters: Readonly<Record<string, number>>;
	/** Source of a hand-written function (`def …`, `lambda …`, `x => …`), for id "custom". */
	readonly source?: string;
	/** The editor's id of the source's language; Python where it is not given. */
	readonly language?: string;
	/** How the run is labelled; unique within the study. */
	readonly label: string;
}

export type StudyData =
	| {
			readonly kind: "xor" | "moons" | "circles" | "spirals" | "curve";
			readonly samples: number;
			readonly noise: number;
	  }
	| { readonly kind: "digits" }
	/** A CSV or TSV file whose first line names the columns; `target` is the one to predict. */
	| { readonly kind: "csv"; readonly path: string; readonly target: string; readonly task: StudyTask }
	/** Two files of NumPy's: inputs (N,), (N, F), (N, H, W) or more, targets (N,), (N, 1), or one-hot (N, classes). */
	| { readonly kind: "npy"; readonly inputs: string; readonly targets: string; readonly task: StudyTask }
	/** The same in one archive; `inputs` and `targets` are the names of its arrays. */
	| {
			readonly kind: "npz";
			readonly path: string;
			readonly inputs: string;
			readonly targets: string;
			readonly task: StudyTask;
	  }
	/** Two IDX files, as MNIST has them, compressed by gzip or not. */
	| { readonly kind: "idx"; readonly images: string; readonly labels: string };

export type StudyTask = "classification" | "regression";

export interface StudyNetwork {
	/** Widths of the hidden layers, 1…64 of them, each 1…4096. */
	readonly hidden: readonly number[];
	/** "auto" scales Kaiming's normal by the gain of the activation at hand; the others are the usual ones, untouched. */
	readonly initialiser: Initialiser;
	/** What comes before each activation; nothing by default. */
	readonly norm?: "batchnorm" | "layernorm";
	/** Whether a hidden layer's input is added to its output where both are equally wide. */
	readonly residual?: true;
	/** Probability of dropout behind each activation, 0…0.9. */
	readonly dropout?: number;
}

export interface StudyOptimizer {
	readonly kind: "sgd" | "momentum" | "nesterov" | "rmsprop" | "adagrad" | "adam" | "adamw";
	/** 1e-6…1e9: a rate at which training diverges is a result, too. */
	readonly learningRate: number;
	/** 0…1; the optimizer's own default where it is not given. */
	readonly weightDecay?: number;
	/** The longest gradient, all weights' together, 1e-6…1e6; a longer one is shortened to it. */
	readonly clip?: number;
	/** How the rate goes from step to step; constant by default. */
	readonly schedule?: StudySchedule;
}

/** "cosine" falls to 0 over the whole training; "step" multiplies by √0.1 after each quarter of it. */
export interface StudySchedule {
	readonly kind: "constant" | "cosine" | "step";
	/** Share of all steps in which the rate rises linearly to its value, 0…0.5. */
	readonly warmup?: number;
}
