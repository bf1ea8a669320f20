import { type LibraryEntry, readTable } from "./entry.ts";

const functions: readonly LibraryEntry[] = [
	...readTable(
		"torch",
		"torch.nn.functional",
		"function",
		`
	threshold threshold(threshold=required, value=required)
	relu relu
	hardtanh hardtanh(min_val=-1, max_val=1)
	hardswish hard_swish
	relu6 relu6
	elu elu(alpha=1)
	selu selu
	celu celu(alpha=1)
	leaky_relu leaky_relu(negative_slope=0.01)
	prelu prelu(weight=required)
	rrelu rrelu(lower=0.125, upper=0.3333333333333333, training=false>, inplace=false>)
	glu glu(dim=-1>)
	gelu gelu(approximate=none>)
	logsigmoid log_sigmoid
	hardshrink hardshrink(lambd=0.5)
	tanhshrink tanhshrink
	softsign softsign
	softplus softplus(beta=1, threshold=20)
	softmin softmin(dim=none>, _stacklevel=3>, dtype=none>)
	softmax softmax(dim=none>, _stacklevel=3>, dtype=none>)
	softshrink softshrink(lambd=0.5)
	gumbel_softmax gumbel_softmax(tau=1>, hard=false>, eps=1e-10>, dim=-1>)
	log_softmax log_softmax(dim=none>, _stacklevel=3>, dtype=none>)
	tanh tanh
	sigmoid sigmoid
	hardsigmoid hard_sigmoid
	silu silu
	mish mish
	celu_ celu(alpha=1)
	elu_ elu(alpha=1)
	hardtanh_ hardtanh(min_val=-1, max_val=1)
	leaky_relu_ leaky_relu(negative_slope=0.01)
	relu_ relu
	rrelu_ rrelu(lower=0.125, upper=0.3333333333333333, training=false>)
	selu_ selu
	threshold_ threshold(threshold=required, value=required)
`,
	),
	...readTable(
		"torch",
		"torch",
		"function",
		`
	relu relu
	relu_ relu
	sigmoid sigmoid
	sigmoid_ sigmoid
	tanh tanh
	tanh_ tanh
	softmax softmax(dim=required>)
	log_softmax log_softmax(dim=required>)
	selu selu
	selu_ selu
	celu celu(alpha=1)
	celu_ celu(alpha=1)
	prelu prelu(weight=required)
	rrelu rrelu(lower=0.125, upper=0.3333333333333333, training=false>)
	rrelu_ rrelu(lower=0.125, upper=0.3333333333333333, training=false>)
	threshold threshold(threshold=required, value=required)
	threshold_ threshold(threshold=required, value=required)
	hardshrink hardshrink(lambd=0.5)
	exp exponential
	exp_ exponential
	erf erf
	erf_ erf
	sin sine
	sin_ sine
	cos cosine
	cos_ cosine
	sinc sinc_normalized
	sinc_ sinc_normalized
	atan arctan
	atan_ arctan
	arctan arctan
	arctan_ arctan
	asinh arcsinh
	asinh_ arcsinh
	arcsinh arcsinh
	arcsinh_ arcsinh
	sign sign
	sgn sign
	abs abs
	abs_ abs
	logsumexp logsumexp(dim=required>)
	heaviside heaviside(values=required>)
`,
	),
];

/** Functions that are made of others. */
const COMPOSED = /\.(gumbel_softmax|logsigmoid|softmin|softsign|tanhshrink)$/;

/** What the other functions call; some operators are named otherwise, or have no function. */
const operators: readonly LibraryEntry[] = [
	...functions
		.filter(({ name }) => !COMPOSED.test(name))
		.map((entry) => ({ ...entry, name: entry.name.replace(/^.*\./, "torch.ops.aten.") })),
	...readTable(
		"torch",
		"torch.ops.aten",
		"function",
		`
	log_sigmoid log_sigmoid
	_softmax softmax(dim=required>, half_to_float=required>)
	_log_softmax log_softmax(dim=required>, half_to_float=required>)
	silu_ silu
	mish_ mish
	hardswish_ hard_swish
	hardsigmoid_ hard_sigmoid
`,
	),
];

/** PyTorch. `torch.Tensor.…` are the methods; names that end in an underscore work in place. */
export const torch: readonly LibraryEntry[] = [
	...readTable(
		"torch",
		"torch.nn",
		"module",
		`
	Threshold threshold(threshold=required, value=required) [threshold=0, value=0]
	ReLU relu
	RReLU rrelu(lower=0.125, upper=0.3333333333333333)
	Hardtanh hardtanh(min_val=-1, max_val=1, inplace=false>, min_value=none>min_val, max_value=none>max_val)
	ReLU6 relu6
	Sigmoid sigmoid
	Hardsigmoid hard_sigmoid
	Tanh tanh
	SiLU silu
	Mish mish
	Hardswish hard_swish
	ELU elu(alpha=1)
	CELU celu(alpha=1)
	SELU selu
	GLU glu(dim=-1>)
	GELU gelu(approximate=none>)
	Hardshrink hardshrink(lambd=0.5)
	LeakyReLU leaky_relu(negative_slope=0.01)
	LogSigmoid log_sigmoid
	Softplus softplus(beta=1, threshold=20)
	Softshrink softshrink(lambd=0.5)
	PReLU prelu(num_parameters=1>, init=0.25>weight, device=none>, dtype=none>)
	Softsign softsign
	Tanhshrink tanhshrink
	Softmin softmin(dim=none>)
	Softmax softmax(dim=none>)
	Softmax2d softmax2d
	LogSoftmax log_softmax(dim=none>)
	Identity linear
`,
	),
	...functions,
	...operators,
	...readTable(
		"torch",
		"torch.Tensor",
		"method",
		`
	relu relu
	sigmoid sigmoid
	tanh tanh
	softmax softmax(dim=required>)
	log_softmax log_softmax(dim=required>)
	prelu prelu(weight=required)
	hardshrink hardshrink(lambd=0.5)
	exp exponential
	erf erf
	sin sine
	cos cosine
	sinc sinc_normalized
	atan arctan
	arctan arctan
	asinh arcsinh
	arcsinh arcsinh
	sign sign
	sgn sign
	abs abs
	logsumexp logsumexp(dim=required>)
	relu_ relu
	sigmoid_ sigmoid
	tanh_ tanh
	exp_ exponential
	erf_ erf
	sin_ sine
	cos_ cosine
	sinc_ sinc_normalized
	atan_ arctan
	arctan_ arctan
	asinh_ arcsinh
	arcsinh_ arcsinh
	sign_ sign
	sgn_ sign
	abs_ abs
`,
	),
	...readTable(
		"torch",
		"torch.special",
		"function",
		`
	expit sigmoid
	softmax softmax
	log_softmax log_softmax
	erf erf
	ndtr ndtr
	log_ndtr log_ndtr
	sinc sinc_normalized
	logsumexp logsumexp
`,
	),
];

/** Keys of `activation=` of the transformer layers and of `nonlinearity=` of `torch.nn.RNN`. */
export const torchStrings: readonly LibraryEntry[] = [
	...readTable(
		"torch",
		"",
		"string",
		`
	relu relu
	gelu gelu
	tanh tanh
`,
	),
];
