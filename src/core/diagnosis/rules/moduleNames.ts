export type ModuleName =
	| "torch"
	| "torch.nn"
	| "torch.nn.functional"
	| "jax.nn"
	| "jax.numpy"
	| "flax.linen"
	| "flax.nnx"
	| "keras.activations"
	| "keras.layers"
	| "tensorflow"
	| "tensorflow.keras.activations"
	| "tensorflow.nn"
	| "tensorflow.math";

interface Module {
	readonly names: ReadonlySet<string>;
	readonly others: readonly ModuleName[];
}

const KERAS_ACTIVATIONS =
	"celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear " +
	"log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus " +
	"sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold";

/**
 * The names of each module that could be taken for an activation's: those of PyTorch 2.13, JAX 0.10, Flax 0.12, Keras 3.15
 * and TensorFlow 2.21, and what older versions of these two had. Behind them, the modules in which a name that is missing
 * may be meant.
 */
export const MODULES: Readonly<Record<ModuleName, Module>> = {
	torch: module(
		"abs abs_ arcsinh arcsinh_ arctan arctan_ asinh asinh_ atan atan_ celu celu_ cos cos_ erf erf_ exp exp_ hardshrink " +
			"heaviside log_softmax logsumexp prelu relu relu_ rrelu rrelu_ selu selu_ sigmoid sigmoid_ sign sin sin_ sinc " +
			"sinc_ softmax tanh tanh_ threshold threshold_",
		["torch.nn.functional", "torch.nn"],
	),
	"torch.nn": module(
		"CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh Identity LeakyReLU Linear LogSigmoid LogSoftmax Mish " +
			"PReLU RReLU ReLU ReLU6 SELU SiLU Sigmoid Softmax Softmax2d Softmin Softplus Softshrink Softsign Tanh Tanhshrink " +
			"Threshold",
		["torch.nn.functional"],
	),
	"torch.nn.functional": module(
		"celu celu_ elu elu_ gelu glu hardshrink hardsigmoid hardswish hardtanh hardtanh_ leaky_relu leaky_relu_ linear " +
			"log_softmax logsigmoid mish prelu relu relu6 relu_ rrelu rrelu_ selu selu_ sigmoid silu softmax softmin softplus " +
			"softshrink softsign tanh tanhshrink threshold threshold_",
		["torch", "torch.nn"],
	),
	"jax.nn": module(
		"celu elu gelu glu hard_sigmoid hard_silu hard_swish hard_tanh identity leaky_relu log_sigmoid log_softmax " +
			"logsumexp mish relu relu6 selu sigmoid silu soft_sign softmax softplus sparse_plus sparse_sigmoid squareplus swish " +
			"tanh",
		["jax.numpy"],
	),
	"jax.numpy": module("abs absolute arcsinh arctan asinh atan cos exp heaviside identity sign sin sinc tanh", [
		"jax.nn",
	]),
	"flax.linen": module(
		"PReLU activation celu elu gelu glu hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid " +
			"log_softmax logsumexp relu relu6 selu sigmoid silu soft_sign softmax softplus swish tanh",
		["jax.nn"],
	),
	"flax.nnx": module(
		"Linear PReLU celu elu gelu glu hard_sigmoid hard_silu hard_swish hard_tanh identity leaky_relu log_sigmoid " +
			"log_softmax relu relu6 selu sigmoid silu soft_sign softmax softplus swish tanh",
		["jax.nn"],
	),
	"keras.activations": module(KERAS_ACTIVATIONS, ["keras.layers"]),
	"keras.layers": module("ELU Identity LeakyReLU PReLU ReLU Softmax ThresholdedReLU", ["keras.activations"]),
	tensorflow: module("abs erf identity log log_sigmoid sigmoid sign sparse sqrt tanh", [
		"tensorflow.nn",
		"tensorflow.math",
	]),
	"tensorflow.keras.activations": module(KERAS_ACTIVATIONS, []),
	"tensorflow.nn": module(
		"crelu elu gelu leaky_relu log_softmax relu relu6 selu sigmoid silu softmax softplus softsign swish tanh",
		["tensorflow.math", "tensorflow.keras.activations"],
	),
	"tensorflow.math": module(
		"abs asinh atan cos erf exp log_sigmoid log_softmax sigmoid sign sin softmax softplus softsign tanh",
		["tensorflow.nn"],
	),
};

function module(names: string, others: readonly ModuleName[]): Module {
	return { names: new Set(names.split(" ")), others };
}

export function isModule(name: string): name is ModuleName {
	return Object.hasOwn(MODULES, name);
}
