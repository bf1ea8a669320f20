import type { Activation } from "../activations/activation.ts";
import { gainOf } from "../activations/meanField.ts";
import type { Parameters } from "../expression/expression.ts";
import { Random } from "../numerics/random.ts";
import type { Network } from "./network.ts";
import { orthogonal } from "./orthogonal.ts";

export type Initialiser =
	| "auto"
	| "pytorch"
	| "xavier"
	| "xavier-normal"
	| "kaiming"
	| "kaiming-uniform"
	| "lecun"
	| "orthogonal";

export interface InitialiserSettings {
	readonly name: Initialiser;
	/** In place of the initialiser's own gain: a number, or "auto" for the forward gain of the activation at hand. */
	readonly gain?: number | "auto";
	readonly seed?: number;
}

/** The gain that each initialiser has by itself. */
const OWN_GAIN: Readonly<Record<Initialiser, number | "auto">> = {
	auto: "auto",
	pytorch: 1,
	xavier: 1,
	"xavier-normal": 1,
	kaiming: Math.SQRT2,
	"kaiming-uniform": Math.SQRT2,
	lecun: 1,
	orthogonal: 1,
};

/**
 * Fills the linear layers' weights from `seed`; biases are 0 except PyTorch's. With gain g, n inputs and m outputs:
 *
 * "auto", "kaiming", "lecun": normal, variance g²/n; g is the forward gain of the activation at hand, √2 (He et al.
 * 2015) or 1 (LeCun et al. 1998). "kaiming-uniform": uniform within ±g·√(3/n). "xavier": uniform within ±g·√(6/(n + m));
 * "xavier-normal": normal, variance 2g²/(n + m) (Glorot & Bengio 2010). "orthogonal": g times orthonormal rows or
 * columns, whichever are fewer (Saxe et al. 2014). "pytorch": nn.Linear's default, uniform within ±g/√n for weights and
 * within ±1/√n for biases.
 *
 * A gain that is "auto" is 1 in the last layer, which no activation follows.
 */
export function initialise(network: Network, initialiser: Initialiser | InitialiserSettings, seed: number): void {
	const settings = typeof initialiser === "string" ? { name: initialiser } : initialiser;
	const { name, gain = OWN_GAIN[name] } = settings;
	const { activation, parameters } = network.shape;
	const computed = gain === "auto" ? autoGain(activation, parameters) : gain;
	network.layers.forEach(({ inputs: n, outputs: m, weight, bias }, i) => {
		const random = new Random(seed, `initialise ${i}`);
		const g = gain === "auto" && i === network.layers.length - 1 ? 1 : computed;
		const uniform = () => 2 * random.uniform() - 1;
		const normal = () => random.normal();
		const fill = (values: Float64Array, draw: () => number, scale: number) => {
			for (let k = 0; k < values.length; k++) values[k] = draw() * scale;
		};
		switch (name) {
			case "auto":
			case "kaiming":
			case "lecun":
				fill(weight.values, normal, g / Math.sqrt(n));
				break;
			case "kaiming-uniform":
				fill(weight.values, uniform, g * Math.sqrt(3 / n));
				break;
			case "xavier":
				fill(weight.values, uniform, g * Math.sqrt(6 / (n + m)));
				break;
			case "xavier-normal":
				fill(weight.values, normal, g * Math.sqrt(2 / (n + m)));
				break;
			case "orthogonal":
				orthogonal(weight.values, m, n, random);
				for (let k = 0; k < weight.values.length; k++) weight.values[k] *= g;
				break;
			case "pytorch":
				fill(weight.values, uniform, g / Math.sqrt(n));
		}
		if (name === "pytorch") fill(bias.values, uniform, 1 / Math.sqrt(n));
		else bias.values.fill(0);
	});
}

/**
 * The gain that is "auto" for the layers that an activation follows: its forward gain. A step function's or an
 * exponential's can be no guide; then the weights are scaled as for a linear layer.
 */
export function autoGain(activation: Activation, parameters: Parameters): number {
	const { forward } = gainOf(activation, parameters);
	return forward > 0.01 && forward < 100 ? forward : 1;
}
