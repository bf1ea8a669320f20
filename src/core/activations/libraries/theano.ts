import { type LibraryEntry, readTable } from "./entry.ts";

/** Theano, and Lasagne on it. Theano's hard sigmoid is clip(0.2x + 0.5, 0, 1), and its `relu` with a slope another function. */
export const theano: readonly LibraryEntry[] = [
	...readTable(
		"theano",
		"theano.tensor.nnet",
		"function",
		`
	relu relu(alpha=0!)
	elu elu(alpha=1)
	selu selu
	sigmoid sigmoid
	hard_sigmoid hard_sigmoid_keras2
	softplus softplus [threshold=Infinity]
	softsign softsign
	softmax softmax(axis=-1>)
	logsoftmax log_softmax(axis=-1>)
`,
	),
	...readTable(
		"theano",
		"theano.tensor",
		"function",
		`
	sigmoid sigmoid
	tanh tanh
	softplus softplus [threshold=Infinity]
`,
	),
	...readTable(
		"lasagne",
		"lasagne.nonlinearities",
		"function",
		`
	rectify relu
	leaky_rectify leaky_relu [negative_slope=0.01]
	very_leaky_rectify leaky_relu [negative_slope=0.3333333333333333]
	elu elu
	selu selu
	sigmoid sigmoid
	tanh tanh
	softplus softplus [threshold=Infinity]
	softmax softmax
	linear linear
	identity linear
`,
	),
	...readTable("lasagne", "lasagne.nonlinearities", "module", "LeakyRectify leaky_relu(leakiness=0.01>negative_slope)"),
];
