import type { Model } from "../../reading/model/model.ts";
import { propagate } from "./forward/propagate.ts";
import { gradientsOf, weightGradient } from "./gradients.ts";
import { countedOutputs } from "./outputs.ts";
import type { Value } from "./propagated.ts";
import type { Reservation } from "./reservations.ts";
import { meanSquare } from "./signal.ts";
import { type Shapes, shapesOf } from "./sizes.ts";
import { type Stage, stagesOf } from "./stages.ts";

/** What a stage does before training, for inputs of mean 0 and variance 1; null where something unknown stands before. */
export interface StageForecast extends Stage {
	/** Standard deviation over samples and features, behind the stage. */
	readonly forwardStd: number | null;
	/** Root of the mean square there. */
	readonly forwardRms: number | null;
	/** Standard deviation of the pre-activation, behind the normalisation. */
	readonly preStd: number | null;
	/** Norm of the gradient by the pre-activation, relative to the last stage's. */
	readonly gradientRatio: number | null;
	/** The same of the gradient by the stage's weights. */
	readonly weightGradientRatio: number | null;
}

/** Signal and gradient through a model before training. */
export interface Forecast {
	readonly stages: readonly StageForecast[];
	readonly reservations: readonly Reservation[];
	/** Inputs whose size the source does not tell, and the size that is supposed. */
	readonly supposed: Shapes["supposed"];
}

/** Share of a gradient that a normalisation within samples takes out from which on it matters how the rest hangs together. */
const MOST_REMOVED = 1 / 4;

/**
 * What wide layers with random weights do to a signal and to the gradient of Σ h·v with v normal, h the outputs: the
 * variance and correlation maps (Poole et al. 2016) along the graph, and the gradient's square back along it
 * (Schoenholz et al. 2017), with batch normalisation over many samples (Yang et al. 2019). Branches that meet in a sum
 * are independent where weights lie between, so that their variances add. The values are those of a typical network:
 * the mean of the logarithm, to first order in 1/width. Images whose size the source does not tell have `side` places along
 * each axis, where that is given.
 */
export function forecastModel(model: Model, side: number | null = null): Forecast {
	const { shapes, supposed } = shapesOf(model, side);
	const ctx = propagate(model, shapes);
	const gradients = gradientsOf(ctx, countedOutputs(model));
	model.layers.forEach(({ step }, i) => {
		const by = gradients[i];
		const takesCommon = step.kind === "normalisation" && step.of === "instance";
		if (takesCommon && by && by.common > MOST_REMOVED * by.square) ctx.reserve("mean over places", i);
	});
	const stages = stagesOf(model);
	const measured = stages.map((stage) => {
		const [before, after] = [ctx.values[stage.before], ctx.values[stage.after]];
		return {
			stage,
			forwardStd: after && seenDeviation(after),
			forwardRms: after && Math.sqrt(meanSquare(after.signal)),
			preStd: before && seenDeviation(before),
			// The pre-activation may pass through steps that leave it as it is.
			gradient: gradients[stage.before],
			weightGradient: weightGradient(ctx, stage.weights, gradients),
		};
	});
	const last = measured.at(-1);
	const ratio = (square: number | null | undefined, of: number | null | undefined) =>
		square == null || of == null || !(of > 0) ? null : Math.sqrt(square / of);
	return {
		stages: measured.map(({ stage, gradient, weightGradient, ...forward }) => ({
			...stage,
			...forward,
			gradientRatio: ratio(gradient?.square, last?.gradient?.square),
			weightGradientRatio: ratio(weightGradient, last?.weightGradient),
		})),
		reservations: ctx.reservations.all(),
		supposed,
	};
}

/** Deviation over samples, places and features: that between few features is seen from their own mean. */
function seenDeviation({ signal: { variance, within }, features }: Value): number {
	return Math.sqrt(features === null ? variance : within + (variance - within) * (1 - 1 / features));
}
