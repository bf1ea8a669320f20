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
	/** Whether a hidden layer's input is added to its output where both are equally wide. */
	readonly residual?: boolean;
	/** Names of the activation's parameters that are trained, one value a layer each; all trainable ones by default. */
	readonly trained?: readonly string[];
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
	/** The activation's output: before dropout, and before the layer's input is added. */
	readonly output: Float64Array;
	readonly slope: Float64Array;
}

/**
 * A fully connected network in float64: hidden layers h ← [h +] dropout(f(norm(W·h + b))), a linear layer last.
 *
 * A residual network adds h around each hidden layer whose input and output are equally wide, after activation and
 * dropout (He et al. 2016's block with one layer in it). This is the readable reference: row-major arrays, one loop a
 * formula. `forward` keeps what `backward` needs, and `backward` writes the mean loss's gradient into every weight's
 * `gradient`.
 */
export class Network {
	readonly layers: readonly Linear[];
	readonly norms: readonly Norm[];
	/** Per hidden layer, the activation's trained parameters, one value each, in the order of `trained`. */
	readonly activationWeights: readonly (readonly Weight[])[];
	/** Names of the trained parameters of the activation. */
	readonly trained: readonly string[];
	readonly shape: NetworkShape;
	/** The activation's parameters in the layer at hand: `#compute` reads them at each call. */
	readonly #parameters: Record<string, number>;
	readonly #compute: (x: Float64Array) => Float64Array[];
	#inputs: Float64Array[] = [];
	#hidden: HiddenState[] = [];
	#parameterSlopes: Float64Array[][] = [];
	#keep: readonly Float64Array[] | undefined;

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
		this.trained = shape.trained ?? activation.parameters.filter((one) => one.trainable).map(({ name }) => name);
		this.#parameters = { ...withDefaults(activation, parameters) };
		this.activationWeights = widths.slice(1, -1).map((_, i) =>
			this.trained.map((name) => {
				const one = weight(`activations.${i}.${name}`, 1);
				one.values[0] = this.#parameters[name];
				return one;
			}),
		);
		this.#compute = compile(
			[activation.stable, activation.derivative, ...this.trained.map((name) => differentiate(activation.stable, name))],
			this.#parameters,
		);
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

	/** The activation's parameters as a hidden layer has them now. */
	parametersOf(layer: number): Parameters {
		const learned = this.trained.map((name, k) => [name, this.activationWeights[layer][k].values[0]]);
		return { ...this.#parameters, ...Object.fromEntries(learned) };
	}

	/**
	 * The outputs [batch][outputs] for inputs [batch][inputs]. `training` chooses batch statistics in a batch norm; `keep`
	 * holds dropout's factors by hidden layer, [batch][width] each, and without it nothing is dropped.
	 */
	forward(x: Float64Array, batch: number, training: boolean, keep?: readonly Float64Array[]): Float64Array {
		this.#inputs = [];
		this.#hidden = [];
		this.#parameterSlopes = [];
		this.#keep = keep;
		const last = this.layers.length - 1;
		let input = x;
		for (let i = 0; i < last; i++) {
			this.#inputs.push(input);
			const z = affine(input, this.layers[i], batch);
			const preActivation = this.norms[i]?.forward(z, batch, training) ?? z;
			Object.assign(this.#parameters, this.parametersOf(i));
			const [output, slope, ...parameterSlopes] = this.#compute(preActivation);
			this.#hidden.push({ preActivation, output, slope });
			this.#parameterSlopes.push(parameterSlopes);
			const branch = keep ? product(output, keep[i]) : output;
			input = skips(this.shape, i) ? sum(input, branch) : branch;
		}
		this.#inputs.push(input);
		return affine(input, this.layers[last], batch);
	}

	/** From the loss's gradient by the outputs, the gradient of every weight (overwritten, not added to). */
	backward(outputGradient: Float64Array, batch: number): void {
		const last = this.layers.length - 1;
		let gradient = outputGradient;
		for (let i = last; i >= 0; i--) {
			const byLinear = i === last ? gradient : this.#backToLinear(i, gradient, batch);
			weightGradient(byLinear, this.#inputs[i], this.layers[i], batch);
			if (i === 0) return;
			const byInput = transposed(byLinear, this.layers[i], batch);
			gradient = skips(this.shape, i) ? sum(byInput, gradient) : byInput;
		}
	}

	/** From the gradient by a hidden layer's output, that by its W·h + b; writes those of its norm and activation. */
	#backToLinear(i: number, gradient: Float64Array, batch: number): Float64Array {
		const byOutput = this.#keep ? product(gradient, this.#keep[i]) : gradient;
		this.activationWeights[i].forEach((one, k) => {
			one.gradient[0] = dot(byOutput, this.#parameterSlopes[i][k]);
		});
		const byPreActivation = product(byOutput, this.#hidden[i].slope);
		return this.norms[i]?.backward(byPreActivation, batch) ?? byPreActivation;
	}
}

/** Whether a layer's input is added to its output: of a hidden layer of a residual network, where both are equally wide. */
export function skips({ residual, widths }: NetworkShape, layer: number): boolean {
	return residual === true && layer < widths.length - 2 && widths[layer] === widths[layer + 1];
}

function product(a: Float64Array, b: Float64Array): Float64Array {
	const result = new Float64Array(a.length);
	for (let i = 0; i < a.length; i++) result[i] = a[i] * b[i];
	return result;
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
	const result = new Float64Array(a.length);
	for (let i = 0; i < a.length; i++) result[i] = a[i] + b[i];
	return result;
}

function dot(a: Float64Array, b: Float64Array): number {
	let total = 0;
	for (let i = 0; i < a.length; i++) total += a[i] * b[i];
	return total;
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
