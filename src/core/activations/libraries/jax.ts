import { type LibraryEntry, readTable } from "./entry.ts";

/** JAX, Flax and Equinox. `gelu` is the tanh form by default; `leaky_relu` has slope 0.01. */
const FUNCTIONS = `
	celu celu(alpha=1)
	elu elu(alpha=1)
	gelu gelu_tanh(approximate=true>)
	glu glu(axis=-1>)
	hard_sigmoid hard_sigmoid
	hard_silu hard_swish
	hard_swish hard_swish
	hard_tanh hardtanh
	identity linear
	leaky_relu leaky_relu(negative_slope=0.01)
	log_sigmoid log_sigmoid
	log_softmax log_softmax(axis=-1>, where=none>)
	logsumexp logsumexp(axis=none>, b=none>, keepdims=false>, return_sign=false>, where=none>)
	mish mish
	relu relu
	relu6 relu6
	selu selu
	sigmoid sigmoid
	silu silu
	soft_sign softsign
	softmax softmax(axis=-1>, where=none>)
	softplus softplus [threshold=Infinity]
	sparse_plus sparse_plus
	sparse_sigmoid sparse_sigmoid
	squareplus squareplus(b=4)
	swish silu
	tanh tanh
`;

export const jax: readonly LibraryEntry[] = [
	...readTable("jax", "jax.nn", "function", FUNCTIONS),
	...readTable(
		"jax",
		"jax.numpy",
		"function",
		`
	tanh tanh
	sin sine
	cos cosine
	exp exponential
	arctan arctan
	atan arctan
	arcsinh arcsinh
	asinh arcsinh
	sinc sinc_normalized
	sign sign
	abs abs
	heaviside heaviside(x2=required>)
`,
	),
	...readTable(
		"jax",
		"jax.scipy.special",
		"function",
		`
	expit sigmoid
	erf erf
	ndtr ndtr
	log_ndtr log_ndtr
	logsumexp logsumexp
`,
	),
	...readTable(
		"jax",
		"jax.lax",
		"function",
		`
	logistic sigmoid
	tanh tanh
`,
	),
	...readTable("flax", "flax.linen", "function", FUNCTIONS),
	...readTable(
		"flax",
		"flax.linen",
		"module",
		`
	PReLU prelu(negative_slope_init=0.01>weight, param_dtype=float32>)
`,
	),
	...readTable("flax", "flax.nnx", "function", FUNCTIONS),
	...readTable(
		"flax",
		"flax.nnx",
		"module",
		`
	PReLU prelu(negative_slope_init=0.01>weight, dtype=none>, param_dtype=float32>)
`,
	),
	...readTable(
		"jax",
		"jax.example_libraries.stax",
		"function",
		`
	Relu relu
	Tanh tanh
	Sigmoid sigmoid
	Elu elu
	Selu selu
	Gelu gelu_tanh
	LeakyRelu leaky_relu
	Softplus softplus [threshold=Infinity]
	Softmax softmax
	LogSoftmax log_softmax
	Identity linear
	logsoftmax log_softmax(axis=-1>)
`,
	),
	...readTable(
		"equinox",
		"equinox.nn",
		"module",
		`
	PReLU prelu(init_alpha=0.25>weight)
`,
	),
];
