/** C = A·Bᵀ for A [m][k] and B [n][k], row-major: each entry is a product of two rows. */
export function rowProducts(a: Float64Array, b: Float64Array, m: number, n: number, k: number): Float64Array {
	const c = new Float64Array(m * n);
	const evenRows = m - (m % 2);
	const fourColumns = n - (n % 4);
	for (let i = 0; i < evenRows; i += 2) {
		const [a0, a1] = [i * k, (i + 1) * k];
		for (let j = 0; j < fourColumns; j += 4) {
			// Eight sums at a time: each number that is read is used two or four times.
			let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0];
			const [b0, b1, b2, b3] = [j * k, (j + 1) * k, (j + 2) * k, (j + 3) * k];
			for (let l = 0; l < k; l++) {
				const x = a[a0 + l];
				const y = a[a1 + l];
				const p = b[b0 + l];
				const q = b[b1 + l];
				const r = b[b2 + l];
				const s = b[b3 + l];
				s00 += x * p;
				s01 += x * q;
				s02 += x * r;
				s03 += x * s;
				s10 += y * p;
				s11 += y * q;
				s12 += y * r;
				s13 += y * s;
			}
			const [to, next] = [i * n + j, (i + 1) * n + j];
			c[to] = s00;
			c[to + 1] = s01;
			c[to + 2] = s02;
			c[to + 3] = s03;
			c[next] = s10;
			c[next + 1] = s11;
			c[next + 2] = s12;
			c[next + 3] = s13;
		}
	}
	// What the blocks leave: the last columns of all rows, and a last row.
	for (let i = 0; i < m; i++) {
		for (let j = i < evenRows ? fourColumns : 0; j < n; j++) {
			let sum = 0;
			for (let l = 0; l < k; l++) sum += a[i * k + l] * b[j * k + l];
			c[i * n + j] = sum;
		}
	}
	return c;
}

/** The transpose of a matrix [rows][columns]. */
export function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
	const result = new Float64Array(values.length);
	for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = values[i * columns + j];
	return result;
}
