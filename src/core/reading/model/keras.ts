import { canonicalName, resolveName } from "../../activations/libraries/resolve.ts";
import { applyLayer } from "./applyLayer.ts";
import { forgetInitialisation } from "./calls.ts";
import { methodOf } from "./classes.ts";
import { bySource, spectralDraw } from "./draws.ts";
import { gatedHalves, isGated } from "./gated.ts";
import { Given, shapeOf } from "./given.ts";
import type { Dialect } from "./kerasActivation.ts";
import { kerasInitialiser } from "./kerasInitialisers.ts";
import { kerasLayer } from "./kerasLayers.ts";
import { activationStep, sampleAxis } from "./layerSteps.ts";
import type { Library, Machine } from "./machine.ts";
import type { Shape } from "./model.ts";
import { binaryOperation } from "./operators.ts";
import { addPart, addParts } from "./parts.ts";
import { axesOver, rearrangedValue, sizesOf } from "./rearrangements.ts";
import { notFollowedLayer } from "./recurrence.ts";
import { splitValue } from "./split.ts";
import {
	type Arguments,
	type GraphNode,
	type Instance,
	keyOf,
	type Layer,
	listThing,
	NONE,
	numberOf,
	numberThing,
	positional,
	type Site,
	type Thing,
	tensorsIn,
	unknown,
} from "./thing.ts";

/** Keras, by itself and in TensorFlow: layers, sequential, functional and subclassed models. */
export const keras: Library = {
	call: (machine, dotted, given, site) => {
		const name = plainName(dotted);
		return name === null
			? tensorflowFunction(machine, canonicalName(dotted), given, site)
			: callKeras(machine, name, dialectOf(dotted), given, site);
	},
	method: (machine, object, name, given, site) => {
		if (object.kind === "layer" && /^(keras|tfjs)\./.test(object.type)) {
			if (name === "__call__" || name === "call") return applyLayer(machine, object, given, site);
			return undefined;
		}
		if (object.kind === "super") {
			const { self } = object;
			if (self.kind !== "instance" || !isKeras(self)) return undefined;
			if (name === "__init__") return initialiseSubclass(machine, self, given, site);
			return /^(build|get_config|compile|add_weight)$/.test(name) ? NONE : undefined;
		}
		if (object.kind !== "instance" || !isKeras(object)) return undefined;
		return modelMethod(machine, object, name, given, site);
	},
	attribute: (_, object, name) => {
		if (object.kind === "tensor" && name === "shape") return shapeThing(object);
		if (object.kind === "instance" && object.graph && isKeras(object)) {
			if (name === "output") return asThing(object.graph.outputs);
			if (name === "input" || name === "inputs") return asThing(object.graph.inputs);
		}
		if (object.kind === "instance" && baseOf(object) === "Sequential" && name === "layers") return layersOf(object);
		return undefined;
	},
};

/** The layers of a sequential model; its input is none. */
function layersOf({ parts, attributes, open }: Instance): Thing {
	const layers = parts.map((part) => attributes.get(part)!); // A part's name is an attribute's.
	return { ...listThing(layers.filter(({ kind }) => kind !== "tensor")), open };
}

/** The sizes of a value, listed where it is known how many they are. */
function shapeThing(value: Thing & { kind: "tensor" }): Thing {
	const { shape, folded } = value.node;
	if (!shape) return sizesOf(value);
	return listThing(
		Array.from({ length: shape.length - folded + 1 }, (_, axis) => sizesOf(value, numberThing(axis))),
		true,
	);
}

function asThing(nodes: readonly GraphNode[]): Thing {
	const things = nodes.map((node): Thing => ({ kind: "tensor", node }));
	return things.length === 1 ? things[0]! : listThing(things);
}

function isKeras(instance: Instance): boolean {
	return baseOf(instance) !== null;
}

/** What of Keras' an instance is or descends from: "Sequential", "Model"; TensorFlow.js' are the same. */
function baseOf({ base }: Instance): string | null {
	if (base === null) return null;
	return /^tfjs\.(Sequential|Model)$/.exec(base)?.[1] ?? plainName(base);
}

/** A name of Keras' without where it comes from: "layers.Dense", "Sequential"; null for a name of another library. */
function plainName(dotted: string): string | null {
	const name = canonicalName(dotted).replace(/^tensorflow\.(?=keras\.)/, "");
	if (!name.startsWith("keras.")) return null;
	const parts = name.split(".").slice(1);
	const last = parts[parts.length - 1]!;
	if (/^(Sequential|Model|Input|Functional)$/.test(last)) return last;
	return parts.length === 1 ? last : `${parts[0]}.${last}`;
}

function dialectOf(dotted: string): Dialect {
	return /^(tensorflow|tf|tf_keras)\./.test(dotted) ? "keras2" : "keras";
}

function callKeras(machine: Machine, name: string, dialect: Dialect, given: Arguments, site: Site): Thing | undefined {
	const [first] = given.positional;
	switch (name) {
		case "Sequential":
			return sequential(machine, new Given(given, "layers name").thing("layers"), site);
		case "Model":
		case "Functional":
			return functional(given, site);
		case "Input":
		case "layers.InputLayer":
			return inputValue(machine, given, site);
		case "layers.TimeDistributed":
			return first && timeDistributed(first, site);
		case "layers.SpectralNormalization":
			return spectralNormalisation(machine, new Given(given, "layer power_iterations"), site);
		case "layers.Lambda": {
			const callee = first ?? given.named.get("function");
			return callee && { kind: "partial", callee, given: positional() };
		}
		case "layers.add":
		case "layers.concatenate":
		case "layers.multiply":
			return mergeCall(machine, name, given, dialect, site);
		case "activations.get":
		case "activations.deserialize":
			return activationFunction(first, dialect);
		case "layers.average":
		case "layers.maximum":
		case "layers.dot":
		case "layers.subtract":
			return undefined;
		default:
	}
	const [module, last] = name.split(".");
	if (module === "layers" && last) return kerasLayer(machine, last, given, dialect, site);
	if (module === "initializers" && last) {
		if (last === "get" && first) {
			const inner = first.kind === "string" ? kerasInitialiser(first.value, positional()) : undefined;
			return inner ? { kind: "initialiser", draw: inner } : first.kind === "initialiser" ? first : undefined;
		}
		const draw = kerasInitialiser(last, given);
		return draw && { kind: "initialiser", draw };
	}
	const full = `${dialect === "keras2" ? "tensorflow.keras" : "keras"}.${name}`;
	return (
		functionOf(machine, full, given, site) ??
		(module === "ops" && last ? operation(machine, last, given, site) : undefined)
	);
}

/** A layer whose kernel is written anew, over its largest singular value, each time that it is called in training. */
function spectralNormalisation(machine: Machine, a: Given, site: Site): Thing {
	const [layer, iterations] = [a.thing("layer"), a.number("power_iterations", 1)];
	const slot =
		layer?.kind === "layer" && /\.(Dense|Conv[123]D)$/.test(layer.type) ? layer.slots.get("weight") : undefined;
	if (!layer || !slot || iterations === null) return unknown("which kernel SpectralNormalization divides is not known");
	const draw = spectralDraw(slot.initialisation.draw, iterations, { replaces: true });
	machine.journal.write(slot, "initialisation", bySource(draw, site));
	return layer;
}

/** A layer or model that works on each step of a sample as if it were one. */
function timeDistributed(inner: Thing, site: Site): Layer {
	return {
		kind: "layer",
		type: "keras.layers.TimeDistributed",
		site,
		name: null,
		attributes: new Map([["layer", inner]]),
		slots: new Map(),
		steps: () => [],
		apply: (machine, layer, given) => {
			const [value] = given.positional;
			if (value?.kind !== "tensor" || value.node.batch !== 0 || value.node.folded > 0) {
				return notFollowedLayer(machine, layer, "TimeDistributed", "what it is fed is not known", given);
			}
			const made = machine.call(inner, positional(folded(machine, value.node, 1, site)), site, "TimeDistributed");
			return made.kind === "tensor" && made.node.folded === 1 ? folded(machine, made.node, 0, site) : made;
		},
		built: null,
	};
}

/** A value whose first axis counts as samples, or no longer does. */
function folded(machine: Machine, node: GraphNode, axes: 0 | 1, site: Site): Thing {
	const step = { kind: "reshape", what: "steps", how: { to: "same" } } as const;
	const { features } = node;
	return machine.node(() => step, [node], site, { suffix: "steps", features, folded: axes });
}

/** The function that a string names, as `keras.activations.get` gives it. */
function activationFunction(key: Thing | undefined, dialect: Dialect): Thing | undefined {
	if (key?.kind !== "string") return key?.kind === "none" ? { kind: "library", name: "keras.activations.linear" } : key;
	return { kind: "library", name: `${dialect === "keras2" ? "tensorflow.keras" : "keras"}.activations.${key.value}` };
}

function functionOf(machine: Machine, dotted: string, given: Arguments, site: Site): Thing | undefined {
	const [first, ...rest] = given.positional;
	const input = first ?? given.named.get("x");
	if (input?.kind !== "tensor") return undefined;
	const entry = resolveName(dotted);
	if (!entry || entry.kind === "module") return undefined;
	const step = activationStep(entry, { ...given, positional: rest });
	const suffix = dotted.slice(dotted.lastIndexOf(".") + 1);
	const { features } = input.node;
	if (isGated(step)) return { kind: "tensor", node: gatedHalves(machine, step, input.node, site, { suffix }) };
	return machine.node(() => step, [input.node], site, { suffix, features });
}

/** `tf.nn.relu(x)`, `tf.concat([a, b], axis)`, `tf.add(a, b)`. */
function tensorflowFunction(machine: Machine, name: string, given: Arguments, site: Site): Thing | undefined {
	if (!/^(tensorflow|jax|flax)\./.test(name)) return undefined;
	return (
		functionOf(machine, name, given, site) ??
		functionOf(machine, name.replace(/^tensorflow\.(?=\w+$)/, "tensorflow.math."), given, site) ??
		operation(machine, name.slice(name.lastIndexOf(".") + 1), given, site)
	);
}

/** Operations that TensorFlow, Keras and JAX have under much the same names. */
function operation(machine: Machine, name: string, given: Arguments, site: Site): Thing | undefined {
	const [first, second] = given.positional;
	if (!first || tensorsIn(first).length === 0) return undefined;
	switch (name) {
		case "add":
		case "multiply":
		case "subtract":
			return second && binaryOperation(machine, { add: "+", multiply: "*", subtract: "-" }[name], first, second, site);
		case "concat":
		case "concatenate":
		case "stack":
			if (first.kind !== "list" || first.open || tensorsIn(first).length !== first.items.length) return undefined;
			return machine.node(
				() => ({ kind: "concatenate", axis: name === "stack" ? null : sampleAxis(axisOf(second, given)) }),
				tensorsIn(first),
				site,
				{ suffix: name },
			);
		case "shape":
			return first.kind === "tensor" ? shapeThing(first) : undefined;
		case "identity":
		case "cast":
		case "convert_to_tensor":
		case "stop_gradient":
			return first;
		case "asarray":
		case "array":
			return first.kind === "tensor" ? first : undefined;
		case "split": {
			// A number is that of the parts; a list has sizes or places, by the library.
			const count = second ?? given.named.get("indices_or_sections") ?? given.named.get("num_or_size_splits");
			if (first.kind !== "tensor" || count?.kind !== "number") return undefined;
			const axis = given.positional[2] ?? given.named.get("axis") ?? numberThing(0);
			return splitValue(machine, first, "chunk", positional(count, axis), site);
		}
		case "reshape":
		case "transpose":
		case "squeeze":
		case "expand_dims":
		case "pad":
		case "ravel":
		case "swapaxes":
		case "moveaxis":
			if (first.kind !== "tensor") return undefined;
			return rearrangedValue(machine, first.node, name, { ...given, positional: given.positional.slice(1) }, site);
		case "reduce_mean":
		case "mean":
		case "reduce_sum":
		case "sum":
		case "reduce_max":
		case "max": {
			const axes = second ?? given.named.get("axis");
			if (first.kind !== "tensor" || !axes || axes.kind === "none") return undefined;
			const of = /mean$/.test(name) ? "average" : /sum$/.test(name) ? "sum" : "maximum";
			const keeps = given.named.get("keepdims");
			const over = keeps && keeps.kind !== "boolean" ? null : axesOver(first.node, axes, keeps?.value === true);
			return machine.node(() => ({ kind: "pool", of, over }), [first.node], site, { suffix: name });
		}
		default:
			return undefined;
	}
}

function axisOf(second: Thing | undefined, given: Arguments): number | null {
	const axis = second ?? given.named.get("axis");
	return axis === undefined ? null : numberOf(axis);
}

function mergeCall(machine: Machine, name: string, given: Arguments, dialect: Dialect, site: Site): Thing | undefined {
	const [list, ...rest] = given.positional;
	if (!list) return undefined;
	const type = { "layers.add": "Add", "layers.concatenate": "Concatenate", "layers.multiply": "Multiply" }[name];
	const layer = type && kerasLayer(machine, type, { ...given, positional: rest }, dialect, site);
	return layer ? applyLayer(machine, layer, positional(list), site) : undefined;
}

/** A model's input; its shape is that of one sample. */
export function inputValue(machine: Machine, given: Arguments, site: Site): Thing {
	const a = new Given(given, "shape batch_size dtype");
	const whole = given.named.get("batch_shape") ?? given.named.get("batch_input_shape");
	const shape = whole
		? (shapeOf(whole)?.slice(1) ?? null)
		: (a.shape("shape") ?? (given.named.get("input_shape") ? shapeOf(given.named.get("input_shape")!) : null));
	const label = given.named.get("name");
	return inputOf(machine, shape, site, label?.kind === "string" ? label.value : "input");
}

function inputOf(machine: Machine, shape: Shape, site: Site, suffix: string): Thing & { kind: "tensor" } {
	return machine.node(() => ({ kind: "input" }), [], site, { suffix, shape });
}

/** A model of layers behind each other; `library` is "keras" or "tfjs". */
export function sequential(machine: Machine, list: Thing | undefined, site: Site, library = "keras"): Instance {
	const made: Instance = {
		kind: "instance",
		class: null,
		base: `${library}.Sequential`,
		site,
		attributes: new Map(),
		parts: [],
		open: null,
		plain: true,
	};
	addAll(machine, made, list);
	return made;
}

function addAll(machine: Machine, made: Instance, list: Thing | undefined): void {
	if (list !== undefined && list.kind !== "none") addParts(machine, made, list);
}

/** `Model(inputs, outputs)`. */
export function functional(given: Arguments, site: Site, library = "keras"): Instance | undefined {
	const a = new Given(given, "inputs outputs name");
	const [inputs, outputs] = [
		a.thing("inputs") ?? given.named.get("input"),
		a.thing("outputs") ?? given.named.get("output"),
	];
	if (!inputs || !outputs) return undefined;
	return {
		kind: "instance",
		class: null,
		base: `${library}.Model`,
		site,
		attributes: new Map(),
		parts: [],
		open: null,
		plain: false,
		graph: { inputs: tensorsIn(inputs), outputs: tensorsIn(outputs) },
	};
}

function initialiseSubclass(machine: Machine, self: Instance, given: Arguments, site: Site): Thing {
	const base = baseOf(self);
	if (base === "Sequential") addAll(machine, self, new Given(given, "layers name").thing("layers"));
	const graph = base === "Model" ? functional(given, site)?.graph : undefined;
	if (graph) machine.journal.write(self, "graph", graph);
	return NONE;
}

function modelMethod(
	machine: Machine,
	object: Instance,
	name: string,
	given: Arguments,
	site: Site,
): Thing | undefined {
	const [first] = given.positional;
	const base = baseOf(object);
	switch (name) {
		case "__call__": {
			const method = methodOf(object, "call");
			if (method) return machine.call(method, given, site, "call");
			if (object.graph) return rerun(machine, object, given);
			if (base === "Sequential") return runSequential(machine, object, given);
			return undefined;
		}
		case "add":
			if (base !== "Sequential" || !first) return undefined;
			addPart(machine, object, first);
			return NONE;
		case "pop":
			machine.journal.write(object, "parts", object.parts.slice(0, -1));
			return NONE;
		case "get_layer": {
			const key = first && keyOf(first);
			return unknown(`the layer ${key ?? ""} of another model is not followed`);
		}
		case "load_weights":
		case "set_weights":
			forgetInitialisation(machine, object, "weights are loaded", site);
			return NONE;
		case "__iter__":
			return undefined;
		case "compile":
		case "build":
		case "summary":
		case "fit":
		case "evaluate":
			return NONE;
		case "add_weight": {
			const label = given.named.get("name");
			return unknown(`the weight ${label?.kind === "string" ? label.value : ""} of a layer by hand is not followed`);
		}
		default:
			return undefined;
	}
}

function runSequential(machine: Machine, object: Instance, given: Arguments): Thing | undefined {
	let [value] = given.positional;
	if (!value) return undefined;
	for (const name of object.parts) {
		const each = object.attributes.get(name)!; // A part's name is an attribute's.
		const isInput = value.kind === "tensor" && value.node.step().kind === "input" && !value.node.shape;
		if (each.kind === "tensor") {
			// The input that it says it has.
			if (isInput && each.node.shape) value = inputOf(machine, each.node.shape, each.node.site, each.node.suffix);
			continue;
		}
		if (isInput && each.kind === "layer" && each.input) value = inputOf(machine, each.input, each.site, "input");
		value = machine.call(each, positional(value), each.kind === "layer" ? each.site : object.site, name);
	}
	if (!object.open) return value;
	return machine.unknownNode("more layers", object.open.reason, [value], object.site);
}

/** A functional model as a layer of another: its steps again, with the same weights. */
function rerun(machine: Machine, object: Instance, given: Arguments): Thing | undefined {
	const { graph } = object;
	const inputs = given.positional.flatMap((thing) => tensorsIn(thing));
	if (!graph || inputs.length !== graph.inputs.length) return undefined;
	const made = new Map<GraphNode, GraphNode>(graph.inputs.map((node, i) => [node, inputs[i]!]));
	const stack = [...graph.outputs];
	for (let node = stack.at(-1); node; node = stack.at(-1)) {
		const missing = made.has(node) ? [] : node.inputs.filter((each) => !made.has(each));
		if (missing.length > 0) {
			stack.push(...missing);
			continue;
		}
		stack.pop();
		if (made.has(node)) continue;
		const { step, site, layer, suffix, features } = node;
		const again = machine.node(
			step,
			node.inputs.map((each) => made.get(each)!),
			site,
			{ suffix, features, ...(layer && { layer }) },
		);
		made.set(node, again.node);
	}
	return asThing(graph.outputs.map((node) => made.get(node)!));
}
