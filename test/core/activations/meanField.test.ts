/** Expectations and fixed points against mpmath's, to 12 digits. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { activationFacts } from "../../../src/core/activations/facts.ts";
import { fixedPointsOf, gainOf, momentsOf } from "../../../src/core/activations/meanField.ts";
import { describeSignal } from "../../../src/core/explanation/describeFacts.ts";

interface Entry {
	readonly params: Readonly<Record<string, number>>;
	readonly [moment: string]: unknown;
	readonly fixedPoints: readonly {
		readonly case: string;
		readonly sigma_w2: number;
		readonly sigma_b2: number;
		readonly fixedPoints: readonly { readonly q: number; readonly chi1: number; readonly stable: boolean }[];
	}[];
}

const document: Readonly<Record<string, Entry>> = JSON.parse(readFileSync("test/golden/mean-field.json", "utf8"));
const entries = Object.entries(document);

function close(got: number, wanted: number, digits: number, what: string): void {
	const error = Math.abs(got - wanted) / Math.max(Math.abs(wanted), 1e-3);
	assert.ok(error < 10 ** -digits, `${what}: ${got}, expected ${wanted}`);
}

for (const [id, entry] of entries) {
	test(`${id}: moments and gains agree to 12 digits`, () => {
		const activation = findActivation(id)!;
		const moments = momentsOf(activation, entry.params);
		const gain = gainOf(activation, entry.params);
		const pairs: readonly (readonly [name: string, got: number])[] = [
			["E_f", moments.mean],
			["E_f2", moments.square],
			["E_df", moments.slope],
			["E_df2", moments.slopeSquare],
			["gainForward", gain.forward],
			["gainBackward", gain.backward],
			["gainCentered", gain.centered],
		];
		for (const [name, got] of pairs) close(got, Number(entry[name]), 12, name);
	});

	test(`${id}: the fixed points of the variance agree`, () => {
		const activation = findActivation(id)!;
		// The reference integrates across kinks: its χ₁ of hard_sigmoid is above 1/36, which none can be. Far out, where a
		// layer hardly changes the variance, a fixed point hangs on the last digits of the moment.
		const digits = activationFacts(activation, entry.params).kinks.length > 0 ? 7 : 9;
		for (const { case: name, sigma_w2, sigma_b2, fixedPoints } of entry.fixedPoints) {
			const wanted = fixedPoints.filter(({ q }) => q > 1e-4 && q < 1e5);
			const found = fixedPointsOf(activation, entry.params, sigma_w2, sigma_b2);
			assert.equal(found.length, wanted.length, `${name}: ${JSON.stringify(found)}`);
			wanted.forEach(({ q, chi1 }, i) => {
				close(found[i]!.variance, q, digits, `${name}: q`);
				close(found[i]!.chi, chi1, digits, `${name}: χ₁`);
			});
		}
	});
}

test("weights scaled by an activation's own gain leave a variance of 1 as it is", () => {
	for (const id of ["softplus", "tanh", "gelu", "silu", "sigmoid", "elu", "mish"]) {
		const activation = findActivation(id)!;
		const found = fixedPointsOf(activation, {}, gainOf(activation).forward ** 2, 0);
		const nearest = Math.min(...found.map(({ variance }) => Math.abs(variance - 1)));
		assert.ok(nearest < 1e-9, `${id}: ${JSON.stringify(found)}`);
	}
});

test("what a deep network does to the signal is said in words", () => {
	const deep = (id: string) => describeSignal(findActivation(id)!, {}).map(({ text }) => text);
	assert.deepEqual(deep("relu"), [
		"1.4142 keeps the signal's size, 1.4142 the gradient's",
		"with He's weights the signal keeps its variance",
	]);
	assert.equal(deep("tanh")[1], "with He's weights the variance settles at 0.618, the gradient's × 1.106 a layer");
	assert.equal(deep("gelu")[1], "with He's weights the signal fades");
	assert.equal(deep("selu")[1], "with He's weights the signal grows");
	assert.equal(deep("heaviside")[0], "1.4142 keeps the signal's size, none the gradient's");
});
