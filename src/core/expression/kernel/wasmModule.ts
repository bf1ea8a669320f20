import { list, name, signed, unsigned, type ValueType, valueType } from "./encoding.ts";
import { FunctionBody } from "./functionBody.ts";

export interface FunctionType {
	readonly parameters: readonly ValueType[];
	readonly results: readonly ValueType[];
}

const PAGE_BYTES = 65536;
/** Every constant has as much room as the widest, a double. */
const CONSTANT_BYTES = 8;

/**
 * A WebAssembly module that is being written: imported functions, functions of its own, one memory, and a pool of
 * constants in it. The same calls in the same order give the same bytes (Core Specification 2.0, chapter 5).
 */
export class WasmModule {
	readonly #imports: readonly (readonly [name: string, type: FunctionType])[];
	readonly #functions: { readonly type: FunctionType; body?: FunctionBody }[] = [];
	readonly #indices = new Map<string, number>();
	readonly #exports: number[][] = [];
	readonly #constantsAt: number;
	readonly #constants = new Map<bigint, number>();

	/** The functions are imported from the module "imports"; the pool of constants starts at an address divisible by 8. */
	constructor(imports: Readonly<Record<string, FunctionType>>, constantsAt: number) {
		this.#imports = Object.entries(imports);
		this.#constantsAt = constantsAt;
	}

	/** The index of an imported function. */
	imported(functionName: string): number {
		const index = this.#imports.findIndex(([one]) => one === functionName);
		if (index < 0) throw new RangeError(`expected an imported function, got "${functionName}"`);
		return index;
	}

	/** The index of the function of that name, which is written when it is first asked for. */
	defined(functionName: string, type: FunctionType, write: (body: FunctionBody) => void): number {
		const known = this.#indices.get(functionName);
		if (known !== undefined) return known;
		const entry: { readonly type: FunctionType; body?: FunctionBody } = { type };
		const index = this.#imports.length + this.#functions.push(entry) - 1;
		this.#indices.set(functionName, index);
		entry.body = new FunctionBody(this, type.parameters);
		write(entry.body);
		return index;
	}

	/** Exports a function under a name. */
	exportFunction(exportedName: string, index: number): void {
		this.#exports.push([...name(exportedName), 0x00, ...unsigned(index)]);
	}

	/** The address of a constant in the pool. */
	constantAddress(bits: bigint): number {
		let index = this.#constants.get(bits);
		if (index === undefined) {
			index = this.#constants.size;
			this.#constants.set(bits, index);
		}
		return this.#constantsAt + CONSTANT_BYTES * index;
	}

	/** Where the pool ends by now. */
	get constantsEnd(): number {
		return this.#constantsAt + CONSTANT_BYTES * this.#constants.size;
	}

	/** The module's bytes, with a memory of at least `memoryBytes` that it exports as "memory". */
	encode(memoryBytes: number): Uint8Array<ArrayBuffer> {
		const types = new Map<string, number[]>();
		const typeIndex = ({ parameters, results }: FunctionType) => {
			const bytes = [0x60, ...list(parameters.map((one) => [one])), ...list(results.map((one) => [one]))];
			const key = bytes.join();
			if (!types.has(key)) types.set(key, bytes);
			return [...types.keys()].indexOf(key);
		};
		const imports = this.#imports.map(([functionName, type]) => [
			...name("imports"),
			...name(functionName),
			0x00,
			...unsigned(typeIndex(type)),
		]);
		const functions = this.#functions.map(({ type }) => unsigned(typeIndex(type)));
		const exports = [[...name("memory"), 0x02, 0x00], ...this.#exports];
		const pages = Math.ceil(Math.max(memoryBytes, this.constantsEnd) / PAGE_BYTES);
		const pool = new DataView(new ArrayBuffer(CONSTANT_BYTES * this.#constants.size));
		for (const [bits, index] of this.#constants) pool.setBigUint64(CONSTANT_BYTES * index, bits, true);
		const constants = [
			...[0x00, 0x41, ...signed(this.#constantsAt), 0x0b], // Active, in memory 0, at this address.
			...unsigned(pool.byteLength),
			...new Uint8Array(pool.buffer),
		];
		const sections: readonly (readonly [id: number, items: readonly (readonly number[])[]])[] = [
			[1, [...types.values()]],
			[2, imports],
			[3, functions],
			[5, [[0x00, ...unsigned(pages)]]],
			[7, exports],
			[10, this.#functions.map(({ body }) => body!.encode())],
			[11, [constants]],
		];
		const bytes = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
		return Uint8Array.from(
			sections.reduce((all, [id, items]) => {
				const content = list(items);
				return all.concat(id, unsigned(content.length), content);
			}, bytes),
		);
	}
}

/** The type of a function of vectors that gives a vector. */
export function vectorFunction(parameters: number): FunctionType {
	return { parameters: Array.from({ length: parameters }, () => valueType.v128), results: [valueType.v128] };
}
