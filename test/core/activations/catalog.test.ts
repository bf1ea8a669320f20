import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { withDefaults } from "../../../src/core/activations/activation.ts";
import { catalog, findActivation } from "../../../src/core/activations/catalog.ts";
import { activationFacts } from "../../../src/core/activations/facts.ts";
import { sampleCurve } from "../../../src/core/activations/sample.ts";
import { activationValues } from "../../../src/core/activations/values.ts";
import { compile, evaluate } from "../../../src/core/expression/evaluate.ts";
import { evaluateExactly } from "../../../src/core/expression/exact.ts";

const canonical = JSON.parse(readFileSync("test/golden/canonical.json", "utf8"));
const INPUTS = [
	-745, -89, -30.5, -12, -6.25, -3.7, -2.2, -1.3, -0.6, -0.07, -1e-9, 1e-9, 0.07, 0.6, 1.3, 2.2, 3.7, 6.25, 12, 30.5,
	89, 745,
];

test("the catalog has every canonical activation with its parameters, defaults and aliases", () => {
	assert.deepEqual(catalog.map(({ id }) => id).sort(), Object.keys(canonical).sort());
	for (const { id, parameters, aliases, family } of catalog) {
		const truth = canonical[id];
		const numbers = (value: unknown) => (value === null ? Number.POSITIVE_INFINITY : Number(value));
		assert.deepEqual(
			parameters.map(({ name, default: value, trainable }) => [name, value, trainable]),
			truth.params.map((one: { name: string; default: unknown; trainable: boolean }) => [
				one.name,
				numbers(one.default),
				one.trainable,
			]),
			id,
		);
		assert.equal(family, truth.family, id);
		for (const alias of truth.aliases) assert.equal(findActivation(alias)?.id, id);
		assert.deepEqual([...aliases].sort(), [...truth.aliases].sort());
	}
});

for (const activation of catalog) {
	const { id } = activation;
	const parameters = withDefaults(activation);
	const facts = activationFacts(activation);

	test(`${id}: NaN passes through, and values stay in the range out to ±1e308`, () => {
		const { value, derivative } = activationValues(activation, {}, [Number.NaN]);
		assert.ok(Number.isNaN(value[0]) && Number.isNaN(derivative[0]));
		const { min, max } = facts.range;
		for (const x of [...INPUTS, -1e308, -1e10, 1e10, 1e308]) {
			const found = evaluateExactly(activation.stable, x, parameters);
			if (Number.isNaN(found)) assert.ok(facts.undefinedOn.some(({ from, to }) => x >= from && x <= to));
			else assert.ok(found >= min && found <= max, `f(${x}) = ${found} is not in [${min}, ${max}]`);
		}
	});

	test(`${id}: the slope is the limit of exact differences away from kinks, and the curvature that of the slope`, () => {
		for (const x of [-5.3, -2.2, -1.3, -0.6, 0.3, 0.6, 1.3, 2.2, 4.7]) {
			if ([...facts.kinks, ...facts.jumps].some((kink) => Math.abs(kink - x) < 1e-3)) continue;
			const h = 2 ** -17;
			for (const [f, slope] of [
				[activation.stable, activation.derivative],
				[activation.derivative, activation.secondDerivative],
			] as const) {
				const [before, after] = [x - h, x + h].map((at) => evaluateExactly(f, at, parameters));
				const difference = (after! - before!) / (2 * h);
				const found = evaluateExactly(slope, x, parameters);
				assert.ok(
					Math.abs(found - difference) <= 1e-8 * Math.max(1, Math.abs(found)),
					`at ${x}: ${found}, difference ${difference}`,
				);
			}
		}
	});

	test(`${id}: the textbook form and the stable form are the same function`, () => {
		// The default σ stands for 1/√2, which only the stable form knows.
		const values = id === "gaussian" ? { sigma: 0.75 } : parameters;
		for (const x of INPUTS.filter((one) => Math.abs(one) < 100)) {
			const [textbook, stable] = [activation.definition, activation.stable].map((form) =>
				evaluateExactly(form, x, values),
			);
			assert.ok(
				textbook === stable || (Number.isNaN(textbook) && Number.isNaN(stable)),
				`at ${x}: ${textbook} and ${stable}`,
			);
		}
	});

	test(`${id}: kinks and jumps are found where the function has them`, () => {
		// Clipping at 10 makes a true kink where GELU reaches 10; ISRLU changes its formula at 0 in the third derivative only.
		const truth = { gelu_clipped: [10], isrlu: [] }[id] ?? canonical[id].kinks;
		assert.deepEqual(
			[...facts.kinks, ...facts.jumps].sort((a, b) => a - b).map((x) => x + 0),
			truth,
		);
	});

	test(`${id}: the fast float64 path stays within 64 ulp or 1e-13 of the scale, and arrays are computed like single numbers`, () => {
		const forms = [activation.stable, activation.derivative, activation.secondDerivative];
		const xs = Float64Array.from({ length: 301 }, (_, i) => (i - 150) * 0.1337 + 0.0007);
		const columns = compile(forms, parameters)(xs);
		forms.forEach((form, k) => {
			const scale = Math.max(1, ...columns[k]!.map(Math.abs).filter(Number.isFinite));
			xs.forEach((x, i) => {
				const found = columns[k]![i]!;
				assert.ok(Object.is(found, evaluate(form, x, parameters)), "compile and evaluate agree to the bit");
				if (i % 7 !== 0) return;
				const truth = evaluateExactly(form, x, parameters);
				// The curvature of log Φ cancels in float64; what is shown as a number is exact.
				if (Number.isNaN(truth) || (id === "log_ndtr" && k === 2)) return;
				const ulp = 2 ** Math.max(-1074, Math.floor(Math.log2(Math.abs(truth) || 5e-324)) - 52);
				const error = Math.abs(found - truth);
				assert.ok(error <= 64 * ulp || error <= 1e-13 * scale, `form ${k} at ${x}: ${found}, exactly ${truth}`);
			});
		});
	});
}

test("sigmoid's slope is below 1 % of its peak for |x| > 5.98645, tanh's for |x| > 2.99322", () => {
	for (const [id, edge] of [
		["sigmoid", 5.986446],
		["tanh", 2.993223],
	] as const) {
		const [left, right] = activationFacts(findActivation(id)!).gradientBelow1Percent;
		assert.ok(Math.abs((left?.to ?? 0) + edge) < 1e-6 && Math.abs((right?.from ?? 0) - edge) < 1e-6);
		assert.deepEqual([left?.from, right?.to], [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
	}
});

test("a sampled curve reaches the function's extremes and its steepest slope between two even points", () => {
	const tanh = sampleCurve(findActivation("tanh")!, {}, -6, 6, 400);
	assert.equal(Math.max(...tanh.derivative), 1);
	for (const activation of catalog) {
		const { range, peakSlope } = activationFacts(activation, {});
		const { value, derivative } = sampleCurve(activation, {}, -6, 6, 400);
		const least = Math.min(...value);
		if (range.minReached && least < range.min + 1e-3 * Math.abs(range.min))
			assert.ok(Math.abs(least - range.min) <= 1e-13, `${activation.id}: ${least}, ${range.min}`);
		if (Math.abs(peakSlope.x) > 6 || !Number.isFinite(peakSlope.value)) continue;
		const steepest = Math.max(...derivative.map(Math.abs));
		// A kink is sampled 2⁻⁴⁰ beside it.
		assert.ok(
			Math.abs(steepest - Math.abs(peakSlope.value)) <= 2 ** -38,
			`${activation.id}: ${steepest}, ${peakSlope.value}`,
		);
	}
});

test("a curve has each kink from both sides at one x, and nothing but numbers", () => {
	const { x, derivative } = sampleCurve(findActivation("relu")!, {}, -2, 2, 5);
	assert.deepEqual(x, [-2, -1, 0, 0, 1, 2]);
	assert.deepEqual(derivative, [0, 0, 0, 1, 1, 1]);
	assert.throws(() => sampleCurve(findActivation("relu")!, {}, 1, 1, 5), /min must be below max, got 1 and 1/);
});
