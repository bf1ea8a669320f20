import type { Machine } from "./machine.ts";
import { type GraphNode, type Site, shortened, type Thing } from "./thing.ts";

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

/** `einsum("bqd,bkd->bqk", a, b)` of two values, where it is a matrix product of them. */
export function einsum(machine: Machine, pattern: string, a: Tensor, b: Tensor, site: Site): Thing {
	const refused = (reason: string) => machine.unknownNode(`einsum ${shortened(pattern)}`, reason, [a, b], site);
	const match = /^([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)$/.exec(pattern.replaceAll(" ", ""));
	if (!match) return refused("this pattern is not followed");
	const [first, second, result] = match.slice(1).map((letters) => [...letters]) as [string[], string[], string[]]; // Three groups.
	if (a.node.folded + b.node.folded > 0) return refused("the batch is not an axis of its own");
	const [batch] = result;
	if (first[0] !== batch || second[0] !== batch) return refused("the batch is not the first axis of each");
	const [left, right, made] = [first.slice(1), second.slice(1), result.slice(1)];
	const beside = left.filter((letter) => right.includes(letter) && made.includes(letter));
	const summed = left.filter((letter) => right.includes(letter) && !made.includes(letter));
	const rows = left.filter((letter) => !right.includes(letter));
	const columns = right.filter((letter) => !left.includes(letter));
	const isProduct = summed.length === 1 && rows.length === 1 && columns.length === 1;
	if (!isProduct || new Set(made).size !== made.length || made.length !== beside.length + 2) {
		return refused("it is no matrix product");
	}
	const [p, q] = [
		inOrder(machine, a.node, left, [...beside, ...rows, ...summed], site),
		inOrder(machine, b.node, right, [...beside, ...summed, ...columns], site),
	];
	const product = machine.node(() => ({ kind: "product" }), [p, q], site, { suffix: "einsum" });
	return { kind: "tensor", node: inOrder(machine, product.node, [...beside, ...rows, ...columns], made, site) };
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
	const step = { kind: "reshape", what: "permute", how: { to: "order", order } } as const;
	return machine.node(() => step, [node], site, { suffix: "permute" }).node;
}
