import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readCode } from "../../../../src/core/reading/code/codeReading.ts";
import type { Language } from "../../../../src/core/reading/code/language.ts";
import { LazyScopes } from "../../../../src/core/reading/code/lazyScopes.ts";
import type { Binding } from "../../../../src/core/reading/code/scope.ts";
import { python } from "../../../../src/core/reading/python/python.ts";
import { typescript } from "../../../../src/core/reading/typescript/typescript.ts";
import { LINKED, MAKERS, MEMBERS, mutate, random, SCRIPT_MEMBERS, TYPESCRIPT } from "../brokenCode.ts";

const MUTANTS = Number(process.env.MUTANTS ?? 100);
const SEED = Number(process.env.SEED ?? 20_261_126);
const script = typescript.get("typescript")!;
const fixture = (path: string) => readFileSync(`test/fixtures/${path}`, "utf8");

function plain(bindings: readonly Binding[] | undefined): unknown {
	return bindings?.map(({ at, what, scope }) => [at, what.kind, scope.kind]);
}

/** Asks for every word of the text in another order, then for all names, and holds them against the whole reading. */
function assertSame(text: string, language: Language, next: () => number, what: string): void {
	const { names, stars } = readCode([text], language).resolver.scopes.module;
	const scopes = new LazyScopes(text, language);
	assert.deepEqual(scopes.module.stars, stars, what);
	const words = [...new Set(text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu))].sort(() => next() - 0.5);
	for (const word of words)
		assert.deepEqual(plain(scopes.module.names.get(word)), plain(names.get(word)), `${what}: ${word}`);
	const all = (of: ReadonlyMap<string, readonly Binding[]>) =>
		[...of].map(([name, each]) => [name, plain(each)]).sort();
	assert.deepEqual(all(scopes.module.names), all(names), what);
	assert.equal(scopes.module.names.get("nowhere"), undefined);
	assert.equal(scopes.module.names.size, names.size, what);
}

test(`the names of a file are those of its whole reading, in whatever order they are asked for; so in ${MUTANTS} mutants`, () => {
	console.log(`seed ${SEED}`);
	const next = random(SEED);
	for (const path of [
		"references/common.py",
		"references/torch_usual.py",
		"models/torch_models.py",
		"models/flax_models.py",
	])
		assertSame(fixture(path), python, next, path);
	assertSame(fixture("references/tfjs_usual.js"), script, next, "tfjs_usual.js");
	for (const [language, sample] of [
		[python, LINKED],
		[python, MAKERS],
		[python, MEMBERS],
		[script, TYPESCRIPT],
		[script, SCRIPT_MEMBERS],
	] as const) {
		for (let i = 0; i < MUTANTS; i++) {
			const text = mutate(sample, next, [sample]);
			assertSame(text, language, next, `${language.library} mutant ${i}, seed ${SEED}`);
		}
	}
});

test("what binds a name without looking like it is found: imports, definitions, targets, globals, patterns", () => {
	const text = [
		"import os, torch.nn",
		"if os:",
		"    def relu (x): return x",
		"    class Act (object): pass",
		"else:",
		"    relu = Act = None",
		"relu.slope = 1",
		"(a, [b, *c]) = relu(1), [2, 3]",
		"for d in relu(3): pass",
		"with open('f') as e: pass",
		"def f():",
		"    global g",
		"    g = relu",
		"    import torch",
		"print(h := relu(2))",
	].join("\n");
	assertSame(text, python, random(SEED), "all kinds of bindings");
	const rest =
		"function f() {}\n\nconst { relu, ...others } = f();\n\nconst [first, ...more] = others.list;\n\nmore(first);";
	assertSame(rest, script, random(SEED), "what takes the rest");
});

test("a name that only stands before a dot or a bracket does not have its part parsed", () => {
	const text = ["import torch", "def f(x):\n    return torch.relu(x)", "y = f(torch.ones(3))", "z = y"].join("\n\n");
	const scopes = new LazyScopes(text, python);
	assert.equal(scopes.parsed, 0);
	assert.equal(scopes.module.names.get("torch")?.length, 1);
	assert.ok(scopes.parsed < 20, `${scopes.parsed} characters were parsed`);
});

test("of a long class the beginning is parsed for its name, and a member for what it binds", () => {
	const filler = "x = 1\n        ".repeat(200);
	const member = (name: string, body: string) => `\n    def ${name}(self):\n        ${filler}${body}\n`;
	const text = `class Long:\n${member("first", "self.act = 2")}${member("second", "return self.act(3)")}${member("third", "pass")}\ny = Long()\n`;
	const scopes = new LazyScopes(text, python);
	const [binding] = scopes.module.names.get("Long")!;
	assert.ok(binding!.what.kind === "class");
	const { attributes } = binding!.what.class;
	const head = scopes.parsed;
	assert.ok(head < text.length / 2, `${head} of ${text.length} characters were parsed`);
	assert.equal(attributes.get("third")?.length, 1);
	assert.ok(scopes.parsed - head < text.length / 2, `${scopes.parsed} of ${text.length} characters were parsed`);
	assert.deepEqual([...attributes.keys()].sort(), ["act", "first", "second", "third"]);
	assert.equal(attributes.get("act")?.length, 1);
});
