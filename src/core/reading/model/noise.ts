import type { Machine } from "./machine.ts";
import { timesBatch } from "./rearrangements.ts";
import { type Arguments, numberOf, type Site, type Thing } from "./thing.ts";

/** The functions that draw numbers anew for each sample, by their libraries' names. */
const DRAWS =
	/^(torch\.(randn|rand)(_like)?|tensorflow\.random\.(stateless_)?(normal|uniform)|tensorflow\.(compat\.v1\.)?random_(normal|uniform)|(tensorflow\.)?keras\.(backend\.random_|random\.)(normal|uniform)|jax\.random\.(normal|uniform))$/;

/**
 * Numbers that are drawn for each sample, of mean 0 and deviation 1 or between 0 and 1, as a variational autoencoder takes
 * them; undefined where a name makes none, or their shape is not that of samples.
 */
export function drawnNoise(machine: Machine, name: string, given: Arguments, site: Site): Thing | undefined {
	if (!DRAWS.test(name) || given.open) return undefined;
	const of = /uniform|rand(_like)?$/.test(name) && !/randn/.test(name) ? "uniform" : "normal";
	// A mean, a deviation or bounds of its own are not followed.
	const isPlain = [...given.named.keys()].every((key) =>
		/^(shape|size|seed|dtype|device|key|input|x|name|generator)$/.test(key),
	);
	const things = name.startsWith("jax.") ? given.positional.slice(1) : given.positional;
	const [first, second] = [
		things[0] ?? given.named.get("shape") ?? given.named.get("size") ?? given.named.get("input"),
		things[1],
	];
	const isListed = first?.kind === "number" || first?.kind === "size";
	if (!isPlain || !first || (second && !isListed)) return undefined;
	const suffix = "noise";
	if (first.kind === "tensor" || first.kind === "sizes") {
		if (first.kind === "sizes" ? first.from !== 0 : !/_like$/.test(name)) return undefined;
		const { node } = first;
		return machine.node(() => ({ kind: "noise", of }), [node], site, { suffix, features: node.features });
	}
	const sizes = isListed ? things : first.kind === "list" && !first.open ? first.items : [];
	const batch = sizes.findIndex((size) => timesBatch(size) === 1);
	if (batch < 0) return undefined;
	const shape = sizes.toSpliced(batch, 1).map((size) => numberOf(size));
	return machine.node(() => ({ kind: "noise", of }), [], site, { suffix, shape, batch });
}
