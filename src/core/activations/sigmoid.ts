/** The S-shaped functions: bounded (or slowly growing), with slopes that fade on both sides. */
import {
	abs,
	add,
	asinh,
	atan,
	constant,
	div,
	erf,
	exp,
	expm1,
	ge,
	gt,
	le,
	log,
	logistic,
	logNormalCdf,
	lt,
	mul,
	neg,
	normalCdf,
	parameter,
	sign,
	softplus as softplusOf,
	sqrt,
	square,
	sub,
	tanh as tanhOf,
	where,
	x,
} from "../expression/build.ts";
import { activation, fixed, learned } from "./activation.ts";

const alpha = parameter("alpha");

export const sigmoid = activation({
	id: "sigmoid",
	name: "Sigmoid",
	aliases: ["logistic", "expit"],
	family: "sigmoid",
	definition: div(1, add(1, exp(neg(x)))),
	stable: logistic(x),
	source: "Verhulst 1845",
});

export const logSigmoid = activation({
	id: "log_sigmoid",
	name: "LogSigmoid",
	family: "sigmoid",
	definition: neg(log(add(1, exp(neg(x))))),
	stable: neg(softplusOf(neg(x))),
});

export const tanh = activation({ id: "tanh", name: "Tanh", family: "sigmoid", definition: tanhOf(x) });

export const lecunTanh = activation({
	id: "lecun_tanh",
	name: "LeCun tanh",
	family: "sigmoid",
	definition: mul(constant(1.7159, "1.7159"), tanhOf(div(mul(2, x), 3))),
	source: "LeCun et al. 1998",
});

export const penalizedTanh = activation({
	id: "penalized_tanh",
	name: "Penalized tanh",
	family: "sigmoid",
	parameters: [fixed("a", 0.25, "in (0,1)")],
	definition: where(gt(x, 0), tanhOf(x), mul(parameter("a"), tanhOf(x))),
	source: "Xu et al. 2016",
});

export const dynamicTanh = activation({
	id: "dynamic_tanh",
	name: "Dynamic tanh (DyT)",
	family: "sigmoid",
	parameters: [learned("alpha", 0.5), learned("weight", 1), learned("bias", 0)],
	definition: add(mul(parameter("weight"), tanhOf(mul(alpha, x))), parameter("bias")),
	source: "Zhu et al. 2025",
});

export const softsign = activation({
	id: "softsign",
	name: "Softsign",
	family: "sigmoid",
	definition: div(x, add(1, abs(x))),
	// The slope's numerator cancels, and its denominator overflows.
	accurate: where(gt(abs(x), 1e9), mul(sign(x), sub(1, div(1, abs(x)))), div(x, add(1, abs(x)))),
});

const elliottForm = add(div(mul(0.5, x), add(1, abs(x))), 0.5);

export const elliott = activation({
	id: "elliott",
	name: "Elliott",
	family: "sigmoid",
	definition: elliottForm,
	// About 0 as defined, for its slopes there.
	stable: where(gt(abs(x), 1), where(lt(x, 0), div(0.5, sub(1, x)), sub(1, div(0.5, add(1, x)))), elliottForm),
	source: "Elliott 1993",
});

export const arctan = activation({ id: "arctan", name: "Arctan", family: "sigmoid", definition: atan(x) });

export const arcsinh = activation({
	id: "arcsinh",
	name: "Arcsinh",
	family: "sigmoid",
	definition: asinh(x),
	// x² overflows in the slope.
	accurate: where(gt(abs(x), 1e9), mul(sign(x), add(log(abs(x)), Math.LN2)), asinh(x)),
});

export const isru = activation({
	id: "isru",
	name: "ISRU",
	family: "sigmoid",
	parameters: [fixed("alpha", 1, ">0")],
	definition: div(x, sqrt(add(1, mul(alpha, square(x))))),
	// x² overflows where the function is ±1/√α.
	stable: where(
		gt(abs(x), 1),
		div(sign(x), sqrt(add(alpha, square(div(1, x))))),
		div(x, sqrt(add(1, mul(alpha, square(x))))),
	),
	source: "Carlile et al. 2017",
});

export const sqnl = activation({
	id: "sqnl",
	name: "SQNL",
	family: "sigmoid",
	definition: where(
		gt(x, 2),
		1,
		where(ge(x, 0), sub(x, div(square(x), 4)), where(ge(x, -2), add(x, div(square(x), 4)), -1)),
	),
	source: "Wuraola & Patel 2018",
});

export const errorFunction = activation({ id: "erf", name: "Erf", family: "sigmoid", definition: erf(x) });

export const ndtr = activation({
	id: "ndtr",
	name: "Normal CDF",
	aliases: ["probit", "normal_cdf"],
	family: "sigmoid",
	definition: normalCdf(x),
});

export const laplace = activation({
	id: "laplace",
	name: "Laplace (MEGA)",
	family: "sigmoid",
	// biome-ignore lint/suspicious/noApproximativeNumericConstant: MEGA rounds its constants to six digits.
	parameters: [fixed("mu", 0.707107), fixed("sigma", 0.282095, ">0")],
	definition: mul(0.5, add(1, erf(div(sub(x, parameter("mu")), mul(parameter("sigma"), sqrt(constant(2))))))),
	stable: normalCdf(div(sub(x, parameter("mu")), parameter("sigma"))),
	source: "Ma et al. 2022 (MEGA)",
});

export const cloglog = activation({
	id: "cloglog",
	name: "Complementary log-log",
	family: "sigmoid",
	definition: sub(1, exp(neg(exp(x)))),
	stable: neg(expm1(neg(exp(x)))),
	accurate: where(gt(x, 40), 1, neg(expm1(neg(exp(x))))),
});

export const logNdtr = activation({
	id: "log_ndtr",
	name: "Log normal CDF",
	family: "sigmoid",
	definition: log(normalCdf(x)),
	stable: logNormalCdf(x),
	accurate: where(lt(x, -1e4), sub(neg(mul(x, div(x, 2))), log(mul(Math.sqrt(2 * Math.PI), neg(x)))), logNormalCdf(x)),
});

const beta = parameter("beta");

/** Past `threshold` PyTorch returns x itself: a jump of about 2e-9/beta at its default of 20. */
export const softplus = activation({
	id: "softplus",
	name: "Softplus",
	family: "softplus",
	parameters: [
		fixed("beta", 1, "!=0"),
		fixed("threshold", Number.POSITIVE_INFINITY, "torch default 20; Infinity elsewhere"),
	],
	definition: where(gt(mul(beta, x), parameter("threshold")), x, div(log(add(1, exp(mul(beta, x)))), beta)),
	stable: where(gt(mul(beta, x), parameter("threshold")), x, div(softplusOf(mul(beta, x)), beta)),
	source: "Dugas et al. 2001, Incorporating Second-Order Functional Knowledge",
});

export const sqrtSoftplus = activation({
	id: "sqrt_softplus",
	name: "Sqrt softplus",
	family: "softplus",
	definition: sqrt(log(add(1, exp(x)))),
	stable: sqrt(softplusOf(x)),
	accurate: where(lt(x, -40), exp(div(x, 2)), sqrt(softplusOf(x))),
});

const b = parameter("b");
const rootOfSquare = sqrt(add(square(x), b));

/** For x < 0 the sum cancels, and b/(2(√(x² + b) − x)) is the same. */
const squareplusForm = where(le(x, 0), div(b, mul(2, sub(rootOfSquare, x))), div(add(x, rootOfSquare), 2));

export const squareplus = activation({
	id: "squareplus",
	name: "Squareplus",
	family: "softplus",
	parameters: [fixed("b", 4, ">=0")],
	definition: div(add(x, rootOfSquare), 2),
	stable: squareplusForm,
	accurate: where(gt(abs(x), 1e9), where(gt(x, 0), x, div(b, mul(-4, x))), squareplusForm),
	source: "Barron 2021",
});

export const bentIdentity = activation({
	id: "bent_identity",
	name: "Bent identity",
	family: "misc",
	definition: add(div(sub(sqrt(add(square(x), 1)), 1), 2), x),
	// Near 0 the difference cancels, and x² overflows where the function is a straight line.
	stable: add(
		where(
			gt(abs(x), 1),
			div(sub(mul(abs(x), sqrt(add(1, square(div(1, x))))), 1), 2),
			div(square(x), mul(2, add(sqrt(add(square(x), 1)), 1))),
		),
		x,
	),
});
