import type { Random } from "../numerics/random.ts";

/**
 * Fills a matrix [rows][columns] with orthonormal rows, or columns where there are fewer of them: the Q of the QR
 * decomposition of a normal matrix with the diagonal of R positive, so that it is uniform over all such matrices
 * (Mezzadri 2007), as torch.nn.init.orthogonal_ has it.
 *
 * By Gram–Schmidt, where R's diagonal is positive by itself; each vector is made orthogonal twice, for once leaves the
 * rounding of what cancels.
 */
export function orthogonal(values: Float64Array, rows: number, columns: number, random: Random): void {
	const count = Math.min(rows, columns);
	const length = Math.max(rows, columns);
	const vectors: Float64Array[] = [];
	while (vectors.length < count) {
		const vector = Float64Array.from({ length }, () => random.normal());
		for (let pass = 0; pass < 2; pass++) {
			for (const other of vectors) {
				const along = dot(vector, other);
				for (let i = 0; i < length; i++) vector[i] -= along * other[i];
			}
		}
		const size = Math.sqrt(dot(vector, vector));
		vectors.push(vector.map((one) => one / size));
	}
	const byRow = rows <= columns;
	vectors.forEach((vector, k) => {
		for (let i = 0; i < length; i++) values[byRow ? k * columns + i : i * columns + k] = vector[i];
	});
}

function dot(a: Float64Array, b: Float64Array): number {
	let sum = 0;
	for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
	return sum;
}
