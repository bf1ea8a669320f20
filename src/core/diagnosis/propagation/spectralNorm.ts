import type { Random } from "../../numerics/random.ts";

/** Rows and columns of the matrix that a weight is taken as. */
interface Matrix {
	readonly rows: number;
	readonly columns: number;
}

/**
 * The largest singular value that so many steps of power iteration from a random vector find of a matrix of independent
 * numbers of deviation 1: √(E λ²ᵏ / E λ²ᵏ⁻¹), as the eigenvalues λ of a large W·Wᵀ lie (Marchenko & Pastur 1967). With
 * more and more steps it becomes √rows + √columns; with one it is √(rows + columns).
 */
export function foundByIteration({ rows, columns }: Matrix, iterations: number): number {
	if (Math.min(rows, columns) === 1) return Math.sqrt(Math.max(rows, columns));
	const ratio = rows / columns;
	return Math.sqrt((columns * eigenvalueMoment(2 * iterations, ratio)) / eigenvalueMoment(2 * iterations - 1, ratio));
}

/** E λᵏ for λ over the number of columns: Σ C(k, r) C(k−1, r) / (r+1) · ratioʳ, the Narayana numbers. */
function eigenvalueMoment(k: number, ratio: number): number {
	let [sum, term] = [0, 1];
	for (let r = 0; r < k; r++) {
		sum += term;
		term *= (ratio * (k - r) * (k - 1 - r)) / ((r + 1) * (r + 2));
	}
	return sum;
}

/**
 * Divides weights, [rows][columns], by their largest singular value as so many steps of power iteration find it. Gives what
 * turns the gradient by the result into that by the weights before: the vectors that were found are taken as constants.
 */
export function divideByNorm(
	weight: Float64Array,
	{ rows, columns }: Matrix,
	iterations: number,
	random: Random,
): (gradient: Float64Array) => Float64Array {
	const left = Float64Array.from({ length: rows }, () => random.normal());
	const right = new Float64Array(columns);
	let norm = 0;
	for (let step = 0; step < iterations; step++) {
		right.fill(0);
		for (let at = 0; at < weight.length; at++) right[at % columns] += weight[at] * left[Math.floor(at / columns)];
		scaleToOne(right);
		left.fill(0);
		for (let at = 0; at < weight.length; at++) left[Math.floor(at / columns)] += weight[at] * right[at % columns];
		norm = scaleToOne(left);
	}
	for (let at = 0; at < weight.length; at++) weight[at] /= norm;
	return (gradient) => {
		const along = gradient.reduce((all, one, at) => all + one * weight[at], 0);
		return gradient.map((one, at) => (one - along * left[Math.floor(at / columns)] * right[at % columns]) / norm);
	};
}

/** Makes a vector one of length 1, and tells how long it was. */
function scaleToOne(vector: Float64Array): number {
	const length = Math.sqrt(vector.reduce((all, one) => all + one * one, 0));
	for (let i = 0; i < vector.length; i++) vector[i] /= length;
	return length;
}
