import { byDefault, ONES } from "./draws.ts";
import { Given } from "./given.ts";
import { activationOf, type Dialect } from "./kerasActivation.ts";
import { initialiserOf } from "./kerasInitialisers.ts";
import type { Machine } from "./machine.ts";
import type { Step } from "./model.ts";
import { binaryOperation } from "./operators.ts";
import {
	beginOf,
	besideEachOther,
	cellOf,
	notFollowedLayer,
	type Run,
	runCell,
	SIGMOID,
	TANH,
	ZERO_STATE,
} from "./recurrence.ts";
import {
	type Arguments,
	type GraphNode,
	type Layer,
	listThing,
	numberThing,
	type RecurrentCell,
	type Site,
	type Slot,
	type Thing,
} from "./thing.ts";

/** What makes a recurrent layer of Keras'. */
interface Recurrent {
	readonly slots?: ReadonlyMap<string, Slot>;
	readonly recurrent?: RecurrentCell;
	readonly apply: NonNullable<Layer["apply"]>;
	readonly steps: () => readonly [];
}

/** The recurrent layer of Keras' of a name; undefined for other layers. */
export function kerasRecurrent(
	machine: Machine,
	name: string,
	given: Arguments,
	dialect: Dialect,
	site: Site,
): Recurrent | undefined {
	const [, kind, isCell] = /^(?:CuDNN)?(LSTM|GRU|SimpleRNN)(Cell)?$/.exec(name) ?? [];
	if (kind) return madeBy(machine, kind as "LSTM" | "GRU" | "SimpleRNN", isCell !== undefined, given, dialect, site);
	if (name === "RNN") {
		const a = new Given(given, "cell return_sequences return_state go_backwards");
		const cell = a.thing("cell");
		if (cell?.kind !== "layer" || !cell.recurrent) return opaque(name, "its cell is not known");
		return around(name, cell.recurrent, cell.slots, a);
	}
	if (name === "Bidirectional") return bothWays(given);
	return undefined;
}

function opaque(what: string, reason: string): Recurrent {
	return { steps: () => [], apply: (machine, layer, given) => notFollowedLayer(machine, layer, what, reason, given) };
}

function madeBy(
	machine: Machine,
	name: "LSTM" | "GRU" | "SimpleRNN",
	isCell: boolean,
	given: Arguments,
	dialect: Dialect,
	site: Site,
): Recurrent {
	const of = ({ LSTM: "lstm", GRU: "gru", SimpleRNN: "rnn" } as const)[name];
	const gates = of === "rnn" ? "" : "recurrent_activation ";
	const order = `units activation ${gates}use_bias kernel_initializer recurrent_initializer bias_initializer`;
	const a = new Given(given, of === "lstm" ? `${order} unit_forget_bias` : order);
	const isScript = dialect === "tfjs";
	if (of === "gru" && a.truth("reset_after", !isScript) !== true) {
		return opaque(name, "a reset gate that works before the product is not followed");
	}
	const stateDropout = a.number("recurrent_dropout", 0);
	if (stateDropout === null) return opaque(name, "how much of the state is dropped is not known");
	const step = (key: string, otherwise: Step): Step =>
		a.has(key) ? (activationOf(machine, a.thing(key), dialect, site) ?? { kind: "identity" }) : otherwise;
	const gate = isScript ? activationOf(machine, { kind: "string", value: "hardSigmoid" }, dialect, site)! : SIGMOID;
	const cell = cellOf(of, step("activation", TANH), step("recurrent_activation", gate));
	if (!cell) return opaque(name, "a function of its cell is not known");
	const slot = (key: string, otherwise: string, axes: number): Slot => {
		const { draw, explicit } = initialiserOf(a.thing(key), otherwise, isScript);
		return { initialisation: { explicit, span: null, draw: draw("plain") }, axes };
	};
	const hasBias = a.truth("use_bias", true);
	const forgets = of === "lstm" ? a.truth("unit_forget_bias", true) : false;
	if (hasBias === undefined || forgets === undefined) return opaque(name, "which biases it has is not known");
	const bias = hasBias ? slot("bias_initializer", "zeros", 1) : null;
	const weights = {
		weight: slot("kernel_initializer", isScript ? "glorot_normal" : "glorot_uniform", 2),
		recurrent: slot("recurrent_initializer", "orthogonal", 2),
		bias,
		// A GRU has one for either part of its sums.
		recurrentBias: of === "gru" ? bias : null,
		forget: hasBias && forgets ? byDefault(ONES) : null,
	};
	const recurrent: RecurrentCell = {
		cell,
		inputs: null,
		outputs: a.number("units"),
		weights,
		...(stateDropout !== 0 && { stateDropout }),
	};
	const slots = new Map<string, Slot>([
		["kernel", weights.weight],
		["recurrent_kernel", weights.recurrent],
		...(bias ? [["bias", bias] as const] : []),
	]);
	if (isCell) return { ...opaque(name, "a cell by itself is not followed"), recurrent, slots };
	return around(name, recurrent, slots, a);
}

/** A cell along the places. */
function around(what: string, recurrent: RecurrentCell, slots: ReadonlyMap<string, Slot>, a: Given): Recurrent {
	const [sequences, state] = [a.truth("return_sequences", false), a.truth("return_state", false)];
	if (sequences === undefined || state === undefined) return opaque(what, "what it gives is not known");
	const backwards = a.truth("go_backwards", false);
	if (backwards === undefined) return opaque(what, "which way it goes is not known");
	// Keras gives them in the order in which they are made, the last place first.
	if (backwards && sequences) return opaque(what, "all places backwards are not followed");
	const gives = { sequences, state, rate: a.number("dropout", 0) };
	const own = { ...recurrent, gives };
	return {
		slots,
		// Both ways around one that goes backwards itself are not followed.
		...(!backwards && { recurrent: own }),
		steps: () => [],
		apply: (machine, layer, given) => {
			const run = runOf(machine, layer, own, gives, given, backwards, "");
			if ("kind" in run) return run;
			const result: Thing = { kind: "tensor", node: gives.sequences ? run.sequence : run.states[0]! };
			return gives.state ? listThing([result, ...run.states.map((node): Thing => ({ kind: "tensor", node }))]) : result;
		},
	};
}

/** A layer and the same once more, whose weights are its own, from the last place to the first. */
function bothWays(given: Arguments): Recurrent {
	const a = new Given(given, "layer merge_mode weights backward_layer");
	const layer = a.thing("layer");
	const recurrent = layer?.kind === "layer" ? layer.recurrent : undefined;
	const gives = recurrent?.gives;
	if (!recurrent || !gives) return opaque("Bidirectional", "the layer that goes both ways is not followed");
	if (a.has("backward_layer") && a.thing("backward_layer")!.kind !== "none") {
		return opaque("Bidirectional", "a layer of its own for the way back is not followed");
	}
	const mode = a.text("merge_mode", "concat");
	const copy = (slot: Slot | null) => slot && { ...slot };
	const { weight, recurrent: ofState, bias, recurrentBias } = recurrent.weights;
	const copyOf = (): RecurrentCell => ({
		...recurrent,
		weights: {
			...recurrent.weights,
			weight: { ...weight },
			recurrent: { ...ofState },
			bias: copy(bias),
			recurrentBias: copy(recurrentBias),
		},
	});
	const [forward, backward] = [copyOf(), copyOf()];
	const slotsOf = ({ weights }: RecurrentCell, way: string): [string, Slot][] => [
		[`${way}.kernel`, weights.weight],
		[`${way}.recurrent_kernel`, weights.recurrent],
		...(weights.bias ? [[`${way}.bias`, weights.bias] as [string, Slot]] : []),
	];
	return {
		slots: new Map([...slotsOf(forward, "forward"), ...slotsOf(backward, "backward")]),
		steps: () => [],
		apply: (machine, own, fed) => {
			const runs: Run[] = [];
			for (const [cell, reversed, suffix] of [
				[forward, false, "forward"],
				[backward, true, "backward"],
			] as const) {
				const run = runOf(machine, own, cell, gives, fed, reversed, suffix);
				if ("kind" in run) return run;
				runs.push(run);
			}
			const nodes = runs.map(({ sequence, states }) => (gives.sequences ? sequence : states[0]!));
			const result = merged(machine, own, mode, nodes);
			if (!gives.state || result.kind === "list") return result;
			const states = runs.flatMap((run) => run.states.map((node): Thing => ({ kind: "tensor", node })));
			return listThing([result, ...states]);
		},
	};
}

function merged(machine: Machine, layer: Layer, mode: string | null, nodes: readonly GraphNode[]): Thing {
	const [a, b] = nodes.map((node): Thing => ({ kind: "tensor", node }));
	const { site } = layer;
	switch (mode) {
		case "concat":
			return { kind: "tensor", node: besideEachOther(machine, nodes, layer, "concatenate") };
		case "sum":
			return binaryOperation(machine, "+", a!, b!, site);
		case "mul":
			return binaryOperation(machine, "*", a!, b!, site);
		case "ave":
			return binaryOperation(machine, "*", binaryOperation(machine, "+", a!, b!, site), numberThing(0.5), site);
		default:
			return machine.unknownNode("Bidirectional", "how both ways are merged is not known", [a!, b!], site);
	}
}

/** A cell along what a layer is fed; the layer as one that is not followed where that is not known. */
function runOf(
	machine: Machine,
	layer: Layer,
	cell: RecurrentCell,
	{ rate }: NonNullable<RecurrentCell["gives"]>,
	given: Arguments,
	reversed: boolean,
	suffix: string,
): Run | Thing {
	const a = new Given(given, "sequences");
	const input = a.thing("sequences") ?? given.named.get("inputs");
	const what = layer.type.slice(layer.type.lastIndexOf(".") + 1);
	if (input?.kind !== "tensor") return notFollowedLayer(machine, layer, what, "what it is fed is not known", given);
	const state = given.named.get("initial_state") ?? given.positional[1];
	// Both ways have a part of the state each.
	const own =
		state?.kind === "list" && layer.type.endsWith("Bidirectional")
			? reversed
				? listThing(state.items.slice(state.items.length / 2))
				: listThing(state.items.slice(0, state.items.length / 2))
			: state;
	const isOne = cell.cell.of !== "lstm" && own?.kind === "list" && own.items.length === 1;
	const begin = own === undefined ? ZERO_STATE : beginOf(cell.cell.of, isOne ? own.items[0] : own, (node) => node);
	if (begin.kind === "unknown") return notFollowedLayer(machine, layer, what, begin.reason, given);
	let fed = input.node;
	if (rate !== 0) {
		const step = { kind: "dropout", rate, alpha: false } as const;
		const behind = suffix === "" ? "dropout" : `${suffix}.dropout`;
		fed = machine.node(() => step, [fed], layer.site, { layer, suffix: behind, features: fed.features }).node;
	}
	return runCell(machine, fed, { layer, cell, begin, reversed, suffix, site: layer.site });
}
