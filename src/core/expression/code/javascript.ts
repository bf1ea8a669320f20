import { ATOM, call, LOOSEST, within } from "../printed.ts";
import { type Dialect, named, prefix, signs, USUAL } from "./dialect.ts";
import {
	BY_ERF_ALONE,
	logisticByExp,
	logisticSlopeByExp,
	logNormalCdfByErfc,
	normalCdfByErfc,
	sincBySin,
	softplusByLog1p,
	squareByProduct,
	tanhSlopeByCosh,
} from "./rewrites.ts";

const shared = {
	pi: "Math.PI",
	e: "Math.E",
	infinity: "Number.POSITIVE_INFINITY",
	equal: "===",
	notEqual: "!==",
	tanhSlope: tanhSlopeByCosh,
} as const;

/** Numbers. `erf` and `erfc` are functions that come with the code that calls them. */
export const typescript: Dialect = {
	...shared,
	unary: {
		...named("Math", ...USUAL, "tanh", "atan", "asinh", "floor"),
		erf: "erf",
		erfc: "erfc",
		not: prefix("!"),
	},
	binary: { max: "Math.max", min: "Math.min", and: signs("&&"), or: signs("||") },
	compare: {},
	where: (condition, then, otherwise) => ({
		text: `${within(condition!, LOOSEST + 1)} ? ${within(then!, LOOSEST + 1)} : ${within(otherwise!, LOOSEST + 1)}`,
		strength: LOOSEST,
	}),
	number: (truth) => call("Number", truth),
	rewrites: {
		logistic: logisticByExp,
		softplus: softplusByLog1p,
		normalCdf: normalCdfByErfc,
		logNormalCdf: logNormalCdfByErfc,
		sinc: sincBySin,
		square: squareByProduct,
	},
	logisticSlope: logisticSlopeByExp,
	bracketsNegatedPower: true,
};

/** Tensors of TensorFlow.js, which have no operators. */
export const tfjs: Dialect = {
	...shared,
	unary: {
		...named("tf", "neg", ...USUAL, "tanh", "atan", "asinh", "erf", "floor", "square", "softplus"),
		logistic: "tf.sigmoid",
		not: "tf.logicalNot",
	},
	binary: {
		add: "tf.add",
		sub: "tf.sub",
		mul: "tf.mul",
		div: "tf.div",
		pow: "tf.pow",
		max: "tf.maximum",
		min: "tf.minimum",
		and: "tf.logicalAnd",
		or: "tf.logicalOr",
	},
	compare: {
		lt: "tf.less",
		le: "tf.lessEqual",
		gt: "tf.greater",
		ge: "tf.greaterEqual",
		eq: "tf.equal",
		ne: "tf.notEqual",
	},
	where: "tf.where",
	relu: "tf.relu",
	number: (truth) => call("tf.cast", truth, { text: '"float32"', strength: ATOM }),
	...BY_ERF_ALONE,
	scalar: typescript,
};
