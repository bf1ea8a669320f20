/** How values are distributed: bins of equal width from the smallest finite value to the largest. */
export interface Histogram {
	readonly min: number;
	readonly max: number;
	/** Values in each bin; the last one holds the largest value too. */
	readonly counts: readonly number[];
}

const BINS = 21;
/** Values of a layer that are looked at: more take time, and would not change what 21 bins show. */
const MOST_VALUES = 2 ** 13;

/** Every how many samples of a layer of that width are looked at. */
export function histogramStride(samples: number, width: number): number {
	return Math.max(1, Math.ceil((samples * width) / MOST_VALUES));
}

/** The histogram of the finite values; where all are equal, the bin in the middle holds them. */
export function histogramOf(values: ArrayLike<number>): Histogram {
	let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (let i = 0; i < values.length; i++) {
		if (!Number.isFinite(values[i])) continue;
		if (values[i] < min) min = values[i];
		if (values[i] > max) max = values[i];
	}
	const counts = Array<number>(BINS).fill(0);
	if (min > max) return { min: 0, max: 1, counts };
	if (min === max) {
		const half = Math.max(0.5, Math.abs(min) * 1e-6);
		[min, max] = [min - half, max + half];
	}
	// Halved first: the difference of two huge numbers overflows.
	const [low, width] = [min / 2, (max / 2 - min / 2) / BINS];
	for (let i = 0; i < values.length; i++) {
		const bin = (values[i] / 2 - low) / width;
		if (bin >= 0 && bin < Number.POSITIVE_INFINITY) counts[bin < BINS ? Math.floor(bin) : BINS - 1]++;
	}
	// The edges of bins are for people: seven digits keep an event short.
	return { min: Number(min.toPrecision(7)), max: Number(max.toPrecision(7)), counts };
}
