import { compile } from "../../expression/evaluate.ts";
import type { Random } from "../../numerics/random.ts";
import type { Model, ModelLayer } from "../../reading/model/model.ts";
import { activationOf, SELU_FLOOR } from "./forecast.ts";
import { rowProducts, transposed } from "./matrix.ts";
import { type PatchShape, patchPlaces, places } from "./patches.ts";
import { countOf, type Size } from "./sizes.ts";
import { fillDrawn, type WeightStep, weightSize } from "./weights.ts";

/**
 * A step of a model on numbers, [samples][places][features], in training mode. `backward` follows `forward` and takes
 * the gradient by its result; it gives those by its inputs.
 */
export interface Operation {
	forward(inputs: readonly Float64Array[]): Float64Array;
	backward(gradient: Float64Array): readonly Float64Array[];
	/** After `backward`: the gradient by the weights. */
	readonly weightGradient?: () => Float64Array;
	/** Multiplications with an addition in both passes together. */
	readonly multiplyAdds: number;
}

/** What an operation is made for. */
export interface Setting {
	readonly model: Model;
	readonly sizes: readonly (Size | null)[];
	readonly batch: number;
}

/** Weights and bias of a step, [outputs][fan]. */
export interface Weights {
	readonly weight: Float64Array;
	readonly bias: Float64Array | null;
}

/** Draws a step's weights as its framework would. */
export function drawWeights(step: WeightStep, framework: Model["framework"], random: Random): Weights {
	const size = weightSize(step, framework)!;
	const weight = new Float64Array(size.count);
	fillDrawn(weight, step.weight.draw, size, framework, random);
	if (step.kind === "embedding" || !step.bias) return { weight, bias: null };
	const bias = new Float64Array(size.outputs);
	fillDrawn(bias, step.bias.draw, size, framework, random);
	return { weight, bias };
}

/** The operation of a layer; `random` draws its dropout. Only for layers whose sizes are known. */
export function operationOf(setting: Setting, i: number, weights: Weights | null, random: () => Random): Operation {
	const { model, sizes, batch } = setting;
	const layer = model.layers[i];
	const { step } = layer;
	const size = sizes[i]!;
	const [from] = layer.inputs.map((input) => sizes[input]!);
	switch (step.kind) {
		case "linear":
			return linear(weights!, (batch * countOf(size)) / size.features, from.features, size.features);
		case "convolution":
			return convolution(weights!, step, batch, from, size);
		case "embedding":
			return embedding(weights!, size.features);
		case "activation":
		case "own-activation":
			return elementwise(layer);
		case "normalisation":
			return normalisation(step.of as "batch" | "layer" | "instance" | "rms", step.epsilon, batch, size);
		case "dropout":
			return dropout(step.rate!, step.alpha, random);
		case "add":
			return {
				forward: (inputs) => combined(inputs, (a, b) => a + b),
				backward: (gradient) => layer.inputs.map(() => gradient),
				multiplyAdds: 0,
			};
		case "multiply":
			return product();
		case "concatenate":
			return concatenation(layer.inputs.map((input) => sizes[input]!.features));
		case "scale":
			return {
				forward: ([x]) => x.map((one) => one * step.by),
				backward: (gradient) => [gradient.map((one) => one * step.by)],
				multiplyAdds: 0,
			};
		case "pool":
			return pool(step.of, batch, from, size);
		case "reshape":
		case "identity":
			return { forward: ([x]) => x, backward: (gradient) => [gradient], multiplyAdds: 0 };
		case "input":
		case "unknown":
			throw new RangeError(`a layer that can be computed was expected, got one of kind ${step.kind}`);
	}
}

function linear({ weight, bias }: Weights, rows: number, inputs: number, outputs: number): Operation {
	let x = new Float64Array(0);
	let byOutput = new Float64Array(0);
	return {
		forward([input]) {
			x = input as Float64Array<ArrayBuffer>;
			const z = rowProducts(x, weight, rows, outputs, inputs);
			if (bias) for (let at = 0; at < z.length; at++) z[at] += bias[at % outputs];
			return z;
		},
		backward(gradient) {
			byOutput = gradient as Float64Array<ArrayBuffer>;
			return [rowProducts(gradient, transposed(weight, outputs, inputs), rows, inputs, outputs)];
		},
		weightGradient: () =>
			rowProducts(transposed(byOutput, rows, outputs), transposed(x, rows, inputs), outputs, inputs, rows),
		multiplyAdds: 3 * rows * inputs * outputs,
	};
}

type Convolution = Extract<ModelLayer["step"], { kind: "convolution" }>;

/** A linear layer on patches: one for each group of channels. */
function convolution({ weight, bias }: Weights, step: Convolution, batch: number, from: Size, to: Size): Operation {
	const kernel = step.kernel as readonly number[];
	const stride = step.stride as readonly number[];
	const groups = step.groups!;
	const padding = to.places.map((out, d) =>
		Math.max(0, Math.floor(((out - 1) * stride[d] + kernel[d] - from.places[d]) / 2)),
	);
	const shape: PatchShape = {
		from: from.places,
		to: to.places,
		kernel,
		stride,
		padding,
	};
	const map = patchPlaces(shape);
	const [outer, area, before] = [places(to.places), places(kernel), places(from.places)];
	const rows = batch * outer;
	const [depth, width] = [from.features / groups, to.features / groups];
	const fan = area * depth;
	const parts = Array.from({ length: groups }, (_, g) =>
		linear({ weight: weight.subarray(g * width * fan, (g + 1) * width * fan), bias: null }, rows, fan, width),
	);
	/** Calls `act` with each number of a group's patches and its place in the input. */
	const walk = (group: number, act: (inPatches: number, inInput: number) => void) => {
		for (let row = 0; row < rows; row++) {
			const [sample, place] = [Math.floor(row / outer), row % outer];
			for (let k = 0; k < area; k++) {
				const source = map[place * area + k];
				if (source < 0) continue;
				const start = (sample * before + source) * from.features + group * depth;
				for (let c = 0; c < depth; c++) act(row * fan + k * depth + c, start + c);
			}
		}
	};
	return {
		forward([x]) {
			const z = new Float64Array(rows * to.features);
			parts.forEach((part, g) => {
				const patches = new Float64Array(rows * fan);
				walk(g, (inPatches, inInput) => {
					patches[inPatches] = x[inInput];
				});
				const result = part.forward([patches]);
				for (let row = 0; row < rows; row++) {
					for (let j = 0; j < width; j++) {
						const output = g * width + j;
						z[row * to.features + output] = result[row * width + j] + (bias?.[output] ?? 0);
					}
				}
			});
			return z;
		},
		backward(gradient) {
			const byInput = new Float64Array(batch * before * from.features);
			parts.forEach((part, g) => {
				const mine = new Float64Array(rows * width);
				for (let row = 0; row < rows; row++) {
					for (let j = 0; j < width; j++) mine[row * width + j] = gradient[row * to.features + g * width + j];
				}
				const [byPatch] = part.backward(mine);
				walk(g, (inPatches, inInput) => {
					byInput[inInput] += byPatch[inPatches];
				});
			});
			return [byInput];
		},
		weightGradient: () => Float64Array.from(parts.flatMap((part) => [...part.weightGradient!()])),
		multiplyAdds: 3 * rows * fan * to.features,
	};
}

/** Looks rows of the weight up; what comes in are their numbers. */
function embedding({ weight }: Weights, features: number): Operation {
	let rows = new Float64Array(0);
	let byWeight = new Float64Array(0);
	return {
		forward([indices]) {
			rows = indices as Float64Array<ArrayBuffer>;
			const y = new Float64Array(rows.length * features);
			rows.forEach((row, n) => {
				y.set(weight.subarray(row * features, (row + 1) * features), n * features);
			});
			return y;
		},
		backward(gradient) {
			byWeight = new Float64Array(weight.length);
			rows.forEach((row, n) => {
				for (let j = 0; j < features; j++) byWeight[row * features + j] += gradient[n * features + j];
			});
			return [new Float64Array(rows.length)];
		},
		weightGradient: () => byWeight,
		multiplyAdds: 0,
	};
}

function elementwise({ step }: ModelLayer): Operation {
	const { activation, parameters } = activationOf(step)!;
	const compute = compile([activation.stable, activation.derivative], parameters);
	let slopes = new Float64Array(0);
	return {
		forward([x]) {
			const [y, slope] = compute(x);
			slopes = slope as Float64Array<ArrayBuffer>;
			return y;
		},
		backward: (gradient) => [combined([gradient, slopes], (a, b) => a * b)],
		multiplyAdds: 0,
	};
}

/** y = (x − mean)/√(variance + ε) over each group of numbers; "rms" leaves the mean and divides by the root mean square. */
function normalisation(
	of: "batch" | "layer" | "instance" | "rms",
	epsilon: number,
	batch: number,
	size: Size,
): Operation {
	const { features } = size;
	const perSample = countOf(size);
	const groupOf =
		of === "batch"
			? (at: number) => at % features
			: of === "instance"
				? (at: number) => Math.floor(at / perSample) * features + (at % features)
				: (at: number) => Math.floor(at / features);
	const count = batch * perSample;
	const groups = of === "batch" ? features : of === "instance" ? batch * features : count / features;
	const length = count / groups;
	const centers = of !== "rms";
	let y = new Float64Array(0);
	let scale = new Float64Array(0);
	return {
		forward([x]) {
			const mean = new Float64Array(groups);
			scale = new Float64Array(groups);
			if (centers) for (let at = 0; at < count; at++) mean[groupOf(at)] += x[at] / length;
			for (let at = 0; at < count; at++) scale[groupOf(at)] += (x[at] - mean[groupOf(at)]) ** 2 / length;
			for (let g = 0; g < groups; g++) scale[g] = 1 / Math.sqrt(scale[g] + epsilon);
			y = Float64Array.from(x, (one, at) => (one - mean[groupOf(at)]) * scale[groupOf(at)]);
			return y;
		},
		backward(gradient) {
			const [mean, along] = [new Float64Array(groups), new Float64Array(groups)];
			for (let at = 0; at < count; at++) {
				if (centers) mean[groupOf(at)] += gradient[at] / length;
				along[groupOf(at)] += (gradient[at] * y[at]) / length;
			}
			return [
				gradient.map((one, at) => {
					const g = groupOf(at);
					return scale[g] * (one - mean[g] - y[at] * along[g]);
				}),
			];
		},
		multiplyAdds: 0,
	};
}

/** Inverted dropout; "alpha" puts SELU's floor in the place of what is dropped, and restores mean 0 and variance 1. */
function dropout(rate: number, alpha: boolean, random: () => Random): Operation {
	const kept = 1 - rate;
	const scale = alpha ? (kept * (1 + rate * SELU_FLOOR ** 2)) ** -0.5 : 1 / kept;
	const floor = alpha ? SELU_FLOOR : 0;
	let mask = new Float64Array(0);
	return {
		forward([x]) {
			const source = random();
			mask = Float64Array.from(x, () => (source.uniform() < rate ? 0 : 1));
			return x.map((one, at) => scale * (mask[at] * one + (1 - mask[at]) * floor - rate * floor));
		},
		backward: (gradient) => [gradient.map((one, at) => scale * one * mask[at])],
		multiplyAdds: 0,
	};
}

function product(): Operation {
	let factors: readonly Float64Array[] = [];
	return {
		forward(inputs) {
			factors = inputs;
			return combined(inputs, (a, b) => a * b);
		},
		backward: (gradient) =>
			factors.map((_, k) => combined([gradient, ...factors.filter((_, l) => l !== k)], (a, b) => a * b)),
		multiplyAdds: 0,
	};
}

function concatenation(features: readonly number[]): Operation {
	const total = features.reduce((a, b) => a + b, 0);
	const starts = features.map((_, k) => features.slice(0, k).reduce((a, b) => a + b, 0));
	return {
		forward(inputs) {
			const rows = inputs[0].length / features[0];
			const y = new Float64Array(rows * total);
			inputs.forEach((x, k) => {
				for (let row = 0; row < rows; row++) {
					y.set(x.subarray(row * features[k], (row + 1) * features[k]), row * total + starts[k]);
				}
			});
			return y;
		},
		backward: (gradient) =>
			features.map((width, k) => {
				const rows = gradient.length / total;
				const part = new Float64Array(rows * width);
				for (let row = 0; row < rows; row++) {
					const start = row * total + starts[k];
					part.set(gradient.subarray(start, start + width), row * width);
				}
				return part;
			}),
		multiplyAdds: 0,
	};
}

/** Over windows that do not overlap. Of equal greatest values the first takes the gradient. */
function pool(of: "maximum" | "average", batch: number, from: Size, to: Size): Operation {
	const target = from.places.map((_, d) => to.places[d] ?? 1);
	const window = from.places.map((length, d) => length / target[d]);
	const map = patchPlaces({
		from: from.places,
		to: target,
		kernel: window,
		stride: window,
		padding: window.map(() => 0),
	});
	const [outer, area, before, features] = [places(target), places(window), places(from.places), from.features];
	const chosen = new Int32Array(batch * outer * features);
	const eachWindow = (act: (result: number, inputAt: (k: number) => number) => void) => {
		for (let at = 0; at < batch * outer * features; at++) {
			const [row, feature] = [Math.floor(at / features), at % features];
			const start = Math.floor(row / outer) * before;
			act(at, (k) => (start + map[(row % outer) * area + k]) * features + feature);
		}
	};
	return {
		forward([x]) {
			const y = new Float64Array(batch * outer * features);
			eachWindow((result, inputAt) => {
				chosen[result] = inputAt(0);
				for (let k = 0; k < area; k++) {
					y[result] += x[inputAt(k)] / area;
					if (x[inputAt(k)] > x[chosen[result]]) chosen[result] = inputAt(k);
				}
				if (of === "maximum") y[result] = x[chosen[result]];
			});
			return y;
		},
		backward(gradient) {
			const byInput = new Float64Array(batch * before * features);
			eachWindow((result, inputAt) => {
				if (of === "maximum") byInput[chosen[result]] += gradient[result];
				else for (let k = 0; k < area; k++) byInput[inputAt(k)] += gradient[result] / area;
			});
			return [byInput];
		},
		multiplyAdds: 0,
	};
}

function combined(arrays: readonly Float64Array[], of: (a: number, b: number) => number): Float64Array {
	const [first, ...others] = arrays;
	const result = Float64Array.from(first);
	for (const other of others) for (let at = 0; at < result.length; at++) result[at] = of(result[at], other[at]);
	return result;
}
