import assert from "node:assert/strict";
import { test } from "node:test";
import { byTurning } from "../../../../src/core/diagnosis/propagation/turned.ts";
import { Random } from "../../../../src/core/numerics/random.ts";
import { orthogonal } from "../../../../src/core/training/orthogonal.ts";

/** Square: what the numbers of exp(A − Aᵀ) before Q change at A = 0, one for each pair of columns. */
test("the gradient by a rotation is that by each pair of axes that it turns into each other", () => {
	const size = 5;
	const random = new Random(1, "weights");
	const weight = new Float64Array(size * size);
	orthogonal(weight, size, size, random);
	const gradient = Float64Array.from(weight, () => random.normal());
	let square = 0;
	for (let a = 0; a < size; a++) {
		for (let b = 0; b < a; b++) {
			let by = 0;
			for (let i = 0; i < size; i++) {
				by += weight[a * size + i]! * gradient[b * size + i]! - weight[b * size + i]! * gradient[a * size + i]!;
			}
			square += by ** 2;
		}
	}
	const turned = byTurning(weight, size, 1)(gradient);
	assert.ok(Math.abs(lengthOf(turned) ** 2 - square) < 1e-9);
});

for (const [rows, columns] of [
	[3, 7],
	[7, 3],
] as const) {
	test(`${rows} × ${columns}: of a gradient counts what leads out of the space of the vectors, and what turns them in it`, () => {
		const random = new Random(2, "weights");
		const weight = new Float64Array(rows * columns);
		orthogonal(weight, rows, columns, random);
		const turn = byTurning(weight, rows, 2);
		assert.ok(lengthOf(turn(weight)) < 1e-9, "what only stretches has no part");
		const gradient = Float64Array.from(weight, () => random.normal());
		const vector = (values: Float64Array, k: number) =>
			Array.from({ length: 7 }, (_, i) => values[rows < columns ? k * columns + i : i * columns + k]!);
		const along = (a: number, b: number) =>
			vector(weight, a).reduce((all, one, i) => all + one * vector(gradient, b)[i]!, 0);
		let square = lengthOf(gradient) ** 2;
		for (let a = 0; a < 3; a++) {
			for (let b = 0; b < 3; b++) square += (along(a, b) - along(b, a)) ** 2 / 2 - along(a, b) ** 2;
		}
		assert.ok(Math.abs(lengthOf(turn(gradient)) ** 2 - 4 * square) < 1e-9);
	});
}

function lengthOf(values: Float64Array): number {
	return Math.hypot(...values);
}
