import assert from "node:assert/strict";
import { test } from "node:test";
import { findActivation } from "../../../../src/core/activations/catalog.ts";
import { evaluate } from "../../../../src/core/expression/evaluate.ts";
import { valueType } from "../../../../src/core/expression/kernel/encoding.ts";
import {
	ExpressionCode,
	importedFunctions,
	importedTypes,
} from "../../../../src/core/expression/kernel/expressionCode.ts";
import { F32 } from "../../../../src/core/expression/kernel/laneType.ts";
import { VectorCode } from "../../../../src/core/expression/kernel/vectorCode.ts";
import { WasmModule } from "../../../../src/core/expression/kernel/wasmModule.ts";

/** Where arrays start, beyond every constant; each takes 64 bytes. */
const [WEIGHT_AT, INPUT_AT, GRADIENT_AT] = [0, 32_768, 32_832];

test("an activation is written into another function: a gradient times the slope, two vectors a round", () => {
	const { stable, derivative } = findActivation("prelu")!;
	const module = new WasmModule(importedTypes, 16);
	const type = { parameters: [valueType.i32, valueType.i32], results: [] };
	const index = module.defined("backward", type, (body) => {
		const [at, end] = [0, 1];
		const v = new VectorCode(body, F32);
		const code = new ExpressionCode(v, [stable, derivative], (name) => {
			assert.equal(name, "weight");
			return v.splatAt(WEIGHT_AT);
		});
		const load = (offset: number) => {
			body.get(at);
			v.load(offset);
			return body.keep();
		};
		body.loop(at, end, 32, () => {
			for (const offset of [0, 16]) {
				const [value, slope] = code.at(load(offset));
				const product = v.mul(load(offset + GRADIENT_AT - INPUT_AT), slope!);
				for (const [result, to] of [
					[value!, offset],
					[product, offset + GRADIENT_AT - INPUT_AT],
				] as const) {
					body.get(at);
					body.get(result);
					v.store(to);
				}
			}
		});
	});
	module.exportFunction("backward", index);
	const instance = new WebAssembly.Instance(new WebAssembly.Module(module.encode(65_536)), importedFunctions);
	// The module exports these two.
	const { memory, backward } = instance.exports as {
		memory: WebAssembly.Memory;
		backward: (from: number, to: number) => void;
	};
	const view = (address: number, length: number) => new Float32Array(memory.buffer, address, length);
	const inputs = Array.from({ length: 16 }, (_, i) => i - 8);
	view(INPUT_AT, 16).set(inputs);
	view(GRADIENT_AT, 16).fill(3);
	view(WEIGHT_AT, 1)[0] = 0.5;
	backward(INPUT_AT, INPUT_AT + 64);
	const parameters = { weight: 0.5 };
	assert.deepEqual(
		Array.from(view(INPUT_AT, 16)),
		inputs.map((u) => evaluate(stable, u, parameters)),
	);
	assert.deepEqual(
		Array.from(view(GRADIENT_AT, 16)),
		inputs.map((u) => 3 * evaluate(derivative, u, parameters)),
	);
});
