import { type LibraryEntry, readTable } from "./entry.ts";

const LAYERS = `
	ReLU relu
	ReLU6 relu6
	Sigmoid sigmoid
	Tanh tanh
	Silu silu
	Swish silu
	Mish mish
	GELU gelu(approximate=false>)
	ELU elu(alpha=1)
	CELU celu(alpha=1)
	SELU selu
	LeakyReLU leaky_relu(negative_slope=0.01)
	PReLU prelu(num_parameters=1>, init=0.25>weight)
	Hardtanh hardtanh(min=-1>min_val, max=1>max_val)
	Hardsigmoid hard_sigmoid
	Hardswish hard_swish
	Hardshrink hardshrink(threshold=0.5>lambd)
	Softshrink softshrink(threshold=0.5>lambd)
	Softplus softplus(beta=1, threshold=20)
	Softsign softsign
	Tanhshrink tanhshrink
	LogSigmoid log_sigmoid
	ThresholdedReLU thresholded_relu(threshold=1>theta)
	Softmax softmax(axis=-1>)
	LogSoftmax log_softmax(axis=-1>)
	Identity linear
`;

const FUNCTIONS = `
	relu relu
	relu6 relu6
	sigmoid sigmoid
	tanh tanh
	silu silu
	swish silu
	mish mish
	gelu gelu(approximate=false>)
	elu elu(alpha=1)
	celu celu(alpha=1)
	selu selu
	leaky_relu leaky_relu(negative_slope=0.01)
	hardtanh hardtanh(min=-1>min_val, max=1>max_val)
	hardsigmoid hard_sigmoid
	hardswish hard_swish
	hardshrink hardshrink(threshold=0.5>lambd)
	softshrink softshrink(threshold=0.5>lambd)
	softplus softplus(beta=1, threshold=20)
	softsign softsign
	tanhshrink tanhshrink
	log_sigmoid log_sigmoid
	thresholded_relu thresholded_relu(threshold=1>theta)
	softmax softmax(axis=-1>)
	log_softmax log_softmax(axis=-1>)
	relu_ relu
	elu_ elu(alpha=1)
	tanh_ tanh
	softmax_ softmax(axis=-1>)
`;

/** PaddlePaddle. `LeakyReLU` has slope 0.01 and `GELU` is the erf form, as in PyTorch. */
export const paddle: readonly LibraryEntry[] = [
	...readTable("paddle", "paddle.nn", "module", LAYERS),
	...readTable("paddle", "paddle.nn.functional", "function", FUNCTIONS),
	...readTable("paddle", "paddle", "function", "tanh tanh"),
];

/** What code looks up in `paddle.nn.functional`, or among the layers by a name in small letters, as PaddleSeg does. */
export const paddleStrings: readonly LibraryEntry[] = [
	...readTable("paddle", "", "string", FUNCTIONS),
	...readTable(
		"paddle",
		"",
		"string",
		LAYERS.replaceAll(/^\s*\w+/gm, (name) => name.toLowerCase()),
	),
];
