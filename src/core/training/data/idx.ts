import { hex } from "./npy.ts";
import type { ArrayHeader, NumberType } from "./numberArray.ts";

const TYPES: Readonly<Record<number, NumberType>> = {
	8: "uint8",
	9: "int8",
	11: "int16",
	12: "int32",
	13: "float32",
	14: "float64",
};

/**
 * The header of an IDX file, the format of MNIST, from its first bytes: two zeros, the type, the number of dimensions,
 * and their lengths, the highest byte first. Throws an Error with one sentence where it is none or is cut short.
 * http://yann.lecun.com/exdb/mnist
 */
export function readIdxHeader(bytes: Uint8Array, name: string): ArrayHeader {
	const type = Object.hasOwn(TYPES, bytes[2] ?? 0) ? TYPES[bytes[2]] : undefined;
	const dimensions = bytes[3] ?? 0;
	if (bytes[0] !== 0 || bytes[1] !== 0 || !type || dimensions === 0) {
		const found = hex(bytes.subarray(0, 4));
		throw new Error(
			`${name} must begin like an IDX file (00 00, a type 08…0e, the number of dimensions), got ${found}`,
		);
	}
	const offset = 4 + 4 * dimensions;
	if (bytes.length < offset) {
		throw new Error(`${name} must have a header of ${offset} bytes, but the file ends after ${bytes.length}`);
	}
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i, false));
	return { type, littleEndian: false, fortran: false, shape, offset };
}
