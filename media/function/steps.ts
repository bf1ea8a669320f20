/** The largest of 1, 2, 5 × 10ᵏ that is not above `width`, which is positive. */
export function roundStep(width: number): number {
	const power = 10 ** Math.floor(Math.log10(width));
	const factor = [5, 2, 1].find((candidate) => candidate * power <= width * (1 + 1e-9)) ?? 1;
	return factor * power;
}

/** The multiple of `step` that is nearest to `x`, as the decimal number a person would write. */
export function roundTo(x: number, step: number): number {
	const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
	const rounded = Number((Math.round(x / step) * step).toFixed(Math.min(digits, 100)));
	return rounded === 0 ? 0 : rounded;
}
