import { type LibraryEntry, readTable } from "./entry.ts";

/** scikit-learn: `activation=` of MLPClassifier and MLPRegressor. */
export const sklearnStrings: readonly LibraryEntry[] = [
	...readTable(
		"sklearn",
		"",
		"string",
		`
	identity linear
	tanh tanh
	logistic sigmoid
	relu relu
	softmax softmax
`,
	),
];
