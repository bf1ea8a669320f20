import { type LibraryEntry, readTable } from "./entry.ts";

/** Keras 3, and Keras 2 as `tensorflow.keras`: `hard_sigmoid` and the name of `LeakyReLU`'s slope differ. */
const BACKEND = `
	relu relu_general(alpha=0>negative_slope, max_value=none, threshold=0)
	elu elu(alpha=1)
	sigmoid sigmoid
	hard_sigmoid hard_sigmoid_keras2
	tanh tanh
	softmax softmax(axis=-1>)
	softplus softplus [threshold=Infinity]
	softsign softsign
	exp exponential
	abs abs
	sign sign
	sin sine
	cos cosine
	logsumexp logsumexp
`;

export const keras: readonly LibraryEntry[] = [
	...readTable(
		"keras",
		"keras.activations",
		"function",
		`
	celu celu(alpha=1)
	elu elu(alpha=1)
	exponential exponential
	gelu gelu(approximate=false>)
	glu glu(axis=-1>)
	hard_shrink hardshrink(threshold=0.5>lambd)
	hard_sigmoid hard_sigmoid
	hard_silu hard_swish
	hard_swish hard_swish
	hard_tanh hardtanh
	leaky_relu leaky_relu(negative_slope=0.2)
	linear linear
	log_sigmoid log_sigmoid
	log_softmax log_softmax(axis=-1>)
	mish mish
	relu relu_general(negative_slope=0, max_value=none, threshold=0)
	relu6 relu6
	selu selu
	sigmoid sigmoid
	silu silu
	soft_shrink softshrink(threshold=0.5>lambd)
	softmax softmax(axis=-1>)
	softplus softplus [threshold=Infinity]
	softsign softsign
	sparse_plus sparse_plus
	sparse_sigmoid sparse_sigmoid
	sparsemax sparsemax(axis=-1>)
	squareplus squareplus(b=4)
	swish silu
	tanh tanh
	tanh_shrink tanhshrink
	threshold threshold(threshold=required, default_value=required>value) [threshold=0, value=0]
`,
	),
	...readTable(
		"keras",
		"keras.layers",
		"module",
		`
	ReLU relu_general(max_value=none, negative_slope=0, threshold=0)
	LeakyReLU leaky_relu(negative_slope=0.3, alpha=none>negative_slope)
	PReLU prelu(alpha_initializer=Zeros>weight, alpha_regularizer=none>, alpha_constraint=none>, shared_axes=none>) [weight=0]
	ELU elu(alpha=1)
	Softmax softmax(axis=-1>)
`,
	),
	...readTable(
		"keras",
		"keras.ops",
		"function",
		`
	celu celu(alpha=1)
	elu elu(alpha=1)
	gelu gelu_tanh(approximate=true>)
	glu glu(axis=-1>)
	hard_shrink hardshrink(threshold=0.5>lambd)
	hard_sigmoid hard_sigmoid
	hard_silu hard_swish
	hard_swish hard_swish
	hard_tanh hardtanh
	leaky_relu leaky_relu(negative_slope=0.2)
	log_sigmoid log_sigmoid
	log_softmax log_softmax(axis=-1>)
	relu relu
	relu6 relu6
	selu selu
	sigmoid sigmoid
	silu silu
	soft_shrink softshrink(threshold=0.5>lambd)
	softmax softmax(axis=-1>)
	softplus softplus [threshold=Infinity]
	softsign softsign
	sparse_plus sparse_plus
	sparse_sigmoid sparse_sigmoid
	sparsemax sparsemax(axis=-1>)
	squareplus squareplus(b=4)
	swish silu
	tanh_shrink tanhshrink
	threshold threshold(threshold=required, default_value=required>value) [threshold=0, value=0]
	tanh tanh
	exp exponential
	sin sine
	cos cosine
	arctan arctan
	arcsinh arcsinh
	erf erf
	sign sign
	abs abs
`,
	),
	...readTable("keras", "keras.backend", "function", BACKEND),
	...readTable(
		"keras",
		"tensorflow.keras.activations",
		"function",
		`
	elu elu(alpha=1)
	exponential exponential
	gelu gelu(approximate=false>)
	hard_sigmoid hard_sigmoid_keras2
	linear linear
	mish mish
	leaky_relu leaky_relu(alpha=0.2>negative_slope, negative_slope=none)
	log_softmax log_softmax(axis=-1>)
	relu relu_general(alpha=0>negative_slope, max_value=none, threshold=0, negative_slope=none)
	relu6 relu6
	selu selu
	sigmoid sigmoid
	silu silu
	softmax softmax(axis=-1>)
	softplus softplus [threshold=Infinity]
	softsign softsign
	swish silu
	tanh tanh
`,
	),
	...readTable(
		"keras",
		"tensorflow.keras.layers",
		"module",
		`
	LeakyReLU leaky_relu(alpha=0.3>negative_slope, negative_slope=none)
	ThresholdedReLU thresholded_relu(theta=1)
	ELU elu(alpha=1)
	PReLU prelu(alpha_initializer=zeros>weight) [weight=0]
	ReLU relu_general(max_value=none, negative_slope=0, threshold=0)
	Softmax softmax(axis=-1>)
`,
	),
	...readTable("keras", "tensorflow.keras.backend", "function", BACKEND),
];

/** Keys of `activation=` and of `keras.activations.get`. */
export const kerasStrings: readonly LibraryEntry[] = [
	...readTable(
		"keras",
		"",
		"string",
		`
	celu celu
	elu elu
	exponential exponential
	gelu gelu
	glu glu
	hard_shrink hardshrink
	hard_sigmoid hard_sigmoid
	hard_silu hard_swish
	hard_swish hard_swish
	hard_tanh hardtanh
	leaky_relu leaky_relu [negative_slope=0.2]
	linear linear
	log_sigmoid log_sigmoid
	log_softmax log_softmax
	mish mish
	relu relu_general
	relu6 relu6
	selu selu
	sigmoid sigmoid
	silu silu
	soft_shrink softshrink
	softmax softmax
	softplus softplus [threshold=Infinity]
	softsign softsign
	sparse_plus sparse_plus
	sparse_sigmoid sparse_sigmoid
	sparsemax sparsemax
	squareplus squareplus
	swish silu
	tanh tanh
	tanh_shrink tanhshrink
`,
	),
];

/** The same in Keras 2. */
export const keras2Strings: readonly LibraryEntry[] = [
	...readTable(
		"keras",
		"",
		"string",
		`
	elu elu
	exponential exponential
	gelu gelu
	hard_sigmoid hard_sigmoid_keras2
	linear linear
	mish mish
	leaky_relu leaky_relu [negative_slope=0.2]
	log_softmax log_softmax
	relu relu_general
	relu6 relu6
	selu selu
	sigmoid sigmoid
	silu silu
	softmax softmax
	softplus softplus [threshold=Infinity]
	softsign softsign
	swish silu
	tanh tanh
`,
	),
];
