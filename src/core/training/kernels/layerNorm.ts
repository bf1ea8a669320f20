import type { WasmModule } from "../../expression/kernel/wasmModule.ts";
import { NormCode, type NormShape, secondAt } from "./normCode.ts";
import { HALVES, UNIT } from "./products.ts";

const FLOAT = 4;

/** γ·(x − mean)/√(var + ε) + β of each sample over its units, as a function that `NormCode` describes. */
export function layerNorm(module: WasmModule, shape: NormShape): number {
	return NormCode.defined(module, "layer norm", shape, (code) => {
		const { v, values, gamma, kept } = code;
		const { panelBytes } = shape;
		code.eachPanel(
			[
				[values, panelBytes],
				[kept, panelBytes],
				[code.factors(), UNIT],
			],
			(x, normalised, factor) => {
				const means = code.meansOfSamples([[x, UNIT]], (half, one) => code.load(one, half));
				const variances = code.meansOfSamples([[x, UNIT]], (half, one) => {
					const difference = v.sub(code.load(one, half), means[half]);
					return v.mul(difference, difference);
				});
				const factors = variances.map((one) => code.factorOf(one));
				for (const half of HALVES) code.store(factor, half, factors[half]);
				code.eachUnit(
					[
						[x, UNIT],
						[normalised, UNIT],
						[gamma, FLOAT],
					],
					(one, own, weight) => {
						const [scale, shift] = [code.loadNumber(weight), code.loadNumber(weight, secondAt(shape))];
						for (const half of HALVES) {
							const y = v.mul(v.sub(code.load(one, half), means[half]), factors[half]);
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
 * From the gradient by a layer norm's outputs that by its inputs, in place, and those by γ and β into their slots. With
 * d = γ·g and the normalised y it is (d − mean d − y·mean(d·y))/√(var + ε).
 */
export function backLayerNorm(module: WasmModule, shape: NormShape): number {
	return NormCode.defined(module, "back layer norm", shape, (code) => {
		const { v, values, gamma, kept } = code;
		const { panelBytes } = shape;
		code.eachUnit(
			[
				[values, UNIT],
				[kept, UNIT],
				[gamma, FLOAT],
			],
			(gradient, normalised, weight) => code.storeGradients(gradient, normalised, weight),
		);
		code.eachPanel(
			[
				[values, panelBytes],
				[kept, panelBytes],
				[code.factors(), UNIT],
			],
			(gradient, normalised, factor) => {
				const units = [
					[gradient, UNIT],
					[normalised, UNIT],
					[gamma, FLOAT],
				] as const;
				const means = code.meansOfSamples(units, (half, g, _, weight) =>
					v.mul(code.load(g, half), code.loadNumber(weight)),
				);
				const products = code.meansOfSamples(units, (half, g, y, weight) =>
					v.mul(v.mul(code.load(g, half), code.loadNumber(weight)), code.load(y, half)),
				);
				const factors = HALVES.map((half) => code.load(factor, half));
				code.eachUnit(units, (g, y, weight) => {
					const scale = code.loadNumber(weight);
					for (const half of HALVES) {
						const centred = v.sub(v.mul(code.load(g, half), scale), means[half]);
						code.store(g, half, v.mul(factors[half], v.sub(centred, v.mul(code.load(y, half), products[half]))));
					}
				});
			},
		);
	});
}
