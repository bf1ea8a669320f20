import { findActivation } from "../../activations/catalog.ts";
import type { Expression } from "../../expression/expression.ts";
import { valueType } from "../../expression/kernel/encoding.ts";
import { ExpressionCode, importedTypes, nodesOfAll } from "../../expression/kernel/expressionCode.ts";
import { F32 } from "../../expression/kernel/laneType.ts";
import { VectorCode } from "../../expression/kernel/vectorCode.ts";
import { WasmModule } from "../../expression/kernel/wasmModule.ts";
import type { Network } from "../network.ts";
import { type ActivationCode, activationCode } from "./activate.ts";

// Measured on an AMD EPYC (Zen 4) with relaxed SIMD; the catalog's activations beyond tanh's cost come to within a half.
/** Time of a byte of an activation's code, and of asking JavaScript for four powers, in multiply-adds of vectors. */
const BYTE = 0.09;
const LANE_CALL = 700;
const LANES = 4;

/**
 * How many times as long as with tanh a training step may take with the network's activation: an estimate, from the
 * products and the code that is generated for the activation.
 */
export function slowdown({ shape, trained }: Network): number {
	const layers = shape.widths.slice(1).map((width, i) => width * shape.widths[i]);
	const products = (3 * layers.reduce((sum, weights) => sum + weights, 0) - layers[0]) / LANES;
	const units = shape.widths.slice(1, -1).reduce((sum, width) => sum + width, 0);
	const stepWith = (one: ActivationCode) => products + (units / LANES) * costOf(one);
	return stepWith(activationCode(shape.activation, trained)) / stepWith(activationCode(findActivation("tanh")!, []));
}

/** Of a vector of values and slopes, in multiply-adds. */
function costOf(code: ActivationCode): number {
	const module = new WasmModule(importedTypes, 0);
	const all = [code.value, code.slope, ...code.byParameter];
	let cost = 0;
	module.defined("activate", { parameters: [valueType.v128], results: [] }, (body) => {
		const expression = new ExpressionCode(new VectorCode(body, F32), all, () => {
			body.get(0);
			return body.keep();
		});
		const before = body.size;
		expression.at(0);
		cost = BYTE * (body.size - before) + LANE_CALL * [...nodesOfAll(all)].filter(isAskedOfJavaScript).length;
	});
	return cost;
}

/** Powers of a negative base whose exponent is known only when it runs. */
function isAskedOfJavaScript(node: Expression): boolean {
	return node.kind === "binary" && node.operator === "pow" && node.right.kind !== "constant";
}
