import { type LibraryEntry, readTable } from "./entry.ts";

/** synaptic and its descendant neataptic. The latter's BIPOLAR, BIPOLAR_SIGMOID and INVERSE are others. */
export const synaptic: readonly LibraryEntry[] = [
	...readTable(
		"synaptic",
		"synaptic.Neuron.squash",
		"function",
		`
	LOGISTIC sigmoid
	TANH tanh
	IDENTITY linear
	HLIM heaviside
	RELU relu
`,
	),
	...readTable(
		"neataptic",
		"neataptic.methods.activation",
		"function",
		`
	LOGISTIC sigmoid
	TANH tanh
	IDENTITY linear
	STEP heaviside
	RELU relu
	SOFTSIGN softsign
	SINUSOID sine
	GAUSSIAN gaussian
	BENT_IDENTITY bent_identity
	HARD_TANH hardtanh
	ABSOLUTE abs
	SELU selu
`,
	),
];
