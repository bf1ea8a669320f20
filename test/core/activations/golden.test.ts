import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { withDefaults } from "../../../src/core/activations/activation.ts";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { activationValues } from "../../../src/core/activations/values.ts";
import { evaluateVector, findVectorActivation } from "../../../src/core/activations/vector.ts";
import { differentiate } from "../../../src/core/expression/differentiate.ts";
import { evaluateExactly } from "../../../src/core/expression/exact.ts";

const { entries, vector } = JSON.parse(gunzipSync(readFileSync("test/golden/activations.json.gz")).toString());

/** Where the reference gives no limit or a rounded-away one, and this is the truth. */
const REFERENCE_ERRS: Readonly<Record<string, (quantity: string, x: number) => boolean>> = {
	// These grow without bound, slowly: the limit is ∞, and the slope's 0.
	arcsinh: (quantity, x) => quantity === "f" && !Number.isFinite(x),
	nlrelu: (quantity, x) => quantity === "f" && x === Number.POSITIVE_INFINITY,
	soft_exponential: (quantity, x) => quantity === "f" && x === Number.POSITIVE_INFINITY,
	sqrt_softplus: (quantity, x) => quantity !== "f2" && x === Number.POSITIVE_INFINITY,
	// cos x − x·sin x and the derivative of sin²(ax)/a by a swing without end: there is no limit.
	gcu: (quantity, x) => quantity === "f1" && !Number.isFinite(x),
	snake: (quantity, x) => quantity === "a" && !Number.isFinite(x),
	// The curvature of log Φ tends to −1 on the left.
	log_ndtr: (quantity, x) => quantity === "f2" && x < -1e300,
};

const number = (value: unknown) => (value === null ? Number.POSITIVE_INFINITY : Number(value));
const same = (found: number, truth: number) => found === truth || (Number.isNaN(found) && Number.isNaN(truth));

for (const { id, params, x: inputs, f, f1, f2, dparams = {} } of entries) {
	const x: number[] = inputs.map(number);
	test(`${id} ${JSON.stringify(params)}: value, slope, curvature and parameter slopes are correctly rounded at ${x.length} inputs`, () => {
		const activation = findActivation(id);
		assert.ok(activation);
		const given = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, number(value)]));
		const { value, derivative, secondDerivative } = activationValues(activation, given, x);
		const check = (quantity: string, found: ArrayLike<number>, truth: readonly unknown[]) => {
			x.forEach((at, i) => {
				if (truth[i] === null || truth[i] === undefined || REFERENCE_ERRS[id]?.(quantity, at)) return;
				assert.ok(same(found[i]!, Number(truth[i])), `${quantity}(${at}) is ${truth[i]}, got ${found[i]}`);
			});
		};
		check("f", value, f);
		check("f1", derivative, f1);
		check("f2", secondDerivative, f2);
		for (const [name, truth] of Object.entries(dparams)) {
			if (truth === null) continue;
			const slope = differentiate(activation.stable, name);
			const all = withDefaults(activation, given);
			check(
				name,
				x.map((at) => evaluateExactly(slope, at, all)),
				truth as readonly unknown[],
			);
		}
	});
}

for (const { id, cases } of vector) {
	test(`${id}: every output and its Jacobian are correctly rounded`, () => {
		const activation = findVectorActivation(id);
		assert.ok(activation);
		for (const { x, f, jacobian } of cases) {
			if (f === undefined) continue; // No truth where an input is not finite.
			const found = evaluateVector(activation, x.map(number));
			assert.deepEqual(
				found.value.map((one) => one + 0),
				f.map((one: unknown) => number(one) + 0),
				`f(${x})`,
			);
			assert.deepEqual(
				found.jacobian.map((row) => row.map((one) => one + 0)),
				jacobian.map((row: unknown[]) => row.map((one) => number(one) + 0)),
				`J(${x})`,
			);
		}
	});
}
