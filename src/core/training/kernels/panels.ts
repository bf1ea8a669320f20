import { valueType } from "../../expression/kernel/encoding.ts";
import type { FunctionBody, Local } from "../../expression/kernel/functionBody.ts";
import type { WasmModule } from "../../expression/kernel/wasmModule.ts";
import { advance, copyOf, instruction, loadVector, storeVector, times, timesLocal } from "./loops.ts";
import { PANEL, padded, transposedOf, UNIT } from "./products.ts";

const FLOAT = 4;
const VECTOR = 16;
const i32 = valueType.i32;

/**
 * Copies samples of the data into the rows of a batch, as a function of (order, count, data, targets, rows, targets of
 * the batch): `order` is the address of their indices. A sample's row is `inputs` wide, padded; its target is one float.
 */
export function gather(module: WasmModule, inputs: number): number {
	const sampleBytes = padded(inputs) * FLOAT;
	return module.defined(`gather ${inputs}`, { parameters: [i32, i32, i32, i32, i32, i32], results: [] }, (body) => {
		const [order, count, data, targets, rows, wanted] = [0, 1, 2, 3, 4, 5];
		const [next, row, target] = [copyOf(body, order), copyOf(body, rows), copyOf(body, wanted)];
		const [from, index] = [body.local(i32), body.local(i32)];
		timesLocal(body, count, () => {
			body.get(next);
			body.write(instruction.loadInteger, 2, 0);
			body.set(index);
			place(body, from, data, index, sampleBytes);
			times(body, sampleBytes / VECTOR, () => {
				loadVector(body, from, 0);
				storeVector(body, row, 0, body.keep());
				advance(body, from, VECTOR);
				advance(body, row, VECTOR);
			});
			place(body, from, targets, index, FLOAT);
			body.get(target);
			body.get(from);
			body.write(instruction.loadFloat, 2, 0, instruction.storeFloat, 2, 0);
			advance(body, target, FLOAT);
			advance(body, next, FLOAT);
		});
	});
}

/** into = base + index·bytes. */
function place(body: FunctionBody, into: Local, base: Local, index: Local, bytes: number): void {
	body.get(base);
	body.get(index);
	body.integer(bytes);
	body.write(instruction.multiplyInteger, instruction.addInteger);
	body.set(into);
}

/** [sample][width] to [panel][width][8], as a function of (rows, panels' address, panels). */
export function rowsToPanels(module: WasmModule, width: number): number {
	return transposition(module, `rows to panels ${width}`, width, (body, rows, panel) => {
		for (const half of [0, 1]) {
			const own = [0, 1, 2, 3].map((sample) => {
				loadVector(body, rows, (4 * half + sample) * padded(width) * FLOAT);
				return body.keep();
			});
			for (const [unit, samples] of transposedOf(body, own as [Local, Local, Local, Local]).entries()) {
				storeVector(body, panel, unit * UNIT + half * VECTOR, samples);
			}
		}
	});
}

/** [panel][width][8] to [sample][width], as a function of (rows, panels' address, panels). */
export function panelsToRows(module: WasmModule, width: number): number {
	return transposition(module, `panels to rows ${width}`, width, (body, rows, panel) => {
		for (const half of [0, 1]) {
			const own = [0, 1, 2, 3].map((unit) => {
				loadVector(body, panel, unit * UNIT + half * VECTOR);
				return body.keep();
			});
			for (const [sample, units] of transposedOf(body, own as [Local, Local, Local, Local]).entries()) {
				storeVector(body, rows, (4 * half + sample) * padded(width) * FLOAT, units);
			}
		}
	});
}

/** Goes through panels, four units of eight samples at a time. */
function transposition(
	module: WasmModule,
	name: string,
	width: number,
	square: (body: FunctionBody, rows: Local, panel: Local) => void,
): number {
	const groups = Math.ceil(width / 4);
	return module.defined(name, { parameters: [i32, i32, i32], results: [] }, (body) => {
		const [rowsAt, panelsAt, panels] = [0, 1, 2];
		const [rows, panel] = [copyOf(body, rowsAt), copyOf(body, panelsAt)];
		timesLocal(body, panels, () => {
			times(body, groups, () => {
				square(body, rows, panel);
				advance(body, rows, VECTOR);
				advance(body, panel, 4 * UNIT);
			});
			advance(body, rows, PANEL * padded(width) * FLOAT - groups * VECTOR);
			advance(body, panel, padded(width) * UNIT - groups * 4 * UNIT);
		});
	});
}
