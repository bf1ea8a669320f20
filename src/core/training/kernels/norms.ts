import type { WasmModule } from "../../expression/kernel/wasmModule.ts";
import { backBatchNorm, backEvaluateBatchNorm, batchNorm, evaluateBatchNorm } from "./batchNorm.ts";
import { backLayerNorm, layerNorm } from "./layerNorm.ts";
import type { NormShape } from "./normCode.ts";

/** A norm forward and back, each as a function that `NormCode` describes. */
export interface NormFunctions {
	readonly forward: number;
	readonly back: number;
}

/** A norm's functions in training, or in evaluation, which differs in a batch norm. */
export function normFunctions(module: WasmModule, shape: NormShape, training: boolean): NormFunctions {
	if (shape.kind === "layernorm") return { forward: layerNorm(module, shape), back: backLayerNorm(module, shape) };
	return training
		? { forward: batchNorm(module, shape), back: backBatchNorm(module, shape) }
		: { forward: evaluateBatchNorm(module, shape), back: backEvaluateBatchNorm(module, shape) };
}
