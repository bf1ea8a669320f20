import { importedFunctions, nodesOfAll } from "../../expression/kernel/expressionCode.ts";
import { instantiate } from "../../expression/kernel/instantiate.ts";
import { dropoutKeys } from "../dropout.ts";
import { histogramOf, histogramStride } from "../histogram.ts";
import { Network, type NetworkShape } from "../network.ts";
import { checkBatch, type Norm } from "../norm.ts";
import type { SampleSet, Trainer, TrainerMeasure, TrainerSettings, TrainerState } from "../trainer.ts";
import { type ActivationCode, activationCode } from "./activate.ts";
import { type LayerPlace, type Places, panelsOfBatch, STEPS_OF_CALL } from "./memoryLayout.ts";
import { secondAt } from "./normCode.ts";
import { biasAt, type LayerShape, PANEL, type ProductStyle, padded } from "./products.ts";
import { type TrainingFunctions, trainingModule } from "./trainingModule.ts";
import { stepNumbers } from "./update.ts";

const SETS: readonly SampleSet[] = ["training", "validation", "test"];
const FLOAT = 4;
/** Bytes that WebAssembly's memory may have here; larger data are for the reference. */
const MOST_BYTES = 2 ** 31;

/**
 * Of a sample of the batch in a unit: inputs by panels and by strips, z, slopes and a derivative by a parameter, output, two
 * gradients, normalised value.
 */
const FLOATS_PER_UNIT = 9;

/** A function may have 50,000 locals; an operation takes six at most, for each of two vectors. */
const MOST_OPERATIONS = 4000;

/** Why the kernels cannot train this; null where they can. */
export function reasonAgainstKernels({ network, batchSize, samples }: TrainerSettings): string | null {
	const { stable, derivative } = network.shape.activation;
	if (nodesOfAll([stable, derivative]).size > MOST_OPERATIONS)
		return "the activation has too many operations for the float32 kernels";
	const count = SETS.reduce((sum, set) => sum + samples[set].samples, 0);
	return kernelsHold(network.shape.widths, count, batchSize)
		? null
		: "the data and weights are too large for the float32 kernels";
}

/**
 * Whether the kernels' memory holds so many samples and the weights, with what an optimizer remembers of them, and what a
 * batch leaves in each layer.
 */
export function kernelsHold(widths: readonly number[], samples: number, batchSize: number): boolean {
	const weights = widths.slice(1).reduce((sum, width, i) => sum + padded(width) * padded(widths[i]), 0);
	const units = widths.reduce((sum, width) => sum + padded(width), 0);
	const floats = samples * padded(widths[0]) + 5 * weights + FLOATS_PER_UNIT * padded(batchSize) * units;
	return FLOAT * floats <= MOST_BYTES;
}

/**
 * Trains a network in float32 by WebAssembly SIMD: whole epochs in one call, everything in one memory. The same run gives
 * the same bytes on every machine, as long as the style of its products is the same: relaxed products may round in
 * other places. The float64 `Network` is the reference that it is tested against.
 *
 * Samples lie in panels of eight, the batch in the lanes: [panel][unit][8]. So the products forward and back are one
 * shape of loop, a number of the weights times a vector of samples; for the gradient of the weights the layer's input is
 * kept in strips, too, of eight units: [strip][sample][8].
 */
export class KernelTrainer implements Trainer {
	/** Without the network, whose weights in float64 take twice as much memory as those here. */
	readonly #settings: Omit<TrainerSettings, "network">;
	readonly #shape: NetworkShape;
	readonly #functions: TrainingFunctions;
	readonly #memory: ArrayBuffer;
	readonly #floats: Float32Array;
	readonly #layers: readonly LayerPlace[];
	readonly #places: Places;
	readonly #activation: ActivationCode;
	#steps = 0;
	#remembered: { readonly steps: number; readonly weights: readonly Float32Array[] } | undefined;
	/** For predictions. */
	#copy: Network | undefined;

	constructor(settings: TrainerSettings, style: ProductStyle) {
		const { network, ...rest } = settings;
		this.#settings = rest;
		this.#shape = network.shape;
		this.#activation = activationCode(network.shape.activation, network.trained);
		const written = trainingModule(settings, style, this.#activation);
		this.#layers = written.layers;
		this.#places = written.places;
		this.#functions = instantiate<TrainingFunctions>(written.bytes, importedFunctions);
		this.#memory = this.#functions.memory.buffer;
		this.#floats = new Float32Array(this.#memory);
		this.#load(network);
	}

	/** Steps done. */
	get steps(): number {
		return this.#steps;
	}

	/**
	 * One step for each learning rate, over samples in this order, a batch each; the last batch may be smaller. Gives
	 * the mean loss of each step, before its update. Throws a RangeError where that is one sample for a batch norm.
	 */
	train(order: Uint32Array, rates: readonly number[]): Float32Array {
		const losses = new Float32Array(rates.length);
		const { batchSize, optimizer } = this.#settings;
		checkBatch(this.#shape.norm, Math.min(batchSize, order.length - (rates.length - 1) * batchSize));
		new Uint32Array(this.#memory, this.#places.order, order.length).set(order);
		for (let from = 0; from < rates.length; from += STEPS_OF_CALL) {
			const steps = Math.min(STEPS_OF_CALL, rates.length - from);
			const table = this.#places.table / FLOAT;
			for (let i = 0; i < steps; i++) {
				const { rate, factor, epsilon } = stepNumbers(optimizer, this.#steps + i + 1, rates[from + i]);
				this.#floats[table + 4 * i] = rate;
				this.#floats[table + 4 * i + 1] = factor;
				this.#floats[table + 4 * i + 2] = epsilon;
			}
			this.#writeKeys(steps);
			const done = from * batchSize;
			this.#functions.train(this.#places.order + done * FLOAT, order.length - done, steps, this.#places.table);
			for (let i = 0; i < steps; i++) losses[from + i] = this.#floats[table + 4 * i + 3];
			this.#steps += steps;
		}
		return losses;
	}

	remember(): void {
		const weights = this.#layers.slice(0, -1).map((layer) => this.#weightsOf(layer).slice());
		this.#remembered = { steps: this.#steps, weights };
	}

	/** Measures the network over training, validation or test samples; a slope smaller than `flatBelow` counts as flat. */
	measure(set: SampleSet, flatBelow: number, histograms = false): TrainerMeasure {
		const { batchSize, loss } = this.#settings;
		const { samples, targets } = this.#settings.samples[set];
		const { data, targets: targetsAt } = this.#places.samples[set];
		const hidden = this.#layers.slice(0, -1);
		for (const { shape, weights } of this.#layers) {
			const from = (weights + shape.tensorBytes) / FLOAT;
			this.#floats.fill(0, from, from + shape.tensorBytes / FLOAT);
		}
		const alive = hidden.map(({ shape }) => new Uint8Array(shape.outputs));
		const flat = hidden.map(() => 0);
		const outputs: number[][] = hidden.map(() => []);
		let [lossSum, right] = [0, 0];
		const order = new Uint32Array(this.#memory, this.#places.order, Math.min(batchSize, samples));
		for (let from = 0; from < samples; from += batchSize) {
			const count = Math.min(batchSize, samples - from);
			for (let i = 0; i < count; i++) order[i] = from + i;
			lossSum += this.#functions.pass(this.#places.order, count, data, targetsAt, 1 / samples);
			this.#functions.back(count);
			for (const [i, layer] of hidden.entries()) {
				flat[i] += this.#countSlopes(layer, count, flatBelow, alive[i]);
				if (!histograms) continue;
				const stride = histogramStride(samples, layer.shape.outputs);
				const first = Math.ceil(from / stride) * stride;
				for (let n = first; n < from + count; n += stride) this.#readOutputs(layer, n - from, outputs[i]);
			}
			right += this.#countRight(targets.subarray(from, from + count));
		}
		return {
			loss: lossSum / samples,
			accuracy: loss.name === "mse" ? Number.NaN : right / samples,
			layers: hidden.map(({ shape, weights }, i) => ({
				gradientNorm: this.#normOf(weights + shape.tensorBytes, shape),
				dead: alive[i].filter((one) => one === 0).length / shape.outputs,
				flat: flat[i] / (samples * shape.outputs),
				updateRatio: this.#updateRatio(i),
				...(histograms ? { histogram: histogramOf(outputs[i]) } : {}),
			})),
		};
	}

	/** In float64 by the readable network, with the float32 weights at hand. */
	predict(inputs: Float64Array, count: number): Float64Array {
		this.#copy ??= new Network(this.#shape);
		this.copyTo(this.#copy);
		return this.#copy.forward(inputs, count, false);
	}

	/** Writes what was learned into a network of the same shape. */
	copyTo(network: Network): void {
		for (const [i, { shape, weights }] of this.#layers.entries()) {
			const { weight, bias } = network.layers[i];
			for (let o = 0; o < shape.outputs; o++) {
				const row = (weights + o * shape.rowBytes) / FLOAT;
				weight.values.set(this.#floats.subarray(row, row + shape.inputs), o * shape.inputs);
			}
			const at = (weights + biasAt(shape)) / FLOAT;
			bias.values.set(this.#floats.subarray(at, at + shape.outputs));
		}
		for (const [i, norm] of network.norms.entries()) {
			for (const [values, at] of this.#normValues(i, norm)) values.set(this.#floats.subarray(at, at + values.length));
		}
		for (const [i, weights] of network.activationWeights.entries()) {
			for (const [k, one] of weights.entries()) one.values[0] = this.#floats[this.#layers[i].parameters / FLOAT + k];
		}
	}

	/** What the next step depends on, data and order apart: weights, optimizer state, and how many steps were done. */
	state(): TrainerState {
		const { from, to } = this.#places.learned;
		return { steps: this.#steps, memory: new Uint8Array(this.#memory.slice(from, to)) };
	}

	/** Goes on from a state of the same run. Throws a RangeError for one of another size. */
	restore({ steps, memory }: TrainerState): void {
		const { from, to } = this.#places.learned;
		if (memory.length !== to - from)
			throw new RangeError(`the state must have ${to - from} bytes, got ${memory.length}`);
		new Uint8Array(this.#memory).set(memory, from);
		this.#steps = steps;
	}

	#load(network: Network): void {
		const { optimizer } = this.#settings;
		const { inputs } = this.#layers[0].shape;
		for (const set of SETS) {
			const { inputs: values, targets, samples } = this.#settings.samples[set];
			const { data, targets: targetsAt } = this.#places.samples[set];
			for (let n = 0; n < samples; n++) {
				const row = data / FLOAT + n * padded(inputs);
				this.#floats.set(values.subarray(n * inputs, (n + 1) * inputs), row);
			}
			this.#floats.set(targets, targetsAt / FLOAT);
		}
		for (const [i, { shape, weights, parameters }] of this.#layers.entries()) {
			const { weight, bias } = network.layers[i];
			for (let o = 0; o < shape.outputs; o++) {
				const row = weight.values.subarray(o * shape.inputs, (o + 1) * shape.inputs);
				this.#floats.set(row, (weights + o * shape.rowBytes) / FLOAT);
			}
			this.#floats.set(bias.values, (weights + biasAt(shape)) / FLOAT);
			if (i === this.#layers.length - 1) continue;
			const values = network.parametersOf(i);
			this.#floats.set(
				this.#activation.parameters.map((name) => values[name]),
				parameters / FLOAT,
			);
		}
		for (const [i, norm] of network.norms.entries()) {
			for (const [values, at] of this.#normValues(i, norm)) this.#floats.set(values, at);
		}
		const { presence } = this.#places;
		this.#floats.fill(1, presence / FLOAT - PANEL * panelsOfBatch(this.#settings), presence / FLOAT);
		const sum = optimizer.name === "adagrad" ? (optimizer.initial_accumulator_value ?? 0) : 0;
		if (sum === 0) return;
		for (const { shape, weights, arrays } of this.#layers) {
			for (const { address, bytes } of [{ address: weights, bytes: shape.tensorBytes }, ...arrays]) {
				this.#floats.fill(sum, (address + 2 * bytes) / FLOAT, (address + 3 * bytes) / FLOAT);
			}
		}
	}

	/** What a layer's norm has learned, and where it lies. */
	#normValues(layer: number, { gamma, beta, running }: Norm): readonly (readonly [Float64Array, number])[] {
		const { norm } = this.#layers[layer];
		const at = (offset: number) => (norm!.gamma + offset) / FLOAT;
		const second = secondAt(norm!.shape);
		const { runningAt } = norm!.shape;
		return [
			[gamma.values, at(0)],
			[beta.values, at(second)],
			...(running
				? ([
						[running.mean, at(runningAt)],
						[running.variance, at(runningAt + second)],
					] as const)
				: []),
		];
	}

	/** Writes the keys of dropout's choices in the steps of a call. */
	#writeKeys(steps: number): void {
		const { dropout } = this.#settings;
		if (!dropout) return;
		const hidden = this.#layers.length - 1;
		const keys = new Uint32Array(this.#memory, this.#places.keys.address, steps * hidden * 2);
		for (let i = 0; i < steps * hidden; i++) {
			keys.set(dropoutKeys(dropout.seed ?? 0, this.#steps + Math.floor(i / hidden), i % hidden), 2 * i);
		}
	}

	/** A layer's weights with the padding of their rows, which is 0. */
	#weightsOf({ shape, weights }: LayerPlace): Float32Array {
		return this.#floats.subarray(weights / FLOAT, (weights + shape.outputs * shape.rowBytes) / FLOAT);
	}

	#updateRatio(layer: number): number | null {
		if (this.#remembered?.steps !== this.#steps - 1) return null;
		const [before, after] = [this.#remembered.weights[layer], this.#weightsOf(this.#layers[layer])];
		let [size, change] = [0, 0];
		for (let i = 0; i < before.length; i++) {
			size += before[i] ** 2;
			change += (after[i] - before[i]) ** 2;
		}
		return size > 0 ? Math.sqrt(change / size) : null;
	}

	/** Appends what a hidden layer's activation gave for a sample of the batch. */
	#readOutputs({ shape, output }: LayerPlace, sample: number, to: number[]): void {
		const at = (output + Math.floor(sample / PANEL) * shape.outputPanel) / FLOAT + (sample % PANEL);
		for (let j = 0; j < shape.outputs; j++) to.push(this.#floats[at + j * PANEL]);
	}

	#normOf(address: number, { inputs, outputs, rowBytes }: LayerShape): number {
		let sum = 0;
		for (let o = 0; o < outputs; o++) {
			const row = (address + o * rowBytes) / FLOAT;
			for (let i = row; i < row + inputs; i++) sum += this.#floats[i] ** 2;
		}
		return Math.sqrt(sum);
	}

	#countSlopes({ shape, slopes }: LayerPlace, count: number, flatBelow: number, alive: Uint8Array): number {
		let flat = 0;
		for (let n = 0; n < count; n++) {
			const at = (slopes + Math.floor(n / PANEL) * shape.outputPanel) / FLOAT + (n % PANEL);
			for (let j = 0; j < shape.outputs; j++) {
				const slope = this.#floats[at + j * PANEL];
				if (slope !== 0) alive[j] = 1;
				if (Math.abs(slope) < flatBelow) flat++;
			}
		}
		return flat;
	}

	#countRight(targets: Float64Array): number {
		const { shape, z } = this.#layers[this.#layers.length - 1];
		let right = 0;
		for (let n = 0; n < targets.length; n++) {
			const at = (z + Math.floor(n / PANEL) * shape.outputPanel) / FLOAT + (n % PANEL);
			let best = 0;
			if (shape.outputs === 1) best = this.#floats[at] > 0 ? 1 : 0;
			else {
				for (let k = 1; k < shape.outputs; k++) {
					if (this.#floats[at + k * PANEL] > this.#floats[at + best * PANEL]) best = k;
				}
			}
			if (best === targets[n]) right++;
		}
		return right;
	}
}
