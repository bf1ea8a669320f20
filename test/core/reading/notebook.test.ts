import assert from "node:assert/strict";
import { test } from "node:test";
import { parseNotebook, withoutMagics } from "../../../src/core/reading/notebook/parseNotebook.ts";
import { readNotebook } from "../../../src/core/reading/notebook/readNotebook.ts";
import { readPython } from "../../../src/core/reading/python/readPython.ts";

test("names of earlier cells hold in later ones, and offsets are those within the cell", () => {
	const cells = [
		"from torch import nn as layers",
		"def half(x):\n    return layers.functional.relu(x) / 2",
		"layers.ELU()\nhalf(3)",
	];
	const files = readNotebook(cells);
	assert.equal(files.length, 3);
	for (const [i, { uses }] of files.entries()) {
		for (const { span, text } of uses) assert.equal(cells[i]?.slice(span.start, span.end), text);
	}
	assert.deepEqual(
		files.map(({ uses }) => uses.map(({ text }) => text)),
		[[], ["half", "layers.functional.relu"], ["layers.ELU", "half"]],
	);
	const definition = files[2]?.uses[1]?.definition;
	assert.deepEqual(definition?.nameSpan, { start: 4, end: 8 });
	assert.equal(definition, files[1]?.definitions[0]);
});

test("the names behind one text are given on to the next", () => {
	const { scope } = readPython("from torch import nn as layers");
	const { uses } = readPython("layers.ELU()", scope);
	assert.deepEqual(
		uses.map(({ span }) => span),
		[{ start: 0, end: 10 }],
	);
});

test("an open bracket in one cell does not swallow the next", () => {
	const files = readNotebook(["import torch\ny = torch.relu(", "torch.tanh(y)"]);
	assert.deepEqual(
		files[1]?.uses.map(({ activation }) => activation),
		["tanh"],
	);
});

test("magics and shell lines are blanked at the same length", () => {
	const cells = [
		"%matplotlib inline\nimport torch",
		"!pip install a \\\n  b\ntorch.relu(x)",
		"%%time\ntorch.relu(x)",
		"%%bash\necho relu(x)",
		"files = !ls\ntorch.relu(x)",
		"torch.relu?",
		'text = """\n%not a magic\n"""',
	];
	for (const cell of cells) assert.equal(withoutMagics(cell).length, cell.length);
	assert.deepEqual(
		readNotebook(cells).map(({ uses }) => uses.length),
		[0, 1, 1, 0, 1, 0, 0],
	);
	assert.equal(withoutMagics(cells[6]!), cells[6]);
});

test("the Python cells of a notebook file are found by their index; what is no notebook has none", () => {
	const notebook = {
		cells: [
			{ cell_type: "markdown", source: "a" },
			{ cell_type: "code", source: ["import torch\n", "torch.relu(x)"] },
			{ cell_type: "code", source: 3 },
			null,
		],
	};
	assert.deepEqual(parseNotebook(`\uFEFF${JSON.stringify(notebook)}`), [
		{ index: 1, source: "import torch\ntorch.relu(x)" },
	]);
	for (const text of ["", "{", "[]", "3", '{"cells": 3}', "null"]) assert.deepEqual(parseNotebook(text), [], text);
	const julia = { ...notebook, metadata: { kernelspec: { language: "julia" } } };
	assert.deepEqual(parseNotebook(JSON.stringify(julia)), []);
});
