import assert from "node:assert/strict";
import { test } from "node:test";
import { activationValues } from "../../src/core/activations/values.ts";
import { activationOf } from "../../src/engines/sessionOf.ts";

test("a study's own function is a def, a lambda or an arrow function, with a name or without", () => {
	for (const [language, source] of [
		["python", "def f(x):\n    return x * x\n"],
		["python", "f = lambda x: x * x"],
		["python", "lambda x: x * x"],
		["javascript", "const f = (x) => x * x;"],
		["javascript", "x => x * x"],
		["typescript", "(x: number) => x * x"],
		["javascript", "function (x) { return x * x; }"],
	] as const) {
		const own = activationOf({ id: "custom", label: "own", source, language, parameters: {} });
		assert.deepEqual([...activationValues(own, {}, [3]).value], [9], source);
	}
	assert.throws(
		() => activationOf({ id: "custom", label: "own", source: "x * x", parameters: {} }),
		/^Error: "own" must hold a function of one input/,
	);
});

test("a function by hand is read once, so that what is derived of it is derived once, and 32 of them are kept", () => {
	const own = (source: string, label = source) => activationOf({ id: "custom", parameters: {}, source, label });
	const first = own("lambda x: x * x * 2");
	assert.equal(own("lambda x: x * x * 2", "by another name"), first);
	assert.notEqual(own("lambda x: x * x * 3"), first);
	for (let i = 0; i < 32; i++) own(`lambda x: x * x + ${i}`);
	assert.notEqual(own("lambda x: x * x * 2"), first);
});
