import assert from "node:assert/strict";
import { test } from "node:test";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { gainOf } from "../../../src/core/activations/meanField.ts";
import { type Initialiser, type InitialiserSettings, initialise } from "../../../src/core/training/initialise.ts";
import { Network } from "../../../src/core/training/network.ts";

const activation = findActivation("silu")!;
const gain = gainOf(activation).forward;

/** A hidden layer of 300 inputs and 200 outputs, and the last one of 200 inputs and 100 outputs. */
function layersOf(initialiser: Initialiser | InitialiserSettings, seed = 1) {
	const network = new Network({ widths: [300, 200, 100], activation, parameters: {}, norm: "none" });
	initialise(network, initialiser, seed);
	return network.layers;
}

const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const varianceOf = (values: Float64Array) => meanOf(values.map((value) => value * value)) - meanOf(values) ** 2;

const uniform: readonly Initialiser[] = ["pytorch", "xavier", "kaiming-uniform"];
const variances: readonly (readonly [what: Initialiser | InitialiserSettings, hidden: number, last: number])[] = [
	["auto", gain ** 2 / 300, 1 / 200],
	["pytorch", 1 / 3 / 300, 1 / 3 / 200],
	["xavier", 2 / 500, 2 / 300],
	["xavier-normal", 2 / 500, 2 / 300],
	["kaiming", 2 / 300, 2 / 200],
	["kaiming-uniform", 2 / 300, 2 / 200],
	["lecun", 1 / 300, 1 / 200],
	["orthogonal", 1 / 300, 1 / 200],
	[{ name: "xavier", gain: 5 / 3 }, (25 / 9) * (2 / 500), (25 / 9) * (2 / 300)],
	[{ name: "orthogonal", gain: "auto" }, gain ** 2 / 300, 1 / 200],
];

for (const [what, ...wanted] of variances) {
	const name = typeof what === "string" ? what : what.name;
	test(`${JSON.stringify(what)} has the variance of its definition in each layer`, () => {
		layersOf(what).forEach(({ weight: { values }, bias }, i) => {
			// The variance of a variance over n normal values is 2/n of its square.
			const tolerance = 5 * Math.sqrt(2 / values.length) * wanted[i]!;
			assert.ok(Math.abs(varianceOf(values) - wanted[i]!) < tolerance, `${varianceOf(values)}, expected ${wanted[i]}`);
			if (uniform.includes(name)) assert.ok(Math.max(...values.map(Math.abs)) <= Math.sqrt(3 * wanted[i]!));
			assert.equal(
				bias.values.some((value) => value !== 0),
				name === "pytorch",
			);
		});
	});
}

test("orthogonal rows or columns are orthonormal to rounding, times the gain", () => {
	for (const widths of [
		[40, 60, 3],
		[60, 40, 3],
		[1, 5, 1],
	]) {
		const network = new Network({ widths, activation, parameters: {}, norm: "none" });
		initialise(network, { name: "orthogonal", gain: 3 }, 5);
		for (const { inputs, outputs, weight } of network.layers) {
			const byRow = outputs <= inputs;
			const vectors = Array.from({ length: Math.min(inputs, outputs) }, (_, k) =>
				Array.from(
					{ length: Math.max(inputs, outputs) },
					(_, i) => weight.values[byRow ? k * inputs + i : i * inputs + k]!,
				),
			);
			for (let a = 0; a < vectors.length; a++) {
				for (let b = 0; b <= a; b++) {
					const product = vectors[a]!.reduce((sum, value, i) => sum + value * vectors[b]![i]!, 0);
					assert.ok(Math.abs(product - (a === b ? 9 : 0)) < 1e-13, `${widths}: ${a}, ${b}: ${product}`);
				}
			}
		}
	}
});

test("the same seed draws the same weights, another seed others", () => {
	const drawn = (seed: number) => layersOf("orthogonal", seed).map(({ weight }) => weight.values);
	assert.deepEqual(drawn(1), drawn(1));
	assert.notDeepEqual(drawn(1), drawn(2));
});
