import { studentTail } from "../../numerics/studentT.ts";
import { meanOf, standardError } from "./interval.ts";

/** Differences of this share of the values that they are of are rounding. */
const ROUNDING = 1e-12;
/** All signs are tried for this many pairs at most: 65,536 of them. */
const MOST_FLIPPED = 16;

/** a − b pair by pair; what only rounding makes differ is 0. The lists have equal length. */
export function pairedDifferences(a: readonly number[], b: readonly number[]): number[] {
	const scale = Math.max(...a.map(Math.abs), ...b.map(Math.abs));
	const differences = a.map((value, i) => value - b[i]);
	// Accuracies of 0.95 − 0.90 and 0.85 − 0.80 are the same difference, which floating point does not know.
	return differences
		.map((one) => differences.find((other) => Math.abs(one - other) <= ROUNDING * scale)!)
		.map((one) => (Math.abs(one) <= ROUNDING * scale ? 0 : one));
}

/**
 * The two-sided p of the paired t-test: that of mean/(s/√n) with n − 1 degrees of freedom. Null where the differences
 * have no spread but are not 0, as t then has nothing to be measured by; 1 where all are 0. Needs two differences.
 */
export function pairedT(differences: readonly number[]): number | null {
	const error = standardError(differences);
	const mean = meanOf(differences);
	if (error === 0) return mean === 0 ? 1 : null;
	return studentTail(mean / error, differences.length - 1);
}

/**
 * The two-sided p of the exact sign-flip test: the share of the 2ⁿ ways to give the differences signs whose sum is at
 * least as far from 0. It assumes only that each difference is as likely to have either sign, and cannot be less than
 * 2^(1−n). Null for more than 16 differences.
 */
export function signFlip(differences: readonly number[]): number | null {
	const n = differences.length;
	if (n > MOST_FLIPPED) return null;
	const size = differences.reduce((sum, one) => sum + Math.abs(one), 0);
	const observed = Math.abs(differences.reduce((sum, one) => sum + one, 0)) - ROUNDING * size;
	let count = 0;
	const tried = 2 ** n;
	for (let signs = 0; signs < tried; signs++) {
		let sum = 0;
		for (let i = 0; i < n; i++) sum += (signs >> i) & 1 ? differences[i] : -differences[i];
		if (Math.abs(sum) >= observed) count++;
	}
	return count / tried;
}
