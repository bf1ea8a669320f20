import { describeForecast } from "../core/diagnosis/propagation/describeForecast.ts";
import type { Forecast } from "../core/diagnosis/propagation/forecast.ts";
import type { Confirmation } from "../core/diagnosis/propagation/simulate.ts";
import type { Initialisation, Model, ModelLayer, Step } from "../core/reading/model/model.ts";
import { english } from "../core/texts.ts";
import type { Locator } from "../engines/located.ts";

/** A model with its forecast, and what running it has found, as `model --json` writes it. */
export function modelAsJson(
	file: string,
	model: Model,
	forecast: Forecast,
	confirmation: Confirmation | null,
	locator: Locator,
): unknown {
	const { verdict, title, notes } = describeForecast(model, forecast, english, confirmation);
	const { line, column, cell } = locator.region(model.nameSpan);
	const stages = new Map(forecast.stages.map((stage) => [stage.weights, stage]));
	const measured = new Map(confirmation?.stages.map((stage) => [stage.weights, stage]));
	return {
		file,
		...(cell === undefined ? {} : { cell }),
		line,
		column,
		name: model.name,
		framework: model.framework,
		layers: model.layers.map((layer, index) => {
			const stage = stages.get(index);
			const run = measured.get(index);
			return {
				index,
				name: layer.name,
				...placeOfLayer(layer, locator),
				...stepAsJson(layer.step),
				inputs: layer.inputs,
				shape: layer.shape,
				sharedWith: layer.sharedWith,
				forwardStd: stage?.forwardStd ?? null,
				forwardRms: stage?.forwardRms ?? null,
				preStd: stage?.preStd ?? null,
				gradientRatio: stage?.gradientRatio ?? null,
				weightGradientRatio: stage?.weightGradientRatio ?? null,
				...(run
					? {
							confirmed: {
								forwardStd: run.forwardStd,
								forwardRms: run.forwardRms,
								preStd: run.preStd,
								gradientRatio: run.gradientRatio,
								weightGradientRatio: run.weightGradientRatio,
							},
						}
					: {}),
			};
		}),
		outputs: model.outputs,
		supposedInputs: forecast.supposed,
		verdict: verdict.kind,
		summary: title,
		notes,
		confirmation: confirmation && {
			samples: confirmation.batch,
			networks: confirmation.seeds,
			// The run's numbers are those of smaller images.
			...(confirmation.side !== null && { images: confirmation.supposed.map(({ shape }) => shape) }),
		},
	};
}

/** A layer of another file is told by that file alone: its lines are not at hand. */
function placeOfLayer({ span, path }: ModelLayer, locator: Locator): object {
	if (path !== null) return { file: path, line: null, column: null };
	const { line, column, cell } = locator.region(span);
	return { ...(cell === undefined ? {} : { cell }), line, column };
}

function stepAsJson(step: Step): object {
	const { kind, ...rest } = step;
	if (step.kind === "own-activation") {
		const { name, identity } = step.definition;
		return {
			kind: "activation",
			activation: identity?.activation ?? null,
			parameters: identity?.parameters ?? {},
			definition: name,
		};
	}
	if (step.kind === "recurrence") {
		const { weight, recurrent, bias, recurrentBias, forget, projection, cell, ...sizes } = step;
		const drawn = (one: Initialisation | null) => one && initialisationAsJson(one);
		return {
			...sizes,
			cell: cell.of,
			activation: stepAsJson(cell.activation),
			...(cell.of === "rnn" ? {} : { gate: stepAsJson(cell.gate) }),
			weight: drawn(weight),
			recurrent: drawn(recurrent),
			bias: drawn(bias),
			recurrentBias: drawn(recurrentBias),
			...(forget ? { forget: drawn(forget) } : {}),
			...(projection ? { projection: { units: projection.units, weight: drawn(projection.weight) } } : {}),
		};
	}
	if (step.kind === "linear" || step.kind === "convolution" || step.kind === "embedding") {
		const { weight, ...sizes } = step;
		const bias = "bias" in step ? step.bias : null;
		return {
			...sizes,
			weight: initialisationAsJson(weight),
			...("bias" in step ? { bias: bias && initialisationAsJson(bias) } : {}),
		};
	}
	return { kind, ...rest };
}

function initialisationAsJson({ explicit, draw }: Initialisation): object {
	return { explicit, ...draw };
}
