/** Functions of integers in units of 2^−work, by their series. */

/** e^t in units of 2^−work for |t| ≤ 1, within 2¹⁰ units: the argument is halved, the series summed, the result squared. */
export function expFixed(t: bigint, work: number): bigint {
	const halvings = Math.ceil(Math.sqrt(work) / 1.5);
	const guard = BigInt(halvings + 6);
	const w = BigInt(work) + guard;
	const one = 1n << w;
	const u = (t << guard) >> BigInt(halvings);
	let term = one;
	let sum = one;
	for (let k = 1n; term !== 0n; k++) {
		term = ((term * u) >> w) / k;
		if (term === -1n) term = 0n; // An arithmetic shift of a negative number never reaches 0.
		sum += term;
	}
	for (let i = 0; i < halvings; i++) sum = (sum * sum) >> w;
	return sum >> guard;
}

/** log(1 + t) in units of 2^−work for |t| ≤ 2^−40. */
export function log1pFixed(t: bigint, work: number): bigint {
	const w = BigInt(work);
	let power = t;
	let sum = t;
	for (let k = 2n; power !== 0n && power !== -1n; k++) {
		power = -((power * t) >> w);
		sum += power / k;
	}
	return sum;
}

export function sinFixed(t: bigint, work: number): bigint {
	const w = BigInt(work);
	const square = (t * t) >> w;
	let term = t;
	let sum = t;
	for (let k = 2n; term !== 0n && term !== -1n; k += 2n) {
		term = -((term * square) >> w) / (k * (k + 1n));
		sum += term;
	}
	return sum;
}

export function cosFixed(t: bigint, work: number): bigint {
	const w = BigInt(work);
	const square = (t * t) >> w;
	let term = 1n << w;
	let sum = term;
	for (let k = 1n; term !== 0n && term !== -1n; k += 2n) {
		term = -((term * square) >> w) / (k * (k + 1n));
		sum += term;
	}
	return sum;
}
