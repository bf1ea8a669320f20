import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { runExactly, type StepReport } from "../../../src/core/training/exactRun.ts";
import { assertFollows } from "./compareRun.ts";

const { configs } = JSON.parse(gunzipSync(readFileSync("test/golden/trainer.json.gz")).toString());

for (const config of configs) {
	const { expected, activation, loss, norm, optimizer, layers: widths, init } = config;
	test(`${config.id}: ${activation.id}, ${norm}, ${loss}, ${optimizer.name} follows PyTorch step by step`, () => {
		const entry = findActivation(activation.id);
		assert.ok(entry);
		const steps: StepReport[] = [];
		const training = runExactly({
			widths,
			activation: entry,
			parameters: Object.fromEntries(Object.entries(activation.params).map(([k, v]) => [k, Number(v)])),
			norm,
			loss,
			optimizer,
			inputs: Float64Array.from(config.data.x.flat()),
			targets: Float64Array.from(config.data.y.flat()),
			batches: config.batches,
			initial: { ...init, activations: init.prelu?.map((weight: number) => ({ weight })) },
		});
		let next = training.next();
		for (; !next.done; next = training.next()) steps.push(next.value);
		const result = next.value;
		assertFollows({ steps, result }, expected);
	});
}
