import type { Machine } from "./machine.ts";
import type { Step } from "./model.ts";
import { ofItself } from "./ofItself.ts";
import { type GraphNode, numberOf, type Site, type Thing } from "./thing.ts";

/**
 * What values are divided by where code normalises them by hand: the root of the mean square of a value along an axis of a
 * sample, or of what is left of it without its mean.
 */
export type Spread = Extract<Thing, { readonly kind: "spread" }>;

/** A value without its mean along an axis, `x - x.mean(axis, keepdim=True)`; null for what is no such. */
function centredOf(node: GraphNode): { readonly of: GraphNode; readonly axis: number } | null {
	const [of, minus] = node.inputs;
	if (node.step().kind !== "add" || node.inputs.length !== 2 || !of || !minus) return null;
	const scale = minus.step();
	const mean = scale.kind === "scale" && scale.by === -1 ? meanOf(minus.inputs[0]!) : null;
	return mean?.of === of ? { of, axis: mean.axis } : null;
}

/** A mean along one axis that stays, as a size of 1; null for what is no such. */
function meanOf(node: GraphNode): { readonly of: GraphNode; readonly axis: number } | null {
	const step = node.step();
	const over = step.kind === "pool" && step.of === "average" ? step.over : null;
	if (over?.kind !== "axes" || !over.keeps || over.axes === "places" || over.axes.length !== 1) return null;
	return { of: node.inputs[0]!, axis: over.axes[0]! };
}

/** The variance or deviation of a value along an axis, which stays; null where the axis is not known. */
export function spreadAlong(
	node: GraphNode,
	axis: number | null,
	of: "variance" | "deviation",
	isUnbiased: boolean,
): Spread | null {
	return axis === null
		? null
		: { kind: "spread", node, axis, isCentred: true, root: of === "deviation", isUnbiased, within: 0, outside: 0 };
}

/** The mean of squares that a value is, with what is added to it; null for what is no such. */
function meanSquareOf(node: GraphNode): Spread | null {
	const step = node.step();
	const [first, second] = node.inputs;
	if (step.kind === "add" && node.inputs.length === 2 && first && second) {
		const range = second.step();
		const found = range.kind === "range" && second.shape?.[0] === 1 ? meanSquareOf(first) : null;
		return found && range.kind === "range" ? { ...found, within: found.within + range.from } : null;
	}
	const mean = meanOf(node);
	const squared = mean?.of;
	if (squared?.step().kind !== "multiply" || squared.inputs.length !== 2) return null;
	const [own, other] = squared.inputs;
	if (!mean || !own || own !== other) return null;
	const centred = centredOf(own);
	const isCentred = centred !== null && centred.axis === mean.axis;
	const value = isCentred ? centred.of : own;
	return {
		kind: "spread",
		node: value,
		axis: mean.axis,
		isCentred,
		root: false,
		isUnbiased: false,
		within: 0,
		outside: 0,
	};
}

/** The square root of a variance or of a mean of squares; undefined for what is no such. */
export function rootOf(thing: Thing): Spread | undefined {
	const found = thing.kind === "spread" ? thing : thing.kind === "tensor" ? meanSquareOf(thing.node) : null;
	return found && !found.root ? { ...found, root: true } : undefined;
}

/** What a number is added to. */
export function spreadPlus(spread: Spread, by: number): Spread {
	return spread.root ? { ...spread, outside: spread.outside + by } : { ...spread, within: spread.within + by };
}

/**
 * A value divided by its spread, as a normalisation; undefined where it is another's, and where the size along the axis is
 * asked for but not known. A number that is added behind the root weighs as its square does within.
 */
export function standardised(machine: Machine, node: GraphNode, spread: Spread, site: Site): Thing | undefined {
	const { node: of, axis, isCentred, root, isUnbiased, within, outside } = spread;
	const centred = centredOf(node);
	const isOwn = isCentred ? centred?.of === of && centred.axis === axis : node === of;
	if (!isOwn || !root || within < 0 || outside < 0) return undefined;
	const isLast = axis === -1 || (of.shape !== null && axis === of.shape.length - 1);
	const size = of.shape?.at(axis) ?? (isLast ? of.features : null);
	if (isUnbiased && size === null) return undefined;
	const swap = { kind: "reshape", what: "transpose", how: { to: "swapped", axes: [axis, -1] } } as const;
	const moved = (value: GraphNode) => machine.node(() => swap, [value], site, { suffix: "transpose" }).node;
	const step: Step = {
		kind: "normalisation",
		of: isCentred ? "layer" : "rms",
		features: size,
		channels: "first",
		epsilon: within + outside ** 2,
	};
	let value = isLast ? of : moved(of);
	value = machine.node(() => step, [value], site, { suffix: "normalised", features: value.features }).node;
	if (isUnbiased) {
		const by = Math.sqrt((size! - 1) / size!); // Asked for above.
		value = machine.node(() => ({ kind: "scale", by }), [value], site, {
			suffix: "scale",
			features: value.features,
		}).node;
	}
	if (!isLast) value = moved(value);
	return { kind: "tensor", node: value };
}

/** The power of a number that a thing stands for. */
export function powerOf(machine: Machine, thing: Thing, by: Thing | undefined, site: Site): Thing | undefined {
	const power = numberOf(by);
	if (thing.kind === "spread" || power === 0.5 || power === -0.5) {
		const root = power !== null && Math.abs(power) === 0.5 ? rootOf(thing) : undefined;
		return root && (power === 0.5 ? root : { ...root, inverse: true });
	}
	if (thing.kind !== "tensor" || (power !== 2 && power !== 3)) return undefined;
	const { node } = thing;
	const times = (by: GraphNode, suffix: string) =>
		ofItself(machine, "*", by, node, site) ??
		machine.node(() => ({ kind: "multiply" }), [by, node], site, { suffix, features: node.features });
	const square = times(node, "square");
	return power === 2 ? square : times(square.node, "cube");
}
