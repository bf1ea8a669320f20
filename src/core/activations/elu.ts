/** Linear on the right, an exponential that saturates on the left; and their relatives. */
import {
	add,
	constant,
	div,
	eq,
	exp,
	expm1,
	gt,
	log1p,
	logistic,
	lt,
	max,
	min,
	mul,
	neg,
	parameter,
	sqrt,
	square,
	sub,
	where,
	x,
} from "../expression/build.ts";
import type { Expression } from "../expression/expression.ts";
import { activation, fixed, learned } from "./activation.ts";

const alpha = parameter("alpha");
const positive = gt(x, 0);
/** SELU's constants, chosen so that mean 0 and variance 1 are a fixed point of a layer. */
const SELU_ALPHA = constant(1.6732632423543772, "1.6732632423543772848170429916717");
const SELU_SCALE = constant(1.0507009873554805, "1.0507009873554804934193349852946");
/** eᵘ − 1 as the textbooks write it; the stable form uses expm1. */
const textbook = (u: Expression) => sub(exp(u), 1);

export const elu = activation({
	id: "elu",
	name: "ELU",
	family: "elu",
	parameters: [fixed("alpha", 1)],
	definition: where(positive, x, mul(alpha, textbook(x))),
	stable: where(positive, x, mul(alpha, expm1(x))),
	source: "Clevert et al. 2015",
});

export const celu = activation({
	id: "celu",
	name: "CELU",
	family: "elu",
	parameters: [fixed("alpha", 1, "!=0")],
	definition: add(max(x, 0), min(mul(alpha, textbook(div(x, alpha))), 0)),
	stable: where(positive, x, mul(alpha, expm1(div(x, alpha)))),
	source: "Barron 2017",
});

export const selu = activation({
	id: "selu",
	name: "SELU",
	family: "elu",
	definition: mul(SELU_SCALE, where(positive, x, mul(SELU_ALPHA, textbook(x)))),
	stable: mul(SELU_SCALE, where(positive, x, mul(SELU_ALPHA, expm1(x)))),
	source: "Klambauer et al. 2017",
});

export const pelu = activation({
	id: "pelu",
	name: "PELU",
	family: "elu",
	parameters: [learned("a", 1, ">0"), learned("b", 1, ">0")],
	definition: where(
		positive,
		mul(div(parameter("a"), parameter("b")), x),
		mul(parameter("a"), textbook(div(x, parameter("b")))),
	),
	stable: where(
		positive,
		mul(div(parameter("a"), parameter("b")), x),
		mul(parameter("a"), expm1(div(x, parameter("b")))),
	),
	source: "Trottier et al. 2017",
});

export const elish = activation({
	id: "elish",
	name: "ELiSH",
	family: "elu",
	definition: where(positive, mul(x, logistic(x)), mul(textbook(x), logistic(x))),
	stable: where(positive, mul(x, logistic(x)), mul(expm1(x), logistic(x))),
	source: "Basirat & Roth 2018",
});

const hardGate = min(max(div(add(x, 1), 2), 0), 1);

export const hardElish = activation({
	id: "hard_elish",
	name: "HardELiSH",
	family: "elu",
	definition: where(positive, mul(x, hardGate), mul(textbook(x), hardGate)),
	stable: where(positive, mul(x, hardGate), mul(expm1(x), hardGate)),
	source: "Basirat & Roth 2018",
});

const softExponentialForm = where(
	lt(alpha, 0),
	neg(div(log1p(neg(mul(alpha, add(x, alpha)))), alpha)),
	where(gt(alpha, 0), add(div(expm1(mul(alpha, x)), alpha), alpha), add(x, mul(alpha, add(1, div(square(x), 2))))),
);

/** At α = 0 the function is x; the term in α keeps its derivative by α right there. Undefined for α < 0 where 1 − α(x + α) ≤ 0. */
export const softExponential = activation({
	id: "soft_exponential",
	name: "Soft exponential",
	family: "elu",
	parameters: [learned("alpha", 0)],
	definition: softExponentialForm,
	accurate: where(eq(alpha, 0), x, softExponentialForm),
	source: "Godfrey & Gashler 2015",
});

export const exponential = activation({ id: "exponential", name: "Exponential", family: "exp", definition: exp(x) });

/** With the effective, already constrained alphas, as Hugging Face computes it. The value just left of 0 is alpha_n·expm1(eps). */
export const xielu = activation({
	id: "xielu",
	name: "xIELU",
	family: "elu",
	parameters: [
		learned("alpha_p", 0.8, ">0 (effective, softplus-constrained)"),
		learned("alpha_n", 0.8, ">beta (effective)"),
		fixed("beta", 0.5),
		fixed("eps", -1e-6, "<0"),
	],
	definition: where(
		positive,
		add(mul(parameter("alpha_p"), square(x)), mul(parameter("beta"), x)),
		add(
			mul(parameter("alpha_n"), sub(expm1(where(lt(x, parameter("eps")), x, parameter("eps"))), x)),
			mul(parameter("beta"), x),
		),
	),
	source: "Huang & Schlag 2024",
});

export const isrlu = activation({
	id: "isrlu",
	name: "ISRLU",
	family: "elu",
	parameters: [fixed("alpha", 1, ">0")],
	definition: where(positive, x, div(x, sqrt(add(1, mul(alpha, square(x)))))),
	// x² overflows where the function is −1/√α.
	stable: where(
		positive,
		x,
		where(lt(x, -1), div(-1, sqrt(add(alpha, square(div(1, x))))), div(x, sqrt(add(1, mul(alpha, square(x)))))),
	),
	source: "Carlile et al. 2017",
});
