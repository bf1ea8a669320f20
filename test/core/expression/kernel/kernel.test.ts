/** Kernels of whole expressions. `SEED=7` tries other random ones, `CASES=20000` more. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { withDefaults } from "../../../../src/core/activations/activation.ts";
import { catalog, findActivation } from "../../../../src/core/activations/catalog.ts";
import {
	add,
	constant,
	exp,
	gt,
	mul,
	parameter,
	pow,
	sign,
	sin,
	where,
	x,
} from "../../../../src/core/expression/build.ts";
import { differentiate } from "../../../../src/core/expression/differentiate.ts";
import { evaluate } from "../../../../src/core/expression/evaluate.ts";
import { evaluateAllExactly } from "../../../../src/core/expression/exact.ts";
import type { Expression } from "../../../../src/core/expression/expression.ts";
import { printFormula } from "../../../../src/core/expression/formula.ts";
import { kernelOf, moduleOf } from "../../../../src/core/expression/kernel/kernel.ts";
import { F32, F64 } from "../../../../src/core/expression/kernel/laneType.ts";
import { rewrite } from "../../../../src/core/expression/walk.ts";
import { unitInLastPlace } from "../../../../src/core/numerics/dtype.ts";
import { Random } from "../../../../src/core/numerics/random.ts";
import { randomExpression } from "../randomExpression.ts";

const SEED = process.env.SEED === "random" ? Date.now() % 2 ** 32 : Number(process.env.SEED ?? 20_261_125);
const CASES = Number(process.env.CASES ?? 1000);
const TOGETHER = 10;

const LANES = [
	{ lanes: "f64", dtype: "float64", mostUlps: 4, shareOfScale: 1e-15, round: (value: number) => value },
	{ lanes: "f32", dtype: "float32", mostUlps: 4, shareOfScale: 5e-7, round: Math.fround },
] as const;

/** Errors of the slope beyond the rule, by the input, the truth and the spacing of numbers at 1; with the reason. */
const LOOSER: Readonly<Record<string, (at: number, truth: number, epsilon: number) => number>> = {
	// φ/Φ on the left is e^(−x²/2 − log Φ), whose exponent is a difference of numbers near 800.
	log_ndtr: (_, truth, epsilon) => 4000 * epsilon * Math.abs(truth),
	// (cos u − sinc u)/u cancels near 0.
	sinc: (at, _, epsilon) => (2 * epsilon) / Math.abs(at),
	sinc_normalized: (at, _, epsilon) => (2 * epsilon) / Math.abs(at),
};

const isClose = (a: number, b: number) =>
	Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

/** The expression with its constants off by nearly `step` of themselves, so that x/0.5 is off too where x is. */
const nudge = (expression: Expression, step: number) =>
	rewrite(expression, (node) => (node.kind === "constant" ? constant(node.value * (1 - 0.7 * step)) : undefined));

for (const { lanes, dtype, mostUlps, shareOfScale, round } of LANES) {
	test(`every catalog entry and its slope in ${lanes} are within ${mostUlps} ulp, or ${shareOfScale} of the largest value up to 1, of the truth`, (t) => {
		const worst: [ulps: number, text: string][] = [];
		for (const activation of catalog) {
			const parameters = withDefaults(activation);
			const forms = [activation.stable, activation.derivative];
			const random = new Random(1, activation.id);
			const xs = Float64Array.from({ length: 60 }, (_, i) => round((i % 2 ? 80 : 8) * (random.uniform() - 0.5)));
			const rounded = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, round(value)]));
			const kernel = kernelOf(forms, lanes, xs.length)!;
			kernel.input.set(xs);
			kernel.run(parameters, xs.length);
			const scales = kernel.outputs.map((column) => Math.min(1, Math.max(...Array.from(column, Math.abs))));
			let [ulps, text] = [0, ""];
			xs.forEach((at, i) => {
				evaluateAllExactly(forms, at, rounded).forEach((truth, k) => {
					const error = Math.abs(kernel.outputs[k]![i]! - truth);
					if (error <= shareOfScale * scales[k]!) return;
					if (k === 1 && error <= (LOOSER[activation.id]?.(at, truth, unitInLastPlace(1, dtype)) ?? 0)) return;
					const found = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / unitInLastPlace(round(truth), dtype);
					if (found > ulps)
						[ulps, text] = [found, `${activation.id}, derivative ${k} at ${at}: ${kernel.outputs[k]![i]} for ${truth}`];
				});
			});
			worst.push([ulps, text]);
		}
		worst.sort(([a], [b]) => b - a);
		for (const [ulps, text] of worst.slice(0, 3)) t.diagnostic(`${ulps.toFixed(1)} ulp: ${text}`);
		assert.ok(worst[0]![0] <= mostUlps, worst[0]![1]);
	});

	test(`NaN, infinities and zeros give in ${lanes} what single numbers give, for the whole catalog`, () => {
		const xs = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0];
		for (const activation of catalog) {
			const parameters = withDefaults(activation);
			const forms = [activation.stable, activation.derivative];
			const kernel = kernelOf(forms, lanes, xs.length)!;
			kernel.input.set(xs);
			kernel.run(parameters, xs.length);
			forms.forEach((form, k) => {
				xs.forEach((at, i) => {
					const [found, wanted] = [kernel.outputs[k]![i]!, evaluate(form, at, parameters)];
					const isEqual = Object.is(found, wanted) || Math.abs(found - wanted) <= (lanes === "f64" ? 1e-15 : 5e-7);
					assert.ok(isEqual, `${activation.id}, derivative ${k} at ${at}: ${found} for ${wanted}`);
				});
			});
		}
	});

	test(`any number of inputs up to the capacity is computed in ${lanes}, and the inputs stay`, () => {
		const { stable, derivative } = findActivation("gelu")!;
		const kernel = kernelOf([stable, derivative], lanes, 13)!;
		assert.equal(kernel.input.length, 13);
		kernel.input.set(Array.from({ length: 13 }, (_, i) => i - 6));
		kernel.run({}, 13);
		const all = kernel.outputs.map((column) => Array.from(column));
		for (let count = 0; count <= 13; count++) {
			for (const column of kernel.outputs) column.fill(7);
			kernel.run({}, count);
			kernel.outputs.forEach((column, k) => {
				assert.deepEqual(Array.from(column.subarray(0, count)), all[k]!.slice(0, count));
			});
		}
		assert.deepEqual(
			Array.from(kernel.input),
			Array.from({ length: 13 }, (_, i) => i - 6),
		);
		assert.throws(() => kernel.run({}, 14), /count must be 0…13, the kernel's capacity, got 14/);
	});

	test(`parameters are read at each run in ${lanes}; one without a value is NaN`, () => {
		const [a, b] = [parameter("a"), parameter("b")];
		// What hangs on parameters alone is computed before the loop.
		const expression = add(mul(exp(a), x), where(gt(a, b), b, constant(10)));
		const kernel = kernelOf([expression, differentiate(expression, "a")], lanes, 3)!;
		kernel.input.set([1, 2, 3]);
		kernel.run({ a: 0, b: -1 }, 3);
		assert.deepEqual(
			kernel.outputs.map((column) => Array.from(column)),
			[
				[0, 1, 2],
				[1, 2, 3],
			],
		);
		kernel.run({ a: 0, b: 1 }, 3);
		assert.deepEqual(Array.from(kernel.outputs[0]!), [11, 12, 13]);
		kernel.run({ b: 1 }, 3);
		assert.ok(kernel.outputs[0]!.every(Number.isNaN));
	});
}

test(`random expressions, ${TOGETHER} a kernel, agree with evaluate to 1e-9 where neighbouring inputs do (seed ${SEED})`, () => {
	const random = new Random(SEED, "kernel");
	let compared = 0;
	for (let first = 0; first < CASES; first += TOGETHER) {
		const expressions = Array.from({ length: TOGETHER }, () =>
			randomExpression(random, 1 + Math.floor(12 * random.uniform())),
		);
		const parameters = { a: 4 * random.uniform() - 2, b: 4 * random.uniform() - 2 };
		const xs = [0, 1, -2, ...Array.from({ length: 4 }, () => 6 * random.uniform() - 3)];
		const kernel = kernelOf(expressions, "f64", xs.length)!;
		kernel.input.set(xs);
		kernel.run(parameters, xs.length);
		for (const [k, expression] of expressions.entries()) {
			for (const [i, at] of xs.entries()) {
				const [found, wanted] = [kernel.outputs[k]![i]!, evaluate(expression, at, parameters)];
				if (isClose(found, wanted)) {
					compared++;
					continue;
				}
				// An error of an ulp in one operation can be amplified by the next, or move it over a jump.
				const around = [2 ** -44, 2 ** -48, -(2 ** -48), -(2 ** -44)].map((step) =>
					evaluate(nudge(expression, step), at + step * Math.max(1, Math.abs(at)), parameters),
				);
				const what = `seed ${SEED}: ${printFormula(expression)} at x = ${at}, ${JSON.stringify(parameters)}`;
				assert.ok(!around.every((value) => isClose(value, wanted)), `${what}: ${found} for ${wanted}`);
			}
		}
	}
	assert.ok(compared > 0.97 * 7 * CASES, `only ${compared} of ${7 * CASES} agreed`);
});

test("constants, parameters and truth values are expressions too, and one expression may be wanted twice", () => {
	const a = parameter("a");
	const [truth, pi] = [gt(x, a), constant(Math.PI, "pi")];
	const kernel = kernelOf([truth, pi, a, x, truth, gt(a, pi)], "f64", 2)!;
	kernel.input.set([1, 3]);
	kernel.run({ a: 2 }, 2);
	assert.deepEqual(
		kernel.outputs.map((column) => Array.from(column)),
		[
			[0, 1],
			[Math.PI, Math.PI],
			[2, 2],
			[1, 3],
			[0, 1],
			[0, 0],
		],
	);
});

test("the same expressions give the same bytes", () => {
	for (const lanes of [F64, F32]) {
		for (const { stable, derivative } of catalog) {
			const [once, again] = [0, 1].map(() => moduleOf([stable, derivative], lanes, 1000).bytes);
			assert.deepEqual(once, again);
		}
	}
});

test("an expression of thousands of nested operations is computed; a larger one is left to compile", () => {
	const nested = (depth: number): Expression => {
		let expression: Expression = x;
		for (let i = 0; i < depth; i++) expression = add(sin(expression), constant(i));
		return expression;
	};
	const deep = nested(1600);
	// The operations that take most locals, of which a function may have 50,000.
	let long: Expression = x;
	for (let i = 0; i < 2490; i++) long = sign(pow(long, i % 2 === 0 ? -0.5 : 63));
	for (const lanes of ["f64", "f32"] as const) assert.ok(kernelOf([long], lanes, 4));

	for (const { lanes, round } of LANES) {
		const kernel = kernelOf([deep], lanes, 4)!;
		kernel.input.set([0, 0.5, 1, 2]);
		kernel.run({}, 4);
		const [found, wanted] = [kernel.outputs[0]![1]!, evaluate(deep, 0.5)];
		assert.ok(Math.abs(found - round(wanted)) <= (lanes === "f64" ? 1e-9 : 1e-2), `${found} for ${wanted}`);
	}
	assert.equal(kernelOf([nested(10_000)], "f64", 4), undefined);
});
