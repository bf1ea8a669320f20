import assert from "node:assert/strict";
import { test } from "node:test";
import { withDefaults } from "../../../src/core/activations/activation.ts";
import { catalog } from "../../../src/core/activations/catalog.ts";
import { inputsOf } from "../../../src/core/diagnosis/ladder.ts";
import { differentiate } from "../../../src/core/expression/differentiate.ts";
import { compile } from "../../../src/core/expression/evaluate.ts";
import { evaluateAllExactly } from "../../../src/core/expression/exact.ts";

/** From both ends of float64's range to its middle; the exact sine of huge numbers takes long. */
const INPUTS = inputsOf("float64").filter((x, i) => i % 89 === 0 && Math.abs(x) <= 1e300);
const NEAR = INPUTS.filter((x) => Math.abs(x) <= 1e10);
/** Below, products in between are subnormal. */
const LEAST = 1e-290;

test("float64 computes the accurate form and its slope to 1e-6, at any input", () => {
	for (const activation of catalog) {
		const parameters = withDefaults(activation);
		const { accurate, stable, derivative } = activation;
		const inputs = activation.family === "periodic" ? NEAR : INPUTS;
		const got = compile([accurate, differentiate(accurate, "x")], parameters)(inputs);
		for (const [i, x] of inputs.entries()) {
			evaluateAllExactly([stable, derivative], x, parameters).forEach((exact, k) => {
				if (!Number.isFinite(exact)) return;
				const error = Math.abs(got[k]![i]! - exact);
				const allowed = 1e-6 * Math.max(Math.abs(exact), LEAST);
				const what = `${k === 0 ? "value" : "slope"} of ${activation.id}`;
				assert.ok(error <= allowed, `${what} at ${x}: ${got[k]![i]}, exactly ${exact}`);
			});
		}
	}
});
