import { type LibraryEntry, readTable } from "./entry.ts";

/** Trax: functions that make layers. Its HardSigmoid, clip(x + 1, 0, 1), and ParametricRelu, max(ax, 0), are others. */
export const trax: readonly LibraryEntry[] = [
	...readTable(
		"trax",
		"trax.layers",
		"module",
		`
	Relu relu
	LeakyRelu leaky_relu(a=0.01>negative_slope)
	Elu elu(a=1>alpha)
	Selu selu(alpha=1.6732632423543772!, lmbda=1.0507009873554804!)
	Gelu gelu
	FastGelu gelu_tanh
	Sigmoid sigmoid
	Tanh tanh
	HardTanh hardtanh
	Softplus softplus [threshold=Infinity]
	Swish silu
	Glu glu
	Exp exponential
	Softmax softmax(axis=-1>)
	LogSoftmax log_softmax(axis=-1>)
`,
	),
	...readTable("trax", "trax.layers", "function", "log_softmax log_softmax(axis=-1>)"),
];
