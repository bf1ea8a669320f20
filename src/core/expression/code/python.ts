import { ATOM, atom, call, LOOSEST, POWER, type Printed, within } from "../printed.ts";
import { type Dialect, named, negated, prefix, signs, USUAL } from "./dialect.ts";
import {
	BY_ERF_ALONE,
	boundedExp,
	logisticByExp,
	logisticSlopeByExp,
	logNormalCdfByErfc,
	logNormalCdfByExp,
	normalCdfByErfc,
	signByChoice,
	sincBySin,
	softplusByLog1p,
	squareByProduct,
	tanhSlopeByCosh,
} from "./rewrites.ts";

/** A choice between two integers would be one. */
const asFloat = (number: Printed) => (/^-?\d+$/.test(number.text) ? { ...number, text: `${number.text}.0` } : number);

/** Plain numbers: the standard library. What tensors are multiplied by is written so too, as it leaves their type alone. */
export const python: Dialect = {
	unary: {
		...named("math", "sqrt", "exp", "expm1", "log", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
		...named("math", "atan", "asinh", "erf", "erfc", "floor"),
		abs: "abs",
		not: (operand) => ({ text: `not ${within(operand!, ATOM)}`, strength: LOOSEST }),
	},
	binary: { max: "max", min: "min", and: signs("and"), or: signs("or") },
	compare: {},
	where: (condition, then, otherwise) => ({
		text: `${within(then!, LOOSEST + 1)} if ${within(condition!, LOOSEST + 1)} else ${within(otherwise!, LOOSEST + 1)}`,
		strength: LOOSEST,
	}),
	number: (truth) => call("float", truth),
	rewrites: {
		logistic: logisticByExp,
		softplus: softplusByLog1p,
		normalCdf: normalCdfByErfc,
		logNormalCdf: logNormalCdfByErfc,
		sinc: sincBySin,
		square: squareByProduct,
		sign: signByChoice,
	},
	tails: { exp: boundedExp },
	logisticSlope: logisticSlopeByExp,
	pi: "math.pi",
	e: "math.e",
	infinity: "math.inf",
	equal: "==",
	notEqual: "!=",
};

const shared = {
	compare: {},
	pi: "math.pi",
	e: "math.e",
	infinity: "math.inf",
	equal: "==",
	notEqual: "!=",
	scalar: python,
	tanhSlope: tanhSlopeByCosh,
} as const;

export const pytorch: Dialect = {
	...shared,
	unary: {
		...named("torch", ...USUAL, "tanh", "floor", "square", "atan", "asinh", "erf", "erfc"),
		logistic: "torch.sigmoid",
		// F.softplus switches to x at its threshold of 20.
		softplus: (operand) => call("torch.logaddexp", operand!, call("torch.zeros_like", operand!)),
		logNormalCdf: "torch.special.log_ndtr",
		not: prefix("~"),
	},
	binary: { max: "torch.maximum", min: "torch.minimum", and: signs("&"), or: signs("|") },
	where: "torch.where",
	relu: "torch.relu",
	atLeast: (u, bound) => call("torch.clamp", u!, { ...bound!, text: `min=${bound!.text}` }),
	atMost: (u, bound) => call("torch.clamp", u!, { ...bound!, text: `max=${bound!.text}` }),
	number: (truth, x) => ({ text: `${within(truth, ATOM)}.to(${x.text}.dtype)`, strength: ATOM }),
	firstOfNumbers: (number, x) => call("torch.full_like", x, number),
	// torch.special.ndtr is 0 where the function is not, left of −8.
	rewrites: { normalCdf: normalCdfByErfc, sinc: sincBySin },
	tensorsDecide: true,
};

export const numpy: Dialect = {
	...shared,
	unary: {
		...named("np", ...USUAL, "tanh", "floor", "square"),
		atan: "np.arctan",
		asinh: "np.arcsinh",
		erf: "special.erf",
		erfc: "special.erfc",
		softplus: (operand) => call("np.logaddexp", operand!, atom("0")),
		normalCdf: "special.ndtr",
		logNormalCdf: "special.log_ndtr",
		not: prefix("~"),
	},
	binary: { max: "np.maximum", min: "np.minimum", and: signs("&"), or: signs("|") },
	where: "np.where",
	firstOfNumbers: asFloat,
	number: (truth) => ({ text: `np.where(${truth.text}, 1.0, 0.0)`, strength: ATOM }),
	rewrites: { logistic: logisticByExp, sinc: sincBySin },
	logisticSlope: logisticSlopeByExp,
};

export const jax: Dialect = {
	...shared,
	unary: {
		...named("jnp", ...USUAL, "tanh", "floor", "square"),
		atan: "jnp.arctan",
		asinh: "jnp.arcsinh",
		erf: "jax.scipy.special.erf",
		erfc: "jax.scipy.special.erfc",
		logistic: "jax.nn.sigmoid",
		softplus: "jax.nn.softplus",
		logNormalCdf: "jax.scipy.special.log_ndtr",
		not: prefix("~"),
	},
	binary: { max: "jnp.maximum", min: "jnp.minimum", and: signs("&"), or: signs("|") },
	where: "jnp.where",
	relu: "jax.nn.relu",
	firstOfNumbers: asFloat,
	number: (truth) => ({ text: `jnp.where(${truth.text}, 1.0, 0.0)`, strength: ATOM }),
	// jax.scipy.special.ndtr does not take float16 and bfloat16.
	rewrites: { normalCdf: normalCdfByErfc, sinc: sincBySin },
	tensorsDecide: true,
	parametersAreTensors: true,
};

/** TensorFlow: literals take the type of the tensor that they meet, and a tensor of none is one of float32. */
export const tensorflow: Dialect = {
	...shared,
	unary: {
		...named("tf.math", ...USUAL, "tanh", "floor", "square", "atan", "asinh", "erf", "erfc", "softplus"),
		logistic: "tf.math.sigmoid",
		not: prefix("~"),
	},
	binary: { max: "tf.maximum", min: "tf.minimum", and: signs("&"), or: signs("|") },
	where: "tf.where",
	relu: "tf.nn.relu",
	number: (truth, x) => call("tf.cast", truth, atom(`${x.text}.dtype`)),
	// A graph takes the type of a function's first argument for that of all.
	atLeast: (u, bound) => call("tf.maximum", u!, bound!),
	atMost: (u, bound) => call("tf.minimum", u!, bound!),
	firstOfNumbers: (number, x) => call("tf.constant", asFloat(number), atom(`${x.text}.dtype`)),
	isTypedByFirst: true,
	rewrites: { normalCdf: normalCdfByErfc, logNormalCdf: logNormalCdfByExp, sinc: sincBySin },
};

export const keras: Dialect = {
	...shared,
	unary: {
		...named("keras.ops", ...USUAL, "tanh", "floor", "square", "erf"),
		atan: "keras.ops.arctan",
		asinh: "keras.ops.arcsinh",
		logistic: "keras.ops.sigmoid",
		// keras.ops.softplus is x from 20 on where PyTorch computes it, and keras.ops.logaddexp of float32 digits alone.
		softplus: (operand) => negated(call("keras.ops.log_sigmoid", negated(operand!, POWER)), POWER),
		not: "keras.ops.logical_not",
	},
	binary: {
		max: "keras.ops.maximum",
		min: "keras.ops.minimum",
		and: "keras.ops.logical_and",
		or: "keras.ops.logical_or",
	},
	where: "keras.ops.where",
	relu: "keras.ops.relu",
	number: (truth, x) => call("keras.ops.cast", truth, atom(`${x.text}.dtype`)),
	firstOfNumbers: (number, x) => call("keras.ops.full_like", x, number),
	...BY_ERF_ALONE,
};
