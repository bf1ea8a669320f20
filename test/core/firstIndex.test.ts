import assert from "node:assert/strict";
import { test } from "node:test";
import { firstIndex } from "../../src/core/firstIndex.ts";

test("the first index of which a question holds is found between any two ends, wherever it begins to hold", () => {
	for (let low = 0; low < 5; low++) {
		for (let high = low; high < 40; high++) {
			for (let first = low; first <= high; first++) {
				assert.equal(
					firstIndex(low, high, (i) => i >= first),
					first,
				);
			}
		}
	}
});

test("nothing is asked where there is nothing between the ends, also if they are the wrong way round", () => {
	const never = () => assert.fail("asked");
	assert.equal(firstIndex(3, 3, never), 3);
	assert.equal(firstIndex(1, 0, never), 1);
});

test("a million numbers are asked for twenty times at most", () => {
	let times = 0;
	firstIndex(0, 1_000_000, (i) => {
		times++;
		return i >= 271_828;
	});
	assert.ok(times <= 20, `asked ${times} times`);
});
