import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
import { codeOf } from "../../../../src/core/reading/readSource.ts";
import { weightsOf } from "./told.ts";

describe("a class that is no model makes some", () => {
	/** "name: inputs→outputs …" of each model, in the order of the text. */
	const told = (code: string, languageId = "python") =>
		readModels(codeOf(code, languageId)!).map(
			(model) => `${model.name}: ${weightsOf(model).map(([inputs, outputs]) => `${inputs}→${outputs}`)}`,
		);
	const KERAS = "from keras.models import Sequential, Model\nfrom keras.layers import Dense, Input\n";

	test("in a method that its constructor calls, with what it has set", () => {
		const agent = `${KERAS}class Agent:
	def __init__(self, actions=2):
		self.state_size = 4
		self.actions = actions
		self.model = self._build_model()
	def _build_model(self):
		model = Sequential()
		model.add(Dense(24, input_dim=self.state_size, activation="relu"))
		model.add(Dense(self.actions))
		return model
`;
		assert.deepEqual(told(agent), ["model: 4→24,24→2"]);
		assert.deepEqual(told(`${agent}agent = Agent(3)\n`), ["model: 4→24,24→3"], "as the file makes it");
		assert.deepEqual(
			told(`${agent}one, two = Agent(3), Agent(5)\n`),
			["model: 4→24,24→2"],
			"by itself where that differs",
		);
	});

	test("in methods that nothing calls, and as attributes", () => {
		const code = `${KERAS}class Gan(object):
	def __init__(self):
		z = Input(shape=(10,))
		self.combined = Model(z, self.generator()(z))
	def generator(self):
		return Sequential([Dense(16, input_dim=10, activation="relu"), Dense(8)])
	@staticmethod
	def critic(width=32):
		return Sequential([Dense(width, input_dim=8, activation="tanh"), Dense(1)])
`;
		assert.deepEqual(told(code), ["combined: 10→16,16→8", "generator: 10→16,16→8", "critic: 8→32,32→1"]);
	});

	test("in PyTorch and TensorFlow.js, but not of a class whose base is not known", () => {
		const torch = `from torch import nn
class Policy:
	def __init__(self):
		self.q = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
class Part(Unknown):
	def __init__(self):
		self.q = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
class Net(nn.Module):
	def __init__(self):
		super().__init__()
		self.stem = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
	def forward(self, x):
		return self.stem(x)
`;
		assert.deepEqual(told(torch), ["q: 4→8,8→2", "Net: 4→8,8→2"]);
		const script = `import * as tf from "@tensorflow/tfjs";
class Agent {
	constructor() { this.size = 4; this.model = this.create(); }
	create() {
		const net = tf.sequential();
		net.add(tf.layers.dense({ units: 8, inputShape: [this.size], activation: "relu" }));
		net.add(tf.layers.dense({ units: 2 }));
		return net;
	}
}
`;
		assert.deepEqual(told(script, "typescript"), ["net: 4→8,8→2"]);
	});
});
