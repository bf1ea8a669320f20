import { valueType } from "../../expression/kernel/encoding.ts";
import { F32 } from "../../expression/kernel/laneType.ts";
import type { WasmModule } from "../../expression/kernel/wasmModule.ts";
import { copyOf, loadVector, storeVector, times, timesLocal, walk } from "./loops.ts";
import { type LayerShape, PANEL } from "./products.ts";

const FLOAT = 4;
const VECTOR = 16;
const i32 = valueType.i32;

/**
 * Multiplies a layer's values by dropout's factors and, for the way back, its slopes and the `trained` derivatives by
 * parameters behind them, as a function of (values, slopes, factors, panels).
 */
export function applyFactors(
	module: WasmModule,
	{ outputs, outputPanel }: LayerShape,
	slopeBytes: number,
	trained: number,
) {
	return module.defined(`dropout ${outputs}`, { parameters: [i32, i32, i32, i32], results: [] }, (body) => {
		const [values, slopes, factors, panels] = [0, 1, 2, 3].map((one) => copyOf(body, one)) as [
			number,
			number,
			number,
			number,
		];
		const rows = [values, slopes, factors].map((address) => [address, VECTOR] as const);
		const eachVector = (pass: () => void) => timesLocal(body, panels, () => times(body, outputPanel / VECTOR, pass));
		walk(body, eachVector, rows, (value, slope, factor) => {
			loadVector(body, factor, 0);
			const by = body.keep();
			const scaled = [[value, 0], ...Array.from({ length: 1 + trained }, (_, i) => [slope, i * slopeBytes])] as const;
			for (const [address, offset] of scaled) {
				loadVector(body, address, offset);
				body.get(by);
				body.simd(F32.opcodes.mul);
				storeVector(body, address, offset, body.keep());
			}
		});
	});
}

/** Writes factors [sample][unit] into the panels at an address of the memory. */
export function writeFactors(
	floats: Float32Array,
	address: number,
	{ outputs, outputPanel }: LayerShape,
	factors: Float64Array,
): void {
	for (let from = 0, n = 0; from < factors.length; from += outputs, n++) {
		const at = (address + Math.floor(n / PANEL) * outputPanel) / FLOAT + (n % PANEL);
		for (let j = 0; j < outputs; j++) floats[at + j * PANEL] = factors[from + j];
	}
}
