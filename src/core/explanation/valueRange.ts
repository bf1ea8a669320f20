/** All finite values with a little air; where a few values tower over the rest, the rest decides. */
export function valueRange(series: readonly ArrayLike<number>[]): [min: number, max: number] {
	const all = series.flatMap((values) => Array.from(values).filter(Number.isFinite)).sort((a, b) => a - b);
	if (all.length === 0) return [-1, 1];
	const at = (share: number) => all[Math.round(share * (all.length - 1))]!;
	let [low, high] = [all[0]!, all[all.length - 1]!];
	const [inner, outer] = [at(0.02), at(0.98)];
	const core = Math.max(outer - inner, 1e-300);
	if (high - outer > 4 * core) high = outer + 0.5 * core;
	if (inner - low > 4 * core) low = inner - 0.5 * core;
	if (!(high - low > Math.max(Math.abs(high), Math.abs(low)) * 1e-9)) {
		// A constant is put in the middle.
		const half = Math.max(1, Math.abs(high) / 2);
		return [low - half, high + half];
	}
	const air = (high - low) * 0.06;
	return [low - air, high + air];
}
