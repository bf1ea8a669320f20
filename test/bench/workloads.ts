import { findActivation } from "../../src/core/activations/catalog.ts";
import { Random } from "../../src/core/numerics/random.ts";
import { initialise } from "../../src/core/training/initialise.ts";
import { KernelTrainer } from "../../src/core/training/kernels/kernelTrainer.ts";
import type { ProductStyle } from "../../src/core/training/kernels/products.ts";
import { Network } from "../../src/core/training/network.ts";
import type { NormKind } from "../../src/core/training/norm.ts";
import type { OptimizerSettings } from "../../src/core/training/optimizer.ts";
import type { Samples } from "../../src/core/training/trainer.ts";

/** A network in training, as every contestant is told it. */
export interface Workload {
	readonly name: string;
	readonly widths: readonly number[];
	readonly batch: number;
	/** An activation of the catalog; the peers know "tanh", "relu" and "gelu". */
	readonly activation: string;
	readonly loss: "mse" | "cross_entropy";
	readonly optimizer: OptimizerSettings;
	/** In the data; an epoch goes over all of them. */
	readonly samples: number;
	/** What the network has beside linear layers and activations. */
	readonly parts?: Parts;
}

export interface Parts {
	readonly norm?: NormKind;
	readonly residual?: boolean;
	readonly dropout?: number;
}

export const WORKLOADS: readonly Workload[] = [
	{
		name: "W1",
		widths: [2, 16, 16, 1],
		batch: 32,
		activation: "tanh",
		loss: "mse",
		optimizer: { name: "sgd", lr: 0.01 },
		samples: 2048,
	},
	{
		name: "W2",
		widths: [64, 64, 64, 64, 10],
		batch: 64,
		activation: "relu",
		loss: "cross_entropy",
		optimizer: { name: "adam", lr: 1e-3 },
		samples: 4096,
	},
	{
		name: "W3",
		widths: [784, 256, 256, 10],
		batch: 128,
		activation: "gelu",
		loss: "cross_entropy",
		optimizer: { name: "adam", lr: 1e-3 },
		samples: 4096,
	},
	{
		name: "W4",
		widths: [64, ...new Array<number>(20).fill(64), 10],
		batch: 64,
		activation: "tanh",
		loss: "cross_entropy",
		optimizer: { name: "sgd", lr: 0.01, momentum: 0.9 },
		samples: 4096,
	},
];

/** Floating-point operations of a step's matrix products; the first layer's input needs no gradient. */
export function productOperations({ widths, batch }: Workload): number {
	const layers = widths.slice(1).map((width, i) => width * widths[i]!);
	return 2 * batch * (3 * layers.reduce((sum, weights) => sum + weights, 0) - layers[0]!);
}

/** Trains a workload by the float32 kernels, shuffled anew each epoch as a session does it. */
export class OwnRun {
	readonly #workload: Workload;
	readonly #trainer: KernelTrainer;
	readonly #order: Uint32Array;
	#epoch = 0;

	constructor(workload: Workload, style: ProductStyle) {
		const { widths, activation, loss, optimizer, batch, samples, parts = {} } = workload;
		const { norm = "none", residual = false, dropout = 0 } = parts;
		const random = new Random(1, "data");
		const draw = (count: number): Samples => ({
			inputs: Float64Array.from({ length: count * widths[0]! }, () => random.normal()),
			targets: Float64Array.from({ length: count }, () =>
				loss === "mse" ? random.normal() : Math.floor(random.uniform() * widths.at(-1)!),
			),
			samples: count,
		});
		const known = findActivation(activation)!;
		const network = new Network({ widths, activation: known, parameters: {}, norm, residual });
		initialise(network, "pytorch", 1);
		this.#workload = workload;
		this.#trainer = new KernelTrainer(
			{
				network,
				loss: { name: loss },
				optimizer,
				clipping: null,
				dropout: dropout > 0 ? { p: dropout, seed: 1 } : null,
				batchSize: batch,
				samples: { training: draw(samples), validation: draw(8), test: draw(8) },
			},
			style,
		);
		this.#order = new Uint32Array(samples);
	}

	/** Trains whole epochs, at least that many steps. */
	run(steps: number): Report {
		const { batch, samples, optimizer } = this.#workload;
		const each = Math.ceil(samples / batch);
		const before = process.cpuUsage();
		let [done, loss] = [0, Number.NaN];
		while (done < steps) {
			for (let i = 0; i < samples; i++) this.#order[i] = i;
			new Random(1, `order ${this.#epoch++}`).shuffle(this.#order);
			const losses = this.#trainer.train(this.#order, new Array<number>(each).fill(optimizer.lr));
			done += each;
			loss = losses[losses.length - 1]!;
		}
		const { user, system } = process.cpuUsage(before);
		return { steps: done, seconds: (user + system) / 1e6, loss };
	}
}

/** Of some steps: how many, their CPU time, and the loss of the last one. */
export interface Report {
	readonly steps: number;
	readonly seconds: number;
	readonly loss: number;
}
