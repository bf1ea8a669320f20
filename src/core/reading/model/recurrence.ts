import { taken } from "./indexing.ts";
import { learnFeatures } from "./learnFeatures.ts";
import type { Machine } from "./machine.ts";
import type { Cell, Initialisation, Step } from "./model.ts";
import { givenBy } from "./shapes.ts";
import {
	type Arguments,
	constantOf,
	type GraphNode,
	isData,
	type Layer,
	NONE,
	numberThing,
	type RecurrentCell,
	type Site,
	type Slot,
	settled,
	type Thing,
	tensorsIn,
	type Unknown,
	unknown,
} from "./thing.ts";

/** The state that a recurrent layer begins with: an LSTM's has two parts. */
export type Begin =
	| { readonly kind: "zero" | "data" }
	| { readonly kind: "given"; readonly states: readonly GraphNode[] };

export const ZERO_STATE: Begin = { kind: "zero" };

/** A direction of a recurrent layer. */
interface Direction {
	readonly layer: Layer;
	readonly cell: RecurrentCell;
	readonly begin: Begin;
	readonly reversed: boolean;
	readonly suffix: string;
	readonly site: Site;
}

/** What a cell gives at each place, and its state behind the last: an LSTM's has two parts. */
export interface Run {
	readonly sequence: GraphNode;
	readonly states: readonly GraphNode[];
}

/** A cell along the places of a value, [places][features]. */
export function runCell(machine: Machine, fed: GraphNode, direction: Direction): Run {
	const { layer, cell, begin, reversed, suffix, site } = direction;
	const inputs = [fed, ...(begin.kind === "given" ? begin.states : [])];
	if (cell.inputs !== null) learnFeatures(machine, fed, cell.inputs);
	const along = (gives: "hidden" | "cell") => {
		const step = () => stepOf(cell, fed.features, begin, reversed, gives);
		const features = givenBy(step());
		return machine.node(step, inputs, site, { layer, suffix, features, batch: fed.batch }).node;
	};
	const last = (node: GraphNode) => {
		const from = reversed ? 0 : -1;
		const places = [{ axis: 0, from, until: "end", by: 1, keeps: false }] as const;
		const state = taken(machine, node, places, [numberThing(from), NONE], site);
		return tensorsIn(state)[0]!; // It is one value.
	};
	const sequence = along("hidden");
	return { sequence, states: [sequence, ...(cell.cell.of === "lstm" ? [along("cell")] : [])].map(last) };
}

function stepOf(
	{ cell, inputs, outputs, weights, projection, stateDropout }: RecurrentCell,
	fed: number | null,
	begin: Begin,
	reversed: boolean,
	gives: "hidden" | "cell",
): Extract<Step, { kind: "recurrence" }> {
	const drawn = (slot: Slot | null): Initialisation | null => slot && settled(slot).initialisation;
	return {
		kind: "recurrence",
		cell,
		inputs: inputs ?? fed,
		outputs,
		reversed,
		gives,
		begins: begin.kind,
		weight: settled(weights.weight).initialisation,
		bias: drawn(weights.bias),
		recurrent: settled(weights.recurrent).initialisation,
		recurrentBias: drawn(weights.recurrentBias),
		forget: weights.forget,
		...(projection && {
			projection: { units: projection.units, weight: settled(projection.slot).initialisation },
		}),
		...(stateDropout !== undefined && { stateDropout }),
	};
}

/** The functions that cells have where nothing else is said. */
export const TANH = { kind: "activation", activation: "tanh", parameters: {} } as const;
export const SIGMOID = { kind: "activation", activation: "sigmoid", parameters: {} } as const;

/** A cell by the steps of its functions; null where one of them is not known. */
export function cellOf(of: Cell["of"], activation: Step, gate: Step, drawnByGate = false): Cell | null {
	const isFunction = (step: Step): step is Cell["activation"] =>
		/^(activation|own-activation|identity)$/.test(step.kind);
	return isFunction(activation) && isFunction(gate) ? { of, activation, gate, drawnByGate } : null;
}

/**
 * The state that is given as two values, one, or none; unknown where it is not followed. `statesIn` lists the parts that a
 * value of several layers has for one of them.
 */
export function beginOf(
	of: Cell["of"],
	given: Thing | undefined,
	stateIn: (value: GraphNode) => GraphNode,
): Begin | Unknown {
	if (given === undefined || given.kind === "none") return ZERO_STATE;
	if (given.kind === "tensor" && isData(given.node)) return { kind: "data" };
	const parts = of === "lstm" ? (given.kind === "list" && !given.open ? given.items : []) : [given];
	if (parts.length === 0) return unknown("the state that it begins with is not known");
	const kinds = parts.map((part) => {
		if (constantOf(part) === 0) return "zero";
		return part.kind === "tensor" ? (isData(part.node) ? "data" : "given") : "unknown";
	});
	const [first] = kinds;
	if (first === "unknown" || kinds.some((kind) => kind !== first)) {
		return unknown("the state that it begins with is not known");
	}
	return first === "given"
		? { kind: "given", states: parts.flatMap((part) => tensorsIn(part).map(stateIn)) }
		: { kind: first! };
}

/** The states of layers over each other as one value, [layers][batch][features]. */
export function stacked(machine: Machine, states: readonly GraphNode[], site: Site): Thing {
	const rows = states.map((state) => {
		const step = { kind: "reshape", what: "state", how: { to: "unsqueezed", axis: 0 } } as const;
		return machine.node(() => step, [state], site, {
			suffix: "state",
			features: state.features,
			batch: 1,
			states: [state],
		});
	});
	if (rows.length === 1) return rows[0]!;
	const nodes = rows.map(({ node }) => node);
	const features = states[0]!.features;
	const step = { kind: "concatenate", axis: 0 } as const;
	return machine.node(() => step, nodes, site, { suffix: "state", features, batch: 1, states });
}

/** Two directions' values beside each other. */
export function besideEachOther(
	machine: Machine,
	nodes: readonly GraphNode[],
	layer: Layer,
	suffix: string,
): GraphNode {
	const sizes = nodes.map(({ features }) => features);
	const features = sizes.includes(null) ? null : sizes.reduce((all, size) => all! + size!, 0);
	return machine.node(() => ({ kind: "concatenate", axis: -1 }), nodes, layer.site, { layer, suffix, features }).node;
}

/** A layer that is not followed, fed by all that it is given. */
export function notFollowedLayer(
	machine: Machine,
	layer: Layer,
	what: string,
	reason: string,
	given: Arguments,
): Thing {
	const things = [...given.positional, ...given.named.values()];
	const inputs = [...new Set(things.flatMap((thing) => tensorsIn(thing)))];
	return machine.node(() => ({ kind: "unknown", what, reason }), inputs, layer.site, { layer });
}
