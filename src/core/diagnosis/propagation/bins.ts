import type { Beyond, ModelLayer, Rearrangement, Step, Taken } from "../../reading/model/model.ts";
import {
	type AskSize,
	aloneOf,
	axisAt,
	besideOf,
	reducedAxes,
	repeatedSize,
	sizeOf,
	takenPlaces,
	windowsAlong,
} from "../../reading/model/shapes.ts";

/** What a place of the result takes of the places along one axis, each times a weight. */
export interface Bin {
	readonly at: readonly number[];
	readonly weights: readonly number[];
}

/**
 * What the places behind a step take together, along each axis of what it is fed: windows of a pool, places beside each
 * other that are resized, the places of a part; null for a step that is no such thing, and for one that takes all in order.
 */
export function binsOf(step: Step, from: readonly number[], ask: AskSize): readonly (readonly Bin[])[] | null {
	const beside = besideOf(step);
	if (beside > 0) {
		const own = binsOf(aloneOf(step), from.slice(beside), ask);
		return own && [...from.slice(0, beside).map(each), ...own];
	}
	switch (step.kind) {
		case "pool":
			return poolBins(step, from);
		case "resize":
			return from.map((size, axis) => {
				const d = step.channels === "first" ? axis - 1 : axis;
				const isPlace = d >= 0 && d < from.length - 1;
				if (!isPlace) return each(size);
				const spread = <T>(list: readonly T[]): T => (list.length === 1 ? list[0] : list[d]);
				const target = step.to ? sizeOf(spread(step.to), ask)! : Math.floor(size * spread(step.by!)!);
				return resized(step.of, size, target, step.alignCorners, step.to ? null : spread(step.by!));
			});
		case "reshape":
			return step.how && rearrangedBins(step.how, from, ask);
		default:
			return null;
	}
}

/** What spreads a value of a shape out to another of as many axes or more: its size of 1 is every place. */
export function spreadBins(from: readonly number[], to: readonly number[]): readonly (readonly Bin[])[] | null {
	const whole = [...Array.from({ length: to.length - from.length }, () => 1), ...from];
	if (whole.every((size, i) => size === to[i])) return null;
	return whole.map((size, i) => (size === to[i] ? each(size) : Array.from({ length: to[i] }, () => taken(0))));
}

/** The means over the places behind a step: of the sum of the weights, and of that of their squares. */
export function weighing(bins: readonly (readonly Bin[])[]): { readonly sum: number; readonly squares: number } {
	let [sum, squares] = [1, 1];
	for (const along of bins) {
		const mean = (of: (weight: number) => number) =>
			along.reduce((all, { weights }) => all + weights.reduce((a, b) => a + of(b), 0), 0) / along.length;
		sum *= mean((weight) => weight);
		squares *= mean((weight) => weight * weight);
	}
	return { sum, squares };
}

function each(size: number): Bin[] {
	return Array.from({ length: size }, (_, i) => taken(i));
}

function taken(...at: number[]): Bin {
	return { at, weights: at.map(() => 1) };
}

function poolBins({ of, over }: Extract<Step, { kind: "pool" }>, from: readonly number[]): (readonly Bin[])[] | null {
	if (!over) return null;
	const meanOf = (at: readonly number[], divisor: number): Bin => ({
		at,
		weights: at.map(() => (of === "average" ? 1 / divisor : 1)),
	});
	if (over.kind === "axes") {
		const gone = reducedAxes(from.length, over.axes);
		return gone && from.map((size, i) => (gone.has(i) ? [meanOf(range(0, size), size)] : each(size)));
	}
	const bins: (readonly Bin[])[] = [];
	for (let axis = 0; axis < from.length; axis++) {
		const size = from[axis];
		const d = over.channels === "first" ? axis - 1 : axis;
		if (d < 0 || d >= from.length - 1) {
			bins.push(each(size));
			continue;
		}
		if (over.kind === "adaptive") {
			const count = over.to[d] ?? size;
			const along = Array.from({ length: count }, (_, i) => {
				const at = range(Math.floor((i * size) / count), Math.ceil(((i + 1) * size) / count));
				return meanOf(at, at.length);
			});
			bins.push(along);
			continue;
		}
		const windows = windowsAlong(over, d, size, over.ceil);
		if (!windows) return null;
		const { count, kernel, stride, dilation, before } = windows;
		const end = over.padding === "same" ? Number.POSITIVE_INFINITY : size + before;
		const along = Array.from({ length: count }, (_, w) => {
			const start = w * stride - before;
			const at = range(0, kernel)
				.map((k) => start + k * dilation)
				.filter((place) => place >= 0 && place < size);
			return meanOf(at, over.countsPadding ? Math.min(start + kernel, end) - start : at.length);
		});
		bins.push(along);
	}
	return bins;
}

function range(start: number, end: number): number[] {
	return Array.from({ length: Math.max(end - start, 0) }, (_, i) => start + i);
}

/** Places between places; without aligned corners each place is an interval of its own, as long as all others. */
function resized(of: "nearest" | "linear", size: number, target: number, corners: boolean, by: number | null): Bin[] {
	const step = by === null ? size / target : 1 / by;
	return Array.from({ length: target }, (_, i) => {
		if (of === "nearest") return taken(Math.min(Math.floor(i * step), size - 1));
		const place = corners ? (target > 1 ? (i * (size - 1)) / (target - 1) : 0) : Math.max((i + 0.5) * step - 0.5, 0);
		const left = Math.min(Math.floor(place), size - 1);
		const share = place - left;
		if (share === 0 || left === size - 1) return taken(left);
		return { at: [left, left + 1], weights: [1 - share, share] };
	});
}

function rearrangedBins(how: Rearrangement, from: readonly number[], ask: AskSize): (readonly Bin[])[] | null {
	if (how.to === "part") {
		const axis = axisAt(how.axis, from.length);
		return from.map((size, i) => {
			if (i !== axis) return each(size);
			const length = size / how.count;
			return range(how.index * length, (how.index + 1) * length).map((at) => taken(at));
		});
	}
	if (how.to === "taken") return takenBins(how.along, from, ask);
	if (how.to === "repeated" || how.to === "expanded") {
		const given = how.to === "repeated" ? how.times : how.sizes;
		return from.map((size, i) => range(0, repeatedSize(how.to, size, given[i], ask)!).map((at) => taken(at % size)));
	}
	if (how.to !== "padded") return null;
	const by = how.by.map((one) => sizeOf(one, ask)!);
	return from.map((size, i) => {
		const pair = 2 * (from.length - 1 - i);
		const [before, behind] = pair < by.length ? [by[pair], by[pair + 1]] : [0, 0];
		return range(-before, size + behind).map((at) => {
			if (at >= 0 && at < size) return taken(at);
			return how.beyond ? taken(placeBeyond(how.beyond, at, size)) : taken();
		});
	});
}

/** The place of an axis that lies at one beyond its border. */
function placeBeyond(beyond: Beyond, at: number, size: number): number {
	switch (beyond) {
		case "mirrored":
			return at < 0 ? -at : 2 * (size - 1) - at;
		case "last":
			return at < 0 ? 0 : size - 1;
		case "around":
			return at < 0 ? at + size : at - size;
	}
}

/** The places that are taken along each axis. */
export function takenBins(along: readonly Taken[], from: readonly number[], ask: AskSize): (readonly Bin[])[] {
	const bins = from.map(each);
	for (const one of along) {
		const axis = axisAt(one.axis, from.length)!;
		bins[axis] = takenPlaces(one, from[axis], ask)!.map((at) => taken(at));
	}
	return bins;
}

/** For each number behind a step, the numbers that it takes of those before: from `starts[i]` on in `from` to `starts[i + 1]`. */
export interface Gathering {
	readonly starts: Int32Array;
	readonly from: Int32Array;
	readonly weights: Float64Array;
}

/** The numbers of a sample that bins along each of its axes take. */
export function gatheringOf(bins: readonly (readonly Bin[])[], shape: readonly number[]): Gathering {
	const count = bins.reduce((all, along) => all * along.length, 1);
	const total = bins.reduce((all, along) => all * along.reduce((sum, { at }) => sum + at.length, 0), 1);
	const starts = new Int32Array(count + 1);
	const [from, weights] = [new Int32Array(total), new Float64Array(total)];
	let [result, used] = [0, 0];
	const visit = (axis: number, places: readonly number[], shares: readonly number[]): void => {
		if (axis === bins.length) {
			from.set(places, used);
			weights.set(shares, used);
			used += places.length;
			starts[++result] = used;
			return;
		}
		const size = shape[axis];
		for (const { at, weights: own } of bins[axis]) {
			if (at.length === 1) {
				visit(
					axis + 1,
					places.map((place) => place * size + at[0]),
					own[0] === 1 ? shares : shares.map((share) => share * own[0]),
				);
				continue;
			}
			visit(
				axis + 1,
				places.flatMap((place) => at.map((one) => place * size + one)),
				shares.flatMap((share) => own.map((one) => share * one)),
			);
		}
	};
	visit(0, [0], [1]);
	return { starts, from, weights };
}

/** The numbers of a sample in another order of its axes, in windows, or moved from channels to places; null where they stay in order. */
export function movedPlaces(how: Rearrangement, from: readonly number[]): Gathering | null {
	const strides = from.map((_, i) => from.slice(i + 1).reduce((all, one) => all * one, 1));
	switch (how.to) {
		case "order":
		case "swapped": {
			const [a, b] = how.to === "swapped" ? how.axes.map((axis) => axisAt(axis, from.length)!) : [0, 0];
			const order =
				how.to === "order"
					? how.order.map((axis) => axisAt(axis, from.length)!)
					: from.map((_, i) => (i === a ? b : i === b ? a : i));
			return single(
				order.map((axis) => from[axis]),
				(index) => index.reduce((all, at, i) => all + at * strides[order[i]], 0),
			);
		}
		case "rolled": {
			const shift = from.map(() => 0);
			for (const { axis, by } of how.along) shift[axisAt(axis, from.length)!] += by;
			return single(from, (index) =>
				index.reduce((all, at, i) => all + ((((at - shift[i]) % from[i]) + from[i]) % from[i]) * strides[i], 0),
			);
		}
		case "windows": {
			const axis = axisAt(how.axis, from.length)!;
			const count = Math.floor((from[axis] - how.dilation * (how.size - 1) - 1) / how.by) + 1;
			return single([...from.with(axis, count), how.size], (index) => {
				const place = index[axis] * how.by + index[from.length] * how.dilation;
				return from.reduce((all, _, i) => all + (i === axis ? place : index[i]) * strides[i], 0);
			});
		}
		case "pixels": {
			const { by } = how;
			const [features, height, width] = from;
			return single([features / by ** 2, height * by, width * by], ([channel, y, x]) => {
				const source = (channel * by + (y % by)) * by + (x % by);
				return source * strides[0] + Math.floor(y / by) * strides[1] + Math.floor(x / by);
			});
		}
		default:
			return null;
	}
}

function single(sizes: readonly number[], source: (index: readonly number[]) => number): Gathering {
	const count = sizes.reduce((all, one) => all * one, 1);
	const from = new Int32Array(count);
	const index = sizes.map(() => 0);
	for (let i = 0; i < count; i++) {
		from[i] = source(index);
		for (let axis = sizes.length - 1; axis >= 0 && ++index[axis] === sizes[axis]; axis--) index[axis] = 0;
	}
	return {
		starts: Int32Array.from({ length: count + 1 }, (_, i) => i),
		from,
		weights: new Float64Array(count).fill(1),
	};
}

/** How the sizes of other layers' values are asked for, by their shapes. */
export function askIn(shapes: readonly (ModelLayer["shape"] | undefined)[]): AskSize {
	return (layer, axis) => (axis > 0 ? shapes[layer]?.[axis - 1] : axis < 0 ? shapes[layer]?.at(axis) : null) ?? null;
}
