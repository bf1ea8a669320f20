import { COLUMNS, LENGTH, productBlock, ROW, ROWS, STEP } from "./productKernel.ts";

/** C = A·Bᵀ for A [m][k] and B [n][k], row-major: each entry is a product of two rows. */
export function rowProducts(a: Float64Array, b: Float64Array, m: number, n: number, k: number): Float64Array {
	const c = new Float64Array(m * n);
	const block = productBlock();
	for (let top = 0; top < m; top += ROWS) {
		const rows = Math.min(ROWS, m - top);
		for (let left = 0; left < n; left += COLUMNS) {
			const columns = Math.min(COLUMNS, n - left);
			block.c.fill(0, 0, rows * COLUMNS);
			for (let start = 0; start < k; start += LENGTH) {
				const length = Math.min(LENGTH, k - start);
				fillRows(block.a, a, top, rows, k, start, length);
				fillRows(block.b, b, left, columns, k, start, length);
				block.add(rows, columns, length);
			}
			for (let i = 0; i < rows; i++) {
				const [at, to] = [i * COLUMNS, (top + i) * n + left];
				for (let j = 0; j < columns; j++) c[to + j] = block.c[at + j];
			}
		}
	}
	return c;
}

/** Puts a piece of each of some rows into a block, with zeros up to a whole step. */
function fillRows(
	into: Float64Array,
	from: Float64Array,
	first: number,
	rows: number,
	k: number,
	start: number,
	length: number,
): void {
	const end = STEP * Math.ceil(length / STEP);
	for (let i = 0; i < rows; i++) {
		const [to, at] = [i * ROW, (first + i) * k + start];
		for (let l = 0; l < length; l++) into[to + l] = from[at + l];
		for (let l = length; l < end; l++) into[to + l] = 0;
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
