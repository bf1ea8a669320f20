import { type Activation, withDefaults } from "../activations/activation.ts";
import { differentiate } from "../expression/differentiate.ts";
import { compile } from "../expression/evaluate.ts";
import type { Parameters } from "../expression/expression.ts";
import { makeNorm, type Norm, type NormKind } from "./norm.ts";
import { type Weight, weight } from "./weight.ts";

export interface NetworkShape {
	/** Inputs, hidden widths, outputs: at least [inputs, outputs]. */
	readonly widths: readonly number[];
	readonly activation: Activation;
	readonly parameters: Parameters;
	readonly norm: NormKind;
}

/** A linear layer: z = x·Wᵀ + b, W row-major [outputs][inputs]. */
export interface Linear {
	readonly inputs: number;
	readonly outputs: number;
	readonly weight: Weight;
	readonly bias: Weight;
}

/** What the last forward pass left in a hidden layer, [batch][width]. */
export interface HiddenState {
	/** The activation's input: after the norm where there is one. */
	readonly preActivation: Float64Array;
	readonly output: Float64Array;
	readonly slope: Float64Array;
}

/**
 * A fully connected network in float64: Linear → [norm] → activation for each hidden layer, a linear layer last.
 *
 * This is the readable reference: row-major arrays, one loop a formula. `forward` keeps what `backward` needs, and
 * `backward` writes the mean loss's gradient into every weight's `gradient`.
 */
export class Network {
	readonly layers: readonly Linear[];
	readonly norms: readonly Norm[];
	/** Per hidden layer, the activation's trainable parameters, one value each. */
	readonly activationWeights: readonly (readonly Weight[])[];
	readonly shape: NetworkShape;
	readonly #fixed: Parameters;
	readonly #trainable: readonly string[];
	readonly #expressions;
	#inputs: Float64Array[] = [];
	#hidden: HiddenState[] = [];
	#parameterSlopes: Float64Array[][] = [];
	#compiled: ((x: Float64Array) => Float64Array[]) | undefined;

	constructor(shape: NetworkShape) {
		const { widths, activation, parameters, norm } = shape;
		if (widths.length < 2) throw new RangeError(`widths must have at least 2 entries, got ${widths.length}`);
		this.shape = shape;
		this.layers = widths.slice(1).map((outputs, i) => ({
			inputs: widths[i],
			outputs,
			weight: weight(`layers.${i}.W`, outputs * widths[i]),
			bias: weight(`layers.${i}.b`, outputs),
		}));
		this.norms = norm === "none" ? [] : widths.slice(1, -1).map((width, i) => makeNorm(norm, width, i));
		this.#fixed = withDefaults(activation, parameters);
		this.#trainable = activation.parameters.filter((one) => one.trainable).map(({ name }) => name);
		this.activationWeights = widths.slice(1, -1).map((_, i) =>
			this.#trainable.map((name) => {
				const one = weight(`activations.${i}.${name}`, 1);
				one.values[0] = this.#fixed[name];
				return one;
			}),
		);
		this.#expressions = [
			activation.stable,
			activation.derivative,
			...this.#trainable.map((name) => differentiate(activation.stable, name)),
		];
	}

	/** Everything that is trained, in a fixed order. */
	get weights(): readonly Weight[] {
		return [
			...this.layers.flatMap(({ weight: w, bias }) => [w, bias]),
			...this.norms.flatMap(({ gamma, beta }) => [gamma, beta]),
			...this.activationWeights.flat(),
		];
	}

	/** States of the hidden layers after the last `forward`, first to last. */
	get hidden(): readonly HiddenState[] {
		return this.#hidden;
	}

	/** The outputs [batch][outputs] for inputs [batch][inputs]. `training` chooses batch statistics in a batch norm. */
	forward(x: Float64Array, batch: number, training: boolean): Float64Array {
		this.#inputs = [];
		this.#hidden = [];
		this.#parameterSlopes = [];
		let input = x;
		this.layers.forEach((layer, i) => {
			this.#inputs.push(input);
			const z = affine(input, layer, batch);
			if (i === this.layers.length - 1) {
				input = z;
				return;
			}
			const normed = this.norms[i]?.forward(z, batch, training) ?? z;
			const [output, slope, ...parameterSlopes] = this.#activate(i)(normed);
			this.#hidden.push({ preActivation: normed, output, slope });
			this.#parameterSlopes.push(parameterSlopes);
			input = output;
		});
		return input;
	}

	/** From the loss's gradient by the outputs, the gradient of every weight (overwritten, not added to). */
	backward(outputGradient: Float64Array, batch: number): void {
		let gradient = outputGradient;
		for (let i = this.layers.length - 1; i >= 0; i--) {
			const layer = this.layers[i];
			weightGradient(gradient, this.#inputs[i], layer, batch);
			if (i === 0) return;
			const inputGradient = transposed(gradient, layer, batch);
			const { slope } = this.#hidden[i - 1];
			this.activationWeights[i - 1].forEach((one, k) => {
				const by = this.#parameterSlopes[i - 1][k];
				let sum = 0;
				for (let j = 0; j < by.length; j++) sum += inputGradient[j] * by[j];
				one.gradient[0] = sum;
			});
			for (let j = 0; j < inputGradient.length; j++) inputGradient[j] *= slope[j];
			gradient = this.norms[i - 1]?.backward(inputGradient, batch) ?? inputGradient;
		}
	}

	#activate(layer: number): (x: Float64Array) => Float64Array[] {
		if (this.#trainable.length === 0) {
			this.#compiled ??= compile(this.#expressions, this.#fixed);
			return this.#compiled;
		}
		const learned = this.#trainable.map((name, k) => [name, this.activationWeights[layer][k].values[0]]);
		return compile(this.#expressions, { ...this.#fixed, ...Object.fromEntries(learned) });
	}
}

/** z[n][o] = b[o] + Σᵢ x[n][i]·W[o][i]. */
function affine(x: Float64Array, { inputs, outputs, weight: w, bias }: Linear, batch: number): Float64Array {
	const z = new Float64Array(batch * outputs);
	const W = w.values;
	for (let n = 0; n < batch; n++) {
		const row = n * inputs;
		for (let o = 0; o < outputs; o++) {
			const column = o * inputs;
			let sum = bias.values[o];
			for (let i = 0; i < inputs; i++) sum += x[row + i] * W[column + i];
			z[n * outputs + o] = sum;
		}
	}
	return z;
}

/** dW[o][i] = Σₙ g[n][o]·x[n][i], db[o] = Σₙ g[n][o]. */
function weightGradient(g: Float64Array, x: Float64Array, layer: Linear, batch: number): void {
	const { inputs, outputs } = layer;
	const dW = layer.weight.gradient.fill(0);
	const db = layer.bias.gradient.fill(0);
	for (let n = 0; n < batch; n++) {
		for (let o = 0; o < outputs; o++) {
			const error = g[n * outputs + o];
			db[o] += error;
			const [row, column] = [n * inputs, o * inputs];
			for (let i = 0; i < inputs; i++) dW[column + i] += error * x[row + i];
		}
	}
}

/** dx[n][i] = Σₒ g[n][o]·W[o][i]. */
function transposed(g: Float64Array, { inputs, outputs, weight: w }: Linear, batch: number): Float64Array {
	const dx = new Float64Array(batch * inputs);
	for (let n = 0; n < batch; n++) {
		const row = n * inputs;
		for (let o = 0; o < outputs; o++) {
			const error = g[n * outputs + o];
			const column = o * inputs;
			for (let i = 0; i < inputs; i++) dx[row + i] += error * w.values[column + i];
		}
	}
	return dx;
}
