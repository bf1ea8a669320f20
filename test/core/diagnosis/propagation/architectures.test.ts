/** Models read from source, forecast and run, against PyTorch's statistics over 20 networks of test/python/architectures.py. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type Forecast, forecastModel, isRough } from "../../../../src/core/diagnosis/propagation/forecast.ts";
import { planTrial, simulate } from "../../../../src/core/diagnosis/propagation/simulate.ts";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
import { codeOf } from "../../../../src/core/reading/readSource.ts";

const QUANTITIES = ["forwardStd", "forwardRms", "preStd", "gradientRatio", "weightGradientRatio"] as const;

type Layer = { readonly name: string } & {
	readonly [quantity in (typeof QUANTITIES)[number]]: { readonly logMean: number; readonly logStd: number };
};

interface Measured {
	readonly name: string;
	/** Of one sample. */
	readonly input: readonly number[];
	readonly batch: number;
	readonly seeds: number;
	readonly layers: readonly Layer[];
}

const golden: readonly Measured[] = JSON.parse(
	gunzipSync(readFileSync("test/golden/init-propagation-models.json.gz")).toString(),
).models;
const read = readModels(codeOf(readFileSync("test/fixtures/models/image_models.py", "utf8"), "python")!);

const DECADES = 0.15;
/** Networks of a run here, for the time's sake. */
const SEEDS = 1;
/** Layers and quantities of one network hang together: some hundred independent comparisons in all. */
const DEVIATIONS = 4.5;
/** PyTorch's numbers have six digits. */
const DIGITS = 1e-5;
/** Their assumptions do not hold, and they say so. */
const ROUGH: Readonly<Record<string, string>> = {
	Resnet: "not normal",
	Generator: "narrow",
	Mixer: "mean over places",
	SqueezeExcite: "means add up",
	DenseNet: "uneven parts",
	Grouped: "means add up",
};

for (const measured of golden) {
	const model = read.find(({ name }) => name === measured.name)!;
	const forecast = forecastModel(model);
	/** Each number of the forecast or the run with PyTorch's for the layer. */
	const pairs = (stages: Forecast["stages"] | readonly { readonly weights: number }[]) =>
		stages.map(
			(stage) => [stage, measured.layers.find(({ name }) => name === model.layers[stage.weights]!.name)!] as const,
		);

	test(`${measured.name}: its layers are PyTorch's, and the size of its input is one that it can take`, () => {
		assert.deepEqual(
			forecast.stages.map(({ weights }) => model.layers[weights]!.name),
			measured.layers.map(({ name }) => name),
		);
		assert.deepEqual(
			forecast.supposed.map(({ shape }) => shape),
			[measured.input],
		);
	});

	const wanted = ROUGH[measured.name];
	if (wanted) {
		test(`${measured.name}: says why its forecast is rough`, () => {
			assert.ok(isRough(forecast));
			assert.ok(
				forecast.reservations.some(({ kind }) => kind === wanted),
				forecast.reservations.map(({ kind }) => kind).join(),
			);
		});
	} else {
		test(`${measured.name}: signal and gradient are within ${DECADES} decades of PyTorch's`, () => {
			assert.equal(isRough(forecast), false, JSON.stringify(forecast.reservations));
			for (const [stage, layer] of pairs(forecast.stages)) {
				for (const name of QUANTITIES) {
					const decades = (Math.log((stage as Forecast["stages"][number])[name]!) - layer[name].logMean) / Math.LN10;
					assert.ok(Math.abs(decades) < DECADES, `${name} of ${layer.name}: off by ${decades} decades`);
				}
			}
		});
	}

	test(`${measured.name}: a network lies within PyTorch's spread`, () => {
		const planned = planTrial(model, { batch: measured.batch, seeds: SEEDS });
		assert.ok(planned.kind === "trial", JSON.stringify(planned));
		const run = simulate(model, { ...planned, batch: measured.batch });
		let next = run.next();
		while (!next.done) next = run.next();
		for (const [stage, layer] of pairs(next.value.stages)) {
			for (const name of QUANTITIES) {
				const { logMean } = (stage as (typeof next.value.stages)[number])[name];
				const spread = layer[name].logStd * Math.sqrt(1 / SEEDS + 1 / measured.seeds) + DIGITS;
				const deviations = (logMean - layer[name].logMean) / spread;
				assert.ok(Math.abs(deviations) < DEVIATIONS, `${name} of ${layer.name}: ${deviations} deviations off`);
			}
		}
	});
}
