import type { Activation } from "../activations/activation.ts";
import type { Parameters } from "../expression/expression.ts";
import { type Clipping, clipGradients, totalNorm } from "./clip.ts";
import { type Dropout, keepFactors } from "./dropout.ts";
import { type InitialiserSettings, initialise } from "./initialise.ts";
import { type LayerStatistics, layerStatistics } from "./layerStatistics.ts";
import { type LossKind, type LossSettings, lossOf } from "./loss.ts";
import { Network } from "./network.ts";
import type { NormKind } from "./norm.ts";
import { makeOptimizer, type OptimizerSettings } from "./optimizer.ts";
import { rows } from "./rows.ts";
import { learningRateAt, type Schedule } from "./schedule.ts";
import { gradientNorm } from "./weight.ts";
import { loadWeights, matrix, type Weights, weightsOf } from "./weights.ts";

/** One training run with everything given: shape, weights, data and the samples of each batch. */
export interface ExactRun {
	readonly widths: readonly number[];
	readonly activation: Activation;
	readonly parameters: Parameters;
	/** As `NetworkShape` has it. */
	readonly trained?: readonly string[];
	readonly norm: NormKind;
	readonly residual?: boolean;
	readonly dropout?: Dropout;
	readonly loss: LossKind | LossSettings;
	readonly optimizer: OptimizerSettings;
	readonly schedule?: Schedule;
	readonly clipping?: Clipping;
	/** Row-major [samples][features]. */
	readonly inputs: Float64Array;
	/** [samples][outputs], or a class index a sample for cross entropy. */
	readonly targets: Float64Array;
	/** Sample indices of each step. */
	readonly batches: readonly (readonly number[])[];
	/** The weights themselves, or how they are drawn. */
	readonly initial: Weights | InitialiserSettings;
}

/** A step before its update. */
export interface StepReport {
	readonly step: number;
	readonly loss: number;
	readonly learningRate: number;
	/**
	 * Euclidean norms of the loss's gradient by each linear layer's W and b, and by all weights as one vector: without
	 * weight decay and before clipping.
	 */
	readonly gradientNorms: { readonly W: readonly number[]; readonly b: readonly number[]; readonly total: number };
}

export interface ExactResult {
	/** The weights at the start, where they were drawn. */
	readonly initial?: Weights;
	/** The gradient of the first step, before clipping; null when there is no step. */
	readonly firstGradient: Weights | null;
	readonly final: Weights;
	/** What evaluation uses in a batch norm. */
	readonly runningStatistics?: readonly { readonly mean: readonly number[]; readonly variance: readonly number[] }[];
	/** Over all samples in evaluation mode: no dropout, running statistics. */
	readonly finalLoss: number;
	readonly finalOutput: readonly (readonly number[])[];
	/** Over all samples before training, without dropout, with batch statistics in a batch norm. */
	readonly initialStatistics: readonly LayerStatistics[];
	/**
	 * The loss became NaN or infinite at this step, and training stopped before its update; the number of steps where only
	 * the loss at the end is; null otherwise.
	 */
	readonly divergedAt: number | null;
}

/**
 * Trains exactly as given: yields each step before its update, so that whoever asks for the next one decides how long to
 * go on, and returns the result. Stops at a loss that is not finite.
 */
export function* runExactly(run: ExactRun): Generator<StepReport, ExactResult> {
	const { inputs, targets, widths, dropout, schedule = { name: "constant" } } = run;
	const samples = inputs.length / widths[0];
	const initialStatistics = statisticsAtStart(run, samples);
	const network = networkOf(run);
	const initial = weightsOf(network);
	const optimizer = makeOptimizer(run.optimizer, network.weights);
	let firstGradient: Weights | null = null;
	let divergedAt: number | null = null;
	for (const [step, batch] of run.batches.entries()) {
		const keep = dropout && keepFactors(dropout, step, widths.slice(1, -1), batch.length);
		const outputs = network.forward(rows(inputs, widths[0], batch), batch.length, true, keep);
		const { value, gradient } = lossOf(run.loss, outputs, rows(targets, targets.length / samples, batch), batch.length);
		network.backward(gradient, batch.length);
		firstGradient ??= weightsOf(network, "gradient");
		const learningRate = learningRateAt(schedule, run.optimizer.lr, step);
		yield {
			step,
			loss: value,
			learningRate,
			gradientNorms: {
				W: network.layers.map(({ weight }) => gradientNorm(weight)),
				b: network.layers.map(({ bias }) => gradientNorm(bias)),
				total: totalNorm(network.weights),
			},
		};
		if (!Number.isFinite(value)) {
			divergedAt = step;
			break;
		}
		if (run.clipping) clipGradients(run.clipping, network.weights);
		optimizer.step(learningRate);
	}
	const outputs = network.forward(inputs, samples, false);
	const finalLoss = lossOf(run.loss, outputs, targets, samples).value;
	if (!Number.isFinite(finalLoss)) divergedAt ??= run.batches.length;
	return {
		...("layers" in run.initial ? {} : { initial }),
		firstGradient,
		final: weightsOf(network),
		...(run.norm === "batchnorm" ? { runningStatistics: runningStatisticsOf(network) } : {}),
		finalLoss,
		finalOutput: matrix(outputs, widths[widths.length - 1]),
		initialStatistics,
		divergedAt,
	};
}

function networkOf({ widths, activation, parameters, trained, norm, residual = false, initial }: ExactRun): Network {
	const network = new Network({ widths, activation, parameters, norm, residual, ...(trained ? { trained } : {}) });
	if ("layers" in initial) loadWeights(network, initial);
	else initialise(network, initial, initial.seed ?? 0);
	return network;
}

/** Of a network of its own: a forward pass with batch statistics would move the running ones. */
function statisticsAtStart(run: ExactRun, samples: number): readonly LayerStatistics[] {
	const network = networkOf(run);
	network.forward(run.inputs, samples, true);
	return layerStatistics(network);
}

function runningStatisticsOf({ norms }: Network) {
	return norms.map(({ running }) => ({ mean: [...running!.mean], variance: [...running!.variance] }));
}
