import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { assertFollows, type Computed } from "../core/training/compareRun.ts";
import { run } from "./runInTest.ts";

const folder = mkdtempSync(join(tmpdir(), "activation-lens-train-"));
after(() => rmSync(folder, { recursive: true }));

for (const file of ["trainer.json.gz", "trainer-features.json.gz"]) {
	const { configs } = JSON.parse(gunzipSync(readFileSync(join("test/golden", file))).toString());
	for (const config of configs) {
		test(`train follows PyTorch on ${config.id} (${config.tag || config.activation.id}) at each step to 1e-9`, async (context) => {
			const spec = join(folder, "spec.json");
			writeFileSync(spec, JSON.stringify(config));
			const { code, out, complaints } = await run("train", spec, "--json");
			assert.equal(complaints, "");
			assert.equal(code, 0);
			const lines = out
				.split("\n")
				.filter(Boolean)
				.map((line) => JSON.parse(line));
			const result = lines.pop();
			assert.equal(result.kind, "result");
			lines.forEach((line, step) => {
				assert.equal(line.step, step);
			});
			const worst = assertFollows({ steps: lines, result } as Computed, config.expected);
			context.diagnostic(`worst error ${worst.toExponential(1)}`);
		});
	}
}
