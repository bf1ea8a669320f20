import { unsigned, valueType } from "./encoding.ts";
import type { FunctionBody, Local } from "./functionBody.ts";
import { F64, type LaneType } from "./laneType.ts";
import { vectorFunction } from "./wasmModule.ts";

/** A local that holds a vector. */
export type Vector = Local;

/** Each lane all ones or all zeros. */
export type Mask = Local;

/** Code of a function of a vector. */
export type VectorFunction = (v: VectorCode, ...operands: Vector[]) => Vector;

/** Functions are written out in place until the code has grown to this: two then overlap, where calls do not. */
const MOST_INLINE_BYTES = 16_384;

/** log2 of what a vector's address is divisible by, if it is to be fast. */
const ALIGNMENT = 4;
const PROMOTE = 0x5f;
const DEMOTE = 0x5e;
const SHUFFLE = 0x0d;
const UPPER = Array.from({ length: 16 }, (_, i) => 8 + (i % 8));
const LOWER_OF_BOTH = Array.from({ length: 16 }, (_, i) => (i < 8 ? i : i + 8));

/** Arithmetic on vectors of one lane type, as code of a function. */
export class VectorCode {
	readonly body: FunctionBody;
	readonly lanes: LaneType;
	/** Whether a·b + c is one instruction of relaxed SIMD, which rounds once where the machine does. */
	readonly fused: boolean;
	/** What a vector is the negative of. */
	readonly #negated = new Map<Vector, Vector>();

	constructor(body: FunctionBody, lanes: LaneType, fused = false) {
		this.body = body;
		this.lanes = lanes;
		this.fused = fused;
	}

	/** The number in every lane, rounded to the lane type. */
	constant(value: number): Vector {
		return this.bits(this.lanes.bitsOf(value));
	}

	/** The bits in every lane. */
	bits(bits: bigint): Vector {
		const address = this.body.module.constantAddress(bits);
		return this.body.once(`${this.lanes.name}.constant:${address}`, () => this.splatAt(address));
	}

	/** The lane that is at an address now, in every lane. V8 takes an instruction more where an offset is not 0. */
	splatAt(address: number): Vector {
		this.body.integer(address);
		this.body.simd(this.lanes.opcodes.loadSplat, this.lanes.bytes === 8 ? 3 : 2, 0);
		return this.body.keep();
	}

	/** The vector at `offset` from the address on the stack, onto the stack. */
	load(offset: number): void {
		this.body.simd(0x00, ALIGNMENT, ...unsigned(offset));
	}

	/** Stores the vector on the stack at `offset` from the address below it. */
	store(offset: number): void {
		this.body.simd(0x0b, ALIGNMENT, ...unsigned(offset));
	}

	add(a: Vector, b: Vector): Vector {
		return this.#operation("add", a, b);
	}
	sub(a: Vector, b: Vector): Vector {
		return this.#operation("sub", a, b);
	}
	mul(a: Vector, b: Vector): Vector {
		return this.#operation("mul", a, b);
	}
	/** a·b + c. */
	multiplyAdd(a: Vector, b: Vector, c: Vector): Vector {
		if (this.fused) return this.body.operation(this.lanes.opcodes.multiplyAdd, [a, b, c]);
		return this.add(this.mul(a, b), c);
	}
	/** c − a·b. */
	multiplySub(a: Vector, b: Vector, c: Vector): Vector {
		if (this.fused) return this.body.operation(this.lanes.opcodes.multiplySub, [a, b, c]);
		return this.sub(c, this.mul(a, b));
	}
	div(a: Vector, b: Vector): Vector {
		return this.#operation("div", a, b);
	}
	sqrt(a: Vector): Vector {
		return this.#operation("sqrt", a);
	}
	floor(a: Vector): Vector {
		return this.#operation("floor", a);
	}
	/** NaN if either is, and 0 is greater than −0. Several instructions on most machines; `greaterOf` is one. */
	max(a: Vector, b: Vector): Vector {
		return this.#operation("max", a, b);
	}
	min(a: Vector, b: Vector): Vector {
		return this.#operation("min", a, b);
	}
	/** `a < b ? b : a`: a NaN in `a` passes through, one in `b` does not, and −0 and 0 are equal. */
	greaterOf(a: Vector, b: Vector): Vector {
		return this.#operation("greaterOf", a, b);
	}
	/** `b < a ? b : a`. */
	lessOf(a: Vector, b: Vector): Vector {
		return this.#operation("lessOf", a, b);
	}
	eq(a: Vector, b: Vector): Mask {
		return this.#operation("eq", a, b);
	}
	ne(a: Vector, b: Vector): Mask {
		return this.#operation("ne", a, b);
	}
	lt(a: Vector, b: Vector): Mask {
		return this.#operation("lt", a, b);
	}
	le(a: Vector, b: Vector): Mask {
		return this.#operation("le", a, b);
	}
	gt(a: Vector, b: Vector): Mask {
		return this.#operation("gt", a, b);
	}
	ge(a: Vector, b: Vector): Mask {
		return this.#operation("ge", a, b);
	}
	notMask(mask: Mask): Mask {
		return this.#operation("notMask", mask);
	}
	and(a: Vector, b: Vector): Vector {
		return this.#operation("and", a, b);
	}
	/** The bits of `a` that `b` does not have. */
	andNot(a: Vector, b: Vector): Vector {
		return this.#operation("andNot", a, b);
	}
	or(a: Vector, b: Vector): Vector {
		return this.#operation("or", a, b);
	}
	xor(a: Vector, b: Vector): Vector {
		return this.#operation("xor", a, b);
	}
	/** The lanes' bits as integers. */
	addBits(a: Vector, b: Vector): Vector {
		return this.#operation("addBits", a, b);
	}
	subBits(a: Vector, b: Vector): Vector {
		return this.#operation("subBits", a, b);
	}
	mulBits(a: Vector, b: Vector): Vector {
		return this.#operation("mulBits", a, b);
	}
	/** Whether the one integer is less than the other, both signed. */
	lessBits(a: Vector, b: Vector): Mask {
		return this.#operation("lessBits", a, b);
	}

	neg(a: Vector): Vector {
		const positive = this.#negated.get(a);
		if (positive !== undefined) return positive;
		const negative = this.#operation("neg", a);
		this.#negated.set(negative, a);
		return negative;
	}

	/** |a|; of −a it is the same vector, so what is computed of |a| is shared by functions of both. */
	abs(a: Vector): Vector {
		return this.#operation("abs", this.#negated.get(a) ?? a);
	}

	/** `a` where the mask is set, `b` elsewhere. */
	select(mask: Mask, a: Vector, b: Vector): Vector {
		return this.#operation("select", a, b, mask);
	}

	shiftLeft(a: Vector, bits: number): Vector {
		return this.body.operation(this.lanes.opcodes.shiftLeft, [a], bits);
	}

	/** Zeros come in from the left. */
	shiftRight(a: Vector, bits: number): Vector {
		return this.body.operation(this.lanes.opcodes.shiftRight, [a], bits);
	}

	/** −0 where the sign bit of `a` is set, 0 elsewhere. */
	signOf(a: Vector): Vector {
		return this.and(a, this.constant(-0));
	}

	/** The polynomial with these coefficients, lowest power first: pairs of terms, then pairs of pairs (Estrin). */
	polynomial(coefficients: readonly number[], z: Vector): Vector {
		let terms = coefficients.map((one) => this.constant(one));
		let power = z;
		while (terms.length > 1) {
			const pairs: Vector[] = [];
			for (let i = 0; i < terms.length; i += 2) {
				pairs.push(i + 1 < terms.length ? this.multiplyAdd(terms[i + 1], power, terms[i]) : terms[i]);
			}
			terms = pairs;
			if (terms.length > 1) power = this.mul(power, power);
		}
		return terms[0];
	}

	/** `compute()` where the mask has a lane, for all lanes; `otherwise` where it has none. */
	whenAny(mask: Mask, compute: () => Vector, otherwise: Vector): Vector {
		return this.body.whenAny(mask, compute, otherwise);
	}

	/** A function of vectors, by its name: written out here, or called where there is much code already. Computed once. */
	apply(name: string, code: VectorFunction, ...operands: Vector[]): Vector {
		return this.body.once(`${this.lanes.name}.${name}:${operands.join()}`, () =>
			this.body.size < MOST_INLINE_BYTES ? code(this, ...operands) : this.call(name, code, ...operands),
		);
	}

	/** A function of vectors as a function of the module: for what is rare, and long. */
	call(name: string, code: VectorFunction, ...operands: Vector[]): Vector {
		const { module } = this.body;
		const index = module.defined(`${this.lanes.name}.${name}`, vectorFunction(operands.length), (body) => {
			body.get(code(new VectorCode(body, this.lanes, this.fused), ...operands.map((_, i) => i)));
		});
		for (const operand of operands) this.body.get(operand);
		this.body.call(index);
		return this.body.keep();
	}

	/** An imported function of doubles, lane by lane. */
	callEachLane(imported: string, ...operands: Vector[]): Vector {
		const { opcodes, bytes } = this.lanes;
		const result = this.body.local(valueType.v128);
		for (let lane = 0; lane < this.lanes.count; lane++) {
			this.body.get(lane === 0 ? operands[0] : result);
			for (const operand of operands) {
				this.body.get(operand);
				this.body.simd(opcodes.extractLane, lane);
				if (bytes === 4) this.body.write(0xbb); // f64.promote_f32
			}
			this.body.call(this.body.module.imported(imported));
			if (bytes === 4) this.body.write(0xb6); // f32.demote_f64
			this.body.simd(opcodes.replaceLane, lane);
			this.body.set(result);
		}
		return result;
	}

	/** Of four lanes of float32: a function of doubles of them, two and two, rounded. */
	inDoubles(compute: VectorFunction, ...operands: Vector[]): Vector {
		const doubles = new VectorCode(this.body, F64, this.fused);
		const halves = [false, true].map((upper) => {
			const wide = operands.map((operand) => {
				const low = upper ? this.#shuffle(operand, operand, UPPER) : operand;
				return this.body.operation(PROMOTE, [low]);
			});
			return this.body.operation(DEMOTE, [compute(doubles, ...wide)]);
		});
		return this.#shuffle(halves[0], halves[1], LOWER_OF_BOTH);
	}

	#shuffle(a: Vector, b: Vector, order: readonly number[]): Vector {
		this.body.get(a);
		this.body.get(b);
		this.body.simd(SHUFFLE, ...order);
		return this.body.keep();
	}

	#operation(name: keyof LaneType["opcodes"], ...operands: Vector[]): Vector {
		return this.body.operation(this.lanes.opcodes[name], operands);
	}
}
