import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "./runInTest.ts";

const file = join(mkdtempSync(join(tmpdir(), "model-")), "model.py");
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
