import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";

const folder = mkdtempSync(join(tmpdir(), "cli-study-"));
before(() =>
	build({
		entryPoints: { cli: "src/cli/main.ts", trainerWorker: "src/engines/trainerWorker.ts" },
		outdir: join(folder, "dist"),
		bundle: true,
		platform: "node",
		format: "cjs",
		target: "node20",
		logLevel: "error",
	}),
);
after(() => rmSync(folder, { recursive: true }));

function study(document: object): Promise<{ code: number; out: string; err: string }> {
	const file = join(folder, "spec.json");
	writeFileSync(file, JSON.stringify(document));
	return new Promise((resolve) => {
		const args = [join(folder, "dist", "cli.js"), "study", file, "--json"];
		execFile(process.execPath, args, { cwd: tmpdir() }, (error, out, err) =>
			resolve({ code: Number(error?.code ?? 0), out, err }),
		);
	});
}

const data = { kind: "npz", path: "stored.npz", inputs: "x", targets: "y" };
const small = { activations: ["relu"], data, network: { hidden: [4] }, epochs: 2, batchSize: 4, seeds: [0, 1] };

test("study trains on an archive beside its document, and tells the test part's loss", async () => {
	copyFileSync(join("test", "golden", "arrays", "stored.npz"), join(folder, "stored.npz"));
	const { code, out, err } = await study({ ...small, test: 0.3 });
	assert.equal(code, 0, err);
	const [result] = JSON.parse(out.trim().split("\n").at(-1)!).activations;
	assert.equal(result.runs, 2);
	assert.ok(result.testLoss.mean > 0 && result.testAccuracy.mean >= 0);
	const without = JSON.parse((await study(small)).out.trim().split("\n").at(-1)!).activations[0];
	assert.ok(!("testLoss" in without));
});

for (const [what, more, message] of [
	["an array that is not there", { data: { ...data, inputs: "images" } }, /data: there is no array "images" in stored/],
	["a batch larger than the data", { batchSize: 13 }, /study: batchSize must be at most the 10 of 12 samples/],
] as const) {
	test(`study refuses ${what} with one line, before any training`, async () => {
		const { code, out, err } = await study({ ...small, ...more });
		assert.deepEqual([code, out, err.trim().split("\n").length], [2, "", 1]);
		assert.match(err, message);
	});
}
