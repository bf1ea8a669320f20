import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { planTrial, simulate } from "../../src/core/diagnosis/propagation/simulate.ts";
import { readSource } from "../../src/core/reading/readSource.ts";
import { confirmForecast } from "../../src/engines/forecastRunner.ts";
import { ModelBuilder, modelOf, TORCH_DEFAULT } from "../core/diagnosis/propagation/models.ts";

const folder = mkdtempSync(join(tmpdir(), "activation-lens-forecast-"));
const workerFile = join(folder, "forecastWorker.js");
before(() =>
	build({
		entryPoints: ["src/engines/forecastWorker.ts"],
		outfile: workerFile,
		bundle: true,
		platform: "node",
		format: "cjs",
		logLevel: "warning",
	}),
);
after(() => rmSync(folder, { recursive: true }));

const shape = { id: "", width: 64, act: "relu", init: "torch_default", norm: "none", batch: 128, seeds: 20 };
const wanted = { batch: 32, seeds: 3 };

test("a worker's numbers are those of the same run without one", async () => {
	const model = modelOf({ ...shape, depth: 5 });
	const ending = await confirmForecast(model, { workerFile, wanted });
	assert.ok(ending.kind === "done", JSON.stringify(ending));
	const planned = planTrial(model, wanted);
	assert.ok(planned.kind === "trial");
	const run = simulate(model, planned);
	for (let next = run.next(); ; next = run.next()) {
		if (!next.done) continue;
		assert.deepEqual(ending.confirmation.stages, next.value.stages);
		break;
	}
});

test("a function of the file goes to the worker and is computed there", async () => {
	const { definitions } = readSource("import torch\ndef act(x):\n    return x * torch.sigmoid(x)\n", "python");
	const builder = new ModelBuilder();
	const linear = builder.linear(builder.input(64), 64, 64, TORCH_DEFAULT, TORCH_DEFAULT);
	const own = builder.add({ kind: "own-activation", definition: definitions[0]! }, [linear]);
	const ending = await confirmForecast(builder.model(own), { workerFile, wanted });
	assert.ok(ending.kind === "done" && ending.confirmation.stages[0]!.forwardStd.mean > 0.1, JSON.stringify(ending));
});

test("what cannot be run ends as refused", async () => {
	const builder = new ModelBuilder();
	const unknown = builder.add({ kind: "unknown", what: "fft", reason: "" }, [builder.input(8)]);
	const ending = await confirmForecast(builder.model(unknown), { workerFile });
	assert.deepEqual(ending, { kind: "refused", layer: 1, reason: "unknown step" });
});

test("an aborted confirmation ends as cancelled at once", async () => {
	const stop = new AbortController();
	const model = modelOf({ ...shape, depth: 40, width: 256 });
	const ending = confirmForecast(model, { workerFile, onProgress: () => stop.abort() }, stop.signal);
	assert.deepEqual(await ending, { kind: "cancelled" });
});

test("a worker that dies has failed", async () => {
	const broken = join(folder, "broken.js");
	writeFileSync(broken, 'throw new Error("out of luck");');
	const ending = await confirmForecast(modelOf({ ...shape, depth: 2 }), { workerFile: broken });
	assert.deepEqual(ending, { kind: "failed", message: "the forecast's thread failed: out of luck" });
});
