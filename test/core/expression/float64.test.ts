/** The fast float64 path, which draws curves and trains, held against the correctly rounded truth on random inputs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { withDefaults } from "../../../src/core/activations/activation.ts";
import { catalog, findActivation } from "../../../src/core/activations/catalog.ts";
import { parameter } from "../../../src/core/expression/build.ts";
import { compile, evaluate } from "../../../src/core/expression/evaluate.ts";
import { evaluateAllExactly } from "../../../src/core/expression/exact.ts";
import { unitInLastPlace } from "../../../src/core/numerics/dtype.ts";
import { Random } from "../../../src/core/numerics/random.ts";

/** Inputs per activation for the bits, and how many of them are compared with the truth (EXACT=2000: all, in a minute). */
const INPUTS = 2000;
const EXACT = Number(process.env.EXACT ?? 250);
const MOST_ULPS = 64;
const SHARE_OF_SCALE = 2e-15;

/** Errors beyond the rule, relative to the truth, with the reason. */
const LOOSER: Readonly<Record<string, readonly [slope: number, curvature: number]>> = {
	// φ/Φ on the left is e^(−x²/2 − log Φ), whose exponent is a difference of numbers near 800; the curvature then cancels
	// x·slope + slope² from numbers near 1600 to one near −1. Shown values are exact, and training has no use for it.
	log_ndtr: [2e-12, 1e-8],
	// (cos u − sinc u)/u cancels near 0: the error is about 2⁻⁵²/u of the slope, and 2⁻⁵²/u² of the curvature.
	sinc: [1e-13, 1e-11],
	sinc_normalized: [1e-13, 1e-11],
};

for (const activation of catalog) {
	const { id } = activation;
	test(`${id}: float64 is within ${MOST_ULPS} ulp, or ${SHARE_OF_SCALE} of the largest value up to 1, of the truth`, () => {
		const parameters = withDefaults(activation);
		const forms = [activation.stable, activation.derivative, activation.secondDerivative];
		const random = new Random(1, id);
		const xs = Float64Array.from({ length: INPUTS }, () => 80 * random.uniform() - 40);
		const columns = compile(forms, parameters)(xs);
		xs.forEach((x, i) => {
			forms.forEach((form, k) => {
				assert.ok(Object.is(columns[k]![i], evaluate(form, x, parameters)), `compile and evaluate differ at ${x}`);
			});
		});
		const scales = columns.map((column) => Math.min(1, Math.max(...column.map(Math.abs))));
		for (const [i, x] of xs.subarray(0, EXACT).entries()) {
			evaluateAllExactly(forms, x, parameters).forEach((truth, k) => {
				const found = columns[k]![i]!;
				const error = Math.abs(found - truth);
				const looser = LOOSER[id]?.[k - 1] ?? 0;
				assert.ok(
					error <= MOST_ULPS * unitInLastPlace(truth, "float64") ||
						error <= SHARE_OF_SCALE * scales[k]! ||
						error <= looser * Math.abs(truth),
					`derivative ${k} at ${x} is ${truth}, float64 gives ${found}`,
				);
			});
		}
	});
}

test("arrays of any length are computed like single numbers, and again the same the second time", () => {
	const { stable, derivative } = findActivation("gelu")!;
	const compiled = compile([stable, derivative]);
	for (const length of [0, 1, 2, 255, 256, 257, 511, 512, 513, 1000]) {
		const xs = Float64Array.from({ length }, (_, i) => (i - length / 2) / 37);
		for (const [value, slope] of [compiled(xs), compiled(xs)]) {
			assert.deepEqual(
				Array.from(value!),
				Array.from(xs, (x) => evaluate(stable, x)),
			);
			assert.deepEqual(
				Array.from(slope!),
				Array.from(xs, (x) => evaluate(derivative, x)),
			);
		}
	}
});

test("NaN, infinities and zeros of both signs are computed like single numbers", () => {
	const xs = Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 5e-324, -1e308);
	for (const activation of catalog) {
		const parameters = withDefaults(activation);
		const forms = [activation.stable, activation.derivative];
		compile(
			forms,
			parameters,
		)(xs).forEach((column, k) => {
			assert.deepEqual(
				Array.from(column),
				Array.from(xs, (x) => evaluate(forms[k]!, x, parameters)),
				activation.id,
			);
		});
	}
});

test("a parameter without a value is NaN, in arrays too", () => {
	const missing = parameter("alpha");
	assert.ok(Number.isNaN(evaluate(missing, 1)));
	assert.ok(Number.isNaN(compile([missing])(Float64Array.of(1))[0]![0]));
	assert.equal(compile([missing], { alpha: 3 })(Float64Array.of(1))[0]![0], 3);
});
