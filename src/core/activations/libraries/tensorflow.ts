import { type LibraryEntry, readTable } from "./entry.ts";

/** TensorFlow and TensorFlow Addons. `tf.nn.leaky_relu` has slope 0.2. */
export const tensorflow: readonly LibraryEntry[] = [
	...readTable(
		"tensorflow",
		"tensorflow.nn",
		"function",
		`
	relu relu
	relu6 relu6
	crelu crelu(axis=-1>)
	elu elu
	selu selu
	leaky_relu leaky_relu(alpha=0.2>negative_slope)
	gelu gelu(approximate=false>)
	silu swish_beta(beta=1)
	swish swish_beta(beta=1)
	sigmoid sigmoid
	tanh tanh
	softplus softplus [threshold=Infinity]
	softsign softsign
	softmax softmax(axis=-1>)
	log_softmax log_softmax(axis=-1>)
`,
	),
	...readTable(
		"tensorflow",
		"tensorflow.math",
		"function",
		`
	sigmoid sigmoid
	tanh tanh
	softplus softplus [threshold=Infinity]
	softsign softsign
	log_sigmoid log_sigmoid
	exp exponential
	erf erf
	sin sine
	cos cosine
	atan arctan
	asinh arcsinh
	reduce_logsumexp logsumexp
	softmax softmax(axis=-1>)
	log_softmax log_softmax(axis=-1>)
`,
	),
	...readTable(
		"tensorflow",
		"tensorflow",
		"function",
		`
	sigmoid sigmoid
	tanh tanh
`,
	),
	...readTable(
		"tensorflow-addons",
		"tensorflow_addons.activations",
		"function",
		`
	gelu gelu_tanh(approximate=true>)
	hardshrink hardshrink(lower=-0.5>, upper=0.5>)
	lisht lisht
	mish mish
	rrelu rrelu(lower=0.125, upper=0.3333333333333333)
	snake snake(frequency=1>a)
	softshrink softshrink(lower=-0.5>, upper=0.5>)
	sparsemax sparsemax(axis=-1>)
	tanhshrink tanhshrink
`,
	),
];
