import type { Local } from "../../expression/kernel/functionBody.ts";
import { F32 } from "../../expression/kernel/laneType.ts";
import type { Vector } from "../../expression/kernel/vectorCode.ts";
import type { WasmModule } from "../../expression/kernel/wasmModule.ts";
import { MOMENTUM } from "../norm.ts";
import { copyOf, instruction } from "./loops.ts";
import { NormCode, type NormShape, secondAt } from "./normCode.ts";
import { HALVES, UNIT } from "./products.ts";

const FLOAT = 4;

/**
 * γ·(x − mean)/√(var + ε) + β of each unit over the batch, as a function that `NormCode` describes; moves the running mean
 * and the running, unbiased variance. Samples that are not there do not count.
 */
export function batchNorm(module: WasmModule, shape: NormShape): number {
	return NormCode.defined(module, "batch norm", shape, (code) => {
		const { v, values, gamma, kept } = code;
		const { panelBytes, runningAt } = shape;
		const { present, count, inverse } = batchOf(code);
		const unbiased = v.div(count, v.sub(count, v.constant(1)));
		code.eachUnit(
			[
				[values, UNIT],
				[kept, UNIT],
				[gamma, FLOAT],
				[code.factors(), FLOAT],
			],
			(x, normalised, weight, factorAt) => {
				const samples = [
					[x, panelBytes],
					[present, UNIT],
				] as const;
				const total = code.sumOfUnit(samples, (half, one, here) => v.mul(code.load(one, half), code.load(here, half)));
				const mean = v.mul(total, inverse);
				const squares = code.sumOfUnit(samples, (half, one, here) => {
					const difference = v.sub(code.load(one, half), mean);
					return v.mul(v.mul(difference, difference), code.load(here, half));
				});
				const variance = v.mul(squares, inverse);
				const factor = code.factorOf(variance);
				code.storeNumber(factorAt, 0, factor);
				move(code, weight, runningAt, mean);
				move(code, weight, runningAt + secondAt(shape), v.mul(variance, unbiased));
				const [scale, shift] = [code.loadNumber(weight), code.loadNumber(weight, secondAt(shape))];
				code.eachPanel(
					[
						[x, panelBytes],
						[normalised, panelBytes],
					],
					(one, own) => {
						for (const half of HALVES) {
							const y = v.mul(v.sub(code.load(one, half), mean), factor);
							code.store(own, half, y);
							code.store(one, half, v.add(v.mul(scale, y), shift));
						}
					},
				);
			},
		);
	});
}

/**
 * From the gradient by a batch norm's outputs that by its inputs, in place, and those by γ and β into their slots. With the
 * normalised y it is γ·(g − mean g − y·mean(g·y))/√(var + ε).
 */
export function backBatchNorm(module: WasmModule, shape: NormShape): number {
	return NormCode.defined(module, "back batch norm", shape, (code) => {
		const { v, values, gamma, kept } = code;
		const { panelBytes } = shape;
		const { present, inverse } = batchOf(code);
		code.eachUnit(
			[
				[values, UNIT],
				[kept, UNIT],
				[gamma, FLOAT],
				[code.factors(), FLOAT],
			],
			(gradient, normalised, weight, factorAt) => {
				const { byGamma, byBeta } = code.storeGradients(gradient, normalised, weight);
				const [mean, product] = [v.mul(byBeta, inverse), v.mul(byGamma, inverse)];
				const scale = v.mul(code.loadNumber(weight), code.loadNumber(factorAt));
				code.eachPanel(
					[
						[gradient, panelBytes],
						[normalised, panelBytes],
						[present, UNIT],
					],
					(g, y, here) => {
						for (const half of HALVES) {
							const centred = v.sub(v.sub(code.load(g, half), mean), v.mul(code.load(y, half), product));
							code.store(g, half, v.mul(v.mul(scale, centred), code.load(here, half)));
						}
					},
				);
			},
		);
	});
}

/** What evaluation computes instead: with the running mean and variance. */
export function evaluateBatchNorm(module: WasmModule, shape: NormShape): number {
	return linear(module, "evaluate batch norm", shape, (code, weight, scale) => {
		const { v } = code;
		const mean = code.loadNumber(weight, shape.runningAt);
		const shift = code.loadNumber(weight, secondAt(shape));
		return (x) => v.add(v.mul(v.sub(x, mean), scale), shift);
	});
}

/** The gradient by the inputs of a batch norm in evaluation, in place. */
export function backEvaluateBatchNorm(module: WasmModule, shape: NormShape): number {
	return linear(
		module,
		"back evaluate batch norm",
		shape,
		({ v }, _, scale) =>
			(g) =>
				v.mul(g, scale),
	);
}

/** A function that replaces each value of a unit by one computed from γ/√(running variance + ε). */
function linear(
	module: WasmModule,
	name: string,
	shape: NormShape,
	ofUnit: (code: NormCode, weight: Local, scale: Vector) => (value: Vector) => Vector,
): number {
	return NormCode.defined(module, name, shape, (code) => {
		code.eachUnit(
			[
				[code.values, UNIT],
				[code.gamma, FLOAT],
			],
			(values, weight) => {
				const variance = code.loadNumber(weight, shape.runningAt + secondAt(shape));
				const compute = ofUnit(code, weight, code.v.mul(code.factorOf(variance), code.loadNumber(weight)));
				code.eachPanel([[values, shape.panelBytes]], (at) => {
					for (const half of HALVES) code.store(at, half, compute(code.load(at, half)));
				});
			},
		);
	});
}

/** Where a batch's samples are told by ones, behind which zeros follow, and how many there are. */
function batchOf({ body, v, presence, count }: NormCode) {
	const present = copyOf(body, presence);
	body.get(presence);
	body.get(count);
	body.integer(FLOAT);
	body.write(instruction.multiplyInteger, instruction.subtractInteger);
	body.set(present);
	body.get(count);
	body.write(0xb3); // f32.convert_i32_u
	body.simd(F32.opcodes.splat);
	const samples = body.keep();
	return { present, count: samples, inverse: v.div(v.constant(1), samples) };
}

/** Moves a running statistic towards what it is in the batch. */
function move(code: NormCode, weight: Local, offset: number, value: Vector): void {
	const { v } = code;
	const before = code.loadNumber(weight, offset);
	code.storeNumber(weight, offset, v.add(before, v.mul(v.constant(MOMENTUM), v.sub(value, before))));
}
