import type { Activation } from "../../activations/activation.ts";
import { findActivation } from "../../activations/catalog.ts";
import { activationFacts } from "../../activations/facts.ts";
import type { Parameters } from "../../expression/expression.ts";
import { Random } from "../../numerics/random.ts";
import type { Initialisation, Model, ModelLayer, Step } from "../../reading/model/model.ts";
import { axisAt, besideOf, countOf, isWhole } from "../../reading/model/shapes.ts";
import { askIn, type Bin, binsOf, weighing } from "./bins.ts";
import { Dependence } from "./dependence.ts";
import { gradientsOf, placeTaken, weightGradient } from "./gradients.ts";
import { operationOf } from "./operations.ts";
import { activationOf, cellActivation, countedOutputs, leftOut, softmaxAxis } from "./outputs.ts";
import { type Passed, type Propagated, productsOf, type Value } from "./propagated.ts";
import { type CellPassage, throughCell } from "./recurrentSignal.ts";
import { countAlong, type Roles, rolesBehind } from "./roles.ts";
import {
	meanSquare,
	memoryOf,
	type Passage,
	productOf,
	SELU_FLOOR,
	type Signal,
	scaled,
	sharing,
	throughActivation,
} from "./signal.ts";
import { type Shapes, shapesOf } from "./sizes.ts";
import { consumersOf, type Stage, stagesOf } from "./stages.ts";
import {
	cellSizes,
	drawnMoments,
	factorMoments,
	isInner,
	isWeightStep,
	plainMoments,
	type RecurrentStep,
	type WeightStep,
	weightSize,
} from "./weights.ts";

/** What a stage does before training, for inputs of mean 0 and variance 1; null where something unknown stands before. */
export interface StageForecast extends Stage {
	/** Standard deviation over samples and features, behind the stage. */
	readonly forwardStd: number | null;
	/** Root of the mean square there. */
	readonly forwardRms: number | null;
	/** Standard deviation of the pre-activation, behind the normalisation. */
	readonly preStd: number | null;
	/** Norm of the gradient by the pre-activation, relative to the last stage's. */
	readonly gradientRatio: number | null;
	/** The same of the gradient by the stage's weights. */
	readonly weightGradientRatio: number | null;
}

/** What the theory supposes and this model does not keep, or what stopped it, and at which layers. */
export interface Reservation {
	readonly kind: ReservationKind;
	/** Indices into the model's layers. */
	readonly layers: readonly number[];
	/** For what is unknown: what, in the reader's words. */
	readonly what?: string;
}

export type ReservationKind =
	/** Layers of few units next to the depth: networks of this kind differ much from each other. */
	| "narrow"
	/** An activation whose input is not close to normal: another activation's output, or a sum of such. */
	| "not normal"
	/** Values that are added or multiplied and hang on the same weights. */
	| "dependent branches"
	/** Sums of values with means: the signal grows along one direction, and the gradient there with it. */
	| "means add up"
	| "shared weights"
	/** Weights drawn around another number than 0: features hang together. */
	| "weights with a mean"
	/** A convolution or pool, whose neighbouring places are taken as independent samples. */
	| "places"
	/** A mean over so many places that what is left of it hangs on how they hang together. */
	| "mean over places"
	/** Normalised features of different sizes, among which the gradient is shared unevenly. */
	| "uneven parts"
	/** Scores so far apart that a softmax gives much to few of them, or shares that no values are mixed by. */
	| "softmax"
	/** A gradient that comes to a recurrent layer's first state from its last place, by the same weights again and again. */
	| "back through places"
	/** Many recurrent layers over each other, each of which makes neighbouring places more alike. */
	| "recurrent over recurrent"
	/** Features of attention that span few dimensions next to their number, as those made of few numbers do. */
	| "few dimensions"
	/** A value whose sizes are lost: how many places lie behind it, over which gradients add up, is not known. */
	| "lost sizes"
	/** Places that a mask leaves out, which comes with the data; all are taken to count. */
	| "mask"
	/** A recurrent layer's state comes with the samples; it is taken as 0. */
	| "state"
	/** The activation draws at random while training; this is its evaluation. */
	| "stochastic"
	/** A softmax or the like at the end is left out: gradients are counted from before it. */
	| "output left out"
	/** From here on nothing is known. */
	| "unknown";

/** Signal and gradient through a model before training. */
export interface Forecast {
	readonly stages: readonly StageForecast[];
	readonly reservations: readonly Reservation[];
	/** Inputs whose size the source does not tell, and the size that is supposed. */
	readonly supposed: Shapes["supposed"];
}

/** Whether the numbers of a forecast are only rough: what it supposes does not hold. */
export function isRough({ reservations }: Forecast): boolean {
	return reservations.some(({ kind }) => !SURE.has(kind));
}

/** What a forecast says of what it supposes that leaves its numbers as they are. */
const SURE: ReadonlySet<ReservationKind> = new Set(["output left out", "stochastic", "places", "state", "mask"]);

/**
 * What wide layers with random weights do to a signal and to the gradient of Σ h·v with v normal, h the outputs: the
 * variance and correlation maps (Poole et al. 2016) along the graph, and the gradient's square back along it
 * (Schoenholz et al. 2017), with batch normalisation over many samples (Yang et al. 2019). Branches that meet in a sum
 * are independent where weights lie between, so that their variances add. The values are those of a typical network:
 * the mean of the logarithm, to first order in 1/width. Images whose size the source does not tell have `side` places along
 * each axis, where that is given.
 */
export function forecastModel(model: Model, side: number | null = null): Forecast {
	return new Propagation(model, side).result();
}

/** Depth over width from which gradients differ so much from network to network that a typical one says little. */
const NARROW = 0.3;
/** The same for the relative variance of the signal's mean square. */
const MOST_SCATTER = 0.5;
/** Share of a sum's mean square that comes from means of different terms, from which the gradient follows. */
const MOST_COMMON = 0.1;
/** Ratio of variances from which on it matters that each feature is normalised by its own. */
const UNEVEN = 2;
/** Share of a mean over places in the signal from which on it matters how the places hang together. */
const MOST_OF_PLACES = 0.1;
/** Share of a gradient that a normalisation within samples takes out from which on it matters how the rest hangs together. */
const MOST_REMOVED = 1 / 4;
/** Recurrent layers over each other up to which it is enough that places are alike as those beside each other are. */
const MOST_RECURRENCES = 2;
/** Share of their number that features must span to be taken as independent. */
const FEW_DIMENSIONS = 0.5;
/** Dependable statistics over features need at least so many. */
const FEWEST_FEATURES = 16;

/** Variance of scores along an axis from which on the few greatest take most of a softmax. */
const FAR_APART = 1;

const NOISE: Readonly<Record<"normal" | "uniform", Signal>> = {
	normal: { mean: 0, variance: 1, within: 1 },
	uniform: { mean: 1 / 2, variance: 1 / 12, within: 1 / 12 },
};

/** Signals that agree to so many digits are the same. */
const SAME_DIGITS = 7;

class Propagation {
	readonly #model: Model;
	readonly #consumers: readonly (readonly number[])[];
	readonly #shapes: Shapes;
	readonly #values: (Value | null)[] = [];
	readonly #outputs: readonly number[];
	readonly #leftOut: ReadonlySet<number>;
	readonly #passages = new Map<string, Passage>();
	readonly #passed: (Passed | null)[] = [];
	readonly #dependence = new Dependence();
	readonly #roles: Roles[] = [];
	/** By layer, the numbers of what hangs on no input and no draw. */
	readonly #constants: (Float64Array | null)[] = [];
	/** By layer, how many recurrent ones its value has gone through. */
	readonly #recurrences: number[] = [];
	/** By layer of weights, what the square of their gradient is multiplied by. */
	readonly #turned = new Map<number, number>();
	/** By layer, the place that a recurrent one comes to last, and what it gives there. */
	readonly #ends = new Map<number, { readonly place: number; readonly signal: Signal }>();
	readonly #reservations = new Map<string, { kind: ReservationKind; layers: number[]; what?: string }>();

	constructor(model: Model, side: number | null) {
		this.#model = model;
		this.#consumers = consumersOf(model.layers);
		this.#outputs = countedOutputs(model);
		this.#shapes = shapesOf(model, side);
		this.#leftOut = leftOut(model);
		model.layers.forEach((layer, i) => {
			const inputs = layer.inputs.map((input) => this.#values[input]);
			const { shapes } = this.#shapes;
			const before = layer.inputs.map((input) => this.#roles[input]);
			const from = layer.inputs.map((input) => shapes[input]);
			this.#roles.push(rolesBehind(layer.step, before, from, shapes[i]));
			const known = inputs.every((one) => one !== null) ? (inputs as readonly Value[]) : null;
			this.#constants.push(this.#constantOf(layer, i));
			// The state that a cell begins with lies beside it, not under it.
			const under = layer.step.kind === "recurrence" ? layer.inputs.slice(0, 1) : layer.inputs;
			const through = Math.max(0, ...under.map((input) => this.#recurrences[input]));
			this.#recurrences.push(through + (layer.step.kind === "recurrence" ? 1 : 0));
			const passed = known || layer.step.kind === "normalisation" ? this.#pass(layer, i, known) : null;
			this.#passed.push(passed);
			if (!passed || Number.isNaN(meanSquare(passed.value.signal))) {
				if (passed) this.#reserve("unknown", i, "a function that is undefined for some inputs");
				this.#values.push(null);
				this.#dependence.skip();
				return;
			}
			const { terms = new Map([[i, 1]]), scatter = known?.[0]?.scatter ?? 0 } = passed.value;
			this.#values.push({ ...passed.value, terms, scatter });
			if (scatter > MOST_SCATTER) this.#reserve("narrow", i);
			const isFresh =
				layer.inputs.length === 0 ||
				layer.step.kind === "noise" ||
				isWeightStep(layer.step) ||
				this.#constants[i] !== null;
			if (isFresh) this.#dependence.begin();
			else {
				const sources = (known ?? []).flatMap((one) => [...one.terms.keys()]);
				this.#dependence.follow(layer, sources, shapes, this.#roles);
			}
			// An LSTM's inner state comes of the same pass as what it gives.
			if (layer.sharedWith !== null && !isInner(layer.step)) this.#reserve("shared weights", i);
		});
		this.#reserveNarrow();
	}

	result(): Forecast {
		const { layers } = this.#model;
		for (const i of this.#leftOut) if (layers[i].step.kind === "activation") this.#reserve("output left out", i);
		const propagated: Propagated = {
			model: this.#model,
			shapes: this.#shapes.shapes,
			roles: this.#roles,
			consumers: this.#consumers,
			values: this.#values,
			passed: this.#passed,
			turned: this.#turned,
		};
		const gradients = gradientsOf(propagated, this.#outputs);
		layers.forEach(({ step }, i) => {
			const by = gradients[i];
			const takesCommon = step.kind === "normalisation" && step.of === "instance";
			if (takesCommon && by && by.common > MOST_REMOVED * by.square) this.#reserve("mean over places", i);
		});
		const stages = stagesOf(this.#model);
		const measured = stages.map((stage) => {
			const [before, after] = [this.#values[stage.before], this.#values[stage.after]];
			return {
				stage,
				forwardStd: after && seenDeviation(after),
				forwardRms: after && Math.sqrt(meanSquare(after.signal)),
				preStd: before && seenDeviation(before),
				// The pre-activation may pass through steps that leave it as it is.
				gradient: gradients[stage.before],
				weightGradient: weightGradient(propagated, stage.weights, gradients),
			};
		});
		const last = measured.at(-1);
		const ratio = (square: number | null | undefined, of: number | null | undefined) =>
			square == null || of == null || !(of > 0) ? null : Math.sqrt(square / of);
		return {
			stages: measured.map(({ stage, gradient, weightGradient, ...forward }) => ({
				...stage,
				...forward,
				gradientRatio: ratio(gradient?.square, last?.gradient?.square),
				weightGradientRatio: ratio(weightGradient, last?.weightGradient),
			})),
			reservations: [...this.#reservations.values()],
			supposed: this.#shapes.supposed,
		};
	}

	#reserve(kind: ReservationKind, layer: number, what?: string): void {
		const key = `${kind} ${what ?? ""}`;
		const known = this.#reservations.get(key) ?? { kind, layers: [], ...(what === undefined ? {} : { what }) };
		known.layers.push(layer);
		this.#reservations.set(key, known);
	}

	#unknown(layer: number, what: string): null {
		if (!this.#leftOut.has(layer)) this.#reserve("unknown", layer, what);
		return null;
	}

	#areIndependent(a: Value, b: Value): boolean {
		return this.#dependence.areIndependent([...a.terms.keys()], [...b.terms.keys()]);
	}

	/** Null where nothing can be said. `inputs` is null where they are unknown. */
	#pass(layer: ModelLayer, i: number, inputs: readonly Value[] | null): Passed | null {
		const { step } = layer;
		if (inputs === null) return this.#afterUnknown(layer);
		if (this.#constants[i]) return this.#constant(this.#constants[i], layer, i);
		const [input] = inputs;
		if (!/^(input|embedding|parameter|range|noise)$/.test(step.kind) && !input)
			return this.#unknown(i, "a layer without input");
		switch (step.kind) {
			case "input": {
				const shape = this.#shapes.shapes[i];
				const features = shape?.length === 1 ? shape[0] : null;
				return { value: { signal: { mean: 0, variance: 1, within: 1 }, features, isNormal: true }, back: [] };
			}
			case "linear":
			case "convolution":
			case "embedding":
				return this.#throughWeights(step, i, input);
			case "recurrence":
				return this.#throughCell(step, i, inputs);
			case "activation":
			case "own-activation":
				return this.#throughActivation(step, i, input);
			case "normalisation":
				if (step.epsilon === null) return this.#unknown(i, "a normalisation's epsilon");
				return this.#normalise(step, step.epsilon, i, input);
			case "dropout":
				if (step.rate === null || step.rate >= 1) return this.#unknown(i, "dropout's rate");
				return dropOut(input, step.rate, step.alpha);
			case "add":
				return this.#add(layer, i, inputs);
			case "multiply":
				return this.#multiply(i, inputs);
			case "concatenate":
				return this.#concatenate(layer, i, inputs);
			case "scale":
				return {
					value: {
						...withoutShares(input),
						signal: scaled(input.signal, step.by),
						terms: new Map([...input.terms].map(([source, by]) => [source, by * step.by])),
					},
					back: [step.by ** 2],
				};
			case "pool":
				return this.#pool(layer, i, input);
			case "resize":
				return this.#resize(layer, i, input);
			case "reshape":
				return this.#reshape(layer, i, input);
			case "identity":
				return { value: input, back: [1] };
			case "masked":
				this.#reserve("mask", i);
				return { value: input, back: [1] };
			case "parameter":
				return this.#parameter(step, i);
			case "noise": {
				const features = input?.features ?? layer.shape?.at(-1) ?? null;
				return {
					value: { signal: NOISE[step.of], features, isNormal: step.of === "normal" },
					back: inputs.map(() => 0),
				};
			}
			case "range":
				return this.#unknown(i, "the size of a value");
			case "write":
				return this.#unknown(i, "a value that others are written into");
			case "causal":
				return { value: { ...input, isCausal: true }, back: [1] };
			case "product":
				return this.#product(layer, i, inputs);
			case "unknown":
				return this.#unknown(i, `${step.what}: ${step.reason}`);
		}
	}

	/** The numbers of a layer that hangs on no input and no draw, such as the sines of positions; null for others. */
	#constantOf({ step, inputs }: ModelLayer, i: number): Float64Array | null {
		const shape = this.#shapes.shapes[i];
		if (!isWhole(shape) || isWeightStep(step) || /^(input|unknown|dropout|noise|normalisation)$/.test(step.kind))
			return null;
		if (step.kind === "parameter") {
			const { draw } = step.weight;
			const value = draw.kind === "zeros" ? 0 : draw.kind === "constant" ? draw.value : null;
			return value === null ? null : new Float64Array(countOf(shape)).fill(value);
		}
		const own = inputs.map((input) => this.#constants[input]);
		if (own.includes(null) || (step.kind !== "range" && own.length === 0)) return null;
		if (/activation$/.test(step.kind) && !activationOf(step) && softmaxAxis(step) === null) return null;
		const sizes = this.#shapes.shapes.map((one) => (isWhole(one) ? one : null));
		const operation = operationOf({ model: this.#model, sizes, batch: 1 }, i, null, () => new Random(0, ""));
		return operation.forward(own as Float64Array[]); // Null is looked for.
	}

	#constant(numbers: Float64Array, { inputs }: ModelLayer, i: number): Passed {
		const mean = numbers.reduce((all, one) => all + one, 0) / numbers.length;
		const variance = numbers.reduce((all, one) => all + (one - mean) ** 2, 0) / numbers.length;
		const [shape, roles] = [this.#shapes.shapes[i], this.#roles[i]];
		const differs = (countAlong(shape, roles, "places") ?? 1) > 1;
		const signal = { mean, variance, within: differs ? variance : 0 };
		const value = { signal, features: countAlong(shape, roles, "features"), isNormal: true, terms: new Map([[i, 1]]) };
		return { value, back: inputs.map(() => 0) };
	}

	#parameter({ weight }: Extract<Step, { kind: "parameter" }>, i: number): Passed | null {
		const drawn = plainMoments(weight.draw, this.#model.framework);
		if (!drawn) return this.#unknown(i, "an initialisation");
		const [shape, roles] = [this.#shapes.shapes[i], this.#roles[i]];
		// What is at one place is at all places and in all samples.
		const differs = (countAlong(shape, roles, "places") ?? 1) > 1;
		const signal = { ...drawn, within: differs ? drawn.variance : 0 };
		return { value: { signal, features: countAlong(shape, roles, "features"), isNormal: true }, back: [] };
	}

	/** The signal for a step that takes one axis together: what features lie along others are its places. */
	#along(input: number, { signal }: Value, axis: number): Signal {
		const [shape, roles] = [this.#shapes.shapes[input], this.#roles[input]];
		const at = roles && axisAt(axis, roles.length);
		const mixes = roles?.some((role, k) => k !== at && role === "features" && shape?.[k] !== 1);
		return mixes ? { ...signal, within: signal.variance } : signal;
	}

	/** The same for a step that takes places together, along an axis of them. */
	#over(input: number, { signal }: Value, axis: number): Signal {
		const roles = this.#roles[input];
		const at = roles && axisAt(axis, roles.length);
		return roles && at !== undefined && at !== null && roles[at] === "features"
			? { ...signal, within: signal.variance }
			: signal;
	}

	/** Whether scores come to a softmax, which their mean along the last axis is nothing to. */
	#areScores(i: number): boolean {
		for (let at = i; ; ) {
			const [next, ...others] = this.#consumers[at];
			if (next === undefined || others.length > 0) return false;
			const { step } = this.#model.layers[next];
			if (softmaxAxis(step) === -1) return true;
			if (step.kind !== "scale" && step.kind !== "causal" && step.kind !== "masked" && step.kind !== "identity")
				return false;
			at = next;
		}
	}

	/**
	 * A query's gradient is a sum over places of keys times how their values lie to the gradient behind. Both are made of the
	 * same numbers, so that the sum grows along the covariance of these, the more the fewer dimensions they have.
	 */
	#turning(scores: number, key: number): number {
		const size = this.#shapes.shapes[scores]?.at(-1) ?? null;
		const { layers } = this.#model;
		let [at, isAll] = [key, true];
		while (layers[at].step.kind === "reshape") {
			if (isTaken(layers[at].step)) isAll = false;
			[at] = layers[at].inputs;
		}
		const rank = layers[at].step.kind === "linear" ? this.#rankOf(layers[at].inputs[0]) : null;
		if (size === null || rank === null) return 1;
		const isCausal = this.#consumers[scores].some((next) => this.#isCausalFrom(next));
		const rows = isCausal ? size / causalColumns(size).harmonic : size;
		const times = 1 + (rows - 1) / rank;
		// So does the gradient by the weights that make keys alone.
		if (isAll) {
			this.#turned.set(at, times);
			const [from] = layers[at].inputs;
			const features = countAlong(this.#shapes.shapes[from], this.#roles[from], "features") ?? 0;
			if (rank < FEW_DIMENSIONS * features) this.#reserve("few dimensions", at);
		}
		return times;
	}

	#isCausalFrom(layer: number): boolean {
		const { step } = this.#model.layers[layer];
		if (step.kind === "causal") return true;
		return (
			/^(scale|masked|identity)$/.test(step.kind) && this.#consumers[layer].some((next) => this.#isCausalFrom(next))
		);
	}

	/** How many dimensions a value's features at a place span at most, by the products that they have gone through. */
	#rankOf(layer: number): number | null {
		const { step, inputs } = this.#model.layers[layer];
		const features = countAlong(this.#shapes.shapes[layer], this.#roles[layer], "features");
		if (step.kind === "linear") {
			const before = this.#rankOf(inputs[0]);
			return before === null || features === null ? features : Math.min(before, features);
		}
		return /^(normalisation|scale|dropout|identity|masked)$/.test(step.kind) ? this.#rankOf(inputs[0]) : features;
	}

	#product({ inputs: indices }: ModelLayer, i: number, [a, b]: readonly Value[]): Passed | null {
		const size = this.#shapes.shapes[indices[0]]?.at(-1) ?? null;
		if (size === null) return this.#unknown(i, "the size of a product");
		if (!this.#areIndependent(a, b)) return this.#unknown(i, "a product of values that hang together");
		const features = countAlong(this.#shapes.shapes[i], this.#roles[i], "features") ?? b.features;
		if (a.squares !== undefined) {
			// Values mixed by shares that are alike but for their noise: what all have in common stays.
			const { mean, variance, within, shared = 0 } = this.#over(indices[1], b, -2);
			const own = within - shared;
			const mixed = own * a.squares + shared;
			const signal = { mean, variance: variance - within + mixed, within: mixed, shared: own / size + shared };
			const columns = a.isCausal ? causalColumns(size).squares : 1;
			return {
				value: { signal, features, isNormal: true },
				back: [size * own, a.squares],
				// Two rows of shares are of the same values.
				common: [size * own, size > 1 ? (size - columns) / (size - 1) : 1],
				gathered: [0, columns - a.squares],
				sharing: 1 / (size * a.squares),
			};
		}
		const [p, q] = [meanSquare(a.signal), meanSquare(b.signal)];
		const along = this.#over(indices[1], b, -1);
		const differing = along.within - (along.shared ?? 0);
		const mean = size * a.signal.mean * b.signal.mean;
		const signal = {
			mean,
			variance: size * p * q + mean ** 2 * (1 - 1 / size) - mean ** 2,
			within: size * p * differing,
		};
		const areScores = this.#areScores(i);
		const back = [size * (areScores ? differing * this.#turning(i, indices[1]) : q), size * p];
		const value = {
			signal: { ...signal, variance: Math.max(signal.variance, signal.within) },
			features,
			isNormal: true,
		};
		if (!areScores) return { value, back };
		// A key meets all queries: what these have in common adds up where their scores' gradients do.
		const rows = this.#shapes.shapes[i]?.at(-2) ?? 1;
		const alike = meanSquare(a.signal) - a.signal.within + (a.signal.shared ?? 0);
		return { value, back, common: [back[0], 0], gathered: [0, (rows - 1) * size * alike] };
	}

	/**
	 * Shares by scores that are normal along the axis, of deviation σ: e^σ²/n is the sum of their squares for many of them
	 * and a small σ.
	 */
	#softmax(i: number, axis: number, input: Value): Passed | null {
		const shape = this.#shapes.shapes[i];
		const size = shape?.[axisAt(axis, shape.length) ?? 0] ?? null;
		if (size === null) return this.#unknown(i, "the size of a softmax");
		const { within } = input.signal;
		const isMixing =
			axis === -1 && this.#consumers[i].every((next) => /^(product|dropout)$/.test(this.#model.layers[next].step.kind));
		if (within > FAR_APART || !isMixing) this.#reserve("softmax", i);
		const of = (count: number) => Math.min(1, (1 + Math.expm1(within) * (1 - 1 / count)) / count);
		const counts = input.isCausal ? Array.from({ length: size }, (_, k) => k + 1) : [size];
		const mean = (each: (count: number) => number) =>
			counts.reduce((all, count) => all + each(count), 0) / counts.length;
		const squares = mean(of);
		const variance = squares / size - 1 / size ** 2;
		return {
			value: {
				signal: { mean: 1 / size, variance, within: variance },
				features: input.features,
				isNormal: false,
				squares,
				...(input.isCausal && { isCausal: true }),
			},
			// What is added to all scores of a row is nothing to its shares.
			back: [mean((count) => of(count) * (1 - of(count))) / size],
		};
	}

	/** Batch normalisation knows its output whatever comes in. */
	#afterUnknown({ step, inputs }: ModelLayer): Passed | null {
		if (step.kind !== "normalisation" || step.of !== "batch") return null;
		const factors = factorMoments(step);
		if (!factors) return null;
		const square = factors.variance + factors.mean ** 2;
		const signal = { mean: 0, variance: square, within: square };
		const isNormal = inputs.every((input) => isWeightStep(this.#model.layers[input].step));
		return { value: { signal, features: step.features, isNormal }, back: [Number.NaN] };
	}

	#throughWeights(step: Exclude<WeightStep, RecurrentStep>, i: number, input: Value) {
		const { framework } = this.#model;
		const size = weightSize(step, framework);
		if (!size) return this.#byFanIn(step, i, input) ?? this.#unknown(i, "the size of a layer");
		const drawn = drawnMoments(step.weight.draw, size, framework);
		const bias = step.kind === "embedding" ? null : step.bias;
		const shift = bias ? drawnMoments(bias.draw, size, framework) : { mean: 0, variance: 0 };
		if (!drawn || !shift) return this.#unknown(i, "an initialisation");
		if (step.kind === "embedding") {
			const signal = { mean: drawn.mean, variance: drawn.variance, within: drawn.variance };
			return { value: { signal, features: size.outputs, isNormal: true }, back: [0] };
		}
		if (step.kind === "convolution" && step.kernel.some((length) => length !== 1)) this.#reserve("places", i);
		if (drawn.mean !== 0) this.#reserve("weights with a mean", i);
		const fan = productsOf(this.#model, i, size, this.#shapes.shapes);
		const channels = step.kind === "convolution" && step.channels === "first" ? besideOf(step) : -1;
		const { mean, variance, within } = this.#along(this.#model.layers[i].inputs[0], input, channels);
		// A convolution with a stride has other weights for the places between two windows: of a transposed one they make
		// different values of the same, and of the gradients of a plain one.
		const phases = step.kind === "convolution" ? product(step.stride.map((size) => size ?? 1)) : 1;
		const isTransposed = step.kind === "convolution" && step.transposed;
		const spread = isTransposed ? within + (1 - 1 / phases) * (variance + mean ** 2 - within) : within;
		const signal = {
			mean: drawn.mean * fan * mean + shift.mean,
			variance: fan * (drawn.variance * (variance + mean ** 2) + drawn.mean ** 2 * variance) + shift.variance,
			within: fan * (drawn.variance + drawn.mean ** 2) * spread,
		};
		// Each of the inputs feeds as many outputs as make the sum of squares grow by the fan, too.
		const back = [fan * (drawn.variance + drawn.mean ** 2)];
		const common = isTransposed ? back : [back[0] / phases];
		return { value: { signal: sharing(input.signal, signal), features: size.outputs, isNormal: true }, back, common };
	}

	#throughCell(step: RecurrentStep, i: number, [input, ...begin]: readonly Value[]): Passed | null {
		const { framework } = this.#model;
		const sizes = cellSizes(step);
		const places = this.#shapes.shapes[i]?.[0] ?? null;
		if (!sizes || places === null) return this.#unknown(i, sizes ? "how long a sequence is" : "the size of a layer");
		const moments = (drawn: Initialisation | null, size = sizes.input) =>
			drawn ? drawnMoments(drawn.draw, size, framework) : { mean: 0, variance: 0 };
		const [weight, recurrent] = [moments(step.weight), moments(step.recurrent, sizes.recurrent)];
		const [bias, recurrentBias] = [moments(step.bias), moments(step.recurrentBias, sizes.recurrent)];
		const forget = step.forget ? moments(step.forget) : bias;
		if (!weight || !recurrent || !bias || !recurrentBias || !forget) return this.#unknown(i, "an initialisation");
		if (weight.mean !== 0 || recurrent.mean !== 0)
			return this.#unknown(i, "a recurrent layer whose weights have a mean");
		const { activation, gate } = step.cell;
		if (!cellActivation(activation) || !cellActivation(gate)) return this.#unknown(i, "a function of the file");
		if (step.begins === "data") this.#reserve("state", i);
		if (this.#recurrences[i] > MOST_RECURRENCES) this.#reserve("recurrent over recurrent", i);
		const { layers } = this.#model;
		if (begin.length > 0 && this.#consumers[i].every((next) => isTaken(layers[next].step))) {
			this.#reserve("back through places", i);
		}
		const passage = throughCell(
			step,
			{ weight, recurrent, bias, recurrentBias, forget },
			input.signal,
			begin.map(({ signal }) => signal),
			places,
			(of, signal) => {
				const { activation, parameters } = cellActivation(of)!; // Looked for above.
				return this.#passage(activation, parameters, signal);
			},
		);
		this.#ends.set(i, { place: step.reversed ? 0 : places - 1, signal: passage.last });
		return {
			value: { signal: passage.signal, features: step.outputs, isNormal: false, scatter: 0 },
			...backOf(passage),
		};
	}

	/** Weights of variance scale/fan keep what comes in to the scale, however much it is. */
	#byFanIn(step: Step, i: number, input: Value): Passed | null {
		if (step.kind !== "linear" && step.kind !== "convolution") return null;
		const { draw } = step.weight;
		const isPlain = step.kind === "linear" || (!step.transposed && step.groups === 1);
		const isScaled = draw.kind === "variance-scaling" && draw.fan === "in" && this.#model.framework !== "tfjs";
		if (!isPlain || !isScaled || (step.bias && step.bias.draw.kind !== "zeros")) return null;
		if (step.kind === "convolution" && step.kernel.some((length) => length !== 1)) this.#reserve("places", i);
		const { variance, mean, within } = input.signal;
		const signal = { mean: 0, variance: draw.scale * (variance + mean ** 2), within: draw.scale * within };
		return { value: { signal, features: step.outputs, isNormal: true }, back: [draw.scale] };
	}

	#throughActivation(step: Step, i: number, input: Value): Passed | null {
		const found = activationOf(step);
		const axis = softmaxAxis(step);
		if (axis !== null && !this.#leftOut.has(i) && step.kind === "activation" && step.activation === "softmax") {
			return this.#softmax(i, axis, input);
		}
		if (!found) {
			const name = step.kind === "activation" ? step.activation : "a function of the file";
			return this.#unknown(i, name);
		}
		const beneath = input.greatest && !input.greatest.by ? input.greatest : null;
		if (!input.isNormal && !beneath) this.#reserve("not normal", i);
		if (found.activation.stochastic) this.#reserve("stochastic", i);
		const { signal, slopeSquare, slopeProduct, slopeAlong, sensitivity, scatter } = this.#passage(
			found.activation,
			found.parameters,
			beneath?.signal ?? input.signal,
			beneath?.of,
		);
		if (beneath && !isGrowing(found)) this.#reserve("not normal", i);
		const { features } = input;
		// The mean of a logarithm lies below the logarithm of the mean by half the relative variance. Orthogonal weights
		// keep the length of each sample, and scatter little.
		const scatters = features !== null && !this.#isOrthogonal(input);
		const typical = (relativeVariance: number) => (scatters ? Math.exp(-relativeVariance / features / 2) : 1);
		const added = scatters ? scatter.forward / features : 0;
		return {
			value: {
				signal: sharing(input.signal, scaled(signal, Math.sqrt(typical(scatter.forward)))),
				features,
				isNormal: false,
				...(input.isNormal && { greatest: { signal: input.signal, of: 1, by: { ...found, layer: i } } }),
				scatter: sensitivity ** 2 * input.scatter + added,
			},
			back: [slopeSquare * typical(scatter.backward)],
			common: [slopeProduct * typical(scatter.backward)],
			along: slopeAlong,
		};
	}

	/** Deep models come to the same signal again and again. */
	#passage(activation: Activation, parameters: Parameters, signal: Signal, of = 1): Passage {
		const numbers = [...Object.values(parameters), signal.mean, signal.variance, signal.within, of];
		const key = [activation.id, ...numbers.map((one) => one.toPrecision(SAME_DIGITS))].join(" ");
		const passage = this.#passages.get(key) ?? throughActivation(activation, parameters, signal, of);
		this.#passages.set(key, passage);
		return passage;
	}

	#isOrthogonal({ terms }: Value): boolean {
		return [...terms.keys()].every((source) => {
			const { step } = this.#model.layers[source];
			return isWeightStep(step) && step.weight.draw.kind === "orthogonal";
		});
	}

	#normalise(step: Extract<Step, { kind: "normalisation" }>, epsilon: number, i: number, input: Value): Passed | null {
		const isByChannel = step.of === "batch" || step.of === "instance";
		const [at] = this.#model.layers[i].inputs;
		const { mean, variance, within } = isByChannel
			? this.#along(at, input, step.channels === "first" ? besideOf(step) : -1)
			: input.signal;
		const isWide = step.of === "layer" || step.of === "rms";
		const features = step.features ?? input.features;
		// Of the differences between features a mean over few of them takes a part.
		const together = step.of === "group" ? (features ?? Number.NaN) / (step.groups ?? Number.NaN) : null;
		if (Number.isNaN(together)) return this.#unknown(i, "the size of a group");
		const left = isWide ? variance : within + (variance - within) * (together === null ? 0 : 1 - 1 / together);
		const size = (step.of === "rms" ? variance + mean ** 2 : left) + epsilon;
		const signal = {
			mean: step.of === "rms" ? mean / Math.sqrt(size) : 0,
			variance: left / size,
			within: within / size,
		};
		if (step.of === "instance") this.#reserve("places", i);
		const factors = factorMoments(step);
		if (!factors) return this.#unknown(i, "a normalisation whose factors begin at 0 or are not known");
		const apart = isWide ? "places" : "features";
		if ((isWide || step.of === "batch") && input.uneven === apart) this.#reserve("uneven parts", i);
		const square = factors.variance + factors.mean ** 2;
		// Of each sample's gradient the parts along the normalised values, and along all ones, are taken out.
		const removed = step.of === "layer" ? 2 : step.of === "rms" ? 1 : 0;
		const kept = features === null ? 1 : Math.max(0, 1 - removed / features);
		const behind = {
			mean: signal.mean * factors.mean,
			variance: square * signal.variance + factors.variance * signal.mean ** 2,
			within: square * signal.within,
		};
		const { features: count, isNormal } = input;
		return {
			value: { signal: sharing(input.signal, behind), features: count, isNormal, scatter: 0 },
			back: [(square * kept) / size],
			// The gradients of a sample's places sum to 0 for each feature.
			...(step.of === "instance" && { common: [0], gathered: [-square / size] }),
		};
	}

	#add({ inputs: indices }: ModelLayer, i: number, inputs: readonly Value[]): Passed {
		const terms = new Map<number, number>();
		inputs.forEach((one, k) => {
			const seen = inputs
				.slice(0, k)
				.some((other, l) => indices[l] !== indices[k] && !this.#areIndependent(one, other));
			if (seen) this.#reserve("dependent branches", i);
			for (const [source, by] of one.terms) terms.set(source, (terms.get(source) ?? 0) + by);
		});
		const signal = { mean: 0, variance: 0, within: 0, shared: 0 };
		for (const [source, by] of terms) {
			const part = scaled(this.#values[source]!.signal, by);
			signal.shared += part.shared ?? 0;
			signal.mean += part.mean;
			signal.variance += part.variance;
			signal.within += part.within;
		}
		const others = this.#roles[i]?.join();
		// Where features of one are places of another, both differ from place to place.
		const isMixed = indices.some((index) => {
			const roles = this.#roles[index];
			const isDrawn = /^(parameter|input)$/.test(this.#model.layers[index].step.kind);
			return !isDrawn && others !== undefined && roles?.length === this.#roles[i]?.length && roles?.join() !== others;
		});
		if (isMixed) signal.within = signal.variance;
		const own = inputs.reduce((all, { signal: one }) => all + one.mean ** 2, 0);
		const total = meanSquare(signal);
		const parts = [...terms].map(([source, by]) => [this.#values[source]!.signal, by * by] as const);
		const memory = memoryOf(
			parts.map(([part]) => part),
			parts.map(([, by]) => by),
		);
		if (Math.abs(signal.mean ** 2 - own) > MOST_COMMON * total) this.#reserve("means add up", i);
		const times = (index: number) => indices.filter((one) => one === index).length;
		return {
			value: {
				signal: { ...signal, ...memory },
				terms,
				features: inputs.find(({ features }) => features !== null)?.features ?? null,
				isNormal: inputs.every(({ isNormal }) => isNormal),
				uneven: unevenOf(inputs),
				scatter: inputs.reduce((all, one) => all + one.scatter * (meanSquare(one.signal) / total) ** 2, 0),
			},
			// What is added twice takes the gradient twice; here it is shared among its mentions.
			back: indices.map((index) => times(index)),
		};
	}

	#multiply(i: number, inputs: readonly Value[]): Passed | null {
		const [first, ...others] = inputs;
		const isKnown = others.every((one, k) =>
			inputs.slice(0, k + 1).every((before) => this.#areIndependent(one, before)),
		);
		if (!isKnown) return this.#unknown(i, "a product of values that hang together");
		const signal = others.reduce((all, one) => productOf(all, one.signal), first.signal);
		const back = inputs.map((_, k) =>
			inputs.reduce((all, { signal }, l) => (l === k ? all : all * meanSquare(signal)), 1),
		);
		const counts = [...this.#model.layers[i].inputs, i].map((at) => this.#shapes.shapes[at]);
		// The gradient by a factor of many places is a sum over them, of the common parts of gradient and value, too.
		const gathered = inputs.map((_, k) => {
			const [own, all] = [counts[k], counts.at(-1)];
			if (!isWhole(own!) || !isWhole(all!)) return 0;
			const common = inputs.reduce(
				(by, { signal }, l) => (l === k ? by : by * (meanSquare(signal) - signal.within)),
				1,
			);
			return (countOf(all) / countOf(own) - 1) * common;
		});
		return { value: { signal, features: first.features, isNormal: false }, back, gathered };
	}

	#concatenate({ step, inputs: indices }: ModelLayer, i: number, inputs: readonly Value[]): Passed | null {
		const axis = step.kind === "concatenate" ? step.axis : null;
		const roles = this.#roles[i];
		const at = axis === null || !roles ? undefined : axisAt(axis, roles.length);
		const arePlaces = roles !== null && at !== undefined && roles[at] === "places";
		const sizes = inputs.map(({ features }, k) =>
			arePlaces ? (this.#shapes.shapes[indices[k]]?.[at] ?? null) : features,
		);
		const total = sizes.reduce<number | null>((all, size) => (all === null || size === null ? null : all + size), 0);
		if (total === null) return this.#unknown(i, "the size of a layer");
		let [mean, square, within, shared] = [0, 0, 0, 0];
		const widths = inputs.map(({ signal }) => (arePlaces ? meanSquare(signal) : signal.within));
		const [most, least] = [Math.max(...widths), Math.min(...widths)];
		for (const [k, { signal }] of inputs.entries()) {
			const share = sizes[k]! / total;
			mean += share * signal.mean;
			square += share * meanSquare(signal);
			within += share * signal.within;
			shared += share * (signal.shared ?? 0);
		}
		const whole = { mean, variance: Math.max(square - mean * mean, within), within };
		const kept = memoryOf(
			inputs.map(({ signal }) => signal),
			sizes.map((size) => size! / total),
		);
		return {
			value: {
				// Places behind each other are other places; features beside each other are of the same ones.
				signal: arePlaces || shared === 0 ? whole : { ...whole, shared, ...kept },
				features: arePlaces ? inputs[0].features : total,
				isNormal: inputs.every(({ isNormal }) => isNormal),
				uneven: most > UNEVEN * least ? (arePlaces ? "places" : "features") : unevenOf(inputs),
			},
			back: inputs.map(() => 1),
		};
	}

	/** What each place behind a step takes together; null where the sizes are not known. */
	#bins({ inputs, step }: ModelLayer): readonly (readonly Bin[])[] | null {
		const { shapes } = this.#shapes;
		const from = shapes[inputs[0]];
		if (isWhole(from)) return binsOf(step, from, askIn(shapes));
		// Of windows that lie side by side in any number of places one is as all.
		const windows = step.kind === "pool" && step.over?.kind === "windows" ? step.over : null;
		if (!windows || windows.kernel.includes(null)) return null;
		const weight = (size: number) => (step.kind === "pool" && step.of === "average" ? 1 / size : 1);
		return (windows.kernel as readonly number[]).map((size) => {
			const at = Array.from({ length: size }, (_, i) => i);
			return [{ at, weights: at.map(() => weight(size)) }];
		});
	}

	#pool(layer: ModelLayer, i: number, input: Value): Passed | null {
		const bins = this.#bins(layer);
		if (!bins) return this.#unknown(i, "the size of a pool");
		this.#reserve("places", i);
		if (layer.step.kind === "pool" && layer.step.of === "maximum") {
			const taken = product(bins.map(meanLength));
			const passed = this.#greatest(i, input, taken);
			return { ...passed, common: passed.back.map((by) => by / taken) };
		}
		return this.#mean(i, input, bins);
	}

	/** Sums of places, each times a weight: of what all places share the mean is left, the rest goes down with the squares. */
	#mean(i: number, input: Value, bins: readonly (readonly Bin[])[]): Passed {
		const { sum, squares } = weighing(bins);
		/** What is left of places that differ, next to what they have in common. */
		const differing = squares / sum ** 2;
		const [from] = this.#model.layers[i].inputs;
		const over = bins.findIndex((bin) => placesIn(bin) > 1);
		const { mean, variance, within, shared = 0 } = over < 0 ? input.signal : this.#over(from, input, over);
		const common = (variance - within) * sum * sum;
		const left = shared * sum * sum + (within - shared) * squares;
		const roles = this.#roles[from];
		const count = (bin: readonly Bin[], axis: number) => (roles?.[axis] === "places" ? bin.length : 1);
		const [taken, all] = [
			product(bins.map((bin) => meanLength(bin))),
			product(bins.map((bin, axis) => (meanLength(bin) > 1 ? placesIn(bin) : count(bin, axis)))),
		];
		const sharing = all > 1 ? (taken - 1) / (all - 1) : 0;
		const signal = { mean: mean * sum, variance: common + left, within: left };
		const matters = differing < 1 / 4 && signal.within > MOST_OF_PLACES * meanSquare(signal);
		if (matters && this.#doPlacesHangTogether(i)) this.#reserve("mean over places", i);
		return {
			value: { signal, features: input.features, isNormal: input.isNormal || differing < 1 / 4 },
			back: [squares],
			sharing,
		};
	}

	/** Whether windows that overlap, or weights for each place, have made places alike before a layer. */
	#doPlacesHangTogether(layer: number): boolean {
		return this.#model.layers.slice(0, layer).some(({ step, inputs }) => {
			if (step.kind === "linear") return this.#roles[inputs[0]]?.at(-1) === "places";
			return step.kind === "convolution" && step.kernel.some((size, d) => (size ?? 0) > (step.stride[d] ?? 0));
		});
	}

	#resize(layer: ModelLayer, i: number, input: Value): Passed | null {
		if (layer.step.kind === "resize" && layer.step.of === "nearest") {
			const { shapes } = this.#shapes;
			const count = countAlong(shapes[i], this.#roles[i], "places");
			const isOne = countAlong(shapes[layer.inputs[0]], this.#roles[layer.inputs[0]], "places") === 1;
			if (!isOne || count === null) return { value: input, back: [1] };
			// What lies at one place is the same at all, as the gradients' common part is for it.
			const signal = { ...input.signal, shared: input.signal.within };
			return { value: { ...input, signal }, back: [1], gathered: [count - 1] };
		}
		const bins = this.#bins(layer);
		if (!bins) return this.#unknown(i, "the size of a value");
		this.#reserve("places", i);
		return this.#mean(i, input, bins);
	}

	/** Padding adds zeros, which the mean over places counts. */
	#reshape(layer: ModelLayer, i: number, input: Value): Passed {
		const { shapes } = this.#shapes;
		const [from] = layer.inputs;
		const { step } = layer;
		if (isWhole(shapes[from]) && !isWhole(shapes[i])) this.#reserve("lost sizes", i);
		if (step.kind !== "reshape" || step.how?.to !== "padded") {
			const features =
				countAlong(shapes[i], this.#roles[i], "features") ?? (shapes[i]?.length === 1 ? shapes[i][0] : input.features);
			const [before, after] = [from, i].map((at) => countAlong(shapes[at], this.#roles[at], "places") ?? 1);
			// Of places that are left out none of the gradient comes.
			const kept = before > 1 && after <= before && after > 1 ? after / before : 0;
			// A part is a value of its own: it may be independent of another.
			const { terms, ...whole } = input;
			const signal = after === 1 ? this.#atPlace(layer, from, before, input) : input.signal;
			return {
				value: { ...whole, signal, features, ...(!isTaken(step) && { terms }) },
				back: [1],
				common: [kept],
			};
		}
		const bins = this.#bins(layer);
		const share = bins ? weighing(bins).sum : 1;
		if (share === 1) return { value: input, back: [1] };
		const { mean, within } = input.signal;
		const square = meanSquare(input.signal) * share;
		const signal = { mean: mean * share, variance: square - (mean * share) ** 2, within: within * share };
		this.#reserve("places", i);
		return { value: { signal, features: input.features, isNormal: false }, back: [1] };
	}

	/** The signal of one of several places. */
	#atPlace({ step }: ModelLayer, from: number, count: number, { signal }: Value): Signal {
		const { shapes } = this.#shapes;
		const [end, place] = [
			this.#ends.get(from),
			placeTaken(step, shapes[from], this.#roles[from], count, askIn(shapes)),
		];
		const { mean, variance, within } = end && end.place === place ? end.signal : signal;
		return { mean, variance, within };
	}

	/**
	 * The greatest of places beside each other, independent of each other but for what all share. An activation that grows
	 * may come before or behind it: f(max x) = max f(x). The gradient goes to the greatest alone.
	 */
	#greatest(i: number, input: Value, taken: number): Passed {
		const before = input.greatest ?? (input.isNormal ? { signal: input.signal, of: 1 } : null);
		if (!before) {
			this.#reserve("not normal", i);
			return { value: { ...input, isNormal: false }, back: [1] };
		}
		const { signal, by } = before;
		const of = before.of * taken;
		const { features } = input;
		if (!by) {
			const passage = this.#passage(findActivation("linear")!, {}, signal, of);
			return { value: { signal: passage.signal, features, isNormal: false, greatest: { signal, of } }, back: [1] };
		}
		if (!isGrowing(by)) this.#reserve("not normal", i);
		const passage = this.#passage(by.activation, by.parameters, signal, of);
		// The activation's slope is another where the value is the greatest.
		const { slopeSquare } = this.#passage(by.activation, by.parameters, signal);
		const back = [slopeSquare > 0 ? passage.slopeSquare / slopeSquare : 1];
		return { value: { signal: passage.signal, features, isNormal: false, greatest: { ...before, of } }, back };
	}

	#reserveNarrow(): void {
		const stages = stagesOf(this.#model).filter(({ activation }) => activation !== null);
		let scatter = 0;
		for (const { weights, after } of stages) {
			const features = this.#values[after]?.features;
			if (features == null) continue;
			scatter += 1 / features;
			if (features < FEWEST_FEATURES) this.#reserve("narrow", weights);
		}
		if (scatter > NARROW) this.#reserve("narrow", stages.at(-1)!.weights);
	}
}

function backOf({ apart, alike, common, at }: CellPassage): Omit<Passed, "value"> {
	return {
		back: apart.inputs,
		gathered: alike.inputs.map((by, k) => by - apart.inputs[k]),
		common: apart.inputs.map((_, k) => (k === 0 ? common : 0)),
		sharing: apart.sharing,
		atPlace: (place) => at(place).inputs,
		weights: ({ square, common: shared, alone, place }) =>
			(square - alone) * apart.weights +
			shared * (alike.weights - apart.weights) +
			(place === null ? 0 : alone * at(place).weights),
	};
}

function product(numbers: readonly number[]): number {
	return numbers.reduce((all, one) => all * one, 1);
}

/** How many places are taken together along an axis, in the mean. */
function meanLength(bins: readonly Bin[]): number {
	return bins.reduce((sum, { at }) => sum + at.length, 0) / bins.length;
}

/** How many places there are along an axis of which several are taken together; 1 along the others. */
function placesIn(bins: readonly Bin[]): number {
	return meanLength(bins) > 1 ? 1 + Math.max(...bins.flatMap(({ at }) => at)) : 1;
}

/** Deviation over samples, places and features: that between few features is seen from their own mean. */
function seenDeviation({ signal: { variance, within }, features }: Value): number {
	return Math.sqrt(features === null ? variance : within + (variance - within) * (1 - 1 / features));
}

function isGrowing({ activation, parameters }: { activation: Activation; parameters: Parameters }): boolean {
	return activationFacts(activation, parameters).monotonic === "increasing";
}

function dropOut(input: Value, rate: number, alpha: boolean): Passed {
	const kept = 1 - rate;
	const { mean, variance, within } = input.signal;
	if (!alpha) {
		const added = (meanSquare(input.signal) * rate) / kept;
		const { shared, memory } = input.signal;
		const alike = { ...(shared && { shared }), ...(memory && { memory }) };
		const signal = { mean, variance: variance + added, within: within + added, ...alike };
		const shares = input.squares !== undefined && { squares: input.squares / kept };
		const causal = input.isCausal && { isCausal: true };
		return {
			value: { signal, features: input.features, isNormal: input.isNormal && rate < 0.2, ...shares, ...causal },
			back: [1 / kept],
			common: [1],
		};
	}
	// Klambauer et al. 2017: dropped values become α′, then an affine map restores mean 0 and variance 1.
	const scale = (kept * (1 + rate * SELU_FLOOR ** 2)) ** -0.5;
	const square = scale * scale;
	const jump = kept * rate * (mean - SELU_FLOOR) ** 2;
	const signal = {
		mean: scale * (kept * mean + rate * SELU_FLOOR) - scale * rate * SELU_FLOOR,
		variance: square * (kept * variance + jump),
		within: square * (kept * within + rate * kept * (variance - within) + jump),
	};
	return { value: { signal, features: input.features, isNormal: input.isNormal && rate < 0.2 }, back: [square * kept] };
}

/** Of `size` rows of equal shares up to the diagonal: the mean square of what a column sums up to, and the first's sum. */
function causalColumns(size: number): { readonly squares: number; readonly harmonic: number } {
	let [column, squares] = [0, 0];
	for (let i = size; i > 0; i--) {
		column += 1 / i;
		squares += column * column;
	}
	return { squares: squares / size, harmonic: column };
}

function unevenOf(inputs: readonly Value[]): Value["uneven"] {
	return inputs.find(({ uneven }) => uneven !== undefined)?.uneven;
}

function withoutShares({ squares: _, ...value }: Value): Value {
	return value;
}

function isTaken(step: Step): boolean {
	return step.kind === "reshape" && (step.how?.to === "taken" || step.how?.to === "part");
}
