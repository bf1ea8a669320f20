import { type LibraryEntry, readTable } from "./entry.ts";

/** Hugging Face Transformers. The keys are those of `ACT2FN`. */
export const transformers: readonly LibraryEntry[] = [
	...readTable(
		"transformers",
		"transformers.activations",
		"module",
		`
	GELUActivation gelu
	NewGELUActivation gelu_tanh
	PytorchGELUTanh gelu_tanh
	GELUTanh gelu_tanh
	FastGELUActivation gelu_tanh
	AccurateGELUActivation gelu_tanh
	QuickGELUActivation quick_gelu
	ClippedGELUActivation gelu_clipped(min=required, max=required)
	SiLUActivation silu
	MishActivation mish
	LinearActivation linear
	LaplaceActivation laplace
	ReLUSquaredActivation relu_squared
	XIELUActivation xielu(alpha_p_init=0.8>alpha_p, alpha_n_init=0.8>alpha_n, beta=0.5, eps=-1e-06)
`,
	),
	...readTable(
		"transformers",
		"transformers.activations",
		"function",
		`
	gelu gelu
	gelu_python gelu
	gelu_new gelu_tanh
	gelu_fast gelu_tanh
	quick_gelu quick_gelu
	silu silu
	mish mish
	linear_act linear
`,
	),
];

export const transformersStrings: readonly LibraryEntry[] = [
	...readTable(
		"transformers",
		"",
		"string",
		`
	gelu gelu
	gelu_10 gelu_clipped [min=-10, max=10]
	gelu_fast gelu_tanh
	gelu_new gelu_tanh
	gelu_python gelu
	linear linear
	mish mish
	quick_gelu quick_gelu
	relu relu
	sigmoid sigmoid
	silu silu
	swish silu
	tanh tanh
	gelu_pytorch_tanh gelu_tanh
	gelu_python_tanh gelu_tanh
	gelu_accurate gelu_tanh
	hardswish hard_swish
	laplace laplace
	leaky_relu leaky_relu
	relu2 relu_squared
	relu6 relu6
	sqrtsoftplus sqrt_softplus
	prelu prelu
	xielu xielu
	gated-gelu geglu_tanh
	gated-silu swiglu
	gated-relu reglu
`,
	),
];
