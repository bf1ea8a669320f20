import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import Ajv from "ajv-draft-04";
import { run } from "./runInTest.ts";

const CLEAN = "import torch.nn as nn\nnet = nn.ReLU()\n";
const BAD = `import torch
from torch import nn
import torch.nn.functional as F
y = "𝛼"; p = F.softmax(x)
def softplus(x): return torch.log(1 + torch.exp(x))
`;

function folder(files: Readonly<Record<string, string>>): string {
	const made = mkdtempSync(join(tmpdir(), "lint-"));
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(join(made, name, ".."), { recursive: true });
		writeFileSync(join(made, name), text);
	}
	return made;
}

test("lint exits with 0 where nothing is wrong, 1 where there is a warning, 2 for misuse", async () => {
	const at = folder({ "clean.py": CLEAN, "bad.py": BAD });
	assert.deepEqual(await run("lint", join(at, "clean.py")), { code: 0, out: "", complaints: "" });
	const bad = await run("lint", at);
	assert.equal(bad.code, 1);
	assert.match(bad.out, /bad\.py:4:15: warning \[softmax-without-dim\] F\.softmax without dim/);
	assert.match(bad.out, /bad\.py:5:\d+: information \[hazard-inf\] Overflow/);
	assert.equal((await run("lint")).code, 2);
	const format = await run("lint", at, "--format", "xml");
	assert.equal(format.code, 2);
	assert.match(format.complaints, /expected --format text, json, sarif, got "xml"/);
});

test("information alone is no failure", async () => {
	const at = folder({ "a.py": "import torch\ndef softplus(x): return torch.log(1 + torch.exp(x))\n" });
	const { code, out } = await run("lint", at);
	assert.equal(code, 0);
	assert.match(out, /information/);
});

test("--format json is a list of findings with ranges and fixes; columns count UTF-16 units from 0", async () => {
	const at = folder({ "bad.py": BAD });
	const { out } = await run("lint", at, "--format", "json");
	const findings = JSON.parse(out);
	const [finding] = findings;
	assert.equal(finding.rule, "softmax-without-dim");
	assert.deepEqual(
		[finding.line, finding.column, finding.endLine, finding.endColumn],
		[4, 'y = "𝛼"; p = '.length, 4, 'y = "𝛼"; p = F.softmax'.length],
	);
	assert.deepEqual(finding.fixes[0].edits, [
		{
			line: 4,
			column: 'y = "𝛼"; p = F.softmax(x'.length,
			endLine: 4,
			endColumn: 'y = "𝛼"; p = F.softmax(x'.length,
			text: ", dim=-1",
		},
	]);
	const hazard = findings.find(({ rule }: { rule: string }) => rule === "hazard-inf");
	assert.match(hazard.fixes[0].title, /Replace by stable form/);
	assert.equal(hazard.evidence.got, "Infinity");
	const clean = folder({ "clean.py": CLEAN });
	assert.equal((await run("lint", clean, "--format", "json")).out, "[]\n");
});

test("--format sarif is valid SARIF 2.1.0, with fixes, related places and every rule", async () => {
	const at = folder({
		"bad.py": BAD,
		"more.py": `import torch\nfrom torch import nn\nnet = nn.Sequential(nn.Linear(2, 2), nn.Softmax(dim=1))\nloss = nn.CrossEntropyLoss()(net(x), y)\n`,
		"cells.ipynb": JSON.stringify({
			cells: [
				{ cell_type: "markdown", source: "text" },
				{ cell_type: "code", source: "import torch.nn.functional as F\n" },
				{ cell_type: "code", source: ["%matplotlib inline\n", "p = F.softmax(x)"] },
			],
		}),
	});
	const { out } = await run("lint", at, "--format", "sarif");
	const log = JSON.parse(out);
	const schema = JSON.parse(gunzipSync(readFileSync("test/fixtures/sarif/schema-2.1.0.json.gz")).toString());
	const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
	assert.ok(validate(log as unknown), JSON.stringify(validate.errors));
	const [{ results, tool }] = log.runs;
	assert.ok(!validate({ ...log, runs: [{ results }] }), "the schema refuses a run without its tool");
	for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex].id, ruleId);
	const twice = results.find(({ ruleId }: { ruleId: string }) => ruleId === "activation-before-logits-loss");
	assert.equal(twice.relatedLocations.length, 1);
	assert.deepEqual(twice.locations[0].physicalLocation.region, {
		startLine: 3,
		startColumn: 38,
		endLine: 3,
		endColumn: 48,
	});
	const inCell = results.find(({ properties }: { properties?: { cell: number } }) => properties !== undefined);
	assert.equal(inCell.properties.cell, 2);
	assert.equal(inCell.locations[0].physicalLocation.region.startLine, 2);
});

test("pyproject.toml sets rules and leaves files out, for the files below it", async () => {
	const at = folder({
		"pyproject.toml":
			'[tool.activation-lens]\nexclude = ["old/**"]\n[tool.activation-lens.rules]\nsoftmax-without-dim = "off"\nhazard-inf = "error"\n',
		"bad.py": BAD,
		"old/bad.py": BAD,
		"inner/pyproject.toml": "[tool.ruff]\nline-length = 100\n",
		"inner/bad.py": BAD,
	});
	const { out, code } = await run("lint", at);
	assert.equal(code, 1);
	assert.doesNotMatch(out, /softmax-without-dim/);
	assert.equal(out.match(/error \[hazard-inf\]/g)?.length, 2);
	assert.doesNotMatch(out, /\/old\//);
});

test("bad settings end in one sentence that says what was expected and what was found", async () => {
	for (const [toml, sentence] of [
		['rules = { softmax = "off" }', /rules must name rules \(.*softmax-without-dim.*\), got "softmax"/],
		['rules = { softmax-without-dim = "loud" }', /rules\.softmax-without-dim must be one of "error", .*, got "loud"/],
		["rules = 3", /rules must be a table of rules with their severities, got 3/],
		['exclude = "old"', /exclude must be a list of patterns, got "old"/],
		["excludes = []", /may have rules and exclude, got "excludes"/],
		["rules = ", /pyproject\.toml is not TOML: /],
	] as const) {
		const at = folder({ "pyproject.toml": `[tool.activation-lens]\n${toml}\n`, "bad.py": BAD });
		const { code, complaints } = await run("lint", at);
		assert.equal(code, 2, toml);
		assert.match(complaints, sentence);
	}
});
