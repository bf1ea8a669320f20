import { valueType } from "../../expression/kernel/encoding.ts";
import type { FunctionBody, Local } from "../../expression/kernel/functionBody.ts";
import type { WasmModule } from "../../expression/kernel/wasmModule.ts";
import { advance, copyOf, instruction, loadVector, storeVector, times, timesLocal } from "./loops.ts";
import { PANEL, padded, transposedOf, UNIT } from "./products.ts";

const FLOAT = 4;
const VECTOR = 16;
const i32 = valueType.i32;

/**
 * Copies samples of the data into a batch, by rows and by panels, as a function of (order, count, data, targets, rows,
 * panels' address, targets of the batch, panels): `order` is the address of their indices. A sample's row is `inputs`
 * wide, padded; its target is one float. The last sample stands in for those that are missing of the last panel.
 */
export function gather(module: WasmModule, inputs: number): number {
	const sampleBytes = padded(inputs) * FLOAT;
	const type = { parameters: new Array<typeof i32>(8).fill(i32), results: [] };
	return module.defined(`gather ${inputs}`, type, (body) => {
		const [order, count, data, targets, rows, panelsAt, wanted, panels] = [0, 1, 2, 3, 4, 5, 6, 7];
		const [next, row, panel, target] = [order, rows, panelsAt, wanted].map((one) => copyOf(body, one)) as Local[];
		const last = body.local(i32);
		place(body, last, order, count, FLOAT);
		advance(body, last, -FLOAT);
		const index = body.local(i32);
		const wantedAt = body.local(i32);
		const samples = Array.from({ length: PANEL }, () => body.local(i32));
		timesLocal(body, panels, () => {
			for (const [i, sample] of samples.entries()) {
				body.get(next);
				body.get(last);
				body.get(next);
				body.get(last);
				body.write(instruction.lessUnsigned, instruction.select, instruction.loadInteger, 2, 0);
				body.set(index);
				place(body, sample, data, index, sampleBytes);
				place(body, wantedAt, targets, index, FLOAT);
				body.get(target);
				body.get(wantedAt);
				body.write(instruction.loadFloat, 2, 0, instruction.storeFloat, 2, i * FLOAT);
				advance(body, next, FLOAT);
			}
			inPairs(body, Math.ceil(inputs / 4), (groups) => {
				for (let group = 0; group < groups; group++) {
					for (const half of [0, 1]) {
						const own = [0, 1, 2, 3].map((i) => {
							loadVector(body, samples[4 * half + i], group * VECTOR);
							const four = body.keep();
							storeVector(body, row, (4 * half + i) * sampleBytes + group * VECTOR, four);
							return four;
						});
						for (const [unit, turned] of transposedOf(body, own as [Local, Local, Local, Local]).entries()) {
							storeVector(body, panel, (4 * group + unit) * UNIT + half * VECTOR, turned);
						}
					}
				}
				for (const one of [...samples, row]) advance(body, one, groups * VECTOR);
				advance(body, panel, groups * 4 * UNIT);
			});
			advance(body, row, PANEL * sampleBytes - Math.ceil(inputs / 4) * VECTOR);
			advance(body, panel, padded(inputs) * UNIT - Math.ceil(inputs / 4) * 4 * UNIT);
			advance(body, target, PANEL * FLOAT);
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

/** [panel][width][8] to [sample][width], as a function of (rows, panels' address, panels). */
export function panelsToRows(module: WasmModule, width: number): number {
	const groups = Math.ceil(width / 4);
	return module.defined(`panels to rows ${width}`, { parameters: [i32, i32, i32], results: [] }, (body) => {
		const [rowsAt, panelsAt, panels] = [0, 1, 2];
		const [rows, panel] = [copyOf(body, rowsAt), copyOf(body, panelsAt)];
		timesLocal(body, panels, () => {
			times(body, groups, () => {
				for (const half of [0, 1]) {
					const own = [0, 1, 2, 3].map((unit) => {
						loadVector(body, panel, unit * UNIT + half * VECTOR);
						return body.keep();
					});
					for (const [sample, units] of transposedOf(body, own as [Local, Local, Local, Local]).entries()) {
						storeVector(body, rows, (4 * half + sample) * padded(width) * FLOAT, units);
					}
				}
				advance(body, rows, VECTOR);
				advance(body, panel, 4 * UNIT);
			});
			advance(body, rows, PANEL * padded(width) * FLOAT - groups * VECTOR);
			advance(body, panel, padded(width) * UNIT - groups * 4 * UNIT);
		});
	});
}

/** Does `write` for some groups, two in each pass of a loop: it is told how many. */
function inPairs(body: FunctionBody, groups: number, write: (groups: number) => void): void {
	times(body, groups >> 1, () => write(2));
	if (groups % 2 > 0) write(1);
}
