import { gainOf } from "../activations/meanField.ts";
import { Random } from "../numerics/random.ts";
import type { Network } from "./network.ts";

export type Initialiser = "auto" | "pytorch" | "xavier" | "kaiming" | "lecun";

/**
 * Fills the linear layers' weights from `seed`; biases are 0 except PyTorch's.
 *
 * "auto": normal, variance gain²/fan-in with the forward gain of the activation at hand (the last layer: gain 1).
 * "pytorch": nn.Linear's default, uniform within ±1/√fan-in for weights and biases. "xavier": uniform within
 * ±√(6/(fan-in + fan-out)), Glorot & Bengio 2010. "kaiming": normal, variance 2/fan-in, He et al. 2015. "lecun": normal,
 * variance 1/fan-in, LeCun et al. 1998.
 */
export function initialise(network: Network, initialiser: Initialiser, seed: number): void {
	const { activation, parameters } = network.shape;
	const gain = initialiser === "auto" ? usableGain(gainOf(activation, parameters).forward) : 1;
	network.layers.forEach(({ inputs, outputs, weight, bias }, i) => {
		const random = new Random(seed, `initialise ${i}`);
		const last = i === network.layers.length - 1;
		const draw = {
			auto: () => (random.normal() * (last ? 1 : gain)) / Math.sqrt(inputs),
			pytorch: () => (2 * random.uniform() - 1) / Math.sqrt(inputs),
			xavier: () => (2 * random.uniform() - 1) * Math.sqrt(6 / (inputs + outputs)),
			kaiming: () => random.normal() * Math.sqrt(2 / inputs),
			lecun: () => random.normal() / Math.sqrt(inputs),
		}[initialiser];
		for (let k = 0; k < weight.values.length; k++) weight.values[k] = draw();
		for (let k = 0; k < bias.values.length; k++) bias.values[k] = initialiser === "pytorch" ? draw() : 0;
	});
}

/** A step function's or an exponential's gain can be no guide; then the weights are scaled as for a linear layer. */
function usableGain(gain: number): number {
	return gain > 0.01 && gain < 100 ? gain : 1;
}
