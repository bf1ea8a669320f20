import assert from "node:assert/strict";
import { test } from "node:test";
import { importedNames } from "../../../../src/core/reading/python/imports.ts";
import { pythonFiles } from "../../../../src/core/reading/python/moduleFiles.ts";

const names = (code: string) => importedNames(code)?.map(({ module, name }) => `${module} ${name ?? ""}`.trim());

test("what import statements name is found without parsing", () => {
	assert.deepEqual(names("from .layers import relu, gelu as g\n"), [
		".layers relu",
		".layers gelu",
		".layers as",
		".layers g",
	]);
	assert.deepEqual(names("import torch.nn as nn, os\n"), ["torch.nn", "torch", "os", "os"]);
	assert.deepEqual(names("if a:\n    from b import (\n        c,  # d\n        e,\n    )\n"), ["b c", "b d", "b e"]);
	assert.deepEqual(names("from a import b, \\\n    c; import d\n"), ["a b", "a c", "d", "d"]);
	assert.deepEqual(names("from a.b import *\n"), ["a.b"]);
	assert.deepEqual(names("x = 1\n"), []);
});

test("an import that is written in another way is not guessed at", () => {
	for (const code of ["from . a import b\n", "from a import (b,\n", "from é import b\n", "import \\\n  a\n"]) {
		assert.equal(importedNames(code), undefined, code);
	}
});

test("a module is looked for beside the file and in the folders above, one of Python's own or of a library is not", () => {
	assert.deepEqual(pythonFiles("a.b", "/w/p/c.py", "/w"), [
		"/w/p/a/b/__init__.py",
		"/w/p/a/b.py",
		"/w/a/b/__init__.py",
		"/w/a/b.py",
	]);
	assert.deepEqual(pythonFiles("typing", "/w/p/c.py", "/w"), []);
	assert.deepEqual(pythonFiles("torch.nn", "/w/p/c.py", "/w"), []);
	assert.deepEqual(pythonFiles(".typing", "/w/p/c.py", "/w"), ["/w/p/typing/__init__.py", "/w/p/typing.py"]);
	assert.deepEqual(pythonFiles("types_of", "/p/c.py", "/p").length, 2);
});
