/** The types that a file's numbers may have. */
export type NumberType =
	| "bool"
	| "int8"
	| "uint8"
	| "int16"
	| "uint16"
	| "int32"
	| "uint32"
	| "int64"
	| "uint64"
	| "float16"
	| "float32"
	| "float64";

/** What the first bytes of a file say about the array of numbers that follows. */
export interface ArrayHeader {
	readonly type: NumberType;
	readonly littleEndian: boolean;
	/** The first index runs fastest, as in Fortran; otherwise the last one. */
	readonly fortran: boolean;
	readonly shape: readonly number[];
	/** Bytes before the first value. */
	readonly offset: number;
}

/** How many bytes a format's header may take; an honest one of plain numbers has some hundred. */
export const MAX_HEADER_BYTES = 65_536;

export const bytesPerValue: Readonly<Record<NumberType, number>> = {
	bool: 1,
	int8: 1,
	uint8: 1,
	int16: 2,
	uint16: 2,
	int32: 4,
	uint32: 4,
	int64: 8,
	uint64: 8,
	float16: 2,
	float32: 4,
	float64: 8,
};

/** How many numbers an array of that shape has; more than 2⁵³ come out rounded, and Infinity is possible. */
export function countOf(shape: readonly number[]): number {
	return shape.reduce((product, length) => product * length, 1);
}

/** A shape as Python writes it: (3, 4) or (3,). */
export function shapeText(shape: readonly number[]): string {
	return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

/**
 * Turns the bytes after an array's header, in pieces of any size, into numbers in C order. Throws an Error with one
 * sentence for a value that is not finite, for an integer that a float64 does not hold, and for too many or too few bytes.
 */
export class ArrayDecoder {
	readonly #name: string;
	readonly #header: ArrayHeader;
	readonly #values: Float64Array;
	readonly #read: (view: DataView, at: number) => number;
	readonly #bytes: number;
	/** The beginning of a value whose end comes with the next piece. */
	readonly #rest: Uint8Array;
	#restLength = 0;
	#done = 0;
	/** Of the Fortran order: the indices of the next value; and where its feature lies in a row in C order. */
	readonly #index: number[];
	#feature = 0;

	/** `values` takes the numbers; it has as many places as the header's shape. `name` is what messages call the array. */
	constructor(name: string, header: ArrayHeader, values: Float64Array) {
		const wanted = countOf(header.shape);
		if (values.length !== wanted) throw new RangeError(`values must have ${wanted} places, got ${values.length}`);
		this.#name = name;
		this.#header = header;
		this.#values = values;
		this.#read = readers[header.type](header.littleEndian);
		this.#bytes = bytesPerValue[header.type];
		this.#rest = new Uint8Array(this.#bytes);
		this.#index = header.shape.map(() => 0);
	}

	push(bytes: Uint8Array): void {
		let from = 0;
		if (this.#restLength > 0) {
			from = Math.min(bytes.length, this.#bytes - this.#restLength);
			this.#rest.set(bytes.subarray(0, from), this.#restLength);
			this.#restLength += from;
			if (this.#restLength < this.#bytes) return;
			this.#restLength = 0;
			this.#take(this.#rest);
		}
		const whole = bytes.length - ((bytes.length - from) % this.#bytes);
		this.#take(bytes.subarray(from, whole));
		this.#rest.set(bytes.subarray(whole));
		this.#restLength = bytes.length - whole;
	}

	/** To be called after the last piece. */
	finish(): void {
		const { shape, type } = this.#header;
		if (this.#done === this.#values.length && this.#restLength === 0) return;
		const got = this.#done * this.#bytes + this.#restLength;
		const wanted = this.#values.length * this.#bytes;
		throw new Error(
			`${this.#name} must have ${wanted} bytes of ${type} values for its shape ${shapeText(shape)}, got ${got}`,
		);
	}

	#take(bytes: Uint8Array): void {
		const count = bytes.length / this.#bytes;
		const values = this.#values;
		if (count > values.length - this.#done) {
			const { shape, type } = this.#header;
			const wanted = values.length * this.#bytes;
			throw new Error(
				`${this.#name} must have ${wanted} bytes of ${type} values for its shape ${shapeText(shape)}, got more`,
			);
		}
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
		const { type, fortran, shape } = this.#header;
		const integer64 = type === "int64" || type === "uint64";
		const scattered = fortran && shape.length > 1;
		for (let i = 0; i < count; i++) {
			const value = this.#read(view, i * this.#bytes);
			const at = scattered ? this.#nextPlace() : this.#done;
			if (integer64 ? !Number.isSafeInteger(value) : !Number.isFinite(value)) throw this.#refusal(value, at);
			values[at] = value;
			this.#done++;
		}
	}

	/** The place in C order of the next value in Fortran order. */
	#nextPlace(): number {
		const { shape } = this.#header;
		const index = this.#index;
		const place = index[0] * (this.#values.length / shape[0]) + this.#feature;
		index[0]++;
		for (let k = 0; index[k] === shape[k] && k + 1 < shape.length; k++) {
			index[k] = 0;
			index[k + 1]++;
		}
		if (index[0] === 0) this.#feature = index.slice(1).reduce((sum, i, k) => sum * shape[k + 1] + i, 0);
		return place;
	}

	#refusal(value: number, place: number): Error {
		const { shape, type } = this.#header;
		const index: number[] = [];
		let rest = place;
		for (const length of shape.toReversed()) {
			index.unshift(rest % length);
			rest = Math.floor(rest / length);
		}
		const what = type.endsWith("int64") ? "be within ±(2⁵³ − 1)" : "be a finite number";
		return new Error(`value [${index.join(", ")}] of ${this.#name} must ${what}, got ${value}`);
	}
}

const readers: Readonly<Record<NumberType, (littleEndian: boolean) => (view: DataView, at: number) => number>> = {
	bool: () => (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
	int8: () => (view, at) => view.getInt8(at),
	uint8: () => (view, at) => view.getUint8(at),
	int16: (little) => (view, at) => view.getInt16(at, little),
	uint16: (little) => (view, at) => view.getUint16(at, little),
	int32: (little) => (view, at) => view.getInt32(at, little),
	uint32: (little) => (view, at) => view.getUint32(at, little),
	// Rounded above 2⁵³, but never to a number below it.
	int64: (little) => (view, at) =>
		view.getInt32(at + (little ? 4 : 0), little) * 2 ** 32 + view.getUint32(at + (little ? 0 : 4), little),
	uint64: (little) => (view, at) =>
		view.getUint32(at + (little ? 4 : 0), little) * 2 ** 32 + view.getUint32(at + (little ? 0 : 4), little),
	float16: (little) => (view, at) => fromFloat16(view.getUint16(at, little)),
	float32: (little) => (view, at) => view.getFloat32(at, little),
	float64: (little) => (view, at) => view.getFloat64(at, little),
};

/** The number whose IEEE 754 half-precision bits these are. */
function fromFloat16(bits: number): number {
	const sign = bits & 0x8000 ? -1 : 1;
	const exponent = (bits >> 10) & 0x1f;
	const fraction = bits & 0x3ff;
	if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
	return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
