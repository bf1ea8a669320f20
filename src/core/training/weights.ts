import type { Network } from "./network.ts";
import type { Weight } from "./weight.ts";

/** Everything that a network learns, by place: W [outputs][inputs] row by row. Also the shape of a gradient by them. */
export interface Weights {
	readonly layers: readonly { readonly W: readonly (readonly number[])[]; readonly b: readonly number[] }[];
	readonly norms?: readonly { readonly gamma: readonly number[]; readonly beta: readonly number[] }[];
	/** The trained parameters of the activation by name, one set a hidden layer. */
	readonly activations?: readonly Readonly<Record<string, number>>[];
}

/** Writes weights of the network's own shape into it. */
export function loadWeights(network: Network, { layers, norms, activations }: Weights): void {
	layers.forEach(({ W, b }, i) => {
		const { weight, bias, inputs } = network.layers[i];
		W.forEach((row, o) => {
			weight.values.set(row, o * inputs);
		});
		bias.values.set(b);
	});
	norms?.forEach(({ gamma, beta }, i) => {
		network.norms[i].gamma.values.set(gamma);
		network.norms[i].beta.values.set(beta);
	});
	activations?.forEach((named, i) => {
		network.trained.forEach((name, k) => {
			network.activationWeights[i][k].values[0] = named[name];
		});
	});
}

/** The network's weights, or the gradient that the last backward pass left in them. */
export function weightsOf(network: Network, what: "values" | "gradient" = "values"): Weights {
	const list = (weight: Weight) => [...weight[what]];
	return {
		layers: network.layers.map(({ weight, bias, inputs }) => ({ W: matrix(weight[what], inputs), b: list(bias) })),
		...(network.norms.length > 0
			? { norms: network.norms.map(({ gamma, beta }) => ({ gamma: list(gamma), beta: list(beta) })) }
			: {}),
		...(network.trained.length > 0
			? {
					activations: network.activationWeights.map((weights) =>
						Object.fromEntries(network.trained.map((name, k) => [name, weights[k][what][0]])),
					),
				}
			: {}),
	};
}

/** A row-major array as a list of rows. */
export function matrix(values: Float64Array, width: number): number[][] {
	return Array.from({ length: values.length / width }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]);
}
