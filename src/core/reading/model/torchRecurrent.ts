import { byDefault, uniformDraw, unknownDraw } from "./draws.ts";
import { Given } from "./given.ts";
import { taken } from "./indexing.ts";
import { hasBatchAt } from "./layout.ts";
import { learnFeatures } from "./learnFeatures.ts";
import type { Machine } from "./machine.ts";
import { beginOf, besideEachOther, cellOf, notFollowedLayer, runCell, SIGMOID, stacked, TANH } from "./recurrence.ts";
import {
	type Arguments,
	booleanThing,
	type GraphNode,
	type Layer,
	listThing,
	NONE,
	numberThing,
	type RecurrentCell,
	type Slot,
	type Thing,
	tensorsIn,
} from "./thing.ts";

/** What `nn.LSTM`, `nn.GRU` and `nn.RNN` are made of: layers over each other, in one direction or both. */
interface Recurrent {
	readonly slots: Readonly<Record<string, Slot>>;
	readonly attributes: readonly (readonly [string, Thing])[];
	readonly apply: NonNullable<Layer["apply"]>;
}

/** Weights and biases of PyTorch's recurrent layers, all of which lie between ±1/√units. */
function drawnBy(units: number | null): (axes: number) => Slot {
	const bound = units === null ? null : 1 / Math.sqrt(units);
	const draw = bound === null ? unknownDraw("the number of units is not known") : uniformDraw(-bound, bound);
	return (axes) => ({ initialisation: byDefault(draw), axes });
}

/** `nn.LSTMCell`, `nn.GRUCell` or `nn.RNNCell`: a recurrent layer along one place; a name of another is undefined. */
function torchCell(name: string, given: Arguments): Recurrent | undefined {
	const of = ({ LSTMCell: "lstm", GRUCell: "gru", RNNCell: "rnn" } as const)[name];
	if (!of) return undefined;
	const a = new Given(given, `input_size hidden_size bias${of === "rnn" ? " nonlinearity" : ""}`);
	const [inputs, outputs, hasBias] = [a.number("input_size"), a.number("hidden_size"), a.truth("bias", true)];
	const kind = a.text("nonlinearity", "tanh");
	const cell = cellOf(of, kind === "relu" ? { ...TANH, activation: "relu" } : TANH, SIGMOID);
	const drawn = drawnBy(outputs);
	const slots: Record<string, Slot> = { weight_ih: drawn(2), weight_hh: drawn(2) };
	if (hasBias !== false) Object.assign(slots, { bias_ih: drawn(1), bias_hh: drawn(1) });
	const { weight_ih: weight, weight_hh: recurrent, bias_ih: bias = null, bias_hh: recurrentBias = null } = slots;
	const size = (key: string, value: number | null) => (value === null ? [] : [[key, numberThing(value)] as const]);
	return {
		slots,
		attributes: [...size("input_size", inputs), ...size("hidden_size", outputs)],
		apply(machine, layer, fed) {
			const { site } = layer;
			const own = new Given(fed, "input hx");
			const input = own.thing("input");
			const refused = (reason: string) => notFollowedLayer(machine, layer, `nn.${name}`, reason, fed);
			if (!cell || hasBias === undefined || !/^(tanh|relu)$/.test(kind ?? "")) return refused("its kind is not known");
			if (input?.kind !== "tensor" || input.node.batch !== 0) return refused("what it is fed is not known");
			const begin = beginOf(of, own.thing("hx"), (state) => state);
			if (begin.kind === "unknown") return refused(begin.reason);
			if (inputs !== null) learnFeatures(machine, input.node, inputs);
			const step = { kind: "reshape", what: "place", how: { to: "unsqueezed", axis: 0 } } as const;
			const { features } = input.node;
			const place = machine.node(() => step, [input.node], site, { suffix: "place", features }).node;
			const weights = { weight: weight!, recurrent: recurrent!, bias, recurrentBias, forget: null }; // They are made above.
			const made = { layer, cell: { cell, inputs, outputs, weights }, begin, reversed: false, suffix: "", site };
			const states = runCell(machine, place, made).states.map((node): Thing => ({ kind: "tensor", node }));
			return states.length === 1 ? states[0]! : listThing(states, true);
		},
	};
}

/** A recurrent layer of PyTorch's, or a cell of one; a name of another is undefined. */
export function torchRecurrent(name: string, given: Arguments): Recurrent | undefined {
	return torchCell(name, given) ?? torchLayers(name, given);
}

function torchLayers(name: string, given: Arguments): Recurrent | undefined {
	const of = ({ LSTM: "lstm", GRU: "gru", RNN: "rnn" } as const)[name];
	if (!of) return undefined;
	const nonlinearity = of === "rnn" ? "nonlinearity " : "";
	const a = new Given(
		given,
		`input_size hidden_size num_layers ${nonlinearity}bias batch_first dropout bidirectional proj_size`,
	);
	const [inputs, units, levels] = [a.number("input_size"), a.number("hidden_size"), a.number("num_layers", 1)];
	const [both, hasBias, rate] = [a.truth("bidirectional", false), a.truth("bias", true), a.number("dropout", 0)];
	const kind = a.text("nonlinearity", "tanh");
	const cell = cellOf(of, kind === "relu" ? { ...TANH, activation: "relu" } : TANH, SIGMOID);
	const isKnown = levels !== null && both !== undefined && hasBias !== undefined && /^(tanh|relu)$/.test(kind ?? "");
	const projected = a.number("proj_size", 0);
	if (!isKnown || !cell || projected === null) {
		const reason = isKnown ? "to how many numbers it projects its state" : "how many layers it has";
		return {
			slots: {},
			attributes: [],
			apply: (machine, layer, fed) => notFollowedLayer(machine, layer, `nn.${name}`, `${reason} is not known`, fed),
		};
	}
	const directions = both ? 2 : 1;
	const outputs = projected === 0 ? units : projected;
	const drawn = drawnBy(units);
	const slots: Record<string, Slot> = {};
	const cells = Array.from({ length: levels }, (_, level) =>
		Array.from({ length: directions }, (_, direction): RecurrentCell => {
			const behind = `l${level}${direction === 1 ? "_reverse" : ""}`;
			const slot = (key: string, axes: number) => (slots[`${key}_${behind}`] = drawn(axes));
			const weights = {
				weight: slot("weight_ih", 2),
				recurrent: slot("weight_hh", 2),
				bias: hasBias ? slot("bias_ih", 1) : null,
				recurrentBias: hasBias ? slot("bias_hh", 1) : null,
				forget: null,
			};
			const before = outputs === null ? null : directions * outputs;
			const projection = projected !== 0 && { projection: { units, slot: slot("weight_hr", 2) } };
			return { cell, inputs: level === 0 ? inputs : before, outputs, weights, ...projection };
		}),
	);
	const size = (value: number | null) => (value === null ? [] : [numberThing(value)]);
	return {
		slots,
		attributes: [
			...size(inputs).map((thing) => ["input_size", thing] as const),
			...size(units).map((thing) => ["hidden_size", thing] as const),
			["proj_size", numberThing(projected)],
			["num_layers", numberThing(levels)],
			["bidirectional", booleanThing(both)],
		],
		apply: (machine, layer, fed) =>
			applied(machine, layer, cells, rate, a.truth("batch_first", false), new Given(fed, "input hx"), fed),
	};
}

/** The values of the last layer, and the states of all. */
function applied(
	machine: Machine,
	layer: Layer,
	cells: readonly (readonly RecurrentCell[])[],
	rate: number | null,
	isFirst: boolean | undefined,
	a: Given,
	given: Arguments,
): Thing {
	const { site } = layer;
	const [input, state] = [a.thing("input"), a.thing("hx")];
	const { of } = cells[0]![0]!.cell;
	const what = `nn.${of.toUpperCase()}`;
	if (input?.kind !== "tensor") {
		const reason = input?.kind === "unknown" ? input.reason : "what it is fed is not known";
		return notFollowedLayer(machine, layer, what, reason, given);
	}
	// What is packed has its batch nowhere.
	if (isFirst !== undefined && !isPacked(input.node) && !hasBatchAt(machine, input.node, isFirst ? 0 : 1)) {
		return notFollowedLayer(machine, layer, what, "it goes along the batch, as batch_first says", given);
	}
	const directions = cells[0]!.length;
	const isSingle = cells.length * directions === 1;
	let value = input.node;
	const states: (readonly GraphNode[])[] = [];
	for (const [level, own] of cells.entries()) {
		const runs = [];
		for (const [direction, cell] of own.entries()) {
			const at = level * directions + direction;
			const begin = beginOf(of, state, (all) => stateAt(machine, all, at, layer));
			if (begin.kind === "unknown") return notFollowedLayer(machine, layer, what, begin.reason, given);
			const suffix = isSingle ? "" : `l${level}${direction === 1 ? "_reverse" : ""}`;
			runs.push(runCell(machine, value, { layer, cell, begin, reversed: direction === 1, suffix, site }));
		}
		const sequences = runs.map(({ sequence }) => sequence);
		states.push(...runs.map((run) => run.states));
		value = directions === 1 ? sequences[0]! : besideEachOther(machine, sequences, layer, `l${level}_directions`);
		if (rate !== 0 && level < cells.length - 1) {
			const step = { kind: "dropout", rate, alpha: false } as const;
			const { features } = value;
			value = machine.node(() => step, [value], site, { layer, suffix: `l${level}_dropout`, features }).node;
		}
	}
	const parts = states[0]!.map((_, part) =>
		stacked(
			machine,
			states.map((each) => each[part]!),
			site,
		),
	);
	return listThing([{ kind: "tensor", node: value }, parts.length === 1 ? parts[0]! : listThing(parts, true)], true);
}

/** What sequences of different lengths are called that lie in one value. */
export const PACKED = "pack_padded_sequence";

function isPacked({ suffix, inputs, step }: GraphNode): boolean {
	return suffix === PACKED || (/^(recurrence|concatenate|dropout)$/.test(step().kind) && inputs.some(isPacked));
}

/** The state of one of several layers, of a value that has them along its first axis. */
function stateAt(machine: Machine, all: GraphNode, at: number, { site }: Layer): GraphNode {
	const known = all.states?.at(at);
	if (known) return known;
	const places = [{ axis: 0, from: at, until: "end", by: 1, keeps: false }] as const;
	return tensorsIn(taken(machine, all, places, [numberThing(at), NONE], site))[0]!; // It is one value.
}
