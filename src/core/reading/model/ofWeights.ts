import { constantDraw } from "./draws.ts";
import { Given } from "./given.ts";
import { type Arguments, constantOf, type Site, settled, type Thing } from "./thing.ts";

/** Functions of a number as PyTorch names them. */
const OF_NUMBERS: Readonly<Record<string, (x: number, given: Given) => number | null>> = {
	"torch.exp": Math.exp,
	"torch.log": Math.log,
	"torch.sqrt": Math.sqrt,
	"torch.rsqrt": (x) => 1 / Math.sqrt(x),
	"torch.clamp": (x, a) => {
		const [low, high] = [a.optional("min", null), a.optional("max", null)];
		return low === undefined || high === undefined ? null : Math.min(Math.max(x, low ?? x), high ?? x);
	},
};

/** What a function makes of weights that are one number everywhere: such weights again; undefined for others. */
export function ofConstant(thing: Thing, name: string, given: Arguments): Thing | undefined {
	const x = thing.kind === "slot" ? constantOf(thing) : null;
	const f = Object.hasOwn(OF_NUMBERS, name) ? OF_NUMBERS[name] : undefined;
	const value = x === null || !f ? null : f(x, new Given(given, "min max"));
	if (thing.kind !== "slot" || value === null || !Number.isFinite(value)) return undefined;
	const slot = settled(thing.slot);
	return { ...thing, slot: { ...slot, initialisation: { ...slot.initialisation, draw: constantDraw(value) } } };
}

/** Vectors of weights behind each other, as the biases of queries, keys and values: one vector where all are drawn alike. */
export function joinedVectors(list: Thing | undefined, site: Site): Thing | undefined {
	if (list?.kind !== "list" || list.open) return undefined;
	const { items } = list;
	const slots = items.flatMap((item) => (item.kind === "slot" ? [settled(item.slot)] : []));
	const [first] = slots;
	if (!first || slots.length < items.length || slots.some(({ sizes }) => sizes?.length !== 1)) return undefined;
	const { initialisation } = first;
	const drawn = JSON.stringify(initialisation.draw);
	if (slots.some((slot) => JSON.stringify(slot.initialisation.draw) !== drawn)) return undefined;
	const sizes = slots.map((slot): number | null => slot.sizes?.[0] ?? null);
	const size = sizes.reduce((all, one) => (all === null || one === null ? null : all + one), 0);
	return { kind: "slot", slot: { initialisation, axes: 1, sizes: [size] }, name: "a tensor", site };
}
