import type { Machine } from "./machine.ts";
import { inOrder } from "./matrices.ts";
import type { Rearrangement } from "./model.ts";
import { parameterValue } from "./parameterValue.ts";
import { timesBatch } from "./rearrangements.ts";
import { reshaped } from "./reshaped.ts";
import { numberOf, type Site, settled, shortened, type Thing } from "./thing.ts";

type Tensor = Thing & { kind: "tensor" };

/** An axis of a pattern: one name, several in brackets that lie in it one inside the other, or none for an axis of size 1. */
type Axes = readonly (readonly string[])[];

/**
 * `rearrange(x, "b n (h d) -> b h n d", h=8)`: axes split, ordered anew, and put together; not followed where the batch is
 * not the first axis on both sides, by itself.
 */
export function rearranged(
	machine: Machine,
	value: Tensor,
	pattern: string,
	sizes: ReadonlyMap<string, Thing>,
	site: Site,
): Thing {
	const refused = () =>
		machine.unknownNode(`rearrange ${shortened(pattern)}`, "this pattern is not followed", [value], site);
	const { shape } = value.node;
	const [left, right, ...rest] = sidesOf(pattern, shape && shape.length + 1);
	if (!left || !right || rest.length > 0 || value.node.batch !== 0 || value.node.folded > 0) return refused();
	const [from, to] = [left.slice(1), right.slice(1)];
	const isBatch = left[0]?.length === 1 && right[0]?.length === 1 && left[0][0] === right[0][0];
	const [names, wanted] = [from.flat(), to.flat()];
	const isSame =
		names.length === wanted.length &&
		new Set(names).size === names.length &&
		names.every((name) => wanted.includes(name));
	if (!isBatch || !isSame) return refused();
	let { node } = value;
	// From the last on, so that the places of those before stay.
	for (let at = from.length - 1; at >= 0; at--) {
		const inner = from[at]!;
		if (inner.length === 1) continue;
		if (inner.length === 0) {
			node = reshaped(machine, node, "rearrange", { to: "squeezed", axis: at }, site);
			continue;
		}
		const given = inner.map((name) => sizes.get(name));
		if (given.filter((size) => size === undefined).length > 1) return refused();
		const things = given.map((size) => size ?? MINUS_ONE);
		const how: Rearrangement = { to: "unflat", axis: at, sizes: things.map(numberOf) };
		node = reshaped(machine, node, "rearrange", how, site, things);
	}
	node = inOrder(machine, node, names, wanted, site);
	for (let at = 0; at < to.length; at++) {
		const count = to[at]!.length;
		if (count === 0) node = reshaped(machine, node, "rearrange", { to: "unsqueezed", axis: at }, site);
		if (count > 1) node = reshaped(machine, node, "rearrange", { to: "flat", from: at, until: at + count - 1 }, site);
	}
	// The pattern tells how many axes there are, even where nothing else does.
	const isTold = node.shape !== null || node === value.node;
	return {
		kind: "tensor",
		node: isTold ? node : { ...node, shape: to.map(({ length }) => (length === 0 ? 1 : null)) },
	};
}

/** `reduce(x, "b n c -> b c", "mean")`: the axes that the right side lacks are taken together. */
export function reduced(
	machine: Machine,
	value: Tensor,
	pattern: string,
	reduction: string | null,
	sizes: ReadonlyMap<string, Thing>,
	site: Site,
): Thing {
	const [before, behind, ...rest] = pattern.split("->");
	const [left, right] = [before, behind].map((side) => axesIn(side ?? "")?.flat());
	const of = ({ mean: "average", sum: "sum", max: "maximum" } as const)[reduction ?? ""];
	const gone = left?.filter((name) => !right?.includes(name)) ?? [];
	if (!left || !right || rest.length > 0 || !of || gone.length === 0 || gone.includes(left[0]!)) {
		return machine.unknownNode(`reduce ${shortened(pattern)}`, "this pattern is not followed", [value], site);
	}
	const kept = left.filter((name) => right.includes(name)).join(" ");
	const ordered = rearranged(machine, value, `${before} -> ${kept} ${gone.join(" ")}`, sizes, site);
	if (ordered.kind !== "tensor" || ordered.node.step().kind === "unknown") return ordered;
	const over = { kind: "axes", axes: gone.map((_, i) => -1 - i), keeps: false } as const;
	const pooled = machine.node(() => ({ kind: "pool", of, over }), [ordered.node], site, { suffix: "reduce" });
	return rearranged(machine, pooled, `${kept} -> ${behind}`, sizes, site);
}

/**
 * `repeat(token, "1 n d -> b n d", b=batch)` and `repeat(token, "n d -> b n d", b=batch)`: what all samples share, for each
 * of them; undefined for other patterns.
 */
export function sharedBySamples(
	machine: Machine,
	value: Thing & { kind: "slot" },
	pattern: string,
	given: ReadonlyMap<string, Thing>,
	site: Site,
): Thing | undefined {
	const [left, right, ...rest] = sidesOf(pattern, settled(value.slot).sizes?.length ?? null);
	if (!left || !right || rest.length > 0) return undefined;
	const leads = left.length === right.length && left[0]?.length === 0;
	const samples = given.get(right[0]?.join() ?? "");
	const isShared = String(leads ? left.slice(1) : left) === String(right.slice(1));
	if (!isShared || !samples || timesBatch(samples) !== 1) return undefined;
	if (leads) return value;
	const { node } = parameterValue(machine, value);
	// A first axis of size 1 has been taken for that of the samples.
	const how = node.batch === null ? ({ to: "same" } as const) : ({ to: "unsqueezed", axis: 0 } as const);
	const step = { kind: "reshape", what: "repeat", how } as const;
	return machine.node(() => step, [node], site, { suffix: "repeat", batch: 0 });
}

const MINUS_ONE: Thing = { kind: "number", value: -1 };

/** The sides of a pattern, with names for the axes that dots stand for where it is known how many the left one has. */
function sidesOf(pattern: string, count: number | null): (Axes | null)[] {
	const others = axesIn(pattern.split("->")[0]!.replace("...", ""))?.length ?? 0;
	const names = Array.from({ length: Math.max(0, (count ?? 0) - others) }, (_, i) => `_${i}`).join(" ");
	return (count === null ? pattern : pattern.replaceAll("...", ` ${names} `)).split("->").map(axesIn);
}

/** "b n (h d)" by its axes; null where it holds more than names and brackets. */
function axesIn(pattern: string): Axes | null {
	if (!/^[\w\s()]*$/.test(pattern)) return null;
	return [...pattern.matchAll(/\(([^()]*)\)|(\w+)/g)].map(([, group, name]) =>
		(name ?? group!).split(/\s+/).filter((each) => each !== "" && each !== "1"),
	);
}
