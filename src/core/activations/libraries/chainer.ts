import { type LibraryEntry, readTable } from "./entry.ts";

/** Chainer. Its leaky ReLU has slope 0.2, its hard sigmoid is clip(0.2x + 0.5, 0, 1), and its axis is that of the channels. */
export const chainer: readonly LibraryEntry[] = [
	...readTable(
		"chainer",
		"chainer.functions",
		"function",
		`
	relu relu
	relu6 relu6
	leaky_relu leaky_relu(slope=0.2>negative_slope)
	elu elu(alpha=1)
	selu selu(alpha=1.6732632423543772!, scale=1.0507009873554804!)
	crelu crelu(axis=1>)
	sigmoid sigmoid
	hard_sigmoid hard_sigmoid_keras2
	tanh tanh
	softplus softplus(beta=1) [threshold=Infinity]
	softmax softmax(axis=1>)
	log_softmax log_softmax(axis=1>)
	identity linear
`,
	),
	...readTable("chainer", "chainer.links", "module", "PReLU prelu(shape=none>, init=0.25>weight)"),
];
