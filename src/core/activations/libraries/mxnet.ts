import { type LibraryEntry, readTable } from "./entry.ts";

const FUNCTIONS = `
	relu relu
	sigmoid sigmoid
	tanh tanh
	softmax softmax(axis=-1>)
	log_softmax log_softmax(axis=-1>)
	softsign softsign
	hard_sigmoid hard_sigmoid_keras2
`;

/** Apache MXNet: Gluon's blocks, and the functions of arrays and symbols. Its hard sigmoid is clip(0.2x + 0.5, 0, 1). */
export const mxnet: readonly LibraryEntry[] = [
	...readTable(
		"mxnet",
		"mxnet.gluon.nn",
		"module",
		`
	LeakyReLU leaky_relu(alpha=required>negative_slope)
	PReLU prelu(alpha_initializer=none>weight)
	ELU elu(alpha=1)
	SELU selu
	GELU gelu
	Swish swish_beta(beta=1)
	SiLU silu
	Identity linear
`,
	),
	...["mxnet.ndarray", "mxnet.symbol", "mxnet.numpy_extension"].flatMap((module) =>
		readTable("mxnet", module, "function", FUNCTIONS),
	),
	...readTable("mxnet", "mxnet.numpy", "function", "tanh tanh"),
];

/** The names that `nn.Activation("relu")`, `Dense(…, activation=)` and `nd.Activation(…, act_type=)` take. */
export const mxnetStrings: readonly LibraryEntry[] = readTable(
	"mxnet",
	"",
	"string",
	`
	relu relu
	sigmoid sigmoid
	tanh tanh
	softrelu softplus
	softsign softsign
	log_sigmoid log_sigmoid
	mish mish
`,
);
