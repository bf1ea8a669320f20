import type { Activation } from "../activations/activation.ts";
import { activationFacts } from "../activations/facts.ts";
import type { Parameters } from "../expression/expression.ts";
import { Random } from "../numerics/random.ts";
import { type Initialiser, initialise } from "./initialise.ts";
import { type LossKind, lossOf } from "./loss.ts";
import { Network } from "./network.ts";
import { makeOptimizer, type Optimizer, type OptimizerSettings } from "./optimizer.ts";
import { rows } from "./rows.ts";
import { type Split, split, type Table } from "./table.ts";
import { gradientNorm } from "./weight.ts";

/** One training run of a study. */
export interface SessionSettings {
	readonly table: Table;
	readonly activation: Activation;
	readonly parameters: Parameters;
	/** Widths of the hidden layers. */
	readonly hidden: readonly number[];
	readonly initialiser: Initialiser;
	readonly optimizer: OptimizerSettings;
	readonly epochs: number;
	readonly batchSize: number;
	/** Share of the samples held out. */
	readonly validation: number;
	readonly seed: number;
}

/** What is measured before training (epoch 0) and after each epoch. */
export interface EpochMeasure {
	readonly epoch: number;
	readonly step: number;
	readonly loss: number;
	readonly validationLoss: number;
	/** Null for regression. */
	readonly accuracy: number | null;
	readonly layers: readonly { readonly gradientNorm: number; readonly dead: number; readonly saturated: number }[];
}

/** Share of the peak slope below which a unit counts as saturated. */
const SATURATED = 0.01;

/**
 * Trains one network, a step at a time: the owner decides how long to go on before it looks up. The split depends on
 * the seed alone, so activations compared with one seed see the same samples in the same order.
 */
export class Session {
	readonly network: Network;
	readonly stepsPerEpoch: number;
	readonly #settings: SessionSettings;
	readonly #split: Split;
	readonly #lossKind: LossKind;
	readonly #optimizer: Optimizer;
	readonly #peakSlope: number;
	readonly #order: Uint32Array;
	readonly #random: Random;
	#step = 0;
	#lossSum = 0;

	constructor(settings: SessionSettings) {
		const { table, activation, parameters, hidden, seed } = settings;
		this.#settings = settings;
		this.#split = split(table, settings.validation, seed);
		// Two classes need one logit: then the loss is that of a logistic regression on top.
		this.#lossKind = table.task === "regression" ? "mse" : table.classes === 2 ? "bce_with_logits" : "cross_entropy";
		const outputs = this.#lossKind === "cross_entropy" ? table.classes : 1;
		this.network = new Network({ widths: [table.features, ...hidden, outputs], activation, parameters, norm: "none" });
		initialise(this.network, settings.initialiser, seed);
		this.#optimizer = makeOptimizer(settings.optimizer, this.network.weights);
		this.#peakSlope = Math.abs(activationFacts(activation, parameters).peakSlope.value);
		this.#order = Uint32Array.from({ length: this.#split.training.samples }, (_, i) => i);
		this.#random = new Random(seed, "order");
		this.stepsPerEpoch = Math.ceil(this.#order.length / settings.batchSize);
	}

	/** Number of trained values. */
	get parameterCount(): number {
		return this.network.weights.reduce((sum, { values }) => sum + values.length, 0);
	}

	get totalSteps(): number {
		return this.#settings.epochs * this.stepsPerEpoch;
	}

	/** The measure of the untrained network. */
	start(): EpochMeasure {
		const { inputs, targets, samples } = this.#split.training;
		const loss = lossOf(this.#lossKind, this.network.forward(inputs, samples, false), targets, samples).value;
		return this.#measure(loss);
	}

	/** One optimizer step; the epoch's measure after its last one. "diverged" when the loss is not finite: stop there. */
	advance(): EpochMeasure | "diverged" | undefined {
		const { inputs, targets } = this.#split.training;
		const inEpoch = this.#step % this.stepsPerEpoch;
		if (inEpoch === 0) {
			this.#random.shuffle(this.#order);
			this.#lossSum = 0;
		}
		const from = inEpoch * this.#settings.batchSize;
		const batch = this.#order.subarray(from, from + this.#settings.batchSize);
		const outputs = this.network.forward(rows(inputs, this.network.shape.widths[0], batch), batch.length, true);
		const { value, gradient } = lossOf(this.#lossKind, outputs, rows(targets, 1, batch), batch.length);
		if (!Number.isFinite(value)) return "diverged";
		this.network.backward(gradient, batch.length);
		this.#optimizer.step();
		this.#step++;
		this.#lossSum += value * batch.length;
		if (inEpoch + 1 < this.stepsPerEpoch) return undefined;
		return this.#measure(this.#lossSum / this.#order.length);
	}

	/** The measure at this point with that training loss; also after a divergence. */
	measureAt(loss: number): EpochMeasure {
		return this.#measure(loss);
	}

	#measure(loss: number): EpochMeasure {
		const { inputs, targets, samples } = this.#split.validation;
		const outputs = this.network.forward(inputs, samples, false);
		const { value, gradient } = lossOf(this.#lossKind, outputs, targets, samples);
		this.network.backward(gradient, samples);
		return {
			epoch: Math.ceil(this.#step / this.stepsPerEpoch),
			step: this.#step,
			loss,
			validationLoss: value,
			accuracy: this.#lossKind === "mse" ? null : accuracyOf(outputs, targets, samples),
			layers: this.network.hidden.map(({ slope }, i) => ({
				gradientNorm: gradientNorm(this.network.layers[i].weight),
				dead: deadUnits(slope, samples),
				saturated: saturatedShare(slope, this.#peakSlope),
			})),
		};
	}
}

function accuracyOf(outputs: Float64Array, targets: Float64Array, samples: number): number {
	const width = outputs.length / samples;
	let right = 0;
	for (let n = 0; n < samples; n++) {
		let best = 0;
		if (width === 1) best = outputs[n] > 0 ? 1 : 0;
		else for (let k = 1; k < width; k++) if (outputs[n * width + k] > outputs[n * width + best]) best = k;
		if (best === targets[n]) right++;
	}
	return right / samples;
}

/** Share of units whose slope is 0 for every sample. */
function deadUnits(slope: Float64Array, samples: number): number {
	const width = slope.length / samples;
	let dead = 0;
	for (let j = 0; j < width; j++) {
		let alive = false;
		for (let n = 0; n < samples && !alive; n++) alive = slope[n * width + j] !== 0;
		if (!alive) dead++;
	}
	return dead / width;
}

/** Share of slopes below 1 % of the activation's steepest; 0 where that is unbounded. */
function saturatedShare(slope: Float64Array, peak: number): number {
	if (!Number.isFinite(peak)) return 0;
	let count = 0;
	for (const value of slope) if (Math.abs(value) < SATURATED * peak) count++;
	return count / slope.length;
}
