import type { Activation } from "../../activations/activation.ts";
import { differentiate } from "../../expression/differentiate.ts";
import type { Expression } from "../../expression/expression.ts";
import { valueType } from "../../expression/kernel/encoding.ts";
import { ExpressionCode } from "../../expression/kernel/expressionCode.ts";
import { F32 } from "../../expression/kernel/laneType.ts";
import { VectorCode } from "../../expression/kernel/vectorCode.ts";
import type { WasmModule } from "../../expression/kernel/wasmModule.ts";
import { fastForm } from "./fastForm.ts";
import { advance, copyOf, loadSplat, loadVector, storeVector, times, timesLocal } from "./loops.ts";
import { type ProductStyle, padded, UNIT } from "./products.ts";
import { addLanes, zeros } from "./sums.ts";
import { productWithoutTiny } from "./tiny.ts";

const FLOAT = 4;
const VECTOR = 16;
const i32 = valueType.i32;

/** What is computed of a layer's pre-activations in one pass. */
export interface ActivationCode {
	readonly value: Expression;
	readonly slope: Expression;
	/** The derivative by each trained parameter. */
	readonly byParameter: readonly Expression[];
	/** The parameters' names, in the order in which their values lie in memory. */
	readonly parameters: readonly string[];
}

/** The activation with the derivatives by those of its parameters that are trained. */
export function activationCode(activation: Activation, trained: readonly string[]): ActivationCode {
	return {
		value: fastForm(activation.stable),
		slope: fastForm(activation.derivative),
		byParameter: trained.map((name) => fastForm(differentiate(activation.stable, name))),
		parameters: [...new Set([...trained, ...activation.parameters.map(({ name }) => name)])],
	};
}

/**
 * f and f′ of a layer, as a function of (pre-activations, values, slopes, parameters, panels). The derivatives by
 * parameters go behind the slopes, each `slopeBytes` after the one before. Padding is left alone: it stays 0.
 */
export function activate(
	module: WasmModule,
	style: ProductStyle,
	width: number,
	slopeBytes: number,
	code: ActivationCode,
): number {
	return module.defined(`activate ${width}`, { parameters: [i32, i32, i32, i32, i32], results: [] }, (body) => {
		const [preActivations, values, slopes, parameters, panels] = [0, 1, 2, 3, 4];
		const expression = new ExpressionCode(
			new VectorCode(body, F32, style.relaxed),
			[code.value, code.slope, ...code.byParameter],
			(name) => {
				loadSplat(body, parameters, code.parameters.indexOf(name) * FLOAT);
				return body.keep();
			},
		);
		const [z, f, s] = [preActivations, values, slopes].map((one) => copyOf(body, one)) as [number, number, number];
		timesLocal(body, panels, () => {
			// Two vectors in a pass share the constants' loads.
			times(body, width, () => {
				const inputs = [0, VECTOR].map((at) => {
					loadVector(body, z, at);
					return body.keep();
				});
				for (const [half, [value, ...derivatives]] of expression.atEach(inputs).entries()) {
					storeVector(body, f, half * VECTOR, value);
					for (const [i, one] of derivatives.entries()) storeVector(body, s, half * VECTOR + i * slopeBytes, one);
				}
				for (const address of [z, f, s]) advance(body, address, UNIT);
			});
			for (const address of [z, f, s]) advance(body, address, (padded(width) - width) * UNIT);
		});
	});
}

/**
 * From the gradient by the values that of the pre-activations, and the sums of its products with the derivatives by
 * parameters, as a function of (gradient by values, slopes, gradient by pre-activations, sums, panels). Both gradients may
 * be in one place.
 */
export function backActivate(
	module: WasmModule,
	{ relaxed }: ProductStyle,
	width: number,
	slopeBytes: number,
	parameters: number,
): number {
	return module.defined(`back activate ${width}`, { parameters: [i32, i32, i32, i32, i32], results: [] }, (body) => {
		const [gradients, slopes, into, sums, panels] = [0, 1, 2, 3, 4];
		const [g, s, to] = [gradients, slopes, into].map((one) => copyOf(body, one)) as [number, number, number];
		const v = new VectorCode(body, F32, relaxed);
		const totals = Array.from({ length: parameters }, () => zeros(body));
		timesLocal(body, panels, () => {
			times(body, (width * UNIT) / VECTOR, () => {
				loadVector(body, g, 0);
				const gradient = body.keep();
				for (const [i, total] of totals.entries()) {
					body.get(total);
					body.get(gradient);
					loadVector(body, s, (i + 1) * slopeBytes);
					body.simd(F32.opcodes.mul);
					body.simd(F32.opcodes.add);
					body.set(total);
				}
				loadVector(body, s, 0);
				storeVector(body, to, 0, productWithoutTiny(v, gradient, body.keep()));
				for (const address of [g, s, to]) advance(body, address, VECTOR);
			});
			for (const address of [g, s, to]) advance(body, address, (padded(width) - width) * UNIT);
		});
		for (const [i, total] of totals.entries()) {
			body.get(sums);
			addLanes(body, total);
			body.write(0x38, 2, i * FLOAT); // f32.store
		}
	});
}
