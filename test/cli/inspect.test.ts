import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "./runInTest.ts";

const file = join(mkdtempSync(join(tmpdir(), "inspect-")), "model.py");
writeFileSync(
	file,
	"import numpy as np\n\ndef sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n\ndef silu(x):\n    while x > 0:\n        x = x - 1\n    return x\n",
);

test("inspect writes what a definition is, with hazards, witnesses and culprits", async () => {
	const { code, out } = await run("inspect", `${file}:4`, "--json");
	assert.equal(code, 0);
	const found = JSON.parse(out);
	assert.equal(found.name, "sigmoid");
	assert.equal(found.line, 3);
	assert.equal(found.identity.activation, "sigmoid");
	assert.equal(found.stable, "np.where(x >= 0, 1, np.exp(-np.abs(x))) / (1 + np.exp(-np.abs(x)))");
	const [hazard] = found.hazards.filter((one: { dtype: string }) => one.dtype === "float32");
	assert.equal(hazard.kind, "zero");
	assert.ok(Math.abs(hazard.hi + 88.72284) < 1e-3);
	assert.equal(hazard.culprit.text, "np.exp(-x)");
	assert.equal(hazard.culprit.line, 4);
});

test("inspect names the library's own function", async () => {
	const own = join(mkdtempSync(join(tmpdir(), "inspect-")), "own.py");
	const body = "    def forward(self, x):\n        return x * torch.tanh(torch.log(1 + torch.exp(x)))\n";
	writeFileSync(own, `import torch\nfrom torch import nn\nclass Mish(nn.Module):\n${body}`);
	assert.equal(JSON.parse((await run("inspect", own, "--json")).out).libraryFunction, "F.mish(x)");
	assert.match((await run("inspect", own)).out, /the library's own: F\.mish\(x\)/);
	assert.equal(JSON.parse((await run("inspect", `${file}:4`, "--json")).out).libraryFunction, "special.expit(x)");
});

test("inspect says of a whole file what is not understood, and why", async () => {
	const { code, out } = await run("inspect", file);
	assert.equal(code, 0);
	assert.match(out, /silu: not understood: while loop/);
});

test("inspect without an activation ends with 1, misuse with 2", async () => {
	assert.equal((await run("inspect", `${file}:1`)).code, 1);
	assert.equal((await run("inspect")).code, 2);
	assert.equal((await run("inspect", "nowhere.py:1")).code, 2);
	assert.match((await run("inspect", `${file}:0`)).complaints, /line from 1/);
});

test("inspect reads a notebook's cells as one text, and tells the cell", async () => {
	const notebook = join(mkdtempSync(join(tmpdir(), "inspect-")), "own.ipynb");
	const cells = ["import numpy as np", "\ndef sigmoid(x):\n    return 1 / (1 + np.exp(-x))"].map((source) => ({
		cell_type: "code",
		source,
	}));
	writeFileSync(notebook, JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
	const found = JSON.parse((await run("inspect", notebook, "--json")).out);
	assert.deepEqual([found.cell, found.line, found.identity.activation], [1, 2, "sigmoid"]);
	assert.match((await run("inspect", notebook)).out, /own\.ipynb\[1\]:2:4 {2}sigmoid: sigmoid\n/);
});
