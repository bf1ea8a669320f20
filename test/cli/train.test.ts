import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { CommandIo } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run.ts";

const { configs } = JSON.parse(gunzipSync(readFileSync("test/golden/trainer.json.gz")).toString());
const folder = mkdtempSync(join(tmpdir(), "activation-lens-train-"));
after(() => rmSync(folder, { recursive: true }));

async function train(spec: unknown): Promise<{ code: number; lines: Record<string, unknown>[]; complaints: string }> {
	const file = join(folder, "spec.json");
	writeFileSync(file, JSON.stringify(spec));
	let [output, complaints] = ["", ""];
	const io: CommandIo = {
		input: (async function* () {})(),
		write: async (text) => {
			output += text;
		},
		complain: (message) => {
			complaints += message;
		},
		signal: new AbortController().signal,
	};
	const code = await runCli(["train", file, "--json"], io, () => "0");
	return {
		code,
		complaints,
		lines: output
			.split("\n")
			.filter(Boolean)
			.map((line) => JSON.parse(line)),
	};
}

test("a reference configuration is a spec as it stands, and its losses come back step by step", async () => {
	const config = configs.find((one: { id: string }) => one.id === "public-12");
	const { code, lines } = await train(config);
	assert.equal(code, 0);
	assert.equal(lines.length, 21);
	lines.slice(0, 20).forEach((line, i) => {
		assert.equal(line.step, i);
		assert.ok(Math.abs(Number(line.loss) - config.expected.loss[i]) < 1e-12);
	});
	assert.equal(lines[20]?.kind, "result");
});

const [config] = configs;
const refused: readonly (readonly [what: string, spec: unknown, message: RegExp])[] = [
	["no layers", { ...config, layers: undefined }, /layers must be a list, got nothing/],
	["width 0", { ...config, layers: [2, 0, 1] }, /layers\[1\] must be a whole number 1…4096, got 0/],
	[
		"an unknown activation",
		{ ...config, activation: { id: "rleu" } },
		/activation\.id must be an activation of the catalog, got "rleu"/,
	],
	[
		"a weight matrix of another shape",
		{ ...config, init: { layers: [{ W: [[1]], b: [0] }] } },
		/init\.layers must have 3 entries, got 1/,
	],
	["an index beyond the data", { ...config, batches: [[100000]] }, /batches\[0\] must hold indices 0…\d+, got 100000/],
	[
		"text among the numbers",
		{ ...config, data: { ...config.data, x: [["a", 1]] } },
		/data\.x\[0\]\[0\] must be a number, got "a"/,
	],
];

for (const [what, spec, message] of refused) {
	test(`a run with ${what} is refused with the field named`, async () => {
		const { code, complaints } = await train(spec);
		assert.equal(code, 2);
		assert.match(complaints, message);
	});
}
