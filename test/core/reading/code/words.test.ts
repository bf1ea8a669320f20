import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../../src/core/numerics/random.ts";
import { nextWord, WordPlaces } from "../../../../src/core/reading/code/words.ts";

test("many names are found where each is found by itself", () => {
	const random = new Random(1, "words");
	const pick = (from: string) => from[Math.floor(random.uniform() * from.length)]!;
	const text = Array.from({ length: 20_000 }, () => pick("abx_12 .(=\nß")).join("");
	const names = ["a", "b", "_", "ab", "x1", "ßa", "a2b", "1a", "", "toString", "constructor"];
	const places = new WordPlaces(text);
	for (let round = 0; round < 60; round++) {
		for (const name of names) {
			let [mine, theirs] = [places.next(name, 0), nextWord(text, name, 0)];
			assert.equal(mine, theirs, name);
			for (; theirs >= 0; theirs = nextWord(text, name, theirs + 1)) {
				assert.equal(mine, theirs, name);
				mine = places.next(name, theirs + 1);
			}
		}
	}
});
