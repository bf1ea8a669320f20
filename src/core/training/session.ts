import type { Activation } from "../activations/activation.ts";
import { activationFacts } from "../activations/facts.ts";
import type { Parameters } from "../expression/expression.ts";
import { isValid } from "../expression/kernel/instantiate.ts";
import { Random } from "../numerics/random.ts";
import type { Clipping } from "./clip.ts";
import type { Histogram } from "./histogram.ts";
import { type Initialiser, initialise } from "./initialise.ts";
import { KernelTrainer, reasonAgainstKernels } from "./kernels/kernelTrainer.ts";
import { bestStyle } from "./kernels/products.ts";
import { slowdown } from "./kernels/slowdown.ts";
import type { LossSettings } from "./loss.ts";
import { Network } from "./network.ts";
import type { NormKind } from "./norm.ts";
import type { OptimizerSettings } from "./optimizer.ts";
import { ReferenceTrainer } from "./referenceTrainer.ts";
import { learningRateAt, type Schedule } from "./schedule.ts";
import { type Surface, surfaceOf } from "./surface.ts";
import { type Split, split, type Table } from "./table.ts";
import type { Trainer, TrainerSettings, TrainerState } from "./trainer.ts";

/** One training run of a study. */
export interface SessionSettings {
	readonly table: Table;
	readonly activation: Activation;
	readonly parameters: Parameters;
	/** Widths of the hidden layers. */
	readonly hidden: readonly number[];
	readonly norm?: NormKind;
	readonly residual?: boolean;
	/** Probability of dropout after each hidden layer; none at 0. */
	readonly dropout?: number;
	readonly initialiser: Initialiser;
	readonly optimizer: OptimizerSettings;
	readonly schedule?: Schedule;
	readonly clipping?: Clipping;
	/** For more than two classes. */
	readonly labelSmoothing?: number;
	readonly epochs: number;
	readonly batchSize: number;
	/** Shares of the samples held out: for validation, and for the test at the end. */
	readonly validation: number;
	readonly test?: number;
	readonly seed: number;
	/** "float32" by the kernels where they can, "float64" by the reference. */
	readonly precision: Precision;
}

export type Precision = "float32" | "float64";

/** What is measured before training (epoch 0) and after epochs: each of up to a thousand, of more every second, third, …. */
export interface EpochMeasure {
	readonly epoch: number;
	/** Steps done. */
	readonly step: number;
	/** Mean training loss over the epoch; at epoch 0 the loss of the untrained network. */
	readonly loss: number;
	readonly validationLoss: number;
	/** Share of validation samples classified correctly; null for regression. */
	readonly accuracy: number | null;
	/** One for each hidden layer, first to last. */
	readonly layers: readonly EpochLayer[];
	/** Validation samples: what the layers' measures are of, all but their update ratios. */
	readonly samples: number;
}

export interface EpochLayer {
	/** Euclidean norm of the mean validation loss's gradient by the layer's weights, without its biases. */
	readonly gradientNorm: number;
	/** Share of units whose activation has slope 0 for every validation sample. */
	readonly dead: number;
	/** Share of (validation sample, unit) pairs where |f′| is below 1 % of its peak; 0 where that is unbounded. */
	readonly saturated: number;
	/** Norm of the epoch's last update of the layer's weights by the norm of those weights before it; not at epoch 0. */
	readonly updateRatio?: number;
	/** Of the activation's outputs; at some fifty epochs of a run, first and last included. */
	readonly histogram?: Histogram;
}

/** What is measured once, after the last epoch, on samples that neither training nor choosing has seen. */
export interface TestMeasure {
	readonly samples: number;
	readonly loss: number;
	/** Null for regression. */
	readonly accuracy: number | null;
}

/** What trains. */
export interface Engine {
	readonly precision: Precision;
	/** Whether products use relaxed SIMD, which may round in other places on another machine. */
	readonly relaxed: boolean;
	/** Why it is not the kernels, where they were wanted. */
	readonly reason: string | null;
	/** How many times as long as with tanh a step in the kernels may take, an estimate; 1 without them. */
	readonly slowdown: number;
}

/** A step that takes this many times as long as with tanh is worth a word. */
const SLOW = 3;

/** The engine for people: "float32, relaxed SIMD". */
export function describeEngine({ precision, relaxed, reason, slowdown }: Engine): string {
	if (precision === "float64") return reason === null ? "float64" : `float64, which is much slower: ${reason}`;
	const text = `float32, ${relaxed ? "relaxed " : ""}SIMD`;
	return slowdown > SLOW
		? `${text}, with this activation up to about ${slowdown.toFixed(0)} times slower than with tanh`
		: text;
}

/** A point from which training goes on to the same numbers as without a break. */
export interface SessionState {
	readonly trainer: TrainerState;
	readonly lossSum: number;
}

/**
 * A loss so many times as large as the untrained network's has diverged, or as 1 where that was below: targets have mean 0
 * and deviation 1, and a class is one of a few, so that answering 0 to everything has a loss of about 1.
 */
export const DIVERGED = 1e6;

/** Share of the peak slope below which a unit counts as saturated. */
const SATURATED = 0.01;
/** Measures of a run at most, apart from the first and the last one: what a study keeps of each has a bound. */
const MOST_MEASURES = 1000;
/** Histograms of a run at most, apart from the last one. */
const MOST_HISTOGRAMS = 50;

/**
 * Trains one network, some steps at a time: the owner decides how long to go on before it looks up. The split and the
 * order of the samples depend on the seed alone, so activations compared with one seed see the same samples in the same
 * order.
 */
export class Session {
	readonly engine: Engine;
	readonly stepsPerEpoch: number;
	/** Number of trained values. */
	readonly parameterCount: number;
	readonly #settings: SessionSettings;
	readonly #split: Split;
	readonly #loss: LossSettings;
	readonly #trainer: Trainer;
	readonly #peakSlope: number;
	readonly #order: Uint32Array;
	/** The epoch that the order is of; −1 before the first. */
	#ordered = -1;
	#lossSum = 0;
	/** From which loss on training has diverged. */
	#mostLoss = Number.POSITIVE_INFINITY;

	constructor(settings: SessionSettings) {
		const { table, activation, parameters, hidden, seed, dropout = 0, labelSmoothing = 0 } = settings;
		this.#settings = settings;
		this.#split = split(table, { validation: settings.validation, test: settings.test ?? 0 }, seed);
		// Two classes need one logit: then the loss is that of a logistic regression on top.
		if (table.task === "regression") this.#loss = { name: "mse" };
		else if (table.classes === 2) this.#loss = { name: "bce_with_logits" };
		else this.#loss = { name: "cross_entropy", label_smoothing: labelSmoothing };
		const outputs = this.#loss.name === "cross_entropy" ? table.classes : 1;
		const network = new Network({
			widths: [table.features, ...hidden, outputs],
			activation,
			parameters,
			norm: settings.norm ?? "none",
			residual: settings.residual ?? false,
		});
		initialise(network, settings.initialiser, seed);
		this.parameterCount = network.weights.reduce((sum, { values }) => sum + values.length, 0);
		const trainer: TrainerSettings = {
			network,
			loss: this.#loss,
			optimizer: settings.optimizer,
			clipping: settings.clipping ?? null,
			dropout: dropout > 0 ? { p: dropout, seed } : null,
			batchSize: settings.batchSize,
			samples: this.#split,
		};
		const style = bestStyle(isValid);
		const reason = settings.precision === "float64" ? null : reasonAgainstKernels(trainer);
		const isFast = settings.precision === "float32" && reason === null;
		this.engine = {
			precision: isFast ? "float32" : "float64",
			relaxed: isFast && style.relaxed,
			reason,
			slowdown: isFast ? slowdown(network) : 1,
		};
		this.#trainer = isFast ? new KernelTrainer(trainer, style) : new ReferenceTrainer(trainer);
		this.#peakSlope = Math.abs(activationFacts(activation, parameters).peakSlope.value);
		this.#order = new Uint32Array(this.#split.training.samples);
		this.stepsPerEpoch = Math.ceil(this.#order.length / settings.batchSize);
	}

	/** Before any schedule. */
	get learningRate(): number {
		return this.#settings.optimizer.lr;
	}

	get totalSteps(): number {
		return this.#settings.epochs * this.stepsPerEpoch;
	}

	/** The measure of the untrained network: to be taken before anything else. */
	start(): EpochMeasure {
		const { loss } = this.#trainer.measure("training", 0);
		this.#mostLoss = DIVERGED * Math.max(1, loss);
		return this.#measure(loss);
	}

	/**
	 * At most `steps` optimizer steps, up to the end of the epoch; the measure after its last one, where one is taken.
	 * "diverged" when the loss was not finite, or `DIVERGED`: stop there. After the last step, of which only the validation
	 * loss tells, when that is not finite: a large one may be that of samples unlike those trained on.
	 */
	advance(steps: number): EpochMeasure | { readonly divergedAt: number } | undefined {
		const { batchSize, optimizer, schedule = { name: "constant" } } = this.#settings;
		const first = this.#trainer.steps;
		const inEpoch = first % this.stepsPerEpoch;
		this.#orderFor(Math.floor(first / this.stepsPerEpoch));
		if (inEpoch === 0) this.#lossSum = 0;
		const count = Math.min(steps, this.stepsPerEpoch - inEpoch);
		const rates = Array.from({ length: count }, (_, i) => learningRateAt(schedule, optimizer.lr, first + i));
		const order = this.#order.subarray(inEpoch * batchSize);
		const endsEpoch = inEpoch + count === this.stepsPerEpoch;
		const isMeasured = endsEpoch && this.#isEvery(this.#measuredEvery, Math.floor(first / this.stepsPerEpoch) + 1);
		const losses = isMeasured ? this.#trainLast(order, rates) : this.#trainer.train(order, rates);
		for (let i = 0; i < count; i++) {
			if (!(losses[i] < this.#mostLoss)) return { divergedAt: first + i };
			this.#lossSum += losses[i] * Math.min(batchSize, this.#order.length - (inEpoch + i) * batchSize);
		}
		if (!isMeasured) return undefined;
		const measure = this.#measure(this.#lossSum / this.#order.length);
		const isLast = measure.step === this.totalSteps;
		return isLast && !Number.isFinite(measure.validationLoss) ? { divergedAt: measure.step } : measure;
	}

	/** What the network answers all over the plane of two features; null for other data, and for very large networks. */
	surface(): Surface | null {
		return surfaceOf(this.#settings.table, this.parameterCount, (inputs, count) =>
			this.#trainer.predict(this.#split.standardise(inputs), count),
		);
	}

	/** Undefined where the study keeps no samples for the test. */
	testMeasure(): TestMeasure | undefined {
		const { samples } = this.#split.test;
		if (samples === 0) return undefined;
		const { loss, accuracy } = this.#trainer.measure("test", 0);
		return { samples, loss, accuracy: this.#loss.name === "mse" ? null : accuracy };
	}

	state(): SessionState {
		return { trainer: this.#trainer.state(), lossSum: this.#lossSum };
	}

	/** Goes on from a state of a session with the same settings, on the same build. Throws a RangeError for another's. */
	restore({ trainer, lossSum }: SessionState): void {
		this.#trainer.restore(trainer);
		this.#lossSum = lossSum;
	}

	get #measuredEvery(): number {
		return Math.ceil(this.#settings.epochs / MOST_MEASURES);
	}

	#isEvery(step: number, epoch: number): boolean {
		return epoch % step === 0 || epoch === this.#settings.epochs;
	}

	/** The steps up to the end of an epoch: how far the last one moves the weights is to be measured. */
	#trainLast(order: Uint32Array, rates: readonly number[]): readonly number[] {
		const before = rates.length - 1;
		const losses = before > 0 ? this.#trainer.train(order, rates.slice(0, before)) : [];
		this.#trainer.remember();
		const last = this.#trainer.train(order.subarray(before * this.#settings.batchSize), rates.slice(before));
		return [...Array.from(losses), last[0]];
	}

	/** Each epoch's order comes from its number, so that going on from a state needs no memory of those before. */
	#orderFor(epoch: number): void {
		if (epoch === this.#ordered) return;
		for (let i = 0; i < this.#order.length; i++) this.#order[i] = i;
		new Random(this.#settings.seed, `order ${epoch}`).shuffle(this.#order);
		this.#ordered = epoch;
	}

	#measure(loss: number): EpochMeasure {
		const limit = Number.isFinite(this.#peakSlope) ? SATURATED * this.#peakSlope : 0;
		const epoch = Math.ceil(this.#trainer.steps / this.stepsPerEpoch);
		const every = this.#measuredEvery;
		const histogramEvery = every * Math.ceil(this.#settings.epochs / (MOST_HISTOGRAMS * every));
		const measure = this.#trainer.measure("validation", limit, this.#isEvery(histogramEvery, epoch));
		return {
			epoch,
			step: this.#trainer.steps,
			loss,
			validationLoss: measure.loss,
			accuracy: this.#loss.name === "mse" ? null : measure.accuracy,
			layers: measure.layers.map(({ gradientNorm, dead, flat, updateRatio, histogram }) => ({
				gradientNorm,
				dead,
				saturated: flat,
				...(updateRatio === null ? {} : { updateRatio }),
				...(histogram ? { histogram } : {}),
			})),
			samples: this.#split.validation.samples,
		};
	}
}
