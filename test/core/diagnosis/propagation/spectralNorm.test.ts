import assert from "node:assert/strict";
import { test } from "node:test";
import { divideByNorm, foundByIteration } from "../../../../src/core/diagnosis/propagation/spectralNorm.ts";
import { Random } from "../../../../src/core/numerics/random.ts";

const NETWORKS = 20;
/** Of the logarithm: the theory is that of large matrices. */
const CLOSE = 0.03;

for (const [rows, columns] of [
	[128, 288],
	[192, 48],
	[96, 96],
	[1, 50],
] as const) {
	for (const iterations of [1, 4, 16]) {
		test(`${iterations} steps find of ${rows} × ${columns} normal numbers what the theory tells`, () => {
			let sum = 0;
			for (let seed = 0; seed < NETWORKS; seed++) {
				const random = new Random(seed, "weights");
				const weight = Float64Array.from({ length: rows * columns }, () => random.normal());
				const before = weight[0]!;
				divideByNorm(weight, { rows, columns }, iterations, random);
				sum += Math.log(before / weight[0]!);
			}
			const off = sum / NETWORKS - Math.log(foundByIteration({ rows, columns }, iterations));
			assert.ok(Math.abs(off) < CLOSE, String(off));
		});
	}
}

test("the gradient by weights before they are divided by their largest singular value is that of differences", () => {
	const size = { rows: 3, columns: 4 };
	const random = new Random(2, "weights");
	const draw = () => Float64Array.from({ length: 12 }, () => random.normal());
	const [weight, by] = [draw(), draw()];
	/** So many steps find the vectors, along which the first changes of a singular value are those for constant ones. */
	const divided = (values: Float64Array) => {
		const own = Float64Array.from(values);
		const back = divideByNorm(own, size, 400, new Random(3, "vectors"));
		return { loss: own.reduce((all, one, at) => all + one * by[at]!, 0), gradient: back(by) };
	};
	const { gradient } = divided(weight);
	const h = 1e-5;
	weight.forEach((one, at) => {
		const [up, down] = [weight.with(at, one + h), weight.with(at, one - h)].map((values) => divided(values).loss);
		const difference = (up! - down!) / (2 * h);
		assert.ok(Math.abs(gradient[at]! - difference) < 1e-7, `${gradient[at]}, not ${difference}`);
	});
});
