import assert from "node:assert/strict";
import { test } from "node:test";
import { fromExpression } from "../../../src/core/activations/activation.ts";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { activationFacts, type Interval } from "../../../src/core/activations/facts.ts";
import {
	abs,
	add,
	constant,
	div,
	exp,
	gt,
	log,
	max,
	mul,
	neg,
	pow,
	sign,
	sqrt,
	square,
	sub,
	where,
	x,
} from "../../../src/core/expression/build.ts";
import type { Expression, Parameters } from "../../../src/core/expression/expression.ts";

const INF = Number.POSITIVE_INFINITY;
const factsOf = (id: string, parameters: Parameters = {}) => activationFacts(findActivation(id)!, parameters);
const factsOfCode = (expression: Expression) => activationFacts(fromExpression("f", expression));
const pairs = (intervals: readonly Interval[]) => intervals.map(({ from, to }) => [from, to]);

function near(found: number | null | undefined, wanted: number, what: string, relative = 1e-9): void {
	const ok = found === wanted || Math.abs((found ?? Number.NaN) - wanted) <= relative * Math.max(1, Math.abs(wanted));
	assert.ok(ok, `${what} is ${found}, wanted ${wanted}`);
}

function rangeText(id: string, parameters: Parameters = {}): string {
	const { min, max, minReached, maxReached } = factsOf(id, parameters).range;
	return `${minReached ? "[" : "("}${min}, ${max}${maxReached ? "]" : ")"}`;
}

/** The minima of the gated functions solve a transcendental equation; these are its solutions at 60 digits, rounded. */
const RANGES: Readonly<Record<string, string>> = {
	sigmoid: "(0, 1)",
	tanh: "(-1, 1)",
	relu: "[0, Infinity)",
	leaky_relu: "(-Infinity, Infinity)",
	prelu: "(-Infinity, Infinity)",
	elu: "(-1, Infinity)",
	selu: "(-1.7580993408473768, Infinity)",
	gelu: "[-0.16997120747990366, Infinity)",
	gelu_tanh: "[-0.17004075057125406, Infinity)",
	silu: "[-0.2784645427610738, Infinity)",
	mish: "[-0.30884341301725043, Infinity)",
	softplus: "(0, Infinity)",
	softsign: "(-1, 1)",
	hard_sigmoid: "[0, 1]",
	hard_swish: "[-0.375, Infinity)",
	hardtanh: "[-1, 1]",
	relu6: "[0, 6]",
	exponential: "(0, Infinity)",
	log_sigmoid: "(-Infinity, 0)",
	arctan: `(${-Math.PI / 2}, ${Math.PI / 2})`,
	sine: "[-1, 1]",
	gaussian: "(0, 1]",
	lisht: "[0, Infinity)",
	elish: `[${2 * Math.SQRT2 - 3}, Infinity)`,
};

for (const [id, range] of Object.entries(RANGES)) {
	test(`${id} has the range ${range}`, () => {
		const { min, max, minReached, maxReached } = factsOf(id).range;
		const [from, to] = range.slice(1, -1).split(", ").map(Number) as [number, number];
		near(min, from, "min", 2e-16);
		near(max, to, "max", 2e-16);
		assert.deepEqual([minReached, maxReached], [range.startsWith("["), range.endsWith("]")]);
	});
}

test("a range follows the parameters", () => {
	assert.equal(rangeText("elu", { alpha: 2 }), "(-2, Infinity)");
	assert.equal(rangeText("hardtanh", { min_val: 0, max_val: 6 }), "[0, 6]");
	assert.equal(rangeText("leaky_relu", { negative_slope: -0.5 }), "[0, Infinity)");
	assert.equal(rangeText("dynamic_tanh", { alpha: 1, weight: -2, bias: 1 }), "(-1, 3)");
	assert.equal(rangeText("softplus", { beta: 2 }), "(0, Infinity)");
	assert.equal(rangeText("soft_exponential", { alpha: 0.5 }), "(-1.5, Infinity)");
});

test("the end of a range at a jump is the one-sided limit, reached only on the side that has it", () => {
	assert.equal(rangeText("threshold", { threshold: -1, value: 0 }), "(-1, Infinity)");
	assert.equal(rangeText("threshold", { threshold: 1, value: 20 }), "(1, Infinity)");
	assert.equal(rangeText("threshold", { threshold: -1, value: -1 }), "[-1, Infinity)");
	assert.equal(rangeText("sign"), "[-1, 1]");
	assert.equal(rangeText("heaviside"), "[0, 1]");
	// A flat piece at a decimal is reached, though no double is that number.
	for (const other of [div(1, 100), add(div(1, 10), div(1, 5))]) {
		const { range } = factsOfCode(where(gt(x, 0), 1, other));
		assert.deepEqual([range.minReached, range.maxReached], [true, true]);
	}
});

test("sigmoid's slope is below 1 % of its peak 1/4 where |x| > 2·atanh √0.99, tanh's where |x| > atanh √0.99", () => {
	// σ′(x) = (1 − tanh²(x/2))/4 = 0.0025 at tanh²(x/2) = 0.99.
	const edge = 2 * Math.atanh(Math.sqrt(0.99));
	near(edge, 5.98644568, "the edge", 1e-8);
	for (const [id, at, peak] of [
		["sigmoid", edge, 0.25],
		["tanh", edge / 2, 1],
	] as const) {
		const { gradientBelow1Percent: small, peakSlope } = factsOf(id);
		assert.deepEqual(peakSlope, { x: 0, value: peak });
		assert.equal(small.length, 2);
		assert.deepEqual([small[0]!.from, small[1]!.to], [-INF, INF]);
		near(small[0]!.to, -at, "left edge");
		near(small[1]!.from, at, "right edge");
	}
});

test("the edges of the small gradient are where the slope's equation has them", () => {
	const one = (id: string, parameters: Parameters = {}) => pairs(factsOf(id, parameters).gradientBelow1Percent);
	near(one("elu")[0]![1], Math.log(0.01), "elu: e^x = 0.01");
	near(one("softplus")[0]![1], Math.log(0.01 / 0.99), "softplus: σ(x) = 0.01");
	near(one("log_sigmoid")[0]![0], Math.log(99), "log σ: σ(−x) = 0.01");
	near(one("arctan")[1]![0], Math.sqrt(99), "arctan: 1/(1 + x²) = 0.01");
	near(one("softsign")[1]![0], 9, "softsign: 1/(1 + x)² = 0.01");
	near(one("erf")[1]![0], Math.sqrt(Math.log(100)), "erf: e^(−x²) = 0.01");
	near(one("dynamic_tanh", { alpha: 2 })[1]![0], Math.atanh(Math.sqrt(0.99)) / 2, "tanh 2x");
	near(one("nlrelu")[1]![0], 99, "nlrelu: 1/(1 + x) = 0.01");
	assert.deepEqual(one("relu"), [[-INF, 0]]);
	assert.deepEqual(one("leaky_relu"), [], "0.01 is not below 1 % of 1");
	assert.deepEqual(one("exponential"), [], "there is no peak to compare with");
	assert.deepEqual(one("sine"), [], "one wave after another");
});

test("the gradient is exactly 0 on the flat pieces and nowhere else", () => {
	const zero = (id: string, parameters: Parameters = {}) => pairs(factsOf(id, parameters).zeroGradient);
	assert.deepEqual(zero("relu"), [[-INF, 0]]);
	assert.deepEqual(zero("relu6"), [
		[-INF, 0],
		[6, INF],
	]);
	assert.deepEqual(zero("hard_sigmoid"), [
		[-INF, -3],
		[3, INF],
	]);
	assert.deepEqual(zero("hard_swish"), [[-INF, -3]]);
	assert.deepEqual(zero("hardshrink"), [[-0.5, 0.5]]);
	assert.deepEqual(zero("hardtanh", { min_val: -2, max_val: 0.5 }), [
		[-INF, -2],
		[0.5, INF],
	]);
	assert.deepEqual(zero("heaviside"), [[-INF, INF]]);
	assert.deepEqual(zero("leaky_relu", { negative_slope: 0 }), [[-INF, 0]]);
	// Their slopes round to 0 far out, and are not.
	for (const id of ["sigmoid", "tanh", "silu", "gelu", "softplus", "exponential", "gaussian", "erf"])
		assert.deepEqual(zero(id), [], id);
});

test("peak slopes: where they are, and what they are", () => {
	const peaks: Readonly<Record<string, readonly [at: number, value: number]>> = {
		sigmoid: [0, 0.25],
		tanh: [0, 1],
		gelu: [Math.SQRT2, 0.5 * 1.8427007929497148 + Math.exp(-1) / Math.sqrt(Math.PI)], // Φ(√2) + √2·φ(√2)
		silu: [2.3993572805154675, 1.099839320128867],
		arctan: [0, 1],
		erf: [0, 2 / Math.sqrt(Math.PI)],
		ndtr: [0, 1 / Math.sqrt(2 * Math.PI)],
		bent_identity: [INF, 1.5],
		softplus: [INF, 1],
		log_sigmoid: [-INF, 1],
		squareplus: [INF, 1],
		cloglog: [0, Math.exp(-1)],
	};
	for (const [id, [at, value]] of Object.entries(peaks)) {
		near(factsOf(id).peakSlope.value, value, `${id}'s peak slope`, 1e-15);
		near(factsOf(id).peakSlope.x, at, `${id}'s steepest input`, 1e-7);
	}
});

test("an oscillating function's extremes are those of a wave, short or long, not what is found by chance far out", () => {
	for (const a of [0.004, 0.3, 1, 1.348, 2.8324, 4.0986, 30]) {
		near(factsOf("snake", { a }).peakSlope.value, 2, `1 + sin 2ax at a = ${a}`, 1e-15);
		near(factsOf("snake_beta", { alpha: a }).peakSlope.value, 1 + a, `1 + a·sin 2ax at a = ${a}`, 1e-15);
	}
	for (const w0 of [0.004, 0.761, 1.628, 30]) {
		const { min, max } = factsOf("sine", { w0 }).range;
		assert.deepEqual([min, max], [-1, 1], `sin ${w0}x`);
	}
});

test("the slope on the steep side of a kink that no double lies on counts", () => {
	const { x, value } = factsOf("gelu_clipped", { min: -0.09, max: 0.811 }).peakSlope;
	near(x, 0.9718983188391629, "where x·Φ(x) = 0.811", 1e-15);
	near(value, 1.0762273193797407, "Φ(x) + x·φ(x) there", 1e-12);
});

test("a slope that only one side of a kink has is its limit there, not a value beside it", () => {
	assert.deepEqual(factsOf("hard_swish").peakSlope, { x: 3, value: 1.5 });
	assert.deepEqual(factsOf("hard_elish").peakSlope, { x: 1, value: 1.5 });
	assert.equal(factsOf("srelu").peakSlope.value, 2);
	near(factsOf("selu").peakSlope.value, 1.7580993408473768, "selu's slope just left of 0", 2e-16);
});

test("a slope that comes ever closer to its limit is steepest at infinity, though float64 reaches it", () => {
	assert.deepEqual(factsOf("tanhshrink").peakSlope.value, 1);
	assert.equal(Math.abs(factsOf("tanhshrink").peakSlope.x), INF);
	assert.ok(Number.isFinite(factsOf("relu").peakSlope.x), "relu has its slope of 1 at every x > 0");
	assert.deepEqual(factsOf("linear").peakSlope, { x: 0, value: 1 });
});

test("an unbounded slope is infinite, and then nothing is 1 % of it", () => {
	for (const id of ["exponential", "relu_squared", "gcu", "log_ndtr"]) {
		const { peakSlope, gradientBelow1Percent } = factsOf(id);
		assert.equal(Math.abs(peakSlope.value), INF, id);
		assert.deepEqual(gradientBelow1Percent, [], id);
	}
	const root = factsOfCode(sqrt(abs(x)));
	assert.deepEqual([root.peakSlope.x, Math.abs(root.peakSlope.value)], [0, INF]);
	assert.deepEqual(root.gradientBelow1Percent, []);
});

test("a function is undefined up to the very edge of its domain", () => {
	// −log(1 − α(x + α))/α with α = −1/2 needs x > −3/2.
	const { undefinedOn, peakSlope, gradientBelow1Percent } = factsOf("soft_exponential", { alpha: -0.5 });
	assert.equal(undefinedOn.length, 1);
	assert.equal(undefinedOn[0]!.from, -INF);
	near(undefinedOn[0]!.to, -1.5, "the edge");
	assert.equal(peakSlope.value, INF);
	assert.deepEqual(gradientBelow1Percent, []);
	assert.deepEqual(
		pairs(factsOfCode(log(sub(x, 2))).undefinedOn).map(([from, to]) => [from, Math.round(to! * 1e6) / 1e6]),
		[[-INF, 2]],
	);
});

test("at a pole, and at the edge of a domain, values and slopes go to their limits, also between two doubles", () => {
	const decimal = (text: string) => constant(Number(text), text);
	const logit = log(div(x, sub(1, x)));
	const cases: readonly (readonly [string, Expression, string, readonly number[], number, number])[] = [
		["1/(x − 0.3)", div(1, sub(x, decimal("0.3"))), "(-Infinity, Infinity)", [0.3], 0.3, -INF],
		["1/(x − 0.3)²", div(1, square(sub(x, decimal("0.3")))), "(0, Infinity)", [0.3], 0.3, INF],
		["1/(eˣ − 2)", div(1, sub(exp(x), 2)), "(-Infinity, Infinity)", [Math.LN2], Math.LN2, -INF],
		["logit", logit, "(-Infinity, Infinity)", [], 0, INF],
		["log(−log x)", log(neg(log(x))), "(-Infinity, Infinity)", [], 0, -INF],
		["log|x − 0.3|", log(abs(sub(x, decimal("0.3")))), "(-Infinity, Infinity)", [0.3], 0.3, -INF],
		["√(x − 0.7)", sqrt(sub(x, decimal("0.7"))), "[0, Infinity)", [], 0.7, INF],
		["log(1 − x²/3)", log(sub(1, div(square(x), 3))), "(-Infinity, 0]", [], -Math.sqrt(3), INF],
		["(x² − 1)/(x − 1)", div(sub(square(x), 1), sub(x, 1)), "(-Infinity, Infinity)", [], Number.NaN, 1],
	];
	for (const [name, expression, range, jumps, at, peak] of cases) {
		const facts = factsOfCode(expression);
		const { min, max, minReached, maxReached } = facts.range;
		assert.equal(`${minReached ? "[" : "("}${min}, ${max}${maxReached ? "]" : ")"}`, range, name);
		assert.equal(facts.jumps.length, jumps.length, name);
		for (const [i, jump] of jumps.entries()) near(facts.jumps[i], jump, `${name}: jump`);
		if (!Number.isNaN(at)) near(facts.peakSlope.x, at, `${name}: steepest`);
		assert.equal(facts.peakSlope.value, peak, name);
	}
	const isru = factsOf("isru", { alpha: -0.19 });
	assert.deepEqual([isru.monotonic, isru.range.min, isru.range.max], ["increasing", -INF, INF]);
	assert.equal(rangeText("soft_exponential", { alpha: -0.3 }), "(-Infinity, Infinity)");
});

test("zeros: crossed, touched, or none", () => {
	assert.deepEqual(factsOf("silu").zeros, [0]);
	assert.deepEqual(factsOf("abs").zeros, [0]);
	assert.deepEqual(factsOf("lisht").zeros, [0], "x·tanh x touches 0, and is 0 in float64 beside it too");
	assert.deepEqual(factsOf("phish").zeros, [0]);
	assert.deepEqual(factsOf("sigmoid").zeros, []);
	assert.deepEqual(factsOf("relu").zeros, [], "a flat piece is no isolated zero");
	near(factsOf("soft_exponential", { alpha: -0.5 }).zeros[0], 0.5, "log(1 + (x − 1/2)/2) is 0 at 1/2");
	assert.deepEqual(factsOf("relu_general", { max_value: 6, threshold: 1, negative_slope: 0.1 }).zeros, []);
	assert.deepEqual(factsOfCode(mul(sub(x, 2), add(x, 3))).zeros, [-3, 2]);
	assert.deepEqual(factsOfCode(where(gt(x, 0), add(x, 1), sub(x, 1))).zeros, [], "a jump over 0 is no zero");
});

test("symmetry and monotonicity", () => {
	const shape = (id: string, parameters: Parameters = {}) => {
		const { symmetry, monotonic } = factsOf(id, parameters);
		return `${symmetry} ${monotonic}`;
	};
	for (const id of ["tanh", "arctan", "softsign", "erf", "hardtanh", "arcsinh", "softshrink", "linear", "sign"])
		assert.equal(shape(id), "odd increasing", id);
	for (const id of ["sigmoid", "relu", "leaky_relu", "elu", "selu", "softplus", "exponential", "hard_sigmoid", "snake"])
		assert.equal(shape(id), "none increasing", id);
	for (const id of ["gelu", "silu", "mish", "hard_swish", "elish", "gelu_tanh"]) assert.equal(shape(id), "none no", id);
	for (const id of ["gaussian", "cosine", "abs", "lisht", "sinc"]) assert.equal(shape(id), "even no", id);
	assert.equal(shape("dynamic_tanh", { weight: -2 }), "odd decreasing");
	assert.equal(shape("leaky_relu", { negative_slope: -1 }), "even no");
	assert.equal(shape("snake_beta", { alpha: 1, beta: 0.5 }), "none no", "1 + 2·sin 2x is negative somewhere");
});

test("limits on both sides", () => {
	const limits: Readonly<Record<string, readonly [number | null, number | null]>> = {
		sigmoid: [0, 1],
		tanh: [-1, 1],
		arctan: [-Math.PI / 2, Math.PI / 2],
		relu: [0, null],
		leaky_relu: [null, null],
		elu: [-1, null],
		selu: [-1.7580993408473768, null],
		gelu: [0, null],
		silu: [0, null],
		softplus: [0, null],
		log_sigmoid: [null, 0],
		hard_sigmoid: [0, 1],
		relu6: [0, 6],
		gaussian: [0, 0],
		sine: [null, null],
		sinc: [0, 0],
		arcsinh: [null, null],
		nlrelu: [0, null],
	};
	for (const [id, [left, right]] of Object.entries(limits))
		assert.deepEqual(factsOf(id).saturates, { left, right }, id);
	assert.deepEqual(factsOf("elu", { alpha: 3 }).saturates, { left: -3, right: null });
	assert.deepEqual(factsOfCode(div(square(x), add(1, square(x)))).saturates, { left: 1, right: 1 });
});

test("smoothness is the lowest derivative that jumps", () => {
	const smoothness = (id: string, parameters: Parameters = {}) => factsOf(id, parameters).smoothness;
	for (const id of ["heaviside", "sign", "hardshrink", "thresholded_relu"]) assert.equal(smoothness(id), "jumps", id);
	for (const id of ["relu", "leaky_relu", "selu", "hard_swish", "hardtanh"]) assert.equal(smoothness(id), "C⁰", id);
	for (const id of ["elu", "celu", "softsign", "sqnl", "smelu"]) assert.equal(smoothness(id), "C¹", id);
	for (const id of ["sigmoid", "tanh", "gelu", "silu", "mish", "softplus"]) assert.equal(smoothness(id), "smooth", id);
	assert.equal(smoothness("elu", { alpha: 2 }), "C⁰", "only α = 1 joins without a kink");
	assert.equal(smoothness("leaky_relu", { negative_slope: 1 }), "smooth", "then it is x");
	assert.deepEqual(factsOf("softplus", { threshold: 20 }).jumps, [20], "PyTorch's cut is a jump of 2e-9");
});

test("a kink at an irrational input is found to the last digits", () => {
	const { kinks, peakSlope } = factsOfCode(abs(sub(square(x), 2)));
	assert.equal(kinks.length, 2);
	near(kinks[0], -Math.SQRT2, "left", 3e-16);
	near(kinks[1], Math.SQRT2, "right", 3e-16);
	assert.equal(Math.abs(peakSlope.value), INF);
});

test("where an exponential is beyond all numbers that are kept, a function is not called undefined", () => {
	const softplus = fromExpression("softplus", log(add(1, exp(x))));
	assert.deepEqual(activationFacts(softplus).undefinedOn, []);
	assert.deepEqual(activationFacts(fromExpression("root", sqrt(x))).undefinedOn, [
		{ from: Number.NEGATIVE_INFINITY, to: 0 },
	]);
});

test("what is steep at a switch is a kink and no jump", () => {
	for (const power of [1 / 2, 1 / 3]) {
		const root = factsOfCode(mul(sign(x), pow(abs(x), power)));
		assert.deepEqual([root.jumps, root.kinks], [[], [0]], String(power));
	}
	const steep = factsOfCode(mul(1000, max(x, 0)));
	assert.deepEqual([steep.jumps, steep.kinks], [[], [0]]);
	// A jump at a number that is no double, next to which the function is steep.
	const jump = factsOfCode(where(gt(x, sqrt(2)), add(mul(100, x), 1e-8), mul(100, x)));
	assert.deepEqual([jump.jumps.length, jump.kinks], [1, []]);
});
