import { valueType } from "./encoding.ts";
import type { FunctionBody, Local } from "./functionBody.ts";
import { instantiate } from "./instantiate.ts";
import { F32 } from "./laneType.ts";
import { type Vector, VectorCode } from "./vectorCode.ts";
import { WasmModule } from "./wasmModule.ts";

/** What results that were computed in float32 are rounded to; "flushed" where float32's subnormal ones become 0 before. */
export type NarrowFormat = "float32" | "float16" | "bfloat16" | "flushed float16" | "flushed bfloat16";

/** Operations on vectors whose results are rounded, and those whose results are among their operands, or 0 and 1. */
export type RoundedOperation = keyof typeof ROUNDED;
export type ExactOperation = keyof typeof EXACT;

/** Numbers that are computed at a time, and the arrays of so many that there are. */
export const BLOCK = 256;
export const MOST_ARRAYS = 2048;
const VECTOR_BYTES = 16;
const I32_ADD = 0x6a;

type Code = (v: VectorCode, a: Vector, b: Vector, c: Vector) => Vector;

const ROUNDED = {
	neg: (v, a) => v.neg(a),
	abs: (v, a) => v.abs(a),
	sign: (v, a) => v.select(v.gt(a, v.constant(0)), v.constant(1), v.select(v.lt(a, v.constant(0)), v.constant(-1), a)),
	square: (v, a) => v.mul(a, a),
	sqrt: (v, a) => v.sqrt(a),
	add: (v, a, b) => v.add(a, b),
	sub: (v, a, b) => v.sub(a, b),
	mul: (v, a, b) => v.mul(a, b),
	div: (v, a, b) => v.div(a, b),
	max: (v, a, b) => v.max(a, b),
	min: (v, a, b) => v.min(a, b),
} as const satisfies Record<string, Code>;

const truth = (v: VectorCode, mask: Vector) => v.and(mask, v.constant(1));
const isTrue = (v: VectorCode, a: Vector) => v.ne(a, v.constant(0));

const EXACT = {
	lt: (v, a, b) => truth(v, v.lt(a, b)),
	le: (v, a, b) => truth(v, v.le(a, b)),
	gt: (v, a, b) => truth(v, v.gt(a, b)),
	ge: (v, a, b) => truth(v, v.ge(a, b)),
	eq: (v, a, b) => truth(v, v.eq(a, b)),
	ne: (v, a, b) => truth(v, v.ne(a, b)),
	and: (v, a, b) => truth(v, v.and(isTrue(v, a), isTrue(v, b))),
	or: (v, a, b) => truth(v, v.or(isTrue(v, a), isTrue(v, b))),
	where: (v, a, b, c) => v.select(isTrue(v, a), b, c),
} as const satisfies Record<string, Code>;

const ROUNDINGS: Readonly<Record<NarrowFormat, (v: VectorCode, a: Vector) => Vector>> = {
	float32: (_, a) => a,
	float16: toHalf,
	bfloat16: toBrain,
	"flushed float16": (v, a) => toHalf(v, flushed(v, a)),
	"flushed bfloat16": (v, a) => toBrain(v, flushed(v, a)),
};

function flushed(v: VectorCode, a: Vector): Vector {
	return v.select(v.lt(v.abs(a), v.constant(2 ** -126)), v.signOf(a), a);
}

/**
 * bfloat16 is float32 without its last 16 bits, subnormal numbers included: to the nearest, ties to even, where a carry
 * into the exponent is what it has to be.
 */
function toBrain(v: VectorCode, a: Vector): Vector {
	const last = v.and(v.shiftRight(a, 16), v.bits(1n));
	const half = v.addBits(v.bits((1n << 15n) - 1n), last);
	const rounded = v.andNot(v.addBits(a, half), v.bits((1n << 16n) - 1n));
	return v.select(v.eq(a, a), rounded, a);
}

/**
 * float16 lacks 13 bits: a number and 1.5·2¹³ of its power of two have a sum without them. Its subnormal numbers have the
 * unit of 2⁻¹⁴; from 65520 on, which is rounded to 2¹⁶, it has only ∞, as float32 has 2¹¹² times further out.
 */
function toHalf(v: VectorCode, a: Vector): Vector {
	const power = v.and(a, v.bits(0x7f800000n));
	const within = v.lessOf(v.greaterOf(power, v.constant(2 ** -14)), v.constant(2 ** 16));
	const unit = v.mul(within, v.constant(1.5 * 2 ** 13));
	const size = v.sub(v.add(v.abs(a), unit), unit);
	const bounded = v.mul(v.mul(size, v.constant(2 ** 112)), v.constant(2 ** -112));
	return v.or(bounded, v.signOf(a));
}

/** One operation on the first bytes of arrays that start at these addresses; operands that it has not are not read. */
export type BlockStep = (a: number, b: number, c: number, out: number, bytes: number) => void;

/** The operations as machine code, and the arrays of float32 numbers that they work on, which all callers share. */
export interface RoundedSteps {
	readonly rounded: (operation: RoundedOperation, format: NarrowFormat) => BlockStep;
	readonly exact: (operation: ExactOperation) => BlockStep;
	readonly buffer: ArrayBuffer;
	/** The address of the first array; each is `BLOCK` numbers long, and the next follows. */
	readonly start: number;
}

let made: RoundedSteps | undefined;

export function roundedSteps(): RoundedSteps {
	made ??= makeSteps();
	return made;
}

function makeSteps(): RoundedSteps {
	const module = new WasmModule({}, 0);
	for (const [name, code] of Object.entries<Code>(ROUNDED)) {
		for (const [format, round] of Object.entries(ROUNDINGS)) {
			define(module, `${name} ${format}`, code.length - 1, (v, a, b, c) => round(v, code(v, a, b, c)));
		}
	}
	for (const [name, code] of Object.entries<Code>(EXACT)) define(module, name, code.length - 1, code);
	const start = VECTOR_BYTES * Math.ceil(module.constantsEnd / VECTOR_BYTES);
	const exports = instantiate<Readonly<Record<string, BlockStep>>>(
		module.encode(start + MOST_ARRAYS * BLOCK * F32.bytes),
		{},
	);
	return {
		rounded: (operation, format) => exports[`${operation} ${format}`]!,
		exact: (operation) => exports[operation]!,
		buffer: exports.memory.buffer,
		start,
	};
}

function define(module: WasmModule, name: string, operands: number, code: Code): void {
	const type = { parameters: Array.from({ length: 5 }, () => valueType.i32), results: [] };
	const index = module.defined(name, type, (body: FunctionBody) => {
		const [a, b, c, out, bytes] = [0, 1, 2, 3, 4];
		const v = new VectorCode(body, F32);
		const at = body.local(valueType.i32);
		const address = (array: Local) => {
			body.get(array);
			body.get(at);
			body.write(I32_ADD);
		};
		body.loop(at, bytes, VECTOR_BYTES, () => {
			const [first, second, third] = [a, b, c].slice(0, operands).map((array) => {
				address(array);
				v.load(0);
				return body.keep();
			});
			const result = code(v, first!, second ?? first!, third ?? first!);
			address(out);
			body.get(result);
			v.store(0);
		});
	});
	module.exportFunction(name, index);
}
