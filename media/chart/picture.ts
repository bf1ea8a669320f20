/** A line chart as data: what the canvas draws, what the SVG writes and what the table lists. */
export interface Picture {
	readonly title: string;
	readonly series: readonly Series[];
	readonly x: Axis;
	readonly y: Axis;
	/** Stretches of x that are marked behind the lines. */
	readonly bands?: readonly PictureBand[];
	/** Areas behind the lines, such as intervals around a mean. */
	readonly areas?: readonly PictureArea[];
	/** Values of y that are marked across the picture. */
	readonly guides?: readonly { readonly y: number; readonly label: string }[];
}

/** What lies between `low` and `high`, which are as long as `x`; nothing is drawn where one of them is NaN. */
export interface PictureArea {
	readonly x: readonly number[];
	readonly low: readonly number[];
	readonly high: readonly number[];
	readonly colour: string;
}

/** How much of an area's colour shows. */
export const AREA_OPACITY = 0.18;

export interface PictureBand {
	readonly from: number;
	readonly to: number;
	readonly label: string;
	readonly colour: string;
}

/** How much of a band's colour shows. */
export const BAND_OPACITY = 0.22;

export interface Series {
	readonly name: string;
	/** Ascending; as long as `y`. */
	readonly x: readonly number[];
	/** NaN where there is no point. */
	readonly y: readonly number[];
	readonly colour: string;
	readonly dash: readonly number[];
	readonly width: number;
	/** A line behind the others that no legend names: one seed of several. */
	readonly faint?: boolean;
	/** Few points, each worth seeing. */
	readonly dots?: boolean;
}

export interface Axis {
	readonly label: string;
	readonly min: number;
	readonly max: number;
	readonly logarithmic?: boolean;
	/** Epochs and layers: no ticks between whole numbers. */
	readonly whole?: boolean;
	/** Shares, shown as per cent. */
	readonly percent?: boolean;
}

/** The corners of an area, one polygon for each stretch without a gap, as pixels; what leaves the axis stays on its edge. */
export function areaCorners(
	{ x, low, high }: PictureArea,
	axis: Axis,
	toX: (x: number) => number,
	toY: (y: number) => number,
): readonly (readonly [x: number, y: number])[][] {
	const inside = (y: number) => toY(Math.min(axis.max, Math.max(axis.min, y)));
	const polygons: [number, number][][] = [];
	let from = 0;
	for (let i = 0; i <= x.length; i++) {
		if (i < x.length && !Number.isNaN(low[i]! + high[i]!)) continue;
		const stretch = Array.from({ length: i - from }, (_, k) => from + k);
		if (stretch.length > 1) {
			polygons.push([
				...stretch.map((k): [number, number] => [toX(x[k]!), inside(high[k]!)]),
				...stretch.reverse().map((k): [number, number] => [toX(x[k]!), inside(low[k]!)]),
			]);
		}
		from = i + 1;
	}
	return polygons;
}

/** Whole decades around all positive values: a logarithmic axis has no place for the others. */
export function decadeRange(series: readonly (readonly number[])[]): [min: number, max: number] {
	let [low, high] = [Number.POSITIVE_INFINITY, 0];
	for (const values of series) {
		for (const value of values) {
			if (!(value > 0 && value < Number.POSITIVE_INFINITY)) continue;
			low = Math.min(low, value);
			high = Math.max(high, value);
		}
	}
	if (high === 0) return [1e-3, 1];
	const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
	return [10 ** from, 10 ** (to > from ? to : from + 1)];
}
