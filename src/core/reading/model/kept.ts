import type { Machine } from "./machine.ts";
import { type Arguments, type GraphNode, numberOf, type Site, type Slot, type Thing } from "./thing.ts";

type Kept = Thing & { kind: "kept" };

/** What `bernoulli_` makes of numbers of which each sample has one; undefined for others. */
export function keptBySlot({ isOnePerSample }: Slot, probability: Thing | undefined): Kept | undefined {
	const share = numberOf(probability);
	return isOnePerSample && share !== null && share >= 0 && share <= 1 ? { kind: "kept", share, by: 1 } : undefined;
}

/** A value times what keeps some samples: dropout of all numbers of a sample together. */
export function keptOf(machine: Machine, node: GraphNode, { share, by }: Kept, site: Site): Thing {
	const { features } = node;
	const step = { kind: "dropout", rate: 1 - share, alpha: false, of: "samples" } as const;
	const dropped = machine.node(() => step, [node], site, { suffix: "drop_path", features });
	// The step makes what it keeps as much larger as makes up for the rest.
	const left = by * share;
	if (Math.abs(left - 1) < 1e-9) return dropped;
	return machine.node(() => ({ kind: "scale", by: left }), [dropped.node], site, { suffix: "scale", features });
}

/** A method of what keeps some samples. */
export function keptMethod(machine: Machine, kept: Kept, name: string, given: Arguments): Thing | undefined {
	const by = numberOf(given.positional[0]);
	const factor = /^mul_?$/.test(name) ? by : /^div_?$/.test(name) && by ? 1 / by : null;
	if (factor === null) return /^(to|float|type|detach)$/.test(name) ? kept : undefined;
	if (!name.endsWith("_")) return { ...kept, by: kept.by * factor };
	machine.journal.write(kept, "by", kept.by * factor);
	return kept;
}
