import { compile } from "../../expression/evaluate.ts";
import type { Random } from "../../numerics/random.ts";
import type { Channels, Model, ModelLayer } from "../../reading/model/model.ts";
import { aloneOf, axisAt, besideOf, convolutionAlong, countOf, partsOf } from "../../reading/model/shapes.ts";
import { askIn, binsOf, type Gathering, gatheringOf, movedPlaces, spreadBins, takenBins } from "./bins.ts";
import { rowProducts, transposed } from "./matrix.ts";
import { activationOf, softmaxAxis } from "./outputs.ts";
import { patchPlaces } from "./patches.ts";
import { type CellWeights, drawCell, recurrence } from "./recurrentOperation.ts";
import { SELU_FLOOR } from "./signal.ts";
import { factorMoments, fillDrawn, type WeightStep, weightSize } from "./weights.ts";

/**
 * A step of a model on numbers, [samples][…axes of its framework], in training mode. `backward` follows `forward` and takes
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
	readonly sizes: readonly (readonly number[] | null)[];
	readonly batch: number;
}

/** Weights and bias of a step, [outputs][fan]. */
export interface Weights {
	readonly weight: Float64Array;
	readonly bias: Float64Array | null;
}

/** Draws a step's weights as its framework would. */
export function drawWeights(step: WeightStep, framework: Model["framework"], random: Random): Weights {
	if (step.kind === "recurrence") return drawCell(step, framework, random);
	const size = weightSize(step, framework)!;
	const weight = new Float64Array(size.count);
	fillDrawn(weight, step.weight.draw, size, framework, random);
	if (step.kind === "embedding" || !step.bias) return { weight, bias: null };
	const bias = new Float64Array(size.outputs);
	fillDrawn(bias, step.bias.draw, size, framework, random);
	return { weight, bias };
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
			return recurrence(weights as CellWeights, step, batch, from[0]); // Drawn for the step.
		case "activation":
		case "own-activation": {
			const axis = softmaxAxis(step);
			return axis === null ? elementwise(layer) : softmax(layer, axisAt(axis, size.length)!, size);
		}
		case "normalisation":
			return normalisation(step, batch, size, weights?.weight ?? null);
		case "dropout":
			return dropout(step.rate!, step.alpha, random);
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

type Convolution = Extract<ModelLayer["step"], { kind: "convolution" }>;

/** Where the numbers of a sample lie: that of a place and a feature at place·`place` + feature·`feature`. */
interface Layout {
	readonly count: number;
	readonly places: number;
	readonly features: number;
	readonly place: number;
	readonly feature: number;
}

function layoutOf(size: readonly number[], channels: Channels): Layout {
	const parts = partsOf(size, channels)!;
	const [count, features] = [countOf(parts.places), parts.features];
	const [place, feature] = channels === "first" ? [1, count] : [features, 1];
	return { count: count * features, places: count, features, place, feature };
}

/**
 * A linear layer on patches, one for each group of channels: of what lies in a window come the outputs there. A transposed
 * one makes a patch of what comes in at a window, and adds the patches up.
 */
function convolution(
	{ weight, bias }: Weights,
	step: Convolution,
	batch: number,
	from: readonly number[],
	to: readonly number[],
): Operation {
	const { transposed: isTransposed, channels } = step;
	const groups = step.groups!;
	const along = partsOf(from, channels)!.places.map((size, d) => convolutionAlong(step, d, size)!);
	const map = patchPlaces(along);
	const [outside, inside] = [layoutOf(from, channels), layoutOf(to, channels)];
	const [patched, windowed] = isTransposed ? [inside, outside] : [outside, inside];
	const area = map.length / windowed.places;
	const rows = batch * windowed.places;
	const [depth, width] = [patched.features / groups, windowed.features / groups];
	const fan = area * depth;
	const [inputs, outputs] = isTransposed ? [width, fan] : [fan, width];
	const weightOf = (g: number) => weight.subarray(g * width * fan, (g + 1) * width * fan);
	let [x, byOutput] = [new Float64Array(0), new Float64Array(0)];
	const patches = cutsOf(map, depth, patched, groups);
	const windows = cutsOf(
		Int32Array.from({ length: windowed.places }, (_, i) => i),
		width,
		windowed,
		groups,
	);
	const [before, behind] = isTransposed ? [windows, patches] : [patches, windows];
	return {
		forward([input]) {
			// What lies in the windows is cut out again on the way back: it is many times what comes in.
			x = input as Float64Array<ArrayBuffer>;
			const z = new Float64Array(batch * inside.count);
			for (let g = 0; g < groups; g++) {
				const own = cutOut(x, before, batch, g);
				addBack(rowProducts(own, weightOf(g), rows, outputs, inputs), behind, batch, g, z);
			}
			if (bias) {
				const { count, features, place, feature } = inside;
				for (let at = 0; at < z.length; at++) {
					z[at] += bias[place === 1 ? Math.floor((at % count) / feature) : at % features];
				}
			}
			return z;
		},
		backward(gradient) {
			byOutput = gradient as Float64Array<ArrayBuffer>;
			const byInput = new Float64Array(batch * outside.count);
			for (let g = 0; g < groups; g++) {
				const [own, turned] = [cutOut(gradient, behind, batch, g), transposed(weightOf(g), outputs, inputs)];
				addBack(rowProducts(own, turned, rows, inputs, outputs), before, batch, g, byInput);
			}
			return [byInput];
		},
		weightGradient() {
			const all = new Float64Array(weight.length);
			for (let g = 0; g < groups; g++) {
				const by = transposed(cutOut(byOutput, behind, batch, g), rows, outputs);
				const own = transposed(cutOut(x, before, batch, g), rows, inputs);
				all.set(rowProducts(by, own, outputs, inputs, rows), g * width * fan);
			}
			return all;
		},
		multiplyAdds: 3 * rows * fan * windowed.features,
	};
}

/** Some numbers of a sample of `count`: by group of features, where they lie, −1 in the padding. */
interface Cuts {
	readonly numbers: readonly Int32Array[];
	readonly count: number;
}

/** Of the places of a map, with `depth` features of each: [places][features]. */
function cutsOf(map: Int32Array, depth: number, layout: Layout, groups: number): Cuts {
	const { place, feature, count } = layout;
	const numbers = Array.from({ length: groups }, (_, group) => {
		const own = new Int32Array(map.length * depth);
		const first = group * depth * feature;
		for (let i = 0, at = 0; i < map.length; i++) {
			for (let j = 0; j < depth; j++, at++) own[at] = map[i] < 0 ? -1 : first + map[i] * place + j * feature;
		}
		return own;
	});
	return { numbers, count };
}

/** The numbers of a group: [samples][places][features]. */
function cutOut(values: Float64Array, { numbers, count }: Cuts, batch: number, group: number): Float64Array {
	const from = numbers[group];
	const own = new Float64Array(batch * from.length);
	for (let sample = 0, at = 0; sample < batch; sample++) {
		const start = sample * count;
		for (let i = 0; i < from.length; i++, at++) if (from[i] >= 0) own[at] = values[start + from[i]];
	}
	return own;
}

/** Adds such numbers to where they lie. */
function addBack(own: Float64Array, { numbers, count }: Cuts, batch: number, group: number, to: Float64Array): void {
	const from = numbers[group];
	for (let sample = 0, at = 0; sample < batch; sample++) {
		const start = sample * count;
		for (let i = 0; i < from.length; i++, at++) if (from[i] >= 0) to[start + from[i]] += own[at];
	}
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

/** Numbers of the second value in the places `at` of the first. */
function writing(at: Int32Array, batch: number, count: number): Operation {
	const each = (act: (place: number, own: number) => void) => {
		for (let sample = 0; sample < batch; sample++) {
			for (const [k, place] of at.entries()) act(sample * count + place, sample * at.length + k);
		}
	};
	return {
		forward([x, y]) {
			const result = Float64Array.from(x);
			each((place, own) => {
				result[place] = y[own];
			});
			return result;
		},
		backward(gradient) {
			const [byFirst, bySecond] = [Float64Array.from(gradient), new Float64Array(batch * at.length)];
			each((place, own) => {
				bySecond[own] = gradient[place];
				byFirst[place] = 0;
			});
			return [byFirst, bySecond];
		},
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
	const { features, place, feature } = layoutOf(size, channels);
	const featureOf = (at: number) => (place === 1 ? Math.floor((at % perSample) / feature) : at % features);
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

const UNCHANGED: Operation = { forward: ([x]) => x, backward: (gradient) => [gradient], multiplyAdds: 0 };

/** Each number of the result is a sum of numbers of the sample, each times its weight. */
function weighedSums({ starts, from, weights }: Gathering, batch: number, before: number): Operation {
	const after = starts.length - 1;
	return {
		forward([x]) {
			const y = new Float64Array(batch * after);
			for (let sample = 0; sample < batch; sample++) {
				const source = sample * before;
				for (let i = 0; i < after; i++) {
					let sum = 0;
					for (let k = starts[i]; k < starts[i + 1]; k++) sum += x[source + from[k]] * weights[k];
					y[sample * after + i] = sum;
				}
			}
			return y;
		},
		backward(gradient) {
			const byInput = new Float64Array(batch * before);
			for (let sample = 0; sample < batch; sample++) {
				const source = sample * before;
				for (let i = 0; i < after; i++) {
					const by = gradient[sample * after + i];
					for (let k = starts[i]; k < starts[i + 1]; k++) byInput[source + from[k]] += by * weights[k];
				}
			}
			return [byInput];
		},
		multiplyAdds: 0,
	};
}

/** The greatest of the numbers; of equal ones the first takes the gradient. */
function greatest({ starts, from }: Gathering, batch: number, before: number): Operation {
	const after = starts.length - 1;
	const chosen = new Int32Array(batch * after);
	return {
		forward([x]) {
			const y = new Float64Array(batch * after);
			for (let sample = 0; sample < batch; sample++) {
				for (let i = 0; i < after; i++) {
					let best = sample * before + from[starts[i]];
					for (let k = starts[i] + 1; k < starts[i + 1]; k++) {
						if (x[sample * before + from[k]] > x[best]) best = sample * before + from[k];
					}
					chosen[sample * after + i] = best;
					y[sample * after + i] = x[best];
				}
			}
			return y;
		},
		backward(gradient) {
			const byInput = new Float64Array(batch * before);
			for (let at = 0; at < gradient.length; at++) byInput[chosen[at]] += gradient[at];
			return [byInput];
		},
		multiplyAdds: 0,
	};
}

/** An operation of values of certain shapes on values that are spread out to these. */
function spread(
	sizes: readonly (readonly number[])[],
	to: readonly (readonly number[])[],
	batch: number,
	operation: Operation,
): Operation {
	const spreads = sizes.map((size, k) => {
		const bins = spreadBins(size, to[k]);
		const whole = [...Array.from({ length: to[k].length - size.length }, () => 1), ...size];
		return bins ? weighedSums(gatheringOf(bins, whole), batch, countOf(size)) : UNCHANGED;
	});
	return {
		...operation,
		forward: (inputs) => operation.forward(inputs.map((x, k) => spreads[k].forward([x]))),
		backward: (gradient) => operation.backward(gradient).map((one, k) => spreads[k].backward(one)[0]),
	};
}

function combined(arrays: readonly Float64Array[], of: (a: number, b: number) => number): Float64Array {
	const [first, ...others] = arrays;
	const result = first.slice();
	for (const other of others) for (let at = 0; at < result.length; at++) result[at] = of(result[at], other[at]);
	return result;
}
