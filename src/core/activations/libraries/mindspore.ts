import { type LibraryEntry, readTable } from "./entry.ts";

/** MindSpore. Its leaky ReLU has slope 0.2, and its layer `GELU` is the form with tanh unless it is told otherwise. */
export const mindspore: readonly LibraryEntry[] = [
	...readTable(
		"mindspore",
		"mindspore.nn",
		"module",
		`
	ReLU relu
	ReLU6 relu6
	LeakyReLU leaky_relu(alpha=0.2>negative_slope)
	PReLU prelu(channel=1>, w=0.25>weight)
	ELU elu(alpha=1)
	CELU celu(alpha=1)
	SeLU selu
	GELU gelu_tanh(approximate=true>)
	FastGelu quick_gelu
	SiLU silu
	Mish mish
	GLU glu(axis=-1>)
	Sigmoid sigmoid
	HSigmoid hard_sigmoid
	HSwish hard_swish
	LogSigmoid log_sigmoid
	Tanh tanh
	Hardtanh hardtanh(min_val=-1, max_val=1)
	Tanhshrink tanhshrink
	SoftShrink softshrink(lambd=0.5)
	HShrink hardshrink(lambd=0.5)
	Softsign softsign
	Softmax softmax(axis=-1>)
	LogSoftmax log_softmax(axis=-1>)
	Identity linear
`,
	),
	...readTable(
		"mindspore",
		"mindspore.ops",
		"function",
		`
	relu relu
	relu6 relu6
	leaky_relu leaky_relu(alpha=0.2>negative_slope)
	elu elu(alpha=1)
	celu celu(alpha=1)
	selu selu
	gelu gelu(approximate=none>)
	silu silu
	mish mish
	sigmoid sigmoid
	hardsigmoid hard_sigmoid
	hardswish hard_swish
	tanh tanh
	softsign softsign
	softmax softmax(axis=-1>)
	log_softmax log_softmax(axis=-1>)
`,
	),
	...readTable(
		"mindspore",
		"mindspore.ops",
		"module",
		`
	ReLU relu
	ReLU6 relu6
	Elu elu(alpha=1)
	SeLU selu
	Mish mish
	Sigmoid sigmoid
	HSigmoid hard_sigmoid
	HSwish hard_swish
	Tanh tanh
	Softsign softsign
	Softmax softmax(axis=-1>)
	LogSoftmax log_softmax(axis=-1>)
`,
	),
];
