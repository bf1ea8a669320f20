import assert from "node:assert/strict";
import { test } from "node:test";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { Session } from "../../../src/core/training/session.ts";
import { surfaceOf } from "../../../src/core/training/surface.ts";
import { generate, type Table } from "../../../src/core/training/table.ts";

const moons = generate("moons", 200, 0.1, 0);

test("the rows of a surface rise with y, its columns with x, over the range of the data", () => {
	const { columns, rows, classes, confidence, domain } = surfaceOf(moons, 100, (inputs, count) =>
		// One logit: class 1 where y > x.
		Float64Array.from({ length: count }, (_, i) => 1000 * (inputs[2 * i + 1]! - inputs[2 * i]!)),
	)!;
	assert.deepEqual([columns, rows, classes.length], [48, 48, 48 * 48]);
	assert.deepEqual([classes[0], classes[47], classes[48 * 47]], [1, 0, 1], "left below, right below, left above");
	assert.ok(domain[0][0] < -1 && domain[0][1] > 2);
	assert.equal(confidence[47], 100);
});

test("of several outputs the largest wins, with its share after softmax", () => {
	const { classes, confidence } = surfaceOf({ ...moons, classes: 3 }, 100, (_, count) =>
		Float64Array.from({ length: 3 * count }, (_, i) => [0, Math.log(2), 0][i % 3]!),
	)!;
	assert.deepEqual([classes[5], confidence[5]], [1, 50]);
});

test("a network that has diverged has no confidence, a large one a coarse surface, other data none", () => {
	const flat = (_: Float64Array, count: number) => new Float64Array(count).fill(Number.NaN);
	assert.ok(surfaceOf(moons, 100, flat)!.confidence.every((one) => one === 0));
	assert.equal(surfaceOf(moons, 50_000, flat)!.columns, 24);
	assert.equal(surfaceOf(moons, 1e9, flat), null);
	assert.equal(surfaceOf(generate("curve", 20, 0, 0), 100, flat), null);
});

for (const precision of ["float32", "float64"] as const) {
	test(`the surface of a network trained in ${precision} agrees with its accuracy, whatever the units of the data`, () => {
		// Far from standard: a surface of raw inputs would be of one class.
		const table: Table = {
			...moons,
			inputs: moons.inputs.map((value, i) => (i % 2 === 0 ? 1000 + 50 * value : value)),
		};
		const session = new Session({
			table,
			activation: findActivation("tanh")!,
			parameters: {},
			hidden: [16],
			initialiser: "xavier-normal",
			optimizer: { name: "adam", lr: 0.03 },
			epochs: 100,
			batchSize: 16,
			validation: 0.2,
			seed: 0,
			precision,
		});
		session.start();
		let last = session.advance(1);
		while (session.stepsPerEpoch * 100 > (last && "step" in last ? last.step : 0)) last = session.advance(1000) ?? last;
		assert.ok(last && "accuracy" in last && last.accuracy! > 0.95);
		const { columns, domain, classes } = session.surface()!;
		const [[left, right], [bottom, top]] = domain;
		let agree = 0;
		for (let i = 0; i < table.samples; i++) {
			const column = Math.floor(((table.inputs[2 * i]! - left) / (right - left)) * columns);
			const row = Math.floor(((table.inputs[2 * i + 1]! - bottom) / (top - bottom)) * columns);
			if (classes[row * columns + column] === table.targets[i]) agree++;
		}
		assert.ok(agree / table.samples > 0.95, `${agree} of ${table.samples}`);
	});
}
