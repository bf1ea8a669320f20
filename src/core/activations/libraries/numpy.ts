import { type LibraryEntry, readTable } from "./entry.ts";

/** NumPy, SciPy and the standard libraries of Python and JavaScript: only what code uses as an activation; `np.exp` and its like are arithmetic. */
export const numpy: readonly LibraryEntry[] = [
	...readTable(
		"numpy",
		"numpy",
		"function",
		`
	tanh tanh
`,
	),
	...readTable(
		"scipy",
		"scipy.special",
		"function",
		`
	expit sigmoid
	log_expit log_sigmoid
	erf erf
	ndtr ndtr
	log_ndtr log_ndtr
	softmax softmax(axis=none>)
	log_softmax log_softmax(axis=none>)
	logsumexp logsumexp
`,
	),
	...readTable(
		"math",
		"math",
		"function",
		`
	tanh tanh
`,
	),
	...readTable(
		"javascript",
		"Math",
		"function",
		`
	tanh tanh
`,
	),
];
