import type { Expression, Parameters } from "../expression.ts";
import { valueType } from "./encoding.ts";
import { ExpressionCode, importedFunctions, importedTypes, nodesOfAll } from "./expressionCode.ts";
import { instantiate } from "./instantiate.ts";
import { F32, F64, type LaneType } from "./laneType.ts";
import { VectorCode } from "./vectorCode.ts";
import { type FunctionType, WasmModule } from "./wasmModule.ts";

/** The array that holds numbers of a lane type. */
export interface LaneArrays {
	readonly f64: Float64Array;
	readonly f32: Float32Array;
}

/** Expressions as machine code over arrays that lie in its own memory. */
export interface Kernel<L extends keyof LaneArrays> {
	/** Room for `capacity` inputs. */
	readonly input: LaneArrays[L];
	/** One array an expression, as long as `input`. */
	readonly outputs: readonly LaneArrays[L][];
	/**
	 * Computes every expression at the first `count` inputs; of the outputs after them up to three may change. A
	 * parameter without a value is NaN. Throws a RangeError when there is no room for `count` inputs.
	 */
	run(parameters: Parameters, count: number): void;
}

/** Beyond this, writing and compiling take longer than what they save. At most 6 locals an operation, of 50,000. */
const MOST_NODES = 5000;
const VECTOR_BYTES = 16;

/**
 * A kernel of several expressions, such as a function and its slope, in one pass: two lanes of float64 or four of
 * float32 at a time. Undefined for expressions of more than 5,000 operations together, for which `compile` is there.
 *
 * Use it where speed is what matters, and results that are right to a few ulp of each operation will do: its
 * exponential is not the platform's. `compile` gives what `evaluate` gives, bit for bit, takes an arithmetic to round
 * by, and costs nothing to make; a kernel takes a millisecond, and some runs until the machine code is the fast one.
 */
export function kernelOf<L extends keyof LaneArrays>(
	expressions: readonly Expression[],
	lanes: L,
	capacity: number,
): Kernel<L> | undefined {
	if (nodesOfAll(expressions).size > MOST_NODES) return undefined;
	const layout = moduleOf(expressions, lanes === "f64" ? F64 : F32, capacity);
	const { memory, run } = instantiate<{ run: (from: number, to: number) => void }>(layout.bytes, importedFunctions);
	const view = (address: number, length: number) =>
		(lanes === "f64"
			? new Float64Array(memory.buffer, address, length)
			: new Float32Array(memory.buffer, address, length)) as LaneArrays[L]; // By the line above.
	const { parameterNames, inputAt, stride } = layout;
	const values = view(0, parameterNames.length);
	return {
		input: view(inputAt, capacity),
		outputs: expressions.map((_, i) => view(inputAt + (i + 1) * stride, capacity)),
		run(parameters, count) {
			if (!(count >= 0 && count <= capacity))
				throw new RangeError(`count must be 0…${capacity}, the kernel's capacity, got ${count}`);
			if (count === 0) return;
			parameterNames.forEach((name, i) => {
				values[i] = parameters[name] ?? Number.NaN;
			});
			const bytes = count * values.BYTES_PER_ELEMENT;
			run(inputAt, inputAt + bytes);
		},
	};
}

interface KernelModule {
	readonly bytes: Uint8Array<ArrayBuffer>;
	/** The parameters' values lie from address 0 on, in this order. */
	readonly parameterNames: readonly string[];
	/** Where the input starts; the outputs follow, each `stride` bytes after the one before. */
	readonly inputAt: number;
	readonly stride: number;
}

/** The module of a kernel: `run(from, to)` goes from an input's address to another. The same expressions give the same bytes. */
export function moduleOf(expressions: readonly Expression[], lanes: LaneType, capacity: number): KernelModule {
	const names = new Set<string>();
	for (const node of nodesOfAll(expressions)) if (node.kind === "parameter") names.add(node.name);
	const parameterNames = [...names];
	const module = new WasmModule(importedTypes, alignUp(parameterNames.length * lanes.bytes));
	const stride = alignUp(capacity * lanes.bytes);
	const type: FunctionType = { parameters: [valueType.i32, valueType.i32], results: [] };
	const run = module.defined("run", type, (body) => {
		const [at, end] = [0, 1];
		const v = new VectorCode(body, lanes);
		const code = new ExpressionCode(v, expressions, (name) => v.splatAt(parameterNames.indexOf(name) * lanes.bytes));
		body.loop(at, end, VECTOR_BYTES, () => {
			body.get(at);
			v.load(0);
			const results = code.at(body.keep());
			results.forEach((result, i) => {
				body.get(at);
				body.get(result);
				v.store((i + 1) * stride);
			});
		});
	});
	module.exportFunction("run", run);
	const inputAt = alignUp(module.constantsEnd);
	const bytes = module.encode(inputAt + stride * (expressions.length + 1));
	return { bytes, parameterNames, inputAt, stride };
}

function alignUp(bytes: number): number {
	return VECTOR_BYTES * Math.ceil(bytes / VECTOR_BYTES);
}
