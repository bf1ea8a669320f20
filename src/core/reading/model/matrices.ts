import { learnFeatures } from "./learnFeatures.ts";
import type { Machine } from "./machine.ts";
import type { Initialisation, Rearrangement, Step } from "./model.ts";
import { reshaped } from "./reshaped.ts";
import { type GraphNode, type Site, settled, shortened, type Thing } from "./thing.ts";

type Tensor = Thing & { kind: "tensor" };

/** The matrix product of two values by their last two axes; undefined where one of these is the batch's. */
export function matrixProduct(machine: Machine, a: Tensor, b: Tensor, site: Site): Tensor | undefined {
	const areMatrices = [a, b].every(({ node }) => node.batch === 0 && (node.shape?.length ?? 2) >= 2);
	if (!areMatrices) return undefined;
	return machine.node(() => ({ kind: "product" }), [a.node, b.node], site, {
		suffix: "matmul",
		features: b.node.features,
	});
}

/**
 * `einsum("bqd,bkd->bqk", a, b)` of two values, where it is a matrix product of them, or `einsum("bnd,df->bnf", x, w)` of a
 * value and a matrix of weights.
 */
export function einsum(machine: Machine, pattern: string, a: Tensor, b: Tensor | Weight, site: Site): Thing {
	const refused = (reason: string) => machine.unknownNode(`einsum ${shortened(pattern)}`, reason, [a, b], site);
	const named = withoutDots(pattern.replaceAll(" ", ""), [a, b]);
	const match = /^([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)$/.exec(named ?? "");
	if (!match) return refused("this pattern is not followed");
	const [first, second, result] = match.slice(1).map((letters) => [...letters]) as [string[], string[], string[]]; // Three groups.
	const folded = b.kind === "tensor" ? b.node.folded : 0;
	if (a.node.folded + folded > 0) return refused("the batch is not an axis of its own");
	const [batch] = result;
	const isFirst = first[0] === batch && (b.kind === "slot" || second[0] === batch);
	if (!isFirst) return refused("the batch is not the first axis of each");
	const [left, made] = [first.slice(1), result.slice(1)];
	if (b.kind === "slot") return weighted(machine, a, left, b, second, made, site) ?? refused("it is no linear layer");
	const right = second.slice(1);
	const beside = left.filter((letter) => right.includes(letter) && made.includes(letter));
	const summed = left.filter((letter) => right.includes(letter) && !made.includes(letter));
	const rows = left.filter((letter) => !right.includes(letter));
	const columns = right.filter((letter) => !left.includes(letter));
	const isProduct = summed.length > 0 && rows.length <= 1 && columns.length <= 1;
	if (
		!isProduct ||
		new Set(made).size !== made.length ||
		made.length !== beside.length + rows.length + columns.length
	) {
		return refused("it is no matrix product");
	}
	const at = beside.length;
	const turnedTo = (node: GraphNode, how: Rearrangement) => reshaped(machine, node, "einsum", how, site);
	// Of numbers that are summed over together one axis is made, and a vector is a matrix of one row or column.
	const matrix = (
		node: GraphNode,
		from: readonly string[],
		order: readonly string[],
		start: number,
		others: number,
	) => {
		let made = inOrder(machine, node, from, order, site);
		if (summed.length > 1) made = turnedTo(made, { to: "flat", from: start, until: start + summed.length - 1 });
		return others === 0 ? turnedTo(made, { to: "unsqueezed", axis: start === at ? at + 1 : at }) : made;
	};
	const p = matrix(a.node, left, [...beside, ...rows, ...summed], at + rows.length, rows.length);
	const q = matrix(b.node, right, [...beside, ...summed, ...columns], at, columns.length);
	let { node } = machine.node(() => ({ kind: "product" }), [p, q], site, { suffix: "einsum" });
	if (columns.length === 0) node = turnedTo(node, { to: "squeezed", axis: at + 1 });
	if (rows.length === 0) node = turnedTo(node, { to: "squeezed", axis: at });
	return { kind: "tensor", node: inOrder(machine, node, [...beside, ...rows, ...columns], made, site) };
}

type Weight = Thing & { kind: "slot" };

/** A matrix of weights that one axis of a value is taken through, as a linear layer; undefined for what is no such. */
function weighted(
	machine: Machine,
	value: Tensor,
	left: readonly string[],
	weight: Weight,
	right: readonly string[],
	made: readonly string[],
	site: Site,
): Thing | undefined {
	const [summed, ...others] = right.filter((letter) => left.includes(letter));
	const [gives, ...more] = right.filter((letter) => !left.includes(letter));
	if (!summed || !gives || others.length + more.length > 0 || value.node.batch !== 0) return undefined;
	const kept = left.filter((letter) => letter !== summed);
	const isLinear = made.length === left.length && [...kept, gives].every((letter) => made.includes(letter));
	if (!isLinear) return undefined;
	const last: Tensor = { kind: "tensor", node: inOrder(machine, value.node, left, [...kept, summed], site) };
	const product = weightedBy(machine, last, weight, right[0] === summed ? "rows" : "columns", site);
	return product && { kind: "tensor", node: inOrder(machine, product.node, [...kept, gives], made, site) };
}

/** A pattern with letters for the axes that dots stand for; undefined where it is not known how many these are. */
function withoutDots(pattern: string, values: readonly [Tensor, Tensor | Weight]): string | undefined {
	if (!pattern.includes("...")) return pattern;
	const sides = pattern.split("->")[0]!.split(",");
	const counts = values.flatMap((value, i) => {
		if (!sides[i]?.includes("...")) return [];
		const axes = value.kind === "tensor" ? (value.node.shape?.length ?? Number.NaN) + 1 : Number.NaN;
		return [axes - sides[i].replace("...", "").length];
	});
	const [count] = counts;
	if (!count || count < 0 || counts.some((each) => each !== count)) return undefined;
	const free = [..."ZYXWVUTSRQPONMLKJIHGFEDCBA"].filter((letter) => !pattern.includes(letter));
	return count <= free.length ? pattern.replaceAll("...", free.slice(0, count).join("")) : undefined;
}

/** `x @ weight`, a linear layer by hand, of a weight whose rows or columns are as many as `x` has features; undefined for none. */
export function weightedBy(
	machine: Machine,
	{ node }: Tensor,
	{ slot, name }: Weight,
	inputsAre: "rows" | "columns",
	site: Site,
): Tensor | undefined {
	const { sizes } = settled(slot);
	if (sizes?.length !== 2 || node.batch !== 0) return undefined;
	const [rows, columns] = sizes as readonly [number | null, number | null]; // There are two.
	const [inputs, outputs] = inputsAre === "rows" ? [rows, columns] : [columns, rows];
	if (inputs !== null) learnFeatures(machine, node, inputs);
	const step = (): Step => {
		const { initialisation } = settled(slot);
		const weight = inputsAre === "rows" ? turned(initialisation) : initialisation;
		return { kind: "linear", inputs, outputs, weight, bias: null };
	};
	return machine.node(step, [node], site, { suffix: name || "weight", features: outputs, slot });
}

/** A draw of a matrix [inputs][outputs], whose fans PyTorch counts as those of [outputs][inputs]. */
function turned({ draw, ...initialisation }: Initialisation): Initialisation {
	if (draw.kind !== "variance-scaling" || draw.fan === "average") return { ...initialisation, draw };
	return { ...initialisation, draw: { ...draw, fan: draw.fan === "in" ? "out" : "in" } };
}

/** The axes of a sample, named by letters, in another order. */
export function inOrder(
	machine: Machine,
	node: GraphNode,
	from: readonly string[],
	to: readonly string[],
	site: Site,
): GraphNode {
	const order = to.map((letter) => from.indexOf(letter));
	if (order.every((axis, i) => axis === i)) return node;
	return reshaped(machine, node, "permute", { to: "order", order }, site);
}
