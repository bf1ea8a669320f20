import { compile } from "../../expression/evaluate.ts";
import type { Random } from "../../numerics/random.ts";
import type { Model, ModelLayer } from "../../reading/model/model.ts";
import { aloneOf, axisAt, besideOf, countOf, partsOf } from "../../reading/model/shapes.ts";
import { askIn, binsOf, type Gathering, gatheringOf, movedPlaces, takenBins } from "./bins.ts";
import { convolution } from "./convolutionOperation.ts";
import { featureAt, layoutOf } from "./featureLayout.ts";
import { greatest, spread, weighedSums, writing } from "./gatheredOperations.ts";
import { rowProducts, transposed } from "./matrix.ts";
import { type Operation, UNCHANGED, type Weights } from "./operation.ts";
import { activationOf, softmaxAxis } from "./outputs.ts";
import { type CellWeights, drawCell, recurrence } from "./recurrentOperation.ts";
import { SELU_FLOOR } from "./signal.ts";
import { factorMoments, fillDrawn, type WeightStep, weightSize } from "./weights.ts";

/** What an operation is made for. */
export interface Setting {
	readonly model: Model;
	readonly sizes: readonly (readonly number[] | null)[];
	readonly batch: number;
}

/** Draws a step's weights as its framework would. */
export function drawWeights(step: WeightStep, framework: Model["framework"], random: Random): Weights {
	if (step.kind === "recurrence") return drawCell(step, framework, random);
	const size = weightSize(step, framework)!;
	const weight = new Float64Array(size.count);
	const byTrained = fillDrawn(weight, step.weight.draw, size, framework, random);
	const bias = step.kind === "embedding" || !step.bias ? null : new Float64Array(size.outputs);
	if (bias && "bias" in step) fillDrawn(bias, step.bias!.draw, size, framework, random);
	return { weight, bias, ...(byTrained && { byTrained }) };
}

/** Draws the factors behind a normalisation; null where all are 1. */
export function drawFactors(
	step: Extract<ModelLayer["step"], { kind: "normalisation" }>,
	size: readonly number[],
	random: Random,
): Weights | null {
	if (!step.factors) return null;
	const { mean, variance } = factorMoments(step)!;
	const isByPlace = step.of === "layer" || step.of === "rms";
	const length = isByPlace
		? (step.features ?? size.at(-1)!)
		: partsOf(size.slice(besideOf(step)), step.channels)!.features;
	const weight = Float64Array.from({ length }, () => mean + Math.sqrt(variance) * random.normal());
	return { weight, bias: null };
}

/** The operation of a layer; `random` draws its dropout or noise. Only for layers whose sizes are known. */
export function operationOf(setting: Setting, i: number, weights: Weights | null, random: () => Random): Operation {
	const { model, sizes, batch } = setting;
	const layer = model.layers[i];
	const { step } = layer;
	const size = sizes[i]!;
	const before = layer.inputs.map((input) => sizes[input]!);
	const [from] = before;
	const beside = besideOf(step);
	if (beside > 0) return operationOf(besideSamples(setting, i), i, weights, random);
	const gather = (gathering: Gathering | null) =>
		gathering ? weighedSums(gathering, batch, countOf(from)) : UNCHANGED;
	switch (step.kind) {
		case "linear":
			return linear(weights!, (batch * countOf(from)) / step.inputs!, step.inputs!, step.outputs!);
		case "convolution":
			return convolution(weights!, step, batch, from, size);
		case "embedding":
			return embedding(weights!, step.outputs!);
		case "recurrence":
			return recurrence(weights as CellWeights, step, batch, from[0], random); // Drawn for the step.
		case "activation":
		case "own-activation": {
			const axis = softmaxAxis(step);
			return axis === null ? elementwise(layer) : softmax(layer, axisAt(axis, size.length)!, size);
		}
		case "normalisation":
			return normalisation(step, batch, size, weights?.weight ?? null);
		case "dropout":
			return dropout(step.rate!, step.alpha, step.of === "samples" ? countOf(size) : 1, random);
		case "add":
			return spread(
				before,
				before.map(() => size),
				batch,
				{
					forward: (inputs) => combined(inputs, (a, b) => a + b),
					backward: (gradient) => layer.inputs.map(() => gradient),
					multiplyAdds: 0,
				},
			);
		case "multiply":
			return spread(
				before,
				before.map(() => size),
				batch,
				product(),
			);
		case "concatenate": {
			const inner = countOf(size.slice(axisAt(step.axis!, size.length)!));
			const last = size[axisAt(step.axis!, size.length)!];
			return concatenation(before.map((one) => (one[axisAt(step.axis!, size.length)!] * inner) / last));
		}
		case "scale":
			return {
				forward: ([x]) => x.map((one) => one * step.by),
				backward: (gradient) => [gradient.map((one) => one * step.by)],
				multiplyAdds: 0,
			};
		case "pool":
		case "resize": {
			const gathering = gatheringOf(binsOf(step, from, askIn(sizes))!, from);
			return step.kind === "pool" && step.of === "maximum"
				? greatest(gathering, batch, countOf(from))
				: gather(gathering);
		}
		case "reshape": {
			const bins = binsOf(step, from, askIn(sizes));
			return gather(bins ? gatheringOf(bins, from) : step.how && movedPlaces(step.how, from));
		}
		case "product":
			return matrixProduct(before, size, batch);
		case "causal":
			return causal(size);
		case "parameter":
			return constant(batch, weights!.weight);
		case "noise":
			return noise(step.of, batch * countOf(size), before, batch, random);
		case "range":
			return constant(
				batch,
				Float64Array.from({ length: size[0] }, (_, i) => step.from + i * step.by),
			);
		case "write": {
			const places = takenBins(step.along, from, askIn(sizes));
			const gone = new Set(step.along.flatMap(({ axis, keeps }) => (keeps ? [] : [axisAt(axis, from.length)])));
			const to = places.map((bins) => bins.length).filter((_, axis) => !gone.has(axis));
			return spread(before, [from, to], batch, writing(gatheringOf(places, from).from, batch, countOf(from)));
		}
		case "identity":
		case "masked":
			return UNCHANGED;
		case "input":
		case "unknown":
			throw new RangeError(`a layer that can be computed was expected, got one of kind ${step.kind}`);
	}
}

/** A setting in which what lies beside each other in a layer's samples are samples of their own. */
function besideSamples({ model, sizes, batch }: Setting, i: number): Setting {
	const layer = model.layers[i];
	const beside = besideOf(layer.step);
	const own = new Set([i, ...layer.inputs]);
	return {
		model: { ...model, layers: model.layers.with(i, { ...layer, step: aloneOf(layer.step) }) },
		sizes: sizes.map((size, at) => (size && own.has(at) ? size.slice(beside) : size)),
		batch: batch * countOf(sizes[i]!.slice(0, beside)),
	};
}

function linear({ weight, bias }: Weights, rows: number, inputs: number, outputs: number): Operation {
	let x = new Float64Array(0);
	let byOutput = new Float64Array(0);
	return {
		forward([input]) {
			x = input as Float64Array<ArrayBuffer>;
			const z = rowProducts(x, weight, rows, outputs, inputs);
			if (bias) {
				for (let at = 0; at < z.length; at += outputs) for (let j = 0; j < outputs; j++) z[at + j] += bias[j];
			}
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

/** eˣ/Σeˣ along an axis, or its logarithm. */
function softmax({ step }: ModelLayer, axis: number, size: readonly number[]): Operation {
	const isLogarithm = step.kind === "activation" && step.activation === "log_softmax";
	const [length, stride] = [size[axis], countOf(size.slice(axis + 1))];
	let shares = new Float64Array(0);
	/** Calls `act` with the first of each run of numbers that are taken together. */
	const eachRun = (count: number, act: (first: number) => void) => {
		for (let block = 0; block < count; block += length * stride) for (let at = 0; at < stride; at++) act(block + at);
	};
	return {
		forward([x]) {
			shares = new Float64Array(x.length);
			eachRun(x.length, (first) => {
				let [most, total] = [Number.NEGATIVE_INFINITY, 0];
				for (let k = 0; k < length; k++) most = Math.max(most, x[first + k * stride]);
				for (let k = 0; k < length; k++) total += shares[first + k * stride] = Math.exp(x[first + k * stride] - most);
				for (let k = 0; k < length; k++) shares[first + k * stride] /= total;
			});
			return isLogarithm ? shares.map(Math.log) : shares;
		},
		backward(gradient) {
			const byInput = new Float64Array(gradient.length);
			eachRun(gradient.length, (first) => {
				let sum = 0;
				for (let k = 0; k < length; k++) {
					const at = first + k * stride;
					sum += isLogarithm ? gradient[at] : gradient[at] * shares[at];
				}
				for (let k = 0; k < length; k++) {
					const at = first + k * stride;
					byInput[at] = isLogarithm ? gradient[at] - shares[at] * sum : shares[at] * (gradient[at] - sum);
				}
			});
			return [byInput];
		},
		multiplyAdds: 0,
	};
}

/** Products of matrices, those of one value with those of the other; what has one of them has it for all of the other's. */
function matrixProduct(before: readonly (readonly number[])[], size: readonly number[], batch: number): Operation {
	const around = size.slice(0, -2);
	const [rows, columns] = size.slice(-2);
	const inner = before[0].at(-1)!;
	const each = batch * countOf(around);
	let [a, b] = [new Float64Array(0), new Float64Array(0)];
	const part = (values: Float64Array, i: number, count: number) => values.subarray(i * count, (i + 1) * count);
	return spread(before, [around.concat(rows, inner), around.concat(inner, columns)], batch, {
		forward(inputs) {
			[a, b] = inputs as readonly Float64Array<ArrayBuffer>[];
			const c = new Float64Array(each * rows * columns);
			for (let i = 0; i < each; i++) {
				const second = transposed(part(b, i, inner * columns), inner, columns);
				c.set(rowProducts(part(a, i, rows * inner), second, rows, columns, inner), i * rows * columns);
			}
			return c;
		},
		backward(gradient) {
			const [byA, byB] = [new Float64Array(a.length), new Float64Array(b.length)];
			for (let i = 0; i < each; i++) {
				const [own, first, second] = [
					part(gradient, i, rows * columns),
					part(a, i, rows * inner),
					part(b, i, inner * columns),
				];
				byA.set(rowProducts(own, second, rows, inner, columns), i * rows * inner);
				const [turned, by] = [transposed(first, rows, inner), transposed(own, rows, columns)];
				byB.set(rowProducts(turned, by, inner, columns, rows), i * inner * columns);
			}
			return [byA, byB];
		},
		multiplyAdds: 3 * each * rows * inner * columns,
	});
}

/** −∞ right of the diagonal of the last two axes. */
function causal(size: readonly number[]): Operation {
	const [rows, columns] = size.slice(-2);
	const isLater = (at: number) => at % columns > Math.floor(at / columns) % rows;
	return {
		forward: ([x]) => x.map((one, at) => (isLater(at) ? Number.NEGATIVE_INFINITY : one)),
		backward: (gradient) => [gradient.map((one, at) => (isLater(at) ? 0 : one))],
		multiplyAdds: 0,
	};
}

/** Numbers of their own for each sample; those of what they have the shape of are nothing to them. */
function noise(
	of: "normal" | "uniform",
	count: number,
	before: readonly (readonly number[])[],
	batch: number,
	random: () => Random,
): Operation {
	return {
		forward() {
			const source = random();
			return Float64Array.from({ length: count }, () => (of === "normal" ? source.normal() : source.uniform()));
		},
		backward: () => before.map((size) => new Float64Array(batch * countOf(size))),
		multiplyAdds: 0,
	};
}

/** The same numbers for each sample. */
function constant(batch: number, values: Float64Array): Operation {
	return {
		forward: () => Float64Array.from({ length: batch * values.length }, (_, at) => values[at % values.length]),
		backward: () => [],
		multiplyAdds: 0,
	};
}

/** y = (x − mean)/√(variance + ε) over each group of numbers; "rms" leaves the mean and divides by the root mean square. */
function normalisation(
	{ of, channels, features: given, groups: wanted, epsilon }: Extract<ModelLayer["step"], { kind: "normalisation" }>,
	batch: number,
	size: readonly number[],
	factors: Float64Array | null,
): Operation {
	const perSample = countOf(size);
	const count = batch * perSample;
	const isByPlace = of === "layer" || of === "rms";
	const layout = layoutOf(size, channels);
	const { features } = layout;
	const featureOf = (at: number) => featureAt(layout, at);
	const sampleOf = (at: number) => Math.floor(at / perSample);
	const inSample = of === "group" ? wanted! : features;
	// A layer's norm takes the last axes together, as many as have the numbers it is made for.
	const length = isByPlace ? (given ?? size.at(-1)!) : of === "batch" ? count / features : perSample / inSample;
	const groups = count / length;
	const groupOf = isByPlace
		? (at: number) => Math.floor(at / length)
		: of === "batch"
			? featureOf
			: (at: number) => sampleOf(at) * inSample + Math.floor((featureOf(at) * inSample) / features);
	const group = new Int32Array(count);
	for (let at = 0; at < count; at++) group[at] = groupOf(at);
	const centers = of !== "rms";
	let y = new Float64Array(0);
	let scale = new Float64Array(0);
	const factorOf = (at: number) => factors![isByPlace ? at % length : featureOf(at)];
	const times = (values: Float64Array) => (factors ? values.map((one, at) => one * factorOf(at)) : values);
	return {
		forward([x]) {
			const mean = new Float64Array(groups);
			scale = new Float64Array(groups);
			if (centers) for (let at = 0; at < count; at++) mean[group[at]] += x[at] / length;
			for (let at = 0; at < count; at++) scale[group[at]] += (x[at] - mean[group[at]]) ** 2 / length;
			for (let g = 0; g < groups; g++) scale[g] = 1 / Math.sqrt(scale[g] + epsilon!);
			y = new Float64Array(count);
			for (let at = 0; at < count; at++) y[at] = (x[at] - mean[group[at]]) * scale[group[at]];
			return times(y);
		},
		backward(byResult) {
			const gradient = times(byResult);
			const [mean, along] = [new Float64Array(groups), new Float64Array(groups)];
			for (let at = 0; at < count; at++) {
				if (centers) mean[group[at]] += gradient[at] / length;
				along[group[at]] += (gradient[at] * y[at]) / length;
			}
			const byInput = new Float64Array(count);
			for (let at = 0; at < count; at++) {
				const g = group[at];
				byInput[at] = scale[g] * (gradient[at] - mean[g] - y[at] * along[g]);
			}
			return [byInput];
		},
		multiplyAdds: 0,
	};
}

/**
 * Inverted dropout of so many numbers at a time; "alpha" puts SELU's floor in the place of what is dropped, and restores
 * mean 0 and variance 1.
 */
function dropout(rate: number, alpha: boolean, together: number, random: () => Random): Operation {
	const kept = 1 - rate;
	const scale = alpha ? (kept * (1 + rate * SELU_FLOOR ** 2)) ** -0.5 : 1 / kept;
	const floor = alpha ? SELU_FLOOR : 0;
	let mask = new Float64Array(0);
	return {
		forward([x]) {
			const source = random();
			const drawn = Float64Array.from({ length: x.length / together }, () => (source.uniform() < rate ? 0 : 1));
			mask = together === 1 ? drawn : Float64Array.from(x, (_, at) => drawn[Math.floor(at / together)]);
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

function combined(arrays: readonly Float64Array[], of: (a: number, b: number) => number): Float64Array {
	const [first, ...others] = arrays;
	const result = first.slice();
	for (const other of others) for (let at = 0; at < result.length; at++) result[at] = of(result[at], other[at]);
	return result;
}
