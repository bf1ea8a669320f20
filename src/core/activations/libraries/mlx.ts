import { type LibraryEntry, readTable } from "./entry.ts";

/** Apple's MLX. */
export const mlx: readonly LibraryEntry[] = [
	...readTable(
		"mlx",
		"mlx.nn",
		"function",
		`
	relu relu
	relu6 relu6
	leaky_relu leaky_relu(negative_slope=0.01)
	elu elu(alpha=1)
	celu celu(alpha=1)
	selu selu
	gelu gelu
	gelu_approx gelu_tanh
	gelu_fast_approx quick_gelu
	silu silu
	mish mish
	glu glu(axis=-1>)
	sigmoid sigmoid
	log_sigmoid log_sigmoid
	tanh tanh
	softplus softplus [threshold=Infinity]
	softsign softsign
	softmax softmax(axis=-1>)
	log_softmax log_softmax(axis=-1>)
	softmin softmin(axis=-1>)
	softshrink softshrink(lambd=0.5)
	hard_shrink hardshrink(lambd=0.5)
	hard_tanh hardtanh(min_val=-1, max_val=1)
	hardswish hard_swish
`,
	),
	...readTable(
		"mlx",
		"mlx.nn",
		"module",
		`
	ReLU relu
	ReLU6 relu6
	LeakyReLU leaky_relu(negative_slope=0.01)
	PReLU prelu(num_parameters=1>, init=0.25>weight)
	ELU elu(alpha=1)
	CELU celu(alpha=1)
	SELU selu
	GELU gelu(approx=none!)
	SiLU silu
	Mish mish
	GLU glu(axis=-1>)
	Sigmoid sigmoid
	LogSigmoid log_sigmoid
	Tanh tanh
	Softplus softplus [threshold=Infinity]
	Softsign softsign
	Softmax softmax
	LogSoftmax log_softmax
	Softmin softmin
	Softshrink softshrink(lambd=0.5)
	HardShrink hardshrink
	HardTanh hardtanh
	Hardswish hard_swish
	Identity linear
`,
	),
	...readTable(
		"mlx",
		"mlx.core",
		"function",
		`
	sigmoid sigmoid
	tanh tanh
	softmax softmax(axis=none>)
`,
	),
];
