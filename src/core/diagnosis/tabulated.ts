import { type Arithmetic, unaryOperations } from "../expression/evaluate.ts";
import type { UnaryOperator } from "../expression/expression.ts";
import type { Dtype } from "../numerics/dtype.ts";
import { arithmeticOf } from "./libraryArithmetic.ts";

/** Where a format's numbers lie among float32's: how many last bits they lack, and the exponents they have. */
interface Layout {
	readonly shift: number;
	readonly firstExponent: number;
	readonly exponents: number;
}

const layouts: Partial<Readonly<Record<Dtype, Layout>>> = {
	// 2⁻²⁴, the smallest subnormal, to 2¹⁵.
	float16: { shift: 13, firstExponent: 127 - 24, exponents: 40 },
	bfloat16: { shift: 16, firstExponent: 0, exponents: 255 },
};

/** What is computed as fast as it is looked up. */
const CHEAP: ReadonlySet<UnaryOperator> = new Set(["neg", "abs", "sign", "square", "sqrt", "floor", "not"]);
const CHUNK = 256;

const known = new Map<string, Arithmetic>();

/**
 * How a library computes in `dtype` (`arithmeticOf`), where a 16-bit type's exp, tanh and the like are looked up: of
 * its few operands each is computed once, when it is first asked for. A table takes a third of a megabyte.
 */
export function tabulatedArithmetic(library: string, dtype: Dtype): Arithmetic {
	const key = `${library} ${dtype}`;
	let arithmetic = known.get(key);
	if (!arithmetic) {
		const plain = arithmeticOf(library, dtype);
		const layout = layouts[dtype];
		arithmetic = layout ? { ...plain, unaryBlock: tablesOf(plain, layout) } : plain;
		known.set(key, arithmetic);
	}
	return arithmetic;
}

/** Float64, with the values of exp and the like at a 16-bit type's numbers looked up: not rounded, and the same. */
export function tabulatedFloat64(dtype: Dtype): Arithmetic {
	const key = `exact ${dtype}`;
	let arithmetic = known.get(key);
	if (!arithmetic) {
		const layout = layouts[dtype];
		arithmetic = layout ? { ...FLOAT64, unaryBlock: tablesOf(FLOAT64, layout) } : FLOAT64;
		known.set(key, arithmetic);
	}
	return arithmetic;
}

const FLOAT64: Arithmetic = { unary: {}, binary: {} };

function tablesOf(arithmetic: Arithmetic, layout: Layout): NonNullable<Arithmetic["unaryBlock"]> {
	const tables = new Map<UnaryOperator, ReturnType<typeof tableOf>>();
	return (operator) => {
		if (CHEAP.has(operator)) return undefined;
		let table = tables.get(operator);
		if (!table) {
			table = tableOf(arithmetic.unary[operator] ?? unaryOperations[operator], arithmetic, layout);
			tables.set(operator, table);
		}
		return table;
	};
}

const single = new Float32Array(1);
const bits = new Int32Array(single.buffer);

function tableOf(
	operation: (u: number) => number,
	{ round }: Arithmetic,
	{ shift, firstExponent, exponents }: Layout,
): (u: Float64Array, out: Float64Array, count: number) => void {
	const start = firstExponent << (23 - shift);
	const size = exponents << (23 - shift);
	const cut = (1 << shift) - 1;
	/** Positive operands first, then negative ones; a chunk is there once one of its results was asked for. */
	const chunks: (Float64Array | undefined)[] = Array.from({ length: (2 * size) / CHUNK });
	const chunkAt = (at: number): Float64Array => {
		const chunk = new Float64Array(CHUNK);
		for (let i = 0; i < CHUNK; i++) {
			const index = at * CHUNK + i;
			bits[0] = index < size ? (index + start) << shift : ((index - size + start) << shift) | (1 << 31);
			chunk[i] = operation(single[0]);
		}
		round?.(chunk, CHUNK);
		chunks[at] = chunk;
		return chunk;
	};
	const cell = new Float64Array(1);
	return (u, out, count) => {
		for (let i = 0; i < count; i++) {
			single[0] = u[i];
			const own = bits[0];
			const index = ((own & 0x7fffffff) >>> shift) - start;
			if (single[0] === u[i] && (own & cut) === 0 && index >= 0 && index < size) {
				const place = own < 0 ? index + size : index;
				const chunk = chunks[place >>> 8] ?? chunkAt(place >>> 8);
				out[i] = chunk[place & (CHUNK - 1)];
			} else {
				// Zeros, what is not finite, and literals that the library keeps in a wider type.
				cell[0] = operation(u[i]);
				round?.(cell, 1);
				out[i] = cell[0];
			}
		}
	};
}
