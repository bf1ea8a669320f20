/**
 * Holm's step-down correction (1979), in the order given: with all p of a family corrected so, the chance that any true
 * "no difference" falls below a level is at most that level, however the tests depend on each other.
 */
export function holm(p: readonly number[]): number[] {
	const corrected = new Array<number>(p.length);
	let largest = 0;
	const rising = p.map((_, i) => i).sort((i, j) => p[i] - p[j]);
	rising.forEach((index, place) => {
		largest = Math.max(largest, Math.min(1, (p.length - place) * p[index]));
		corrected[index] = largest;
	});
	return corrected;
}
