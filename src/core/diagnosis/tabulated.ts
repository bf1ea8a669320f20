import {
	type Arithmetic,
	blockStep,
	operationOf,
	type Rounding,
	roundingOf,
	type Step,
} from "../expression/evaluate.ts";
import type { UnaryOperator } from "../expression/expression.ts";
import type { Dtype } from "../numerics/dtype.ts";

/** Where a 16-bit format's numbers lie among wider ones, by the 32 bits of these that hold all of their digits. */
interface Layout {
	/** How many of the last of the 32 bits they lack. */
	readonly shift: number;
	/** The first 15 or more bits, without the sign, of the smallest number, and how many such there are from it up. */
	readonly start: number;
	readonly size: number;
	/** Whether these are float32 numbers; else the upper halves of doubles. */
	readonly isSingle: boolean;
}

/** Among doubles. Zeros, and what is not finite, are not among them. */
const inDoubles: Partial<Readonly<Record<Dtype, Layout>>> = {
	float16: { shift: 20 - 10, start: (1023 - 24) << 10, size: (24 + 16) << 10, isSingle: false },
	bfloat16: { shift: 20 - 7, start: (1023 - 133) << 7, size: (133 + 128) << 7, isSingle: false },
};
/** Among float32 numbers; of bfloat16's, which are these without their last bits, all are there. */
const inSingles: Partial<Readonly<Record<Dtype, Layout>>> = {
	float16: { shift: 23 - 10, start: (127 - 24) << 10, size: (24 + 16) << 10, isSingle: true },
	bfloat16: { shift: 23 - 7, start: 0, size: 256 << 7, isSingle: true },
};

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
	const layout = inDoubles[dtype];
	if (!layout) return arithmetic;
	return {
		...arithmetic,
		unaryBlock(node, u, out) {
			if (CHEAP.has(node.operator)) return undefined;
			const operation = operationOf(node.operator, arithmetic);
			const table = tableOf(operation, roundingOf(arithmetic, node), layout);
			return doubleStep(table, u, out, blockStep(node, [u], out, arithmetic));
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
): Step {
	const table = tableOf(operation, round, inSingles[dtype]!);
	const words = new Int32Array(u.buffer, u.byteOffset, u.length);
	const found = new Int32Array(out.buffer, out.byteOffset, out.length);
	const results = new Int32Array(table.results.buffer);
	return (count) => {
		for (let i = lookUp(words, found, results, table, 0, count); i < count; ) {
			if (!table.isFilledAt(words[i]!)) out[i] = table.valueAt(u[i++]!);
			i = lookUp(words, found, results, table, i, count);
		}
	};
}

/**
 * Looks up the results of float32 numbers from index `from` on, all as bits; gives the first index at which there is
 * none. Nothing is called in the loop, so that all that it needs stays in registers.
 */
function lookUp(
	words: Int32Array,
	found: Int32Array,
	results: Int32Array,
	{ isKnown, layout: { shift, start, size } }: Table,
	from: number,
	count: number,
): number {
	const cut = (1 << shift) - 1;
	for (let i = from; i < count; i++) {
		const word = words[i];
		const index = ((word & 0x7fffffff) >>> shift) - start;
		if ((word & cut) !== 0 || index >>> 0 >= size) return i;
		const place = index + (size & (word >> 31));
		if (isKnown[place >>> 8] === 0) return i;
		found[i] = results[place];
	}
	return count;
}

/** The same of doubles; a block in which one is not in the table is computed by `plain`, since others will not be either. */
function doubleStep(table: Table, u: Float64Array, out: Float64Array, plain: Step): Step {
	const words = new Int32Array(u.buffer, u.byteOffset, 2 * u.length);
	return (count) => {
		for (let i = 0; i < count; ) {
			i = lookUpDoubles(words, out, table.results, table, i, count);
			if (i === count) return;
			if (words[2 * i + 1 - UPPER] !== 0 || !table.isFilledAt(words[2 * i + UPPER]!)) return plain(count);
		}
	};
}

function lookUpDoubles(
	words: Int32Array,
	found: Float64Array,
	results: Float32Array | Float64Array,
	{ isKnown, layout: { shift, start, size } }: Table,
	from: number,
	count: number,
): number {
	const cut = (1 << shift) - 1;
	for (let i = from; i < count; i++) {
		const upper = words[2 * i + UPPER];
		const index = ((upper & 0x7fffffff) >>> shift) - start;
		if ((words[2 * i + 1 - UPPER] | (upper & cut)) !== 0 || index >>> 0 >= size) return i;
		const place = index + (size & (upper >> 31));
		if (isKnown[place >>> 8] === 0) return i;
		found[i] = results[place];
	}
	return count;
}

function tableOf(operation: Kept["operation"], round: Kept["round"], layout: Layout): Table {
	const at = kept.findIndex((one) => one.operation === operation && one.round === round && one.layout === layout);
	const found = kept[at] ?? { operation, round, layout, table: new Table(operation, round, layout) };
	if (at >= 0) kept.splice(at, 1);
	kept.unshift(found);
	kept.length = Math.min(kept.length, MOST_TABLES);
	return found.table;
}

class Table {
	readonly layout: Layout;
	/** The positive operands' results, then the negative ones'. */
	readonly results: Float32Array | Float64Array;
	/** By chunk, whether its results are there: once one of them was asked for. */
	readonly isKnown: Uint8Array;
	readonly #operation: (u: number) => number;
	readonly #round: Rounding | undefined;
	readonly #chunk = new Float64Array(CHUNK);

	constructor(operation: (u: number) => number, round: Rounding | undefined, layout: Layout) {
		this.layout = layout;
		this.results = layout.isSingle ? new Float32Array(2 * layout.size) : new Float64Array(2 * layout.size);
		this.isKnown = new Uint8Array((2 * layout.size) / CHUNK);
		this.#operation = operation;
		this.#round = round;
	}

	/** Whether the results around the operand with these bits are there, now at least; not where it is not in the table. */
	isFilledAt(bits: number): boolean {
		const { size, start, shift } = this.layout;
		const index = ((bits & 0x7fffffff) >>> shift) - start;
		if ((bits & ((1 << shift) - 1)) !== 0 || index < 0 || index >= size) return false;
		this.compute((bits < 0 ? index + size : index) >>> 8);
		return true;
	}

	compute(chunk: number): void {
		const { size, start, shift, isSingle } = this.layout;
		for (let i = 0; i < CHUNK; i++) {
			const place = chunk * CHUNK + i;
			const bits = place < size ? (place + start) << shift : ((place - size + start) << shift) | (1 << 31);
			this.#chunk[i] = this.#operation(isSingle ? singleOf(bits) : doubleOf(bits));
		}
		this.#round?.(this.#chunk, CHUNK);
		this.results.set(this.#chunk, chunk * CHUNK);
		this.isKnown[chunk] = 1;
	}

	/** For operands that are not in the table: zeros, what is not finite, literals that the library keeps in a wider type. */
	valueAt(u: number): number {
		this.#chunk[0] = this.#operation(u);
		this.#round?.(this.#chunk, 1);
		return this.#chunk[0]!;
	}
}

/** Where an Int32Array over doubles has their upper halves. */
const UPPER = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;
const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);
const single = new Float32Array(1);
const word = new Int32Array(single.buffer);

function doubleOf(upper: number): number {
	halves[UPPER] = upper;
	return double[0]!;
}

function singleOf(bits: number): number {
	word[0] = bits;
	return single[0]!;
}
