/**
 * The chance that Student's t with `freedom` degrees of freedom (a whole number from 1) is at least as far from 0 as
 * `t`, on either side: I_x(ν/2, 1/2) with x = ν/(ν + t²), to about 13 digits however small it is. 0 at ±∞, NaN at NaN.
 */
export function studentTail(t: number, freedom: number): number {
	if (Number.isNaN(t)) return t;
	const square = t * t;
	if (square === Number.POSITIVE_INFINITY) return 0;
	return halfBeta(freedom / (freedom + square), square / (freedom + square), freedom);
}

/** The t that Student's t exceeds in size with the chance `tail`, 0 < tail < 1: 12.7062… for 0.05 and one degree of freedom. */
export function studentQuantile(tail: number, freedom: number): number {
	let low = 0;
	let high = 1;
	while (studentTail(high, freedom) > tail) high *= 2;
	for (;;) {
		const middle = (low + high) / 2;
		if (middle <= low || middle >= high) return middle;
		if (studentTail(middle, freedom) > tail) low = middle;
		else high = middle;
	}
}

/** I_x(ν/2, 1/2) for a whole ν, where y = 1 − x with all its digits. */
function halfBeta(x: number, y: number, freedom: number): number {
	const a = freedom / 2;
	// 1/B(ν/2, 1/2) = Γ(ν/2 + 1/2)/(Γ(ν/2)·√π): 1/π for ν = 1, 1/2 for ν = 2, then ×(ν + 1)/ν for each ν + 2.
	let factor = freedom % 2 === 1 ? 1 / Math.PI : 0.5;
	for (let v = freedom % 2 === 1 ? 1 : 2; v < freedom; v += 2) factor *= (v + 1) / v;
	const front = factor * x ** a * Math.sqrt(y);
	// The fraction converges fast on one side of the mean only; the other side is its mirror image.
	return x < (a + 1) / (a + 2.5) ? (front * fraction(x, a, 0.5)) / a : 1 - (front * fraction(y, 0.5, a)) / 0.5;
}

/** The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method. */
function fraction(x: number, a: number, b: number): number {
	let c = 1;
	let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
	let value = d;
	for (let m = 1; m < 1000; m++) {
		const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
		d = 1 / awayFromZero(1 + even * d);
		c = awayFromZero(1 + even / c);
		value *= d * c;
		const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
		d = 1 / awayFromZero(1 + odd * d);
		c = awayFromZero(1 + odd / c);
		value *= d * c;
		if (Math.abs(d * c - 1) < 1e-16) break;
	}
	return value;
}

function awayFromZero(value: number): number {
	return Math.abs(value) < 1e-300 ? 1e-300 : value;
}
