import { valueType } from "../../src/core/expression/kernel/encoding.ts";
import { instantiate } from "../../src/core/expression/kernel/instantiate.ts";
import { F32 } from "../../src/core/expression/kernel/laneType.ts";
import { VectorCode } from "../../src/core/expression/kernel/vectorCode.ts";
import { WasmModule } from "../../src/core/expression/kernel/wasmModule.ts";
import { copyOf, timesLocal } from "../../src/core/training/kernels/loops.ts";

/** Enough to hide the latency of an addition, and as many as there are registers for. */
const CHAINS = 12;
const LANES = 4;

/**
 * Floating-point operations a second of multiply-adds that never leave the registers: one instruction each where relaxed
 * SIMD has it, else two.
 */
export function peakProbe(relaxed: boolean): () => number {
	const module = new WasmModule({}, 0);
	const run = module.defined("run", { parameters: [valueType.i32], results: [valueType.f32] }, (body) => {
		const v = new VectorCode(body, F32, relaxed);
		const [factor, term] = [v.constant(0.5), v.constant(1)];
		const sums = Array.from({ length: CHAINS }, (_, i) => {
			body.get(v.constant(i));
			return body.keep();
		});
		timesLocal(body, copyOf(body, 0), () => {
			for (const sum of sums) {
				body.get(sum);
				body.get(factor);
				if (relaxed) {
					body.get(term);
					body.simd(F32.opcodes.multiplyAdd);
				} else {
					body.simd(F32.opcodes.mul);
					body.get(term);
					body.simd(F32.opcodes.add);
				}
				body.set(sum);
			}
		});
		body.get(sums.reduce((a, b) => v.add(a, b)));
		body.simd(F32.opcodes.extractLane, 0);
	});
	module.exportFunction("run", run);
	const probe = instantiate<{ run: (passes: number) => number }>(module.encode(0), {});
	const passes = 2e6;
	const measure = () => {
		const before = process.cpuUsage();
		probe.run(passes);
		const { user, system } = process.cpuUsage(before);
		return (2 * LANES * CHAINS * passes) / ((user + system) / 1e6);
	};
	// What is compiled only after the first call would be no peak.
	measure();
	return measure;
}
