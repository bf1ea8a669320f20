/** Prints each model of test/fixtures/models/unhealthy_*.py with each fix that is offered made, and what it is forecast to do. */
import { readFileSync } from "node:fs";
import { edited } from "../../src/core/diagnosis/propagation/fixEdits.ts";
import { modelReadings } from "../../src/core/diagnosis/propagation/modelReading.ts";
import { codeOf } from "../../src/core/reading/readSource.ts";

const FILES = { torch: "torch", lists: "torch", keras: "keras", flax: "flax", nnx: "nnx" };

const made = Object.entries(FILES).flatMap(([file, framework]) => {
	const text = readFileSync(`test/fixtures/models/unhealthy_${file}.py`, "utf8");
	return modelReadings(codeOf(text, "python")!).flatMap(({ model, fixes }) =>
		fixes.flatMap(({ change, edits, forecast }) => {
			if (!edits) return [];
			const stage = forecast.stages.findIndex(({ weightGradientRatio }) => weightGradientRatio !== null);
			const ratio = forecast.stages[stage]!.weightGradientRatio;
			return [{ framework, model: model.name, change, source: edited(text, edits), stage, ratio }];
		}),
	);
});
console.log(JSON.stringify(made));
