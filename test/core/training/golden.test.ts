import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { runExactly, type StepReport } from "../../../src/core/training/exactRun.ts";

const { configs } = JSON.parse(gunzipSync(readFileSync("test/golden/trainer.json.gz")).toString());
const number = (value: number | string) => Number(value);

/**
 * Largest difference relative to each number, or to `relativeTo`; with an absolute floor for what is 0 up to rounding.
 * Weights are measured against their layer's largest: the bias before a batch norm has no gradient but rounding, which
 * Adam scales up to 1e-11 a step.
 */
function difference(found: readonly number[], wanted: readonly (number | string)[], relativeTo?: number): number {
	assert.equal(found.length, wanted.length);
	return Math.max(
		...found.map((value, i) => {
			const truth = number(wanted[i]!);
			if (Object.is(value, truth) || value === truth) return 0;
			const error = Math.abs(value - truth);
			return error < 1e-14 ? 0 : error / Math.abs(relativeTo ?? truth);
		}),
	);
}

for (const config of configs) {
	const { expected, activation, loss, norm, optimizer, layers: widths } = config;
	test(`${config.id}: ${activation.id}, ${norm}, ${loss}, ${optimizer.name} follows PyTorch step by step`, () => {
		const entry = findActivation(activation.id);
		assert.ok(entry);
		const steps: StepReport[] = [];
		const result = runExactly(
			{
				widths,
				activation: entry,
				parameters: Object.fromEntries(Object.entries(activation.params).map(([k, v]) => [k, number(v as number)])),
				norm,
				loss,
				optimizer,
				inputs: Float64Array.from(config.data.x.flat()),
				targets: Float64Array.from(config.data.y.flat()),
				batches: config.batches,
				initial: { ...config.init, ...(config.init.prelu ? { activations: config.init.prelu } : {}) },
			},
			(step) => steps.push(step),
		);
		// A run that blows up amplifies rounding without bound: there the first steps count.
		const blowsUp = Math.max(...expected.loss.map((value: number | string) => Math.abs(number(value)))) > 1e6;
		const count = blowsUp ? 4 : steps.length;
		const pick = (values: readonly unknown[]) => values.slice(0, count) as number[];
		assert.ok(difference(pick(steps.map((step) => step.loss)), pick(expected.loss)) < 1e-9, "loss");
		for (let i = 0; i < count; i++) {
			assert.ok(
				difference(steps[i]!.gradientNorms.W, expected.gradNorms[i].W) < 1e-9,
				`gradient norms of W at step ${i}`,
			);
			assert.ok(
				difference(steps[i]!.gradientNorms.b, expected.gradNorms[i].b) < 1e-9,
				`gradient norms of b at step ${i}`,
			);
		}
		for (const [i, layer] of (expected.initStats as Record<string, number>[]).entries()) {
			for (const [name, value] of Object.entries(layer)) {
				const found = result.initialStatistics[i]![name as keyof (typeof result.initialStatistics)[0]];
				assert.ok(difference([found], [value]) < 1e-9, `${name} of layer ${i}: ${found}, expected ${value}`);
			}
		}
		if (blowsUp) return;
		result.final.layers.forEach(({ W, b }, i) => {
			const wanted = expected.final.layers[i];
			const largest = Math.max(...[...wanted.W.flat(), ...wanted.b].map((value) => Math.abs(number(value))));
			assert.ok(difference(W.flat(), wanted.W.flat(), largest) < 1e-9, `final W of layer ${i}`);
			assert.ok(difference(b, wanted.b, largest) < 1e-9, `final b of layer ${i}`);
		});
		if (expected.final.prelu)
			assert.ok(difference(result.final.activations!, expected.final.prelu) < 1e-9, "final slopes");
		assert.ok(difference([result.finalLoss], [expected.finalEvalLoss]) < 1e-9, "final loss");
		const outputs = expected.finalEvalOutput.flat().map(number);
		const largest = Math.max(...outputs.map(Math.abs));
		assert.ok(difference(result.finalOutput.slice(0, 4).flat(), outputs, largest) < 1e-9, "final outputs");
	});
}
