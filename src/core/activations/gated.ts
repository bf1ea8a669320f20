/** The input times a gate that depends on it: smooth, with a dip left of 0. */
import {
	abs,
	add,
	constant,
	cos,
	div,
	eq,
	erf,
	exp,
	floor,
	gt,
	log,
	log1p,
	logistic,
	lt,
	max,
	min,
	mul,
	neg,
	normalCdf,
	parameter,
	pow,
	sin,
	sinc as sincOf,
	softplus,
	sqrt,
	square,
	sub,
	tanh,
	where,
	x,
} from "../expression/build.ts";
import type { Expression } from "../expression/expression.ts";
import { activation, fixed, learned } from "./activation.ts";

const beta = parameter("beta");
const pi = constant(Math.PI, "pi");
const geluOfX = mul(x, normalCdf(x));
/** √(2/π)·(x + 0.044715·x³). */
const tanhArgument = mul(sqrt(div(2, pi)), add(x, mul(constant(0.044715, "0.044715"), pow(x, 3))));
const textbookSoftplus = log(add(1, exp(x)));

export const silu = activation({
	id: "silu",
	name: "SiLU",
	aliases: ["swish"],
	family: "gated",
	definition: mul(x, logistic(x)),
	source: "Elfwing et al. 2017",
});

export const swishBeta = activation({
	id: "swish_beta",
	name: "Swish-β",
	family: "gated",
	parameters: [learned("beta", 1)],
	definition: mul(x, logistic(mul(beta, x))),
	source: "Ramachandran et al. 2017",
});

export const eswish = activation({
	id: "eswish",
	name: "E-Swish",
	family: "gated",
	parameters: [fixed("beta", 1.5)],
	definition: mul(mul(beta, x), logistic(x)),
	source: "Alcaide 2018",
});

export const gelu = activation({
	id: "gelu",
	name: "GELU",
	family: "gated",
	definition: mul(mul(0.5, x), add(1, erf(div(x, sqrt(constant(2)))))),
	stable: geluOfX,
	source: "Hendrycks & Gimpel 2016",
});

export const geluTanh = activation({
	id: "gelu_tanh",
	name: "GELU (tanh form)",
	aliases: ["gelu_new", "gelu_pytorch_tanh", "gelu_fast"],
	family: "gated",
	definition: mul(mul(0.5, x), add(1, tanh(tanhArgument))),
	stable: mul(x, logistic(mul(2, tanhArgument))),
	accurate: where(gt(abs(x), 1e3), max(x, 0), mul(x, logistic(mul(2, tanhArgument)))),
	source: "Hendrycks & Gimpel 2016",
});

export const quickGelu = activation({
	id: "quick_gelu",
	name: "QuickGELU",
	family: "gated",
	definition: mul(x, logistic(mul(constant(1.702, "1.702"), x))),
	source: "Hendrycks & Gimpel 2016",
});

export const geluClipped = activation({
	id: "gelu_clipped",
	name: "Clipped GELU",
	aliases: ["gelu_10"],
	family: "gated",
	parameters: [fixed("min", -10, "<=max"), fixed("max", 10)],
	definition: min(max(geluOfX, parameter("min")), parameter("max")),
	source: "Wu et al. 2020",
});

export const mish = activation({
	id: "mish",
	name: "Mish",
	family: "gated",
	definition: mul(x, tanh(textbookSoftplus)),
	stable: mul(x, tanh(softplus(x))),
	source: "Misra 2019",
});

export const tanhexp = activation({
	id: "tanhexp",
	name: "TanhExp",
	family: "gated",
	definition: mul(x, tanh(exp(x))),
	accurate: where(gt(x, 40), x, mul(x, tanh(exp(x)))),
	source: "Liu & Di 2020",
});

export const serf = activation({
	id: "serf",
	name: "Serf",
	family: "gated",
	definition: mul(x, erf(textbookSoftplus)),
	stable: mul(x, erf(softplus(x))),
	source: "Nag & Bhattacharyya 2021",
});

export const logish = activation({
	id: "logish",
	name: "Logish",
	family: "gated",
	definition: mul(x, log1p(logistic(x))),
	source: "Zhu et al. 2021",
});

export const smish = activation({
	id: "smish",
	name: "Smish",
	family: "gated",
	definition: mul(x, tanh(log1p(logistic(x)))),
	source: "Wang et al. 2022",
});

export const phish = activation({
	id: "phish",
	name: "Phish",
	family: "gated",
	definition: mul(x, tanh(geluOfX)),
	source: "Naveen 2022",
});

export const lisht = activation({
	id: "lisht",
	name: "LiSHT",
	family: "gated",
	definition: mul(x, tanh(x)),
	source: "Roy et al. 2019",
});

const coluForm = div(x, sub(1, mul(x, exp(neg(add(x, exp(x)))))));

export const colu = activation({
	id: "colu",
	name: "CoLU",
	family: "gated",
	definition: coluForm,
	accurate: where(gt(x, 40), x, where(lt(x, -600), neg(exp(x)), coluForm)),
	source: "Vagerwal 2021",
});

export const flattenTswish = activation({
	id: "flatten_tswish",
	name: "Flatten-T Swish",
	family: "gated",
	parameters: [fixed("T", -0.2)],
	definition: add(mul(max(x, 0), logistic(x)), parameter("T")),
	source: "Chieng et al. 2018",
});

const p1MinusP2 = sub(parameter("p1"), parameter("p2"));

export const aconC = activation({
	id: "acon_c",
	name: "ACON-C",
	family: "gated",
	parameters: [learned("p1", 1), learned("p2", 0), learned("beta", 1)],
	definition: add(mul(mul(p1MinusP2, x), logistic(mul(beta, mul(p1MinusP2, x)))), mul(parameter("p2"), x)),
	source: "Ma et al. 2021",
});

export const sine = activation({
	id: "sine",
	name: "Sine",
	aliases: ["siren"],
	family: "periodic",
	parameters: [fixed("w0", 1, "SIREN: 30")],
	definition: sin(mul(parameter("w0"), x)),
	source: "Sitzmann et al. 2020",
});

export const cosine = activation({ id: "cosine", name: "Cosine", family: "periodic", definition: cos(x) });

export const snake = activation({
	id: "snake",
	name: "Snake",
	family: "periodic",
	parameters: [learned("a", 1, "!=0")],
	definition: add(x, div(square(sin(mul(parameter("a"), x))), parameter("a"))),
	source: "Ziyin et al. 2020",
});

export const snakeBeta = activation({
	id: "snake_beta",
	name: "SnakeBeta",
	family: "periodic",
	parameters: [learned("alpha", 1), learned("beta", 1, "!=0")],
	definition: add(x, div(square(sin(mul(parameter("alpha"), x))), beta)),
	source: "BigVGAN 2022",
});

export const gcu = activation({
	id: "gcu",
	name: "GCU",
	family: "periodic",
	definition: mul(x, cos(x)),
	source: "Noel et al. 2021",
});

/** sin(u)/u for |u| ≤ 1/8, and its slope, to 1e-9. */
function sincNear(u: Expression): Expression {
	const term = (n: number, rest: Expression) => sub(1, mul(div(square(u), n * (n + 1)), rest));
	return term(2, term(4, term(6, constant(1))));
}

/** Unnormalised: sin(x)/x. */
export const sinc = activation({
	id: "sinc",
	name: "Sinc",
	family: "periodic",
	definition: sincOf(x),
	accurate: where(lt(abs(x), 1 / 8), sincNear(x), sincOf(x)),
});

/** sin(πx)/(πx), as numpy.sinc, torch.sinc and jax.numpy.sinc have it. */
export const sincNormalized = activation({
	id: "sinc_normalized",
	name: "Sinc (normalised)",
	family: "periodic",
	definition: sincOf(mul(pi, x)),
	// What a double has of πx is off by more, the larger it is; the sine's period is 2 exactly.
	accurate: where(
		lt(abs(x), 1 / 32),
		sincNear(mul(pi, x)),
		where(gt(abs(x), 4), div(sin(mul(pi, sub(x, mul(2, floor(div(x, 2)))))), mul(pi, x)), sincOf(mul(pi, x))),
	),
});

/**
 * The default σ means 1/√2 exactly, which no double is: there the function is e^(−x²). The term in σ − σ₀ is 0 there and
 * gives the derivative by σ.
 */
const DEFAULT_SIGMA = Math.SQRT1_2;
const sigma = parameter("sigma");
const bump = exp(neg(div(square(x), mul(2, square(sigma)))));

export const gaussian = activation({
	id: "gaussian",
	name: "Gaussian",
	family: "bump",
	parameters: [fixed("sigma", DEFAULT_SIGMA, ">0")],
	definition: bump,
	stable: where(
		eq(sigma, DEFAULT_SIGMA),
		add(exp(neg(square(x))), mul(sub(sigma, DEFAULT_SIGMA), mul(div(square(x), pow(sigma, 3)), bump))),
		bump,
	),
	accurate: where(eq(sigma, DEFAULT_SIGMA), exp(neg(square(x))), bump),
});
