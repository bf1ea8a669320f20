/**
 * The gradients that samples bring to weights in the same direction add up to a sum of as few numbers as the model has
 * outputs, each with a gradient of its own: its square is that of few normals, whose logarithm lies well below that of its
 * mean. What a typical network has of a square whose share `alike` is of that kind, next to the mean:
 * exp E[log(1 − alike + alike·χ²/units)].
 */
export function typicalOfFew(alike: number, units: number): number {
	if (!(alike > 0) || units > MANY) return 1;
	// Over the root r of χ²/units, whose density goes with r^(units − 1)·exp(−units·r²/2).
	const end = 1 + REACH / Math.sqrt(2 * units);
	let [weight, sum] = [0, 0];
	for (let i = 0; i < STEPS; i++) {
		const r = (end * (i + 0.5)) / STEPS;
		const density = Math.exp((units - 1) * Math.log(r) - (units * (r * r - 1)) / 2);
		weight += density;
		sum += density * Math.log(1 - alike + alike * r * r);
	}
	return Math.exp(sum / weight);
}

/** Of more outputs the logarithm of the mean is as good, to a percent. */
const MANY = 100;
const REACH = 8;
const STEPS = 2000;
