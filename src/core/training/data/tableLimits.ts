/** What a table may be: all of it is held in memory as float64, once for all runs and once more in each. */
export const tableLimits = {
	/** Fewer cannot be split in a way that tells anything. */
	leastSamples: 10,
	mostSamples: 5_000_000,
	mostFeatures: 16_384,
	/** Samples × features, half a gigabyte; MNIST has 47 million. */
	mostValues: 2 ** 26,
	mostClasses: 100,
	/** Different texts in a column that is one-hot encoded. */
	mostCategories: 50,
} as const;

/** Throws a RangeError with one sentence for a size that no table may have; `what` names the data: "the file". */
export function checkTableSize(what: string, samples: number, features: number): void {
	const { leastSamples, mostSamples, mostFeatures, mostValues } = tableLimits;
	const within = (quantity: string, found: number, least: number, most: number) => {
		if (found < least) throw new RangeError(`${what} must have at least ${least} ${quantity}, got ${found}`);
		if (!(found <= most)) {
			throw new RangeError(`${what} must have at most ${grouped(most)} ${quantity}, got ${grouped(found)}`);
		}
	};
	within("samples", samples, leastSamples, mostSamples);
	within("features a sample", features, 1, mostFeatures);
	within("values (samples × features)", samples * features, 1, mostValues);
}

/** A whole number with commas between thousands; in powers of ten where it has more digits than a float64. */
export function grouped(value: number): string {
	return Number.isSafeInteger(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, ",") : value.toExponential(1);
}
