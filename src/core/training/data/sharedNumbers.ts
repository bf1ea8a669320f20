/** Room for numbers in memory that threads share: every run's worker is sent the same bytes, not a copy. */
export function sharedNumbers(count: number): Float64Array {
	return new Float64Array(new SharedArrayBuffer(8 * count));
}
