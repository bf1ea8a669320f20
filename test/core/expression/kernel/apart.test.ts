import assert from "node:assert/strict";
import { test } from "node:test";
import { nextApart } from "../../../../src/core/expression/kernel/apart.ts";
import { Random } from "../../../../src/core/numerics/random.ts";

const SHARE = 0.01;
const HIGHEST = 65504;
const LENGTH = 3001;
const bounds = { share: SHARE, least: 0, highest: HIGHEST };

function allApart(values: Float64Array, truth: Float64Array, within = bounds): number[] {
	const found: number[] = [];
	for (let i = nextApart(values, truth, within, 0); i < LENGTH; i = nextApart(values, truth, within, i + 1))
		found.push(i);
	return found;
}

test("a value that is apart is found wherever it stands, and whatever stands beside it", () => {
	const truth = Float64Array.from({ length: LENGTH }, (_, i) => (i - 1500) / 7);
	for (const at of [0, 1, 2, 511, 512, 513, 1023, 1500, 2047, 2048, 2560, 2999, 3000]) {
		const values = truth.map((value) => value * (1 + SHARE / 2));
		assert.deepEqual(allApart(values, truth), []);
		values[at] = truth[at]! * (1 + 2 * SHARE) + 1e-300;
		assert.deepEqual(allApart(values, truth), [at]);
		assert.equal(nextApart(values, truth, bounds, at + 1), LENGTH);
	}
});

test("NaN, infinities and zeros are apart as the definition says, and nothing is from what no number of the type is", () => {
	const seed = 4811;
	const random = new Random(seed);
	const special = [
		Number.NaN,
		Number.POSITIVE_INFINITY,
		Number.NEGATIVE_INFINITY,
		0,
		-0,
		HIGHEST,
		65505,
		-65505,
		5e-324,
		1,
		1 + 1 / 64,
	];
	for (const share of [1, 0.1, 0.001]) {
		const truth = Float64Array.from({ length: LENGTH }, () => random.uniform() - 0.5);
		const values = truth.slice();
		for (let i = 0; i < LENGTH; i++) {
			const pick = () => special[Math.floor(random.uniform() * special.length)]!;
			if (random.uniform() < share) truth[i] = pick();
			if (random.uniform() < share) values[i] = pick();
		}
		for (const least of [0, 5e-324, 1 / 64]) {
			const expected = [...truth.keys()].filter((i) => {
				const size = Math.abs(truth[i]!);
				const distance = Math.abs(values[i]! - truth[i]!);
				return size <= HIGHEST && !(distance <= SHARE * size || distance <= least);
			});
			assert.ok(expected.length > 0);
			assert.deepEqual(allApart(values, truth, { ...bounds, least }), expected, `seed ${seed}`);
		}
	}
});
