/** C = A·Bᵀ for A [m][k] and B [n][k], row-major: each entry is a product of two rows. */
export function rowProducts(a: Float64Array, b: Float64Array, m: number, n: number, k: number): Float64Array {
	const c = new Float64Array(m * n);
	// Long rows are gone through in pieces that stay in the cache until all have met.
	for (let start = 0; start < k; start += PIECE) addProducts(c, a, b, m, n, k, start, Math.min(start + PIECE, k));
	return c;
}

const PIECE = 512;

/** Adds what the rows' numbers from `start` to before `end` give to C. */
function addProducts(
	c: Float64Array,
	a: Float64Array,
	b: Float64Array,
	m: number,
	n: number,
	k: number,
	start: number,
	end: number,
): void {
	const evenRows = m - (m % 2);
	const fourColumns = n - (n % 4);
	for (let i = 0; i < evenRows; i += 2) {
		const [a0, a1] = [i * k, (i + 1) * k];
		for (let j = 0; j < fourColumns; j += 4) {
			// Eight sums at a time: each number that is read is used two or four times.
			let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0];
			const [b0, b1, b2, b3] = [j * k, (j + 1) * k, (j + 2) * k, (j + 3) * k];
			for (let l = start; l < end; l++) {
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
			c[to] += s00;
			c[to + 1] += s01;
			c[to + 2] += s02;
			c[to + 3] += s03;
			c[next] += s10;
			c[next + 1] += s11;
			c[next + 2] += s12;
			c[next + 3] += s13;
		}
	}
	// What the blocks leave: the last columns of all rows, and a last row.
	for (let i = 0; i < m; i++) {
		for (let j = i < evenRows ? fourColumns : 0; j < n; j++) {
			let sum = 0;
			for (let l = start; l < end; l++) sum += a[i * k + l] * b[j * k + l];
			c[i * n + j] += sum;
		}
	}
}

/** Rows and columns of a block that stays in the cache while it is turned. */
const BLOCK = 32;

/** The transpose of a matrix [rows][columns]. */
export function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
	const result = new Float64Array(values.length);
	for (let top = 0; top < rows; top += BLOCK) {
		const bottom = Math.min(top + BLOCK, rows);
		for (let left = 0; left < columns; left += BLOCK) {
			const right = Math.min(left + BLOCK, columns);
			for (let i = top; i < bottom; i++)
				for (let j = left; j < right; j++) result[j * rows + i] = values[i * columns + j];
		}
	}
	return result;
}
