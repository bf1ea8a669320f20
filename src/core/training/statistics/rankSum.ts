/**
 * The two-sided p of the exact rank-sum test (Wilcoxon 1945, Mann & Whitney 1947) of two lists of one length, ties at
 * their middle rank: the share of the ways to choose which of the values are `a` whose rank sum is at least as far from
 * the middle. Values may be infinite: only their order counts.
 */
export function rankSum(a: readonly number[], b: readonly number[]): number {
	const n = a.length;
	const all = [...a, ...b];
	// Twice the middle rank is a whole number: 2·(values below) + (values equal, itself included) + 1.
	const ranks = all.map((value) => all.reduce((sum, other) => sum + (other < value ? 2 : other === value ? 1 : 0), 1));
	const observed = sumOf(ranks.slice(0, n));
	// What is not chosen sums to the rest: with one length, sums lie the same on both sides of the middle.
	const tail = Math.min(observed, sumOf(ranks) - observed);
	// ways[k][s]: in how many ways k of the ranks so far sum to s. Beyond 2⁵³ they are rounded, to 16 digits.
	const ways = Array.from({ length: n + 1 }, () => new Float64Array(tail + 1));
	ways[0][0] = 1;
	ranks.forEach((rank, seen) => {
		for (let k = Math.min(n, seen + 1); k > 0; k--) {
			for (let s = tail; s >= rank; s--) ways[k][s] += ways[k - 1][s - rank];
		}
	});
	return Math.min(1, sumOf(Array.from(ways[n])) * leastRankSum(n));
}

/** The least p that `rankSum` gives for two lists of n: 2 over the number of ways to choose n of 2n. */
export function leastRankSum(n: number): number {
	let ways = 1;
	for (let i = 1; i <= n; i++) ways *= (n + i) / i;
	return 2 / ways;
}

function sumOf(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0);
}
