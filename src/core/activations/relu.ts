/** The rectifiers: piecewise linear (or quadratic) with a kink where the unit switches on. */
import {
	abs,
	add,
	constant,
	div,
	ge,
	gt,
	log1p,
	max,
	min,
	mul,
	parameter,
	sign,
	square,
	sub,
	where,
	x,
} from "../expression/build.ts";
import { activation, fixed, learned } from "./activation.ts";

const rectified = max(x, 0);
const leak = (slope: ReturnType<typeof parameter>) => where(gt(x, 0), x, mul(slope, x));

export const linear = activation({
	id: "linear",
	name: "Linear",
	aliases: ["identity"],
	family: "linear",
	definition: x,
});

export const relu = activation({
	id: "relu",
	name: "ReLU",
	family: "relu",
	definition: rectified,
	source: "Nair & Hinton 2010",
});

export const relu6 = activation({
	id: "relu6",
	name: "ReLU6",
	family: "relu",
	definition: min(rectified, 6),
	source: "Krizhevsky 2010",
});

/** Keras's `ReLU(max_value, negative_slope, threshold)`; no maximum is an infinite one. */
export const reluGeneral = activation({
	id: "relu_general",
	name: "ReLU (general)",
	family: "relu",
	parameters: [
		fixed("negative_slope", 0, ">=0"),
		fixed("max_value", Number.POSITIVE_INFINITY, ">=0 or null"),
		fixed("threshold", 0),
	],
	definition: where(
		ge(x, parameter("max_value")),
		parameter("max_value"),
		where(ge(x, parameter("threshold")), x, mul(parameter("negative_slope"), sub(x, parameter("threshold")))),
	),
});

export const leakyRelu = activation({
	id: "leaky_relu",
	name: "LeakyReLU",
	family: "relu",
	parameters: [fixed("negative_slope", 0.01)],
	definition: leak(parameter("negative_slope")),
	source: "Maas et al. 2013",
});

export const prelu = activation({
	id: "prelu",
	name: "PReLU",
	family: "relu",
	parameters: [learned("weight", 0.25)],
	definition: leak(parameter("weight")),
	source: "He et al. 2015",
});

/** In training the slope is drawn from U(lower, upper) for each element; in evaluation it is their mean. */
export const rrelu = activation({
	id: "rrelu",
	name: "RReLU",
	family: "relu",
	parameters: [fixed("lower", 0.125, "<=upper"), fixed("upper", 1 / 3)],
	definition: where(gt(x, 0), x, mul(div(add(parameter("lower"), parameter("upper")), 2), x)),
	source: "Xu et al. 2015",
	stochastic: true,
});

export const threshold = activation({
	id: "threshold",
	name: "Threshold",
	family: "relu",
	parameters: [fixed("threshold", 0), fixed("value", 0)],
	definition: where(gt(x, parameter("threshold")), x, parameter("value")),
});

export const thresholdedRelu = activation({
	id: "thresholded_relu",
	name: "ThresholdedReLU",
	family: "relu",
	parameters: [fixed("theta", 1, ">=0")],
	definition: where(gt(x, parameter("theta")), x, 0),
	source: "Konda et al. 2014",
});

export const reluSquared = activation({
	id: "relu_squared",
	name: "Squared ReLU",
	aliases: ["relu2", "squared_relu"],
	family: "relu",
	definition: square(rectified),
	source: "So et al. 2021 (Primer)",
});

export const starRelu = activation({
	id: "star_relu",
	name: "StarReLU",
	family: "relu",
	parameters: [learned("scale", 1), learned("bias", 0)],
	definition: add(mul(parameter("scale"), square(rectified)), parameter("bias")),
	source: "Yu et al. 2022",
});

export const nlrelu = activation({
	id: "nlrelu",
	name: "NLReLU",
	family: "relu",
	parameters: [fixed("beta", 1, ">0")],
	definition: log1p(mul(parameter("beta"), rectified)),
	source: "Liu et al. 2019",
});

export const srelu = activation({
	id: "srelu",
	name: "SReLU",
	family: "relu",
	parameters: [learned("t_l", -1, "<=t_r"), learned("a_l", 0.1), learned("t_r", 1), learned("a_r", 2)],
	definition: where(
		ge(x, parameter("t_r")),
		add(parameter("t_r"), mul(parameter("a_r"), sub(x, parameter("t_r")))),
		where(gt(x, parameter("t_l")), x, add(parameter("t_l"), mul(parameter("a_l"), sub(x, parameter("t_l"))))),
	),
	source: "Jin et al. 2016",
});

export const heaviside = activation({
	id: "heaviside",
	name: "Heaviside step",
	aliases: ["binary_step", "step"],
	family: "step",
	definition: where(gt(x, 0), constant(1), constant(0)),
});

export const signum = activation({ id: "sign", name: "Sign", family: "step", definition: sign(x) });

export const absolute = activation({ id: "abs", name: "Absolute value", family: "misc", definition: abs(x) });
