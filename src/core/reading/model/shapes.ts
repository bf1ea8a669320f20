import type { Channels, Rearrangement, Shape, SizeOf, Step, Taken, Windows } from "./model.ts";
import { numberOperation } from "./numberOperation.ts";

/** The size of a layer's value along an axis, as its framework counts the axes; null where it is not known. */
export type AskSize = (layer: number, axis: number) => number | null;

/**
 * The shape of what a step gives, by those of what it is fed; null where it is not known, and where the sizes do not fit.
 * An input's shape is not a matter of its step: null.
 */
export function shapeBehind(step: Step, inputs: readonly Shape[], ask: AskSize = () => null): Shape {
	const [first = null] = inputs;
	const beside = besideOf(step);
	if (beside > 0) {
		if (!first || first.length < beside) return null;
		const own = shapeBehind(aloneOf(step), [first.slice(beside)], ask);
		return own && [...first.slice(0, beside), ...own];
	}
	switch (step.kind) {
		case "linear":
			return first && first.length > 0 && fits(first.at(-1), step.inputs)
				? [...first.slice(0, -1), step.outputs]
				: null;
		case "embedding":
			return first && [...first, step.outputs];
		case "recurrence":
			if (!first) return [null, givenBy(step)];
			return first.length === 2 && fits(first[1], step.inputs) ? [first[0]!, givenBy(step)] : null;
		case "convolution": {
			// Of whatever comes in, the number of axes is known behind it.
			const open = { places: Array.from({ length: step.dimensions }, () => null), features: null };
			const parts = first ? partsOf(first, step.channels, step.dimensions) : open;
			if (!parts || !fits(parts.features, step.inputs)) return null;
			const places = parts.places.map((size, d) => {
				const windows = size === null ? null : convolutionAlong(step, d, size);
				return windows && (step.transposed ? windows.places : windows.count);
			});
			return wholeOf(places, step.outputs, step.channels);
		}
		case "pool": {
			const { over } = step;
			if (!first || !over) return null;
			if (over.kind === "axes") return withoutAxes(first, over.axes, over.keeps);
			const parts = partsOf(first, over.channels, over.kind === "adaptive" ? over.to.length : over.kernel.length);
			if (!parts) return null;
			const places = parts.places.map((size, d) => {
				if (over.kind === "adaptive") return over.to[d] ?? size;
				return size === null ? null : (windowsAlong(over, d, size, over.ceil)?.count ?? null);
			});
			return wholeOf(places, parts.features, over.channels);
		}
		case "resize": {
			const parts = partsOf(first, step.channels);
			const { by, to } = step;
			const given = by ?? to ?? [];
			if (!parts || (given.length !== 1 && given.length !== parts.places.length)) return null;
			const places = parts.places.map((size, d) => {
				const at = given.length === 1 ? 0 : d;
				if (to) return sizeOf(to[at], ask);
				const factor = by![at];
				return size === null || factor === null ? null : Math.floor(size * factor);
			});
			return wholeOf(places, parts.features, step.channels);
		}
		case "add":
		case "multiply":
			return inputs.reduce((all, one) => together(all, one));
		case "concatenate":
			return joined(inputs, step.axis);
		case "product":
			return multiplied(first, inputs[1] ?? null);
		case "reshape":
			if (!first && step.how?.to === "sizes") return sizedAs(step.how.sizes, null, ask);
			return first && step.how && rearranged(step.how, first, ask);
		case "range":
			return [rangeSize(step, ask)];
		case "write":
		case "causal":
		case "masked":
		case "normalisation":
		case "activation":
		case "own-activation":
		case "dropout":
		case "scale":
		case "identity":
		case "noise":
			return first;
		case "input":
		case "parameter":
		case "unknown":
			return null;
	}
}

/** How many numbers a cell gives at each place. */
export function givenBy({ gives, outputs, projection }: Extract<Step, { kind: "recurrence" }>): number | null {
	return gives === "cell" && projection ? projection.units : outputs;
}

/** How many axes before its own a step goes through side by side. */
export function besideOf(step: Step): number {
	return "beside" in step ? (step.beside ?? 0) : 0;
}

/** A step on one of what lies beside each other. */
export function aloneOf<S extends Step>(step: S): S {
	return besideOf(step) > 0 ? { ...step, beside: 0 } : step;
}

/** How many numbers a range has; null where that is not known. */
export function rangeSize({ from, until, by }: Extract<Step, { kind: "range" }>, ask: AskSize): number | null {
	const end = sizeOf(until, ask);
	return end === null ? null : Math.max(0, Math.ceil((end - from) / by));
}

/** What a matrix product gives: the rows of the first, the columns of the second. */
function multiplied(a: Shape, b: Shape): Shape {
	if (!a || !b || a.length < 2 || b.length < 2 || !fits(a.at(-1), b.at(-2)!)) return null;
	const around = together(a.slice(0, -2), b.slice(0, -2));
	return around && [...around, a.at(-2)!, b.at(-1)!];
}

/** Whether all sizes of a shape are known. */
export function isWhole(shape: Shape): shape is readonly number[] {
	return shape?.every((one) => one !== null) ?? false;
}

/** How many numbers a value of a whole shape has. */
export function countOf(shape: readonly number[]): number {
	return shape.reduce((all, one) => all * one, 1);
}

function fits(size: number | null | undefined, wanted: number | null): boolean {
	return size == null || wanted === null || size === wanted;
}

/** Sizes along the axes of places, and at each place; null if there are not as many axes as `dimensions`. */
export function partsOf<T extends number | null>(
	shape: readonly T[] | null,
	channels: Channels,
	dimensions?: number,
): { readonly places: readonly T[]; readonly features: T } | null {
	if (!shape || shape.length === 0 || (dimensions !== undefined && shape.length !== dimensions + 1)) return null;
	return channels === "first"
		? { places: shape.slice(1), features: shape[0] }
		: { places: shape.slice(0, -1), features: shape[shape.length - 1] };
}

function wholeOf(places: readonly (number | null)[], features: number | null, channels: Channels): Shape {
	return channels === "first" ? [features, ...places] : [...places, features];
}

/** Windows along one axis: window w begins at w·stride − before and takes every dilation-th of the places. */
export interface Along {
	/** How many windows there are. */
	readonly count: number;
	readonly places: number;
	readonly kernel: number;
	readonly stride: number;
	readonly dilation: number;
	readonly before: number;
}

/** The windows along an axis of `places`; null where a size is not known, or there is no window. */
export function windowsAlong(windows: Windows, d: number, places: number, ceil = false): Along | null {
	const [kernel, stride, dilation] = [windows.kernel[d], windows.stride[d], windows.dilation[d]];
	if (kernel == null || stride == null || dilation == null) return null;
	const span = dilation * (kernel - 1) + 1;
	if (windows.padding === "same") {
		const count = Math.ceil(places / stride);
		const before = Math.floor(Math.max((count - 1) * stride + span - places, 0) / 2);
		return { count, places, kernel, stride, dilation, before };
	}
	const before = windows.padding[d];
	if (before == null) return null;
	const steps = (places + 2 * before - span) / stride;
	let count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
	// A last window must begin before the end of the places.
	if (ceil && (count - 1) * stride >= places + before) count--;
	return count < 1 ? null : { count, places, kernel, stride, dilation, before };
}

/**
 * The windows of a convolution that is fed `size` places along an axis. Those of a transposed one lie on what it gives: it
 * is fed one number for each window.
 */
export function convolutionAlong(step: Extract<Step, { kind: "convolution" }>, d: number, size: number): Along | null {
	if (!step.transposed) return windowsAlong(step, d, size);
	const [kernel, stride, dilation, more] = [step.kernel[d], step.stride[d], step.dilation[d], step.outputPadding[d]];
	if (kernel == null || stride == null || dilation == null || more == null) return null;
	const span = dilation * (kernel - 1) + 1;
	if (step.padding === "same") {
		const places = size * stride;
		const before = Math.floor(Math.max((size - 1) * stride + span - places, 0) / 2);
		return { count: size, places, kernel, stride, dilation, before };
	}
	const before = step.padding[d];
	if (before == null) return null;
	const places = (size - 1) * stride - 2 * before + span + more;
	return places < 1 ? null : { count: size, places, kernel, stride, dilation, before };
}

/** An axis of a sample by its place; undefined if there is none. */
export function axisAt(axis: number, length: number): number | undefined {
	const at = axis < 0 ? length + axis : axis;
	return at >= 0 && at < length ? at : undefined;
}

function withoutAxes(shape: readonly (number | null)[], axes: readonly number[] | "places", keeps: boolean): Shape {
	const gone = reducedAxes(shape.length, axes);
	if (!gone) return null;
	return keeps ? shape.map((size, i) => (gone.has(i) ? 1 : size)) : shape.filter((_, i) => !gone.has(i));
}

/** The axes that are taken together, by their places; null if there are no such. */
export function reducedAxes(length: number, axes: readonly number[] | "places"): ReadonlySet<number> | null {
	if (axes === "places") return new Set(Array.from({ length: length - 1 }, (_, i) => i));
	const found = axes.map((axis) => axisAt(axis, length));
	return found.includes(undefined) ? null : new Set(found as number[]); // Undefined is looked for.
}

/** What two values of these shapes make together, axis by axis from the last on; a size of 1 is spread out. */
function together(a: Shape, b: Shape): Shape {
	if (!a || !b) return null;
	const length = Math.max(a.length, b.length);
	const sizes: (number | null)[] = [];
	for (let i = 1; i <= length; i++) {
		const [p, q] = [i > a.length ? 1 : a[a.length - i], i > b.length ? 1 : b[b.length - i]];
		if (p !== null && q !== null && p !== q && p !== 1 && q !== 1) return null;
		sizes.unshift(p === null || q === null ? (p === q ? p : null) : Math.max(p, q));
	}
	return sizes;
}

function joined(inputs: readonly Shape[], axis: number | null): Shape {
	const [first] = inputs;
	if (!first || axis === null) return null;
	const at = axisAt(axis, first.length);
	if (at === undefined) return null;
	let total: number | null = 0;
	for (const shape of inputs) {
		if (shape?.length !== first.length || shape.some((size, i) => i !== at && !fits(size, first[i]))) return null;
		const size = shape[at];
		total = total === null || size === null ? null : total + size;
	}
	return first.map((size, i) => (i === at ? total : size));
}

function rearranged(how: Rearrangement, shape: readonly (number | null)[], ask: AskSize): Shape {
	const { length } = shape;
	switch (how.to) {
		case "same":
			return shape;
		case "rolled":
			return how.along.every(({ axis }) => axisAt(axis, length) !== undefined) ? shape : null;
		case "flat": {
			const [from, until] = [axisAt(how.from, length), axisAt(how.until, length)];
			if (from === undefined || until === undefined) return null;
			return [...shape.slice(0, from), product(shape.slice(from, until + 1)), ...shape.slice(until + 1)];
		}
		case "unflat": {
			const at = axisAt(how.axis, length);
			const sizes = at === undefined ? null : sizedAs(how.sizes, shape[at] ?? null, ask);
			return sizes && shape.toSpliced(at!, 1, ...sizes);
		}
		case "sizes":
			return sizedAs(how.sizes, product(shape), ask);
		case "order": {
			const order = how.order.map((axis) => axisAt(axis, length));
			const isAll = order.length === length && new Set(order).size === length && !order.includes(undefined);
			return isAll ? order.map((axis) => shape[axis!]) : null;
		}
		case "swapped": {
			const [a, b] = how.axes.map((axis) => axisAt(axis, length));
			if (a === undefined || b === undefined) return null;
			return shape.map((size, i) => (i === a ? shape[b] : i === b ? shape[a] : size));
		}
		case "squeezed": {
			if (how.axis === null) return isWhole(shape) ? shape.filter((size) => size !== 1) : null;
			const at = axisAt(how.axis, length);
			return at === undefined || shape[at] === null ? null : shape.filter((size, i) => i !== at || size !== 1);
		}
		case "unsqueezed": {
			const at = axisAt(how.axis, length + 1);
			return at === undefined ? null : shape.toSpliced(at, 0, 1);
		}
		case "repeated":
		case "expanded": {
			const given = how.to === "repeated" ? how.times : how.sizes;
			return given.length === length ? shape.map((size, i) => repeatedSize(how.to, size, given[i], ask)) : null;
		}
		case "padded": {
			if (how.by.length % 2 !== 0 || how.by.length > 2 * length) return null;
			const by = how.by.map((one) => sizeOf(one, ask));
			return shape.map((size, i) => {
				const pair = 2 * (length - 1 - i);
				if (pair >= by.length) return size;
				const [before, behind] = [by[pair], by[pair + 1]];
				if (size === null || before === null || behind === null) return null;
				return Math.max(before, behind) > mostBeyond(how, size) ? null : size + before + behind;
			});
		}
		case "part": {
			const at = axisAt(how.axis, length);
			if (at === undefined) return null;
			const size = shape[at];
			if (size !== null && size % how.count !== 0) return null;
			return shape.map((one, i) => (i === at && one !== null ? one / how.count : one));
		}
		case "taken": {
			const gone = new Set<number>();
			const sizes = [...shape];
			for (const one of how.along) {
				const at = axisAt(one.axis, length);
				if (at === undefined) return null;
				if (!one.keeps) gone.add(at);
				const size = shape[at];
				const places = size === null ? null : takenPlaces(one, size, ask);
				if (places?.length === 0) return null;
				sizes[at] = places?.length ?? null;
			}
			return sizes.filter((_, i) => !gone.has(i));
		}
		case "windows": {
			const at = axisAt(how.axis, length);
			if (at === undefined) return null;
			const size = shape[at];
			const count = size === null ? null : Math.floor((size - how.dilation * (how.size - 1) - 1) / how.by) + 1;
			return count !== null && count < 1 ? null : [...shape.with(at, count), how.size];
		}
		case "pixels": {
			const [features, ...places] = shape;
			const area = how.by ** 2;
			if (features == null || places.length !== 2 || features % area !== 0) return null;
			return [features / area, ...places.map((size) => (size === null ? null : size * how.by))];
		}
	}
}

/** The size of an axis that is repeated so many times, or expanded to so many places; null where that is not known. */
export function repeatedSize(
	to: "repeated" | "expanded",
	size: number | null,
	given: SizeOf | undefined,
	ask: AskSize,
): number | null {
	const number = sizeOf(given, ask);
	if (to === "repeated") return size === null || number === null ? null : size * number;
	return size === 1 && number !== -1 ? number : size;
}

/** How many places there are to put beyond the border of an axis. */
function mostBeyond({ beyond }: Extract<Rearrangement, { to: "padded" }>, size: number): number {
	return beyond === "mirrored" ? size - 1 : beyond === "around" ? size : Number.POSITIVE_INFINITY;
}

/** Sizes that `count` numbers take; one that is left open, −1, is what is left. Null where they do not fit. */
function sizedAs(wanted: readonly SizeOf[], count: number | null, ask: AskSize): Shape {
	const sizes = wanted.map((one) => sizeOf(one, ask));
	const open = sizes.indexOf(-1);
	if (count === null) return open < 0 ? sizes : sizes.map((size) => (size === -1 ? null : size));
	const rest = product(sizes.filter((_, i) => i !== open));
	if (rest === null) return null;
	if (open < 0) return rest === count ? sizes : null;
	return count % rest === 0 ? sizes.map((size, i) => (i === open ? count / rest : size)) : null;
}

/** The places of an axis of `size` that are taken; null where they are not known, or there is no such place. */
export function takenPlaces(taken: Taken, size: number, ask: AskSize): readonly number[] | null {
	const place = (at: SizeOf) => {
		const value = sizeOf(at, ask);
		return value === null || value >= 0 ? value : size + value;
	};
	const start = place(taken.from);
	const end = taken.until === "end" ? size : place(taken.until);
	if (start === null || end === null) return null;
	if (!taken.keeps) return start >= 0 && start < size ? [start] : null;
	const places: number[] = [];
	for (let at = Math.max(start, 0); at < Math.min(end, size); at += taken.by) places.push(at);
	return places;
}

function product(sizes: readonly (number | null)[]): number | null {
	return sizes.reduce<number | null>((all, one) => (all === null || one === null ? null : all * one), 1);
}

/** The number that a size comes to; null where it is not known. */
export function sizeOf(size: SizeOf | undefined, ask: AskSize): number | null {
	if (size == null || typeof size === "number") return size ?? null;
	if ("layer" in size) return ask(size.layer, size.axis);
	const [a, b] = [sizeOf(size.left, ask), sizeOf(size.right, ask)];
	if (a === null || b === null) return null;
	const value = numberOperation(size.sign, a, b);
	return value !== undefined && Number.isInteger(value) ? value : null;
}
