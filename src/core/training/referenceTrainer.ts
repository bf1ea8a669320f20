import { clipGradients } from "./clip.ts";
import { keepFactors } from "./dropout.ts";
import { histogramOf, histogramStride } from "./histogram.ts";
import { lossOf } from "./loss.ts";
import type { Network } from "./network.ts";
import { makeOptimizer, type Optimizer } from "./optimizer.ts";
import { rows } from "./rows.ts";
import type { LayerHealth, SampleSet, Trainer, TrainerMeasure, TrainerSettings, TrainerState } from "./trainer.ts";
import { gradientNorm } from "./weight.ts";

/** Trains in float64, every kind of layer, by the readable `Network`. */
export class ReferenceTrainer implements Trainer {
	readonly #settings: TrainerSettings;
	readonly #network: Network;
	readonly #optimizer: Optimizer;
	#steps = 0;
	#remembered: { readonly steps: number; readonly weights: readonly Float64Array[] } | undefined;

	constructor(settings: TrainerSettings) {
		this.#settings = settings;
		this.#network = settings.network;
		this.#optimizer = makeOptimizer(settings.optimizer, this.#network.weights);
	}

	get steps(): number {
		return this.#steps;
	}

	train(order: Uint32Array, rates: readonly number[]): Float64Array {
		const { batchSize, loss, clipping, dropout, samples } = this.#settings;
		const { inputs, targets } = samples.training;
		const { widths } = this.#network.shape;
		const losses = new Float64Array(rates.length);
		for (const [i, rate] of rates.entries()) {
			const batch = order.subarray(i * batchSize, (i + 1) * batchSize);
			const keep = dropout ? keepFactors(dropout, this.#steps, widths.slice(1, -1), batch.length) : undefined;
			const outputs = this.#network.forward(rows(inputs, widths[0], batch), batch.length, true, keep);
			const { value, gradient } = lossOf(loss, outputs, rows(targets, 1, batch), batch.length);
			losses[i] = value;
			this.#network.backward(gradient, batch.length);
			if (clipping) clipGradients(clipping, this.#network.weights);
			this.#optimizer.step(rate);
			this.#steps++;
		}
		return losses;
	}

	remember(): void {
		const weights = this.#network.layers.slice(0, -1).map(({ weight }) => weight.values.slice());
		this.#remembered = { steps: this.#steps, weights };
	}

	measure(set: SampleSet, flatBelow: number, histograms = false): TrainerMeasure {
		const { loss } = this.#settings;
		const { inputs, targets, samples } = this.#settings.samples[set];
		const outputs = this.#network.forward(inputs, samples, false);
		const { value, gradient } = lossOf(loss, outputs, targets, samples);
		this.#network.backward(gradient, samples);
		return {
			loss: value,
			accuracy: loss.name === "mse" ? Number.NaN : accuracyOf(outputs, targets, samples),
			layers: this.#network.hidden.map(
				({ slope, output }, i): LayerHealth => ({
					gradientNorm: gradientNorm(this.#network.layers[i].weight),
					dead: deadUnits(slope, samples),
					flat: slope.filter((one) => Math.abs(one) < flatBelow).length / slope.length,
					updateRatio: this.#updateRatio(i),
					...(histograms ? { histogram: histogramOf(someRows(output, samples)) } : {}),
				}),
			),
		};
	}

	predict(inputs: Float64Array, count: number): Float64Array {
		return this.#network.forward(inputs, count, false);
	}

	#updateRatio(layer: number): number | null {
		if (this.#remembered?.steps !== this.#steps - 1) return null;
		const [before, after] = [this.#remembered.weights[layer], this.#network.layers[layer].weight.values];
		const size = norm(before);
		return size > 0 ? norm(after.map((one, i) => one - before[i])) / size : null;
	}

	state(): TrainerState {
		const arrays = this.#arrays();
		const memory = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
		let at = 0;
		for (const one of arrays) {
			memory.set(one, at);
			at += one.length;
		}
		return { steps: this.#steps, memory: new Uint8Array(memory.buffer) };
	}

	restore({ steps, memory }: TrainerState): void {
		const arrays = this.#arrays();
		const bytes = 8 * arrays.reduce((sum, { length }) => sum + length, 0);
		if (memory.length !== bytes) throw new RangeError(`the state must have ${bytes} bytes, got ${memory.length}`);
		const values = new Float64Array(memory.slice().buffer);
		let at = 0;
		for (const one of arrays) {
			one.set(values.subarray(at, at + one.length));
			at += one.length;
		}
		this.#optimizer.steps = steps;
		this.#steps = steps;
	}

	/** Everything that changes from step to step. */
	#arrays(): readonly Float64Array[] {
		return [
			...this.#network.weights.map(({ values }) => values),
			...this.#network.norms.flatMap(({ running }) => (running ? [running.mean, running.variance] : [])),
			...this.#optimizer.state,
		];
	}
}

function norm(values: Float64Array): number {
	return Math.sqrt(values.reduce((sum, one) => sum + one * one, 0));
}

/** The rows that a histogram looks at. */
function someRows(values: Float64Array, samples: number): Float64Array {
	const width = values.length / samples;
	const stride = histogramStride(samples, width);
	if (stride === 1) return values;
	return rows(
		values,
		width,
		Array.from({ length: Math.ceil(samples / stride) }, (_, i) => i * stride),
	);
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
