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
	readonly initialiser: "auto" | "pytorch" | "xavier" | "kaiming" | "lecun";
}

export interface StudyOptimizer {
	readonly kind: "sgd" | "momentum" | "adam";
	/** 1e-6…10. */
	readonly learningRate: number;
}
