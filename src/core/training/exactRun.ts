import type { Activation } from "../activations/activation.ts";
import { activationFacts } from "../activations/facts.ts";
import type { Parameters } from "../expression/expression.ts";
import { type LossKind, lossOf } from "./loss.ts";
import { Network } from "./network.ts";
import type { NormKind } from "./norm.ts";
import { makeOptimizer, type OptimizerSettings } from "./optimizer.ts";
import { rows } from "./rows.ts";
import type { Weight } from "./weight.ts";

/** One training run with everything given: shape, weights, data and the samples of each batch. */
export interface ExactRun {
	readonly widths: readonly number[];
	readonly activation: Activation;
	readonly parameters: Parameters;
	readonly norm: NormKind;
	readonly loss: LossKind;
	readonly optimizer: OptimizerSettings;
	/** Row-major [samples][features]. */
	readonly inputs: Float64Array;
	/** [samples][outputs], or a class index a sample for cross entropy. */
	readonly targets: Float64Array;
	/** Sample indices of each step. */
	readonly batches: readonly (readonly number[])[];
	readonly initial: Weights;
}

/** A network's weights by place: W [outputs][inputs] row by row. */
export interface Weights {
	readonly layers: readonly { readonly W: readonly (readonly number[])[]; readonly b: readonly number[] }[];
	readonly norms?: readonly { readonly gamma: readonly number[]; readonly beta: readonly number[] }[];
	/** One trainable parameter of the activation a hidden layer. */
	readonly activations?: readonly number[];
}

/** A step before its update. */
export interface StepReport {
	readonly step: number;
	readonly loss: number;
	/** Euclidean norms of the loss's gradient by each linear layer's W and b, without weight decay. */
	readonly gradientNorms: { readonly W: readonly number[]; readonly b: readonly number[] };
}

/** A hidden layer's signal over the whole data before training (batch statistics in a batch norm). */
export interface LayerStatistics {
	readonly mean: number;
	readonly std: number;
	readonly preMean: number;
	readonly preStd: number;
	readonly fracZero: number;
	/** Share of |f′(z)| below 1/1000 of the largest |f′|. */
	readonly fracSaturated: number;
	/** Largest |f′| of the activation over the whole line. */
	readonly maxAbsDeriv: number;
}

export interface ExactResult {
	readonly final: Weights;
	readonly finalLoss: number;
	readonly finalOutput: readonly (readonly number[])[];
	readonly initialStatistics: readonly LayerStatistics[];
	/** The loss became NaN or infinite at this step, and training stopped; null otherwise. */
	readonly divergedAt: number | null;
}

/** Trains exactly as given, reporting each step before its update. Stops at a loss that is not finite. */
export function runExactly(run: ExactRun, report: (step: StepReport) => void): ExactResult {
	const network = new Network({
		widths: run.widths,
		activation: run.activation,
		parameters: run.parameters,
		norm: run.norm,
	});
	load(network, run.initial);
	const samples = run.inputs.length / run.widths[0];
	const initialStatistics = statisticsOf(network, run, samples);
	load(network, run.initial);
	for (const { running } of network.norms) {
		running?.mean.fill(0);
		running?.variance.fill(1);
	}
	const optimizer = makeOptimizer(run.optimizer, network.weights);
	let divergedAt: number | null = null;
	for (const [step, batch] of run.batches.entries()) {
		const outputs = network.forward(rows(run.inputs, run.widths[0], batch), batch.length, true);
		const width = run.targets.length / samples;
		const { value, gradient } = lossOf(run.loss, outputs, rows(run.targets, width, batch), batch.length);
		network.backward(gradient, batch.length);
		report({
			step,
			loss: value,
			gradientNorms: {
				W: network.layers.map(({ weight }) => norm(weight)),
				b: network.layers.map(({ bias }) => norm(bias)),
			},
		});
		if (!Number.isFinite(value)) {
			divergedAt = step;
			break;
		}
		optimizer.step();
	}
	const outputs = network.forward(run.inputs, samples, false);
	const last = run.widths[run.widths.length - 1];
	return {
		final: weightsOf(network),
		finalLoss: lossOf(run.loss, outputs, run.targets, samples).value,
		finalOutput: matrix(outputs, last),
		initialStatistics,
		divergedAt,
	};
}

function load(network: Network, { layers, norms, activations }: Weights): void {
	layers.forEach(({ W, b }, i) => {
		network.layers[i].weight.values.set(W.flat());
		network.layers[i].bias.values.set(b);
	});
	norms?.forEach(({ gamma, beta }, i) => {
		network.norms[i].gamma.values.set(gamma);
		network.norms[i].beta.values.set(beta);
	});
	activations?.forEach((value, i) => {
		network.activationWeights[i][0].values[0] = value;
	});
}

function weightsOf(network: Network): Weights {
	const learned = network.activationWeights.filter((weights) => weights.length > 0);
	return {
		layers: network.layers.map(({ weight, bias, inputs }) => ({
			W: matrix(weight.values, inputs),
			b: [...bias.values],
		})),
		...(network.norms.length > 0
			? { norms: network.norms.map(({ gamma, beta }) => ({ gamma: [...gamma.values], beta: [...beta.values] })) }
			: {}),
		...(learned.length > 0 ? { activations: learned.map(([first]) => first.values[0]) } : {}),
	};
}

function statisticsOf(network: Network, run: ExactRun, samples: number): readonly LayerStatistics[] {
	network.forward(run.inputs, samples, true);
	const peak = Math.abs(activationFacts(run.activation, run.parameters).peakSlope.value);
	return network.hidden.map(({ preActivation, output, slope }) => {
		const [mean, std] = meanAndStd(output);
		const [preMean, preStd] = meanAndStd(preActivation);
		return {
			mean,
			std,
			preMean,
			preStd,
			fracZero: share(output, (value) => value === 0),
			fracSaturated: share(slope, (value) => Math.abs(value) < 1e-3 * peak),
			maxAbsDeriv: peak,
		};
	});
}

function meanAndStd(values: Float64Array): readonly [mean: number, std: number] {
	let mean = 0;
	for (const value of values) mean += value / values.length;
	let variance = 0;
	for (const value of values) variance += (value - mean) ** 2 / values.length;
	return [mean, Math.sqrt(variance)];
}

function share(values: Float64Array, holds: (value: number) => boolean): number {
	let count = 0;
	for (const value of values) if (holds(value)) count++;
	return count / values.length;
}

/** Euclidean norm of a weight's gradient. */
export function norm({ gradient }: Weight): number {
	let sum = 0;
	for (const value of gradient) sum += value * value;
	return Math.sqrt(sum);
}

function matrix(values: Float64Array, width: number): number[][] {
	return Array.from({ length: values.length / width }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]);
}
