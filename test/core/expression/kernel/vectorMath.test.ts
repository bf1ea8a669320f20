/**
 * Every operation of the kernels against the correctly rounded truth, over the whole line. `POINTS=20000` tries more
 * inputs, `SEED=7` others.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { applyBinary, applyUnary, constant, parameter, x } from "../../../../src/core/expression/build.ts";
import { binaryOperations, unaryOperations } from "../../../../src/core/expression/evaluate.ts";
import { evaluateExactly } from "../../../../src/core/expression/exact.ts";
import type { Expression, Parameters, UnaryOperator } from "../../../../src/core/expression/expression.ts";
import { kernelOf } from "../../../../src/core/expression/kernel/kernel.ts";
import { unitInLastPlace } from "../../../../src/core/numerics/dtype.ts";
import { Random } from "../../../../src/core/numerics/random.ts";

const SEED = Number(process.env.SEED ?? 20_261_125);
const POINTS = Number(process.env.POINTS ?? 300);
const LANES = ["f64", "f32"] as const;
type Lanes = (typeof LANES)[number];

const operators = Object.keys(unaryOperations) as UnaryOperator[]; // The keys of a record by UnaryOperator.
const ERROR_FUNCTIONS: ReadonlySet<string> = new Set(["erf", "erfc", "normalCdf", "logNormalCdf"]);
const EXACT: ReadonlySet<string> = new Set(["neg", "abs", "sign", "floor", "not"]);
const ROUNDED: ReadonlySet<string> = new Set(["square", "sqrt"]);

const mostUlps = (name: string, lanes: Lanes) =>
	EXACT.has(name) ? 0 : ROUNDED.has(name) ? 0.5 : lanes === "f64" ? 4 : ERROR_FUNCTIONS.has(name) ? 8 : 5;

const dtypeOf = (lanes: Lanes) => (lanes === "f64" ? "float64" : "float32");
const rounded = (value: number, lanes: Lanes) => (lanes === "f64" ? value : Math.fround(value));

/** Inputs of every size and both signs, near the bounds of the reductions, and where curves bend. */
function inputs(lanes: Lanes, random: Random): number[] {
	const [least, most] = lanes === "f64" ? [-1074, 1023.99] : [-149, 127.99];
	const bounds = lanes === "f64" ? [708, 709.78, 745.13, 1e6, 27, 38] : [87, 88.72, 103.97, 8192, 10, 14];
	const share = Math.ceil(POINTS / 6);
	const some = (make: (i: number) => number) => Array.from({ length: share }, (_, i) => make(i));
	const sign = () => (random.uniform() < 0.5 ? -1 : 1);
	return [
		...some(() => sign() * 2 ** (least + (most - least) * random.uniform())),
		...some(() => sign() * 2 ** (-60 + 70 * random.uniform())),
		...some(() => 4 * random.uniform() - 2),
		...some(() => 30 * random.uniform() - 15),
		...some((i) => sign() * bounds[i % bounds.length]! * (1 + 0.02 * (random.uniform() - 0.5))),
		...some((i) => Math.round(60 * random.uniform() - 30) * (i % 2 === 0 ? 0.5 : Math.PI / 4)),
		1 + 2 ** -20,
		1 - 2 ** -20,
		-1 + 2 ** -20,
	].map((u) => rounded(u, lanes));
}

const SPECIAL = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0];

/** The kernel's results; every input is computed beside another one than before, and must be what it was. */
function compute(expression: Expression, lanes: Lanes, xs: readonly number[], parameters: Parameters = {}): number[] {
	const kernel = kernelOf([expression], lanes, xs.length + 1)!;
	kernel.input.set(xs);
	kernel.run(parameters, xs.length);
	const results = Array.from(kernel.outputs[0]!.subarray(0, xs.length));
	kernel.input.set(xs, 1);
	kernel.input[0] = 0.1;
	kernel.run(parameters, xs.length + 1);
	assert.deepEqual(Array.from(kernel.outputs[0]!.subarray(1)), results, "a lane depends on its neighbour");
	return results;
}

/** The largest error in ulp, and where. */
function worst(
	expression: Expression,
	lanes: Lanes,
	xs: readonly number[],
	parameters: Parameters = {},
): { ulps: number; text: string } {
	const results = compute(expression, lanes, xs, parameters);
	let [ulps, text] = [0, "everywhere exact"];
	xs.forEach((u, i) => {
		const truth = evaluateExactly(expression, u, parameters);
		const found = results[i]!;
		const nearest = rounded(truth, lanes);
		if (Object.is(found, nearest) || found === nearest) return;
		const overflows = Math.abs(truth) > (lanes === "f64" ? 1.79e308 : 3.4e38);
		if (overflows && !Number.isFinite(found) && Math.sign(found) === Math.sign(truth)) return;
		const error = Math.abs(found - truth) / unitInLastPlace(nearest, dtypeOf(lanes));
		if (error > ulps || Number.isNaN(error)) [ulps, text] = [error, `${found} for ${truth} at ${u}`];
	});
	return { ulps, text };
}

for (const operator of operators) {
	for (const lanes of LANES) {
		const bound = mostUlps(operator, lanes);
		test(`${operator} in ${lanes} is within ${bound} ulp of the truth over the whole line`, (t) => {
			const expression = applyUnary(operator, x);
			const xs = inputs(lanes, new Random(SEED, `${operator} ${lanes}`));
			const { ulps, text } = worst(expression, lanes, xs);
			t.diagnostic(`worst ${ulps.toFixed(2)} ulp: ${text}`);
			assert.ok(ulps <= bound, `seed ${SEED}: ${ulps} ulp: ${text}`);
			assert.deepEqual(
				compute(expression, lanes, SPECIAL),
				SPECIAL.map((u) => rounded(unaryOperations[operator](u), lanes)),
			);
		});
	}
}

const NUMBERS = [...SPECIAL, 1, -1, 0.5, -0.5, 2, -3, 1.5, 1e30, -1e-30, 5e-324, 1e300, 2 ** 24 + 1];

for (const lanes of LANES) {
	test(`add, sub, mul, div, max, min, and, or in ${lanes} are those of single numbers, also against a constant`, () => {
		for (const operator of ["add", "sub", "mul", "div", "max", "min", "and", "or"] as const) {
			const xs = NUMBERS.map((u) => rounded(u, lanes));
			for (const other of xs) {
				const expected = (flip: boolean) =>
					xs.map((u) =>
						rounded(flip ? binaryOperations[operator](other, u) : binaryOperations[operator](u, other), lanes),
					);
				const where = `${operator} with ${other}`;
				assert.deepEqual(compute(applyBinary(operator, x, constant(other)), lanes, xs), expected(false), where);
				assert.deepEqual(compute(applyBinary(operator, constant(other), x), lanes, xs), expected(true), where);
				const a = parameter("a");
				assert.deepEqual(compute(applyBinary(operator, x, a), lanes, xs, { a: other }), expected(false), where);
				assert.deepEqual(compute(applyBinary(operator, a, x), lanes, xs, { a: other }), expected(true), where);
			}
		}
	});

	test(`powers in ${lanes} are within ${mostUlps("pow", lanes)} ulp of the truth, for constant and other exponents`, (t) => {
		const random = new Random(SEED, `pow ${lanes}`);
		const xs = inputs(lanes, random);
		for (const exponent of [-64, -4, -3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 63, 65, 1.5, -2.25, 0.1]) {
			const b = rounded(exponent, lanes);
			const forms = [applyBinary("pow", x, constant(b)), applyBinary("pow", x, parameter("b"))];
			for (const form of forms) {
				const { ulps, text } = worst(form, lanes, b < 0 || b % 1 !== 0 ? xs.map(Math.abs) : xs, { b });
				t.diagnostic(`exponent ${b}: worst ${ulps.toFixed(2)} ulp: ${text}`);
				assert.ok(ulps <= mostUlps("pow", lanes), `seed ${SEED}: exponent ${b}: ${ulps} ulp: ${text}`);
				assert.deepEqual(
					compute(form, lanes, [...SPECIAL, 1, -1, -2], { b }),
					[...SPECIAL, 1, -1, -2].map((u) => rounded(binaryOperations.pow(u, b), lanes)),
					`exponent ${b}`,
				);
			}
		}
		for (const base of [0.5, 2, 10, 1, 0]) {
			const form = applyBinary("pow", constant(base), x);
			const { ulps, text } = worst(form, lanes, xs);
			assert.ok(ulps <= mostUlps("pow", lanes), `seed ${SEED}: base ${base}: ${ulps} ulp: ${text}`);
			assert.deepEqual(
				compute(form, lanes, SPECIAL),
				SPECIAL.map((u) => rounded(binaryOperations.pow(base, u), lanes)),
			);
		}
	});
}
