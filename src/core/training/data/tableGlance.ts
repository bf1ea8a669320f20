import type { Table } from "../table.ts";
import { summaryOf, type TableSummary } from "./tableSummary.ts";

/** What fits on a page of a table: its summary, and some of its samples. Never more than a few hundred kilobytes. */
export interface TableGlance {
	readonly summary: Pick<TableSummary, "task" | "samples" | "features" | "classes" | "target" | "missing">;
	/** Names of constant features: the first ones, and how many there are. */
	readonly constant: { readonly names: readonly string[]; readonly count: number };
	/** Encoded columns with how many texts each has: the first ones, and how many there are. */
	readonly encoded: {
		readonly columns: readonly { readonly name: string; readonly categories: number }[];
		readonly count: number;
	};
	/** Samples in the plane, where there are two features, or one and a number to predict. */
	readonly points: Points | null;
	/** Samples that are pictures. */
	readonly pictures: Pictures | null;
}

/** Some of the samples, each with its place and its class. */
export interface Points {
	/** Names of the axes. */
	readonly names: readonly [x: string, y: string];
	readonly x: readonly number[];
	readonly y: readonly number[];
	/** Class indices; empty for regression. */
	readonly classes: readonly number[];
	/** What the axes hold: the range of all samples with a little air. */
	readonly domain: readonly [x: readonly [min: number, max: number], y: readonly [min: number, max: number]];
}

/** Some of the samples, all of one size; large ones are made smaller. */
export interface Pictures {
	readonly width: number;
	readonly height: number;
	/** 1 for grey, 3 for red, green and blue. */
	readonly channels: 1 | 3;
	/** `pixels` are whole numbers 0…255 from the smallest to the largest value of all pictures shown, by rows. */
	readonly samples: readonly { readonly target: number; readonly pixels: readonly number[] }[];
}

const MOST_POINTS = 1000;
const MOST_PICTURES = 24;
/** Pixels on a side. */
const MOST_SIDE = 32;
const MOST_NAMES = 8;
/** Air around the points, as a share of their range. */
const AIR = 0.06;

/** A table at a glance. Samples are taken evenly from all of them, pictures the same number of each class. */
export function glanceAt(table: Table): TableGlance {
	const { constant, encoded, ranges, ...summary } = summaryOf(table);
	const { task, samples, features, classes, target, missing } = summary;
	return {
		summary: { task, samples, features, classes, target, missing },
		constant: { names: constant.slice(0, MOST_NAMES), count: constant.length },
		encoded: {
			columns: encoded.slice(0, MOST_NAMES).map(({ name, categories }) => ({ name, categories: categories.length })),
			count: encoded.length,
		},
		points: pointsOf(table),
		pictures: picturesOf(table),
	};
}

/**
 * The part of the plane in which a table's points lie, with a little air; undefined where it has no two features of finite
 * range.
 */
export function planeOf({ inputs, targets, features, task }: Table): Points["domain"] | undefined {
	if (features === 2) return [withAir(inputs, 0, 2), withAir(inputs, 1, 2)];
	if (features === 1 && task === "regression") return [withAir(inputs, 0, 1), withAir(targets, 0, 1)];
	return undefined;
}

function pointsOf(table: Table): Points | null {
	const domain = planeOf(table);
	if (!domain) return null;
	const { inputs, targets, features, task, featureNames } = table;
	// A regression on two features would need a third axis for its target.
	if (features === 2 && task === "regression") return null;
	const chosen = evenly(table.samples, MOST_POINTS);
	return {
		names: [featureNames[0], featureNames[1] ?? ""],
		x: chosen.map((i) => inputs[i * features]),
		y: chosen.map((i) => (features === 2 ? inputs[2 * i + 1] : targets[i])),
		classes: task === "classification" ? chosen.map((i) => targets[i]) : [],
		domain,
	};
}

function withAir(values: Float64Array, first: number, step: number): [min: number, max: number] {
	let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (let i = first; i < values.length; i += step) {
		min = Math.min(min, values[i]);
		max = Math.max(max, values[i]);
	}
	// A constant is put in the middle. Each part is scaled on its own: the difference of huge numbers may overflow.
	const air = max > min ? max * AIR - min * AIR : Math.max(1, Math.abs(min) * AIR);
	return [min - air, max + air];
}

function picturesOf(table: Table): Pictures | null {
	const layout = layoutOf(table.sampleShape ?? []);
	if (!layout) return null;
	const chosen = ofEachClass(table, MOST_PICTURES);
	const [width, height] = [layout.width, layout.height].map((side) => Math.min(side, MOST_SIDE));
	const values = chosen.map((i) => shrunk(table.inputs, i * table.features, layout, width, height));
	const all = values.flat();
	const min = all.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
	const max = all.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
	const grey = (value: number) => (max > min ? Math.round((255 * (value / 2 - min / 2)) / (max / 2 - min / 2)) : 0);
	return {
		width,
		height,
		channels: layout.channels,
		samples: chosen.map((i, k) => ({ target: table.targets[i], pixels: values[k].map(grey) })),
	};
}

interface Layout {
	readonly width: number;
	readonly height: number;
	readonly channels: 1 | 3;
	/** Where the value of a pixel's channel lies in a sample. */
	readonly at: (row: number, column: number, channel: number) => number;
}

/** How a sample is a picture: [height, width], or with one or three channels first or last; undefined where it is none. */
function layoutOf(shape: readonly number[]): Layout | undefined {
	const isChannels = (count: number): count is 1 | 3 => count === 1 || count === 3;
	const [first, second, third] = shape;
	if (Math.min(...shape) < 1) return undefined;
	if (shape.length === 2) {
		return { height: first, width: second, channels: 1, at: (row, column) => row * second + column };
	}
	if (shape.length !== 3) return undefined;
	if (isChannels(third)) {
		const at = (row: number, column: number, channel: number) => (row * second + column) * third + channel;
		return { height: first, width: second, channels: third, at };
	}
	if (isChannels(first)) {
		const at = (row: number, column: number, channel: number) => (channel * second + row) * third + column;
		return { height: second, width: third, channels: first, at };
	}
	return undefined;
}

/** A picture with each side at most that long: every pixel is the mean of those it stands for. */
function shrunk(inputs: Float64Array, start: number, layout: Layout, width: number, height: number): number[] {
	const pixels: number[] = [];
	const span = (index: number, to: number, from: number) =>
		[Math.floor((index * from) / to), Math.ceil(((index + 1) * from) / to)] as const;
	for (let row = 0; row < height; row++) {
		const [top, bottom] = span(row, height, layout.height);
		for (let column = 0; column < width; column++) {
			const [left, right] = span(column, width, layout.width);
			const count = (bottom - top) * (right - left);
			for (let channel = 0; channel < layout.channels; channel++) {
				let mean = 0;
				for (let i = top; i < bottom; i++) {
					for (let j = left; j < right; j++) mean += inputs[start + layout.at(i, j, channel)] / count;
				}
				pixels.push(mean);
			}
		}
	}
	return pixels;
}

/** `most` indices at the most, evenly from 0…count−1. */
function evenly(count: number, most: number): number[] {
	const length = Math.min(count, most);
	return Array.from({ length }, (_, i) => Math.floor((i * count) / length));
}

/** `most` samples at the most, in turn of each class, the first ones of each. */
function ofEachClass({ samples, targets, classes, task }: Table, most: number): number[] {
	if (task === "regression") return evenly(samples, most);
	const each = Math.ceil(most / classes);
	const members: number[][] = Array.from({ length: classes }, () => []);
	for (let i = 0; i < samples; i++) if (members[targets[i]].length < each) members[targets[i]].push(i);
	const inTurn: number[] = [];
	for (let k = 0; k < each; k++) for (const one of members) if (k < one.length) inTurn.push(one[k]);
	return inTurn.slice(0, most);
}
