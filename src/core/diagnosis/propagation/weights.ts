import type { Random } from "../../numerics/random.ts";
import type { Cut, Draw, Initialisation, Model, Step } from "../../reading/model/model.ts";
import { countOf } from "../../reading/model/shapes.ts";
import { orthogonal } from "../../training/orthogonal.ts";
import type { Weights } from "./operation.ts";
import { divideByNorm, foundByIteration } from "./spectralNorm.ts";
import { byTurning } from "./turned.ts";

/** A step whose weights multiply what comes in. */
export type WeightStep = Extract<Step, { kind: "linear" | "convolution" | "embedding" | "recurrence" }>;

export type RecurrentStep = Extract<Step, { kind: "recurrence" }>;

/** Sizes of a weight: what an output is summed over, and what an initialiser counts. */
export interface WeightSize {
	/** Weights that one output sums over; 1 in an embedding, which only looks up. */
	readonly fan: number;
	readonly outputs: number;
	/** As the framework's initialisers count. */
	readonly fanIn: number;
	readonly fanOut: number;
	readonly count: number;
	/** Rows of the matrix that an orthogonal draw makes of the weight, over its columns or the other way round. */
	readonly rows: number;
	/** The same of that whose singular values a spectral norm takes: one for each output. */
	readonly outputRows: number;
}

/** Mean and variance of a drawn number. */
export interface Drawn {
	readonly mean: number;
	readonly variance: number;
}

export function isWeightStep(step: Step): step is WeightStep {
	return /^(linear|convolution|embedding|recurrence)$/.test(step.kind);
}

/** Whether a step gives an LSTM's inner state, of the pass of another that gives the hidden one. */
export function isInner(step: Step): boolean {
	return step.kind === "recurrence" && step.gives === "cell";
}

/** How many sums a cell makes for each of its units. */
export const GATES = { rnn: 1, gru: 3, lstm: 4 } as const;

/** Sizes of a cell's weights as they are drawn: those of all gates at once, or of one after the other. */
export interface CellSizes {
	/** How often weights of these sizes are drawn. */
	readonly draws: number;
	/** Of what comes in. */
	readonly input: WeightSize;
	/** Of the state. */
	readonly recurrent: WeightSize;
	/** Of what makes the state of the units; null where it is these. */
	readonly projection: WeightSize | null;
}

/** How many units a cell has, each with a sum of its own in each gate. */
export function unitsOf({ outputs, projection }: RecurrentStep): number | null {
	return projection ? projection.units : outputs;
}

/** The sizes of a cell's weights; null where one of them is not known. */
export function cellSizes(step: RecurrentStep): CellSizes | null {
	const { cell, inputs, outputs } = step;
	const units = unitsOf(step);
	if (inputs === null || outputs === null || units === null) return null;
	const draws = cell.drawnByGate ? GATES[cell.of] : 1;
	const gates = (GATES[cell.of] / draws) * units;
	const matrix = (fan: number, made: number) => ({
		fan,
		outputs: made,
		fanIn: fan,
		fanOut: made,
		count: fan * made,
		rows: made,
		outputRows: made,
	});
	const projection = step.projection ? matrix(units, outputs) : null;
	return { draws, input: matrix(inputs, gates), recurrent: matrix(outputs, gates), projection };
}

/** The sizes of a step's weight, of a cell's for what comes in; null where one of them is not known. */
export function weightSize(step: WeightStep, framework: Model["framework"]): WeightSize | null {
	if (step.kind === "recurrence") return cellSizes(step)?.input ?? null;
	const { outputs } = step;
	if (outputs === null) return null;
	if (step.kind === "embedding") {
		const { count } = step;
		if (count === null) return null;
		// PyTorch and Flax count what a row has as its fan-in, Keras the rows.
		const [fanIn, fanOut] = framework === "torch" || framework === "flax" ? [outputs, count] : [count, outputs];
		return { fan: 1, outputs, fanIn, fanOut, count: count * outputs, rows: count, outputRows: count };
	}
	const { inputs } = step;
	if (inputs === null) return null;
	if (step.kind === "linear") {
		const count = inputs * outputs;
		return { fan: inputs, outputs, fanIn: inputs, fanOut: outputs, count, rows: outputs, outputRows: outputs };
	}
	const { groups } = step;
	const area = product(step.kernel);
	const stride = product(step.stride);
	if (groups === null || area === null || stride === null) return null;
	const count = (inputs * outputs * area) / groups;
	if (!step.transposed) {
		// Neither PyTorch nor Keras nor JAX divide the outputs by the groups.
		const fanIn = (inputs / groups) * area;
		return { fan: fanIn, outputs, fanIn, fanOut: outputs * area, count, rows: outputs, outputRows: outputs };
	}
	// A transposed convolution's weight is [inputs][outputs] in PyTorch, [outputs][inputs] in Keras: both count its
	// outputs as fan-in. Of its kernel, one place in `stride` meets an output.
	const [fanIn, fanOut] =
		framework === "flax" ? [inputs * area, outputs * area] : [(outputs / groups) * area, inputs * area];
	const fan = ((inputs / groups) * area) / stride;
	return { fan, outputs, fanIn, fanOut, count, rows: inputs, outputRows: outputs / groups };
}

/** How many weights a step has, whose sizes are known. */
export function weightCount(step: WeightStep, framework: Model["framework"]): number {
	if (step.kind !== "recurrence") return weightSize(step, framework)!.count;
	const { draws, input, recurrent, projection } = cellSizes(step)!;
	return draws * (input.count + recurrent.count) + (projection?.count ?? 0);
}

function product(sizes: readonly (number | null)[]): number | null {
	return sizes.reduce<number | null>((all, one) => (all === null || one === null ? null : all * one), 1);
}

/** Var of a standard normal cut off at two deviations. */
const CUT_VARIANCE = 0.7737413035499232;

/** Mean and variance of what a draw gives for a weight of this size; null where the draw is not known. */
export function drawnMoments(draw: Draw, size: WeightSize, framework: Model["framework"]): Drawn | null {
	switch (draw.kind) {
		case "zeros":
			return { mean: 0, variance: 0 };
		case "constant":
			return { mean: draw.value, variance: 0 };
		case "normal":
			return draw.truncated ? truncatedMoments(draw, draw.truncated) : { mean: draw.mean, variance: draw.std ** 2 };
		case "uniform":
			return { mean: (draw.low + draw.high) / 2, variance: (draw.high - draw.low) ** 2 / 12 };
		case "variance-scaling": {
			const variance = draw.scale / fanOf(draw.fan, size);
			// TensorFlow.js cuts at two deviations and does not make up for it.
			const isCut = framework === "tfjs" && draw.distribution === "truncated-normal";
			return { mean: 0, variance: isCut ? variance * CUT_VARIANCE : variance };
		}
		case "orthogonal":
			return { mean: 0, variance: (draw.gain ** 2 * Math.min(size.rows, size.count / size.rows)) / size.count };
		case "spectral-norm": {
			const [before, norm] = [drawnMoments(draw.of, size, framework), spectralNorm(draw, size, framework)];
			return before && norm ? { mean: 0, variance: before.variance / norm ** 2 } : null;
		}
		case "identity":
		case "unknown":
			return null;
	}
}

/** What a spectral norm divides weights of this size by; null where they are not drawn around 0. */
export function spectralNorm(
	{ of, iterations }: Extract<Draw, { kind: "spectral-norm" }>,
	size: WeightSize,
	framework: Model["framework"],
): number | null {
	if (of.kind === "orthogonal") return of.gain;
	const drawn = drawnMoments(of, size, framework);
	if (drawn?.mean !== 0 || drawn.variance === 0) return null;
	return Math.sqrt(drawn.variance) * foundByIteration(matrixOf(size), iterations);
}

function matrixOf({ outputRows: rows, count }: WeightSize): { readonly rows: number; readonly columns: number } {
	return { rows, columns: count / rows };
}

/** Mean and variance of a draw that counts no fan, as a parameter of the code's own has; null for others. */
export function plainMoments(draw: Draw, framework: Model["framework"]): Drawn | null {
	return /^(zeros|constant|normal|uniform)$/.test(draw.kind) ? drawnMoments(draw, SINGLE, framework) : null;
}

const SINGLE: WeightSize = { fan: 1, outputs: 1, fanIn: 1, fanOut: 1, count: 1, rows: 1, outputRows: 1 };

/** Numbers of a draw that counts no fan, in this shape. */
export function drawPlain(
	shape: readonly number[],
	draw: Draw,
	framework: Model["framework"],
	random: Random,
): Float64Array {
	if (draw.kind === "identity") return identityOf(shape);
	const values = new Float64Array(countOf(shape));
	fillDrawn(values, draw, SINGLE, framework, random);
	return values;
}

/** 1 on the diagonal of the last two axes. */
export function identityOf(shape: readonly number[]): Float64Array {
	const [rows = 1, columns = 1] = shape.slice(-2);
	return Float64Array.from({ length: countOf(shape) }, (_, at) =>
		at % columns === Math.floor(at / columns) % rows ? 1 : 0,
	);
}

/** Whether a step normalises each feature by itself, over places or samples. */
export function isByFeature(step: Step): boolean {
	return step.kind === "normalisation" && (step.of === "batch" || step.of === "instance");
}

/**
 * Mean and variance of the factors behind a normalisation: 1 and 0 where the code says nothing of them; null where they are
 * not known.
 */
export function factorMoments({ factors }: Extract<Step, { kind: "normalisation" }>): Drawn | null {
	if (!factors) return { mean: 1, variance: 0 };
	const { draw } = factors;
	if (draw.kind === "zeros") return { mean: 0, variance: 0 };
	if (draw.kind === "constant") return { mean: draw.value, variance: 0 };
	return draw.kind === "normal" && !draw.truncated ? { mean: draw.mean, variance: draw.std ** 2 } : null;
}

/**
 * Draws `values` as the framework would: a weight [outputs][fan] where `draw` needs its shape. Any source of randomness
 * gives other numbers than the framework's, of the same distribution. Where others are trained than those that are drawn,
 * it gives what turns the gradient by these into that by those.
 */
export function fillDrawn(
	values: Float64Array,
	draw: Draw,
	size: WeightSize,
	framework: Model["framework"],
	random: Random,
): Weights["byTrained"] {
	const fill = (next: () => number) => {
		for (let i = 0; i < values.length; i++) values[i] = next();
	};
	const uniform = (low: number, high: number) => fill(() => low + (high - low) * random.uniform());
	switch (draw.kind) {
		case "zeros":
			values.fill(0);
			break;
		case "constant":
			values.fill(draw.value);
			break;
		case "normal": {
			const [low, high] = draw.truncated || [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
			fill(() => draw.mean + draw.std * cutNormal(random, low, high));
			break;
		}
		case "uniform":
			uniform(draw.low, draw.high);
			break;
		case "variance-scaling": {
			const variance = draw.scale / fanOf(draw.fan, size);
			if (draw.distribution === "uniform") uniform(-Math.sqrt(3 * variance), Math.sqrt(3 * variance));
			else if (draw.distribution === "normal") fill(() => Math.sqrt(variance) * random.normal());
			else {
				const scale = Math.sqrt(framework === "tfjs" ? variance : variance / CUT_VARIANCE);
				fill(() => scale * cutNormal(random, -2, 2));
			}
			break;
		}
		case "orthogonal":
			orthogonal(values, size.rows, size.count / size.rows, random);
			for (let i = 0; i < values.length; i++) values[i] *= draw.gain;
			return draw.trained && byTurning(values, size.rows, TURNED[draw.trained]);
		case "spectral-norm": {
			fillDrawn(values, draw.of, size, framework, random);
			const byTrained = divideByNorm(values, matrixOf(size), draw.iterations, random);
			return draw.replaces ? undefined : byTrained;
		}
		case "identity":
		case "unknown":
			throw new RangeError(`the initialisation must be of numbers that are drawn, got ${draw.kind}`);
	}
	return undefined;
}

/** What a gradient by what turns an orthogonal weight is of that by the weight. */
const TURNED = { rotation: 1, reflections: 2 } as const;

/** The share of the square of a weight's gradient that comes to the numbers that are trained, where it is made of these. */
export function trainedShare({ draw }: Initialisation, size: WeightSize, framework: Model["framework"]): number {
	if (draw.kind === "spectral-norm" && !draw.replaces) return spectralNorm(draw, size, framework)! ** -2;
	if (draw.kind !== "orthogonal" || !draw.trained) return 1;
	// No turn makes an orthogonal vector longer.
	return TURNED[draw.trained] ** 2 * (1 - 1 / Math.max(size.rows, size.count / size.rows));
}

function fanOf(fan: "in" | "out" | "average", { fanIn, fanOut }: WeightSize): number {
	return fan === "in" ? fanIn : fan === "out" ? fanOut : (fanIn + fanOut) / 2;
}

function truncatedMoments(draw: Extract<Draw, { kind: "normal" }>, [low, high]: Cut): Drawn {
	if (draw.std === 0 || low > FAR || high < -FAR) {
		return { mean: draw.mean + (draw.std && draw.std * (low > FAR ? low : high)), variance: 0 };
	}
	let [weight, first, second] = [0, 0, 0];
	const [from, to] = [Math.max(low, -9), Math.min(high, 9)];
	const steps = 400;
	for (let i = 0; i < steps; i++) {
		const z = from + ((to - from) * (i + 0.5)) / steps;
		const density = Math.exp(-0.5 * z * z);
		weight += density;
		first += density * z;
		second += density * z * z;
	}
	// What is cut alike on both sides keeps its mean, to the last digit.
	const [mean, square] = [low === -high ? 0 : first / weight, second / weight];
	return { mean: draw.mean + draw.std * mean, variance: draw.std ** 2 * (square - mean * mean) };
}

/** Bounds further out than this leave nothing to draw from: everything lies at the bound. */
const FAR = 5;

/** A standard normal between two bounds, drawn again while it is outside. */
function cutNormal(random: Random, low: number, high: number): number {
	if (low > FAR) return low;
	if (high < -FAR) return high;
	for (;;) {
		const z = random.normal();
		if (z >= low && z <= high) return z;
	}
}
