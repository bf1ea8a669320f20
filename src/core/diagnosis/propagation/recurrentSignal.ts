import type { CellActivation } from "../../reading/model/model.ts";
import { type Memory, meanOfPairs, meanSquare, type Passage, productOf, type Signal } from "./signal.ts";
import { type Drawn, type RecurrentStep, unitsOf } from "./weights.ts";

/** How a cell's weights and biases are drawn; the weights around 0. */
export interface CellDraws {
	readonly weight: Drawn;
	readonly recurrent: Drawn;
	readonly bias: Drawn;
	readonly recurrentBias: Drawn;
	/** An LSTM's bias for what is forgotten. */
	readonly forget: Drawn;
	/** What makes the state of the units, where it is not these. */
	readonly projection: Drawn | null;
}

/** What comes to a cell's gradients from those by what it gives, each a factor of the square of a norm. */
export interface CellBack {
	/** By what comes in, and by each part of the state that it begins with. */
	readonly inputs: readonly number[];
	/** By the weights, for squares of the norm over all samples. */
	readonly weights: number;
	/** Share of pairs of places whose gradients by what comes in come from one number. */
	readonly sharing: number;
}

/** A signal through a cell, and gradients back. */
export interface CellPassage {
	/** Over all places. */
	readonly signal: Signal;
	/** At the last that it comes to. */
	readonly last: Signal;
	/** Of gradients that are independent from place to place. */
	readonly apart: CellBack;
	/** Of those that are the same at all places. */
	readonly alike: CellBack;
	/** What two places' gradients by what comes in have in common, of what those by what it gives have. */
	readonly common: number;
	/** Of a gradient that comes to one place alone. */
	readonly at: (place: number) => CellBack;
}

/** Moments of a value and its slope at one place, and of those at two. */
interface Moments {
	readonly square: number;
	readonly slope: number;
}

interface Known {
	readonly signal: Signal;
	/** At one place. */
	readonly one: Moments;
	/** The mean product of those at two. */
	readonly two: Moments;
}

/** What a place gives to the one before it, on the way back. */
interface Back {
	/** By the sums of all gates, and of those parts that the state makes. */
	readonly sums: number;
	readonly ofState: number;
	/** By the state before, but for what comes through the sums. */
	readonly kept: number;
	/** What that has in common with the gradient that all places have. */
	readonly lean: number;
	/** By what a unit keeps from place to place. */
	readonly held: number;
}

const NOTHING: Back = { sums: 0, ofState: 0, kept: 0, lean: 0, held: 0 };

/** A cell at one place: the state behind it, and the way back to the one before. */
interface Turn {
	/** The hidden state, then an LSTM's inner one. */
	readonly states: readonly Signal[];
	/** What of a state's unit the next place keeps, in the mean. */
	readonly keeps: number;
	/** What two places' sums have in common of what the gradients by what a unit keeps have. */
	readonly pairs: Pick<Back, "sums" | "ofState">;
	/** `through` is what comes to the state behind it by the next place's sums. */
	readonly back: (own: number, common: number, next: Back, through: number, moments: "one" | "two") => Back;
}

/**
 * A signal along `places` through a cell whose weights are taken as drawn anew at each place, as wide ones behave (Chen et
 * al. 2018, Dynamical isometry and a mean field theory of RNNs), and the square of the gradient back through them. Gates
 * are independent of each other; a unit's bias and what of the input is the same at all places are not, and add up in
 * what a unit keeps.
 */
export function throughCell(
	step: RecurrentStep,
	draws: CellDraws,
	input: Signal,
	begin: readonly Signal[],
	places: number,
	passage: (activation: CellActivation, signal: Signal) => Passage,
): CellPassage {
	const inputs = step.inputs!;
	const { of } = step.cell;
	// What is left of the state by dropout is as much larger.
	const outputs = step.outputs! / (1 - (step.stateDropout ?? 0));
	const state = outputs * draws.recurrent.variance;
	/** What of the units' squares comes to the state, and of the gradient's by the state to the units. */
	const projected = draws.projection ? unitsOf(step)! * draws.projection.variance : null;
	const sum = (signal: Signal, by: number, bias: Drawn): Signal => ({
		mean: bias.mean,
		variance: by * meanSquare(signal) + bias.variance,
		within: by * signal.within,
	});
	const known = (activation: CellActivation, signal: Signal): Known => knownOf(passage(activation, signal));
	const zero: Signal = { mean: 0, variance: 0, within: 0 };
	const run = (input: Signal): Forward => {
		const fed = (bias: Drawn) => sum(input, inputs * draws.weight.variance, bias);
		const turns: CellTurn[] = [];
		const [gives, before]: [Signal[], Signal[]] = [[], []];
		let states: readonly Signal[] = of === "lstm" ? [begin[0] ?? zero, begin[1] ?? zero] : [begin[0] ?? zero];
		/** What the state before has in common with what is new, of a unit. */
		let common = NOTHING_COMMON;
		let settled: CellTurn | null = null;
		/** What two places' sums have in common, of those beside each other. */
		const beside = { near: inputs * draws.weight.variance * near.near, keeps: near.keeps };
		for (let t = 0; t < places; t++) {
			const [hidden] = states;
			before.push(hidden);
			const own = (bias: Drawn) => sum(hidden, state, bias);
			const both = (bias = draws.bias) => added(fed(bias), own(draws.recurrentBias));
			const turn: CellTurn =
				settled ??
				(of === "rnn"
					? plainTurn(known(step.cell.activation, both()))
					: of === "gru"
						? updateTurn(step, hidden, both(), fed(draws.bias), own(draws.recurrentBias), common, beside, known)
						: memoryTurn(step, states[1], both(), both(draws.forget), common, beside, projected, known));
			turns.push(turn);
			// Behind some places all are alike.
			if (!settled && isSame(turn, { states, common })) settled = turn;
			({ states, common } = turn);
			gives.push(states[step.gives === "cell" ? 1 : 0]);
		}
		return { turns, gives, before };
	};
	// What differs from place to place, and what from sample to sample, where that is not the same.
	const near = input.memory ?? { near: 0, keeps: 0 };
	const nearPairs = meanOfPairs(near, places);
	const sharedIn = Math.max(0, (input.shared ?? 0) - nearPairs);
	const { turns, gives, before } = run({ ...input, within: input.within - sharedIn });
	const bySamples = sharedIn > 0 ? run(input).gives : gives;
	const inCommon = meanSquare(input) - input.within + sharedIn;
	const way = (own: (t: number) => number, shared: number, moments: "one" | "two"): CellBack => {
		let next = NOTHING;
		let [sums, weights, shares] = [0, 0, 0];
		/** What the places behind hold that this one has a part in: of gradients, of them times states, and times inputs. */
		let [heldBehind, statesBehind, inputsBehind] = [0, 0, 0];
		for (let t = places - 1; t >= 0; t--) {
			const turn = turns[t];
			const keeps = t + 1 < places ? turns[t + 1].keeps : 0;
			heldBehind = keeps * (heldBehind + next.held);
			statesBehind = keeps * turn.keeps * (statesBehind + next.held);
			inputsBehind = keeps * (near.keeps * inputsBehind + next.held);
			const through = state * next.ofState;
			next = turn.back(own(t), shared, next, through, moments);
			sums += next.sums;
			const stateCommon = meanSquare(before[t]) - before[t].within;
			weights +=
				moments === "one"
					? next.sums * inputs * meanSquare(input) + next.ofState * outputs * meanSquare(before[t])
					: next.sums * inputs * (inCommon + nearPairs) + next.ofState * outputs * stateCommon;
			if (shared > 0) continue;
			shares += 2 * turn.pairs.sums * heldBehind;
			weights += 2 * inputs * turn.pairs.sums * (inCommon * heldBehind + near.near * inputsBehind);
			weights += 2 * outputs * turn.pairs.ofState * (stateCommon * heldBehind + before[t].within * statesBehind);
		}
		const byState = [state * next.ofState + (of === "gru" ? next.kept : 0), ...(of === "lstm" ? [next.kept] : [])];
		return {
			inputs: [inputs * draws.weight.variance * sums, ...(begin.length > 0 ? byState : [])].map((by) => by / places),
			weights: weights / places,
			sharing: places > 1 && sums > 0 ? Math.min(1, shares / sums / (places - 1)) : 0,
		};
	};
	const apart = way(() => 1, 0, "one");
	const pairs = way(() => 1, 1, "two");
	const alike = way(() => 1, 1, "one");
	return {
		signal: overPlaces(gives, bySamples, turns),
		last: overPlaces(gives.slice(-1), bySamples.slice(-1), turns),
		apart,
		// Over samples only what comes in, not the way back, is common to all.
		alike: { ...alike, weights: alike.weights + (places - 1) * pairs.weights },
		common: pairs.inputs[0],
		at: (place) => {
			const alone = way((t) => (t === (step.reversed ? places - 1 - place : place) ? places : 0), 0, "one");
			return alone;
		},
	};
}

function knownOf({ signal, slopeSquare, slopeProduct }: Passage): Known {
	const square = meanSquare(signal);
	return {
		signal,
		one: { square, slope: slopeSquare },
		two: { square: square - signal.within, slope: slopeProduct },
	};
}

function added(a: Signal, b: Signal): Signal {
	return { mean: a.mean + b.mean, variance: a.variance + b.variance, within: a.within + b.within };
}

/** Two values that have `common` of their variances together. */
function joined(a: Signal, b: Signal, { always, near }: Common, by: number): Signal {
	const sum = added(a, b);
	return { ...sum, variance: sum.variance + 2 * by * (always + near), within: sum.within + 2 * by * near };
}

type CellTurn = Turn & { readonly common: Common };

/** What the state before has in common with what is new, of a unit: at any place, and for what its neighbours share. */
interface Common {
	readonly always: number;
	readonly near: number;
}

const NOTHING_COMMON: Common = { always: 0, near: 0 };

/** The same one place further: of the state `keeps` is left, of what was new `enters`. */
function further(common: Common, fresh: Known, keeps: number, enters: number, beside: Memory): Common {
	return {
		always: keeps * common.always + enters * betweenPlaces(fresh.signal),
		near: beside.keeps * keeps * common.near + enters * fresh.two.slope * beside.near,
	};
}

/** Relative change from place to place that is none. */
const SETTLED = 1e-10;

function isSame(a: Pick<CellTurn, "states" | "common">, b: Pick<CellTurn, "states" | "common">): boolean {
	const numbers = ({ states, common }: typeof a) => [
		...states.flatMap(({ mean, variance, within }) => [mean, variance, within]),
		common.always,
		common.near,
	];
	const [one, other] = [numbers(a), numbers(b)];
	const scale = Math.max(...one.map(Math.abs));
	return one.every((value, k) => Math.abs(value - other[k]) <= SETTLED * scale);
}

/** What a signal does on its way along the places, in their order. */
interface Forward {
	readonly turns: readonly CellTurn[];
	readonly gives: readonly Signal[];
	readonly before: readonly Signal[];
}

/** h = f(z). */
function plainTurn(value: Known): CellTurn {
	return {
		states: [value.signal],
		keeps: 0,
		pairs: { sums: 0, ofState: 0 },
		common: NOTHING_COMMON,
		back: (own, _, __, through, moments) => {
			const sums = (own + through) * value[moments].slope;
			return { sums, ofState: sums, kept: 0, lean: 0, held: 0 };
		},
	};
}

/** h = (1 − u)·n + u·h, n = f(z + r·s) with s the state's part of the sum. */
function updateTurn(
	{ cell }: RecurrentStep,
	before: Signal,
	both: Signal,
	fed: Signal,
	own: Signal,
	common: Common,
	beside: Memory,
	known: (activation: CellActivation, signal: Signal) => Known,
): CellTurn {
	const [reset, update] = [known(cell.gate, both), known(cell.gate, both)];
	const fresh = known(cell.activation, added(fed, productOf(reset.signal, own)));
	const kept = update.signal;
	// 1 − u has the variance of u.
	const left: Signal = { ...kept, mean: 1 - kept.mean };
	const both2 = kept.mean * left.mean - kept.variance;
	const together = common.always + common.near + before.mean * fresh.signal.mean;
	const square =
		meanSquare(left) * meanSquare(fresh.signal) + meanSquare(kept) * meanSquare(before) + 2 * both2 * together;
	const parts = added(productOf(left, fresh.signal), productOf(kept, before));
	const mean = parts.mean;
	const within = Math.min(parts.within + 2 * both2 * common.near, square - mean * mean);
	const signal = { mean, variance: square - mean * mean, within };
	const stateSquare = { one: meanSquare(own), two: meanSquare(own) - own.within };
	const difference = {
		one: fresh.one.square + meanSquare(before) - 2 * together,
		two: fresh.two.square + meanSquare(before) - before.within - 2 * together,
	};
	const leftSquare = { one: meanSquare(left), two: meanSquare(left) - left.within };
	const keeps = Math.sqrt(update.two.square);
	const pairsFresh = leftSquare.two * fresh.two.slope;
	const pairsGates = Math.max(0, difference.two) * update.two.slope + pairsFresh * stateSquare.two * reset.two.slope;
	return {
		states: [signal],
		keeps: kept.mean,
		pairs: { sums: pairsFresh + pairsGates, ofState: pairsFresh * reset.two.square + pairsGates },
		common: further(common, fresh, kept.mean, left.mean, beside),
		back: (ext, shared, next, through, moments) => {
			const hidden = ext + through + next.kept + 2 * next.lean;
			const byFresh = hidden * leftSquare[moments] * fresh[moments].slope;
			const byUpdate = hidden * Math.max(0, difference[moments]) * update[moments].slope;
			const byReset = byFresh * stateSquare[moments] * reset[moments].slope;
			return {
				sums: byFresh + byUpdate + byReset,
				ofState: byFresh * reset[moments].square + byUpdate + byReset,
				kept: hidden * update[moments].square,
				lean: keeps * (shared + next.lean),
				held: hidden,
			};
		},
	};
}

/** c = f·c + i·g, h = o·a(c), or a projection of that. */
function memoryTurn(
	{ cell, gives }: RecurrentStep,
	before: Signal,
	both: Signal,
	forgetting: Signal,
	common: Common,
	beside: Memory,
	projected: number | null,
	known: (activation: CellActivation, signal: Signal) => Known,
): CellTurn {
	const gate = known(cell.gate, both);
	const [comes, output, forget] = [gate, gate, known(cell.gate, forgetting)];
	const fresh = known(cell.activation, both);
	const kept = productOf(forget.signal, before);
	const entered = productOf(comes.signal, fresh.signal);
	const memory = joined(kept, entered, common, forget.signal.mean * comes.signal.mean);
	const bent = known(cell.activation, memory);
	const memorySquare = { one: meanSquare(before), two: meanSquare(before) - before.within };
	const [lets, keeps] = [Math.sqrt(output.two.square * bent.two.slope), Math.sqrt(forget.two.square)];
	/** The sums of all gates but that of the output, for one of what is kept. */
	const byInner = (moments: "one" | "two") =>
		memorySquare[moments] * forget[moments].slope +
		fresh[moments].square * comes[moments].slope +
		comes[moments].square * fresh[moments].slope;
	const given = productOf(output.signal, bent.signal);
	const by = projected ?? 1;
	return {
		states: [projected === null ? given : projection(given, projected), memory],
		keeps: forget.signal.mean,
		pairs: { sums: byInner("two"), ofState: byInner("two") },
		common: further(common, fresh, forget.signal.mean, comes.signal.mean, beside),
		back: (ext, shared, next, through, moments) => {
			const isInner = gives === "cell";
			const hidden = ((isInner ? 0 : ext) + through) * by;
			const direct = hidden * output[moments].square * bent[moments].slope;
			const inner = direct + (isInner ? ext : 0) + next.kept + 2 * (isInner ? 1 : lets) * next.lean;
			const sums = hidden * bent[moments].square * output[moments].slope + inner * byInner(moments);
			return {
				sums,
				ofState: sums,
				kept: inner * forget[moments].square,
				lean: keeps * ((isInner ? 1 : lets * by) * shared + next.lean),
				held: inner,
			};
		},
	};
}

/** A signal through weights around 0. */
function projection(signal: Signal, by: number): Signal {
	return { mean: 0, variance: by * meanSquare(signal), within: by * signal.within };
}

/** What a unit shows alike at all places. */
function betweenPlaces({ variance, within }: Signal): number {
	return variance - within;
}

/**
 * All places' signals as one, by what differs from place to place and by what from sample to sample: what neighbours keep
 * of each other's is what places have in common.
 */
function overPlaces(signals: readonly Signal[], bySamples: readonly Signal[], turns: readonly Turn[]): Signal {
	const count = signals.length;
	const average = (of: (signal: Signal, t: number) => number) =>
		signals.reduce((all, one, t) => all + of(one, t), 0) / count;
	const [mean, square] = [average((one) => one.mean), average(meanSquare)];
	const apart = average(({ within }) => within);
	const within = average(({ variance }, t) => {
		const whole = bySamples[t];
		return whole.variance > 0 ? (variance * whole.within) / whole.variance : 0;
	});
	let [pairs, kept] = [0, 0];
	signals.forEach((_, t) => {
		if (t === 0) return;
		kept = turns[t].keeps * (kept + signals[t - 1].within);
		pairs += 2 * kept;
	});
	const near = count > 1 ? pairs / (count * (count - 1)) : 0;
	const shared = Math.min(Math.max(0, within - apart) + near, within);
	const { keeps } = turns[turns.length - 1];
	const memory = near > 0 && { memory: { near: keeps * apart, keeps } };
	return { mean, variance: square - mean * mean, within, ...(shared > 0 && { shared }), ...memory };
}
