import { resolveName } from "../../activations/libraries/resolve.ts";
import { byDefault, scaledDraw, unknownDraw, ZEROS } from "./draws.ts";
import { Given } from "./given.ts";
import { activationStep } from "./layerSteps.ts";
import type { Machine } from "./machine.ts";
import type { Step } from "./model.ts";
import {
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
	type Layer,
	listThing,
	positional,
	type RecurrentCell,
	type Slot,
	type SlotOf,
	type Thing,
} from "./thing.ts";

/** What makes a recurrent layer of Flax'. */
interface Recurrent {
	readonly slots: ReadonlyMap<string, Slot>;
	readonly recurrent?: RecurrentCell;
	readonly apply: NonNullable<Layer["apply"]>;
}

/**
 * The recurrent cell of a name, or what goes along places with one; undefined for other layers. `slotOf` makes the slot of
 * an initialiser.
 */
export function flaxRecurrent(name: string, given: Arguments, isNnx: boolean, slotOf: SlotOf): Recurrent | undefined {
	const of = ({ LSTMCell: "lstm", OptimizedLSTMCell: "lstm", GRUCell: "gru", SimpleCell: "rnn" } as const)[
		name as "LSTMCell"
	];
	if (of) return cell(name, of, given, isNnx, slotOf);
	if (name === "RNN") return around(given);
	return name === "Bidirectional" ? bothWays(given) : undefined;
}

function opaque(what: string, reason: string): Recurrent {
	return {
		slots: new Map(),
		apply: (machine, layer, fed) => notFollowedLayer(machine, layer, `nn.${what}`, reason, fed),
	};
}

function cell(name: string, of: "lstm" | "gru" | "rnn", given: Arguments, isNnx: boolean, slotOf: SlotOf): Recurrent {
	const gates = of === "rnn" ? "" : "gate_fn ";
	const a = new Given(
		given,
		isNnx
			? "in_features hidden_features"
			: `features ${gates}activation_fn kernel_init recurrent_kernel_init bias_init dtype param_dtype carry_init residual`,
	);
	if (a.truth("residual", false) !== false) return opaque(name, "a cell that adds its state is not followed");
	const made = cellOf(
		of,
		functionOf(a, "activation_fn", TANH),
		functionOf(a, "gate_fn", SIGMOID),
		!isFused(name, isNnx),
	);
	if (!made) return opaque(name, "a function of its cell is not known");
	const bias = slotOf(a.thing("bias_init"), () => ZEROS, 1);
	// Of a GRU's biases for the state linen has only one, which is 0 where nothing is said.
	const isPlain = of !== "gru" || isNnx || bias.initialisation.draw.kind === "zeros";
	const weights = {
		weight: slotOf(a.thing("kernel_init"), () => scaledDraw(1, "in", "truncated-normal"), 2),
		recurrent: slotOf(a.thing("recurrent_kernel_init"), () => ({ kind: "orthogonal", gain: 1 }), 2),
		bias: isPlain ? bias : { ...bias, initialisation: byDefault(unknownDraw("biases for the state are not followed")) },
		recurrentBias: null,
		forget: null,
	};
	const [inputs, outputs] = [isNnx ? a.number("in_features") : null, a.number(isNnx ? "hidden_features" : "features")];
	return {
		...opaque(name, "a cell by itself is not followed"),
		recurrent: { cell: made, inputs, outputs, weights },
		slots: new Map([
			["kernel", weights.weight],
			["recurrent_kernel", weights.recurrent],
			["bias", weights.bias],
		]),
	};
}

/** Whether all gates' weights are one matrix, of which an orthogonal draw makes rows that are. */
function isFused(name: string, isNnx: boolean): boolean {
	return name === "SimpleCell" || (isNnx && name !== "LSTMCell");
}

function functionOf(a: Given, key: string, otherwise: Step): Step {
	const thing = a.thing(key);
	if (thing === undefined) return otherwise;
	const entry = thing.kind === "library" ? resolveName(thing.name) : undefined;
	return entry ? activationStep(entry, positional()) : { kind: "unknown", what: key, reason: "it is not known here" };
}

/** A cell along the places. */
function around(given: Arguments): Recurrent {
	const a = new Given(given, "cell");
	const layer = a.thing("cell");
	const recurrent = layer?.kind === "layer" ? layer.recurrent : undefined;
	if (layer?.kind !== "layer" || !recurrent) return opaque("RNN", "its cell is not known");
	const [state, back, ordered] = [
		a.truth("return_carry", false),
		a.truth("reverse", false),
		a.truth("keep_order", false),
	];
	if (
		state === undefined ||
		back === undefined ||
		(back && ordered !== true) ||
		a.truth("time_major", false) !== false
	) {
		return opaque("RNN", "which way it goes, or what it gives, is not followed");
	}
	return {
		slots: layer.slots,
		recurrent: { ...recurrent, gives: { sequences: true, state, rate: 0 } },
		apply: (machine, own, fed) => {
			const run = runOf(machine, own, recurrent, fed, back, "");
			if ("kind" in run) return run;
			const sequence: Thing = { kind: "tensor", node: run.sequence };
			return state || fed.named.get("return_carry")?.kind === "boolean"
				? withState(run, sequence, fed, state)
				: sequence;
		},
	};
}

/** The state and the values: Flax' LSTM has its inner state first. */
function withState(run: Run, sequence: Thing, given: Arguments, otherwise: boolean): Thing {
	const asked = given.named.get("return_carry");
	if (asked?.kind === "boolean" ? !asked.value : !otherwise) return sequence;
	const states = run.states.map((node): Thing => ({ kind: "tensor", node })).reverse();
	return listThing([states.length === 1 ? states[0]! : listThing(states, true), sequence], true);
}

/** Two layers, of which one goes from the last place to the first. */
function bothWays(given: Arguments): Recurrent {
	const a = new Given(given, "forward_rnn backward_rnn merge_fn");
	const layers = [a.thing("forward_rnn"), a.thing("backward_rnn")].flatMap((each) =>
		each?.kind === "layer" && each.recurrent?.gives ? [each] : [],
	);
	const [forward, backward] = layers;
	if (!forward || !backward || a.has("merge_fn") || a.truth("return_carry", false) !== false) {
		return opaque("Bidirectional", "how both ways are merged is not followed");
	}
	return {
		slots: new Map(
			layers.flatMap(({ slots }, k) =>
				[...slots].map(([key, slot]): [string, Slot] => [`${k === 0 ? "forward" : "backward"}.${key}`, slot]),
			),
		),
		apply: (machine, own, fed) => {
			const runs: Run[] = [];
			for (const [k, { recurrent }] of [forward, backward].entries()) {
				const run = runOf(machine, own, recurrent!, fed, k === 1, k === 0 ? "forward" : "backward");
				if ("kind" in run) return run;
				runs.push(run);
			}
			const nodes = runs.map(({ sequence }) => sequence);
			return { kind: "tensor", node: besideEachOther(machine, nodes, own, "concatenate") };
		},
	};
}

function runOf(
	machine: Machine,
	layer: Layer,
	cell: RecurrentCell,
	given: Arguments,
	reversed: boolean,
	suffix: string,
): Run | Thing {
	const [input] = given.positional;
	const begin = given.named.get("initial_carry");
	const isZero = begin === undefined || begin.kind === "none";
	if (input?.kind !== "tensor" || !isZero) {
		const reason = isZero ? "what it is fed is not known" : "the state that it begins with is not followed";
		return notFollowedLayer(machine, layer, "nn.RNN", reason, given);
	}
	return runCell(machine, input.node, { layer, cell, begin: ZERO_STATE, reversed, suffix, site: layer.site });
}
