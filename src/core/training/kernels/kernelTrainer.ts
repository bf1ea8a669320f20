import { differentiate } from "../../expression/differentiate.ts";
import { valueType } from "../../expression/kernel/encoding.ts";
import { importedFunctions, importedTypes } from "../../expression/kernel/expressionCode.ts";
import type { FunctionBody, Local } from "../../expression/kernel/functionBody.ts";
import { instantiate } from "../../expression/kernel/instantiate.ts";
import { WasmModule } from "../../expression/kernel/wasmModule.ts";
import type { LossKind } from "../loss.ts";
import type { Network } from "../network.ts";
import type { OptimizerSettings } from "../optimizer.ts";
import { type ActivationCode, activate, backActivate } from "./activate.ts";
import { fastForm } from "./fastForm.ts";
import { advance, copyOf, instruction } from "./loops.ts";
import { lossFunction } from "./losses.ts";
import { gather, panelsToRows, rowsToPanels } from "./panels.ts";
import {
	backwardProduct,
	biasAt,
	forwardProduct,
	type LayerShape,
	layerShape,
	PANEL,
	type ProductStyle,
	padded,
	weightProduct,
} from "./products.ts";
import { addToGradient, stateCount, stepNumbers, updateBy, updateFlat } from "./update.ts";

const { i32, f32 } = valueType;
const FLOAT = 4;
const VECTOR = 16;
/** Samples as the kernels take them. */
export interface KernelData {
	/** Row-major [samples][inputs]. */
	readonly inputs: Float64Array;
	/** A class index, or a number, for each sample. */
	readonly targets: Float64Array;
	readonly samples: number;
}

export interface KernelRun {
	/** Where training starts from; it is not changed. */
	readonly network: Network;
	readonly loss: LossKind;
	readonly labelSmoothing: number;
	readonly optimizer: OptimizerSettings;
	readonly batchSize: number;
	readonly training: KernelData;
	readonly validation: KernelData;
}

/** What is measured over a set of samples. */
export interface KernelMeasure {
	/** The mean loss. */
	readonly loss: number;
	/** Share of samples whose largest output is their class; NaN for "mse". */
	readonly accuracy: number;
	/** By hidden layer. */
	readonly layers: readonly {
		/** Euclidean norm of the mean loss's gradient by the weights, without the biases. */
		readonly gradientNorm: number;
		/** Share of units whose slope is 0 for every sample. */
		readonly dead: number;
		/** Share of slopes below the given size. */
		readonly flat: number;
	}[];
}

/** Addresses of what a layer has in memory. */
interface LayerPlace {
	readonly shape: LayerShape;
	/** Weights and biases; gradient and optimizer state behind them. */
	readonly weights: number;
	/** The layer's input, by panels and by rows, and its output, by panels. */
	readonly panels: number;
	readonly rows: number;
	readonly z: number;
	/** The gradient by the output. */
	readonly gradient: number;
	/** Of the activation behind it: slopes, and parameters with their gradients and optimizer state. */
	readonly slopes: number;
	readonly parameters: number;
}

/** A step's numbers for the optimizer, and its loss: a vector each. */
const NUMBERS_BYTES = VECTOR;
/** Where the numbers of the step at hand lie. */
const NUMBERS = 0;
/** More steps than this are done in several calls. */
const MOST_STEPS = 1024;

interface Functions {
	readonly memory: { readonly buffer: ArrayBuffer };
	/** Trains steps: from samples `order`… of which `left` are left in the epoch, with numbers from `table` on. */
	readonly train: (order: number, left: number, steps: number, table: number) => void;
	/** Goes forward over samples, up to a batch; gives the sum of their losses, and writes the gradient by the outputs times `scale`. */
	readonly pass: (order: number, count: number, data: number, targets: number, scale: number) => number;
	/** Goes back from there, adding to the gradients. */
	readonly back: (panels: number) => void;
}

/**
 * Trains a network in float32 by WebAssembly SIMD: whole epochs in one call, everything in one memory. The same run gives
 * the same bytes on every machine, as long as the style of its products is the same: relaxed products may round in
 * other places. The float64 `Network` is the reference that it is tested against.
 *
 * Samples lie in panels of eight, the batch in the lanes: [panel][unit][8]. So the products forward and back are one
 * shape of loop, a number of the weights times a vector of samples; for the gradient of the weights the layer's input is
 * kept by rows, too.
 */
export class KernelTrainer {
	readonly #run: KernelRun;
	readonly #functions: Functions;
	readonly #memory: ArrayBuffer;
	readonly #floats: Float32Array;
	readonly #layers: readonly LayerPlace[];
	readonly #places: Places;
	readonly #activation: ActivationCode;
	#steps = 0;

	constructor(run: KernelRun, style: ProductStyle) {
		this.#run = run;
		const { network } = run;
		const { activation } = network.shape;
		this.#activation = {
			value: fastForm(activation.stable),
			slope: fastForm(activation.derivative),
			byParameter: network.trained.map((name) => fastForm(differentiate(activation.stable, name))),
			parameters: [...new Set([...network.trained, ...activation.parameters.map(({ name }) => name)])],
		};
		const written = writeModule(run, style, this.#activation);
		this.#layers = written.layers;
		this.#places = written.places;
		this.#functions = instantiate<Functions>(written.bytes, importedFunctions);
		this.#memory = this.#functions.memory.buffer;
		this.#floats = new Float32Array(this.#memory);
		this.#load();
	}

	/** Steps done. */
	get steps(): number {
		return this.#steps;
	}

	/**
	 * One step for each learning rate, over samples in this order, a batch each; the last batch may be smaller. Gives
	 * the mean loss of each step, before its update.
	 */
	train(order: Uint32Array, rates: readonly number[]): Float32Array {
		const losses = new Float32Array(rates.length);
		const { batchSize, optimizer } = this.#run;
		new Uint32Array(this.#memory, this.#places.order, order.length).set(order);
		for (let from = 0; from < rates.length; from += MOST_STEPS) {
			const steps = Math.min(MOST_STEPS, rates.length - from);
			const table = this.#places.table / FLOAT;
			for (let i = 0; i < steps; i++) {
				const { rate, firstFactor, secondFactor } = stepNumbers(optimizer, this.#steps + i + 1, rates[from + i]);
				this.#floats.set([rate, firstFactor, secondFactor], table + 4 * i);
			}
			const done = from * batchSize;
			this.#functions.train(this.#places.order + done * FLOAT, order.length - done, steps, this.#places.table);
			for (let i = 0; i < steps; i++) losses[from + i] = this.#floats[table + 4 * i + 3];
			this.#steps += steps;
		}
		return losses;
	}

	/** Measures the network over the training or the validation samples; a slope smaller than `flatBelow` counts as flat. */
	measure(part: "training" | "validation", flatBelow: number): KernelMeasure {
		const { batchSize, loss: kind } = this.#run;
		const { samples, targets } = this.#run[part];
		const { data, targets: targetsAt } = this.#places[part];
		const hidden = this.#layers.slice(0, -1);
		for (const { shape, weights } of this.#layers) {
			const from = (weights + shape.tensorBytes) / FLOAT;
			this.#floats.fill(0, from, from + shape.tensorBytes / FLOAT);
		}
		const alive = hidden.map(({ shape }) => new Uint8Array(shape.outputs));
		const flat = hidden.map(() => 0);
		let [lossSum, right] = [0, 0];
		const order = new Uint32Array(this.#memory, this.#places.order, Math.min(batchSize, samples));
		for (let from = 0; from < samples; from += batchSize) {
			const count = Math.min(batchSize, samples - from);
			for (let i = 0; i < count; i++) order[i] = from + i;
			lossSum += this.#functions.pass(this.#places.order, count, data, targetsAt, 1 / samples);
			this.#functions.back(Math.ceil(count / PANEL));
			for (const [i, layer] of hidden.entries()) flat[i] += this.#countSlopes(layer, count, flatBelow, alive[i]);
			right += this.#countRight(targets.subarray(from, from + count));
		}
		return {
			loss: lossSum / samples,
			accuracy: kind === "mse" ? Number.NaN : right / samples,
			layers: hidden.map(({ shape, weights }, i) => ({
				gradientNorm: this.#normOf(weights + shape.tensorBytes, shape),
				dead: alive[i].filter((one) => one === 0).length / shape.outputs,
				flat: flat[i] / (samples * shape.outputs),
			})),
		};
	}

	/** Writes what was learned into a network of the same shape. */
	copyTo(network: Network): void {
		for (const [i, { shape, weights }] of this.#layers.entries()) {
			const { weight, bias } = network.layers[i];
			for (let o = 0; o < shape.outputs; o++) {
				const row = (weights + o * shape.rowBytes) / FLOAT;
				weight.values.set(this.#floats.subarray(row, row + shape.inputs), o * shape.inputs);
			}
			const at = (weights + biasAt(shape)) / FLOAT;
			bias.values.set(this.#floats.subarray(at, at + shape.outputs));
		}
		for (const [i, weights] of network.activationWeights.entries()) {
			for (const [k, one] of weights.entries()) one.values[0] = this.#floats[this.#layers[i].parameters / FLOAT + k];
		}
	}

	/** What the next step depends on, data and order apart: weights, optimizer state, and how many steps were done. */
	state(): { readonly steps: number; readonly memory: Uint8Array } {
		const { from, to } = this.#places.learned;
		return { steps: this.#steps, memory: new Uint8Array(this.#memory.slice(from, to)) };
	}

	/** Goes on from a state of the same run. Throws a RangeError for one of another size. */
	restore({ steps, memory }: ReturnType<KernelTrainer["state"]>): void {
		const { from, to } = this.#places.learned;
		if (memory.length !== to - from)
			throw new RangeError(`the state must have ${to - from} bytes, got ${memory.length}`);
		new Uint8Array(this.#memory).set(memory, from);
		this.#steps = steps;
	}

	#load(): void {
		const { network, training, validation } = this.#run;
		const { inputs } = this.#layers[0].shape;
		for (const part of ["training", "validation"] as const) {
			const { inputs: values, targets, samples } = part === "training" ? training : validation;
			const { data, targets: targetsAt } = this.#places[part];
			for (let n = 0; n < samples; n++) {
				const row = data / FLOAT + n * padded(inputs);
				this.#floats.set(values.subarray(n * inputs, (n + 1) * inputs), row);
			}
			this.#floats.set(targets, targetsAt / FLOAT);
		}
		for (const [i, { shape, weights, parameters }] of this.#layers.entries()) {
			const { weight, bias } = network.layers[i];
			for (let o = 0; o < shape.outputs; o++) {
				const row = weight.values.subarray(o * shape.inputs, (o + 1) * shape.inputs);
				this.#floats.set(row, (weights + o * shape.rowBytes) / FLOAT);
			}
			this.#floats.set(bias.values, (weights + biasAt(shape)) / FLOAT);
			if (i === this.#layers.length - 1) continue;
			const values = network.parametersOf(i);
			this.#floats.set(
				this.#activation.parameters.map((name) => values[name]),
				parameters / FLOAT,
			);
		}
	}

	#normOf(address: number, { inputs, outputs, rowBytes }: LayerShape): number {
		let sum = 0;
		for (let o = 0; o < outputs; o++) {
			const row = (address + o * rowBytes) / FLOAT;
			for (let i = row; i < row + inputs; i++) sum += this.#floats[i] ** 2;
		}
		return Math.sqrt(sum);
	}

	#countSlopes({ shape, slopes }: LayerPlace, count: number, flatBelow: number, alive: Uint8Array): number {
		let flat = 0;
		for (let n = 0; n < count; n++) {
			const at = (slopes + Math.floor(n / PANEL) * shape.outputPanel) / FLOAT + (n % PANEL);
			for (let j = 0; j < shape.outputs; j++) {
				const slope = this.#floats[at + j * PANEL];
				if (slope !== 0) alive[j] = 1;
				if (Math.abs(slope) < flatBelow) flat++;
			}
		}
		return flat;
	}

	#countRight(targets: Float64Array): number {
		const { shape, z } = this.#layers[this.#layers.length - 1];
		let right = 0;
		for (let n = 0; n < targets.length; n++) {
			const at = (z + Math.floor(n / PANEL) * shape.outputPanel) / FLOAT + (n % PANEL);
			let best = 0;
			if (shape.outputs === 1) best = this.#floats[at] > 0 ? 1 : 0;
			else {
				for (let k = 1; k < shape.outputs; k++) {
					if (this.#floats[at + k * PANEL] > this.#floats[at + best * PANEL]) best = k;
				}
			}
			if (best === targets[n]) right++;
		}
		return right;
	}
}

interface Places {
	readonly order: number;
	readonly table: number;
	readonly training: { readonly data: number; readonly targets: number };
	readonly validation: { readonly data: number; readonly targets: number };
	/** Weights, parameters and optimizer state, from and to. */
	readonly learned: { readonly from: number; readonly to: number };
}

interface Written {
	readonly bytes: Uint8Array;
	readonly layers: readonly LayerPlace[];
	readonly places: Places;
}

/** Memory handed out from an address on, each piece on a cache line of its own. */
class Space {
	#end: number;

	constructor(from: number) {
		this.#end = from;
	}

	get end(): number {
		return this.#end;
	}

	take(bytes: number): number {
		const from = LINE * Math.ceil(this.#end / LINE);
		this.#end = from + bytes;
		return from;
	}
}

const LINE = 64;

/** The same run gives the same bytes. */
function writeModule(run: KernelRun, style: ProductStyle, activation: ActivationCode): Written {
	const { network, optimizer, batchSize, loss, labelSmoothing } = run;
	const { widths } = network.shape;
	const shapes = widths.slice(1).map((outputs, i) => layerShape(widths[i], outputs));
	const [first, last] = [shapes[0], shapes[shapes.length - 1]];
	const panels = Math.ceil(batchSize / PANEL);
	const module = new WasmModule(importedTypes, NUMBERS + NUMBERS_BYTES);
	const trained = activation.byParameter.length;
	const slopeBytes = (shape: LayerShape) => panels * shape.outputPanel;
	const parameterBytes = VECTOR * Math.max(1, Math.ceil(activation.parameters.length / 4));
	const loaded = gather(module, first.inputs);
	const turned = rowsToPanels(module, first.inputs);
	const gradientOf = lossFunction(module, loss, last.outputs, labelSmoothing);
	const functions = shapes.map((shape) => ({
		forward: forwardProduct(module, style, shape),
		backward: backwardProduct(module, style, shape, trained === 0),
		update: weightProduct(module, style, shape, "update", updateBy(optimizer, shape.tensorBytes, NUMBERS)),
		add: weightProduct(module, style, shape, "add", addToGradient(shape.tensorBytes)),
		activate: activate(module, style, shape.outputs, slopeBytes(shape), activation),
		backActivate: backActivate(module, shape.outputs, slopeBytes(shape), trained),
		rows: panelsToRows(module, shape.outputs),
	}));
	const updateParameters = updateFlat(module, optimizer, parameterBytes, NUMBERS);

	const space = new Space(module.constantsEnd);
	const arrays = 2 + stateCount(optimizer);
	const from = space.take(0);
	const learned = shapes.map((shape) => ({
		weights: space.take(arrays * shape.tensorBytes),
		parameters: space.take(arrays * parameterBytes),
	}));
	const to = space.end;
	const targets = space.take(panels * PANEL * FLOAT);
	const inputs = shapes.map((shape) => ({
		panels: space.take(panels * shape.inputPanel),
		rows: space.take(panels * shape.inputPanel),
	}));
	const layers = shapes.map(
		(shape, i): LayerPlace => ({
			shape,
			...learned[i],
			...inputs[i],
			z: space.take(panels * shape.outputPanel),
			gradient: space.take(panels * shape.outputPanel),
			slopes: space.take((1 + trained) * slopeBytes(shape)),
		}),
	);
	const part = ({ samples }: KernelData) => ({
		data: space.take(samples * padded(first.inputs) * FLOAT),
		targets: space.take(samples * FLOAT),
	});
	const places: Places = {
		table: space.take(MOST_STEPS * NUMBERS_BYTES),
		order: space.take(Math.max(run.training.samples, batchSize) * FLOAT),
		training: part(run.training),
		validation: part(run.validation),
		learned: { from, to },
	};

	const pass = module.defined("pass", { parameters: [i32, i32, i32, i32, f32], results: [f32] }, (body) => {
		const [order, count, data, wanted, scale] = [0, 1, 2, 3, 4].map((local) => ({ local })) as [
			Argument,
			Argument,
			Argument,
			Argument,
			Argument,
		];
		call(body, loaded, order, count, data, wanted, layers[0].rows, targets);
		const batch = { local: panelsOf(body, 1) };
		call(body, turned, layers[0].rows, layers[0].panels, batch);
		for (const [i, layer] of layers.entries()) {
			call(body, functions[i].forward, layer.weights, layer.panels, layer.z, batch);
			const next = layers[i + 1];
			if (!next) continue;
			call(body, functions[i].activate, layer.z, next.panels, layer.slopes, layer.parameters, batch);
			call(body, functions[i].rows, next.rows, next.panels, batch);
		}
		const top = layers[layers.length - 1];
		call(body, gradientOf, top.z, top.gradient, targets, count, batch, scale);
	});
	const back = (name: string, isTraining: boolean) =>
		module.defined(name, { parameters: [i32], results: [] }, (body) => {
			const batch = { local: 0 };
			for (const [i, layer] of [...layers.entries()].reverse()) {
				const { backward, update, add } = functions[i];
				const before = layers[i - 1];
				if (before) call(body, backward, layer.weights, layer.gradient, before.gradient, before.slopes, batch);
				call(body, isTraining ? update : add, layer.gradient, layer.rows, layer.weights, batch);
				if (!before || trained === 0) continue;
				call(
					body,
					functions[i - 1].backActivate,
					before.gradient,
					before.slopes,
					before.parameters + parameterBytes,
					batch,
				);
				if (isTraining) call(body, updateParameters, before.parameters);
			}
		});
	const backAndUpdate = back("back and update", true);
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
		const zero = body.local(i32);
		body.repeat(() => {
			// count = min(rest, batchSize)
			body.get(rest);
			body.integer(batchSize);
			body.get(rest);
			body.integer(batchSize);
			body.write(instruction.lessUnsigned, 0x1b); // select
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
			call(body, pass, { local: next }, { local: count }, places.training.data, places.training.targets, {
				local: scale,
			});
			body.get(scale);
			body.write(0x94, 0x38, 2, 12); // f32.mul, f32.store
			call(body, backAndUpdate, { local: panelsOf(body, count) });
			advance(body, next, batchSize * FLOAT);
			advance(body, rest, -batchSize);
			advance(body, numbers, NUMBERS_BYTES);
			advance(body, todo, -1);
			body.get(todo);
		});
	});
	module.exportFunction("train", train);
	module.exportFunction("pass", pass);
	module.exportFunction("back", back("back", false));
	return { bytes: module.encode(space.end), layers, places };
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
