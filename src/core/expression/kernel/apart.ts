import { valueType } from "./encoding.ts";
import type { FunctionBody } from "./functionBody.ts";
import { instantiate } from "./instantiate.ts";
import { F64 } from "./laneType.ts";
import { VectorCode } from "./vectorCode.ts";
import { WasmModule } from "./wasmModule.ts";

/** Numbers that are compared at a time. */
const BLOCK = 512;
const BLOCK_BYTES = BLOCK * F64.bytes;
const VECTOR_BYTES = 16;
/** Vectors of each array that are compared before it is asked whether any of them was apart. */
const TOGETHER = 4;
const I32_EQZ = 0x45;
const I32_LT_U = 0x49;
const I32_ADD = 0x6a;
const I32_AND = 0x71;
const ANY_TRUE = 0x53;

/** How far a value may be from the truth. */
export interface Bounds {
	/** As a share of the truth's size. */
	readonly share: number;
	/** In any case. */
	readonly least: number;
	/** A truth beyond this number is none. */
	readonly highest: number;
}

/**
 * The first index, from `from` on, at which a value is further from the truth than it may be; the length of the arrays
 * where there is none. A NaN of the truth's is nothing to be apart from. Most numbers are looked at two at a time.
 */
export function nextApart(values: Float64Array, truth: Float64Array, bounds: Bounds, from: number): number {
	const { length } = values;
	// Where one is apart, so is often the next.
	if (from < length && nextOneApart(values, truth, bounds, from, from + 1) === from) return from;
	for (let i = from + 1; i < length; ) {
		const end = Math.min(i + BLOCK - (i % BLOCK), length);
		if (end - i === BLOCK && !holdsApart(values, truth, bounds, i)) i = end;
		else {
			i = nextOneApart(values, truth, bounds, i, end);
			if (i < end) return i;
		}
	}
	return length;
}

function nextOneApart(
	values: Float64Array,
	truth: Float64Array,
	{ share, least, highest }: Bounds,
	from: number,
	end: number,
): number {
	let i = from;
	for (; i < end; i++) {
		const size = Math.abs(truth[i]);
		const distance = Math.abs(values[i] - truth[i]);
		if (!(distance <= share * size || distance <= least) && size <= highest) break;
	}
	return i;
}

/** Whether any number of the block that starts at `from` is apart. */
type HoldsApart = (values: Float64Array, truth: Float64Array, bounds: Bounds, from: number) => boolean;

let made: HoldsApart | undefined;
const holdsApart: HoldsApart = (values, truth, bounds, from) => {
	made ??= makeHoldsApart();
	return made(values, truth, bounds, from);
};

function makeHoldsApart(): HoldsApart {
	const module = new WasmModule({}, 0);
	// Different ones, as equal constants share an address.
	const [shareAt, leastAt, highestAt] = [0n, 1n, 2n].map((bits) => module.constantAddress(bits)) as [
		number,
		number,
		number,
	];
	const type = { parameters: [valueType.i32, valueType.i32, valueType.i32], results: [valueType.i32] };
	const index = module.defined("isApart", type, (body) => writeIsApart(body, shareAt, leastAt, highestAt));
	module.exportFunction("isApart", index);
	const valuesAt = VECTOR_BYTES * Math.ceil(module.constantsEnd / VECTOR_BYTES);
	const truthAt = valuesAt + BLOCK_BYTES;
	const { memory, isApart } = instantiate<{
		readonly isApart: (values: number, truth: number, end: number) => number;
	}>(module.encode(truthAt + BLOCK_BYTES), {});
	const limits = [shareAt, leastAt, highestAt].map((address) => new Float64Array(memory.buffer, address, 1));
	const first = new Float64Array(memory.buffer, valuesAt, BLOCK);
	const second = new Float64Array(memory.buffer, truthAt, BLOCK);
	return (values, truth, { share, least, highest }, from) => {
		limits[0][0] = share;
		limits[1][0] = least;
		limits[2][0] = highest;
		first.set(values.subarray(from, from + BLOCK));
		second.set(truth.subarray(from, from + BLOCK));
		return isApart(valuesAt, truthAt, valuesAt + BLOCK_BYTES) !== 0;
	};
}

/** Of the arrays at two addresses, up to where the first ends. */
function writeIsApart(body: FunctionBody, shareAt: number, leastAt: number, highestAt: number): void {
	const [a, b, end] = [0, 1, 2];
	const v = new VectorCode(body, F64);
	const found = body.local(valueType.i32);
	const move = (address: number) => {
		body.get(address);
		body.integer(TOGETHER * VECTOR_BYTES);
		body.write(I32_ADD);
		body.set(address);
	};
	const [share, least, highest] = [shareAt, leastAt, highestAt].map((address) => v.splatAt(address)) as [
		number,
		number,
		number,
	];
	body.repeat(() => {
		const masks = Array.from({ length: TOGETHER }, (_, k) => {
			const [value, truth] = [a, b].map((address) => {
				body.get(address);
				v.load(k * VECTOR_BYTES);
				return body.keep();
			}) as [number, number];
			const size = v.abs(truth);
			const distance = v.abs(v.sub(value, truth));
			const isNear = v.or(v.le(distance, v.mul(size, share)), v.le(distance, least));
			return v.andNot(v.le(size, highest), isNear);
		});
		body.get(masks.reduce((any, mask) => v.or(any, mask)));
		body.simd(ANY_TRUE);
		body.set(found);
		move(a);
		move(b);
		body.get(a);
		body.get(end);
		body.write(I32_LT_U);
		body.get(found);
		body.write(I32_EQZ, I32_AND);
	});
	body.get(found);
}
