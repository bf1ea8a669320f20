import { type LibraryEntry, readTable } from "./entry.ts";

/** TensorFlow.js, where `tf` is `@tensorflow/tfjs`. */
export const tfjs: readonly LibraryEntry[] = [
	...readTable(
		"tfjs",
		"tf",
		"function",
		`
	relu relu
	relu6 relu6
	elu elu
	selu selu
	leakyRelu leaky_relu(alpha=0.2>negative_slope)
	prelu prelu(alpha=required>weight)
	sigmoid sigmoid
	logSigmoid log_sigmoid
	tanh tanh
	softplus softplus [threshold=Infinity]
	softmax softmax(dim=-1>)
	logSoftmax log_softmax(axis=-1>)
	step heaviside(alpha=0>)
	exp exponential
	erf erf
	sin sine
	cos cosine
	atan arctan
	asinh arcsinh
	sign sign
	abs abs
	logSumExp logsumexp
`,
	),
	...readTable(
		"tfjs",
		"tf.layers",
		"module",
		`
	reLU relu(maxValue=none>)
	leakyReLU leaky_relu(alpha=0.3>negative_slope)
	elu elu(alpha=1)
	thresholdedReLU thresholded_relu(theta=1)
	prelu prelu(alphaInitializer=zeros>weight) [weight=0]
	softmax softmax(axis=-1>)
`,
	),
];

/** Keys of `activation:` of the layers. */
export const tfjsStrings: readonly LibraryEntry[] = [
	...readTable(
		"tfjs",
		"",
		"string",
		`
	elu elu
	selu selu
	relu relu
	relu6 relu6
	linear linear
	sigmoid sigmoid
	hardSigmoid hard_sigmoid_keras2
	softplus softplus [threshold=Infinity]
	softsign softsign
	tanh tanh
	softmax softmax
	logSoftmax log_softmax
	swish silu
	mish mish
	gelu gelu
	gelu_new gelu_tanh
`,
	),
];
