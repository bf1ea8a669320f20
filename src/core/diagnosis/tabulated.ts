import { type Arithmetic, operationOf, type Rounding, roundingOf } from "../expression/evaluate.ts";
import type { UnaryOperator } from "../expression/expression.ts";
import type { Dtype } from "../numerics/dtype.ts";

/** Where a format's numbers lie among the doubles, whose upper half holds all of their digits. */
interface Layout {
	/** How many of the upper half's last bits they lack. */
	readonly shift: number;
	/** The smallest number's exponent as a double has it, and how many exponents there are from it up. */
	readonly firstExponent: number;
	readonly exponents: number;
}

const layouts: Partial<Readonly<Record<Dtype, Layout>>> = {
	float16: { shift: 20 - 10, firstExponent: 1023 - 24, exponents: 24 + 16 },
	bfloat16: { shift: 20 - 7, firstExponent: 1023 - 133, exponents: 133 + 128 },
};
/** By how much a double's exponent is biased more than float32's, and the fewer bits of float32's upper half. */
const MORE_BIAS = 1023 - 127;
const FEWER_BITS = 20 - 7;
/** float32's smallest normal number, as an integer: smaller ones do not have their exponent in their bits. */
const SMALLEST_NORMAL = 1 << 23;

/** What is computed as fast as it is looked up. */
const CHEAP: ReadonlySet<UnaryOperator> = new Set(["neg", "abs", "sign", "square", "sqrt", "floor", "not"]);
const CHUNK = 256;

/** More tables than this are not kept; the one that was asked for longest ago goes first. Each takes 2/3 of a megabyte. */
const MOST_TABLES = 64;

interface Kept {
	readonly operation: (u: number) => number;
	readonly round: Rounding | undefined;
	readonly layout: Layout;
	readonly table: Table;
}

const kept: Kept[] = [];

/**
 * An arithmetic on numbers of `dtype` in which, if that is a 16-bit type, exp, tanh and the like are looked up: of its few
 * numbers each is computed once, when it is first asked for. The results are the same, bit for bit.
 */
export function tabulated(arithmetic: Arithmetic, dtype: Dtype): Arithmetic {
	const layout = layouts[dtype];
	if (!layout) return arithmetic;
	return {
		...arithmetic,
		unaryBlock(node, u, out) {
			if (CHEAP.has(node.operator)) return undefined;
			const operation = operationOf(node.operator, arithmetic);
			return tableOf(operation, roundingOf(arithmetic, node), layout).step(u, out);
		},
	};
}

/** An operation on float32 numbers whose results are rounded to such, looked up for those of `dtype`. */
export function singleStep(
	operation: (u: number) => number,
	round: Rounding | undefined,
	dtype: Dtype,
	u: Float32Array,
	out: Float32Array,
): (count: number) => void {
	return tableOf(operation, round, layouts[dtype]!).singleStep(u, out);
}

function tableOf(operation: Kept["operation"], round: Kept["round"], layout: Layout): Table {
	const at = kept.findIndex((one) => one.operation === operation && one.round === round && one.layout === layout);
	const found = kept[at] ?? { operation, round, layout, table: new Table(operation, round, layout) };
	if (at >= 0) kept.splice(at, 1);
	kept.unshift(found);
	kept.length = Math.min(kept.length, MOST_TABLES);
	return found.table;
}

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);
/** Where an Int32Array over doubles has their upper halves. */
const UPPER = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

class Table {
	readonly #operation: (u: number) => number;
	readonly #round: Rounding | undefined;
	readonly #shift: number;
	/** What the first operand's upper half is, shifted. */
	readonly #start: number;
	/** How many positive operands there are; the negative ones follow. */
	readonly #size: number;
	readonly #results: Float64Array;
	/** By chunk, whether its results are there: once one of them was asked for. */
	readonly #isKnown: Uint8Array;

	constructor(operation: (u: number) => number, round: Rounding | undefined, layout: Layout) {
		this.#operation = operation;
		this.#round = round;
		this.#shift = layout.shift;
		this.#start = layout.firstExponent << (20 - layout.shift);
		this.#size = layout.exponents << (20 - layout.shift);
		this.#results = new Float64Array(2 * this.#size);
		this.#isKnown = new Uint8Array((2 * this.#size) / CHUNK);
	}

	step(u: Float64Array, out: Float64Array): (count: number) => void {
		const operation = this.#operation;
		const round = this.#round;
		const shift = this.#shift;
		const start = this.#start;
		const size = this.#size;
		const results = this.#results;
		const isKnown = this.#isKnown;
		const cut = (1 << shift) - 1;
		const [upperAt, lowerAt] = [UPPER, 1 - UPPER];
		const words = new Int32Array(u.buffer, u.byteOffset, 2 * u.length);
		const cell = new Float64Array(1);
		return (count) => {
			for (let i = 0; i < count; i++) {
				const upper = words[2 * i + upperAt];
				const index = ((upper & 0x7fffffff) >>> shift) - start;
				if ((words[2 * i + lowerAt] | (upper & cut)) === 0 && index >= 0 && index < size) {
					const place = upper < 0 ? index + size : index;
					if (isKnown[place >>> 8] === 0) this.#compute(place >>> 8);
					out[i] = results[place];
				} else if (round) {
					// Zeros, what is not finite, and literals that the library keeps in a wider type.
					cell[0] = operation(u[i]);
					round(cell, 1);
					out[i] = cell[0];
				} else out[i] = operation(u[i]);
			}
		};
	}

	singleStep(u: Float32Array, out: Float32Array): (count: number) => void {
		const operation = this.#operation;
		const round = this.#round;
		const shift = this.#shift + 16 - FEWER_BITS;
		const start = this.#start - (MORE_BIAS << (20 - this.#shift));
		const size = this.#size;
		const results = this.#results;
		const isKnown = this.#isKnown;
		const cut = (1 << shift) - 1;
		const words = new Int32Array(u.buffer, u.byteOffset, u.length);
		const cell = new Float64Array(1);
		return (count) => {
			for (let i = 0; i < count; i++) {
				const word = words[i];
				const magnitude = word & 0x7fffffff;
				const index = (magnitude >>> shift) - start;
				if ((word & cut) === 0 && magnitude >= SMALLEST_NORMAL && index >= 0 && index < size) {
					const place = word < 0 ? index + size : index;
					if (isKnown[place >>> 8] === 0) this.#compute(place >>> 8);
					out[i] = results[place];
				} else {
					cell[0] = operation(u[i]);
					round?.(cell, 1);
					out[i] = cell[0];
				}
			}
		};
	}

	#compute(chunk: number): void {
		const values = this.#results.subarray(chunk * CHUNK, (chunk + 1) * CHUNK);
		for (let i = 0; i < CHUNK; i++) {
			const index = chunk * CHUNK + i;
			const isNegative = index >= this.#size;
			halves[1 - UPPER] = 0;
			halves[UPPER] =
				((index - (isNegative ? this.#size : 0) + this.#start) << this.#shift) | (isNegative ? 1 << 31 : 0);
			values[i] = this.#operation(double[0]);
		}
		this.#round?.(values, CHUNK);
		this.#isKnown[chunk] = 1;
	}
}
