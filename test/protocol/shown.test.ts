import assert from "node:assert/strict";
import { test } from "node:test";
import { shown } from "../../src/protocol/shown.ts";

test("a value is shown as JSON writes it, and its beginning alone where it is long", () => {
	const values = [undefined, null, Number.NaN, "a", [1, [2]], { a: { b: "c" } }, Array.from({ length: 1e6 }, () => 7)];
	assert.deepEqual(values.map(shown), [
		"nothing",
		"null",
		"NaN",
		'"a"',
		"[1,[2]]",
		'{"a":{"b":"c"}}',
		`[${"7,".repeat(28)}…`,
	]);
});

test("lists a hundred thousand deep are shown, too", () => {
	const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
	assert.equal(shown(deep), `${"[".repeat(57)}…`);
});
