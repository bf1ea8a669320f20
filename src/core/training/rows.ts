/** Rows of a row-major matrix, one after the other. */
export function rows(values: Float64Array, width: number, indices: ArrayLike<number>): Float64Array {
	const picked = new Float64Array(indices.length * width);
	for (let i = 0; i < indices.length; i++) {
		picked.set(values.subarray(indices[i] * width, (indices[i] + 1) * width), i * width);
	}
	return picked;
}
