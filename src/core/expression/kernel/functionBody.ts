import { list, signed, unsigned, type ValueType, valueType } from "./encoding.ts";
import type { WasmModule } from "./wasmModule.ts";

/** A local variable of a function, by its index. */
export type Local = number;

// Opcodes (WebAssembly Core Specification 2.0, section 5.4).
const LOOP = 0x03;
const IF = 0x04;
const NO_RESULT = 0x40;
const END = 0x0b;
const BR_IF = 0x0d;
const CALL = 0x10;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;
const I32_CONST = 0x41;
const I32_LT_U = 0x49;
const I32_ADD = 0x6a;
const SIMD = 0xfd;
const ANY_TRUE = 0x53;

/**
 * The code of one function. A local that holds a vector is assigned once, where it is computed, so the same operation on
 * the same locals is computed once: what two formulas share costs nothing.
 */
export class FunctionBody {
	readonly module: WasmModule;
	readonly #code: number[] = [];
	readonly #locals: ValueType[] = [];
	readonly #parameters: number;
	/** What is computed by now, by what it is; one map for each enclosing block. */
	readonly #known: Map<string, Local>[] = [new Map()];

	constructor(module: WasmModule, parameters: readonly ValueType[]) {
		this.module = module;
		this.#parameters = parameters.length;
	}

	/** How many bytes of code there are. */
	get size(): number {
		return this.#code.length;
	}

	/** How many locals there are, parameters among them. A function may have 50,000. */
	get localCount(): number {
		return this.#parameters + this.#locals.length;
	}

	/** A new local. */
	local(type: ValueType): Local {
		this.#locals.push(type);
		return this.localCount - 1;
	}

	/** Writes instructions as they are. */
	write(...bytes: readonly number[]): void {
		for (const byte of bytes) this.#code.push(byte);
	}

	get(local: Local): void {
		this.write(LOCAL_GET, ...unsigned(local));
	}

	set(local: Local): void {
		this.write(LOCAL_SET, ...unsigned(local));
	}

	integer(value: number): void {
		this.write(I32_CONST, ...signed(value));
	}

	call(index: number): void {
		this.write(CALL, ...unsigned(index));
	}

	/** A vector instruction, whose operands are on the stack. */
	simd(opcode: number, ...immediate: readonly number[]): void {
		this.write(SIMD, ...unsigned(opcode), ...immediate);
	}

	/** What is on the stack as a new local that holds a vector. */
	keep(): Local {
		const local = this.local(valueType.v128);
		this.set(local);
		return local;
	}

	/** The result of a vector instruction on locals, and on an integer where it takes one; computed once. */
	operation(opcode: number, operands: readonly Local[], shift?: number): Local {
		return this.once(`${opcode}:${operands.join()}:${shift ?? ""}`, () => {
			for (const operand of operands) this.get(operand);
			if (shift !== undefined) this.integer(shift);
			this.simd(opcode);
			return this.keep();
		});
	}

	/** What is known by that key here, or computed now and known from then on until the block ends. */
	once(key: string, compute: () => Local): Local {
		for (const known of this.#known) {
			const local = known.get(key);
			if (local !== undefined) return local;
		}
		const local = compute();
		this.#known[this.#known.length - 1].set(key, local);
		return local;
	}

	/** `compute()` where a bit of the mask is set, for all lanes alike; `otherwise` where none is. */
	whenAny(mask: Local, compute: () => Local, otherwise: Local): Local {
		this.get(otherwise);
		const result = this.keep();
		this.get(mask);
		this.simd(ANY_TRUE);
		this.write(IF, NO_RESULT);
		this.#known.push(new Map());
		this.get(compute());
		this.#known.pop();
		this.set(result);
		this.write(END);
		return result;
	}

	/** Does `write` again and again, until it leaves 0 on the stack. Nothing computed inside is known outside. */
	repeat(write: () => void): void {
		this.write(LOOP, NO_RESULT);
		this.#known.push(new Map());
		write();
		this.#known.pop();
		this.write(BR_IF, 0x00, END);
	}

	/** Does `write` with the integer `at` as it is, then `step` more, and so on while it is below `end`; at least once. */
	loop(at: Local, end: Local, step: number, write: () => void): void {
		this.repeat(() => {
			write();
			this.get(at);
			this.integer(step);
			this.write(I32_ADD, LOCAL_TEE, ...unsigned(at));
			this.get(end);
			this.write(I32_LT_U);
		});
	}

	/** The function as the code section holds it. */
	encode(): number[] {
		const runs: [count: number, type: ValueType][] = [];
		for (const type of this.#locals) {
			const last = runs.at(-1);
			if (last?.[1] === type) last[0]++;
			else runs.push([1, type]);
		}
		const locals = list(runs.map(([count, type]) => [...unsigned(count), type]));
		return [...unsigned(locals.length + this.#code.length + 1), ...locals, ...this.#code, END];
	}
}
