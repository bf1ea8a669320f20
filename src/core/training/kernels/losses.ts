import { unsigned, valueType } from "../../expression/kernel/encoding.ts";
import type { FunctionBody, Local } from "../../expression/kernel/functionBody.ts";
import { F32 } from "../../expression/kernel/laneType.ts";
import { type Vector, VectorCode } from "../../expression/kernel/vectorCode.ts";
import { vectorOperations } from "../../expression/kernel/vectorMath.ts";
import type { WasmModule } from "../../expression/kernel/wasmModule.ts";
import type { LossSettings } from "../loss.ts";
import { advance, copyOf, loadVector, storeVector, times, timesLocal } from "./loops.ts";
import { HALVES, padded, UNIT } from "./products.ts";
import { accumulate, addLanes, valueNow, zeros } from "./sums.ts";
import { withoutTiny } from "./tiny.ts";

const VECTOR = 16;
const { i32, f32, v128 } = valueType;
const FIRST_LANES = [0, 1, 2, 3];

/**
 * A loss and its gradient, as a function of (outputs, gradient, targets, count, panels, scale) that gives the sum of the
 * samples' losses: [panel][outputs][8] both; targets [panel][8], a class or a number for each sample. The gradient is
 * that of the sum times `scale`; for samples from `count` on it is 0. See `lossOf`, the reference.
 */
export function lossFunction(
	module: WasmModule,
	{ name: kind, label_smoothing: smoothing = 0 }: LossSettings,
	outputs: number,
): number {
	const type = { parameters: [i32, i32, i32, i32, i32, f32], results: [f32] };
	return module.defined(`loss ${kind} ${outputs}`, type, (body) => {
		const [z, g, targets, count, panels, scale] = [0, 1, 2, 3, 4, 5];
		const v = new VectorCode(body, F32);
		const [from, to, target] = [copyOf(body, z), copyOf(body, g), copyOf(body, targets)];
		const scales = splatOf(body, scale);
		body.get(count);
		body.write(0xb3); // f32.convert_i32_u
		body.simd(F32.opcodes.splat);
		const limit = body.keep();
		const total = zeros(body);
		const sample = body.local(v128);
		body.simd(0x0c, ...new Uint8Array(Float32Array.from(FIRST_LANES).buffer)); // v128.const
		body.set(sample);
		timesLocal(body, panels, () => {
			const halves = HALVES.map((half) => {
				const present = v.and(v.constant(1), v.lt(valueNow(body, sample), limit));
				accumulate(body, sample, v.constant(4));
				loadVector(body, target, half * VECTOR);
				return { present, target: body.keep(), scale: v.mul(scales, present) };
			});
			const panel: Panel = { body, v, from, to, outputs, halves };
			const losses = kind === "cross_entropy" ? crossEntropy(panel, smoothing) : pointwise(panel, kind);
			// A sample that is not there may have any outputs, NaN included.
			for (const [half, { present }] of halves.entries())
				accumulate(body, total, v.select(v.gt(present, v.constant(0)), losses[half], v.constant(0)));
			advance(body, from, padded(outputs) * UNIT);
			advance(body, to, padded(outputs) * UNIT);
			advance(body, target, UNIT);
		});
		addLanes(body, total);
	});
}

interface Panel {
	readonly body: FunctionBody;
	readonly v: VectorCode;
	readonly from: Local;
	readonly to: Local;
	readonly outputs: number;
	readonly halves: readonly HalfPanel[];
}

/** Four samples of a panel. */
interface HalfPanel {
	/** 1 for those that are there, 0 for others. */
	readonly present: Vector;
	readonly target: Vector;
	/** What the gradient is multiplied by: 0 for samples that are not there. */
	readonly scale: Vector;
}

/**
 * (1 − ε)·(lse − z_t) + ε·(lse − mean z), where lse = log Σ e^z; ε is the smoothing. Both halves in step: neither waits
 * for the other.
 */
function crossEntropy({ body, v, from, to, outputs, halves }: Panel, smoothing: number): Vector[] {
	const tops = HALVES.map((half) => {
		loadVector(body, from, half * VECTOR);
		return body.keep();
	});
	overOutputs(body, outputs, from, (half, z) => {
		body.get(z);
		body.get(tops[half]);
		body.simd(F32.opcodes.greaterOf); // A NaN in z passes through.
		body.set(tops[half]);
	});
	const shifts = tops.map((top) => valueNow(body, top));
	const [totals, chosen, all] = [0, 1, 2].map(() => HALVES.map(() => zeros(body)));
	const index = zeros(body);
	const write = copyOf(body, to);
	overOutputs(
		body,
		outputs,
		from,
		(half, z) => {
			const below = v.greaterOf(v.sub(z, shifts[half]), v.constant(-F32.constants.expLimit));
			const power = v.apply("exp", vectorOperations.exp, below);
			storeVector(body, write, half * VECTOR, power);
			accumulate(body, totals[half], power);
			accumulate(body, chosen[half], v.and(z, v.eq(halves[half].target, valueNow(body, index))));
			if (smoothing > 0) accumulate(body, all[half], z);
		},
		() => {
			accumulate(body, index, v.constant(1));
			advance(body, write, UNIT);
		},
	);
	const sums = totals.map((total) => valueNow(body, total));
	const inverses = halves.map(({ scale }, half) => v.div(scale, sums[half]));
	const read = copyOf(body, to);
	const label = zeros(body);
	overOutputs(
		body,
		outputs,
		to,
		(half, power) => {
			const { target, scale } = halves[half];
			const right = v.and(v.constant(1 - smoothing), v.eq(target, valueNow(body, label)));
			const wanted = smoothing > 0 ? v.add(right, v.constant(smoothing / outputs)) : right;
			const gradient = v.sub(v.mul(power, inverses[half]), v.mul(scale, wanted));
			storeVector(body, read, half * VECTOR, withoutTiny(v, gradient));
		},
		() => {
			accumulate(body, label, v.constant(1));
			advance(body, read, UNIT);
		},
	);
	return HALVES.map((half) => {
		const sumLog = v.add(shifts[half], v.apply("log", vectorOperations.log, sums[half]));
		const hard = v.sub(sumLog, valueNow(body, chosen[half]));
		if (smoothing === 0) return hard;
		const mean = v.mul(v.constant(1 / outputs), valueNow(body, all[half]));
		return v.add(v.mul(v.constant(1 - smoothing), hard), v.mul(v.constant(smoothing), v.sub(sumLog, mean)));
	});
}

/** One output a sample: its squared error, or softplus(z) − z·t. */
function pointwise({ body, v, from, to, halves }: Panel, kind: "mse" | "bce_with_logits"): Vector[] {
	return halves.map(({ target, scale }, half) => {
		loadVector(body, from, half * VECTOR);
		const z = body.keep();
		if (kind === "mse") {
			const error = v.sub(z, target);
			storeVector(body, to, half * VECTOR, v.mul(scale, v.add(error, error)));
			return v.mul(error, error);
		}
		const probability = v.apply("logistic", vectorOperations.logistic, z);
		const gradient = v.mul(scale, v.sub(probability, target));
		storeVector(body, to, half * VECTOR, withoutTiny(v, gradient));
		return v.sub(v.apply("softplus", vectorOperations.softplus, z), v.mul(z, target));
	});
}

/** Does `write` with the four samples of each half of each output in turn, and `next` after both. */
function overOutputs(
	body: FunctionBody,
	outputs: number,
	from: Local,
	write: (half: number, z: Vector) => void,
	next: () => void = () => undefined,
): void {
	const at = copyOf(body, from);
	times(body, outputs, () => {
		for (const half of HALVES) {
			loadVector(body, at, half * VECTOR);
			write(half, body.keep());
		}
		next();
		advance(body, at, UNIT);
	});
}

function splatOf(body: FunctionBody, float: Local): Vector {
	body.write(0x20, ...unsigned(float)); // local.get
	body.simd(F32.opcodes.splat);
	return body.keep();
}
