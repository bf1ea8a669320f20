import { type LibraryEntry, readTable } from "./entry.ts";

/** PyTorch Image Models. The keys serve `act_layer=`, `get_act_layer`, `get_act_fn` and `create_act_layer`. */
export const timm: readonly LibraryEntry[] = [
	...readTable(
		"timm",
		"timm.models.metaformer",
		"module",
		`
	StarReLU star_relu(scale_value=1>scale, bias_value=0>bias, scale_learnable=true>, bias_learnable=true>)
	SquaredReLU relu_squared
`,
	),
	...readTable(
		"timm",
		"timm.layers",
		"module",
		`
	GluMlp glu
	SwiGLU swiglu
	Swish silu
	Mish mish
	Sigmoid sigmoid
	Tanh tanh
	HardSwish hard_swish
	HardSigmoid hard_sigmoid
	HardMish hard_mish
	PReLU prelu(num_parameters=1>, init=0.25>weight)
	GELU gelu
	GELUTanh gelu_tanh
	QuickGELU quick_gelu
	SwishMe silu
	MishMe mish
	HardSigmoidMe hard_sigmoid
	HardSwishMe hard_swish
	HardMishMe hard_mish
`,
	),
	...readTable(
		"timm",
		"timm.layers",
		"function",
		`
	swish silu
	mish mish
	sigmoid sigmoid
	tanh tanh
	hard_swish hard_swish
	hard_sigmoid hard_sigmoid
	hard_mish hard_mish
	gelu gelu
	gelu_tanh gelu_tanh
	quick_gelu quick_gelu
`,
	),
];

export const timmStrings: readonly LibraryEntry[] = [
	...readTable(
		"timm",
		"",
		"string",
		`
	celu celu
	elu elu
	gelu gelu
	gelu_tanh gelu_tanh
	hard_mish hard_mish
	hard_sigmoid hard_sigmoid
	hard_swish hard_swish
	hardsigmoid hard_sigmoid
	hardswish hard_swish
	leaky_relu leaky_relu
	mish mish
	quick_gelu quick_gelu
	relu relu
	relu6 relu6
	selu selu
	sigmoid sigmoid
	silu silu
	swish silu
	tanh tanh
	identity linear
	prelu prelu
`,
	),
];
