import { Given } from "./given.ts";
import { sampleAxis } from "./layerSteps.ts";
import type { Machine } from "./machine.ts";
import { sizeOf } from "./members.ts";
import type { Beyond, Pooled, Rearrangement } from "./model.ts";
import { reshaped } from "./reshaped.ts";
import { axisAt, countOf, isWhole } from "./shapes.ts";
import {
	type Arguments,
	type GraphNode,
	numberOf,
	numberThing,
	type Site,
	sameThing,
	type Thing,
	unknown,
} from "./thing.ts";

/** Functions and methods that leave values as they are, in another shape, under the names of PyTorch, NumPy and TensorFlow. */
const REARRANGEMENT =
	/^(view|reshape|flatten|unflatten|permute|transpose|movedim|moveaxis|swapaxes|swapdims|t|squeeze|unsqueeze|expand|expand_as|repeat|repeat_interleave|narrow|index_select|select|roll|flip|tile|view_as|reshape_as|rearrange|pad|pixel_shuffle|pixel_unshuffle|channel_shuffle|expand_dims|ravel|broadcast_to)$/;

export function isRearrangement(name: string): boolean {
	return REARRANGEMENT.test(name);
}

/** What such a function makes of a value; `given` are the arguments behind it. */
export function rearrangedValue(machine: Machine, node: GraphNode, name: string, given: Arguments, site: Site): Thing {
	if (name === "repeat_interleave") {
		const again = repeatedInPlace(machine, node, given, site);
		if (again) return again;
	}
	const { how, sizes, batch, folded } = rearrangement(node, name, given);
	const more = {
		suffix: name,
		...(sizes && { sizes }),
		...(batch !== undefined && { batch }),
		...(folded !== undefined && { folded }),
	};
	return machine.node(() => ({ kind: "reshape", what: name, how }), [node], site, more);
}

interface Asked {
	readonly how: Rearrangement | null;
	/** The sizes that it names, where they may follow from those of other values. */
	readonly sizes?: readonly Thing[];
	/** Where the batch is behind it, if it has moved; null where it is one with the sample. */
	readonly batch?: number | null;
	/** How many axes the batch's holds behind it, if that has changed. */
	readonly folded?: number;
}

const NOT_FOLLOWED: Asked = { how: null };

function rearrangement(node: GraphNode, name: string, given: Arguments): Asked {
	if (given.open) return NOT_FOLLOWED;
	const axisOf = (axis: number | null) => axisOfSample(node, axis);
	const [first] = given.positional;
	const listed = first?.kind === "list" ? (first.open ? null : first.items) : given.positional;
	switch (name) {
		case "view":
		case "reshape":
			return sized(node, listed?.length ? listed : listOf(given.named.get("shape") ?? given.named.get("newshape")));
		case "flatten": {
			const a = new Given(given, "start_dim end_dim");
			// The first axis of a sample becomes one with the batch's.
			const isFolded = a.number("start_dim", 0) === 0 && a.number("end_dim", -1) === 1;
			if (isFolded && node.batch === 0 && node.folded === 0) return { how: { to: "same" }, folded: 1 };
			if (a.number("start_dim", 0) === 0 && a.number("end_dim", -1) === -1) return ofOneSample(node);
			const [from, until] = [axisOf(a.number("start_dim", 0)), axisOf(a.number("end_dim", -1))];
			return { how: from === null || until === null ? null : { to: "flat", from, until } };
		}
		case "unflatten": {
			const a = new Given(given, "dim sizes");
			const [axis, sizes] = [axisOf(a.number("dim")), listOf(a.thing("sizes"))];
			const isUnfolded = a.number("dim") === 0 && node.batch === 0 && node.folded === 1 && sizes?.length === 2;
			if (isUnfolded && timesBatch(sizes[0]!) === 1) return { how: { to: "same" }, folded: 0 };
			return axis === null || !sizes
				? NOT_FOLLOWED
				: { how: { to: "unflat", axis, sizes: sizes.map(numberOf) }, sizes };
		}
		case "permute":
			return ordered(node, listed);
		case "transpose":
		case "swapaxes":
		case "swapdims": {
			// NumPy's and TensorFlow's `transpose` names all axes.
			const all = given.named.get("perm") ?? given.named.get("axes") ?? (first?.kind === "list" ? first : undefined);
			if (all) return ordered(node, listOf(all));
			if (given.positional.length > 2) return ordered(node, given.positional);
			const a = new Given(given, "dim0 dim1");
			return swapped(node, a.number("dim0"), a.number("dim1"));
		}
		case "t":
			return swapped(node, 0, 1);
		case "squeeze":
		case "unsqueeze":
		case "expand_dims": {
			const at = first ?? given.named.get("dim") ?? given.named.get("axis");
			const axis = numberOf(at);
			if (name === "squeeze") {
				// PyTorch takes the batch's axis with the others, too, but of a batch of several samples.
				if (at === undefined) return { how: { to: "squeezed", axis: null } };
				const own = axisOf(axis);
				return own === null
					? NOT_FOLLOWED
					: { how: { to: "squeezed", axis: own }, ...(isBeforeBatch(node, own) && { batch: node.batch! - 1 }) };
			}
			// What all samples share gets a place for them.
			if (node.batch === null)
				return axis === 0
					? { how: { to: "same" }, batch: 0 }
					: axis === null
						? NOT_FOLLOWED
						: { how: { to: "unsqueezed", axis } };
			return unsqueezed(node, axis);
		}
		case "pad": {
			const a = new Given(given, "pad mode value");
			const by = listOf(a.thing("pad"));
			const mode = a.text("mode", "constant") ?? "";
			const value = a.optional("value", 0);
			const isZero = mode === "constant" && (value === 0 || value === null);
			const beyond = beyondOf(mode);
			if (!by || !(isZero || beyond)) return NOT_FOLLOWED;
			return { how: { to: "padded", by: [], ...(beyond && { beyond }) }, sizes: by };
		}
		case "roll": {
			const a = new Given(given, "shifts dims");
			const listOfNumbers = (thing: Thing | undefined) =>
				(thing?.kind === "list" ? (listOf(thing) ?? []) : thing ? [thing] : []).map((each) => numberOf(each));
			const [shifts, axes] = [
				listOfNumbers(a.thing("shifts")),
				listOfNumbers(a.thing("dims") ?? given.named.get("axis")).map(axisOf),
			];
			const along = axes.map((axis, i) => ({ axis: axis ?? Number.NaN, by: shifts[i] ?? Number.NaN }));
			const isKnown = axes.length > 0 && along.every(({ axis, by }) => Number.isInteger(axis) && Number.isInteger(by));
			return isKnown && shifts.length === axes.length ? { how: { to: "rolled", along } } : NOT_FOLLOWED;
		}
		case "pixel_shuffle": {
			const by = new Given(given, "upscale_factor").number("upscale_factor");
			return { how: by === null ? null : { to: "pixels", by } };
		}
		case "repeat":
		case "tile":
			return repeated(node, listed);
		case "expand":
			return expanded(node, listed);
		case "expand_as":
		case "broadcast_to":
			return { how: { to: "same" } };
		default:
			return NOT_FOLLOWED;
	}
}

/** All along each axis again, but for that of the batch, whose samples stay as many. */
function repeated({ batch, folded, shape }: GraphNode, times: readonly Thing[] | null): Asked {
	if (!times || batch === null || folded > 0 || numberOf(times[batch]) !== 1) return NOT_FOLLOWED;
	const own = times.toSpliced(batch, 1);
	if (own.length === 0 || (shape && shape.length !== own.length)) return NOT_FOLLOWED;
	return { how: { to: "repeated", times: own.map(numberOf) }, sizes: own };
}

/** Each place along an axis several times, one behind the other; undefined where axis or number are not known. */
function repeatedInPlace(machine: Machine, node: GraphNode, given: Arguments, site: Site): Thing | undefined {
	const a = new Given(given, "repeats dim");
	const [count, asked] = [a.number("repeats"), a.number("dim")];
	const { batch, folded, shape } = node;
	const own = asked === null || batch !== 0 || folded > 0 ? null : axisOfSample(node, asked);
	const axis = own === null || !shape ? undefined : axisAt(own, shape.length);
	if (given.open || axis === undefined || count === null || !(count >= 1)) return undefined;
	if (count === 1) return { kind: "tensor", node };
	const times = [...shape!, 1].map((_, i) => (i === axis + 1 ? count : 1));
	const parts: readonly Rearrangement[] = [
		{ to: "unsqueezed", axis: axis + 1 },
		{ to: "repeated", times },
		{ to: "flat", from: axis, until: axis + 1 },
	];
	const spread = (from: GraphNode, how: Rearrangement) => reshaped(machine, from, "repeat_interleave", how, site);
	return { kind: "tensor", node: parts.reduce(spread, node) };
}

/** Axes of size 1 as large as is asked for; of what all samples share, and of new axes, what it is combined with tells. */
function expanded({ batch, folded, shape }: GraphNode, sizes: readonly Thing[] | null): Asked {
	const same: Asked = { how: { to: "same" } };
	if (!sizes || batch === null || folded > 0 || (shape && shape.length !== sizes.length - 1)) return same;
	const own = sizes.toSpliced(batch, 1);
	return { how: { to: "expanded", sizes: own.map(numberOf) }, sizes: own };
}

/** What PyTorch's modes of padding put beyond the border; undefined for a number, and for what is no mode. */
export function beyondOf(mode: string): Beyond | undefined {
	switch (mode) {
		case "reflect":
			return "mirrored";
		case "replicate":
			return "last";
		case "circular":
			return "around";
		default:
			return undefined;
	}
}

/** A new axis, which may move the batch's. */
function unsqueezed({ batch, folded, shape }: GraphNode, axis: number | null): Asked {
	const at = axis === null || axis >= 0 ? axis : shape && shape.length - folded + 2 + axis;
	// Of a shape that is not known the last axis is the last of a sample.
	if (at === null && axis !== null && batch === 0) return { how: { to: "unsqueezed", axis } };
	if (at === null || batch === null) return NOT_FOLLOWED;
	return at <= batch
		? { how: { to: "unsqueezed", axis: at }, batch: batch + 1 }
		: { how: { to: "unsqueezed", axis: at - 1 + folded } };
}

/** Whether an axis of a sample stands before the batch's. */
export function isBeforeBatch({ batch }: GraphNode, axis: number): boolean {
	return batch !== null && axis >= 0 && axis < batch;
}

function listOf(thing: Thing | undefined): readonly Thing[] | null {
	return thing?.kind === "list" && !thing.open ? thing.items : null;
}

/** All sizes with the batch's: as itself or several times that, or as the first, a number or −1. */
function sized(node: GraphNode, sizes: readonly Thing[] | null): Asked {
	if (sizes?.length === 1 && numberOf(sizes[0]) === -1) return ofOneSample(node);
	if (!sizes || (sizes.length < 2 && !sizes.some((size) => timesOf(size)))) return NOT_FOLLOWED;
	const itself = sizes.findIndex((size) => timesOf(size) !== null);
	const batch = itself < 0 && sizes[0]!.kind === "number" ? 0 : itself;
	if (batch < 0) return NOT_FOLLOWED;
	const rest = sizes.toSpliced(batch, 1);
	const times = itself < 0 ? timesLeft(node, numberOf(sizes[0]), rest) : timesOf(sizes[itself]!)!; // It is the one found.
	const number = numberOf(times);
	if (number !== null && !Number.isInteger(number)) return NOT_FOLLOWED;
	const isOne = number === 1;
	const all = isOne ? rest : rest.toSpliced(batch, 0, times);
	return { how: { to: "sizes", sizes: all.map(numberOf) }, sizes: all, batch, folded: isOne ? 0 : 1 };
}

/** All numbers of the only sample, or of what all samples share, behind each other. */
function ofOneSample({ samples, batch, folded }: GraphNode): Asked {
	return batch === null || (samples === 1 && batch === 0 && folded === 0)
		? { how: { to: "flat", from: 0, until: -1 }, batch: null }
		: NOT_FOLLOWED;
}

/** How many times the number of samples a size is; null where it has nothing to do with it, or that is not known. */
export function timesBatch(size: Thing): number | null {
	const times = timesOf(size);
	return times && numberOf(times);
}

/** The same as a number or as sizes that the code leaves open. */
function timesOf(size: Thing): Thing | null {
	if (size.kind === "size") {
		if (size.axis !== 0) return null;
		const { shape, batch, folded } = size.node;
		if (folded === 1) return { kind: "size", node: size.node, axis: (batch ?? 0) + 1 };
		const own = folded > 0 ? (shape?.slice(batch ?? 0, (batch ?? 0) + folded) ?? [null]) : [];
		return isWhole(own) ? numberThing(countOf(own)) : null;
	}
	if (size.kind !== "size arithmetic") return null;
	const [left, right] = [timesOf(size.left), timesOf(size.right)];
	if ((left === null) === (right === null)) return null;
	const [by, times] = left === null ? [size.left, right!] : [size.right, left];
	const [p, q] = [numberOf(times), numberOf(by)];
	if (size.sign === "*") {
		if (p === 1) return by;
		return p === null || q === null
			? { kind: "size arithmetic", sign: "*", left: times, right: by }
			: numberThing(p * q);
	}
	if (left === null || !/^\/\/?$/.test(size.sign)) return null;
	return p !== null && q !== null ? numberThing(p / q) : sameThing(times, by) ? numberThing(1) : null;
}

/** How many samples a size of −1 makes of one, where the other sizes leave several. */
function timesLeft(node: GraphNode, first: number | null, rest: readonly Thing[]): Thing {
	const one = numberThing(1);
	const sizes = rest.map(numberOf);
	if (first !== -1) return one;
	const { shape } = node;
	if (isWhole(shape) && isWhole(sizes) && !sizes.includes(-1)) {
		const times = countOf(shape) / countOf(sizes);
		return Number.isInteger(times) ? numberThing(times) : one;
	}
	// All axes of the same value but the first: `x.view(-1, *others)`.
	const axes = rest.map((size) => (size.kind === "size" && size.node === node ? size.axis : Number.NaN));
	const isAll = node.batch === 0 && node.folded === 0 && (!shape || shape.length === axes.length + 1);
	const isLast = (i: number) => i > 0 && i === axes.length - 1;
	const isRest = isAll && axes.length > 0 && axes.every((axis, i) => axis === i + 2 || (isLast(i) && axis === -1));
	return isRest ? { kind: "size", node, axis: 1 } : one;
}

/** All axes in a new order, the batch's among them. */
function ordered(node: GraphNode, axes: readonly Thing[] | null): Asked {
	const all = axes?.map((axis) => wholeAxis(numberOf(axis), axes.length)) ?? [];
	if (all.length === 0 || all.includes(null)) return NOT_FOLLOWED;
	const batch = node.batch === null ? -1 : all.indexOf(node.batch);
	if (node.batch !== null && batch < 0) return NOT_FOLLOWED;
	const order = all.flatMap((axis, i) =>
		i === batch ? Array.from({ length: node.folded }, (_, k) => axis! + k) : behindBatch(node, axis!),
	);
	return { how: orderOf(order), ...(node.batch !== null && { batch }) };
}

/** Two axes that change places, one of which may be the batch's. */
function swapped(node: GraphNode, a: number | null, b: number | null): Asked {
	const own = [axisOfSample(node, a), axisOfSample(node, b)] as const;
	if (own[0] !== null && own[1] !== null) return { how: { to: "swapped", axes: [own[0], own[1]] } };
	if (a === null || b === null || node.batch === null) return NOT_FOLLOWED;
	// Of neighbours only the batch has moved.
	const [low, high] = [Math.min(a, b), Math.max(a, b)];
	if (low >= 0 && high === low + 1 && node.folded === 0)
		return { how: { to: "same" }, batch: node.batch === low ? high : low };
	if (!node.shape) return NOT_FOLLOWED;
	const count = node.shape.length - node.folded + 1;
	const axes = Array.from({ length: count }, (_, i) => i);
	const [p, q] = [wholeAxis(a, count), wholeAxis(b, count)];
	if (p === null || q === null) return NOT_FOLLOWED;
	[axes[p], axes[q]] = [axes[q]!, axes[p]!];
	return ordered(node, axes.map(numberThing));
}

function orderOf(order: readonly number[]): Rearrangement {
	return order.every((axis, i) => axis === i) ? { to: "same" } : { to: "order", order };
}

/** An axis among `count`, counted from the start. */
function wholeAxis(axis: number | null, count: number): number | null {
	return axis === null ? null : axis < 0 ? count + axis : axis;
}

function behindBatch({ batch, folded }: GraphNode, axis: number): number {
	return batch === null || axis < batch ? axis : axis - 1 + folded;
}

/** The axis of a value's sample by one that counts the batch's, too; null for that, and for what is not known. */
export function axisOfSample(node: GraphNode, axis: number | null): number | null {
	const { batch, shape, folded } = node;
	if (axis === null || batch === null) return axis;
	if (batch === 0 && (axis < 0 || folded === 0)) return sampleAxis(axis);
	const at = axis >= 0 ? axis : shape ? shape.length - folded + 1 + axis : null;
	return at === null || at === batch ? null : behindBatch(node, at);
}

/** The sizes of a value, or that along one axis. */
export function sizesOf({ node }: Thing & { kind: "tensor" }, axis?: Thing): Thing {
	const sizes = { kind: "sizes", node, from: 0 } as const;
	if (axis === undefined) return sizes;
	return axis.kind === "number" ? sizeOf(sizes, axis.value) : unknown("an axis is not known");
}

/** Whole axes of a value that are taken together, by a number or a list of such. */
export function axesOver(node: GraphNode, axes: Thing, keeps: boolean): Pooled | null {
	const all = axes.kind === "list" ? (axes.open ? [] : axes.items) : [axes];
	const found = all.map((each) => axisOfSample(node, numberOf(each)));
	return found.length > 0 && !found.includes(null) ? { kind: "axes", axes: found as number[], keeps } : null; // Null is looked for.
}
