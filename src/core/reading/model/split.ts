import { Given } from "./given.ts";
import { taken, takenAlong } from "./indexing.ts";
import type { Machine } from "./machine.ts";
import { axisOfSample, sizesOf } from "./rearrangements.ts";
import { axisAt } from "./shapes.ts";
import { type Arguments, listThing, NONE, numberOf, numberThing, type Site, type Thing } from "./thing.ts";
import { turnsOf } from "./turns.ts";

/** More parts are not listed. */
const MOST_PARTS = 64;

/** Whether a function gives the parts of a value in a list. */
export function isSplit(name: string): boolean {
	return /^(chunk|split|tensor_split|unbind|hsplit|vsplit|dsplit)$/.test(name);
}

/** The parts that `chunk`, `split` and `unbind` give, in a list. */
export function splitValue(
	machine: Machine,
	input: Thing & { kind: "tensor" },
	name: string,
	given: Arguments,
	site: Site,
): Thing {
	const { node } = input;
	const isUnbound = name === "unbind";
	const a = new Given(given, isUnbound ? "dim" : "sections dim");
	const axis = axisOfSample(node, a.number("dim", a.number("axis", 0)));
	const asked =
		a.thing("sections") ??
		given.named.get("chunks") ??
		given.named.get("split_size_or_sections") ??
		given.named.get("split_size");
	const at = axis === null ? undefined : node.shape ? axisAt(axis, node.shape.length) : undefined;
	// Where nothing is known of the shape, the features are the last axis, and what is split.
	const size = at === undefined ? node.features : (node.shape?.[at] ?? null);
	const opaque = () => machine.node(() => ({ kind: "reshape", what: name, how: null }), [node], site, { suffix: name });
	const parts = (count: number, how: (index: number) => Thing): Thing =>
		Number.isInteger(count) && count <= MOST_PARTS
			? listThing(
					Array.from({ length: count }, (_, i) => how(i)),
					true,
				)
			: opaque();
	const equal = (count: number) =>
		parts(count, (index) => {
			const how = axis === null ? null : ({ to: "part", axis, index, count } as const);
			return machine.node(() => ({ kind: "reshape", what: name, how }), [node], site, { suffix: name });
		});
	const among = (from: number, until: number | null) =>
		taken(
			machine,
			node,
			[takenAlong(axis!, from, until)],
			[numberThing(from), until === null ? NONE : numberThing(until)],
			site,
		);
	if (isUnbound) {
		if (axis === null || at === undefined || size === null) return opaque();
		return parts(size, (index) => {
			const one = { ...takenAlong(axis, index, "end"), keeps: false };
			return taken(machine, node, [one], [numberThing(index), NONE], site);
		});
	}
	const number = numberOf(asked);
	if (/^.split$/.test(name)) return opaque();
	if (number !== null) {
		const isCount = name === "chunk" || name === "tensor_split";
		if (isCount) return equal(number);
		// One place after the other: a loop over them.
		const along = number === 1 && size === null && axis !== null ? sizesOf(input, a.thing("dim")) : undefined;
		const count = size ?? (along ? turnsOf(machine, along) : null);
		return count === null ? opaque() : equal(count / number);
	}
	const sizes = asked?.kind === "list" && !asked.open ? asked.items.map((each) => numberOf(each)) : null;
	if (!sizes) return opaque();
	const isWhole = sizes.every((each): each is number => each !== null);
	if (!isWhole || axis === null || name !== "split") return parts(sizes.length, opaque);
	if (new Set(sizes).size === 1) return equal(sizes.length);
	const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((all, each) => all + each, 0));
	return parts(sizes.length, (i) => among(ends[i]! - sizes[i]!, ends[i]!));
}
