import { type SyntaxNode, textOf } from "../code/node.ts";
import type { Machine } from "./machine.ts";
import type { SizeOf, Taken } from "./model.ts";
import { axisOfSample } from "./rearrangements.ts";
import { type GraphNode, type Names, NONE, numberOf, numberThing, type Site, type Thing } from "./thing.ts";

/** One index between the brackets: a place, or places from one to before another. */
interface Index {
	readonly from: Thing;
	readonly until: Thing;
	readonly by: number;
	readonly keeps: boolean;
	/** Whether the places are listed. */
	readonly isListed?: true;
}

/** What stands between the brackets: places along axes, with their bounds, and new axes among those that stay. */
export interface Places {
	readonly along: readonly Taken[];
	/** Two for each axis. */
	readonly sizes: readonly Thing[];
	readonly added: readonly number[];
	/** Whether the only sample is taken, so that its axis is gone. */
	readonly isSample: boolean;
}

/** `value[index, …]`: places along axes, by numbers and slices; what is taken by something else is not followed. */
export function indexed(
	machine: Machine,
	value: Thing & { kind: "tensor" },
	groups: readonly (readonly SyntaxNode[])[],
	names: Names,
	site: Site,
): Thing {
	const { node } = value;
	if (node.step().kind === "unknown") return value;
	const state = node.states && stateAt(machine, node.states, groups[0] ?? [], names);
	if (state) return groups.length > 1 ? indexed(machine, state, groups.slice(1), names, site) : state;
	const places = placesIn(machine, node, groups, names);
	if (!places) return partOf(machine, value, site);
	const { along, sizes, added, isSample } = places;
	const own = isSample ? ofOneSample(machine, node, site) : node;
	const result: Thing = along.length > 0 ? taken(machine, own, along, sizes, site) : { kind: "tensor", node: own };
	// `x[:, None]`: an axis of one place.
	return added.reduce<Thing>((made, at) => {
		const axis = made.kind === "tensor" ? axisOfSample(made.node, at) : null;
		if (made.kind !== "tensor" || axis === null) return made;
		const step = { kind: "reshape", what: "unsqueeze", how: { to: "unsqueezed", axis } } as const;
		return machine.node(() => step, [made.node], site, { suffix: "unsqueeze" });
	}, result);
}

/** The only sample of a value, which all samples share. */
function ofOneSample(machine: Machine, node: GraphNode, site: Site): GraphNode {
	const step = { kind: "reshape", what: "part", how: { to: "same" } } as const;
	return machine.node(() => step, [node], site, { suffix: "part", batch: null }).node;
}

/** One of the states that a value has along its first axis, by a number. */
function stateAt(
	machine: Machine,
	states: readonly GraphNode[],
	group: readonly SyntaxNode[],
	names: Names,
): (Thing & { kind: "tensor" }) | undefined {
	const index = indexOf(machine, group, names);
	const at = index && !index.keeps ? numberOf(index.from) : null;
	const node = at === null ? undefined : states.at(at);
	return node && { kind: "tensor", node };
}

/** The places of a value that indices name; null where one is not followed. */
export function placesIn(
	machine: Machine,
	node: GraphNode,
	groups: readonly (readonly SyntaxNode[])[],
	names: Names,
): Places | null {
	const along: Taken[] = [];
	const sizes: Thing[] = [];
	const added: number[] = [];
	const chosen: Index[] = [];
	let isSample = false;
	const given = groups.filter((group) => group.length > 0);
	const ellipsis = given.findIndex((group) => group.length === 1 && /^(Ellipsis|\.\.\.)$/.test(group[0]!.name));
	for (const [i, group] of given.entries()) {
		if (i === ellipsis) continue;
		const behind = ellipsis >= 0 && i > ellipsis;
		if (isNew(group)) {
			if (behind) return null;
			// A row that all samples share is spread out over whatever comes before it.
			if (node.batch === null && i === 0 && node.shape?.length === 1) continue;
			// That of the samples would come before what all of them share.
			if (node.batch === null && i === 0) return null;
			// Among the axes that stay.
			added.push(i - along.filter(({ keeps }) => !keeps).length);
			continue;
		}
		const index = indexOf(machine, group, names);
		if (!index) return null;
		if (isAll(index)) continue;
		if (index.isListed || !index.keeps) chosen.push(index);
		const axes = given.filter((each, k) => k < i && !isNew(each)).length;
		const axis = axisOfSample(node, behind ? i - given.length : axes);
		if (axis === null) {
			// Which sample it is matters only where there are more.
			if (isSample || node.samples !== 1 || index.keeps || numberOf(index.from) !== 0) return null;
			isSample = true;
			continue;
		}
		const until = index.until.kind === "none" ? "end" : numberOf(index.until);
		along.push({ axis, from: numberOf(index.from), until, by: index.by, keeps: index.keeps });
		sizes.push(index.from, index.until);
	}
	// Several that are chosen one by one go with each other as soon as one is a list.
	return chosen.length > 1 && chosen.some(({ isListed }) => isListed) ? null : { along, sizes, added, isSample };
}

/** Places of a value; `sizes` are their bounds where these may follow from sizes of values. */
export function taken(
	machine: Machine,
	node: GraphNode,
	along: readonly Taken[],
	sizes: readonly Thing[],
	site: Site,
): Thing {
	const step = { kind: "reshape", what: "part", how: { to: "taken", along } } as const;
	const { batch } = node;
	// An axis before the batch's that is gone moves it to the front.
	const gone = along.filter(({ axis, keeps }) => !keeps && batch !== null && axis >= 0 && axis < batch).length;
	return machine.node(() => step, [node], site, { suffix: "part", sizes, batch: batch === null ? null : batch - gone });
}

/** Places along one axis from one number to before another. */
export function takenAlong(axis: number, from: SizeOf, until: SizeOf | "end"): Taken {
	return { axis, from, until, by: 1, keeps: true };
}

function isNew(group: readonly SyntaxNode[]): boolean {
	return group.length === 1 && (group[0]!.name === "None" || /(^|\.)newaxis$/.test(textOf(group[0]!)));
}

function isAll({ from, until, by, keeps }: Index): boolean {
	return keeps && numberOf(from) === 0 && until.kind === "none" && by === 1;
}

function indexOf(machine: Machine, group: readonly SyntaxNode[], names: Names): Index | null {
	if (!group.some(({ name }) => name === ":")) {
		const place = group.length === 1 ? machine.evaluate(group[0]!, names) : NONE;
		if (place.kind === "list") return listed(place);
		return isPlace(place) ? { from: place, until: NONE, by: 1, keeps: false } : null;
	}
	const bounds: (Thing | undefined)[] = [undefined];
	for (const kid of group) {
		if (kid.name === ":") bounds.push(undefined);
		else bounds[bounds.length - 1] = machine.evaluate(kid, names);
	}
	const [from = numberThing(0), until = NONE, by = numberThing(1)] = bounds;
	const step = numberOf(by);
	if (
		step === null ||
		step < 1 ||
		!(isPlace(from) || from.kind === "none") ||
		!(isPlace(until) || until.kind === "none")
	) {
		return null;
	}
	return { from: from.kind === "none" ? numberThing(0) : from, until, by: step, keeps: true };
}

/** Places in a list that lie one behind the other. */
function listed({ items, open }: Thing & { kind: "list" }): Index | null {
	const places = items.map((item) => numberOf(item));
	const [first] = places;
	if (open || first == null || places.some((place, i) => place !== first + i)) return null;
	const end = first + places.length;
	return { from: numberThing(first), until: end === 0 ? NONE : numberThing(end), by: 1, keeps: true, isListed: true };
}

function isPlace({ kind }: Thing): boolean {
	return kind === "number" || kind === "size" || kind === "size arithmetic";
}

/** A part of what a step gives: of a step that is not understood, all of it is unknown. */
export function partOf(machine: Machine, value: Thing & { kind: "tensor" }, site: Site): Thing {
	if (value.node.step().kind === "unknown") return value;
	return machine.node(() => ({ kind: "reshape", what: "part", how: null }), [value.node], site, { suffix: "part" });
}
