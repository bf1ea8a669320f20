/** Numbers, names and lists of the WebAssembly binary format (Core Specification 2.0, section 5.2). */

/** A value's type in the binary format. */
export type ValueType = (typeof valueType)[keyof typeof valueType];

export const valueType = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;

/** An unsigned integer below 2³² in LEB128. */
export function unsigned(value: number): number[] {
	const bytes: number[] = [];
	let rest = value;
	while (rest >= 0x80) {
		bytes.push((rest % 0x80) | 0x80);
		rest = Math.floor(rest / 0x80);
	}
	bytes.push(rest);
	return bytes;
}

/** A 32-bit signed integer in LEB128. */
export function signed(value: number): number[] {
	const bytes: number[] = [];
	let rest = value;
	while (rest < -64 || rest > 63) {
		bytes.push((rest & 0x7f) | 0x80);
		rest >>= 7;
	}
	bytes.push(rest & 0x7f);
	return bytes;
}

/** An ASCII name with its length before it. */
export function name(text: string): number[] {
	return [...unsigned(text.length), ...Array.from(text, (character) => character.charCodeAt(0))];
}

/** Items with their number before them. */
export function list(items: readonly (readonly number[])[]): number[] {
	return [...unsigned(items.length), ...items.flat()];
}
