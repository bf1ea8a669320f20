import { Random } from "../../numerics/random.ts";
import type { Model, Step } from "../../reading/model/model.ts";
import { besideOf, countOf, partsOf } from "../../reading/model/shapes.ts";
import { inputDeviation } from "./inputs.ts";
import type { Operation, Weights } from "./operation.ts";
import { drawFactors, drawWeights, operationOf, type Setting } from "./operations.ts";
import { type RefusalReason, type Shapes, sizesOf, smallerSides } from "./sizes.ts";
import { type Stage, stagesOf } from "./stages.ts";
import { drawPlain, GATES, isWeightStep, type WeightStep, weightCount } from "./weights.ts";

/** How a model is run: at its real widths, so that only samples and networks are chosen. */
export interface Trial {
	readonly batch: number;
	/** Networks drawn anew. */
	readonly seeds: number;
	/** Multiplications with an addition, of all of them. */
	readonly multiplyAdds: number;
	/** Whether samples or networks are fewer than usual, for the time's sake. */
	readonly reduced: boolean;
	/** Places along each axis of images that are smaller than supposed, for the time's sake; null where they are not. */
	readonly side: number | null;
}

export type Planned =
	| ({ readonly kind: "trial" } & Trial)
	| { readonly kind: "refused"; readonly layer: number; readonly reason: RefusalReason };

/** Over the networks; the logarithm is the natural one, for what is spread over powers. */
export interface Statistic {
	readonly mean: number;
	readonly std: number;
	readonly logMean: number;
	readonly logStd: number;
}

/** What a stage did, in `seeds` networks. */
export interface StageMeasure extends Stage {
	readonly forwardStd: Statistic;
	readonly forwardRms: Statistic;
	readonly preStd: Statistic;
	/** Norms relative to the last stage's. */
	readonly gradientRatio: Statistic;
	readonly weightGradientRatio: Statistic;
}

export interface Confirmation extends Trial {
	/** The sizes of inputs that the source does not tell, as they were taken. */
	readonly supposed: Shapes["supposed"];
	readonly stages: readonly StageMeasure[];
}

const BATCH = 128;
const SEEDS = 20;
/** Fewer values say little of batch statistics, fewer samples and networks little of what differs between them. */
const LEAST_COUNT = 32;
const LEAST_BATCH = 4;
const LEAST_SEEDS = 5;
/** Some ten seconds of a worker. */
const MOST_MULTIPLY_ADDS = 1e10;
/** Less than a minute, for a model of which fewer samples and networks say too little. */
const MOST_OF_LARGE = 5e10;
/** Numbers held at a time: 8 bytes each. */
const MOST_NUMBERS = 7e7;

/** Of each gate of a cell at each place: sums, value, slope and gradients, for what comes in and for the state. */
const KEPT_BY_GATE = 6;
/** By kind of step, the numbers that it keeps for the way back for each that it gives. */
const KEPT: Readonly<Partial<Record<Step["kind"], number>>> = {
	normalisation: 1.5,
	activation: 1,
	"own-activation": 1,
	dropout: 1,
	multiply: 1,
	product: 1,
	pool: 0.5,
};
/** Gradients that are held beside each other, and copies of what lies in a convolution's windows. */
const GRADIENTS = 4;
const COPIES = 3;

/**
 * Plans a run of 128 samples through 20 networks. Where that is too much, networks are halved first, then samples, then
 * networks again. Below 5 networks, 4 samples, or 32 values for each statistic of a batch, the model is too large: then it
 * is run with smaller images, if the source does not tell their size.
 */
export function planTrial(model: Model, wanted: { readonly batch?: number; readonly seeds?: number } = {}): Planned {
	const planned = planWith(model, wanted, null);
	if (planned.kind === "trial" || planned.reason !== "too large") return planned;
	for (const side of smallerSides(model)) {
		const smaller = planWith(model, wanted, side);
		if (smaller.kind === "trial") return smaller;
	}
	return planned;
}

function planWith(
	model: Model,
	wanted: { readonly batch?: number; readonly seeds?: number },
	side: number | null,
): Planned {
	const sized = sizesOf(model, side);
	if (sized.kind === "refused") return sized;
	const { sizes } = sized;
	const [mostBatch, mostSeeds] = [wanted.batch ?? BATCH, wanted.seeds ?? SEEDS];
	let [multiplyAdds, values, weights, largest] = [0, 0, 0, 0];
	let [widest, copied] = [0, 0];
	let least = LEAST_BATCH;
	const kept = new Set<number>();
	model.layers.forEach(({ step, inputs }, i) => {
		const size = sizes[i];
		if (!size) return;
		values += (KEPT[step.kind] ?? 0) * countOf(size);
		widest = Math.max(widest, countOf(size));
		if (step.kind === "normalisation" && step.of === "batch") {
			const beside = besideOf(step);
			const places = countOf(partsOf(size.slice(beside), step.channels)!.places) * countOf(size.slice(0, beside));
			least = Math.max(least, Math.ceil(LEAST_COUNT / places));
		}
		if (isWeightStep(step) || step.kind === "multiply" || step.kind === "product") {
			for (const input of inputs) kept.add(input);
		}
		if (step.kind === "product") multiplyAdds += 3 * countOf(size) * sizes[inputs[0]]!.at(-1)!;
		if (!isWeightStep(step)) return;
		const count = weightCount(step, model.framework);
		weights += count;
		if (count > weights - largest) largest = count;
		if (step.kind === "embedding") return;
		// Windows lie on what comes in, those of a transposed convolution on what it gives.
		const isTransposed = step.kind === "convolution" && step.transposed;
		const features = isTransposed ? step.inputs! : step.outputs!;
		const windows = countOf(isTransposed ? sizes[inputs[0]]! : size) / features;
		if (step.kind === "convolution") copied = Math.max(copied, (windows * count) / features);
		if (step.kind === "recurrence") values += KEPT_BY_GATE * countOf(size) * GATES[step.cell.of];
		multiplyAdds += 3 * windows * count;
	});
	for (const input of kept) values += countOf(sizes[input]!);
	const bySample = values + GRADIENTS * widest + COPIES * copied;
	const fits = (batch: number, seeds: number, most = MOST_MULTIPLY_ADDS) =>
		multiplyAdds * batch * seeds <= most && bySample * batch + weights + 2 * largest <= MOST_NUMBERS;
	let [batch, seeds] = [mostBatch, mostSeeds];
	const halve = (value: number, least: number) => Math.max(Math.min(least, value), Math.ceil(value / 2));
	const [leastBatch, leastSeeds] = [Math.min(least, mostBatch), Math.min(LEAST_SEEDS, mostSeeds)];
	if (!fits(batch, seeds)) seeds = halve(seeds, leastSeeds);
	while (!fits(batch, seeds) && batch > leastBatch) batch = halve(batch, leastBatch);
	while (!fits(batch, seeds) && seeds > leastSeeds) seeds = halve(seeds, leastSeeds);
	if (!fits(batch, seeds, MOST_OF_LARGE)) return { kind: "refused", layer: 0, reason: "too large" };
	const reduced = batch < mostBatch || seeds < mostSeeds;
	return { kind: "trial", batch, seeds, multiplyAdds: multiplyAdds * batch * seeds, reduced, side };
}

/**
 * Runs a model forward and back in float64 through `trial.seeds` networks drawn as its framework would, in training
 * mode: inputs are standard normal (those that are divided as bytes are, as much larger; or any row of an embedding), the loss is Σ h·v over the outputs h, v standard normal.
 * Yields the share that is done after each layer, so that whoever runs it can stop. The same seeds give the same numbers.
 */
export function* simulate(
	model: Model,
	{ batch, seeds, ...trial }: Trial,
	firstSeed = 0,
): Generator<number, Confirmation> {
	const sized = sizesOf(model, trial.side);
	if (sized.kind === "refused")
		throw new RangeError(`a model that can be run was expected, got one with ${sized.reason}`);
	const setting: Setting = { model, sizes: sized.sizes, batch };
	const stages = stagesOf(model).filter(({ weights }) => sized.sizes[weights] !== null);
	const runs: (readonly Measured[])[] = [];
	for (let seed = 0; seed < seeds; seed++) {
		const passes = onePass(setting, stages, sized.outputs, firstSeed + seed);
		for (let next = passes.next(); ; next = passes.next()) {
			if (next.done) {
				runs.push(next.value);
				break;
			}
			yield (seed + next.value) / seeds;
		}
	}
	const statistic = (stage: number, of: (measured: Measured, last: Measured) => number) =>
		statisticOf(runs.map((run) => of(run[stage], run.at(-1)!)));
	return {
		batch,
		seeds,
		...trial,
		supposed: sized.supposed,
		stages: stages.map((stage, i) => ({
			...stage,
			forwardStd: statistic(i, (one) => one.forwardStd),
			forwardRms: statistic(i, (one) => one.forwardRms),
			preStd: statistic(i, (one) => one.preStd),
			gradientRatio: statistic(i, (one, last) => one.gradient / last.gradient),
			weightGradientRatio: statistic(i, (one, last) => one.weightGradient / last.weightGradient),
		})),
	};
}

const NOTHING = new Float64Array(0);

interface Measured {
	readonly forwardStd: number;
	readonly forwardRms: number;
	readonly preStd: number;
	readonly gradient: number;
	readonly weightGradient: number;
}

function* onePass(
	setting: Setting,
	stages: readonly Stage[],
	outputs: readonly number[],
	seed: number,
): Generator<number, readonly Measured[]> {
	const { model, sizes, batch } = setting;
	const { layers, framework } = model;
	const random = (purpose: string) => new Random(seed, purpose);
	const values: Float64Array[] = [];
	const operations: (Operation | null)[] = [];
	const drawn: (Weights | null)[] = [];
	const spreads = new Map(stages.flatMap(({ before, after }) => [before, after]).map((i) => [i, spreadOf(NOTHING)]));
	const last = layers.map(() => -1);
	layers.forEach(({ inputs }, i) => {
		if (sizes[i]) for (const input of inputs) last[input] = i;
	});
	for (let i = 0; i < layers.length; i++) {
		const { step, inputs, sharedWith, copyOf, name } = layers[i];
		const size = sizes[i];
		drawn.push(null);
		operations.push(null);
		values.push(NOTHING);
		if (!size) continue;
		if (step.kind === "input") {
			values[i] = drawInput(model, i, batch * countOf(size), random(`input ${i}`));
			continue;
		}
		if (isWeightStep(step)) {
			const shared = sharedWith === null ? null : drawn[sharedWith];
			// Of another layer it has the weights alone, not the bias.
			const isSame = sharedWith !== null && layers[sharedWith].name === name;
			if (shared && isSame) drawn[i] = shared;
			else
				drawn[i] = {
					...drawWeights(step, framework, random(`weights ${i}`)),
					...(shared && withoutBias(shared)),
					...(copyOf !== undefined && copiedWeights(layers[copyOf].step, step, drawn[copyOf]!)),
				};
		}
		if (step.kind === "normalisation") drawn[i] = drawFactors(step, size, random(`factors ${i}`));
		if (step.kind === "parameter") {
			const weight = () => drawPlain(size, step.weight.draw, framework, random(`parameter ${i}`));
			const same = sharedWith ?? copyOf;
			drawn[i] = (same === undefined ? null : drawn[same]) ?? { weight: weight(), bias: null };
		}
		const operation = operationOf(setting, i, drawn[i], () => random(`${step.kind} ${i}`));
		operations[i] = operation;
		values[i] = operation.forward(inputs.map((input) => values[input]));
		if (spreads.has(i)) spreads.set(i, spreadOf(values[i]));
		// What no other layer needs is kept by those alone that need it on the way back.
		for (const input of new Set(inputs)) {
			if (last[input] === i && !outputs.includes(input)) values[input] = NOTHING;
		}
		yield (0.4 * (i + 1)) / layers.length;
	}
	const gradients: (Float64Array | undefined)[] = layers.map(() => undefined);
	for (const output of new Set(outputs)) {
		const source = random(`loss ${output}`);
		gradients[output] = Float64Array.from({ length: values[output].length }, () => source.normal());
	}
	const weightNorms: number[] = layers.map(() => 0);
	const weightSums = new Map<number, Float64Array>();
	const gradientNorms: number[] = layers.map(() => 0);
	const measured = new Set(stages.map(({ before }) => before));
	for (let i = layers.length - 1; i >= 0; i--) {
		const [operation, gradient] = [operations[i], gradients[i]];
		// A layer's gradient is complete here: all that it feeds stand behind it.
		gradients[i] = undefined;
		if (!gradient) continue;
		if (measured.has(i)) gradientNorms[i] = norm(gradient);
		if (!operation) continue;
		operations[i] = null;
		const byInputs = operation.backward(gradient);
		layers[i].inputs.forEach((input, k) => {
			const before = gradients[input];
			gradients[input] = before ? sum(before, byInputs[k]) : byInputs[k];
		});
		if (operation.weightGradient) {
			const owner = layers[i].sharedWith ?? i;
			const [byWeight, byTrained] = [operation.weightGradient(), drawn[i]?.byTrained];
			const own = byTrained ? byTrained(byWeight) : byWeight;
			const isShared = layers.some(({ sharedWith }) => sharedWith === owner);
			const before = weightSums.get(owner);
			const total = before ? sum(before, own) : own;
			if (isShared) weightSums.set(owner, total);
			weightNorms[owner] = norm(total);
		}
		yield 0.4 + (0.6 * (layers.length - i)) / layers.length;
	}
	return stages.map(({ weights, before, after }) => ({
		...spreads.get(after)!,
		preStd: spreads.get(before)!.forwardStd,
		gradient: gradientNorms[before],
		weightGradient: weightNorms[layers[weights].sharedWith ?? weights],
	}));
}

/** What a copy of a layer begins with: its weight, and its bias where that has not been drawn anew. */
function copiedWeights(of: Step, step: WeightStep, weights: Weights): Partial<Weights> {
	const isSame = "bias" in of && "bias" in step && of.bias === step.bias;
	return isSame ? weights : withoutBias(weights);
}

function withoutBias({ bias: _, ...weights }: Weights): Omit<Weights, "bias"> {
	return weights;
}

/** Rows of an embedding, or normal numbers. */
function drawInput(model: Model, i: number, length: number, random: Random): Float64Array {
	const embedding = embeddingOf(model.layers, i);
	const deviation = inputDeviation(model, i);
	return Float64Array.from({ length }, () =>
		embedding ? Math.floor(random.uniform() * embedding.count!) : deviation * random.normal(),
	);
}

/** The embedding that takes an input as numbers of its rows, in whatever shape. */
function embeddingOf(layers: Model["layers"], at: number): Extract<WeightStep, { kind: "embedding" }> | undefined {
	for (const [next, { step, inputs }] of layers.entries()) {
		if (!inputs.includes(at)) continue;
		if (step.kind === "embedding") return step;
		const found = step.kind === "reshape" ? embeddingOf(layers, next) : undefined;
		if (found) return found;
	}
	return undefined;
}

function spreadOf(values: Float64Array): { readonly forwardStd: number; readonly forwardRms: number } {
	let [total, square] = [0, 0];
	for (const one of values) total += one;
	const mean = total / values.length;
	for (const one of values) square += (one - mean) ** 2;
	const variance = square / values.length;
	return { forwardStd: Math.sqrt(variance), forwardRms: Math.sqrt(variance + mean * mean) };
}

function norm(values: Float64Array): number {
	let square = 0;
	for (const one of values) square += one * one;
	return Math.sqrt(square);
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
	return a.map((one, at) => one + b[at]);
}

function statisticOf(values: readonly number[]): Statistic {
	const moments = (numbers: readonly number[]) => {
		const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
		const square = numbers.reduce((all, one) => all + (one - mean) ** 2, 0) / Math.max(1, numbers.length - 1);
		return [mean, Math.sqrt(square)] as const;
	};
	const [mean, std] = moments(values);
	const [logMean, logStd] = moments(values.map(Math.log));
	return { mean, std, logMean, logStd };
}
