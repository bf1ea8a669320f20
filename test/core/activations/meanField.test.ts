/** Expectations and fixed points against mpmath's, to 12 digits. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { fixedPointsOf, gainOf, momentsOf } from "../../../src/core/activations/meanField.ts";
import { describeSignal } from "../../../src/core/explanation/describeFacts.ts";
import { evaluateExactly } from "../../../src/core/expression/exact.ts";

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

/**
 * Where the data are not right to 12 digits, as they integrate across kinks or hang on the last digits of the moment: mpmath's
 * values in 30 digits, integrated between kinks.
 */
const EXACT: ReadonlyMap<string, number> = new Map([
	["silu sw2=2,sb2=0.05 2742.283134016", 2742.28313401335],
	["hard_swish sw2=2,sb2=0.05 821.1943576397", 821.194357635097],
	["relu6 sw2=gainForward^2 1.000000001361", 1.000000001911602],
]);

/** σ_w²/36 where |x| < 3: the data have more than 1/36 of it, which none can be. */
function hardSigmoidChi(weightVariance: number, q: number): number {
	return (weightVariance / 36) * evaluateExactly(findActivation("erf")!.definition, 3 / Math.sqrt(2 * q));
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

	test(`${id}: the fixed points of the variance agree to 12 digits`, () => {
		const activation = findActivation(id)!;
		for (const { case: name, sigma_w2, sigma_b2, fixedPoints } of entry.fixedPoints) {
			const wanted = fixedPoints.filter(({ q }) => q > 1e-4 && q < 1e5);
			const found = fixedPointsOf(activation, entry.params, sigma_w2, sigma_b2);
			assert.equal(found.length, wanted.length, `${name}: ${JSON.stringify(found)}`);
			wanted.forEach(({ q, chi1 }, i) => {
				const chi = id === "hard_sigmoid" ? hardSigmoidChi(sigma_w2, q) : chi1;
				close(found[i]!.variance, EXACT.get(`${id} ${name} ${q}`) ?? q, 12, `${name}: q`);
				close(found[i]!.chi, chi, 12, `${name}: χ₁`);
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
