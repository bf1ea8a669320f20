import { taken, takenAlong } from "./indexing.ts";
import type { Machine } from "./machine.ts";
import { sizeOf } from "./members.ts";
import type { Rearrangement } from "./model.ts";
import { binaryOperation } from "./operators.ts";
import { reshaped } from "./reshaped.ts";
import { type GraphNode, listThing, NONE, numberOf, numberThing, type Site, type Thing } from "./thing.ts";

/**
 * `einops.pack([a, b], "b * d")`: the axes in the place of the star as one, of all values behind each other, and what was
 * in its place in each; undefined where it is not known how many axes these are.
 */
export function packed(machine: Machine, values: Thing, pattern: string, site: Site): Thing | undefined {
	const star = starIn(pattern);
	if (!star || values.kind !== "list" || values.open) return undefined;
	const nodes: GraphNode[] = [];
	const shapes: Thing[] = [];
	for (const value of values.items) {
		if (value.kind !== "tensor" || value.node.batch !== 0 || value.node.folded > 0 || !value.node.shape)
			return undefined;
		const { node } = value;
		const count = node.shape!.length - star.others;
		if (count < 0) return undefined;
		const sizes = Array.from({ length: count }, (_, i) => sizeOf({ kind: "sizes", node, from: 0 }, star.axis + 1 + i));
		shapes.push(listThing(sizes, true));
		const how = gathered(star.axis, count);
		nodes.push(how ? reshaped(machine, node, "pack", how, site) : node);
	}
	const [first, ...others] = nodes;
	if (!first) return undefined;
	const step = { kind: "concatenate", axis: star.axis } as const;
	const whole = others.length === 0 ? first : machine.node(() => step, nodes, site, { suffix: "pack" }).node;
	return listThing([{ kind: "tensor", node: whole }, listThing(shapes)], true);
}

/** `einops.unpack(x, shapes, "b * d")`: the values that were packed so; undefined where their sizes are not known. */
export function unpacked(
	machine: Machine,
	value: Thing,
	shapes: Thing,
	pattern: string,
	site: Site,
): Thing | undefined {
	const star = starIn(pattern);
	if (!star || value.kind !== "tensor" || value.node.batch !== 0 || value.node.folded > 0) return undefined;
	if (shapes.kind !== "list" || shapes.open) return undefined;
	let from: Thing = numberThing(0);
	const parts: Thing[] = [];
	for (const [i, sizes] of shapes.items.entries()) {
		if (sizes.kind !== "list" || sizes.open) return undefined;
		const size = sizes.items.reduce((all, one) => binaryOperation(machine, "*", all, one, site), numberThing(1));
		const until = binaryOperation(machine, "+", from, size, site);
		if (until.kind === "unknown") return undefined;
		const isLast = i === shapes.items.length - 1;
		const along = takenAlong(star.axis, numberOf(from), isLast ? "end" : numberOf(until));
		const part =
			shapes.items.length === 1 ? value : taken(machine, value.node, [along], [from, isLast ? NONE : until], site);
		if (part.kind !== "tensor") return undefined;
		const how = spread(star.axis, sizes.items);
		const named = how?.to === "unflat" ? sizes.items : undefined;
		parts.push(how ? { kind: "tensor", node: reshaped(machine, part.node, "pack", how, site, named) } : part);
		from = until;
	}
	return listThing(parts);
}

/** The axis of a sample that a pattern's star stands at, and how many it names beside it; undefined where it is the batch's. */
function starIn(pattern: string): { readonly axis: number; readonly others: number } | undefined {
	const names = pattern.trim().split(/\s+/);
	const at = names.indexOf("*");
	return at > 0 && names.every((name) => /^(\*|\w+)$/.test(name))
		? { axis: at - 1, others: names.length - 2 }
		: undefined;
}

function gathered(axis: number, count: number): Rearrangement | null {
	if (count === 0) return { to: "unsqueezed", axis };
	return count === 1 ? null : { to: "flat", from: axis, until: axis + count - 1 };
}

function spread(axis: number, sizes: readonly Thing[]): Rearrangement | null {
	if (sizes.length === 0) return { to: "squeezed", axis };
	return sizes.length === 1 ? null : { to: "unflat", axis, sizes: sizes.map(numberOf) };
}
