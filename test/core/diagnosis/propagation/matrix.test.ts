import assert from "node:assert/strict";
import { test } from "node:test";
import { rowProducts, transposed } from "../../../../src/core/diagnosis/propagation/matrix.ts";
import { COLUMNS, LENGTH, ROWS, STEP } from "../../../../src/core/diagnosis/propagation/productKernel.ts";
import { Random } from "../../../../src/core/numerics/random.ts";

const SEED = 7;
/** Around the sizes of a block, of its tiles and its steps. */
const SHAPES = [
	[1, 1, 1],
	[3, 5, STEP + 1],
	[ROWS + 1, 2, LENGTH],
	[7, COLUMNS + 3, LENGTH + STEP - 1],
	[2 * ROWS, 1, 2 * LENGTH + 1],
] as const;

for (const [m, n, k] of SHAPES) {
	test(`${m} rows by ${n} of ${k} numbers each: products are within rounding of plain sums (seed ${SEED})`, () => {
		const random = new Random(SEED, `${m} ${n} ${k}`);
		const drawn = (count: number) => Float64Array.from({ length: count }, () => random.normal());
		const [a, b] = [drawn(m * k), drawn(n * k)];
		// What an earlier product has left in the block is nothing to this one.
		rowProducts(new Float64Array(ROWS * LENGTH).fill(Number.NaN), b.slice(0, 1), ROWS, 1, 1);
		const c = rowProducts(a, b, m, n, k);
		assert.equal(c.length, m * n);
		for (let i = 0; i < m; i++) {
			for (let j = 0; j < n; j++) {
				let [sum, size] = [0, 0];
				for (let l = 0; l < k; l++) {
					sum += a[i * k + l]! * b[j * k + l]!;
					size += Math.abs(a[i * k + l]! * b[j * k + l]!);
				}
				assert.ok(Math.abs(c[i * n + j]! - sum) <= k * 2 ** -53 * size, `${c[i * n + j]}, not ${sum}`);
			}
		}
	});
}

test("numbers far out of float32's range stay what they are in a product", () => {
	assert.deepEqual([...rowProducts(Float64Array.of(1e-200, 0), Float64Array.of(1e100, 1), 1, 1, 2)], [1e-100]);
});

test("a matrix turned twice is itself", () => {
	const values = Float64Array.from({ length: 35 * 67 }, (_, i) => i);
	assert.deepEqual(transposed(transposed(values, 35, 67), 67, 35), values);
});
