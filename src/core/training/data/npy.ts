import { type ArrayHeader, MAX_HEADER_BYTES, type NumberType } from "./numberArray.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const MAX_DIMENSIONS = 64; // NumPy's own limit.

const TYPES: Readonly<Record<string, NumberType>> = {
	b1: "bool",
	i1: "int8",
	u1: "uint8",
	i2: "int16",
	u2: "uint16",
	i4: "int32",
	u4: "uint32",
	i8: "int64",
	u8: "uint64",
	f2: "float16",
	f4: "float32",
	f8: "float64",
};

/**
 * The header of NumPy's .npy format, versions 1 to 3, from the first bytes of a file (`MAX_HEADER_BYTES` and 12 more, or
 * all it has). Throws an Error with one sentence where it is none, is cut short, or tells of anything but plain numbers;
 * objects are pickled, and are never read. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function readNpyHeader(bytes: Uint8Array, name: string): ArrayHeader {
	if (MAGIC.some((byte, i) => bytes[i] !== byte)) {
		throw new Error(`${name} must begin like a NumPy array (93 4e 55 4d 50 59), got ${hex(bytes.subarray(0, 6))}`);
	}
	const version = bytes[6];
	if (version === undefined || version < 1 || version > 3) {
		throw new Error(`${name} must have version 1, 2 or 3 of NumPy's format, got ${version ?? "nothing"}`);
	}
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	const start = version === 1 ? 10 : 12;
	if (bytes.length < start)
		throw new Error(`${name} must have a header, but the file ends after ${bytes.length} bytes`);
	const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
	if (length > MAX_HEADER_BYTES) {
		throw new Error(`${name} must have a header of at most ${MAX_HEADER_BYTES} bytes, got ${length}`);
	}
	const offset = start + length;
	if (bytes.length < offset) {
		throw new Error(`${name} must have a header of ${length} bytes, but the file ends after ${bytes.length - start}`);
	}
	return { ...describedBy(asciiOf(bytes.subarray(start, offset)), name), offset };
}

/** What a header's text says: a Python dictionary such as {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }. */
function describedBy(text: string, name: string): Omit<ArrayHeader, "offset"> {
	const type = /['"]descr['"]\s*:\s*(?:['"]([^'"]*)['"]|([[(]))/.exec(text);
	if (!type) throw unreadable(text, name);
	const [, written, structured] = type;
	if (structured !== undefined) {
		throw new Error(`${name} must hold plain numbers, got records (a structured dtype)`);
	}
	if (written.endsWith("O")) {
		throw new Error(`${name} must hold plain numbers, got pickled Python objects, which are never read`);
	}
	const [, order, code] = /^([<>|=])(\w+)$/.exec(written) ?? [];
	const known = Object.hasOwn(TYPES, code ?? "") ? TYPES[code] : undefined;
	if (!known) {
		throw new Error(
			`${name} must hold bool, int8…int64, uint8…uint64 or float16…float64 values, got the dtype "${clipped(written)}"`,
		);
	}
	const fortran = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
	const shape = /['"]shape['"]\s*:\s*\(([^()]*)\)/.exec(text);
	if (!fortran || !shape) throw unreadable(text, name);
	const lengths = shape[1].split(",").map((one) => one.trim());
	if (lengths.at(-1) === "") lengths.pop();
	// Python 2 wrote long integers with an L.
	if (lengths.length > MAX_DIMENSIONS || !lengths.every((one) => /^\d+L?$/.test(one))) throw unreadable(text, name);
	return {
		type: known,
		littleEndian: order !== ">",
		fortran: fortran[1] === "True",
		shape: lengths.map((one) => Number(one.replace("L", ""))),
	};
}

function unreadable(text: string, name: string): Error {
	return new Error(`${name} must have a header with descr, fortran_order and shape, got "${clipped(text)}"`);
}

/** Latin-1 or UTF-8: what matters is ASCII in both, and what else there is becomes a question mark. */
function asciiOf(bytes: Uint8Array): string {
	let text = "";
	for (const byte of bytes) text += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte === 10 ? " " : "?";
	return text.trim();
}

function clipped(text: string): string {
	return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Bytes as a person compares them; "nothing" where there are none. */
export function hex(bytes: Uint8Array): string {
	return bytes.length === 0 ? "nothing" : Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
