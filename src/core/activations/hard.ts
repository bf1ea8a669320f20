/** Piecewise linear stand-ins for sigmoid, tanh and SiLU, and the shrinkage functions: a dead or constant zone on purpose. */
import {
	abs,
	add,
	div,
	ge,
	gt,
	le,
	lt,
	max,
	min,
	mul,
	neg,
	parameter,
	square,
	sub,
	tanh,
	where,
	x,
} from "../expression/build.ts";
import { activation, fixed } from "./activation.ts";

const relu6Shifted = min(max(add(x, 3), 0), 6);
const beta = parameter("beta");
const lambd = parameter("lambd");

export const hardtanh = activation({
	id: "hardtanh",
	name: "Hardtanh",
	family: "hard",
	parameters: [fixed("min_val", -1, "<max_val"), fixed("max_val", 1)],
	definition: min(max(x, parameter("min_val")), parameter("max_val")),
});

export const hardSigmoid = activation({
	id: "hard_sigmoid",
	name: "Hardsigmoid",
	family: "hard",
	definition: div(relu6Shifted, 6),
	source: "Howard et al. 2019",
});

/** Slope 0.2, not 1/6: Keras 2, TensorFlow.js and ONNX. */
export const hardSigmoidKeras2 = activation({
	id: "hard_sigmoid_keras2",
	name: "Hard sigmoid (Keras 2)",
	family: "hard",
	parameters: [fixed("slope", 0.2), fixed("offset", 0.5)],
	definition: min(max(add(mul(parameter("slope"), x), parameter("offset")), 0), 1),
});

export const hardSwish = activation({
	id: "hard_swish",
	name: "Hardswish",
	aliases: ["hard_silu"],
	family: "hard",
	definition: div(mul(x, relu6Shifted), 6),
	// x/6·relu6 would round twice; x·relu6 overflows only past 3e307, where the slope is 1.
	stable: where(ge(x, 3), x, div(mul(x, max(add(x, 3), 0)), 6)),
	source: "Howard et al. 2019",
});

/** The slope at −2 is −1, as in timm: the lower end belongs to the rising part. */
export const hardMish = activation({
	id: "hard_mish",
	name: "Hard Mish",
	family: "hard",
	definition: mul(mul(0.5, x), min(where(ge(x, -2), add(x, 2), 0), 2)),
});

export const sparseSigmoid = activation({
	id: "sparse_sigmoid",
	name: "Sparse sigmoid",
	family: "hard",
	definition: where(le(x, -1), 0, where(lt(x, 1), div(add(x, 1), 2), 1)),
});

export const sparsePlus = activation({
	id: "sparse_plus",
	name: "Sparse plus",
	family: "softplus",
	definition: where(le(x, -1), 0, where(lt(x, 1), div(square(add(x, 1)), 4), x)),
	source: "Martins & Astudillo / Blondel",
});

export const smelu = activation({
	id: "smelu",
	name: "SmeLU",
	family: "softplus",
	parameters: [fixed("beta", 1, ">0")],
	definition: where(ge(x, beta), x, where(le(x, neg(beta)), 0, div(square(add(x, beta)), mul(4, beta)))),
	source: "Shamir et al. 2022",
});

export const softshrink = activation({
	id: "softshrink",
	name: "Softshrink",
	family: "shrink",
	parameters: [fixed("lambd", 0.5, ">=0")],
	definition: where(gt(x, lambd), sub(x, lambd), where(lt(x, neg(lambd)), add(x, lambd), 0)),
});

export const hardshrink = activation({
	id: "hardshrink",
	name: "Hardshrink",
	family: "shrink",
	parameters: [fixed("lambd", 0.5, ">=0")],
	definition: where(gt(abs(x), lambd), x, 0),
});

/** (x − tanh x) / x near 0, as far as 1e-8 of it. */
const tanhshrinkRatio = mul(
	square(x),
	sub(1 / 3, mul(square(x), sub(2 / 15, mul(square(x), sub(17 / 315, mul(62 / 2835, square(x))))))),
);

export const tanhshrink = activation({
	id: "tanhshrink",
	name: "Tanhshrink",
	family: "shrink",
	definition: sub(x, tanh(x)),
	accurate: where(lt(abs(x), 1 / 8), mul(x, tanhshrinkRatio), sub(x, tanh(x))),
});
