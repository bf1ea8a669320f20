import assert from "node:assert/strict";
import { test } from "node:test";
import { DESCENDS, SearchedText } from "../../../../src/core/reading/code/searchedText.ts";

const holds = (text: string, name: string) =>
	new SearchedText(text).mayHold(name, (definition) => definition.includes("exp"));

test("what a text defines under a name is looked at from its line to the next thing at a line's start", () => {
	const text = "import math\n\ndef f(x):\n    return math.exp(x)\n\n\ndef g(x):\n    return x\n";
	assert.ok(holds(text, "f"));
	assert.ok(!holds(text, "g"));
	assert.ok(holds("export default async function f(x) {\n  return Math.exp(x);\n}\n", "f"));
	assert.ok(!holds("class f:\n    pass\n\ndef g(x):\n    return exp(x)\n", "f"));
	// The first one counts; one of a class is not the module's.
	assert.ok(holds("def f(x):\n    return exp(x)\n\ndef f(x):\n    return x\n", "f"));
	assert.ok(holds("class A:\n    def f(self):\n        return 1\n\nf = exp\n", "f"));
});

test("a name that is bound in another way, or that a star may bring in, may be anything", () => {
	assert.ok(holds("f = g\n", "f"));
	assert.ok(holds("from a import f\n", "f"));
	assert.ok(holds("from a import *\n", "f"));
	assert.ok(holds('export * from "./a";\n', "f"));
	assert.ok(!holds("from a import g, ff\n", "f"));
});

test("a class that has a base may have anything from it", () => {
	for (const code of ["class A(Base):\n", "class A( b.Base, C):\n", "export class A extends B {\n"])
		assert.ok(DESCENDS.test(code), code);
	for (const code of ["class A:\n", "class A():\n", "class A {\n", "def A(Base):\n"])
		assert.ok(!DESCENDS.test(code), code);
});
