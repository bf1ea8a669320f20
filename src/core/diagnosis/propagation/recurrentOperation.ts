import { compile } from "../../expression/evaluate.ts";
import type { Random } from "../../numerics/random.ts";
import type { CellActivation, Model } from "../../reading/model/model.ts";
import { givenBy } from "../../reading/model/shapes.ts";
import { rowProducts, transposed } from "./matrix.ts";
import type { Operation, Weights } from "./operation.ts";
import { cellActivation } from "./outputs.ts";
import { cellSizes, fillDrawn, GATES, type RecurrentStep, unitsOf, type WeightSize } from "./weights.ts";

/** Weights of a cell: of what comes in and of the state, each [gates][outputs][fan], gates as PyTorch orders them. */
export interface CellWeights extends Weights {
	readonly recurrent: Weights;
	/** What makes a hidden state of the units, [outputs][units]; null where it is these. */
	readonly projection: Float64Array | null;
}

/** An LSTM's gates: what comes in, what is forgotten, what is new, what is given; a GRU's: reset, update, new. */
const FORGET = 1;

/** Draws a cell's weights as its framework would. */
export function drawCell(step: RecurrentStep, framework: Model["framework"], random: Random): CellWeights {
	const { draws, input, recurrent, projection } = cellSizes(step)!;
	const units = unitsOf(step)!;
	const gates = GATES[step.cell.of];
	const matrix = ({ draw }: RecurrentStep["weight"], size: WeightSize) => {
		const weight = new Float64Array(draws * size.count);
		for (let k = 0; k < draws; k++) {
			fillDrawn(weight.subarray(k * size.count, (k + 1) * size.count), draw, size, framework, random);
		}
		return weight;
	};
	const vector = (initialisation: RecurrentStep["bias"], size: WeightSize) => {
		if (!initialisation) return null;
		const bias = new Float64Array(gates * units);
		fillDrawn(bias, initialisation.draw, size, framework, random);
		return bias;
	};
	const projected = projection && new Float64Array(projection.count);
	if (projected) fillDrawn(projected, step.projection!.weight.draw, projection, framework, random);
	const bias = vector(step.bias, input);
	if (bias && step.forget) {
		fillDrawn(bias.subarray(FORGET * units, (FORGET + 1) * units), step.forget.draw, input, framework, random);
	}
	return {
		weight: matrix(step.weight, input),
		bias,
		recurrent: { weight: matrix(step.recurrent, recurrent), bias: vector(step.recurrentBias, recurrent) },
		projection: projected,
	};
}

/** What a cell did at a place, [samples][units] each, as the way back needs it. */
interface Place {
	/** By gate, its value and slope. */
	readonly values: readonly Float64Array[];
	readonly slopes: readonly Float64Array[];
	/** The states before it, the hidden one first. */
	readonly before: readonly Float64Array[];
	/** An LSTM's inner state behind the activation, and the slope there; what a GRU's reset gate is multiplied by. */
	readonly inner: readonly Float64Array[];
}

/** A cell along the places of each sample, and through them back. */
export function recurrence(
	{ weight, bias, recurrent, projection }: CellWeights,
	step: RecurrentStep,
	batch: number,
	places: number,
	random: () => Random,
): Operation {
	const { of } = step.cell;
	const [inputs, units, outputs, gates] = [step.inputs!, unitsOf(step)!, step.outputs!, GATES[of]];
	const given = givenBy(step)!;
	const [rows, width, count] = [batch * places, gates * units, batch * units];
	const activate = functionOf(step.cell.activation);
	const gate = functionOf(step.cell.gate);
	const order = Array.from({ length: places }, (_, k) => (step.reversed ? places - 1 - k : k));
	/** Calls `act` with each number of a gate at a place: in the rows of all places, and among [samples][units]. */
	const each = (place: number, k: number, act: (inRow: number, own: number) => void) => {
		for (let sample = 0, own = 0; sample < batch; sample++) {
			const start = (sample * places + place) * width + k * units;
			for (let j = 0; j < units; j++, own++) act(start + j, own);
		}
	};
	const put = (into: Float64Array, place: number, values: Float64Array, size: number) => {
		for (let sample = 0; sample < batch; sample++) {
			into.set(values.subarray(sample * size, (sample + 1) * size), (sample * places + place) * size);
		}
	};
	const take = (from: Float64Array, place: number) => {
		const own = new Float64Array(batch * given);
		for (let sample = 0; sample < batch; sample++) {
			const start = (sample * places + place) * given;
			own.set(from.subarray(start, start + given), sample * given);
		}
		return own;
	};
	const parts = step.stateDropout === undefined ? 1 : gates;
	const state = stateProducts(recurrent.weight, { parts, width, outputs, batch });
	let x = new Float64Array(0);
	let done: Place[] = [];
	let [byInput, byState] = [new Float64Array(0), new Float64Array(0)];
	return {
		forward([input, ...begin]) {
			x = input as Float64Array<ArrayBuffer>;
			const fed = plus(rowProducts(x, weight, rows, width, inputs), bias);
			const result = new Float64Array(rows * given);
			let [hidden, cell] = [begin[0] ?? new Float64Array(batch * outputs), begin[1] ?? new Float64Array(count)];
			if (step.stateDropout !== undefined) state.drop(step.stateDropout, random());
			done = [];
			for (const place of order) {
				const own = plus(state.forward(hidden), recurrent.bias);
				const stateAt = (k: number, i: number) => own[Math.floor(i / units) * width + k * units + (i % units)];
				const sums = (k: number, reset?: Float64Array) => {
					const z = new Float64Array(count);
					each(place, k, (inRow, i) => {
						z[i] = fed[inRow] + (reset ? reset[i] : 1) * stateAt(k, i);
					});
					return z;
				};
				const before = [hidden, cell];
				if (of === "rnn") {
					const [value, slope] = activate(sums(0));
					done.push({ values: [value], slopes: [slope], before, inner: [] });
					hidden = value;
				} else if (of === "gru") {
					const [[reset, resetSlope], [update, updateSlope]] = [gate(sums(0)), gate(sums(1))];
					const [fresh, slope] = activate(sums(2, reset));
					const product = hidden.map((_, i) => stateAt(2, i));
					const values = [reset, update, fresh];
					done.push({ values, slopes: [resetSlope, updateSlope, slope], before, inner: [product] });
					hidden = hidden.map((h, i) => (1 - update[i]) * fresh[i] + update[i] * h);
				} else {
					const parts = [0, 1, 2, 3].map((k) => (k === 2 ? activate : gate)(sums(k)));
					const [comes, forgets, fresh, gives] = parts.map(([value]) => value);
					cell = cell.map((c, i) => forgets[i] * c + comes[i] * fresh[i]);
					const inner = activate(cell);
					done.push({ values: parts.map(([value]) => value), slopes: parts.map(([, slope]) => slope), before, inner });
					hidden = gives.map((one, i) => one * inner[0][i]);
					if (projection) hidden = rowProducts(hidden, projection, batch, outputs, units) as Float64Array<ArrayBuffer>;
				}
				put(result, place, step.gives === "cell" ? cell : hidden, given);
			}
			return result;
		},
		backward(gradient) {
			byInput = new Float64Array(rows * width);
			byState = new Float64Array(rows * width);
			let [byHidden, byCell] = [new Float64Array(batch * outputs), new Float64Array(count)];
			const byUnits = projection && transposed(projection, outputs, units);
			for (let k = places - 1; k >= 0; k--) {
				const place = order[k];
				const { values, slopes, before, inner } = done[k];
				const outer = take(gradient, place);
				const own = step.gives === "cell" ? byCell : byHidden;
				for (let i = 0; i < outer.length; i++) own[i] += outer[i];
				if (byUnits) byHidden = rowProducts(byHidden, byUnits, batch, units, outputs) as Float64Array<ArrayBuffer>;
				const sums = new Float64Array(batch * width);
				/** The gradient by the sum in a gate, and that by its part of the state. */
				const set = (at: number, by: (i: number) => number, ofState = (_: number) => 1) => {
					each(place, at, (inRow, i) => {
						const value = by(i) * slopes[at][i];
						byInput[inRow] = value;
						byState[inRow] = value * ofState(i);
						sums[Math.floor(i / units) * width + at * units + (i % units)] = byState[inRow];
					});
				};
				let kept = new Float64Array(0);
				if (of === "rnn") set(0, (i) => byHidden[i]);
				else if (of === "gru") {
					const [reset, update, fresh] = values;
					const toFresh = (i: number) => byHidden[i] * (1 - update[i]);
					set(0, (i) => toFresh(i) * slopes[2][i] * inner[0][i]);
					set(1, (i) => byHidden[i] * (before[0][i] - fresh[i]));
					set(2, toFresh, (i) => reset[i]);
					kept = byHidden.map((one, i) => one * update[i]);
				} else {
					const [comes, forgets, fresh, gives] = values;
					const [bent, slope] = inner;
					for (let i = 0; i < count; i++) byCell[i] += byHidden[i] * gives[i] * slope[i];
					const through = byCell;
					set(0, (i) => through[i] * fresh[i]);
					set(1, (i) => through[i] * before[1][i]);
					set(2, (i) => through[i] * comes[i]);
					set(3, (i) => byHidden[i] * bent[i]);
					byCell = through.map((one, i) => one * forgets[i]);
				}
				byHidden = state.backward(sums);
				for (let i = 0; i < kept.length; i++) byHidden[i] += kept[i];
			}
			const byX = rowProducts(byInput, transposed(weight, width, inputs), rows, inputs, width);
			return [byX, ...(step.begins === "given" ? [byHidden, ...(of === "lstm" ? [byCell] : [])] : [])];
		},
		weightGradient() {
			const states = new Float64Array(rows * outputs);
			for (const [k, { before }] of done.entries()) put(states, order[k], before[0], outputs);
			const all = new Float64Array(width * (inputs + outputs));
			all.set(rowProducts(transposed(byInput, rows, width), transposed(x, rows, inputs), width, inputs, rows));
			all.set(state.weightGradient(byState, states, places), width * inputs);
			return all;
		},
		multiplyAdds: 3 * rows * (width * (inputs + outputs) + (projection?.length ?? 0)),
	};
}

/**
 * Products of a state, [samples][outputs], with the weights of each gate, [width][outputs]: of all gates at once, or where
 * each leaves out numbers of its own, one after another.
 */
function stateProducts(
	weight: Float64Array,
	{ parts, width, outputs, batch }: Readonly<Record<"parts" | "width" | "outputs" | "batch", number>>,
) {
	const own = width / parts;
	const all = Array.from({ length: parts }, (_, k) => k);
	const weights = all.map((k) => weight.subarray(k * own * outputs, (k + 1) * own * outputs));
	const turned = weights.map((part) => transposed(part, own, outputs));
	/** By part, what each number of a state is multiplied by; null where all are 1. */
	let masks: readonly Float64Array[] | null = null;
	const masked = (states: Float64Array, k: number, places = 1) => {
		const mask = masks?.[k];
		if (!mask) return states;
		const each = places * outputs;
		return states.map((one, at) => one * mask[Math.floor(at / each) * outputs + (at % outputs)]);
	};
	/** The columns of one part, of rows for all. */
	const columns = (rows: Float64Array, k: number) =>
		parts === 1
			? rows
			: Float64Array.from(
					{ length: rows.length / parts },
					(_, at) => rows[Math.floor(at / own) * width + k * own + (at % own)],
				);
	return {
		/** Draws what each part leaves out of the states of each sample. */
		drop(rate: number, random: Random): void {
			masks = all.map(() =>
				Float64Array.from({ length: batch * outputs }, () => (random.uniform() < rate ? 0 : 1 / (1 - rate))),
			);
		},
		forward(state: Float64Array): Float64Array {
			const sums = new Float64Array(batch * width);
			for (const k of all) {
				const products = rowProducts(masked(state, k), weights[k], batch, own, outputs);
				for (let sample = 0; sample < batch; sample++) {
					sums.set(products.subarray(sample * own, (sample + 1) * own), sample * width + k * own);
				}
			}
			return sums;
		},
		backward(bySums: Float64Array): Float64Array<ArrayBuffer> {
			const byState = new Float64Array(batch * outputs);
			for (const k of all) {
				const products = rowProducts(columns(bySums, k), turned[k], batch, outputs, own);
				masked(products, k).forEach((one, at) => {
					byState[at] += one;
				});
			}
			return byState;
		},
		/** By the sums at all places and the states before them, [samples][places][…]. */
		weightGradient(bySums: Float64Array, states: Float64Array, places: number): Float64Array {
			const [rows, byWeight] = [batch * places, new Float64Array(weight.length)];
			for (const k of all) {
				const [by, before] = [
					transposed(columns(bySums, k), rows, own),
					transposed(masked(states, k, places), rows, outputs),
				];
				byWeight.set(rowProducts(by, before, own, outputs, rows), k * own * outputs);
			}
			return byWeight;
		},
	};
}

function functionOf(step: CellActivation): (x: Float64Array) => readonly [Float64Array, Float64Array] {
	const { activation, parameters } = cellActivation(step)!;
	const compute = compile([activation.stable, activation.derivative], parameters);
	return (x) => {
		const [value, slope] = compute(x);
		return [value, slope];
	};
}

/** Adds a bias to each row, in place. */
function plus(rows: Float64Array, bias: Float64Array | null): Float64Array {
	if (bias) for (let at = 0; at < rows.length; at++) rows[at] += bias[at % bias.length];
	return rows;
}
