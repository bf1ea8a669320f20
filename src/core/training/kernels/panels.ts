import { valueType } from "../../expression/kernel/encoding.ts";
import type { FunctionBody, Local } from "../../expression/kernel/functionBody.ts";
import { F32 } from "../../expression/kernel/laneType.ts";
import type { WasmModule } from "../../expression/kernel/wasmModule.ts";
import { advance, copyOf, instruction, loadVector, storeVector, times, timesLocal } from "./loops.ts";
import { HALVES, PANEL, padded, transposedOf, UNIT } from "./products.ts";

const FLOAT = 4;
const VECTOR = 16;
const i32 = valueType.i32;
const FOUR = [0, 1, 2, 3] as const;

/**
 * Copies samples of the data into a batch, by strips and by panels, as a function of (order, count, data, targets,
 * strips, panels' address, targets of the batch, panels): `order` is the address of their indices. A sample's data are
 * `inputs` floats, padded, its target is one. The last sample stands in for those that are missing of the last panel.
 */
export function gather(module: WasmModule, inputs: number, stripBytes: number): number {
	const sampleBytes = padded(inputs) * FLOAT;
	const type = { parameters: new Array<typeof i32>(8).fill(i32), results: [] };
	return module.defined(`gather ${inputs}`, type, (body) => {
		const [order, count, data, targets, strips, panelsAt, wanted, panels] = [0, 1, 2, 3, 4, 5, 6, 7];
		const [next, strip, panel, target] = [order, strips, panelsAt, wanted].map((one) => copyOf(body, one)) as Local[];
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
			eachFour(body, inputs, { strip, panel }, stripBytes, (group) => {
				for (const half of HALVES) {
					const own = FOUR.map((i) => {
						loadVector(body, samples[4 * half + i], group * VECTOR);
						const units = body.keep();
						storeVector(body, strip, (4 * half + i) * UNIT + group * VECTOR, units);
						return units;
					});
					for (const [unit, turned] of transposedOf(body, own).entries()) {
						storeVector(body, panel, (4 * group + unit) * UNIT + half * VECTOR, turned);
					}
				}
				if (group === 1) for (const one of samples) advance(body, one, 2 * VECTOR);
			});
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

/** [panel][width][8] to [strip][sample][8], as a function of (strips, panels' address, panels). */
export function panelsToStrips(module: WasmModule, width: number, stripBytes: number): number {
	return module.defined(`panels to strips ${width}`, { parameters: [i32, i32, i32], results: [] }, (body) => {
		const [stripsAt, panelsAt, panels] = [0, 1, 2];
		const [strip, panel] = [copyOf(body, stripsAt), copyOf(body, panelsAt)];
		timesLocal(body, panels, () => {
			eachFour(body, width, { strip, panel }, stripBytes, (group) => {
				for (const half of HALVES) {
					const own = FOUR.map((unit) => {
						loadVector(body, panel, (4 * group + unit) * UNIT + half * VECTOR);
						return body.keep();
					});
					for (const [sample, units] of transposedOf(body, own).entries()) {
						storeVector(body, strip, (4 * half + sample) * UNIT + group * VECTOR, units);
					}
				}
			});
		});
	});
}

/** a + b of two layers' panels of so many bytes, as a function of (a, b, sum, panels); the sum may lie where `a` does. */
export function addPanels(module: WasmModule, panelBytes: number): number {
	return module.defined(`add panels ${panelBytes}`, { parameters: [i32, i32, i32, i32], results: [] }, (body) => {
		const [a, b, into] = [0, 1, 2].map((one) => copyOf(body, one)) as [Local, Local, Local];
		timesLocal(body, 3, () => {
			times(body, panelBytes / VECTOR, () => {
				loadVector(body, a, 0);
				loadVector(body, b, 0);
				body.simd(F32.opcodes.add);
				storeVector(body, into, 0, body.keep());
				for (const address of [a, b, into]) advance(body, address, VECTOR);
			});
		});
	});
}

/**
 * Goes through the units of a panel, and through the panel's part of the strips, four at a time: the first and the second
 * four of each strip. Then both are at the next panel.
 */
function eachFour(
	body: FunctionBody,
	width: number,
	{ strip, panel }: { readonly strip: Local; readonly panel: Local },
	stripBytes: number,
	write: (group: 0 | 1) => void,
): void {
	const whole = Math.floor(Math.ceil(width / 4) / 2);
	times(body, whole, () => {
		write(0);
		write(1);
		advance(body, strip, stripBytes);
		advance(body, panel, PANEL * UNIT);
	});
	if (Math.ceil(width / 4) % 2 > 0) write(0);
	advance(body, strip, PANEL * UNIT - whole * stripBytes);
	advance(body, panel, padded(width) * UNIT - whole * PANEL * UNIT);
}
