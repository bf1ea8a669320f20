import { valueType } from "../../expression/kernel/encoding.ts";
import type { FunctionBody, Local } from "../../expression/kernel/functionBody.ts";
import { instantiate, isValid } from "../../expression/kernel/instantiate.ts";
import { F64 } from "../../expression/kernel/laneType.ts";
import { WasmModule } from "../../expression/kernel/wasmModule.ts";
import { advance, copyOf, loadVector, storeVector, timesLocal } from "../../training/kernels/loops.ts";
import { bestStyle, type ProductStyle } from "../../training/kernels/products.ts";
import { zeros } from "../../training/kernels/sums.ts";

/** A block of a product of matrices in double precision, all of it in a memory that the processor's cache holds. */
export interface ProductBlock {
	/** Rows of A and of B, `ROW` numbers apart; what is not written is computed with, but nothing is made of it. */
	readonly a: Float64Array;
	readonly b: Float64Array;
	/** Rows of C, `COLUMNS` numbers apart. */
	readonly c: Float64Array;
	/** C += A·Bᵀ of the first rows, of which each has `length` numbers, up to the next multiple of `STEP`. */
	add(rows: number, columns: number, length: number): void;
}

/** Rows of A, rows of B and numbers of each that a block has at most. */
export const ROWS = 96;
export const COLUMNS = 256;
export const LENGTH = 512;
/** Numbers that are taken in one pass of the innermost loop. */
export const STEP = 8;
/** Rows at a power of two from each other would fall into the same few places of the cache. */
export const ROW = LENGTH + STEP;

const NUMBER = 8;
const VECTOR = 16;
const A_AT = 0;
const B_AT = A_AT + ROWS * ROW * NUMBER;
const C_AT = B_AT + COLUMNS * ROW * NUMBER;
const END = C_AT + ROWS * COLUMNS * NUMBER;

let made: ProductBlock | null = null;

/** The block that all products of this thread are made in. */
export function productBlock(): ProductBlock {
	made ??= makeBlock(bestStyle(isValid));
	return made;
}

function makeBlock(style: ProductStyle): ProductBlock {
	const module = new WasmModule({}, END);
	module.exportFunction("add", addProduct(module, style));
	const { memory, add } = instantiate<{ add(rowTiles: number, columnTiles: number, steps: number): void }>(
		module.encode(END),
		{},
	);
	const view = (at: number, length: number) => new Float64Array(memory.buffer, at, length);
	return {
		a: view(A_AT, ROWS * ROW),
		b: view(B_AT, COLUMNS * ROW),
		c: view(C_AT, ROWS * COLUMNS),
		add: (rows, columns, length) => add(Math.ceil(rows / style.tile), Math.ceil(columns / 2), Math.ceil(length / STEP)),
	};
}

/** As a function of (tiles of rows, pairs of columns, steps): a lane holds every other number of a sum. */
function addProduct(module: WasmModule, { tile, relaxed }: ProductStyle): number {
	const parameters = [valueType.i32, valueType.i32, valueType.i32];
	return module.defined("add", { parameters, results: [] }, (body) => {
		const [rowTiles, columnTiles, steps] = [0, 1, 2];
		const [b, c] = [addressOf(body, B_AT), addressOf(body, C_AT)];
		timesLocal(body, columnTiles, () => {
			const [a, to] = [addressOf(body, A_AT), copyOf(body, c)];
			timesLocal(body, rowTiles, () => {
				const sums = Array.from({ length: tile }, () => [zeros(body), zeros(body)] as const);
				const rows = sums.map((_, row) => apart(body, a, row * ROW * NUMBER));
				const columns = [0, 1].map((column) => apart(body, b, column * ROW * NUMBER));
				timesLocal(body, steps, () => {
					for (let at = 0; at < STEP * NUMBER; at += VECTOR) {
						const factors = columns.map((column) => loaded(body, column, at));
						for (const [row, pair] of sums.entries()) {
							const own = loaded(body, rows[row], at);
							for (const [column, sum] of pair.entries()) multiplyAdd(body, sum, own, factors[column], relaxed);
						}
					}
					for (const address of [...rows, ...columns]) advance(body, address, STEP * NUMBER);
				});
				for (const [row, [first, second]] of sums.entries()) {
					const at = row * COLUMNS * NUMBER;
					loadVector(body, to, at);
					for (const lanes of [LOW, HIGH]) {
						body.get(first);
						body.get(second);
						body.simd(SHUFFLE, ...lanes);
						body.simd(F64.opcodes.add);
					}
					storeVector(body, to, at, body.keep());
				}
				advance(body, a, tile * ROW * NUMBER);
				advance(body, to, tile * COLUMNS * NUMBER);
			});
			advance(body, b, 2 * ROW * NUMBER);
			advance(body, c, VECTOR);
		});
	});
}

const SHUFFLE = 0x0d;
const half = (lane: number) => Array.from({ length: NUMBER }, (_, byte) => NUMBER * lane + byte);
/** The first lanes of two vectors, and the second ones. */
const LOW = [...half(0), ...half(2)];
const HIGH = [...half(1), ...half(3)];

function multiplyAdd(body: FunctionBody, sum: Local, a: Local, b: Local, relaxed: boolean): void {
	if (!relaxed) body.get(sum);
	body.get(a);
	body.get(b);
	if (relaxed) {
		body.get(sum);
		body.simd(F64.opcodes.multiplyAdd);
	} else {
		body.simd(F64.opcodes.mul);
		body.simd(F64.opcodes.add);
	}
	body.set(sum);
}

function loaded(body: FunctionBody, address: Local, offset: number): Local {
	loadVector(body, address, offset);
	return body.keep();
}

function addressOf(body: FunctionBody, at: number): Local {
	const address = body.local(valueType.i32);
	body.integer(at);
	body.set(address);
	return address;
}

/** A copy of an address so many bytes on. */
function apart(body: FunctionBody, from: Local, bytes: number): Local {
	const address = copyOf(body, from);
	if (bytes > 0) advance(body, address, bytes);
	return address;
}
