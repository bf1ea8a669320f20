/** π and ln 2 as integers in units of 2^−bits, computed once at the largest precision asked for and cut down from it. */

/** π in units of 2^−bits, within one unit. Machin: π = 16 atan(1/5) − 4 atan(1/239). */
export const piFixed = cached((bits) => 16n * inverseSeries(5n, bits, true) - 4n * inverseSeries(239n, bits, true));

/** ln 2 in units of 2^−bits, within one unit. ln 2 = 18 atanh(1/26) − 2 atanh(1/4801) + 8 atanh(1/8749). */
export const ln2Fixed = cached(
	(bits) =>
		18n * inverseSeries(26n, bits, false) -
		2n * inverseSeries(4801n, bits, false) +
		8n * inverseSeries(8749n, bits, false),
);

const GUARD_BITS = 32;

function cached(compute: (bits: number) => bigint): (bits: number) => bigint {
	let known = { bits: 0, value: 0n };
	return (bits) => {
		if (bits > known.bits) {
			const wide = Math.max(256, 2 * bits);
			known = { bits: wide, value: compute(wide + GUARD_BITS) >> BigInt(GUARD_BITS) };
		}
		return known.value >> BigInt(known.bits - bits);
	};
}

/** atan(1/n) (alternating) or atanh(1/n) in units of 2^−bits. */
function inverseSeries(n: bigint, bits: number, alternating: boolean): bigint {
	const square = n * n;
	let power = (1n << BigInt(bits)) / n;
	let sum = power;
	for (let k = 3n, negative = alternating; power > 0n; k += 2n, negative = alternating && !negative) {
		power /= square;
		sum += negative ? -(power / k) : power / k;
	}
	return sum;
}
