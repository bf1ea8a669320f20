/** Models read from source, forecast and run, against PyTorch's statistics over 20 networks. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type Forecast, forecastModel } from "../../../../src/core/diagnosis/propagation/forecast.ts";
import { isRough } from "../../../../src/core/diagnosis/propagation/reservations.ts";
import { planTrial, simulate } from "../../../../src/core/diagnosis/propagation/simulate.ts";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
import { codeOf } from "../../../../src/core/reading/readSource.ts";

const QUANTITIES = ["forwardStd", "forwardRms", "preStd", "gradientRatio", "weightGradientRatio"] as const;

type Measure = { readonly logMean: number; readonly logStd: number };

/** Of what is made inside a module of PyTorch's not all is measured. */
type Layer = { readonly name: string } & { readonly [quantity in (typeof QUANTITIES)[number]]?: Measure };

interface Measured {
	readonly name: string;
	/** Of one sample, for each of the model's inputs. */
	readonly input?: readonly number[];
	readonly inputs?: readonly (readonly number[])[];
	readonly batch: number;
	readonly seeds: number;
	readonly layers: readonly Layer[];
}

/** What test/python/architectures.py, sequences.py and keras_sequences.py measure. */
const FILES = [
	["image_models", "init-propagation-models"],
	["attention_models", "init-propagation-attention"],
	["recurrent_models", "init-propagation-recurrent"],
	["usual_models", "init-propagation-usual"],
	["published_models", "init-propagation-published"],
	["repository_models", "init-propagation-repository"],
	["composed_models", "init-propagation-composed"],
	["drawn_models", "init-propagation-drawn"],
	["sequences_keras", "init-propagation-keras"],
	["normed_keras", "init-propagation-normed-keras"],
] as const;
const golden = FILES.flatMap(([file, measures]) => {
	const text = gunzipSync(readFileSync(`test/golden/${measures}.json.gz`)).toString();
	const read = readModels(codeOf(readFileSync(`test/fixtures/models/${file}.py`, "utf8"), "python")!);
	const { models } = JSON.parse(text) as { readonly models: readonly Measured[] };
	return models.map((measured) => ({ measured, model: read.find(({ name }) => name === measured.name)! }));
});

const DECADES = 0.15;
/**
 * What queries have in common does not add up in a key, as long as the gradients of their rows have nothing in common; what
 * is concatenated is normalised by sizes of its own.
 */
const CLOSER: Readonly<Record<string, number>> = { SeparateHeads: 0.08, DenseNet: 0.03 };
/** Networks of a run here, for the time's sake. */
const SEEDS = 1;
/** Layers and quantities of one network hang together: some hundred independent comparisons in all. */
const DEVIATIONS = 4.5;
/** PyTorch's numbers have six digits. */
const DIGITS = 1e-5;
/** Their assumptions do not hold, and they say so. */
const ROUGH: Readonly<Record<string, string>> = {
	Generator: "narrow",
	Mixer: "mean over places",
	SqueezeExcite: "means add up",
	Grouped: "means add up",
	ViT: "uneven parts",
	transformer: "few dimensions",
	TiedGpt: "shared weights",
	StepwiseForecaster: "back through places",
	StepwiseLSTM: "shared weights",
	OpenLoop: "shared weights",
	PointSegmenter: "few dimensions",
	Depthwise: "not normal",
	TwoValues: "narrow",
};

for (const { measured, model } of golden) {
	const forecast = forecastModel(model);
	/** Each number of the forecast or the run with PyTorch's for the layer. */
	const pairs = (stages: Forecast["stages"] | readonly { readonly weights: number }[]) =>
		stages.map(
			(stage) => [stage, measured.layers.find(({ name }) => name === model.layers[stage.weights]!.name)!] as const,
		);

	test(`${measured.name}: its layers are PyTorch's, and the size of its input is one that it can take`, () => {
		// A cell that a loop calls is a layer again and again.
		const names = new Set(forecast.stages.map(({ weights }) => model.layers[weights]!.name));
		assert.deepEqual([...names].sort(), measured.layers.map(({ name }) => name).sort());
		// Keras' models say the size of their inputs; in another order than they are given in, where one is used first.
		const told = model.layers.filter(({ step }) => step.kind === "input").map(({ shape }) => shape);
		const shapes = measured.inputs ? told : forecast.supposed.map(({ shape }) => shape);
		const wanted = measured.inputs ?? shapes.map(() => measured.input);
		assert.ok(shapes.length > 0);
		assert.deepEqual(shapes.map(String).sort(), wanted.map(String).sort());
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
		const most = CLOSER[measured.name] ?? DECADES;
		test(`${measured.name}: signal and gradient are within ${most} decades of PyTorch's`, () => {
			assert.equal(isRough(forecast), false, JSON.stringify(forecast.reservations));
			for (const [stage, layer] of pairs(forecast.stages)) {
				for (const name of QUANTITIES.filter((one) => layer[one])) {
					const decades = (Math.log((stage as Forecast["stages"][number])[name]!) - layer[name]!.logMean) / Math.LN10;
					assert.ok(Math.abs(decades) < most, `${name} of ${layer.name}: off by ${decades} decades`);
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
			for (const name of QUANTITIES.filter((one) => layer[one])) {
				const { logMean } = (stage as (typeof next.value.stages)[number])[name];
				const spread = layer[name]!.logStd * Math.sqrt(1 / SEEDS + 1 / measured.seeds) + DIGITS;
				const deviations = (logMean - layer[name]!.logMean) / spread;
				assert.ok(Math.abs(deviations) < DEVIATIONS, `${name} of ${layer.name}: ${deviations} deviations off`);
			}
		}
	});
}
