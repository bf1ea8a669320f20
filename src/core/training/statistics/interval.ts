import { studentQuantile } from "../../numerics/studentT.ts";

/** Chance that an interval misses the mean that it is for. */
const MISS = 0.05;

/** A mean with the half-width of its 95 % interval, which one value alone does not have. */
export interface Interval {
	readonly mean: number;
	readonly halfWidth: number | null;
}

/** The mean of `values` with its 95 % interval by Student's t: mean ± t·s/√n. Null for no values. */
export function intervalOf(values: readonly number[]): Interval | null {
	if (values.length === 0) return null;
	const mean = meanOf(values);
	if (values.length === 1) return { mean, halfWidth: null };
	const t = studentQuantile(MISS, values.length - 1);
	return { mean, halfWidth: t * standardError(values) };
}

/** Σ(x − shift)/n + shift: values that are all the same have exactly that mean. NaN for none. */
export function meanOf(values: readonly number[]): number {
	const [shift = Number.NaN] = values;
	return shift + values.reduce((sum, value) => sum + (value - shift), 0) / values.length;
}

/** s/√n, where s² = Σ(x − mean)²/(n − 1). */
export function standardError(values: readonly number[]): number {
	const mean = meanOf(values);
	const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	return Math.sqrt(square / (values.length - 1) / values.length);
}
