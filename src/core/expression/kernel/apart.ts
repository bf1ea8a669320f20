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

/**
 * The first index, from `from` on, at which a value is not within a share of the truth's size, and the truth is no number
 * beyond `highest`; the length of the arrays where there is none. A NaN of the truth's is nothing to be apart from.
 */
export type NextApart = (values: Float64Array, truth: Float64Array, highest: number, from: number) => number;

/** `NextApart` for that share, which looks at most numbers two at a time. */
export function nextApartBy(share: number): NextApart {
	let holdsApart: HoldsApart | undefined;
	return (values, truth, highest, from) => {
		const { length } = values;
		// Where one is apart, so is often the next.
		if (from < length && nextOneApart(values, truth, share, highest, from, from + 1) === from) return from;
		for (let i = from + 1; i < length; ) {
			const end = Math.min(i + BLOCK - (i % BLOCK), length);
			holdsApart ??= makeHoldsApart(share);
			if (end - i === BLOCK && !holdsApart(values, truth, highest, i)) i = end;
			else {
				i = nextOneApart(values, truth, share, highest, i, end);
				if (i < end) return i;
			}
		}
		return length;
	};
}

function nextOneApart(
	values: Float64Array,
	truth: Float64Array,
	share: number,
	highest: number,
	from: number,
	end: number,
): number {
	let i = from;
	for (; i < end; i++) {
		const size = Math.abs(truth[i]);
		if (!(Math.abs(values[i] - truth[i]) <= share * size) && size <= highest) break;
	}
	return i;
}

/** Whether any number of the block that starts at `from` is apart. */
type HoldsApart = (values: Float64Array, truth: Float64Array, highest: number, from: number) => boolean;

function makeHoldsApart(share: number): HoldsApart {
	const module = new WasmModule({}, 0);
	const highestAt = module.constantAddress(0n);
	const type = { parameters: [valueType.i32, valueType.i32, valueType.i32], results: [valueType.i32] };
	const index = module.defined("isApart", type, (body) => writeIsApart(body, share, highestAt));
	module.exportFunction("isApart", index);
	const valuesAt = VECTOR_BYTES * Math.ceil(module.constantsEnd / VECTOR_BYTES);
	const truthAt = valuesAt + BLOCK_BYTES;
	const { memory, isApart } = instantiate<{
		readonly isApart: (values: number, truth: number, end: number) => number;
	}>(module.encode(truthAt + BLOCK_BYTES), {});
	const limit = new Float64Array(memory.buffer, highestAt, 1);
	const first = new Float64Array(memory.buffer, valuesAt, BLOCK);
	const second = new Float64Array(memory.buffer, truthAt, BLOCK);
	return (values, truth, highest, from) => {
		limit[0] = highest;
		first.set(values.subarray(from, from + BLOCK));
		second.set(truth.subarray(from, from + BLOCK));
		return isApart(valuesAt, truthAt, valuesAt + BLOCK_BYTES) !== 0;
	};
}

/** Of the arrays at two addresses, up to where the first ends. */
function writeIsApart(body: FunctionBody, share: number, highestAt: number): void {
	const [a, b, end] = [0, 1, 2];
	const v = new VectorCode(body, F64);
	const found = body.local(valueType.i32);
	const move = (address: number) => {
		body.get(address);
		body.integer(TOGETHER * VECTOR_BYTES);
		body.write(I32_ADD);
		body.set(address);
	};
	body.integer(0);
	v.loadSplat(highestAt);
	const highest = body.keep();
	body.repeat(() => {
		const masks = Array.from({ length: TOGETHER }, (_, k) => {
			const [value, truth] = [a, b].map((address) => {
				body.get(address);
				v.load(k * VECTOR_BYTES);
				return body.keep();
			}) as [number, number];
			const size = v.abs(truth);
			const isNear = v.le(v.abs(v.sub(value, truth)), v.mul(size, v.constant(share)));
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
