import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "./runInTest.ts";

const folder = mkdtempSync(join(tmpdir(), "model-"));
const file = join(folder, "model.py");
const layers = (width: number) =>
	writeFileSync(
		file,
		`import torch.nn as nn\nnet = nn.Sequential(nn.Linear(${width}, ${width}), nn.ReLU(), nn.Linear(${width}, ${width}))\n`,
	);

test("a model that takes a second is run and said to be confirmed; one that takes longer is not run unasked, and says so", async () => {
	layers(16);
	const small = await run("model", file);
	assert.equal(small.code, 0);
	assert.match(small.out, /^ {2}Confirmed by 20 networks with 128 samples\.$/m);
	layers(512);
	const large = await run("model", file);
	assert.match(large.out, /^ {2}Not run yet: that takes [\d.]+ billion multiplications; --confirm does it\.$/m);
	assert.doesNotMatch(large.out, /Confirmed/);
	const json = await run("model", file, "--json");
	assert.equal(JSON.parse(json.out).confirmation, null);
});

test("of the models around a place the innermost is told, by line or by line and column; of a notebook, by the line in a cell", async () => {
	const text = [
		"from torch import nn",
		"a = nn.Sequential(nn.Linear(2, 3)); b = nn.Sequential(nn.Linear(3, 4))",
		"",
	].join("\n");
	writeFileSync(file, text);
	const namesAt = async (place: string) => {
		const { code, out } = await run("model", `${file}${place}`, "--json");
		const lines = out.split("\n").filter(Boolean);
		return [code, ...lines.map((line) => JSON.parse(line).name)];
	};
	assert.deepEqual(await namesAt(""), [0, "a", "b"]);
	assert.deepEqual(await namesAt(":2:0"), [0, "a"]);
	assert.deepEqual(await namesAt(":2:40"), [0, "b"]);
	assert.deepEqual(await namesAt(":1"), [1]);
	const cell = (source: string) => ({ cell_type: "code", metadata: {}, source: [source], outputs: [] });
	const cells = [cell("from torch import nn"), cell("a = nn.Sequential(nn.Linear(2, 3))")];
	const book = join(folder, "book.ipynb");
	writeFileSync(book, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
	const { out } = await run("model", `${book}:1`, "--json");
	const { name, cell: at, line, column } = JSON.parse(out);
	assert.deepEqual([name, at, line, column], ["a", 1, 1, 0]);
	writeFileSync(book, "{");
	const { code, complaints } = await run("model", book);
	assert.equal(code, 1);
	assert.match(
		complaints,
		/^activation-lens model: .*book\.ipynb: .*\n?activation-lens model: no model in .*book\.ipynb$/,
	);
});
