import { valueType } from "../../expression/kernel/encoding.ts";
import { importedTypes } from "../../expression/kernel/expressionCode.ts";
import type { FunctionBody, Local } from "../../expression/kernel/functionBody.ts";
import { WasmModule } from "../../expression/kernel/wasmModule.ts";
import { skips } from "../network.ts";
import type { TrainerSettings } from "../trainer.ts";
import { type ActivationCode, activate, backActivate } from "./activate.ts";
import { drop, KEYS_BYTES } from "./dropoutCode.ts";
import { advance, copyOf, instruction } from "./loops.ts";
import { lossFunction } from "./losses.ts";
import {
	layOut,
	type MemoryLayout,
	NUMBERS_BYTES,
	normShapesOf,
	panelsOfBatch,
	parameterBytesOf,
	shapesOf,
} from "./memoryLayout.ts";
import { type NormFunctions, normFunctions } from "./norms.ts";
import { addPanels, gather, panelsToStrips } from "./panels.ts";
import {
	backwardProduct,
	forwardProduct,
	type LayerShape,
	PANEL,
	type ProductStyle,
	weightProduct,
} from "./products.ts";
import { addToGradient, CLIPPED_AT, gradientSquares, storeGradient, updateBy, updateFlat } from "./update.ts";

const { i32, f32 } = valueType;
const FLOAT = 4;
const VECTOR = 16;

type Mode = "training" | "evaluation";

/** Where the numbers of the step at hand lie. */
const NUMBERS = 0;

/** What the module exports. */
export interface TrainingFunctions {
	readonly memory: { readonly buffer: ArrayBuffer };
	/** Trains steps: from samples `order`… of which `left` are left in the epoch, with numbers from `table` on. */
	readonly train: (order: number, left: number, steps: number, table: number) => void;
	/** In evaluation: goes forward over samples, up to a batch; gives the sum of their losses, and writes the gradient by the outputs times `scale`. */
	readonly pass: (order: number, count: number, data: number, targets: number, scale: number) => number;
	/** Goes back over so many samples from there, adding to the gradients of the weights. */
	readonly back: (count: number) => void;
}

export interface TrainingModule extends MemoryLayout {
	readonly bytes: Uint8Array;
}

/**
 * The module that trains a network: its memory laid out, and a function for each product of a layer, the activation, the
 * loss and the update, called in turn by `train`. The same run gives the same bytes.
 */
export function trainingModule(
	settings: TrainerSettings,
	style: ProductStyle,
	activation: ActivationCode,
): TrainingModule {
	const { network, clipping, batchSize, loss, dropout } = settings;
	const shapes = shapesOf(settings);
	const panels = panelsOfBatch(settings);
	const stripBytes = panels * PANEL * PANEL * FLOAT;
	const module = new WasmModule(importedTypes, NUMBERS + NUMBERS_BYTES + VECTOR);
	const trained = activation.byParameter.length;
	const slopeBytes = (shape: LayerShape) => panels * shape.outputPanel;
	const parameterBytes = parameterBytesOf(activation.parameters.length);
	/** Whether the product that gives the gradient by a hidden layer's output may multiply it by the slopes at once. */
	const isFused = (hidden: number) =>
		trained === 0 && !skips(network.shape, hidden) && !skips(network.shape, hidden + 1);
	const loaded = gather(module, shapes[0].inputs, stripBytes);
	const gradientOf = lossFunction(module, loss, shapes[shapes.length - 1].outputs);
	const functions = shapes.map((shape, i) => ({
		forward: forwardProduct(module, style, shape),
		backward: backwardProduct(module, style, shape, isFused(i - 1)),
		update: weightProduct(module, style, shape, stripBytes, "update", updateBy(settings, shape.tensorBytes, NUMBERS)),
		add: weightProduct(module, style, shape, stripBytes, "add", addToGradient(shape.tensorBytes)),
		store: weightProduct(module, style, shape, stripBytes, "store", storeGradient(shape.tensorBytes)),
		activate: activate(module, style, shape.outputs, slopeBytes(shape), activation),
		backActivate: backActivate(module, style, shape.outputs, slopeBytes(shape), trained),
		drop: dropout ? drop(module, shape, dropout.p, slopeBytes(shape), trained) : null,
		addPanels: addPanels(module, shape.outputPanel),
		strips: panelsToStrips(module, shape.outputs, stripBytes),
	}));
	const norms = normShapesOf(settings).map(
		(shape) =>
			shape && { training: normFunctions(module, shape, true), evaluation: normFunctions(module, shape, false) },
	);
	const updateArray = (bytes: number) => updateFlat(module, style, settings, bytes, NUMBERS);
	const squaresOf = (bytes: number) => gradientSquares(module, bytes);
	// Written before the memory is laid out behind the constants.
	const normBytes = normShapesOf(settings).flatMap((one) => one?.bytes ?? []);
	for (const bytes of [...shapes.map(({ tensorBytes }) => tensorBytes), parameterBytes, ...normBytes]) {
		updateArray(bytes);
		squaresOf(bytes);
	}

	const { layers, places } = layOut(settings, module.constantsEnd, activation.parameters.length, trained);
	const { targets, presence } = places;
	/** A layer's norm forward or back, over its values or over the gradient by them. */
	const callNorm = (
		body: FunctionBody,
		i: number,
		mode: Mode,
		way: keyof NormFunctions,
		count: Argument,
		batch: Argument,
	) => {
		const { norm, z, gradient } = layers[i];
		if (!norm) return;
		const values = way === "forward" ? z : gradient;
		call(body, norms[i]![mode][way], values, norm.gamma, norm.kept, presence, count, batch);
	};

	/** In training a last parameter says where the keys of the step's dropout are. */
	const pass = (mode: Mode) => {
		const parameters = [i32, i32, i32, i32, f32, ...(mode === "training" ? [i32] : [])];
		return module.defined(`pass in ${mode}`, { parameters, results: [f32] }, (body) => {
			const [order, count, data, wanted, scale] = [0, 1, 2, 3, 4].map((local) => ({ local })) as [
				Argument,
				Argument,
				Argument,
				Argument,
				Argument,
			];
			const keys = 5;
			const batch = { local: panelsOf(body, 1) };
			call(body, loaded, order, count, data, wanted, layers[0].strips, layers[0].panels, targets, batch);
			for (const [i, layer] of layers.entries()) {
				call(body, functions[i].forward, layer.weights, layer.panels, layer.z, batch);
				const next = layers[i + 1];
				if (!next) continue;
				callNorm(body, i, mode, "forward", count, batch);
				call(body, functions[i].activate, layer.z, layer.output, layer.slopes, layer.parameters, batch);
				const { drop: dropped } = functions[i];
				if (dropped !== null && mode === "training") {
					call(body, dropped, layer.output, layer.slopes, { local: keys }, batch);
					advance(body, keys, KEYS_BYTES);
				}
				if (layer.skips) call(body, functions[i].addPanels, layer.output, layer.panels, next.panels, batch);
				call(body, functions[i].strips, next.strips, next.panels, batch);
			}
			const top = layers[layers.length - 1];
			call(body, gradientOf, top.z, top.gradient, targets, count, batch, scale);
		});
	};
	const back = (name: string, use: "update" | "store" | "add") =>
		module.defined(name, { parameters: [i32], results: [] }, (body) => {
			const count = { local: 0 };
			const batch = { local: panelsOf(body, 0) };
			for (const [i, layer] of [...layers.entries()].reverse()) {
				const before = layers[i - 1];
				if (before) {
					call(body, functions[i].backward, layer.weights, layer.gradient, before.carried, before.slopes, batch);
				}
				if (before && layer.skips) {
					call(body, functions[i].addPanels, before.carried, layer.carried, before.carried, batch);
				}
				call(body, functions[i][use], layer.gradient, layer.strips, layer.weights, batch);
				if (!before) continue;
				if (!isFused(i - 1)) {
					const sums = before.parameters + parameterBytes;
					call(body, functions[i - 1].backActivate, before.carried, before.slopes, before.gradient, sums, batch);
				}
				callNorm(body, i - 1, use === "add" ? "evaluation" : "training", "back", count, batch);
				if (use === "update") for (const { address, bytes } of before.arrays) call(body, updateArray(bytes), address);
			}
		});
	/** Where the length of all gradients together counts, they are all there before the first update. */
	const backAndClip = () => {
		const store = back("back and store", "store");
		const everything = layers.flatMap(({ weights, shape, arrays }) => [
			{ address: weights, bytes: shape.tensorBytes },
			...arrays,
		]);
		return module.defined("back and clip", { parameters: [i32], results: [] }, (body) => {
			call(body, store, { local: 0 });
			body.integer(NUMBERS);
			body.write(0x43, ...floatBytes((clipping as { max_norm: number }).max_norm));
			body.write(0x43, ...floatBytes(0));
			for (const { address, bytes } of everything) {
				call(body, squaresOf(bytes), address);
				body.write(0x92); // f32.add
			}
			body.write(0x91, 0x43, ...floatBytes(1e-6), 0x92, 0x95); // f32.sqrt, + 1e-6, f32.div
			body.write(0x43, ...floatBytes(1), 0x96, 0x38, 2, CLIPPED_AT); // f32.min with 1, f32.store
			for (const { address, bytes } of everything) call(body, updateArray(bytes), address);
		});
	};
	const trainingPass = pass("training");
	const backAndUpdate = clipping?.name === "norm" ? backAndClip() : back("back and update", "update");
	const train = module.defined("train", { parameters: [i32, i32, i32, i32], results: [] }, (body) => {
		const [order, left, steps, table] = [0, 1, 2, 3];
		const count = body.local(i32);
		const scale = body.local(f32);
		const [next, rest, numbers, todo] = [order, left, table, steps].map((one) => copyOf(body, one)) as [
			Local,
			Local,
			Local,
			Local,
		];
		const keys = body.local(i32);
		body.integer(places.keys.address);
		body.set(keys);
		const zero = body.local(i32);
		body.repeat(() => {
			// count = min(rest, batchSize)
			body.get(rest);
			body.integer(batchSize);
			body.get(rest);
			body.integer(batchSize);
			body.write(instruction.lessUnsigned, instruction.select);
			body.set(count);
			body.get(zero);
			body.get(numbers);
			body.simd(0x00, 4, 0);
			body.simd(0x0b, 4, NUMBERS);
			body.write(0x43, 0x00, 0x00, 0x80, 0x3f); // f32.const 1
			body.get(count);
			body.write(0xb3, 0x95); // f32.convert_i32_u, f32.div
			body.set(scale);
			// The mean loss goes behind the step's numbers.
			body.get(numbers);
			call(
				body,
				trainingPass,
				{ local: next },
				{ local: count },
				places.samples.training.data,
				places.samples.training.targets,
				{
					local: scale,
				},
				{ local: keys },
			);
			body.get(scale);
			body.write(0x94, 0x38, 2, 12); // f32.mul, f32.store
			call(body, backAndUpdate, { local: count });
			advance(body, next, batchSize * FLOAT);
			advance(body, rest, -batchSize);
			advance(body, numbers, NUMBERS_BYTES);
			advance(body, keys, places.keys.stepBytes);
			advance(body, todo, -1);
			body.get(todo);
		});
	});
	module.exportFunction("train", train);
	module.exportFunction("pass", pass("evaluation"));
	module.exportFunction("back", back("back", "add"));
	return { bytes: module.encode(places.end), layers, places };
}

function floatBytes(value: number): Uint8Array {
	return new Uint8Array(Float32Array.of(value).buffer);
}

/** An address, or a local that holds a number. */
type Argument = number | { readonly local: Local };

function call(body: FunctionBody, index: number, ...args: readonly Argument[]): void {
	for (const one of args) {
		if (typeof one === "number") body.integer(one);
		else body.get(one.local);
	}
	body.call(index);
}

/** How many panels hold that many samples, as a new local. */
function panelsOf(body: FunctionBody, count: Local): Local {
	const panels = body.local(i32);
	body.get(count);
	body.integer(PANEL - 1);
	body.write(instruction.addInteger);
	body.integer(Math.log2(PANEL));
	body.write(instruction.shiftRight);
	body.set(panels);
	return panels;
}
