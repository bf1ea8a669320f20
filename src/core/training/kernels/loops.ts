import { unsigned, valueType } from "../../expression/kernel/encoding.ts";
import type { FunctionBody, Local } from "../../expression/kernel/functionBody.ts";

/** Instructions on integers and on memory, by their opcodes. */
export const instruction = {
	select: 0x1b,
	tee: 0x22,
	loadFloat: 0x2a,
	storeFloat: 0x38,
	loadInteger: 0x28,
	addInteger: 0x6a,
	subtractInteger: 0x6b,
	multiplyInteger: 0x6c,
	lessUnsigned: 0x49,
	shiftRight: 0x76,
} as const;

/** A copy of a local that holds an integer. */
export function copyOf(body: FunctionBody, local: Local): Local {
	const result = body.local(valueType.i32);
	body.get(local);
	body.set(result);
	return result;
}

/** local += bytes. */
export function advance(body: FunctionBody, local: Local, bytes: number): void {
	body.get(local);
	body.integer(bytes);
	body.write(instruction.addInteger);
	body.set(local);
}

/** Does `write` a number of times that is known now; a single time, or none, without a loop. */
export function times(body: FunctionBody, count: number, write: () => void): void {
	if (count === 1) write();
	if (count < 2) return;
	const left = body.local(valueType.i32);
	body.integer(count);
	body.set(left);
	body.repeat(() => {
		write();
		countDown(body, left);
	});
}

/** Does `write` as often as the local says, which must be at least once; the local stays as it is. */
export function timesLocal(body: FunctionBody, count: Local, write: () => void): void {
	const left = copyOf(body, count);
	body.repeat(() => {
		write();
		countDown(body, left);
	});
}

/** Has `write` repeated at copies of addresses, which move on by so many bytes each time. */
export function walk(
	body: FunctionBody,
	repeat: (pass: () => void) => void,
	rows: readonly (readonly [address: Local, bytes: number])[],
	write: (...at: readonly Local[]) => void,
): void {
	const at = rows.map(([address]) => copyOf(body, address));
	repeat(() => {
		write(...at);
		for (const [i, [, bytes]] of rows.entries()) advance(body, at[i], bytes);
	});
}

/** Takes 1 off a counter and leaves what is left on the stack. */
function countDown(body: FunctionBody, counter: Local): void {
	body.get(counter);
	body.integer(1);
	body.write(instruction.subtractInteger, instruction.tee, ...unsigned(counter));
}

/** Loads the four floats at the local's address plus `offset` onto the stack. */
export function loadVector(body: FunctionBody, address: Local, offset: number): void {
	body.get(address);
	body.simd(0x00, 4, ...unsigned(offset));
}

/** Loads the float at the local's address plus `offset` into all four lanes, onto the stack. */
export function loadSplat(body: FunctionBody, address: Local, offset: number): void {
	body.get(address);
	body.simd(0x09, 2, ...unsigned(offset));
}

/** Stores a local that holds a vector. */
export function storeVector(body: FunctionBody, address: Local, offset: number, vector: Local): void {
	body.get(address);
	body.get(vector);
	body.simd(0x0b, 4, ...unsigned(offset));
}
