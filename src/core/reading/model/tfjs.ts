import { resolveName } from "../../activations/libraries/resolve.ts";
import { functional, inputValue, sequential } from "./keras.ts";
import { kerasInitialiser } from "./kerasInitialisers.ts";
import { kerasLayer } from "./kerasLayers.ts";
import { activationStep } from "./layerSteps.ts";
import type { Library } from "./machine.ts";
import { type Arguments, positional, type Thing } from "./thing.ts";

/** TensorFlow.js, whose layers are Keras' in JavaScript's spelling. */
export const tfjs: Library = {
	call: (machine, name, given, site) => {
		const [, module, last] = /^tfjs\.(?:(layers|initializers)\.)?(\w+)$/.exec(name) ?? [];
		if (!last) return undefined;
		const own = inPython(given);
		if (module === "layers") {
			if (last === "input") return inputValue(machine, own, site);
			const type = LAYERS[last] ?? last[0]!.toUpperCase() + last.slice(1).replace(/([123])d/g, "$1D");
			return kerasLayer(machine, type, own, "tfjs", site);
		}
		if (module === "initializers") {
			const draw = kerasInitialiser(last, own, true);
			return draw && { kind: "initialiser", draw };
		}
		if (last === "sequential") return sequential(machine, own.named.get("layers"), site, "tfjs");
		if (last === "model") return functional(own, site, "tfjs");
		if (last === "input") return inputValue(machine, own, site);
		const entry = resolveName(name);
		const [first, ...rest] = given.positional;
		if (!entry || entry.kind === "module" || first?.kind !== "tensor") return undefined;
		const step = activationStep(entry, { ...given, positional: rest });
		const { features } = first.node;
		return machine.node(() => step, [first.node], site, { suffix: last, features });
	},
	method: (machine, object, name, given, site) => {
		const isModel = object.kind === "instance" && object.base?.startsWith("tfjs.");
		if (name === "apply" && (isModel || (object.kind === "layer" && object.type.startsWith("tfjs.")))) {
			return machine.call(object, positional(...given.positional.slice(0, 1)), site, "apply");
		}
		return undefined;
	},
};

/** Layers that are not called what Keras calls them. */
const LAYERS: Readonly<Record<string, string>> = {
	reLU: "ReLU",
	elu: "ELU",
	prelu: "PReLU",
	leakyReLU: "LeakyReLU",
	thresholdedReLU: "ThresholdedReLU",
	softmax: "Softmax",
	lstm: "LSTM",
	gru: "GRU",
	simpleRNN: "SimpleRNN",
	lstmCell: "LSTMCell",
	gruCell: "GRUCell",
	simpleRNNCell: "SimpleRNNCell",
	rnn: "RNN",
};

/** Arguments in Python's spelling: `kernelInitializer` is `kernel_initializer`. */
function inPython(given: Arguments): Arguments {
	const named = new Map<string, Thing>();
	for (const [key, value] of given.named)
		named.set(
			key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
			value,
		);
	return { ...given, named };
}
